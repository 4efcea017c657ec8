"""A thief with stolen bytes and a record of the wire: what it claims to know it has really computed.

It knows nothing of who is healed. It tries what can be tried: it follows the public tree, opens each path secret
and each Welcome for which it has a private key, climbs to the commit secret, and turns the key schedule if it has
the init secret of the epoch before (or, when somebody joins by a commit, the external secret) and all pre-shared keys
that are mixed in. It confirms a new epoch as a member does. Each new loot starts all of this
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
    Credential,
    GroupState,
    KeyPackageBundle,
    LeafIndex,
    LifetimePolicy,
    MLSMessage,
    NodeIndex,
    Policy,
    PublicGroup,
    RatchetTree,
    SentProposal,
    Violation,
    Welcome,
    decode,
    encode,
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
from workbench.mls.group.framing import proposal_sender, sender_leaf
from workbench.mls.group.group_info import verified_tree
from workbench.mls.group.pre_shared_keys import find_psks
from workbench.mls.group.public_commit import Followed, follow_commit
from workbench.mls.group.state import DEFAULT_POLICY
from workbench.mls.group.welcome import open_group_info, open_group_secrets
from workbench.mls.schedule.key_schedule import (
    Epoch,
    EpochSecrets,
    epoch_from_joiner_secret,
    external_init_secret,
    next_epoch,
    welcome_secret,
)
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.schedule.secret_tree import SecretTree
from workbench.mls.schedule.transcript import confirmed_transcript_hash, interim_transcript_hash
from workbench.mls.tree.tree_math import common_ancestor, is_ancestor, leaf_to_node
from workbench.mls.tree.update_path import open_path, path_recipients, private_keys_from
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.messages import (
    ApplicationData,
    AuthenticatedContent,
    Commit,
    EncryptedGroupSecrets,
    GroupContext,
    GroupInfo,
    GroupSecrets,
    PrivateMessage,
    Proposal,
    PublicMessage,
)


class Anybody:
    """An Authentication Service that believes everybody: who somebody is makes no difference to a thief."""

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        """Refuse nothing."""


ANY_TIME = LifetimePolicy(longest=None, in_trees=False, leeway=2**64)
"""A thief does not mind whether a key package has expired."""


@dataclass(slots=True)
class _Epoch:
    """An epoch as far as the thief can follow the group in public, and what it has of its secrets.

    Of an epoch that a device keeps for its late messages it has no more than these need: no transcript, and of the
    secrets the one of the sender data and the message keys that are left.
    """

    suite: CipherSuite
    policy: Policy
    context: GroupContext
    tree: RatchetTree
    interim_transcript_hash: bytes | None = None
    proposals: dict[bytes, SentProposal] = field(default_factory=dict)
    secrets: EpochSecrets | None = field(default=None, repr=False)
    sender_data_secret: bytes | None = field(default=None, repr=False)
    secret_trees: list[SecretTree] = field(default_factory=list, repr=False)
    commit: _Commit | None = None

    @property
    def public(self) -> PublicGroup:
        """What everybody can know of it."""
        transcript = self.interim_transcript_hash or b""
        return PublicGroup(self.suite, self.context, self.tree, transcript, self.proposals, self.policy)


@dataclass(slots=True)
class _Commit:
    """The commit that ends an epoch. `sealed` are its ciphertexts that are still closed to the thief."""

    followed: Followed
    confirmation_tag: bytes
    sealed: list[_Sealed]
    commit_secret: bytes | None = field(default=None, repr=False)
    is_done: bool = False


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

    def __init__(self, suite: CipherSuite, group_id: bytes, policy: Policy = DEFAULT_POLICY) -> None:
        self._suite = suite
        self._policy = replace(policy, lifetimes=ANY_TIME, authentication=Anybody())
        self.group_id = group_id
        self.stolen: list[tuple[str, Holdings]] = []
        self.private_keys: dict[bytes, bytes] = {}
        self.findings: list[Finding] = []
        self._bundles: dict[bytes, KeyPackageBundle] = {}
        self._opened: set[EncryptedGroupSecrets] = set()
        self._psks: dict[bytes, bytes] = {}
        self._resumption_psks: dict[tuple[bytes, int], bytes] = {}
        self._epochs: dict[int, _Epoch] = {}
        self._heard = 0
        self._messages: defaultdict[int, dict[int, PublicMessage | PrivateMessage]] = defaultdict(dict)
        self._contents: dict[int, AuthenticatedContent] = {}
        self._welcomes: list[Welcome] = []

    def beside(self, suite: CipherSuite, group_id: bytes) -> Thief:
        """The same thief at another group: with the same loot, and what the one group gives away of the other."""
        thief = Thief(suite, group_id, self._policy)
        thief._resumption_psks = self._resumption_psks
        for victim, holdings in self.stolen:
            thief.steal(victim, holdings)
        return thief

    def __repr__(self) -> str:
        return f"Thief(robbed {len(self.stolen)}, heard {self._heard} messages)"

    # What it does

    def hear(self, message: bytes) -> None:
        """Record a message from the wire, and see what it gives away."""
        index, self._heard = self._heard, self._heard + 1
        match decode(MLSMessage, message, custom=self._policy.custom).message:
            case PublicMessage(content) as public if content.group_id == self.group_id:
                self._messages[content.epoch][index] = public
            case PrivateMessage(group_id) as private if group_id == self.group_id:
                self._messages[private.epoch][index] = private
            case Welcome() as welcome:
                self._welcomes.append(welcome)
        self._work()

    def steal(self, victim: str, holdings: Holdings) -> None:
        """Take all that is on a device."""
        membership = holdings.groups.get(self.group_id)
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
        """All secrets that it has of the group: what it took, and what it computed."""
        computed = [(known.secrets, known.secret_trees) for known in self._epochs.values()]
        stolen = (holdings.within(self.group_id) for _, holdings in self.stolen)
        return (*stolen, self.private_keys, computed)

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
        """Enter as the new member would whose init key was stolen: before it was used, or one of last resort."""
        for entry in welcome.secrets:
            bundle = self._bundles.get(entry.new_member)
            if bundle is None or entry in self._opened or welcome.cipher_suite != self._suite.id:
                continue
            secrets = open_group_secrets(self._suite, welcome, bundle.key_package, bundle.init_private_key)
            try:
                psks = psk_secret(self._suite, find_psks(secrets.psks, self._psks, self._resumption_psks))
            except UnknownPreSharedKey:
                continue
            opens = welcome_secret(self._suite, secrets.joiner_secret, psks)
            self._opened.add(entry)
            self._enter_by_welcome(secrets, psks, open_group_info(self._suite, welcome, opens), bundle)

    def _enter_by_welcome(self, secrets: GroupSecrets, psks: bytes, info: GroupInfo, bundle: KeyPackageBundle) -> None:
        suite, context = self._suite, info.group_context
        if context.group_id != self.group_id:
            return
        tree = verified_tree(suite, info, None, now=0, policy=self._policy)
        leaf = next(leaf for leaf, leaf_node in tree.leaves() if leaf_node == bundle.key_package.leaf_node)
        if secrets.path_secret is not None:
            signer = LeafIndex(info.signer)
            shared = common_ancestor(leaf_to_node(leaf), leaf_to_node(signer))
            private_keys = private_keys_from(suite, tree, signer, shared, secrets.path_secret.path_secret)
            self._learn_all(tree, private_keys, "welcome")
        epoch = epoch_from_joiner_secret(suite, secrets.joiner_secret, psks, encode(context), tree.leaf_count)
        interim = interim_transcript_hash(suite, context.confirmed_transcript_hash, info.confirmation_tag)
        known = self._arrive(context, tree, interim)
        known.secret_trees.append(epoch.secret_tree)
        self._enter(known, epoch.secrets, "welcome")

    def _absorb(self, state: GroupState, way: Way) -> None:
        """Take over all that a state holds; its suite is left behind, for it is not the thief's."""
        self._learn_all(state.tree, state.private_keys, way)
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

    def _learn_all(self, tree: RatchetTree, private_keys: Mapping[NodeIndex, bytes], way: Way) -> None:
        for node, private_key in private_keys.items():
            content = tree.node(node)
            if content is not None:
                self._learn(content.encryption_key, private_key, way)

    def _arrive(self, context: GroupContext, tree: RatchetTree, transcript: bytes | None = None) -> _Epoch:
        known = self._epochs.setdefault(context.epoch, _Epoch(self._suite, self._policy, context, tree))
        known.interim_transcript_hash = known.interim_transcript_hash or transcript
        return known

    def _learn(self, public_key: bytes, private_key: bytes, way: Way) -> None:
        if public_key not in self.private_keys:
            self.private_keys[public_key] = private_key
            self.findings.append(Learned(public_key, way))

    def _enter(self, known: _Epoch, secrets: EpochSecrets, way: Way) -> None:
        if known.secrets is None:
            known.secrets, known.sender_data_secret = secrets, secrets.sender_data_secret
            self._resumption_psks[self.group_id, known.context.epoch] = secrets.resumption_psk
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
        match authenticated.content.content:
            case ApplicationData(data):
                self.findings.append(Read(index, known.context.epoch, sender_leaf(authenticated.content), data))
            case Proposal(proposal):
                reference = proposal_ref(self._suite, authenticated)
                known.proposals[reference] = SentProposal(proposal, proposal_sender(authenticated.content), reference)
            case Commit() if known.commit is None and not self._follow(known, authenticated):
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
                opened, _ = unprotect_private(
                    self._suite, message, secret_tree, known.sender_data_secret, custom=self._policy.custom
                )
            except (KeyAlreadyUsed, KeyExpired, GenerationTooFarAhead):
                continue
            return AuthenticatedContent(opened.wire_format, opened.content, opened.auth)
        return None

    def _follow(self, known: _Epoch, authenticated: AuthenticatedContent) -> bool:
        """Follow a commit in public; False if the thief lacks the transcript, or proposals are sealed to it."""
        if known.interim_transcript_hash is None:
            return False
        try:
            followed = follow_commit(known.public, authenticated, now=0)
        except UnknownProposal:
            return False
        except Violation:
            return True  # the members refuse it, and so does the thief
        confirmed = confirmed_transcript_hash(
            self._suite,
            known.interim_transcript_hash,
            authenticated.wire_format,
            authenticated.content,
            authenticated.auth.signature,
        )
        tag = authenticated.auth.confirmation_tag or b""
        interim = interim_transcript_hash(self._suite, confirmed, tag)
        no_path = bytes(self._suite.hash_length) if followed.commit.path is None else None
        known.commit = _Commit(followed, tag, list(_sealed(followed)), no_path)
        context = replace(followed.context, confirmed_transcript_hash=confirmed)
        self._arrive(context, followed.tree, interim)
        return True

    def _try_path(self, commit: _Commit) -> None:
        """Open each path secret that is sealed to a key that was stolen or computed, and climb from there."""
        tree, path = commit.followed.tree, commit.followed.commit.path
        for sealed in [each for each in commit.sealed if each.public_key in self.private_keys]:
            commit.sealed.remove(sealed)
            below = next(leaf for leaf, _ in tree.leaves() if is_ancestor(sealed.copath_child, NodeIndex(2 * leaf)))
            if path is None:
                continue
            opened = open_path(
                self._suite,
                tree,
                commit.followed.committer,
                path,
                joined=commit.followed.applied.joined,
                own_leaf=below,
                private_keys={sealed.reader: self.private_keys[sealed.public_key]},
                context=encode(commit.followed.context),
            )
            commit.commit_secret = opened.commit_secret
            epoch = commit.followed.context.epoch
            self.findings.append(Opened(epoch, sealed.node, sealed.reader, sealed.kem_output))
            self._learn_all(tree, opened.private_keys, "followed")

    def _try_key_schedule(self, known: _Epoch, commit: _Commit) -> None:
        """From an epoch and the commit secret into the next one, confirmed as by a member."""
        # Stolen secrets of the next epoch don't stop it: the key schedule gives anew what a device has deleted.
        if known.secrets is None or commit.commit_secret is None or commit.is_done:
            return
        try:
            psks = find_psks(commit.followed.applied.psks, self._psks, self._resumption_psks)
        except UnknownPreSharedKey:
            return
        following = self._epochs[commit.followed.context.epoch]
        epoch = self._next_epoch(known.secrets, commit.followed, commit.commit_secret, psk_secret(self._suite, psks))
        confirmed = following.context.confirmed_transcript_hash
        if self._suite.verify_mac(epoch.secrets.confirmation_key, confirmed, commit.confirmation_tag):
            commit.is_done = True
            following.secret_trees.append(epoch.secret_tree)
            self._enter(following, epoch.secrets, "followed")

    def _next_epoch(self, secrets: EpochSecrets, followed: Followed, commit_secret: bytes, psks: bytes) -> Epoch:
        init_secret = secrets.init_secret
        if followed.kem_output is not None:  # a newcomer has made its own, for whoever has the external secret
            init_secret = external_init_secret(self._suite, secrets.external_secret, followed.kem_output)
        following = self._epochs[followed.context.epoch]
        return next_epoch(
            self._suite, init_secret, commit_secret, psks, encode(following.context), following.tree.leaf_count
        )


def _sealed(followed: Followed) -> Iterator[_Sealed]:
    """All ciphertexts of a path with their readers (RFC 9420 §7.6)."""
    tree, path = followed.tree, followed.commit.path
    if path is None:
        return
    recipients = path_recipients(tree, followed.committer, followed.applied.joined)
    for at, readers, node in zip(tree.filtered_direct_path(followed.committer), recipients, path.nodes, strict=True):
        for reader, ciphertext in zip(readers, node.encrypted_path_secret, strict=True):
            content = tree.node(reader)
            if content is not None:
                yield _Sealed(at.node, at.copath_child, reader, content.encryption_key, ciphertext.kem_output)
