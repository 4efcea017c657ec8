"""What an attacker can follow of a group in public: epochs, the commits that end them, and what is sealed in these."""

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
    """An Authentication Service that believes everybody: who somebody is makes no difference to an attacker."""

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        """Refuse nothing."""


@dataclass(eq=False, slots=True)
class KnownEpoch:
    """An epoch as far as the attacker can follow the group in public, and what it has of its secrets.

    Several may have the same number: a forged Welcome speaks of a group that is not that of the members, and of two
    commits in an epoch they take one. `is_of_members` says that this one was seen on a device, or follows from such.
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
        """What everybody can know of it."""
        return PublicGroup(
            self.suite, self.context, self.tree, self.interim_transcript_hash, self.proposals, self.policy
        )

    def is_confirmed_by(self, secrets: EpochSecrets) -> bool:
        """Whether secrets are those of this epoch: they give the tag that its transcript ends with (RFC 9420 §8.2)."""
        confirmed = self.context.confirmed_transcript_hash
        tag = confirmation_tag(self.suite, secrets.confirmation_key, confirmed)
        return interim_transcript_hash(self.suite, confirmed, tag) == self.interim_transcript_hash

    def seen_on_device(self) -> None:
        """Take note that this is an epoch of the members, and so are those before it."""
        known: KnownEpoch | None = self
        while known is not None and not known.is_of_members:
            known.is_of_members = True
            known = known.before


@dataclass(eq=False, slots=True)
class EndingCommit:
    """A commit that ends an epoch, as far as it needs no secret, and the epoch that it leads to.

    `tree` and `context` are the next ones, the context without the confirmed transcript hash. `joined` are the leaves
    that it adds, and `kem_output` is what a newcomer sealed its init secret in.
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
        """A commit all of whose proposals are known."""
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
    """One ciphertext of a path, and the key that opens it."""

    node: NodeIndex
    copath_child: NodeIndex
    reader: NodeIndex
    public_key: bytes
    kem_output: bytes


def sealed_in(commit: EndingCommit) -> Iterator[SealedSecret]:
    """All ciphertexts of a path with their readers (RFC 9420 §7.6)."""
    tree, path = commit.tree, commit.path
    if path is None:
        return
    recipients = path_recipients(tree, commit.committer, commit.joined)
    for at, readers, node in zip(tree.filtered_direct_path(commit.committer), recipients, path.nodes, strict=True):
        for reader, ciphertext in zip(readers, node.encrypted_path_secret, strict=True):
            content = tree.node(reader)
            if content is not None:
                yield SealedSecret(at.node, at.copath_child, reader, content.encryption_key, ciphertext.kem_output)
