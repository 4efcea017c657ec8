"""What a device holds at one instant: a value, so that the past can be looked at, and exactly what a thief gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workbench.mls import Committed, GroupState, KeyPackageBundle


@dataclass(frozen=True, slots=True)
class Pending:
    """A commit of one's own that is in the log at `index` and has not been read there yet."""

    index: int
    committed: Committed


@dataclass(frozen=True, slots=True)
class Membership:
    """One group: the state, where in the log to read on, and which entries are one's own."""

    state: GroupState
    next_index: int
    own: frozenset[int] = frozenset()
    pending: Pending | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that is on a device.

    `bundles` are the key packages that nobody has used yet, by their reference. `psks` are keys from elsewhere, by
    their `psk_id`. `other_signature_keys` are for cipher suites that sign with another algorithm, by its suite.
    """

    signature_private_key: bytes = field(repr=False)
    bundles: Mapping[bytes, KeyPackageBundle] = field(default_factory=dict)
    groups: Mapping[bytes, Membership] = field(default_factory=dict)
    psks: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    other_signature_keys: Mapping[int, bytes] = field(default_factory=dict, repr=False)

    @property
    def resumption_psks(self) -> Mapping[tuple[bytes, int], bytes]:
        """The keys of past epochs of all groups, by group and epoch (RFC 9420 §8.6)."""
        return {
            (group_id, epoch): psk
            for group_id, membership in self.groups.items()
            for epoch, psk in membership.state.resumption_psks.items()
        }

    def within(self, group_id: bytes) -> Holdings:
        """The holdings without all other groups."""
        return replace(self, groups={key: value for key, value in self.groups.items() if key == group_id})

    def with_group(self, membership: Membership) -> Holdings:
        """The holdings with the latest of one group."""
        return replace(self, groups={**self.groups, membership.state.group_id: membership})

    def with_bundle(self, reference: bytes, bundle: KeyPackageBundle) -> Holdings:
        """The holdings with one more key package."""
        return replace(self, bundles={**self.bundles, reference: bundle})

    def with_psk(self, psk_id: bytes, psk: bytes) -> Holdings:
        """The holdings with a key from elsewhere."""
        return replace(self, psks={**self.psks, psk_id: psk})

    def without_bundle(self, reference: bytes) -> Holdings:
        """The holdings without a key package that has been used: its init key is gone (RFC 9420 §10)."""
        return replace(self, bundles={key: bundle for key, bundle in self.bundles.items() if key != reference})
