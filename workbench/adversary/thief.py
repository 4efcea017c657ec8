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
from collections.abc import Iterable, Mapping
from dataclasses import replace

from workbench.adversary.drawn import drawn_external_init, drawn_group_secrets, drawn_key_pairs, drawn_path
from workbench.adversary.findings import Entered, Finding, Learned, Opened, Read, Stole, Way
from workbench.adversary.followed import Anybody, EndingCommit, KnownEpoch, sealed_in
from workbench.adversary.loot import (
    EpochKeys,
    ExternalKey,
    InitKey,
    Item,
    Loot,
    PrivateKey,
    Randomness,
    Ratchets,
    ResumptionKey,
    SenderDataKey,
    UsedKey,
    loot_of,
)
from workbench.client.holdings import Holdings
from workbench.mls import (
    Add,
    CipherSuite,
    KeyPackage,
    LeafIndex,
    MLSError,
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
    key_package_ref,
)
from workbench.mls.errors import UnknownPreSharedKey, UnknownProposal
from workbench.mls.framing.content import UnverifiedContent, proposal_ref, verify_content
from workbench.mls.framing.private_message import open_content, open_sender_data
from workbench.mls.group.framing import proposal_sender, sender_leaf, signature_key_of
from workbench.mls.group.group_info import external_pub_of, verified_tree
from workbench.mls.group.pre_shared_keys import find_psks
from workbench.mls.group.public_commit import follow_commit
from workbench.mls.group.state import DEFAULT_POLICY
from workbench.mls.group.welcome import open_group_info, open_group_secrets
from workbench.mls.schedule.key_schedule import (
    EpochSecrets,
    epoch_from_epoch_secret,
    epoch_from_joiner_secret,
    external_init_secret,
    next_epoch,
    welcome_secret,
)
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.schedule.secret_tree import MessageKey, SecretTree
from workbench.mls.schedule.transcript import confirmation_tag, confirmed_transcript_hash, interim_transcript_hash
from workbench.mls.tree.leaf_node import ANY_LIFETIME
from workbench.mls.tree.tree_math import common_ancestor, is_ancestor, leaf_to_node
from workbench.mls.tree.update_path import open_path, private_keys_from
from workbench.mls.when import When
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
    SenderData,
)


