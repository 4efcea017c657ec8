"""What can go wrong in the protocol, and whose fault it is.

Every error names the object by its class, the section of RFC 9420 whose rule is broken, and the reason in one
sentence. Four families tell a caller what to do next:

- `Malformed`: the bytes do not encode the struct that they should encode. Drop them.
- `Violation`: a peer broke a rule of the protocol. Drop the message; the state is unchanged. `RefusedByPolicy` is a
  refusal that another policy would not have made.
- `Misuse`: the caller asked for something that the protocol or the state does not allow. Fix the call.
- `Unsupported`: the protocol allows it, but this implementation does not support it. Tell the user so.
"""

from __future__ import annotations


class MLSError(Exception):
    """A refusal by `workbench.mls`; `section` is the section of RFC 9420 whose rule is broken."""

    def __init__(self, section: str, reason: str) -> None:
        super().__init__(section, reason)
        self.section = section
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.reason} (RFC 9420 {self.section})"


class Malformed(MLSError):
    """Bytes that do not decode; `path` names the field, `offset` the byte where reading stopped."""

    def __init__(self, section: str, reason: str, *, path: tuple[str, ...] = (), offset: int = 0) -> None:
        super().__init__(section, reason)
        self.path = path
        self.offset = offset

    def __str__(self) -> str:
        where = ".".join(self.path).replace(".[", "[")
        return f"{where} at byte {self.offset}: {self.reason} (RFC 9420 {self.section})"


class DamagedState(Malformed):
    """Bytes of a stored state that have changed since they were written, or that never were a stored state."""


class Violation(MLSError):
    """A peer broke a rule of the protocol; the state is unchanged."""


class RefusedByPolicy(Violation):
    """Something that RFC 9420 allows and the policy of this application refuses. The peer broke no rule of the RFC.

    `setting` names the field of the policy, for example `LifetimePolicy.longest`. The members of a group should agree
    on its value.
    """

    def __init__(self, section: str, reason: str, *, setting: str, value: object) -> None:
        super().__init__(section, f"{reason}: our policy refuses that ({setting}={value})")
        self.setting = setting


class Misuse(MLSError):
    """The caller asked for something that the protocol or the state does not allow; the state is unchanged."""


class Unsupported(MLSError):
    """Something that RFC 9420 allows and this implementation does not support."""


class UnknownStateVersion(Unsupported):
    """Bytes of a stored state in the format of another version of this implementation."""


# §5, cryptography: a peer's key, ciphertext, signature or tag is wrong.


class InvalidKey(Violation):
    """A public key that its algorithm does not accept."""


class DecryptionFailed(Violation):
    """A ciphertext that does not decrypt with the key for it."""


class InvalidSignature(Violation):
    """A signature that does not verify with the signer's public key."""


class InvalidTag(Violation):
    """A confirmation tag or membership tag that is not the MAC of the bytes that it covers."""


# The objects of a group, under their names in the RFC.


class InvalidLeafNode(Violation):
    """A leaf node that §7.3 refuses."""


class InvalidCredential(Violation):
    """A credential that does not prove who its member is (§5.3)."""


class CredentialExpired(InvalidCredential):
    """A credential that is past the end of its validity (§5.3.2): `until`, in seconds since 1970, None if unknown."""

    def __init__(self, section: str, reason: str, *, until: int | None = None) -> None:
        super().__init__(section, reason)
        self.until = until


class CredentialRevoked(InvalidCredential):
    """A credential that its issuer has revoked (§5.3.2)."""


class InvalidKeyPackage(Violation):
    """A key package that §10.1 refuses."""


class InvalidRatchetTree(Violation):
    """A ratchet tree whose structure, parent hashes or leaves are not valid."""


class InvalidUpdatePath(Violation):
    """An UpdatePath that does not fit the ratchet tree of its group."""


class InvalidProposal(Violation):
    """A proposal that is not valid by itself."""


class InvalidProposalList(Violation):
    """Proposals that are each valid alone, and that one commit must not hold together (§12.2)."""


