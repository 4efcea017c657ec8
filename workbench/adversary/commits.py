"""How the attacker follows commits: first the public tree, then path secrets, then the key schedule.

The attacker checks the confirmation tag of a new epoch, as a member does (RFC 9420 §8, §12.4.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from workbench.adversary.facts import (
    CommitSecretOf,
    EpochAt,
    ExternalPubOf,
    InitSecretOf,
    PrivateKeyOf,
    ProposalIn,
    RandomnessIn,
    SecretsOf,
)
from workbench.adversary.findings import Opened
from workbench.adversary.known_group import KnownGroup
from workbench.adversary.public_tracking import EndingCommit, KnownEpoch, SealedSecret, sealed_in
from workbench.adversary.randomness_compromise import ExpandedRandomness
from workbench.adversary.welcomes import psk_facts
from workbench.mls import LeafIndex, PreSharedKey, PreSharedKeyID, RatchetTree, SentProposal, encode
from workbench.mls.framing.content import UnverifiedContent, verify_content
from workbench.mls.group.public_commit import process_public_commit, proposal_sender
from workbench.mls.group.signatures import signature_key_of
from workbench.mls.schedule.key_schedule import EpochSecrets, external_init_secret, next_epoch
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.schedule.transcript import confirmed_transcript_hash, interim_transcript_hash
from workbench.mls.tree.tree_math import NodeIndex, level, node_to_leaf
from workbench.mls.tree.update_path import open_path
from workbench.mls.when import When
from workbench.mls.wire.messages import AuthenticatedContent
from workbench.mls.wire.proposals import Commit, Proposal, ProposalByReference, ProposalByValue
from workbench.mls.wire.tree import KeyPackageSource

# Without secrets


def wait_for_proposals(group: KnownGroup, authenticated: AuthenticatedContent, known: KnownEpoch) -> None:
    """Follow a commit as soon as all proposals are known that it names by reference (RFC 9420 §12.4)."""
    commit = authenticated.content.content
    if isinstance(commit, Commit):
        named = [each.proposal_or_ref for each in commit.proposals]
        references = [each.reference for each in named if isinstance(each, ProposalByReference)]
        waits_for = [ProposalIn(known, reference) for reference in references]
        group.facts.all_of(waits_for, lambda _: _follow(group, authenticated, known))
        at_next = EpochAt(group.group_id, known.context.epoch + 1)
        group.facts.each(at_next, partial(_follow_to, group, authenticated, known))
        for each in waits_for:
            group.facts.each(each, partial(_follow_with, group, authenticated, known))


def _follow(group: KnownGroup, authenticated: AuthenticatedContent, known: KnownEpoch) -> None:
    """Follow a commit after all checks that members make without a secret; raises the same errors as for a member."""
    suite, content, auth = group.suite, authenticated.content, authenticated.auth
    signature_key = signature_key_of(content, known.context, known.tree)
    verify_content(suite, UnverifiedContent(authenticated.wire_format, content, auth), signature_key, known.context)
    followed = process_public_commit(known.public, authenticated, when=When.at(0))
    confirmed = confirmed_transcript_hash(
        suite, known.interim_transcript_hash, authenticated.wire_format, content, auth.signature
    )
    interim = interim_transcript_hash(suite, confirmed, auth.confirmation_tag or b"")
    context = replace(followed.context, confirmed_transcript_hash=confirmed)
    following = group.see(context, followed.tree, interim, before=known)
    if following not in known.commits:  # The attacker may hear the same commit twice.
        known.commits.add(following)
        _wait_for_secrets(group, known, EndingCommit.of(followed, following))


def _follow_to(
    group: KnownGroup, authenticated: AuthenticatedContent, known: KnownEpoch, following: KnownEpoch
) -> None:
    """Follow a member's commit to an epoch that the attacker has seen elsewhere, with proposals that it cannot read.

    The tree of that epoch shows what the proposals changed. But a pre-shared key is known only by its proposal: if one
    is missing, the confirmation tag does not fit, and `_follow_with` tries again when the proposal is known.
    """
    content, committer = authenticated.content, proposal_sender(authenticated.content)
    commit = content.content
    if following in known.commits or not isinstance(commit, Commit) or not isinstance(committer, int):
        return
    confirmed = confirmed_transcript_hash(
        group.suite,
        known.interim_transcript_hash,
        authenticated.wire_format,
        content,
        authenticated.auth.signature,
    )
    if confirmed == following.context.confirmed_transcript_hash:
        context = replace(following.context, confirmed_transcript_hash=known.context.confirmed_transcript_hash)
        joined, psks = _joined(known.tree, following.tree), tuple(_known_psks(known, commit))
        ending = EndingCommit(commit.path, committer, joined, psks, following.tree, context, None, following)
        _wait_for_secrets(group, known, ending)


def _follow_with(group: KnownGroup, authenticated: AuthenticatedContent, known: KnownEpoch, sent: SentProposal) -> None:
    """Follow the commit again if the new proposal names a pre-shared key."""
    if isinstance(sent.proposal, PreSharedKey):
        for following in group.facts.values(EpochAt(group.group_id, known.context.epoch + 1)):
            _follow_to(group, authenticated, known, following)


def _joined(before: RatchetTree, after: RatchetTree) -> frozenset[LeafIndex]:
    """The leaves of newcomers: leaves from a key package that the tree before did not have at this place."""
    return frozenset(
        leaf
        for leaf, leaf_node in after.leaves()
        if isinstance(leaf_node.leaf_node_source, KeyPackageSource) and before.leaf(leaf) != leaf_node
    )


def _known_psks(known: KnownEpoch, commit: Commit) -> Iterator[PreSharedKeyID]:
    for each in commit.proposals:
        match each.proposal_or_ref:
            case ProposalByValue(Proposal(PreSharedKey(psk))):
                yield psk
            case ProposalByReference(reference) if reference in known.proposals:
                sent = known.proposals[reference].proposal
                if isinstance(sent, PreSharedKey):
                    yield sent.psk


# With secrets


def _wait_for_secrets(group: KnownGroup, known: KnownEpoch, commit: EndingCommit) -> None:
    """Wait for the commit secret and the init secret of a commit, each from every possible source."""
    facts = group.facts
    if commit.path is None:
        facts.tell(CommitSecretOf(commit), bytes(group.suite.hash_length))
    for sealed in sealed_in(commit):
        facts.each(PrivateKeyOf(group.group_id, sealed.public_key), partial(_open_path, group, commit, sealed))
    facts.each(RandomnessIn(group.suite.id), partial(_draw, group, commit))
    facts.each(SecretsOf(known), partial(_take_init_secret, group, commit))
    facts.each(InitSecretOf(commit), partial(_wait_for_commit_secret, group, commit))


def _open_path(group: KnownGroup, commit: EndingCommit, sealed: SealedSecret, private_key: bytes) -> None:
    """Open a path secret, and derive the commit secret from it."""
    if commit.path is None:
        return
    leftmost = node_to_leaf(NodeIndex(sealed.copath_child + 1 - (1 << level(sealed.copath_child))))
    opened = open_path(
        group.suite,
        commit.tree,
        commit.committer,
        commit.path,
        joined=commit.joined,
        own_leaf=leftmost,
        private_keys={sealed.reader: private_key},
        context=encode(commit.context),
    )
    group.findings.append(Opened(commit.context.epoch, sealed.node, sealed.reader, sealed.kem_output))
    group.learn_all(commit.tree, opened.private_keys, "commit")
    group.facts.tell(CommitSecretOf(commit), opened.commit_secret)


def _draw(group: KnownGroup, commit: EndingCommit, expanded: ExpandedRandomness) -> None:
    """Compute the path, and a newcomer's init secret, if the committer drew them from the leaked randomness."""
    path = expanded.path(commit.path, commit.tree, commit.committer)
    if path is not None:
        group.learn_all(commit.tree, path.private_keys, "randomness")
        group.facts.tell(CommitSecretOf(commit), path.commit_secret)
    if commit.kem_output is not None and commit.kem_output == expanded.kem_output:
        at = ExternalPubOf(group.group_id, commit.context.epoch - 1)
        group.facts.each(at, partial(_draw_init_secret, group, commit, expanded))


