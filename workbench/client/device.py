"""One device of one user: keys, groups, and the way to the delivery service and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from workbench.client.events import Event, event_of
from workbench.client.holdings import Holdings, Membership, Pending
from workbench.delivery import DeliveryService, Entry
from workbench.inspect.names import name_of
from workbench.mls import (
    Add,
    BasicCredential,
    CipherSuite,
    Credential,
    GroupState,
    KeyPackage,
    KeyPackageBundle,
    LeafIndex,
    Misuse,
    MLSError,
    MLSMessage,
    Policy,
    Remove,
    adopt,
    create_commit,
    create_group,
    create_key_package,
    decode,
    encode,
    join,
    key_package_ref,
    new_lifetime,
    process,
    propose,
    propose_update,
    protect,
)
from workbench.mls.group.state import DEFAULT_POLICY, AnyProposal
from workbench.mls.wire.code_points import ProtocolVersion


class Published(NamedTuple):
    """A commit in the log, and the Welcome that goes with it."""

    entry: Entry
    welcome: bytes | None


class Device:
    """A user's device. What it holds is the value `holdings`; each call puts another value in its place.

    `entropy` gives 32 fresh bytes a call, `clock` the seconds since 1970. Messages of a group are read in the order
    of the delivery service's log; a commit of one's own takes effect when it is read there, like any other.
    """

    def __init__(
        self,
        name: str,
        suite: CipherSuite,
        service: DeliveryService,
        *,
        entropy: Callable[[], bytes],
        clock: Callable[[], int],
        private_handshakes: bool = False,
        policy: Policy = DEFAULT_POLICY,
    ) -> None:
        self.name = name
        self.suite = suite
        self._service = service
        self._entropy = entropy
        self._clock = clock
        self._private = private_handshakes
        self._policy = policy
        self.holdings = Holdings(suite.signature_key_pair(entropy()).private_key)

    def __repr__(self) -> str:
        return f"Device({self.name!r})"

    def state(self, group_id: bytes) -> GroupState:
        """The state of a group; raises `Misuse` if the device has none."""
        return self._membership(group_id).state

    # Being added

    def publish_key_package(self) -> bytes:
        """Make a key package and leave it with the delivery service; gives its bytes on the wire."""
        bundle = self._new_bundle()
        reference = key_package_ref(self.suite, bundle.key_package)
        self.holdings = self.holdings.with_bundle(reference, bundle)
        message = encode(MLSMessage(ProtocolVersion.mls10, bundle.key_package))
        self._service.publish_key_package(self.name, message)
        return message

    def create_group(self, group_id: bytes) -> None:
        """Make a group of one, with a key package that nobody else ever sees."""
        bundle = self._new_bundle()
        state = create_group(
            bundle, group_id, entropy=self._entropy(), now=self._clock(), policy=self._policy, suite=self.suite
        )
        self._service.open_group(group_id)
        self.holdings = self.holdings.with_group(Membership(state, 0))

    def accept_invitations(self) -> tuple[Event, ...]:
        """Enter the groups to which a Welcome has come; the init key that opened it is deleted."""
        events = []
        for reference, bundle in tuple(self.holdings.bundles.items()):
            invitation = self._service.invitation(reference)
            if invitation is None:
                continue
            state = join(
                invitation.welcome,
                bundle,
                now=self._clock(),
                psks=self.holdings.psks,
                policy=self._policy,
                suite=self.suite,
            )
            membership = Membership(state, invitation.next_index)
            self.holdings = self.holdings.without_bundle(reference).with_group(membership)
            name = name_of(state.tree, state.own_leaf)
            events.append(Event("joined", state.group_id, state.epoch, name, f"{name} joined the group"))
        return tuple(events)

    # Changing the group

    def propose_add(self, group_id: bytes, user: str) -> Entry:
        """Propose to add a user, by a key package from the directory."""
        return self._propose(group_id, Add(self._fetch_key_package(user)))

    def propose_remove(self, group_id: bytes, leaf: LeafIndex) -> Entry:
        """Propose to remove the member at a leaf."""
        return self._propose(group_id, Remove(leaf))

    def propose_update(self, group_id: bytes) -> Entry:
        """Propose a fresh leaf key, which takes effect when somebody else commits it."""
        proposed = propose_update(
            self.state(group_id), entropy=self._entropy(), now=self._clock(), private=self._private
        )
        return self._submit(group_id, proposed.message, proposed.next)

    def commit(
        self, group_id: bytes, *, add: Sequence[str] = (), remove: Sequence[LeafIndex] = (), path: bool = True
    ) -> Published:
        """Commit what is pending and what is given here; it takes effect when it is read in the log.

        Raises `LateCommit` if the epoch has had its commit, which leaves the device as it was.
        """
        membership = self._membership(group_id)
        committed = create_commit(
            membership.state,
            [*(Add(self._fetch_key_package(user)) for user in add), *(Remove(leaf) for leaf in remove)],
            entropy=self._entropy(),
            now=self._clock(),
            psks=self.holdings.psks,
            path=path,
            private=self._private,
        )
        welcome = None if committed.welcome is None else encode(committed.welcome)
        entry = self._service.submit(group_id, encode(committed.message), welcome)
        pending = Pending(entry.index, committed)
        self._keep(replace(membership, state=committed.current, pending=pending), entry)
        return Published(entry, welcome)

    def send(self, group_id: bytes, data: bytes) -> Entry:
        """Say something to the group."""
        protected = protect(self.state(group_id), data, entropy=self._entropy())
        return self._submit(group_id, protected.message, protected.next)

    # Following the group

    def fetch(self, group_id: bytes) -> tuple[Event, ...]:
        """Read on in the log, in order; what cannot be accepted is passed over, with the reason."""
        events = []
        for entry in self._service.entries(group_id, self._membership(group_id).next_index):
            event = self._read(self._membership(group_id), entry)
            if event is not None:
                events.append(event)
        return tuple(events)

    def _read(self, membership: Membership, entry: Entry) -> Event | None:
        following = replace(membership, next_index=entry.index + 1)
        if membership.pending is not None and membership.pending.index == entry.index:
            committed = membership.pending.committed
            state = adopt(membership.state, committed)
            self._keep(replace(following, state=state, pending=None))
            return event_of(membership.state, state, committed.advanced)
        if entry.index in membership.own or not membership.state.active:
            self._keep(following)
            return None
        try:
            state, received = process(membership.state, entry.message, now=self._clock(), psks=self.holdings.psks)
        except MLSError as error:
            self._keep(following)
            return Event("refused", entry.group_id, membership.state.epoch, "", str(error))
        self._keep(replace(following, state=state))
        return event_of(membership.state, state, received)

    # What the above have in common

    def _new_bundle(self) -> KeyPackageBundle:
        return create_key_package(
            self.suite,
            Credential(BasicCredential(self.name.encode())),
            self.holdings.signature_private_key,
            lifetime=new_lifetime(self._clock()),
            entropy=self._entropy(),
        )

    def _membership(self, group_id: bytes) -> Membership:
        if group_id not in self.holdings.groups:
            raise Misuse("§12.4.3", f"{self.name} is not in the group")
        return self.holdings.groups[group_id]

    def _keep(self, membership: Membership, own: Entry | None = None) -> None:
        if own is not None:
            membership = replace(membership, own=membership.own | {own.index})
        self.holdings = self.holdings.with_group(membership)

    def _fetch_key_package(self, user: str) -> KeyPackage:
        message = decode(MLSMessage, self._service.take_key_package(user)).message
        if not isinstance(message, KeyPackage):
            raise Misuse("§10", f"the directory gave a {type(message).__name__} for a key package")
        return message

    def _propose(self, group_id: bytes, proposal: AnyProposal) -> Entry:
        proposed = propose(
            self.state(group_id), proposal, entropy=self._entropy(), now=self._clock(), private=self._private
        )
        return self._submit(group_id, proposed.message, proposed.next)

    def _submit(self, group_id: bytes, message: MLSMessage, state: GroupState) -> Entry:
        """Send a message; its state is adopted once it is in the log."""
        entry = self._service.submit(group_id, encode(message))
        self._keep(replace(self._membership(group_id), state=state), entry)
        return entry
