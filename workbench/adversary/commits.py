"""How an attacker follows commits: the tree in public, path secrets with private keys, then the key schedule.

It confirms a new epoch as a member does (RFC 9420 §8, §12.4.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from workbench.adversary.drawn import Draws
from workbench.adversary.facts import (
    CommitSecretOf,
    ExternalPubOf,
    InitSecretOf,
    PrivateKeyOf,
    ProposalIn,
    RandomnessIn,
    SecretsOf,
)
from workbench.adversary.findings import Opened
from workbench.adversary.followed import EndingCommit, KnownEpoch, SealedSecret, sealed_in
from workbench.adversary.known_group import KnownGroup
from workbench.adversary.welcomes import psk_facts
from workbench.mls import encode
from workbench.mls.framing.content import UnverifiedContent, verify_content
from workbench.mls.group.framing import signature_key_of
from workbench.mls.group.public_commit import follow_commit
from workbench.mls.schedule.key_schedule import EpochSecrets, external_init_secret, next_epoch
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.schedule.transcript import confirmed_transcript_hash, interim_transcript_hash
from workbench.mls.tree.tree_math import NodeIndex, level, node_to_leaf
from workbench.mls.tree.update_path import open_path
from workbench.mls.when import When
from workbench.mls.wire.messages import AuthenticatedContent, Commit, ProposalByReference

# In public


def wait_for_proposals(group: KnownGroup, authenticated: AuthenticatedContent, known: KnownEpoch) -> None:
    """Follow a commit in an epoch once all proposals are known that it names by reference (RFC 9420 §12.4)."""
    commit = authenticated.content.content
    if isinstance(commit, Commit):
        named = [each.proposal_or_ref for each in commit.proposals]
        references = [each.reference for each in named if isinstance(each, ProposalByReference)]
        waits_for = [ProposalIn(known, reference) for reference in references]
        group.facts.all_of(waits_for, lambda _: _follow(group, authenticated, known))


def _follow(group: KnownGroup, authenticated: AuthenticatedContent, known: KnownEpoch) -> None:
    """What members check without a secret is checked; raises what they raise."""
    suite, content, auth = group.suite, authenticated.content, authenticated.auth
    signature_key = signature_key_of(content, known.context, known.tree)
    verify_content(suite, UnverifiedContent(authenticated.wire_format, content, auth), signature_key, known.context)
    followed = follow_commit(known.public, authenticated, when=When.at(0))
    confirmed = confirmed_transcript_hash(
        suite, known.interim_transcript_hash, authenticated.wire_format, content, auth.signature
    )
    interim = interim_transcript_hash(suite, confirmed, auth.confirmation_tag or b"")
    context = replace(followed.context, confirmed_transcript_hash=confirmed)
    following = group.see(context, followed.tree, interim, before=known)
    if following not in known.commits:  # the same commit may be heard twice
        known.commits.add(following)
        _wait_for_secrets(group, known, EndingCommit(followed, following))


# With secrets


def _wait_for_secrets(group: KnownGroup, known: KnownEpoch, commit: EndingCommit) -> None:
    """Wait for what opens the path of a commit, and for the init secret, each by all the ways to it."""
    facts, followed = group.facts, commit.followed
    if followed.commit.path is None:
        facts.tell(CommitSecretOf(commit), bytes(group.suite.hash_length))
    for sealed in sealed_in(followed):
        facts.each(PrivateKeyOf(group.group_id, sealed.public_key), partial(_open_path, group, commit, sealed))
    facts.each(RandomnessIn(group.suite.id), partial(_draw, group, commit))
    facts.each(SecretsOf(known), partial(_take_init_secret, group, commit))
    facts.each(InitSecretOf(commit), partial(_wait_for_commit_secret, group, commit))


def _open_path(group: KnownGroup, commit: EndingCommit, sealed: SealedSecret, private_key: bytes) -> None:
    """Open a path secret, and climb from there to the commit secret."""
    followed = commit.followed
    if followed.commit.path is None:
        return
    leftmost = node_to_leaf(NodeIndex(sealed.copath_child + 1 - (1 << level(sealed.copath_child))))
    opened = open_path(
        group.suite,
        followed.tree,
        followed.committer,
        followed.commit.path,
        joined=followed.applied.joined,
        own_leaf=leftmost,
        private_keys={sealed.reader: private_key},
        context=encode(followed.context),
    )
    group.findings.append(Opened(followed.context.epoch, sealed.node, sealed.reader, sealed.kem_output))
    group.learn_all(followed.tree, opened.private_keys, "followed")
    group.facts.tell(CommitSecretOf(commit), opened.commit_secret)


def _draw(group: KnownGroup, commit: EndingCommit, draws: Draws) -> None:
    """The path, and a newcomer's init secret, if the committer drew them from leaked randomness."""
    followed = commit.followed
    path = draws.path(followed)
    if path is not None:
        group.learn_all(followed.tree, path.private_keys, "drawn")
        group.facts.tell(CommitSecretOf(commit), path.commit_secret)
    if followed.kem_output is not None and followed.kem_output == draws.kem_output:
        at = ExternalPubOf(group.group_id, followed.context.epoch - 1)
        group.facts.each(at, partial(_draw_init_secret, group, commit, draws))


def _draw_init_secret(group: KnownGroup, commit: EndingCommit, draws: Draws, external_pub: bytes) -> None:
    group.facts.tell(InitSecretOf(commit), draws.init_secret(external_pub))


def _take_init_secret(group: KnownGroup, commit: EndingCommit, secrets: EpochSecrets) -> None:
    """That of the epoch before; a newcomer has made its own, for whoever has the external secret (RFC 9420 §8.3)."""
    kem_output, init_secret = commit.followed.kem_output, secrets.init_secret
    if kem_output is not None:
        init_secret = external_init_secret(group.suite, secrets.external_secret, kem_output)
    group.facts.tell(InitSecretOf(commit), init_secret)


def _wait_for_commit_secret(group: KnownGroup, commit: EndingCommit, init_secret: bytes) -> None:
    group.facts.each(CommitSecretOf(commit), partial(_wait_for_psks, group, commit, init_secret))


def _wait_for_psks(group: KnownGroup, commit: EndingCommit, init_secret: bytes, commit_secret: bytes) -> None:
    named = psk_facts(commit.followed.applied.psks)
    group.facts.all_of(named, partial(_turn, group, commit, init_secret, commit_secret))


def _turn(
    group: KnownGroup, commit: EndingCommit, init_secret: bytes, commit_secret: bytes, psks: Sequence[bytes]
) -> None:
    """Turn the key schedule. Secrets that leaked of the next epoch don't stop it: it gives what a device deleted."""
    if commit.is_done:
        return
    suite, following = group.suite, commit.following
    mixed_in = psk_secret(suite, tuple(zip(commit.followed.applied.psks, psks, strict=True)))
    context, leaf_count = encode(following.context), following.tree.leaf_count
    epoch = next_epoch(suite, init_secret, commit_secret, mixed_in, context, leaf_count)
    commit.is_done = group.enter(following, epoch.secrets, epoch.secret_tree, "followed")
