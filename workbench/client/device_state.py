"""What a device holds at one instant: a value, so that the past can be looked at, and exactly what an attacker gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from workbench.client.decisions import NO_DECISIONS, Decisions
from workbench.delivery import Entry
from workbench.mls import GroupState, KeyPackageBundle, PendingCommit, SigningKey, is_last_resort
from workbench.mls.group.pre_shared_keys import HeldPSKs, all_psks


class Published(NamedTuple):
    """A commit in the log, and the Welcome that goes with it."""

    entry: Entry
    welcome: bytes | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A commit of one's own that is in the log at `index` and has not been read there yet."""

    index: int
    committed: PendingCommit


@dataclass(frozen=True, slots=True)
class Membership:
    """One group: the state, where in the log to read on, and which entries are one's own.

    `own` are those that have not been read yet. `late` are entries before `next_index` that have not come yet.
    `before` is the state before a commit removed the device, until its owner has decided about the removal.
    `needs_psk` is the entry in front of which the device has stopped, because it lacks a pre-shared key.
    """

    state: GroupState
    next_index: int
    own: frozenset[int] = frozenset()
    pending: Pending | None = None
    late: tuple[int, ...] = ()
    before: GroupState | None = None
    needs_psk: int | None = None

    @property
    def first_unread(self) -> int:
        """The first place of the log that the device has not read: everything before it can be acknowledged."""
        return min((*self.late, self.next_index))


@dataclass(frozen=True, slots=True)
class DeviceState:
    """All that is on a device.

    `bundles` are by their reference the key packages that nobody has used yet, and those of last resort, whose uses
    are `accepted`: into which group, and where in its log. `refused` are invitations that could not be accepted so far,
    told by the same. `psks` are keys from elsewhere, by their `psk_id`.
    `other_signature_keys` are for cipher suites that sign with another algorithm, by its suite. A signature key that a
    keystore holds is a `Signer` here, and no secret of this state. `decisions` are those of its owner.
    """

    signature_private_key: SigningKey = field(repr=False)
    bundles: Mapping[bytes, KeyPackageBundle] = field(default_factory=dict)
    groups: Mapping[bytes, Membership] = field(default_factory=dict)
    psks: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    other_signature_keys: Mapping[int, SigningKey] = field(default_factory=dict, repr=False)
    accepted: frozenset[tuple[bytes, int]] = frozenset()
    refused: frozenset[tuple[bytes, int]] = frozenset()
    decisions: Decisions = NO_DECISIONS

    @property
    def resumption_psks(self) -> Mapping[tuple[bytes, int], bytes]:
        """The keys of past epochs of all groups, by group and epoch (RFC 9420 §8.6)."""
        return {
            (group_id, epoch): psk
            for group_id, membership in self.groups.items()
            for epoch, psk in membership.state.resumption_psks.items()
        }

    @property
    def all_psks(self) -> HeldPSKs:
        """All pre-shared keys that the device can mix in: those from elsewhere, and those of past epochs."""
        return all_psks(self.psks, self.resumption_psks)

    def within(self, group_id: bytes) -> DeviceState:
        """The device's state without all other groups."""
        return replace(self, groups={key: value for key, value in self.groups.items() if key == group_id})

    def with_group(self, membership: Membership) -> DeviceState:
        """The device's state with the latest of one group."""
        return replace(self, groups={**self.groups, membership.state.group_id: membership})

    def with_bundle(self, reference: bytes, bundle: KeyPackageBundle) -> DeviceState:
        """The device's state with one more key package."""
        return replace(self, bundles={**self.bundles, reference: bundle})

    def with_psk(self, psk_id: bytes, psk: bytes) -> DeviceState:
        """The device's state with a key from elsewhere."""
        return replace(self, psks={**self.psks, psk_id: psk})

    def having_used(self, reference: bytes, group_id: bytes, index: int) -> DeviceState:
        """The device's state after a key package has led into a group: its init key is gone (RFC 9420 §10).

        That of a key package of last resort stays, for it may be used again (§16.8). Until its client publishes another
        one and deletes it, an attacker opens with it all the Welcomes that it was ever used for.
        """
        if is_last_resort(self.bundles[reference].key_package):
            return replace(self, accepted=self.accepted | {(group_id, index)})
        return self.without_bundle(reference)

    def with_signature_key(self, cipher_suite: int, private_key: SigningKey) -> DeviceState:
        """The device's state with a signature key for one more cipher suite."""
        return replace(self, other_signature_keys={**self.other_signature_keys, cipher_suite: private_key})

    def without_bundle(self, reference: bytes) -> DeviceState:
        """The device's state without a key package: nobody can enter a group by it any more."""
        return replace(self, bundles={key: bundle for key, bundle in self.bundles.items() if key != reference})
