"""A foreign group as one member's device saw it: judged by rules, theorem and attacker, and drawn."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.mls.group.scenario import group_of
from tests.review.test_audit import pieces
from widgets import DerivationGraph, KeyLifetimes, KeySchedule, RatchetTree, SecretTree, SecurityMatrix, Timeline
from widgets.shared.still import run
from workbench.adversary.group_history import GroupHistory
from workbench.adversary.leak import leak_in_record
from workbench.adversary.verdict import RecordedHistory
from workbench.lab.scenarios import scenario
from workbench.mls import encode, process
from workbench.review.audit import Audit, audit
from workbench.review.exposure import Exposure, Foretold, exposure
from workbench.review.known_secrets import KnownSecrets
from workbench.review.member_history import MemberHistory, member_history
from workbench.review.stated_leak import StatedLeak
from workbench.views.security import SecurityView, security_view


@cache
def followed() -> Audit:
    """Bob's state has read a message when the material begins. It ends with his own commit and what follows."""
    scenario = group_of("Alice", "Bob", "Carol")
    bob, _ = process(scenario.states["Bob"], encode(scenario.send("Alice", b"before")), now=0)
    sent = [scenario.send("Alice", b"one"), scenario.commit("Alice").message, scenario.send("Alice", b"two")]
    sent += [scenario.propose_update("Carol"), scenario.commit("Carol").message, scenario.send("Carol", b"three")]
    sent += [scenario.commit("Bob").message, scenario.send("Alice", b"four")]
    return audit(pieces(*sent), KnownSecrets(states=(bob,)))


def history(*leaks: str) -> MemberHistory:
    return member_history(followed().groups[0].replay, [StatedLeak.parse(each) for each in leaks])


def exposed(*leaks: str) -> Exposure:
    found = exposure(followed().groups[0].replay, followed().objects, [StatedLeak.parse(each) for each in leaks])
    assert found is not None
    return found


def test_it_goes_as_far_as_the_state_can_follow() -> None:
    found = history()
    assert repr(found) == "MemberHistory(Bob, epochs 1 to 3, 7 steps)"
    senders = [step["actor"] for step in found.trace["steps"]]
    names = {each["id"]: each["name"] for each in found.trace["holders"]}
    assert [names.get(each or "") for each in senders] == [None, "Alice", "Alice", "Carol", "Alice", "Carol", "Carol"]
    assert found.recorded.group_history.unrecorded == ("member 2", "member 3")


@pytest.mark.parametrize(
    ("leaks", "epochs", "messages"),
    [
        (["state"], (1, 2, 3), 3),
        (["state@2"], (2, 3), 2),
        (["backup@3"], (3,), 1),
        (["ratchets", "signature key"], (), 0),
        (["psks@2"], (), 0),
        ([], (), 0),
    ],
)
def test_rules_theorem_and_attacker_agree_on_what_leaks_open(
    leaks: list[str], epochs: tuple[int, ...], messages: int
) -> None:
    found, verdict = exposed(*leaks), history(*leaks).verdict()
    assert (found.epochs, found.agreement) == (epochs, "The rules of deduction and the theorem agree.")
    assert found.foretold is not None
    assert (found.foretold.judged, found.foretold.deduced) == ((1, 2, 3), epochs)
    assert (len(found.messages), len(verdict.readable_messages)) == (messages, messages)


def test_a_disagreement_is_said() -> None:
    assert "give other epochs: 1." in Foretold((1, 2), (1,), (1,)).agreement([1, 2])
    assert "allows only these epochs: none." in Foretold((1,), (1,), ()).agreement([1])
    assert Foretold((1,), (1,), (1,)).agreement([1, 9]) == "The rules of deduction and the theorem agree."


def test_the_verdict_on_what_has_healed_says_that_devices_are_unknown() -> None:
    story = scenario("own commit")
    trace = story.world.trace()
    holders = [{**each, "recorded": each["id"] != "Dave"} for each in trace["holders"]]
    recorded = RecordedHistory.of(GroupHistory.of({**trace, "holders": holders}))  # type: ignore[typeddict-item] # one flag
    told = repr(recorded.judge(story.leaks.values()))
    assert "as far as is known without 1 device" in told
    assert "as far as is known" not in repr(story.verdict())
    found = run('import { said } from "./security_matrix/still.js";\nreturn said;\n', _traits(security_view(recorded)))
    assert "What 1 other device would open is unknown." in found


def _traits(view: SecurityView) -> dict[str, object]:
    first = view["epochs"][0]
    return {
        "view": view,
        "step": len(view["steps"]) - 1,
        "leaks": [{"device": first["seats"][0]["member"], "at": 1}],
        "selected": {},
    }


def test_its_pictures_name_the_stated_leaks_and_what_is_unknown() -> None:
    found = history("state@2")
    matrix = SecurityMatrix.of(found)
    assert matrix.leaks == [{"name": "state@2"}]
    assert matrix.view["unrecorded"] == ["member 2", "member 3"]
    assert repr(matrix.verdict()) == repr(found.verdict())
    assert "The attacker reads epochs 2 and 3 and 2 of 3 messages." in repr(matrix)
    assert "What 2 other devices would open is unknown." in repr(matrix)
    assert list(KeyLifetimes.of(found).view["devices"]) == ["Bob"]
    assert "lead to the epoch authenticator of epoch 3" in repr(DerivationGraph.of(found.verdict(), 3))
    assert "epoch 3, seen by Bob" in repr(KeySchedule.of(found))
    tree = SecretTree.of(found)
    assert [each["text"] for each in tree.view["messages"]] == ["one", "two", "three"]
    assert tree.view["limits"] == {"forward": 1000, "behind": 64, "past_epochs": 64}
    assert "seen by the attacker with these leaks" in repr(RatchetTree.of(found))
    assert "seen by Bob" in repr(RatchetTree.of(history()))
    assert repr(Timeline.of(found)) == "Timeline('group “the group”', step 7 of 7)"
    assert matrix.view["steps"][0]["title"] == "The record begins in epoch 1"


def test_a_trace_alone_is_judged_by_what_it_says_that_devices_held() -> None:
    trace = history().trace
    matrix = SecurityMatrix.of(trace, on=[], leaks=[{"device": "Bob", "at": 2}])
    assert matrix.verdict().readable_epochs == history("state@2").verdict().readable_epochs == (2, 3)
    assert repr(KeyLifetimes.of(trace)) == repr(KeyLifetimes.of(history()))
    group_history = history().recorded.group_history
    with pytest.raises(ValueError, match="no secret of 'member 2' is in the record after step 1"):
        leak_in_record(group_history, "member 2", 1)
    with pytest.raises(ValueError, match=re.escape("this history has no step 9; its steps are 0 to 6")):
        leak_in_record(group_history, "Bob", 9)
    with pytest.raises(ValueError, match="this history has no step -8"):
        history().leak(at=-8)


def test_public_material_has_no_history_of_a_member() -> None:
    replayed = audit(pieces(group_of("Alice", "Bob").commit("Alice").message)).groups[0].replay
    with pytest.raises(ValueError, match="public material alone shows no secret"):
        member_history(replayed)
