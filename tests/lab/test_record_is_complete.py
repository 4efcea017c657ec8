"""The record knows every secret that a device has, and every draw of randomness that a secret is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps

import pytest

from workbench.adversary.group_history import GroupHistory
from workbench.adversary.leak import leak
from workbench.adversary.leaked_secrets import Randomness
from workbench.client import Device
from workbench.client.fork_watch import raised
from workbench.client.trail import ForkAlarm
from workbench.inspect.trace_walk import walk
from workbench.lab import World, services
from workbench.lab.actions import ACTIONS
from workbench.lab.environment import Handshakes
from workbench.lab.record import ATTACKER
from workbench.lab.sources import entropy_source
from workbench.mls import Misuse

OWN, OTHER = 1, 7
"""The cipher suite of the devices, and another one that signs with other keys: most groups here are in that one."""


@dataclass
class Draws:
    """What the devices drew, and during which action: the real source, and a list beside it."""

    action: str = "World.of"
    drawn: dict[bytes, tuple[str, str]] = field(default_factory=dict)

    def source(self, seed: int | str, user: str) -> Callable[[], bytes]:
        """The source of one device."""
        draw = entropy_source(seed, user)

        def drawing() -> bytes:
            entropy = draw()
            self.drawn[entropy] = user, self.action
            return entropy

        return drawing


@dataclass
class Life:
    """Devices that do all that a device can do, in groups of both cipher suites."""

    handshakes: Handshakes
    draws: Draws
    done: set[str] = field(default_factory=set)

    def do(self, world: World, action: str, *arguments: object) -> None:
        """Perform an action of the lab."""
        self.draws.action = action
        self.done.add(action)
        getattr(world, action)(*arguments)

    def call(self, world: World, name: str, method: str, *arguments: object, **options: object) -> None:
        """Call a method of a device for which the lab has no action; what it does belongs to the next step."""
        self.draws.action = f"Device.{method}"
        getattr(world.devices[name], method)(*arguments, **options)

    def live(self) -> World:
        """Two groups, one after the other, and what branches off."""
        world = World(suite=OWN, handshakes=self.handshakes)
        for name in ("Alice", "Bob", "Carol"):
            self.do(world, "device", name)
        self.do(world, "create", "Alice")
        self.do(world, "add", "Alice", "Bob", "Carol")
        self.within(world)
        self.do(world, "hold", "Carol")
        self.do(world, "reinit", "Alice", OTHER)
        self.do(world, "successor", "Alice")
        after = world.groups[-1]
        self.do(world, "release", "Carol")
        self.within(after)
        return world

    def within(self, world: World) -> None:
        """All actions in one group, which has Alice, Bob and Carol again afterwards."""
        suite, group_id = world.suite.id, world.group_id
        guest, asking, proposed, outsider = (f"{name} {suite}" for name in ("Dave", "Erin", "Frank", "Olivia"))
        for name in (guest, asking, proposed, outsider):
            self.do(world, "device", name)
        self.look_after_devices(world)
        self.do(world, "send", "Alice", "hello")
        self.do(world, "update", "Bob")
        self.do(world, "commit", "Alice")
        self.do(world, "add", "Alice", guest)
        self.do(world, "propose_add", "Bob", proposed)
        self.do(world, "propose_remove", "Carol", guest)
        self.do(world, "commit", "Alice")
        self.do(world, "request_to_join", asking)
        self.do(world, "approve", "Carol", asking)
        self.do(world, "share_psk", f"lunch {suite}", "Alice", "Bob", "Carol", asking, proposed)
        self.do(world, "propose_psk", "Bob", f"lunch {suite}")
        self.do(world, "commit", "Alice")
        self.do(world, "commit_with_psk", "Bob", f"lunch {suite}")
        self.do(world, "external_sender", "Alice", outsider)
        self.do(world, "ask_to_add", outsider, guest)
        self.do(world, "commit", "Alice")
        self.do(world, "ask_to_remove", outsider, asking)
        self.do(world, "commit", "Bob")
        self.do(world, "remove_leaf", "Alice", world.group.leaf(guest))
        self.do(world, "join", guest)
        self.do(world, "resync", guest)
        self.do(world, "hold", guest)
        self.do(world, "remove", "Alice", guest, proposed)
        self.call(world, guest, "fetch", group_id)
        self.call(world, guest, "reject_removal", group_id)
        self.do(world, "release", guest)
        self.lose_messages(world)
        self.do(world, "branch", "Alice", "Bob")
        # what the lab has no action for
        world.group.offer_key_packages([proposed])
        self.call(world, "Bob", "propose_add", group_id, proposed)
        self.call(world, "Carol", "fetch", group_id)
        self.call(world, "Carol", "propose_remove", group_id, world.group.leaf("Bob"))
        self.do(world, "share_psk", f"supper {suite}", "Alice")  # all read on in the log at each step
        self.do(world, "commit", "Alice")
        self.do(world, "add", "Alice", "Bob")
        before = {*world.devices["Bob"].device_state.bundles}
        self.call(world, "Bob", "publish_key_package", suite, last_resort=True)
        self.do(world, "commit", "Carol")
        (reference,) = {*world.devices["Bob"].device_state.bundles} - before
        self.call(world, "Bob", "forget_key_package", reference)
        self.do(world, "send", "Bob", "again")
        self.do(world, "inject", "application", world.attacker.heard[-1], "a replay")
        self.do(world, "compromise", "Bob")
        self.do(world, "commit", "Alice")

    def lose_messages(self, world: World) -> None:
        """The network delays messages, and the server drops them."""
        self.do(world, "delay", "Bob")
        self.do(world, "send", "Alice", "never read")
        self.do(world, "drop", "Bob")
        self.do(world, "let_through", "Bob")

    def look_after_devices(self, world: World) -> None:
        """Actions with devices of one user: the group is as before afterwards."""
        laptop = f"Alice/laptop {world.suite.id}"
        world.device(laptop, approved_by="Alice")
        self.do(world, "add_own_device", "Alice", laptop, world.group.number + 1)
        self.do(world, "verify", "Bob", world.group.leaf("Carol"))
        self.do(world, "lock", "Bob")
        self.do(world, "unlock", "Bob")
        self.raise_alarm(world, "Bob")
        self.do(world, "dismiss_alarm", "Bob")
        with pytest.raises(Misuse, match="is not in the group"):  # it commits as the action `commit` does
            self.call(world, "Bob", "change", b"another group")
        self.do(world, "remove", "Alice", laptop)

    def raise_alarm(self, world: World, name: str) -> None:
        """Raise the alarm that another side of a fork would raise."""
        journal = world.devices[name]._journal
        journal.put(raised(journal.state, world.group_id, ForkAlarm(1, "Carol", "1", "2")))


METHODS = frozenset(name for name in vars(Device) if not name.startswith("_") and callable(getattr(Device, name)))


@pytest.fixture(scope="module", params=["public", "private"])
def lived(request: pytest.FixtureRequest) -> Iterator[Lived]:
    called: set[str] = set()

    def noted(name: str, method: Callable[..., object]) -> Callable[..., object]:
        @wraps(method)
        def call(*arguments: object, **options: object) -> object:
            called.add(name)
            return method(*arguments, **options)

        return call

    with pytest.MonkeyPatch.context() as patch:
        draws = Draws()
        patch.setattr(services, "entropy_source", draws.source)
        for name in METHODS:
            patch.setattr(Device, name, noted(name, getattr(Device, name)))
        life = Life(request.param, draws)
        yield Lived(life, life.live(), called)


@dataclass
class Lived:
    """What came of it: the groups, and the methods of devices that were called."""

    life: Life
    world: World
    called: set[str]

    @cached_property
    def group_histories(self) -> list[tuple[World, GroupHistory]]:
        """The record of each group."""
        return [(group, GroupHistory.of(group.trace())) for group in self.world.groups]

    @cached_property
    def operations(self) -> list[tuple[str, list[str], str]]:
        """The operations of devices: its name, and the values of its inputs and of its output."""
        return [
            (
                each["name"],
                [group_history.secrets[secret]["value"] or "" for secret in each["inputs"] if secret is not None],
                "" if each["output"] is None else group_history.secrets[each["output"]]["value"] or "",
            )
            for _, group_history in self.group_histories
            for step in group_history.trace["steps"]
            for each in step["operations"]
            if each["by"] != [ATTACKER]
        ]

    @cached_property
    def drawn(self) -> set[str]:
        """The randomness from which a secret was made, as far as the record knows."""
        return {inputs[0] for name, inputs, _ in self.operations if name in {"fresh", "signature_key_pair"}}


def test_devices_do_all_that_a_device_can_do(lived: Lived) -> None:
    """A new action, or a new method of a device, has to be performed here too."""
    assert lived.life.done == set(ACTIONS)
    assert lived.called == METHODS


def test_every_secret_on_a_device_is_the_output_of_a_recorded_operation(lived: Lived) -> None:
    """But for the keys that people share by other ways: those come from outside of the protocol."""
    made = {output for _, _, output in lived.operations}
    unknown = {
        (name, found.name)
        for group in lived.world.groups
        for history_step in group.history
        for name, device_state in history_step.device_states.items()
        for found in walk(replace(device_state, psks={}))
        if any(found.secret) and found.secret.hex() not in made
    }
    assert unknown == set()


MAKES_NO_SECRET = frozenset({"send", "propose_add", "propose_remove", "propose_psk", "commit_with_psk"})
"""They draw for a reuse guard or the nonce of a pre-shared key, which everybody may know in the end."""


def test_every_draw_that_a_secret_is_made_from_is_recorded(lived: Lived) -> None:
    draws = lived.life.draws.drawn
    assert {by for entropy, (_, by) in draws.items() if entropy.hex() not in lived.drawn} <= {
        *MAKES_NO_SECRET,
        *(f"Device.{name}" for name in MAKES_NO_SECRET),
    }
    assert {by for entropy, (_, by) in draws.items() if entropy.hex() in lived.drawn}.isdisjoint({"send"})
    assert lived.drawn <= {entropy.hex() for entropy in draws}


def test_the_leaks_of_randomness_hold_every_recorded_draw(lived: Lived) -> None:
    leaked = {
        (name, item.entropy)
        for group, group_history in lived.group_histories
        for at, history_step in enumerate(group.history)
        for name, device_state in history_step.device_states.items()
        for item in leak(group_history, device_state, name, at, "randomness").leaked_secrets
        if isinstance(item, Randomness)
    }
    draws = lived.life.draws.drawn
    assert leaked == {(name, entropy) for entropy, (name, _) in draws.items() if entropy.hex() in lived.drawn}


def test_each_secret_has_one_value_in_all_groups_that_know_it(lived: Lived) -> None:
    """A key that two recorders called by two ids would be followed by one of them only."""
    for _, group_history in lived.group_histories:
        values = [secret["value"] for secret in group_history.secrets.values() if secret["value"] is not None]
        assert len(values) == len(set(values))
        public = [secret["public"] for secret in group_history.secrets.values() if "public" in secret]
        assert len(public) == len(set(public))
