"""What the attacker follows without secrets: the epochs of a group, the commits that end them, their ciphertexts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from workbench.mls import (
    CipherSuite,
    Credential,
    LeafIndex,
    NodeIndex,
    Policy,
    PreSharedKeyID,
    PublicGroup,
    RatchetTree,
    SentProposal,
)
from workbench.mls.group.public_commit import ProcessedPublicCommit
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.schedule.transcript import confirmation_tag, interim_transcript_hash
from workbench.mls.tree.update_path import path_recipients
from workbench.mls.wire.messages import GroupContext
from workbench.mls.wire.tree import UpdatePath


class AcceptAllCredentials:
    """An Authentication Service that accepts every credential. The attacker does not care who a member really is."""

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        """Accept the credential, whatever it is."""


@dataclass(eq=False, slots=True)
class KnownEpoch:
    """The public part of an epoch as the attacker knows it, and the secrets of the epoch if it has them.

    Several epochs may have the same number: a forged Welcome can describe a group that does not exist, and two commits
    in one epoch lead to two epochs, of which the members enter one. `is_of_members` says that the attacker saw this
    epoch on a device, or that it comes before or after such an epoch.
    """

    suite: CipherSuite
    policy: Policy
    context: GroupContext
    tree: RatchetTree
    interim_transcript_hash: bytes
    before: KnownEpoch | None = None
    is_of_members: bool = False
    proposals: dict[bytes, SentProposal] = field(default_factory=dict)
    commits: set[KnownEpoch] = field(default_factory=set)
    secrets: EpochSecrets | None = field(default=None, repr=False)

    @property
    def public(self) -> PublicGroup:
        """The public part of the epoch, as the engine uses it."""
        return PublicGroup(
            self.suite, self.context, self.tree, self.interim_transcript_hash, self.proposals, self.policy
        )

    def is_confirmed_by(self, secrets: EpochSecrets) -> bool:
        """Whether the secrets fit the confirmation tag in the transcript of this epoch (RFC 9420 §8.2)."""
        confirmed = self.context.confirmed_transcript_hash
        tag = confirmation_tag(self.suite, secrets.confirmation_key, confirmed)
        return interim_transcript_hash(self.suite, confirmed, tag) == self.interim_transcript_hash

    def seen_on_device(self) -> None:
        """Note that this epoch and all epochs before it are epochs of the members."""
        known: KnownEpoch | None = self
        while known is not None and not known.is_of_members:
            known.is_of_members = True
            known = known.before


@dataclass(eq=False, slots=True)
class EndingCommit:
    """The public part of a commit that ends an epoch, and the epoch after it (`following`).

    `tree` and `context` are those of the next epoch, but `context` has the confirmed transcript hash of the epoch
    before. `joined` are the leaves that the commit adds. `kem_output` is in external commits only: it holds the sealed
    init secret.
    """

    path: UpdatePath | None
    committer: LeafIndex
    joined: frozenset[LeafIndex]
    psks: tuple[PreSharedKeyID, ...]
    tree: RatchetTree
    context: GroupContext
    kem_output: bytes | None
    following: KnownEpoch
    is_done: bool = False

    @classmethod
    def of(cls, followed: ProcessedPublicCommit, following: KnownEpoch) -> EndingCommit:
        """The commit, if all its proposals are known."""
        return cls(
            path=followed.commit.path,
            committer=followed.committer,
            joined=followed.applied.joined,
            psks=followed.applied.psks,
            tree=followed.tree,
            context=followed.context,
            kem_output=followed.kem_output,
            following=following,
        )


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """One ciphertext of a commit's path, and the public key to which it is sealed."""

    node: NodeIndex
    copath_child: NodeIndex
    reader: NodeIndex
    public_key: bytes
    kem_output: bytes


def sealed_in(commit: EndingCommit) -> Iterator[SealedSecret]:
    """All ciphertexts of a commit's path, each with the node that can open it (RFC 9420 §7.6)."""
    tree, path = commit.tree, commit.path
    if path is None:
        return
    recipients = path_recipients(tree, commit.committer, commit.joined)
    for at, readers, node in zip(tree.filtered_direct_path(commit.committer), recipients, path.nodes, strict=True):
        for reader, ciphertext in zip(readers, node.encrypted_path_secret, strict=True):
            content = tree.node(reader)
            if content is not None:
                yield SealedSecret(at.node, at.copath_child, reader, content.encryption_key, ciphertext.kem_output)