class TooManyProposals(RefusedByPolicy):
    """A proposal of a sender that already has as many pending proposals as the policy allows."""


class InvalidCommit(Violation):
    """A commit that §12.4.2 refuses."""


class InvalidWelcome(Violation):
    """A Welcome that does not let its receiver join."""


class InvalidGroupInfo(Violation):
    """A GroupInfo that its signer has not signed, or that does not fit its group."""


class InvalidExtension(Violation):
    """An extension in an object where its type must not stand, or that stands there twice, or with wrong content."""


class InvalidMessage(Violation):
    """A framed message that breaks a rule of §6."""


class InvalidPreSharedKey(Violation):
    """A pre-shared key identifier that is malformed, or a nonce of the wrong length."""


class WrongGroup(Violation):
    """A message for another group."""


class WrongEpoch(Violation):
    """A message of `epoch`, which a state in epoch `current` cannot process."""

    def __init__(self, section: str, reason: str, *, epoch: int, current: int) -> None:
        super().__init__(section, reason)
        self.epoch = epoch
        self.current = current


class FutureEpoch(WrongEpoch):
    """A message of a later epoch than the state's: `missing` commits have not been processed."""

    @property
    def missing(self) -> int:
        """How many commits lead from this state to the epoch of the message."""
        return self.epoch - self.current


class PastEpoch(WrongEpoch):
    """A message of an earlier epoch than the state's, by `behind` commits."""

    @property
    def behind(self) -> int:
        """How many commits lead from the epoch of the message to this state."""
        return self.current - self.epoch


class LateHandshake(PastEpoch):
    """A proposal or a commit of an epoch that another commit has ended: it has no effect any more."""


class BeforeJoining(PastEpoch):
    """A message of an epoch before this member joined, in epoch `first_epoch`: the member never had a key for it."""

    def __init__(self, section: str, reason: str, *, epoch: int, current: int, first_epoch: int) -> None:
        super().__init__(section, reason, epoch=epoch, current=current)
        self.first_epoch = first_epoch


class EpochDeleted(PastEpoch):
    """A message of an epoch whose keys are deleted: the policy keeps the keys of `kept` past epochs."""

    def __init__(self, section: str, reason: str, *, epoch: int, current: int, kept: int) -> None:
        super().__init__(section, reason, epoch=epoch, current=current)
        self.kept = kept


class KeyAlreadyUsed(Violation):
    """A message whose key has been used and deleted: the message is a replay, or it was read before."""


class KeyExpired(Violation):
    """A message so late that its key has been deleted, whether it was used or not."""


class GenerationTooFarAhead(RefusedByPolicy):
    """A message that skips more keys of its sender's ratchet than the receiver is willing to derive."""


# Mistakes of a caller.


class InvalidArgument(Misuse):
    """An argument of a type or value that the function does not take; `argument` names it, or a field inside it."""

    def __init__(self, argument: str, reason: str) -> None:
        super().__init__("§2.1", f"{argument} {reason}")
        self.argument = argument

    def __str__(self) -> str:
        return self.reason


class InvalidPrivateKey(Misuse):
    """A private key, given by the caller, that its algorithm does not accept."""


class UnknownMember(Misuse):
    """A leaf index at which the group has no member."""


class UnknownPreSharedKey(Misuse):
    """A pre-shared key that is needed, and that the caller did not give."""


class UnknownProposal(Misuse):
    """A commit refers to a proposal that this state has not seen."""


class RevocationUnknown(Misuse):
    """A credential whose issuer has no current revocation list among the lists that the caller gave."""


class NotForMe(Misuse):
    """A Welcome or an UpdatePath without a ciphertext for any key that the caller has."""


class GroupInactive(Misuse):
    """The member has been removed, or the group was reinitialised: nothing new can be sent."""


class OwnMessage(Misuse):
    """A message that this member sent itself; `content` says which kind: application, proposal or commit."""

    def __init__(self, section: str, reason: str, *, content: str) -> None:
        super().__init__(section, reason)
        self.content = content
