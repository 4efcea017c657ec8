"""What a device does from time to time without being asked: key packages, joins in one commit, fresh keys, evictions.

`Upkeep(device, policy).run(group_id)` does all that is due. The numbers of the policy are decisions of the application;
docs/devices.md has the measured cost of waiting with fresh keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from workbench.client.care import DAY, NO_CARE, Care, Silence
from workbench.client.device import Device
from workbench.client.events import Event
from workbench.delivery.clocks import system_clock
from workbench.inspect.names import listed, name_of
from workbench.mls import GroupState, KeyPackageBundle, LeafIndex, Misuse, is_last_resort
from workbench.mls.wire.messages import NewMemberProposalSender
from workbench.mls.wire.tree import KeyPackageSource


@dataclass(frozen=True, slots=True)
class UpkeepPolicy:
    """Times are in seconds.

    `key_packages` are published at least, and renewed `renew_before` their lifetime ends. Joins are gathered for
    `join_window`; with `admit` also those are added who have asked for it. A device refreshes its keys after
    `update_after`, or after `update_messages` messages of the group. A member that is silent for `idle_after` may be
    evicted, `grace` after the group was told.
    """

    key_packages: int = 5
    renew_before: int = 14 * DAY
    last_resort: bool = True
    join_window: int = 60
    admit: bool = False
    update_after: int = 7 * DAY
    update_messages: int = 100
    idle_after: int = 60 * DAY
    grace: int = 7 * DAY


DEFAULT_UPKEEP: Final = UpkeepPolicy()


class Upkeep:
    """The upkeep of one device."""

    def __init__(
        self, device: Device, clock: Callable[[], int] = system_clock, policy: UpkeepPolicy = DEFAULT_UPKEEP
    ) -> None:
        self._device = device
        self._clock = clock
        self._policy = policy

    # Key packages

    def stock(self, left: int) -> int:
        """Publish key packages until there are enough; `left` is how many the service has. How many are new.

        A key package whose lifetime ends soon is replaced, and its private keys are deleted once it has ended: nobody
        can use it any more. One of last resort is renewed in the same way; a Welcome to the former one can be opened
        until its lifetime has ended.
        """
        device, now = self._device, self._clock()
        for reference, bundle in device.device_state.bundles.items():
            if _ends(bundle) < now:
                device.forget_key_package(reference)
        bundles = [each for each in device.device_state.bundles.values() if self._is_own(each)]
        ending = sum(_ends(each) - now < self._policy.renew_before for each in bundles if not _is_reserve(each))
        missing = max(self._policy.key_packages - max(left - ending, 0), 0)
        for _ in range(missing):
            device.publish_key_package()
        reserve = [each for each in bundles if _is_reserve(each)]
        if self._policy.last_resort and all(_ends(each) - now < self._policy.renew_before for each in reserve):
            device.publish_key_package(last_resort=True)
            missing += 1
        return missing

    def _is_own(self, bundle: KeyPackageBundle) -> bool:
        return bundle.key_package.cipher_suite == self._device.suite.id

    # Joins

    def invite(self, group_id: bytes, user: str) -> None:
        """Note that somebody is to be added: with all others who are noted within the window, by one commit."""
        care = self._care(group_id)
        self._keep(group_id, care.wanting(user, self._clock()))

    def run(self, group_id: bytes) -> tuple[Event, ...]:
        """Do what is due in a group: add those who were noted or have asked, or refresh the keys.

        Raises as `Device.change`. Those who have asked are admitted if the policy says so.
        """
        care, now = self._care(group_id), self._clock()
        asking = bool(self._policy.admit and requested(self._device.state(group_id)))
        if asking and care.joins_since is None:
            care = replace(care, joins_since=now)
            self._keep(group_id, care)
        if care.joins_since is not None and now - care.joins_since >= self._policy.join_window:
            events = self._add(group_id, care.joins, asking=asking)
            self._keep(group_id, self._care(group_id).having_added())
            return events
        return self._device.change(group_id) if self.is_due(care, now) else ()

    def _add(self, group_id: bytes, users: Sequence[str], *, asking: bool) -> tuple[Event, ...]:
        if not asking:
            return self._device.change(group_id, add=users)
        self._device.commit(group_id, add=users, approve=True)
        return ()

    # Fresh keys

    def is_due(self, care: Care, now: int) -> bool:
        """Whether the device should refresh its keys: an attacker who had them reads on until then."""
        if care.refreshed_at is None:
            return False
        too_old = now - care.refreshed_at >= self._policy.update_after
        return too_old or care.messages >= self._policy.update_messages

    # Eviction of the idle

    def idle(self, group_id: bytes) -> tuple[LeafIndex, ...]:
        """The members who were silent for longer than the policy allows, since this device has known them."""
        state, heard, now = self._device.state(group_id), self._care(group_id).silence.heard, self._clock()
        return tuple(
            leaf
            for leaf, leaf_node in state.tree.leaves()
            if leaf != state.own_leaf and now - heard.get(leaf_node.signature_key, now) > self._policy.idle_after
        )

    def announce(self, group_id: bytes) -> str:
        """Tell the group who will be evicted, and when; what was said, or "" if nobody is idle."""
        device, silence, now = self._device, self._care(group_id).silence, self._clock()
        state, keys = device.state(group_id), self._keys(group_id, self.idle(group_id))
        new = [key for key in keys if key not in silence.announced]
        if not new:
            return ""
        names = listed([name_of(state.tree, leaf) for leaf in self._leaves(state, new)])
        days, grace = self._policy.idle_after // DAY, self._policy.grace // DAY
        said = f"{names} did nothing here for {days} days, and will be removed in {grace} days unless heard by then."
        device.send(group_id, said.encode())
        announced = {**silence.announced, **dict.fromkeys(new, now)}
        care = self._care(group_id)
        self._keep(group_id, care.with_silence(Silence(care.silence.heard, announced)))
        return said

    def evict(self, group_id: bytes) -> tuple[Event, ...]:
        """Remove those whose eviction was announced, and who have been silent since; raises `Misuse` if there are none.

        An administrator calls it. Who administrates a group is for the application to say: MLS lets each member commit.
        """
        silence, now = self._care(group_id).silence, self._clock()
        due = [key for key, at in silence.announced.items() if now - at >= self._policy.grace]
        state = self._device.state(group_id)
        idle = [leaf for leaf in self._leaves(state, due) if leaf in self.idle(group_id)]
        if not idle:
            raise Misuse("§12.1.3", "nobody is silent whose eviction was announced long enough ago: call `announce`")
        return self._device.change(group_id, remove=idle)

    def _keys(self, group_id: bytes, leaves: Sequence[LeafIndex]) -> list[bytes]:
        tree = self._device.state(group_id).tree
        return [tree.member(leaf).signature_key for leaf in leaves]

    def _leaves(self, state: GroupState, keys: Sequence[bytes]) -> Iterator[LeafIndex]:
        return (leaf for leaf, leaf_node in state.tree.leaves() if leaf_node.signature_key in keys)

    def _keep(self, group_id: bytes, care: Care) -> None:
        self._device.remember(self._device.device_state.with_care(group_id, care))

    def _care(self, group_id: bytes) -> Care:
        return self._device.device_state.care.get(group_id, NO_CARE)


def requested(state: GroupState) -> tuple[bytes, ...]:
    """The requests of newcomers to be added that wait for an approval, by their references."""
    return tuple(
        reference for reference, sent in state.proposals.items() if isinstance(sent.sender, NewMemberProposalSender)
    )


def _ends(bundle: KeyPackageBundle) -> int:
    source = bundle.key_package.leaf_node.leaf_node_source
    return source.lifetime.not_after if isinstance(source, KeyPackageSource) else 0


def _is_reserve(bundle: KeyPackageBundle) -> bool:
    return is_last_resort(bundle.key_package)
