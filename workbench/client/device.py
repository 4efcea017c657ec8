"""One device of one user: its keys, its groups, and its calls to the delivery service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from workbench.client.admission import announced_group, handed_out, require_new_group
from workbench.client.change import Change
from workbench.client.changing import carry_out, resume
from workbench.client.comparing import ForkWatch
from workbench.client.decisions import Decisions
from workbench.client.device_state import DeviceState, Membership, Published, Unsent
from workbench.client.events import Event
from workbench.client.following import LogReader
from workbench.client.introduction import DeviceApproval, is_archive
from workbench.client.joining import accept_invitations, join_described
from workbench.client.journal import Journal, StateStorage, founding
from workbench.client.lookups import approved_among, psk_proposal
from workbench.client.own_keys import OwnKeys
from workbench.client.plan import change_of
from workbench.client.reading import decided
from workbench.delivery import Claim, Entry, Transport
from workbench.mls import (
    Add,
    CipherSuite,
    Credential,
    Extension,
    Framing,
    GroupState,
    KeyPackage,
    KeyPackageBundle,
    LeafIndex,
    Misuse,
    MLSMessage,
    PendingCommit,
    Policy,
    Proposed,
    Remove,
    SigningKey,
    branch_group,
    cipher_suite,
    create_commit,
    create_group,
    encode,
    group_info,
    propose,
    propose_external,
    propose_self_add,
    propose_update,
    protect,
    reinit_group,
)
from workbench.mls.arguments import checks_methods
from workbench.mls.group.public_commit import ProcessPublicCommit, process_public_commit
from workbench.mls.group.public_group import DEFAULT_POLICY, AnyProposal
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.extensions import ExternalSender
from workbench.mls.wire.shapes import uint16, uint64


@checks_methods
class Device:
    """A device of one user. All that it holds is in the value `device_state`; each call replaces it by another value.

    `entropy` returns 32 fresh bytes for each call, and `clock` the seconds since 1970. The device reads the messages of
    a group in the order of the delivery service's log; its own commit takes effect when the device reads it there, like
    any other commit. `forks` compares its groups with other members. `suites` returns cipher suites by number, for
    groups that use another one than `suite`; `process_public` is passed to `process`. `signing_key` makes the signature
    key of the device for a suite, for example a `Signer` of a keystore; without it the device draws the key and holds
    its bytes. `storage` keeps it all.
    """

    def __init__(
        self,
        name: str,
        suite: CipherSuite,
        service: Transport,
        *,
        entropy: Callable[[], bytes],
        clock: Callable[[], int],
        private_handshakes: bool = False,
        policy: Policy = DEFAULT_POLICY,
        suites: Callable[[int], CipherSuite] = cipher_suite,
        process_public: ProcessPublicCommit = process_public_commit,
        signing_key: Callable[[CipherSuite], SigningKey] | None = None,
        storage: StateStorage | None = None,
    ) -> None:
        self.name = name
        self.suite = suite
        self._entropy = entropy
        self._clock = clock
        self._framing = Framing(private=private_handshakes)
        self._policy = policy
        self._process_public = process_public
        new_key = signing_key or (lambda suite: suite.signature_key_pair(entropy()).private_key)
        self._journal = Journal(lambda: DeviceState(new_key(suite)), storage)
        self._keys = OwnKeys(name, suite, self._journal, suites=suites, new=new_key)
        self.forks = ForkWatch(self._journal, self._keys, self._say)
        self.connect(service)

    def __repr__(self) -> str:
        return f"Device({self.name!r})"

    def connect(self, service: Transport) -> None:
        """Use another transport to the delivery service from now on, such as a session of this device."""
        self._service = service
        self._reader = LogReader(self._journal, service, self._clock, self._process_public)
        service.identify(lambda: Claim(self.name, self.suite.id, self.signature_key()), self._keys.sign(self.suite))

    @property
    def device_state(self) -> DeviceState:
        """All that the device holds."""
        return self._journal.state

    @property
    def leaf_extensions(self) -> tuple[Extension, ...]:
        """What the device shows in every leaf."""
        return self.device_state.leaf_extensions

    def state(self, group_id: bytes) -> GroupState:
        """The state of a group; raises `Misuse` if the device has none."""
        return self._membership(group_id).state

    @property
    def credential(self) -> Credential:
        """The credential of the device: the name of its user."""
        return self._keys.credential

    def signature_key(self, cipher_suite: uint16 | None = None) -> bytes:
        """The public signature key of the device, for its own cipher suite or for another one, by number."""
        return self._keys.public_key(cipher_suite)

    # What people say and decide about devices

    def introduce(self, *extensions: Extension) -> None:
        """Show these extensions in every leaf from now on, such as an approval (`client.introduction`)."""
        self._journal.put(replace(self.device_state, leaf_extensions=extensions))

    def approve(
        self, credential: Credential, signature_key: bytes, cipher_suite: uint16 | None = None
    ) -> DeviceApproval:
        """Sign that another device, by its credential and signature key, is of the same user as this one.

        It holds for groups of this cipher suite, because a device has another signature key for each.
        """
        return self._keys.approve(credential, signature_key, cipher_suite, now=self._clock())

    def decide(self, decisions: Decisions) -> None:
        """Keep what the owner has decided about devices and groups."""
        self.remember(replace(self.device_state, decisions=decisions))

    def remember(self, state: DeviceState) -> None:
        """Write down and hold another state: what the owner has decided, or what `upkeep` has noted."""
        self._journal.put(state)

    # Being added

    def publish_key_package(self, cipher_suite: uint16 | None = None, *, last_resort: bool = False) -> bytes:
        """Make a key package and publish it in the directory of the delivery service; return its bytes.

        With a key package of `last_resort` the device can be added when all others are used up, and repeatedly. This
        costs forward secrecy: the device keeps the init key, so an attacker that compromises the device can decrypt
        each Welcome to it, however old, and read on from there. A new one replaces it in the directory;
        `forget_key_package` deletes the old one on the device.
        """
        bundle = self._keep_bundle(self._keys.suite(cipher_suite), last_resort=last_resort)
        message = encode(MLSMessage(ProtocolVersion.mls10, bundle.key_package))
        self._service.publish_key_package(self.name, message)
        return message

    def forget_key_package(self, reference: bytes) -> None:
        """Delete the private keys of a key package: the device cannot decrypt a Welcome to it any more."""
        self._journal.put(self.device_state.without_bundle(reference))

    def create_group(self, group_id: bytes) -> None:
        """Create a group with this device as its only member."""
        require_new_group(self.device_state.groups, group_id)
        bundle = self._new_bundle()
        state = create_group(
            bundle, group_id, entropy=self._entropy(), now=self._clock(), policy=self._policy, suite=self.suite
        )
        unsent = Unsent(None, None, state, enters=True, late_epochs=self._policy.past_epochs)
        self._journal.send(self._service, group_id, unsent)

    def accept_invitations(self, group_id: bytes | None = None) -> tuple[Event, ...]:
        """Join all groups to which a Welcome has come, or only this one, and delete the init keys that were used.

        The init key of a key package of last resort is kept (`publish_key_package`). A Welcome to a group that the
        device already has is refused, and so is a Welcome that came with the log of another group. A Welcome that
        cannot be accepted stays, because a missing pre-shared key may still come, for example; its event comes only
        once.
        """
        now, policy = self._clock(), self._policy
        return accept_invitations(self._journal, self._keys, self._service, group_id, now=now, policy=policy)

    # Joining without being added (RFC 9420 §12.4.3.2, §12.1.8)

    def join_by_commit(
        self, group_id: bytes, *, psks: Sequence[bytes] = (), in_place_of: LeafIndex | None = None
    ) -> Entry:
        """Join a group by an external commit, with the GroupInfo that a member has uploaded.

        If a leaf of the group has the signature key of this device, the commit replaces that leaf. Other devices of the
        same user stay in the group. `in_place_of` is the leaf of another device of this user, which the commit removes
        instead. The commit takes effect as soon as the delivery service has accepted it. Raises `NoGroupInfo`,
        `LateCommit`, `InvalidGroupInfo` if the GroupInfo does not fit the device's state, and as `external_commit`.
        """
        committed = join_described(
            self._keys,
            self.device_state,
            group_id,
            self._service.group_info(group_id),
            entropy=self._entropy,
            now=self._clock(),
            policy=self._policy,
            in_place_of=in_place_of,
            psks=psks,
        )
        unsent = Unsent(encode(committed.message), None, committed.next, enters=True)
        return self._journal.send(self._service, group_id, unsent)

    def ask_to_be_added(self, group_id: bytes, cipher_suite: int | None = None) -> Entry:
        """Ask the members of a group to be added, with a key package made for its cipher suite; they decide."""
        suite = self._keys.suite(cipher_suite)
        bundle = self._keep_bundle(suite)
        epoch = self._service.epoch(group_id)
        key_package, signs = bundle.key_package, bundle.signature_private_key
        request = propose_self_add(key_package, signs, suite, group_id, epoch, now=self._clock())
        return self._service.submit(group_id, encode(request))

    def as_external_sender(self, cipher_suite: uint16 | None = None) -> ExternalSender:
        """The entry of this device for the extension `external_senders` of a group (RFC 9420 §12.1.8.1)."""
        return ExternalSender(self.signature_key(cipher_suite), self.credential)

    def propose_from_outside(
        self, group_id: bytes, proposal: AnyProposal, *, sender_index: int, cipher_suite: int | None = None
    ) -> Entry:
        """Send a proposal as the external sender with this index in the group's list, without being a member."""
        suite = self._keys.suite(cipher_suite)
        epoch, signs = self._service.epoch(group_id), self._keys.private_key(suite)
        message = propose_external(
            suite, group_id, epoch, proposal, now=self._clock(), sender_index=sender_index, signature_private_key=signs
        )
        return self._service.submit(group_id, encode(message))

    def publish_group_info(self, group_id: bytes) -> bytes:
        """Upload a GroupInfo, for clients that join by a commit and for the service's checks; return its bytes."""
        message = encode(group_info(self.state(group_id)))
        self._service.publish_group_info(message)
        return message

    def install_psk(self, psk_id: bytes, psk: bytes) -> None:
        """Keep an external pre-shared key (RFC 9420 §8.4)."""
        self._journal.put(self.device_state.with_psk(psk_id, psk))

    # Changing the group

    def propose(self, group_id: bytes, proposal: AnyProposal) -> Entry:
        """Send a proposal of any type but Update, for which there is `propose_update`."""
        state = self.state(group_id)
        proposed = propose(state, proposal, entropy=self._entropy(), now=self._clock(), framing=self._framing)
        return self._submit_proposal(group_id, proposed)

    def propose_add(self, group_id: bytes, user: str) -> Entry:
        """Propose to add a user, with a key package from the directory."""
        return self.propose(group_id, Add(self.fetch_key_package(user, self.state(group_id).suite.id)))

    def propose_remove(self, group_id: bytes, leaf: LeafIndex) -> Entry:
        """Propose to remove the member at a leaf."""
        return self.propose(group_id, Remove(leaf))

    def propose_psk(self, group_id: bytes, psk: bytes | uint64) -> Entry:
        """Propose to mix in a pre-shared key: one by its `psk_id`, or the resumption PSK of an epoch by its number."""
        state = self.state(group_id)
        return self.propose(group_id, psk_proposal(state.suite, group_id, psk, entropy=self._entropy()))

    def propose_update(self, group_id: bytes) -> Entry:
        """Propose a fresh leaf key, which takes effect when another member commits it."""
        state = self.state(group_id)
        proposed = propose_update(state, entropy=self._entropy(), now=self._clock(), framing=self._framing)
        return self._submit_proposal(group_id, proposed)

    def commit(
        self,
        group_id: bytes,
        *,
        add: Sequence[str] = (),
        remove: Sequence[LeafIndex] = (),
        psks: Sequence[bytes | uint64] = (),
        proposals: Sequence[AnyProposal] = (),
        path: bool = True,
        approve: bool | Sequence[bytes] = False,
    ) -> Published:
        """Commit pending proposals and those given here; the commit takes effect when the device reads it in the log.

        `approve` approves pending proposals that need it by the policy, such as requests to be added: all of them, or
        those with these references. `psks` are mixed in, as in `propose_psk`; `proposals` are any others. Raises
        `LateCommit` if another commit has ended the epoch; the device is then unchanged.
        """
        added = [self.fetch_key_package(user, self.state(group_id).suite.id) for user in add]
        return self.commit_once(group_id, added, remove, psks, proposals, path=path, approve=approve)

    def change(
        self, group_id: bytes, *, add: Sequence[str] = (), remove: Sequence[LeafIndex] = (), psks: Sequence[bytes] = ()
    ) -> tuple[Event, ...]:
        """Commit as `commit` does, and commit again when another commit comes first, with what still makes sense.

        Gives what the device has learned meanwhile; events of the kind `again` say what it has dropped. The change is
        written down, so a device that is killed makes it when it fetches. Raises `LateCommit` after the last attempt,
        `Misuse` while another change of the group is being made.
        """
        if group_id in self.device_state.changes:
            raise Misuse("§14", "another change of this group is being made: `fetch` goes on with it")
        state = self.state(group_id)
        added = [self.fetch_key_package(user, state.suite.id) for user in add]
        return carry_out(self._journal, self, group_id, change_of(state, added, remove, psks))

    def commit_once(
        self,
        group_id: bytes,
        add: Sequence[KeyPackage],
        remove: Sequence[LeafIndex],
        psks: Sequence[bytes | uint64],
        proposals: Sequence[AnyProposal] = (),
        *,
        path: bool = True,
        approve: bool | Sequence[bytes] = False,
        change: Change | None = None,
    ) -> Published:
        """Commit with key packages at hand; a `change` that the commit makes is written down with it."""
        state = self.state(group_id)
        committed = create_commit(
            state,
            [
                *(Add(key_package) for key_package in add),
                *(Remove(leaf) for leaf in remove),
                *(psk_proposal(state.suite, group_id, psk, entropy=self._entropy()) for psk in psks),
                *proposals,
            ],
            entropy=self._entropy(),
            now=self._clock(),
            psks=self.device_state.all_psks,
            path=path,
            approved=approved_among(state, approve=approve),
            framing=self._framing,
        )
        welcome = None if committed.welcome is None else encode(committed.welcome)
        unsent = Unsent(encode(committed.message), welcome, committed)
        entry = self._journal.send(self._service, group_id, unsent, sealing=committed.current, change=change)
        return Published(entry, welcome)

    def send(self, group_id: bytes, data: bytes) -> Entry:
        """Send an application message to the group.

        Raises `Misuse` if this device is an archive, or its owner has locked the group.
        """
        return self._say(group_id, data, says=data)

    def _say(self, group_id: bytes, data: bytes, *, says: bytes) -> Entry:
        if is_archive(self.leaf_extensions):
            raise Misuse("§15", f"{self.name} is an archive: it reads, and never sends")
        if group_id in self.device_state.decisions.locked:
            raise Misuse("§15", f"the owner of {self.name} has locked this group: unlock it to send")
        protected = protect(self.state(group_id), data, entropy=self._entropy())
        unsent = Unsent(encode(protected.message), None, protected.next, says=says)
        return self._journal.send(self._service, group_id, unsent, sealing=protected.next)

    # Groups that come from another (RFC 9420 §11.2, §11.3)

    def reinit(self, group_id: bytes, users: Sequence[str]) -> Published:
        """Create the group that a ReInit has announced, with all other members of the old one."""
        old = self.state(group_id)
        suite = self._keys.suite(announced_group(self.device_state.groups, old).cipher_suite)
        packages = [self.fetch_key_package(user, suite.id) for user in users]
        bundle, entropy, now = self._new_bundle(suite), self._entropy(), self._clock()
        made = reinit_group(old, bundle, packages, entropy=entropy, now=now, policy=self._policy, suite=suite)
        return self._found(made)

    def branch(self, group_id: bytes, new_group_id: bytes, users: Sequence[str]) -> Published:
        """Make a new group of some members of an old one, which continues to exist."""
        require_new_group(self.device_state.groups, new_group_id)
        old = self.state(group_id)
        packages = [self.fetch_key_package(user, old.suite.id) for user in users]
        bundle, entropy, now = self._new_bundle(old.suite), self._entropy(), self._clock()
        made = branch_group(old, new_group_id, bundle, packages, entropy=entropy, now=now, policy=self._policy)
        return self._found(made)

    def _found(self, committed: PendingCommit) -> Published:
        """Open the log of a new group, submit its first commit, and keep its state."""
        unsent = founding(committed, late_epochs=self._policy.past_epochs)
        return Published(self._journal.send(self._service, committed.next.group_id, unsent), unsent.welcome)

    # Following the group

    def fetch(self, group_id: bytes, *, messages: bool = True, until: int | None = None) -> tuple[Event, ...]:
        """Read the new entries of the log in order, to its end or `until` a place.

        An entry that cannot be processed is skipped and reported; one of a later epoch waits in the holding pen of the
        group until the device has reached its epoch. The device stops before a commit for which it lacks a
        pre-shared key, until `install_psk` gives it the key. After its removal it keeps its earlier state for
        `confirm_removal` or `reject_removal`. Without `messages`, application messages are left for a later call, as if
        the network had delayed them. Then it goes on with its own change, if another commit has come before that.
        """
        events = self.catch_up(group_id, messages=messages, until=until)
        return events + resume(self._journal, self, group_id)

    def catch_up(self, group_id: bytes, *, messages: bool = True, until: int | None = None) -> tuple[Event, ...]:
        """Read the log as `fetch` does, and begin nothing."""
        return self._reader.catch_up(group_id, messages=messages, until=until)

    def confirm_removal(self, group_id: bytes) -> None:
        """Accept that the device was removed, and delete the earlier state that it has kept."""
        self._keep(decided(self._membership(group_id), removed=True))

    def reject_removal(self, group_id: bytes) -> None:
        """Go on in the epoch before the commit that removed the device, with the members that refused that commit."""
        self._keep(decided(self._membership(group_id), removed=False))

    # Steps that the calls share

    def _new_bundle(self, suite: CipherSuite | None = None) -> KeyPackageBundle:
        return self._keys.new_bundle(suite or self.suite, entropy=self._entropy, now=self._clock())

    def _keep_bundle(self, suite: CipherSuite, *, last_resort: bool = False) -> KeyPackageBundle:
        bundle = self._keys.new_bundle(suite, entropy=self._entropy, now=self._clock(), last_resort=last_resort)
        self._keys.keep(suite, bundle)
        return bundle

    def _membership(self, group_id: bytes) -> Membership:
        if group_id not in self.device_state.groups:
            raise Misuse("§12.4.3", f"{self.name} is not in the group")
        return self.device_state.groups[group_id]

    def _keep(self, membership: Membership, *events: Event) -> None:
        self._journal.put(self.device_state.with_group(membership), *events)

    def fetch_key_package(self, user: str, cipher_suite: uint16 | None = None) -> KeyPackage:
        """Take a key package of a user out of the directory.

        Raises `NoKeyPackage`, and `InvalidKeyPackage` if the directory returns another user's.
        """
        return handed_out(self._service.take_key_package(user, cipher_suite or self.suite.id), user)

    def _submit_proposal(self, group_id: bytes, proposed: Proposed) -> Entry:
        """Send a proposal, which waits for its commit once it is in the log; the key that sealed it is used up now."""
        sealing = replace(self.state(group_id), secret_tree=proposed.next.secret_tree)
        unsent = Unsent(encode(proposed.message), None, proposed.next)
        return self._journal.send(self._service, group_id, unsent, sealing=sealing)
