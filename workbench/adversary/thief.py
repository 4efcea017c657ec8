"""A thief with stolen bytes and a record of the wire: what it claims to know it has really computed.

It knows nothing of who is healed. It tries what can be tried: it follows the public tree, opens each path secret
and each Welcome for which it has a private key, climbs to the commit secret, and turns the key schedule if it has
the init secret of the epoch before. It confirms a new epoch as a member does. Each new loot starts all of this
anew over everything recorded, since a key that is stolen today may open what was sealed long ago
(RFC 9420 §16.6): nothing is ever out of date for it, only out of reach.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from workbench.adversary.findings import Entered, Finding, Learned, Opened, Read, Stole, Way
from workbench.client import Holdings
from workbench.mls import (
    CipherSuite,
    GroupState,
    KeyPackageBundle,
    LeafIndex,
    LifetimePolicy,
    MLSMessage,
    NodeIndex,
    Policy,
    RatchetTree,
    SentProposal,
    Welcome,
    decode,
    encode,
    join,
)
from workbench.mls.errors import (
    GenerationTooFarAhead,
    KeyAlreadyUsed,
    KeyExpired,
    UnknownPreSharedKey,
    UnknownProposal,
)
from workbench.mls.framing.content import proposal_ref
from workbench.mls.framing.private_message import unprotect_private
from workbench.mls.group.pre_shared_keys import find_psks
from workbench.mls.group.proposal_list import apply_proposals, resolve_proposals
from workbench.mls.schedule.key_schedule import EpochSecrets, next_epoch
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.schedule.secret_tree import SecretTree
from workbench.mls.schedule.transcript import confirmed_transcript_hash, interim_transcript_hash
from workbench.mls.tree.tree_math import is_ancestor
from workbench.mls.tree.update_path import merge_path, open_path, path_recipients
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.messages import (
    ApplicationData,
    AuthenticatedContent,
    Commit,
    GroupContext,
    MemberSender,
    PreSharedKeyID,
    PrivateMessage,
    Proposal,
    PublicMessage,
)
from workbench.mls.wire.tree import UpdatePath

ANY_TIME = Policy(lifetimes=LifetimePolicy(longest=None, in_trees=False))
"""A thief does not mind whether a key package has expired."""


@dataclass(slots=True)
class _Epoch:
    """An epoch as far as the thief can follow the group in public, and what it has of its secrets.

    Of an epoch that a device keeps for its late messages it has no more than these need: no transcript, and of the
    secrets the one of the sender data and the message keys that are left.
    """

    context: GroupContext
    tree: RatchetTree
    interim_transcript_hash: bytes | None = None
    proposals: dict[bytes, SentProposal] = field(default_factory=dict)
    secrets: EpochSecrets | None = field(default=None, repr=False)
    sender_data_secret: bytes | None = field(default=None, repr=False)
    secret_trees: list[SecretTree] = field(default_factory=list, repr=False)
    commit: _Commit | None = None


@dataclass(slots=True)
class _Commit:
    """The commit that ends an epoch. `sealed` are its ciphertexts that are still closed to the thief."""

    committer: LeafIndex
    path: UpdatePath | None
    joined: frozenset[LeafIndex]
    psks: tuple[PreSharedKeyID, ...]
    provisional: GroupContext
    confirmation_tag: bytes
    sealed: list[_Sealed]
    commit_secret: bytes | None = field(default=None, repr=False)
    is_followed: bool = False


@dataclass(frozen=True, slots=True)
class _Sealed:
    """One ciphertext of a path, and the key that opens it."""

    node: NodeIndex
    copath_child: NodeIndex
    reader: NodeIndex
    public_key: bytes
    kem_output: bytes


class Thief:
    """Whoever it robs, it has the state, and hears every message from the first to the last."""

    def __init__(self, suite: CipherSuite, group_id: bytes) -> None:
        self._suite = suite
        self._group_id = group_id
        self.stolen: list[tuple[str, Holdings]] = []
        self.private_keys: dict[bytes, bytes] = {}
        self.findings: list[Finding] = []
        self._bundles: dict[bytes, KeyPackageBundle] = {}
        self._psks: dict[bytes, bytes] = {}
        self._resumption_psks: dict[tuple[bytes, int], bytes] = {}
        self._epochs: dict[int, _Epoch] = {}
        self._heard = 0
        self._messages: defaultdict[int, dict[int, PublicMessage | PrivateMessage]] = defaultdict(dict)
        self._contents: dict[int, AuthenticatedContent] = {}
        self._welcomes: list[Welcome] = []

    def __repr__(self) -> str:
        return f"Thief(robbed {len(self.stolen)}, heard {self._heard} messages)"

    # What it does

    def hear(self, message: bytes) -> None:
        """Record a message from the wire, and see what it gives away."""
        index, self._heard = self._heard, self._heard + 1
        match decode(MLSMessage, message).message:
            case PublicMessage(content) as public if content.group_id == self._group_id:
                self._messages[content.epoch][index] = public
            case PrivateMessage(group_id) as private if group_id == self._group_id:
                self._messages[private.epoch][index] = private
            case Welcome() as welcome:
                self._welcomes.append(welcome)
        self._work()

    def steal(self, victim: str, holdings: Holdings) -> None:
        """Take all that is on a device."""
        membership = holdings.groups.get(self._group_id)
        self.stolen.append((victim, holdings))
        self.findings.append(Stole(victim, membership.state.epoch if membership else None))
        self._psks |= holdings.psks
        for reference, bundle in holdings.bundles.items():
            self._bundles[reference] = bundle
            self._learn(bundle.key_package.init_key, bundle.init_private_key, "stolen")
            self._learn(bundle.key_package.leaf_node.encryption_key, bundle.encryption_private_key, "stolen")
        if membership is not None:
            self._absorb(membership.state, "stolen")
            if membership.pending is not None:
                self._absorb(membership.pending.committed.next, "stolen")
        self._work()

    # What it knows

    def reads(self) -> tuple[Read, ...]:
        """The application messages that it has decrypted, in the order in which they were sent."""
        found = (finding for finding in self.findings if isinstance(finding, Read))
        return tuple(sorted(found, key=lambda read: read.index))

    def epochs(self) -> Mapping[int, EpochSecrets]:
        """The epochs of which it has the secrets."""
        return {number: known.secrets for number, known in sorted(self._epochs.items()) if known.secrets}

    def holdings(self) -> tuple[object, ...]:
        """All secrets that it has: what it took, and what it computed."""
        computed = [(known.secrets, known.secret_trees) for known in self._epochs.values()]
        return (*(holdings for _, holdings in self.stolen), self.private_keys, computed)

    def epoch(self) -> int | None:
        """The last epoch to which it can follow the public tree, with or without its secrets."""
        return max(self._epochs, default=None)

    def tree(self, epoch: int) -> RatchetTree | None:
        """The ratchet tree of an epoch, if it could follow the group there."""
        return self._epochs[epoch].tree if epoch in self._epochs else None

    # How it works

    def _work(self) -> None:
        """Try everything until nothing new comes of it."""
        found = -1
        while found != len(self.findings) + len(self._epochs) + len(self._contents):
            found = len(self.findings) + len(self._epochs) + len(self._contents)
            for welcome in self._welcomes:
                self._try_welcome(welcome)
            for number in sorted(self._epochs):
                self._try_epoch(self._epochs[number])

    def _try_welcome(self, welcome: Welcome) -> None:
        for entry in welcome.secrets:
            bundle = self._bundles.get(entry.new_member)
            if bundle is None:
                continue
            try:
                state = join(
                    welcome,
                    bundle,
                    now=0,
                    psks=self._psks,
                    resumption_psks=self._resumption_psks,
                    policy=ANY_TIME,
                    suite=self._suite,
                )
            except UnknownPreSharedKey:
                continue
            del self._bundles[entry.new_member]
            if state.group_id == self._group_id:
                self._absorb(state, "welcome")

    def _absorb(self, state: GroupState, way: Way) -> None:
        """Take over all that a state holds; its suite is left behind, for it is not the thief's."""
        for node, private_key in state.private_keys.items():
            content = state.tree.node(node)
            if content is not None:
                self._learn(content.encryption_key, private_key, way)
        for public_key, private_key in state.update_keys.items():
            self._learn(public_key, private_key, way)
        self._resumption_psks |= {(state.group_id, epoch): psk for epoch, psk in state.resumption_psks.items()}
        for readable in (state.readable, *state.past_epochs):
            known = self._arrive(readable.context, readable.tree)
            known.sender_data_secret = readable.sender_data_secret
            known.secret_trees.append(replace(readable.secret_tree, suite=self._suite))
        known = self._arrive(state.context, state.tree, state.interim_transcript_hash)
        known.proposals |= state.proposals
        self._enter(known, state.secrets, way)

    def _arrive(self, context: GroupContext, tree: RatchetTree, transcript: bytes | None = None) -> _Epoch:
        known = self._epochs.setdefault(context.epoch, _Epoch(context, tree))
        known.interim_transcript_hash = known.interim_transcript_hash or transcript
        return known

    def _learn(self, public_key: bytes, private_key: bytes, way: Way) -> None:
        if public_key not in self.private_keys:
            self.private_keys[public_key] = private_key
            self.findings.append(Learned(public_key, way))

    def _enter(self, known: _Epoch, secrets: EpochSecrets, way: Way) -> None:
        if known.secrets is None:
            known.secrets, known.sender_data_secret = secrets, secrets.sender_data_secret
            self._resumption_psks[self._group_id, known.context.epoch] = secrets.resumption_psk
            self.findings.append(Entered(known.context.epoch, way))

    def _try_epoch(self, known: _Epoch) -> None:
        for index, message in self._messages[known.context.epoch].items():
            if index not in self._contents:
                self._try_message(known, index, message)
        if known.commit is not None:
            self._try_path(known.commit)
            self._try_key_schedule(known, known.commit)

    def _try_message(self, known: _Epoch, index: int, message: PublicMessage | PrivateMessage) -> None:
        authenticated = self._open(known, message)
        if authenticated is None:
            return
        content, sender = authenticated.content.content, authenticated.content.sender.sender
        if not isinstance(sender, MemberSender):
            return
        leaf = LeafIndex(sender.leaf_index)
        match content:
            case ApplicationData(data):
                self.findings.append(Read(index, known.context.epoch, leaf, data))
            case Proposal(proposal):
                reference = proposal_ref(self._suite, authenticated)
                known.proposals[reference] = SentProposal(proposal, leaf, reference)
            case Commit() if known.commit is None and not self._follow(known, authenticated, content, leaf):
                return
        self._contents[index] = authenticated

    def _open(self, known: _Epoch, message: PublicMessage | PrivateMessage) -> AuthenticatedContent | None:
        """What a message says; a signature proves nothing that a thief needs to know."""
        if isinstance(message, PublicMessage):
            return AuthenticatedContent(WireFormat.mls_public_message, message.content, message.auth)
        if known.sender_data_secret is None:
            return None
        for secret_tree in known.secret_trees:
            try:
                opened, _ = unprotect_private(self._suite, message, secret_tree, known.sender_data_secret)
            except (KeyAlreadyUsed, KeyExpired, GenerationTooFarAhead):
                continue
            return AuthenticatedContent(opened.wire_format, opened.content, opened.auth)
        return None

    def _follow(self, known: _Epoch, authenticated: AuthenticatedContent, commit: Commit, committer: LeafIndex) -> bool:
        """The public half of a commit: anybody who has its proposals can tell the next tree and context."""
        if known.interim_transcript_hash is None:
            return False
        try:
            listed = resolve_proposals(commit, committer, known.proposals)
        except UnknownProposal:
            return False
        applied = apply_proposals(known.tree, known.context.extensions, listed)
        joined = frozenset(leaf for leaf, _ in applied.added)
        tree = applied.tree
        if commit.path is not None:
            tree = merge_path(
                self._suite,
                tree,
                committer,
                commit.path,
                group_id=self._group_id,
                joined=joined,
                extensions=applied.extensions,
            )
        number = known.context.epoch + 1
        provisional = replace(known.context, epoch=number, tree_hash=tree.hash(), extensions=applied.extensions)
        confirmed = confirmed_transcript_hash(
            self._suite,
            known.interim_transcript_hash,
            authenticated.wire_format,
            authenticated.content,
            authenticated.auth.signature,
        )
        tag = authenticated.auth.confirmation_tag or b""
        interim = interim_transcript_hash(self._suite, confirmed, tag)
        known.commit = _Commit(
            committer,
            commit.path,
            joined,
            applied.psks,
            provisional,
            tag,
            list(_sealed(tree, committer, commit.path, joined)),
            bytes(self._suite.hash_length) if commit.path is None else None,
        )
        context = replace(provisional, confirmed_transcript_hash=confirmed)
        self._arrive(context, tree, interim)
        return True

    def _try_path(self, commit: _Commit) -> None:
        """Open each path secret that is sealed to a key that was stolen or computed, and climb from there."""
        tree = self._epochs[commit.provisional.epoch].tree
        for sealed in [each for each in commit.sealed if each.public_key in self.private_keys]:
            commit.sealed.remove(sealed)
            below = next(leaf for leaf, _ in tree.leaves() if is_ancestor(sealed.copath_child, NodeIndex(2 * leaf)))
            if commit.path is None:
                continue
            opened = open_path(
                self._suite,
                tree,
                commit.committer,
                commit.path,
                joined=commit.joined,
                own_leaf=below,
                private_keys={sealed.reader: self.private_keys[sealed.public_key]},
                context=encode(commit.provisional),
            )
            commit.commit_secret = opened.commit_secret
            self.findings.append(Opened(commit.provisional.epoch, sealed.node, sealed.reader, sealed.kem_output))
            for node, private_key in opened.private_keys.items():
                content = tree.node(node)
                if content is not None:
                    self._learn(content.encryption_key, private_key, "followed")

    def _try_key_schedule(self, known: _Epoch, commit: _Commit) -> None:
        """From the init secret of an epoch and the commit secret into the next one, confirmed as by a member."""
        following = self._epochs[commit.provisional.epoch]
        # Stolen secrets of the next epoch don't stop it: the key schedule gives anew what a device has deleted.
        if known.secrets is None or commit.commit_secret is None or commit.is_followed:
            return
        try:
            psks = find_psks(commit.psks, self._psks, self._resumption_psks)
        except UnknownPreSharedKey:
            return
        epoch = next_epoch(
            self._suite,
            known.secrets.init_secret,
            commit.commit_secret,
            psk_secret(self._suite, psks),
            encode(following.context),
            following.tree.leaf_count,
        )
        confirmed = following.context.confirmed_transcript_hash
        if self._suite.verify_mac(epoch.secrets.confirmation_key, confirmed, commit.confirmation_tag):
            commit.is_followed = True
            following.secret_trees.append(epoch.secret_tree)
            self._enter(following, epoch.secrets, "followed")


def _sealed(
    tree: RatchetTree, committer: LeafIndex, path: UpdatePath | None, joined: frozenset[LeafIndex]
) -> Iterator[_Sealed]:
    """All ciphertexts of a path with their readers (RFC 9420 §7.6)."""
    if path is None:
        return
    recipients = path_recipients(tree, committer, joined)
    for at, readers, node in zip(tree.filtered_direct_path(committer), recipients, path.nodes, strict=True):
        for reader, ciphertext in zip(readers, node.encrypted_path_secret, strict=True):
            content = tree.node(reader)
            if content is not None:
                yield _Sealed(at.node, at.copath_child, reader, content.encryption_key, ciphertext.kem_output)