class Thief:
    """Whoever it robs, it has the loot, and hears every message from the first to the last."""

    def __init__(self, suite: CipherSuite, group_id: bytes, policy: Policy = DEFAULT_POLICY) -> None:
        self._suite = suite
        self._policy = replace(policy, lifetimes=ANY_LIFETIME, authentication=Anybody())
        self.group_id = group_id
        self.stolen: list[tuple[str, Holdings]] = []
        self.private_keys: dict[bytes, bytes] = {}
        self.findings: list[Finding] = []
        self._init_keys: dict[bytes, InitKey] = {}
        self._psks: dict[bytes, bytes] = {}
        self._resumption_psks: dict[tuple[bytes, int], bytes] = {}
        self._secret_trees: defaultdict[int, list[SecretTree]] = defaultdict(list)
        self._sender_data: dict[int, bytes] = {}
        self._used_keys: defaultdict[int, list[UsedKey]] = defaultdict(list)
        self._randomness: list[bytes] = []
        self._epochs: dict[int, KnownEpoch] = {}
        self.heard: list[bytes] = []
        self._messages: defaultdict[int, dict[int, PublicMessage | PrivateMessage]] = defaultdict(dict)
        self._contents: dict[int, AuthenticatedContent] = {}
        self._welcomes: list[Welcome] = []
        self._opened: set[EncryptedGroupSecrets] = set()
        self._key_packages: dict[bytes, KeyPackage] = {}
        self._external_pubs: defaultdict[int, set[bytes]] = defaultdict(set)
        self.unreadable: dict[int, str] = {}
        """Why it could make nothing of a message, by the message's index; no longer there once it could."""
        self._everywhere = [self]
        self._told = 0

    def beside(self, suite: CipherSuite, group_id: bytes) -> Thief:
        """The same thief at another group: with the same loot, and what the one group gives away of the other."""
        thief = Thief(suite, group_id, self._policy)
        thief._resumption_psks = self._resumption_psks
        thief._key_packages = self._key_packages
        thief._everywhere = self._everywhere
        self._everywhere.append(thief)
        for victim, holdings in self.stolen:
            thief.steal(victim, holdings)
        return thief

    def __repr__(self) -> str:
        return f"Thief(robbed {len(self.stolen)}, heard {len(self.heard)} messages)"

    # What it does

    def hear(self, message: bytes) -> None:
        """Record a message from the wire, and see what it gives away."""
        index = len(self.heard)
        self.heard.append(message)
        try:
            self._hear(index, decode(MLSMessage, message, custom=self._policy.custom))
        except MLSError as problem:  # hostile or damaged bytes: they say nothing, and the attacker goes on
            self.unreadable[index] = str(problem)
        self._work()

    def _hear(self, index: int, message: MLSMessage) -> None:
        match message.message:
            case PublicMessage(content) as public if content.group_id == self.group_id:
                self._messages[content.epoch][index] = public
                if isinstance(content.content, Proposal) and isinstance(content.content.proposal, Add):
                    self._note(content.content.proposal.key_package)
            case PrivateMessage(group_id) as private if group_id == self.group_id:
                self._messages[private.epoch][index] = private
            case Welcome() as welcome:
                self._welcomes.append(welcome)
            case KeyPackage() as key_package:
                self._note(key_package)
            case GroupInfo(context) as info if context.group_id == self.group_id:
                self._external_pubs[context.epoch].add(external_pub_of(info))

    def _note(self, key_package: KeyPackage) -> None:
        if key_package.cipher_suite == self._suite.id:
            self._key_packages[key_package_ref(self._suite, key_package)] = key_package

    def steal(self, victim: str, holdings: Holdings) -> None:
        """Take all that is on a device."""
        membership = holdings.groups.get(self.group_id)
        self.stolen.append((victim, holdings))
        self.findings.append(Stole(victim, membership.state.epoch if membership else None))
        self.take(loot_of(holdings))

    def take(self, loot: Loot) -> None:
        """Take what leaked, of any device, and see what it gives away."""
        for item in sorted(loot, key=lambda item: isinstance(item, EpochKeys)):  # of an epoch the tree comes first
            self._take(item)
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
        computed = [(known.secrets, self._secret_trees[number]) for number, known in self._epochs.items()]
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
        """Try everything until nothing new comes of it, here and at the groups of which this gives something away."""
        found = -1
        while found != len(self.findings) + len(self._epochs) + len(self._contents):
            found = len(self.findings) + len(self._epochs) + len(self._contents)
            for welcome in self._welcomes:
                self._try_welcome(welcome)
            for entropy in self._randomness:
                self._try_randomness(entropy)
            for number in sorted({*self._epochs, *self._sender_data}):
                self._try_epoch(number)
        self._told = self._common()
        for other in self._everywhere:
            if other._told != self._common():  # noqa: SLF001 - of this very class
                other._work()  # noqa: SLF001

    def _common(self) -> int:
        """How much it knows that is of use at all groups alike."""
        return len(self._resumption_psks) + len(self._key_packages)

    def _take(self, item: Item) -> None:
        match item:
            case PrivateKey(public_key, private_key):
                self._learn(public_key, private_key, "stolen")
            case InitKey(key_package, private_key) if key_package.cipher_suite == self._suite.id:
                self._init_keys[key_package_ref(self._suite, key_package)] = item
                self._learn(key_package.init_key, private_key, "stolen")
            case ExternalKey(psk_id, psk):
                self._psks[psk_id] = psk
            case ResumptionKey(group_id, epoch, psk):
                self._resumption_psks[group_id, epoch] = psk
            case PublicGroup() as group if group.context.group_id == self.group_id:
                self._see(group.context, group.tree, group.interim_transcript_hash).proposals.update(group.proposals)
            case Randomness(entropy):
                self._randomness.append(entropy)
            case EpochKeys() | SenderDataKey() | Ratchets() | UsedKey() if item.group_id == self.group_id:
                self._take_of_epoch(item)

    def _take_of_epoch(self, item: EpochKeys | SenderDataKey | Ratchets | UsedKey) -> None:
        match item:
            case EpochKeys(_, epoch, secrets):
                self._enter(self._epochs[epoch], secrets, None, "stolen")
            case SenderDataKey(_, epoch, secret):
                self._sender_data[epoch] = secret
            case Ratchets(_, epoch, secret_tree):
                # its suite is left behind, for it is not the thief's
                self._secret_trees[epoch].append(replace(secret_tree, suite=self._suite))
            case UsedKey(_, epoch):
                self._used_keys[epoch].append(item)

    def _see(self, context: GroupContext, tree: RatchetTree, interim: bytes) -> KnownEpoch:
        """What everybody could know of an epoch."""
        return self._epochs.setdefault(context.epoch, KnownEpoch(self._suite, self._policy, context, tree, interim))

    def _try_welcome(self, welcome: Welcome) -> None:
        """Enter as the new member would: with its init key, used or not, or with the inviter's randomness."""
        if welcome.cipher_suite != self._suite.id:
            return
        for entry in welcome.secrets:
            if entry in self._opened:
                continue
            try:
                self._try_entry(welcome, entry)
            except UnknownPreSharedKey:
                continue
            except MLSError:  # its receiver refuses it, and no other key opens it
                self._opened.add(entry)

    def _try_entry(self, welcome: Welcome, entry: EncryptedGroupSecrets) -> None:
        secrets = self._group_secrets(welcome, entry)
        if secrets is None:
            return
        psks = psk_secret(self._suite, find_psks(secrets.psks, self._psks, self._resumption_psks))
        opens = welcome_secret(self._suite, secrets.joiner_secret, psks)
        self._opened.add(entry)
        self._enter_by_welcome(secrets, psks, open_group_info(self._suite, welcome, opens), entry.new_member)

    def _group_secrets(self, welcome: Welcome, entry: EncryptedGroupSecrets) -> GroupSecrets | None:
        stolen, key_package = self._init_keys.get(entry.new_member), self._key_packages.get(entry.new_member)
        if stolen is not None:
            return open_group_secrets(self._suite, welcome, stolen.key_package, stolen.private_key)
        if key_package is None:
            return None
        for entropy in self._randomness:
            opened = drawn_group_secrets(self._suite, entropy, key_package.init_key, welcome, entry)
            if opened is not None:
                return opened
        return None

    def _enter_by_welcome(self, secrets: GroupSecrets, psks: bytes, info: GroupInfo, reference: bytes) -> None:
        suite, context = self._suite, info.group_context
        if context.group_id != self.group_id:
            return
        tree = verified_tree(suite, info, None, when=When.at(0), policy=self._policy)
        stolen = self._init_keys.get(reference)
        key_package = self._key_packages[reference] if stolen is None else stolen.key_package
        leaf = next((leaf for leaf, leaf_node in tree.leaves() if leaf_node == key_package.leaf_node), None)
        if leaf is None:
            return
        if secrets.path_secret is not None:
            signer = LeafIndex(info.signer)
            shared = common_ancestor(leaf_to_node(leaf), leaf_to_node(signer))
            private_keys = private_keys_from(suite, tree, signer, shared, secrets.path_secret.path_secret)
            self._learn_all(tree, private_keys, "welcome")
        epoch = epoch_from_joiner_secret(suite, secrets.joiner_secret, psks, encode(context), tree.leaf_count)
        interim = interim_transcript_hash(suite, context.confirmed_transcript_hash, info.confirmation_tag)
        self._enter(self._see(context, tree, interim), epoch.secrets, epoch.secret_tree, "welcome")

    def _try_randomness(self, entropy: bytes) -> None:
        """Draw from leaked randomness what its device drew: keys that were seen somewhere, and secrets of commits."""
        for keys in drawn_key_pairs(self._suite, entropy):
            for reference, key_package in self._key_packages.items():
                if keys.public_key == key_package.init_key and reference not in self._init_keys:
                    self._take(InitKey(key_package, keys.private_key))
            if any(known.tree.holds_encryption_key([keys.public_key]) for known in self._epochs.values()):
                self._learn(keys.public_key, keys.private_key, "drawn")
        for number, known in tuple(self._epochs.items()):
            if number == 0 and known.secrets is None:
                self._try_first_epoch(known, entropy)
            if known.commit is not None:
                self._try_drawn_commit(known.commit, entropy, self._external_pubs[number])

    def _try_first_epoch(self, known: KnownEpoch, entropy: bytes) -> None:
        """The first epoch is drawn as a whole; its confirmation tag went into the transcript (RFC 9420 §11)."""
        epoch = epoch_from_epoch_secret(self._suite, self._suite.fresh(entropy, "epoch secret"), known.tree.leaf_count)
        tag = confirmation_tag(self._suite, epoch.secrets.confirmation_key, b"")
        if known.interim_transcript_hash == interim_transcript_hash(self._suite, b"", tag):
            self._enter(known, epoch.secrets, epoch.secret_tree, "drawn")

    def _try_drawn_commit(self, commit: EndingCommit, entropy: bytes, external_pubs: Iterable[bytes]) -> None:
        """A commit's path and its init secret, if its maker drew them from leaked randomness."""
        followed = commit.followed
        if commit.commit_secret is None:
            path = drawn_path(self._suite, entropy, followed)
            if path is not None:
                commit.commit_secret = path.commit_secret
                self._learn_all(followed.tree, path.private_keys, "drawn")
        for external_pub in external_pubs:
            if followed.kem_output is not None and commit.init_secret is None:
                commit.init_secret = drawn_external_init(self._suite, entropy, external_pub, followed.kem_output)

    def _learn_all(self, tree: RatchetTree, private_keys: Mapping[NodeIndex, bytes], way: Way) -> None:
        for node, private_key in private_keys.items():
            content = tree.node(node)
            if content is not None:
                self._learn(content.encryption_key, private_key, way)

    def _learn(self, public_key: bytes, private_key: bytes, way: Way) -> None:
        if public_key not in self.private_keys:
            self.private_keys[public_key] = private_key
            self.findings.append(Learned(public_key, way))

    def _enter(self, known: KnownEpoch, secrets: EpochSecrets, secret_tree: SecretTree | None, way: Way) -> None:
        if secret_tree is not None:
            self._secret_trees[known.context.epoch].append(secret_tree)
        if known.secrets is None:
            known.secrets = secrets
            self._sender_data[known.context.epoch] = secrets.sender_data_secret
            self._resumption_psks[self.group_id, known.context.epoch] = secrets.resumption_psk
            self.findings.append(Entered(known.context.epoch, way))

    def _try_epoch(self, number: int) -> None:
        known = self._epochs.get(number)
        for index, message in self._messages[number].items():
            if index not in self._contents:
                self._try_message(known, index, message)
        if known is not None and known.commit is not None:
            self._try_path(known.commit)
            self._try_key_schedule(known, known.commit)

    def _try_message(self, known: KnownEpoch | None, index: int, message: PublicMessage | PrivateMessage) -> None:
        try:
            authenticated = self._open(message)
        except MLSError as problem:
            self.unreadable[index] = str(problem)
            return
        if authenticated is None:
            return
        self.unreadable.pop(index, None)
        epoch = authenticated.content.epoch
        match authenticated.content.content:
            case ApplicationData(data):
                self.findings.append(Read(index, epoch, sender_leaf(authenticated.content), data))
            case _ if known is None:
                return
            case Proposal(proposal):
                reference = proposal_ref(self._suite, authenticated)
                known.proposals[reference] = SentProposal(proposal, proposal_sender(authenticated.content), reference)
            case Commit() if known.commit is None and not self._follow(known, authenticated):
                return
        self._contents[index] = authenticated

    def _open(self, message: PublicMessage | PrivateMessage) -> AuthenticatedContent | None:
        """What a message says; a signature proves nothing that a thief needs to know."""
        if isinstance(message, PublicMessage):
            return AuthenticatedContent(WireFormat.mls_public_message, message.content, message.auth)
        if message.epoch not in self._sender_data:
            return None
        sender_data = open_sender_data(self._suite, message, self._sender_data[message.epoch])
        key = self._key_of(message, sender_data)
        if key is None:
            return None
        opened = open_content(self._suite, message, sender_data, key, custom=self._policy.custom)
        return AuthenticatedContent(opened.wire_format, opened.content, opened.auth)

    def _key_of(self, message: PrivateMessage, sender_data: SenderData) -> MessageKey | None:
        """The key of a message, from a leaked ratchet or leaked itself."""
        leaf, generation = sender_data.leaf_index, sender_data.generation
        for secret_tree in self._secret_trees[message.epoch]:
            try:
                return secret_tree.key_for(leaf, message.content_type, generation)[1]
            except Violation:  # the key is gone, or there is no such leaf
                continue
        wanted = leaf, message.content_type, generation
        for used in self._used_keys[message.epoch]:
            if (used.leaf, used.content_type, used.message_key.generation) == wanted:
                return used.message_key
        return None

    def _follow(self, known: KnownEpoch, authenticated: AuthenticatedContent) -> bool:
        """Follow a commit in public; False if the thief lacks the transcript, or proposals are sealed to it."""
        unverified = UnverifiedContent(authenticated.wire_format, authenticated.content, authenticated.auth)
        try:
            signature_key = signature_key_of(authenticated.content, known.context, known.tree)
            verify_content(self._suite, unverified, signature_key, known.context)
            followed = follow_commit(known.public, authenticated, when=When.at(0))
        except UnknownProposal:
            return False
        except MLSError:
            return True  # the members refuse it, and so does the attacker
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
        known.commit = EndingCommit(followed, tag, list(sealed_in(followed)), no_path)
        context = replace(followed.context, confirmed_transcript_hash=confirmed)
        self._see(context, followed.tree, interim)
        return True

    def _try_path(self, commit: EndingCommit) -> None:
        """Open each path secret that is sealed to a key that was stolen or computed, and climb from there."""
        tree, path = commit.followed.tree, commit.followed.commit.path
        for sealed in [each for each in commit.sealed if each.public_key in self.private_keys]:
            commit.sealed.remove(sealed)
            below = next(leaf for leaf, _ in tree.leaves() if is_ancestor(sealed.copath_child, NodeIndex(2 * leaf)))
            if path is None:
                continue
            try:
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
            except MLSError:  # the committer has sealed something else there: no reader can use it
                continue
            commit.commit_secret = opened.commit_secret
            epoch = commit.followed.context.epoch
            self.findings.append(Opened(epoch, sealed.node, sealed.reader, sealed.kem_output))
            self._learn_all(tree, opened.private_keys, "followed")

    def _try_key_schedule(self, known: KnownEpoch, commit: EndingCommit) -> None:
        """From an epoch and the commit secret into the next one, confirmed as by a member."""
        # Stolen secrets of the next epoch don't stop it: the key schedule gives anew what a device has deleted.
        init_secret = self._init_secret(known, commit)
        if init_secret is None or commit.commit_secret is None or commit.is_done:
            return
        try:
            psks = find_psks(commit.followed.applied.psks, self._psks, self._resumption_psks)
        except UnknownPreSharedKey:
            return
        following = self._epochs[commit.followed.context.epoch]
        epoch = next_epoch(
            self._suite,
            init_secret,
            commit.commit_secret,
            psk_secret(self._suite, psks),
            encode(following.context),
            following.tree.leaf_count,
        )
        confirmed = following.context.confirmed_transcript_hash
        if self._suite.verify_mac(epoch.secrets.confirmation_key, confirmed, commit.confirmation_tag):
            commit.is_done = True
            self._enter(following, epoch.secrets, epoch.secret_tree, "followed")

    def _init_secret(self, known: KnownEpoch, commit: EndingCommit) -> bytes | None:
        """That of the epoch before; a newcomer has made its own, for whoever has the external secret."""
        kem_output = commit.followed.kem_output
        if kem_output is not None and known.secrets is not None:
            return external_init_secret(self._suite, known.secrets.external_secret, kem_output)
        if kem_output is not None:
            return commit.init_secret
        return None if known.secrets is None else known.secrets.init_secret
