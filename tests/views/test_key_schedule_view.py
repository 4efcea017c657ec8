"""The view of the key schedule: its values are those of the engine, its holders those whose states had the secret."""

from __future__ import annotations

from functools import cache

import pytest

from tests.widgets.conform import faults
from workbench.adversary.group_history import GroupHistory
from workbench.lab import World
from workbench.mls.schedule.key_schedule import EpochSecrets, epoch_from_epoch_secret, next_epoch
from workbench.views.key_schedule import OUTPUTS, KeyScheduleView, ScheduleSecretView, key_schedule_view, suite_of


@cache
def told() -> World:
    """A history with pre-shared keys, an external commit, a commit without a path, and a compromise."""
    world = World.of(["Alice", "Bob", "Carol"])
    world.share_psk("tea", *world.members)
    world.commit("Alice", psks=["tea", 1])
    world.device("Dave")
    world.join("Dave")
    world.compromise("Bob")
    world.commit("Carol")
    world.device("Erin")
    world.add("Carol", "Erin", path=False)
    world.hold("Dave")
    world.commit("Alice")
    world.resync("Alice")
    return world


@cache
def view_of(world: World) -> KeyScheduleView:
    return key_schedule_view(GroupHistory.of(world.trace()))


def secrets_of(view: KeyScheduleView, epoch: int) -> dict[str, ScheduleSecretView]:
    return {secret["key"]: secret for secret in view["epochs"][str(epoch)]["secrets"]}


def value(secret: ScheduleSecretView) -> bytes:
    assert secret["value"] is not None
    return bytes.fromhex(secret["value"])


def test_the_view_has_its_declared_form() -> None:
    assert faults(view_of(told()), KeyScheduleView) == []


def test_the_engine_makes_the_same_secrets_from_the_inputs_of_each_epoch() -> None:
    world = told()
    view, suite = view_of(world), suite_of(world.trace())
    for number, schedule in view["epochs"].items():
        secrets = secrets_of(view, int(number))
        count = GroupHistory.of(world.trace()).epochs[int(number)].leaf_count
        assert schedule["group_context"] is not None
        if schedule["kind"] == "first":
            made = epoch_from_epoch_secret(suite, value(secrets["epoch_secret"]), count).secrets
        else:
            init, commit = (value(secrets[name]) for name in secrets["extracted_secret"]["inputs"])
            psk = value(secrets[secrets["member_secret"]["inputs"][1]])
            context = bytes.fromhex(schedule["group_context"])
            epoch = next_epoch(suite, init, commit, psk, context, count)
            made = epoch.secrets
            assert epoch.joiner_secret == value(secrets["joiner_secret"])
            assert epoch.welcome_secret == value(secrets["welcome_secret"])
        for name in EpochSecrets.__dataclass_fields__:
            assert getattr(made, name) == value(secrets[name]), f"{name} of epoch {number}"


def test_the_holders_of_a_secret_are_the_devices_whose_states_have_it() -> None:
    world = told()
    view = view_of(world)
    viewers = [viewer["id"] for viewer in view["viewers"]]
    for step, history_step in enumerate(world.history):
        states = {name: history_step.state(name) for name in world.devices}
        for number in view["epochs"]:
            for name in ("exporter_secret", "init_secret"):
                secret = secrets_of(view, int(number))[name]
                holding = {
                    viewers[each]
                    for one in secret["held"]
                    if one["first"] <= step and (one["end"] is None or step < one["end"])
                    for each in view["crowds"][one["holders"]]
                }
                have = {each for each, state in states.items() if state and _has(state.secrets, name, secret)}
                assert holding - {"attacker"} == have, f"{name} of epoch {number} after step {step}"


def _has(secrets: EpochSecrets, name: str, secret: ScheduleSecretView) -> bool:
    return bool(getattr(secrets, name) == value(secret))


def test_to_the_attacker_a_secret_leaked_or_it_was_computed() -> None:
    view = view_of(told())
    attacker = next(number for number, viewer in enumerate(view["viewers"]) if viewer["kind"] == "attacker")

    def how(epoch: int, key: str) -> list[str]:
        held = secrets_of(view, epoch)[key]["held"]
        return [each["how"] for each in held if attacker in view["crowds"][each["holders"]]]

    assert how(2, "init_secret") == []
    assert how(3, "init_secret") == ["leaked"]
    assert how(3, "epoch_secret") == []
    assert how(4, "epoch_secret") == ["computed"]


def test_pre_shared_keys_and_an_external_init_stand_where_they_really_were() -> None:
    view = view_of(told())
    second, third = secrets_of(view, 2), secrets_of(view, 3)
    assert second["psk"]["source"] == "The commit mixes in the pre-shared key “tea”."
    assert second["psk"]["psk"] == "the pre-shared key “tea”"
    assert second["psk_input"]["psk"] == ""
    assert second["resumption_psk of epoch 1"]["source"] == "The commit mixes in the resumption PSK of epoch 1."
    assert second["psk_secret (2)"]["inputs"] == ["psk_input (2)", "psk_secret"]
    assert third["extracted_secret"]["inputs"] == ["external_init_secret", "commit_secret"]
    assert third["external_priv"]["inputs"] == ["external_secret of epoch 2"]
    assert third["psk_secret"]["is_zero"]
    assert third["joiner_secret"]["formula"] == 'ExpandWithLabel(extracted_secret, "joiner", GroupContext, 32)'
    assert secrets_of(view, 5)["commit_secret"]["is_zero"], "a commit without a path"


def test_a_newcomer_whose_device_is_the_first_does_not_hide_how_the_members_derive_the_external_init_secret() -> None:
    view = view_of(told())
    resynced = max(int(epoch) for epoch in view["epochs"])
    assert view["epochs"][str(resynced)]["kind"] == "external"
    assert secrets_of(view, resynced)["external_init_secret"]["inputs"] == ["external_priv"]


@pytest.mark.parametrize(("founded", "usage"), [("reinit", "reinit"), ("branch", "branch")])
def test_a_group_that_was_founded_after_another_begins_with_a_resumption_psk(founded: str, usage: str) -> None:
    world = World.of(["Alice", "Bob"])
    if founded == "reinit":
        world.reinit("Alice")
    following = world.successor("Bob") if founded == "reinit" else world.branch("Alice", "Bob")
    first = min(int(epoch) for epoch in view_of(following)["epochs"])
    (psk,) = (each for each in secrets_of(view_of(following), first).values() if each["name"] == "psk")
    assert f"of the group before ({usage})" in psk["source"]


def test_a_newcomer_finds_the_joiner_secret_in_its_welcome() -> None:
    view = view_of(told())
    joiner = secrets_of(view, 5)["joiner_secret"]
    assert [view["viewers"][each]["id"] for each in view["crowds"][joiner["welcomed"]]] == ["Erin"]


def test_every_epoch_has_all_outputs_of_the_schedule() -> None:
    view = view_of(told())
    for number in view["epochs"]:
        assert set(OUTPUTS) <= set(secrets_of(view, int(number)))
