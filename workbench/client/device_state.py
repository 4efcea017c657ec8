"""All that a device holds at one instant, as a value: exactly what an attacker that compromises the device gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from workbench.client.care import Care
from workbench.client.change import Change
from workbench.client.decisions import NO_DECISIONS, Decisions
from workbench.client.holding_pen import EMPTY_PEN, HoldingPen
from workbench.client.server_time import UNSEEN, ServerTime
from workbench.client.trail import EpochMark, ForkAlarm, trail_to
from workbench.delivery import Entry
from workbench.mls import Extension, GroupState, KeyPackageBundle, PendingCommit, SigningKey, is_last_resort
from workbench.mls.group.pre_shared_keys import HeldPSKs, all_psks


class UsedWelcome(NamedTuple):
    """A Welcome with which the device has joined: the reference of its key package, the group, the place in its log."""

    reference: bytes
    group_id: bytes
    next_index: int


class Published(NamedTuple):
    """A commit in the log, and its Welcome."""

    entry: Entry
    welcome: bytes | None


@dataclass(frozen=True, slots=True)
class Pending:
    """The device's own commit, which is in the log at `index`, and which the device has not read there yet."""

    index: int
    committed: PendingCommit


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that the delivery service has not acknowledged: it may have left the device or not (`journal`).

    `accepted` is what the device goes on with once the message is in the log: the next state, or its pending commit.
    With `enters` the device comes into the group by it. `late_epochs` stands in the first message of a group: its log
    has to be opened before; without a `message` nothing else is to do. `says` is what an application message says.
    """

    message: bytes | None
    welcome: bytes | None
    accepted: GroupState | PendingCommit
    enters: bool = False
    late_epochs: int | None = None
    says: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Membership:
    """A group on a device: its state, and the place in the log at which to read on.

    `own` are the places of the device's own entries that it has not read yet. `late` are the places before `next_index`
    of entries that have not arrived. `before` is the state before a commit removed the device, until the user has
    decided about the removal. `needs_psk` is the place of the commit before which the device has stopped, because it
    lacks a pre-shared key. `void_since` is the epoch that goes on, if the device has left it by a
    commit that became void: its state is useless then. `pen` has the messages of epochs that it has not reached,
    `trail` what identifies its last epochs, `server_time` the times that the service has stated.
    """

    state: GroupState
    next_index: int
    own: frozenset[int] = frozenset()
    pending: Pending | None = None
    late: tuple[int, ...] = ()
    before: GroupState | None = None
    needs_psk: int | None = None
    void_since: int | None = None
    pen: HoldingPen = EMPTY_PEN
    trail: tuple[EpochMark, ...] = ()
    server_time: ServerTime = UNSEEN

    @property
    def first_unread(self) -> int:
        """The first place of the log that has not come to the device: all entries before it can be acknowledged."""
        missing = self.pen.first_missing
        return min((*self.late, self.next_index if missing is None else missing, self.next_index))


@dataclass(frozen=True, slots=True)
class DeviceState:
    """All that is on a device.

    `bundles` has the unused key packages, and those of last resort, by their references. `accepted` are the Welcomes to
    key packages of last resort that the device has used: the group, and the place in its log. `refused` are the
    Welcomes that it could not accept so far, in the same form. `psks` are external pre-shared keys by their `psk_id`.
    `other_signature_keys` are those for other cipher suites, by the number of the suite. A signature key in a keystore
    is a `Signer` here, so it is not a secret of this state. `decisions` are those of the owner, and
    `leaf_extensions` what the device shows in every leaf. `outbox` has for each group the message of which the device
    does not know yet whether the delivery service has taken it. `changes` has for each group the change that the device
    makes until it is in the log. `unreported` are the Welcomes of which the service does not know that they were used.
    `alarms` are the groups of which another member has other epochs. `care` is what the device keeps in mind to look
    after its groups.
    """

    signature_private_key: SigningKey = field(repr=False)
    bundles: Mapping[bytes, KeyPackageBundle] = field(default_factory=dict)
    groups: Mapping[bytes, Membership] = field(default_factory=dict)
    psks: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    other_signature_keys: Mapping[int, SigningKey] = field(default_factory=dict, repr=False)
    accepted: frozenset[tuple[bytes, int]] = frozenset()
    refused: frozenset[tuple[bytes, int]] = frozenset()
    decisions: Decisions = NO_DECISIONS
    leaf_extensions: tuple[Extension, ...] = ()
    outbox: Mapping[bytes, Unsent] = field(default_factory=dict)
    changes: Mapping[bytes, Change] = field(default_factory=dict)
    unreported: frozenset[UsedWelcome] = frozenset()
    alarms: Mapping[bytes, ForkAlarm] = field(default_factory=dict)
    care: Mapping[bytes, Care] = field(default_factory=dict)

    @property
    def resumption_psks(self) -> Mapping[tuple[bytes, int], bytes]:
        """The resumption PSKs of all groups, by group id and epoch (RFC 9420 §8.6)."""
        return {
            (group_id, epoch): psk
            for group_id, membership in self.groups.items()
            for epoch, psk in membership.state.resumption_psks.items()
        }

    @property
    def all_psks(self) -> HeldPSKs:
        """All pre-shared keys of the device: external ones, and resumption PSKs."""
        return all_psks(self.psks, self.resumption_psks)

    def within(self, group_id: bytes) -> DeviceState:
        """The device's state without all other groups."""
        return replace(
            self,
            groups={key: value for key, value in self.groups.items() if key == group_id},
            outbox={key: value for key, value in self.outbox.items() if key == group_id},
            changes={key: value for key, value in self.changes.items() if key == group_id},
        )

    def with_group(self, membership: Membership) -> DeviceState:
        """The device's state with a new membership of one group; its trail ends in the present epoch."""
        trail = trail_to(membership.trail, membership.state)
        if trail is not membership.trail:
            membership = replace(membership, trail=trail)
        return replace(self, groups={**self.groups, membership.state.group_id: membership})

    def with_bundle(self, reference: bytes, bundle: KeyPackageBundle) -> DeviceState:
        """The device's state with one more key package."""
        return replace(self, bundles={**self.bundles, reference: bundle})

    def with_unsent(self, group_id: bytes, unsent: Unsent) -> DeviceState:
        """The device's state before a message of a group is sent."""
        return replace(self, outbox={**self.outbox, group_id: unsent})

    def without_unsent(self, group_id: bytes) -> DeviceState:
        """The device's state once it knows what became of a message."""
        return replace(self, outbox={key: unsent for key, unsent in self.outbox.items() if key != group_id})

    def with_change(self, group_id: bytes, change: Change | None) -> DeviceState:
        """The device's state with the change that it makes in a group; None when it makes none any more."""
        if change is None and group_id not in self.changes:
            return self
        others = {key: each for key, each in self.changes.items() if key != group_id}
        return replace(self, changes=others if change is None else {**others, group_id: change})

    def with_care(self, group_id: bytes, care: Care) -> DeviceState:
        """The device's state with what it keeps in mind of a group."""
        return self if self.care.get(group_id) is care else replace(self, care={**self.care, group_id: care})

    def with_psk(self, psk_id: bytes, psk: bytes) -> DeviceState:
        """The device's state with an external pre-shared key."""
        return replace(self, psks={**self.psks, psk_id: psk})

    def having_used(self, reference: bytes, group_id: bytes, index: int) -> DeviceState:
        """The device's state after the device has joined with a key package: its init key is deleted (RFC 9420 §10).

        The init key of a key package of last resort is kept, because it may be used again (§16.8). As long as the
        device keeps it, an attacker that compromises the device can decrypt all Welcomes that were ever sealed to it.
        """
        noted = replace(self, unreported=self.unreported | {UsedWelcome(reference, group_id, index)})
        if is_last_resort(self.bundles[reference].key_package):
            return replace(noted, accepted=self.accepted | {(group_id, index)})
        return noted.without_bundle(reference)

    def having_reported(self, used: UsedWelcome) -> DeviceState:
        """The device's state once the service knows that a Welcome was used."""
        return replace(self, unreported=self.unreported - {used})

    def with_signature_key(self, cipher_suite: int, private_key: SigningKey) -> DeviceState:
        """The device's state with a signature key for one more cipher suite."""
        return replace(self, other_signature_keys={**self.other_signature_keys, cipher_suite: private_key})

    def without_bundle(self, reference: bytes) -> DeviceState:
        """The device's state without a key package: the device cannot join with it any more."""
        return replace(self, bundles={key: bundle for key, bundle in self.bundles.items() if key != reference})
