"""What a thief can follow of a group in public: epochs, the commits that end them, and what is sealed in these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from workbench.mls import (
    CipherSuite,
    Credential,
    NodeIndex,
    Policy,
    PublicGroup,
    RatchetTree,
    SentProposal,
)
from workbench.mls.group.public_commit import Followed
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.tree.update_path import path_recipients
from workbench.mls.wire.messages import GroupContext


class Anybody:
    """An Authentication Service that believes everybody: who somebody is makes no difference to a thief."""

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        """Refuse nothing."""


@dataclass(slots=True)
class KnownEpoch:
    """An epoch as far as the thief can follow the group in public, and what it has of its secrets."""

    suite: CipherSuite
    policy: Policy
    context: GroupContext
    tree: RatchetTree
    interim_transcript_hash: bytes
    proposals: dict[bytes, SentProposal] = field(default_factory=dict)
    secrets: EpochSecrets | None = field(default=None, repr=False)
    commit: EndingCommit | None = None

    @property
    def public(self) -> PublicGroup:
        """What everybody can know of it."""
        return PublicGroup(
            self.suite, self.context, self.tree, self.interim_transcript_hash, self.proposals, self.policy
        )


@dataclass(slots=True)
class EndingCommit:
    """The commit that ends an epoch. `sealed` are its ciphertexts that are still closed to the thief."""

    followed: Followed
    confirmation_tag: bytes
    sealed: list[SealedSecret]
    commit_secret: bytes | None = field(default=None, repr=False)
    init_secret: bytes | None = field(default=None, repr=False)
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """One ciphertext of a path, and the key that opens it."""

    node: NodeIndex
    copath_child: NodeIndex
    reader: NodeIndex
    public_key: bytes
    kem_output: bytes


def sealed_in(followed: Followed) -> Iterator[SealedSecret]:
    """All ciphertexts of a path with their readers (RFC 9420 §7.6)."""
    tree, path = followed.tree, followed.commit.path
    if path is None:
        return
    recipients = path_recipients(tree, followed.committer, followed.applied.joined)
    for at, readers, node in zip(tree.filtered_direct_path(followed.committer), recipients, path.nodes, strict=True):
        for reader, ciphertext in zip(readers, node.encrypted_path_secret, strict=True):
            content = tree.node(reader)
            if content is not None:
                yield SealedSecret(at.node, at.copath_child, reader, content.encryption_key, ciphertext.kem_output)
