"""The trace, the view and the events show a custom proposal by the number of its type."""

from __future__ import annotations

import pytest

from tests.mls.group.scenario import NOW, Scenario
from tests.mls.group.test_custom_proposals import LUNCH, polling_group
from workbench.client.events import event_of
from workbench.delivery import Head
from workbench.delivery.log import appended
from workbench.inspect.trace_format import Trace, custom_types
from workbench.inspect.trace_writer import RecordedStep, Sent, TraceWriter
from workbench.mls import Malformed, create_commit, encode, process
from workbench.views.ratchet_tree import ratchet_tree_view


@pytest.fixture
def scenario() -> Scenario:
    return polling_group("Alice", "Bob")


def test_the_trace_and_its_view_show_a_custom_proposal_and_its_commit(scenario: Scenario) -> None:
    alice = scenario.states["Alice"]
    writer = TraceWriter(alice.suite, alice.group_id)
    writer.write(RecordedStep("create", None, NOW, after=alice))
    proposal = encode(scenario.propose("Bob", LUNCH))
    writer.write(
        RecordedStep("propose", None, NOW, before=alice, after=alice, messages=(Sent("proposal", None, proposal),))
    )
    before = scenario.states["Alice"]
    committed = scenario.commit("Bob", LUNCH)
    message = Sent("commit", None, encode(committed.message))
    writer.write(RecordedStep("commit", None, NOW, before=before, after=scenario.states["Alice"], messages=(message,)))
    trace: Trace = writer.trace()
    _, proposed, commit = trace["steps"]
    assert [each["type"] for each in proposed["proposals"]] == ["0xf001"]
    assert commit["commit"] is not None
    assert [(each["type"], each["sender"]) for each in commit["commit"]["proposals"]] == [("0xf001", 1)] * 2
    assert custom_types(proposed) == custom_types(commit) == {0xF001}
    view = ratchet_tree_view(trace)
    assert [step["title"] for step in view["steps"][1:]] == [
        "Somebody proposed a proposal of type 0xf001",
        "Bob committed proposal of type 0xf001 and proposal of type 0xf001",
    ]


def test_events_name_a_custom_proposal_by_its_number(scenario: Scenario) -> None:
    before = scenario.states["Alice"]
    waiting, queued = process(before, encode(scenario.propose("Bob", LUNCH)), now=NOW)
    assert event_of(before, waiting, queued).text == "Bob proposed a proposal of type 0xf001"
    after, advanced = process(waiting, encode(scenario.commit("Bob").message), now=NOW)
    assert event_of(waiting, after, advanced).text == "Bob committed proposal of type 0xf001"


def test_a_delivery_service_accepts_the_custom_types_it_was_given(scenario: Scenario) -> None:
    alice = scenario.states["Alice"]
    made = create_commit(alice, [LUNCH], entropy=next(scenario.entropy), now=NOW)
    head = Head(alice.group_id, alice.epoch)
    entry, _ = appended(head, encode(made.message), frozenset({0xF001}))
    assert entry.epoch == alice.epoch
    with pytest.raises(Malformed, match="61441 is not a ProposalType"):
        appended(head, encode(made.message))
