"""What can go wrong in the protocol, and whose fault it is.

Every error names the object by its class, the section of RFC 9420 that was not met, and the reason in one
sentence. Four families tell a caller what to do next:

- `Malformed`: the bytes are not an encoding of what they should be. Drop them.
- `Violation`: a peer broke a rule of the protocol. Drop the message; the state is unchanged. `RefusedByPolicy` is the
  one that another policy would have accepted.
- `Misuse`: the caller asked for something that the protocol or the state does not allow. Mend the call.
- `Unsupported`: legal, but not built here. Say so to the user.
"""

from __future__ import annotations


class MLSError(Exception):
    """Anything that `workbench.mls` refuses; `section` is where RFC 9420 asks for what was not met."""

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
    """Bytes that were put away and are not what they were, or never were a state."""


class Violation(MLSError):
    """A peer broke a rule; nothing changed here."""


class RefusedByPolicy(Violation):
    """What RFC 9420 leaves to the application, and its policy refuses: no fault of the peer by itself.

    `setting` is what decides: `LifetimePolicy.longest`, for one. The members of a group should agree on it.
    """

    def __init__(self, section: str, reason: str, *, setting: str, value: object) -> None:
        super().__init__(section, f"{reason}: our policy refuses that ({setting}={value})")
        self.setting = setting


class Misuse(MLSError):
    """The caller asked for what the state does not allow; nothing changed here."""


class Unsupported(MLSError):
    """A legal thing that this implementation does not do."""


class UnknownStateVersion(Unsupported):
    """Bytes that were put away by another version of this implementation."""


# The crypto of §5: a peer's key, ciphertext, signature or tag that does not hold.


class InvalidKey(Violation):
    """A public key that its algorithm does not accept."""


class DecryptionFailed(Violation):
    """A ciphertext that does not open under the key that should open it."""


class InvalidSignature(Violation):
    """A signature that does not verify under the key that should have made it."""


class InvalidTag(Violation):
    """A confirmation tag or membership tag that is not the MAC of what it covers."""


# The objects of a group, each by its RFC name.


class InvalidLeafNode(Violation):
    """A leaf node that §7.3 refuses."""


class InvalidCredential(Violation):
    """A credential that does not prove who its member is (§5.3)."""


class CredentialExpired(InvalidCredential):
    """A credential that was good until a time which has passed (§5.3.2); `until`, in seconds since 1970, if known."""

    def __init__(self, section: str, reason: str, *, until: int | None = None) -> None:
        super().__init__(section, reason)
        self.until = until


class CredentialRevoked(InvalidCredential):
    """A credential that its issuer has taken back (§5.3.2)."""


class InvalidKeyPackage(Violation):
    """A key package that §10.1 refuses."""


class InvalidRatchetTree(Violation):
    """A ratchet tree whose structure, parent hashes or leaves are not valid."""


class InvalidUpdatePath(Violation):
    """An UpdatePath that does not fit the tree it is for."""


class InvalidProposal(Violation):
    """A proposal that is not valid by itself."""


class InvalidProposalList(Violation):
    """Proposals that are valid one by one but not together (§12.2)."""


class TooManyProposals(RefusedByPolicy):
    """A proposal by somebody of whom as many are waiting already as the policy allows."""


class InvalidCommit(Violation):
    """A commit that §12.4.2 refuses."""


class InvalidWelcome(Violation):
    """A Welcome that does not let its receiver join."""


class InvalidGroupInfo(Violation):
    """A GroupInfo that is not what its signer's group would have signed."""


class InvalidExtension(Violation):
    """An extension that stands where it must not, twice, or with other content than its type has."""


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
    """A message of an epoch that is still to come here: `missing` commits have not been processed."""

    @property
    def missing(self) -> int:
        """How many commits lead from this state to the epoch of the message."""
        return self.epoch - self.current


class PastEpoch(WrongEpoch):
    """A message of an epoch that is over here, `behind` commits ago."""

    @property
    def behind(self) -> int:
        """How many commits lead from the epoch of the message to this state."""
        return self.current - self.epoch


class LateHandshake(PastEpoch):
    """A proposal or a commit of an epoch that another commit has ended: it can change nothing any more."""


class BeforeJoining(PastEpoch):
    """A message of an epoch before `first_epoch`, in which this member came in: it never had a key for it."""

    def __init__(self, section: str, reason: str, *, epoch: int, current: int, first_epoch: int) -> None:
        super().__init__(section, reason, epoch=epoch, current=current)
        self.first_epoch = first_epoch


class EpochDeleted(PastEpoch):
    """A message of an epoch whose keys are deleted, for the policy keeps those of `kept` past epochs."""

    def __init__(self, section: str, reason: str, *, epoch: int, current: int, kept: int) -> None:
        super().__init__(section, reason, epoch=epoch, current=current)
        self.kept = kept


class KeyAlreadyUsed(Violation):
    """A message whose key has been used and deleted: a replay, or a message read before."""


class KeyExpired(Violation):
    """A message so late that its key is no longer kept, used or not."""


class GenerationTooFarAhead(RefusedByPolicy):
    """A message that skips more keys of its sender's ratchet than the receiver is willing to derive."""


# What a caller can get wrong.


class InvalidArgument(Misuse):
    """An argument of another type or value than the function takes; `argument` names it, or the field inside."""

    def __init__(self, argument: str, reason: str) -> None:
        super().__init__("§2.1", f"{argument} {reason}")
        self.argument = argument

    def __str__(self) -> str:
        return self.reason


class InvalidPrivateKey(Misuse):
    """A private key of the caller's that its algorithm does not accept."""


class UnknownMember(Misuse):
    """A leaf index at which the group has no member."""


class UnknownPreSharedKey(Misuse):
    """A pre-shared key that the caller was expected to hold and did not supply."""


class UnknownProposal(Misuse):
    """A commit refers to a proposal that this state has not seen."""


class RevocationUnknown(Misuse):
    """A credential whose issuer has no current revocation list among those that the caller gave."""


class NotForMe(Misuse):
    """A Welcome or ciphertext that holds nothing for the keys that the caller has."""


class GroupInactive(Misuse):
    """The member has been removed, or the group was reinitialised: nothing new can be sent."""


class OwnMessage(Misuse):
    """A message that this member sent itself; `content` says which kind: application, proposal or commit."""

    def __init__(self, section: str, reason: str, *, content: str) -> None:
        super().__init__(section, reason)
        self.content = content