def _draw_init_secret(
    group: KnownGroup, commit: EndingCommit, expanded: ExpandedRandomness, external_pub: bytes
) -> None:
    group.facts.tell(InitSecretOf(commit), expanded.init_secret(external_pub))


def _take_init_secret(group: KnownGroup, commit: EndingCommit, secrets: EpochSecrets) -> None:
    """The init secret of the epoch before; in an external commit the external secret opens it (RFC 9420 §8.3)."""
    kem_output, init_secret = commit.kem_output, secrets.init_secret
    if kem_output is not None:
        init_secret = external_init_secret(group.suite, secrets.external_secret, kem_output)
    group.facts.tell(InitSecretOf(commit), init_secret)


def _wait_for_commit_secret(group: KnownGroup, commit: EndingCommit, init_secret: bytes) -> None:
    group.facts.each(CommitSecretOf(commit), partial(_wait_for_psks, group, commit, init_secret))


def _wait_for_psks(group: KnownGroup, commit: EndingCommit, init_secret: bytes, commit_secret: bytes) -> None:
    named = psk_facts(commit.psks)
    group.facts.all_of(named, partial(_turn, group, commit, init_secret, commit_secret))


def _turn(
    group: KnownGroup, commit: EndingCommit, init_secret: bytes, commit_secret: bytes, psks: Sequence[bytes]
) -> None:
    """Run the key schedule, also if secrets of the epoch have leaked: it gives secrets that devices have deleted."""
    if commit.is_done:
        return
    suite, following = group.suite, commit.following
    mixed_in = psk_secret(suite, tuple(zip(commit.psks, psks, strict=True)))
    context, leaf_count = encode(following.context), following.tree.leaf_count
    epoch = next_epoch(suite, init_secret, commit_secret, mixed_in, context, leaf_count)
    commit.is_done = group.enter(following, epoch.secrets, epoch.secret_tree, "commit")
