"""The view of a derivation: what is in it, what is folded, and where it stands."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest

from tests.widgets.conform import faults
from workbench.adversary.derivation import Derivation
from workbench.adversary.verdict import Verdict
from workbench.inspect.trace_rules import Fact, Rule
from workbench.lab.scenarios import SCENARIOS, scenario
from workbench.views.derivation import ArrangementView, DerivationView, derivation_view, runs
from workbench.views.layered import LINE_ROOM, Item, places, ranks, route


def known(verdict: Verdict) -> list[Fact]:
    """The goals of a verdict: what makes an epoch or a message readable."""
    group_history = verdict.recorded.group_history
    epochs = [group_history.epochs[epoch].secrets["epoch_authenticator"] for epoch in verdict.readable_epochs]
    return epochs + [message.fact for message in verdict.readable_messages]


def late_break() -> DerivationView:
    story = scenario("retroactive break")
    goal = story.recorded.group_history.epochs[5].secrets["epoch_authenticator"]
    return derivation_view(story.verdict("Dave"), goal)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_derivation_of_the_scenarios_is_a_view_that_holds_together(name: str) -> None:
    verdict = scenario(name).verdict()
    for goal in known(verdict):
        view = derivation_view(verdict, goal)
        assert faults(view, DerivationView) == []
        derivation = Derivation.of(verdict, goal)
        assert len(view["full"]["places"]) == len(view["facts"]) == derivation.graph().number_of_nodes()
        calls = [call["gives"] for arrow in view["folded"]["arrows"] for call in arrow["calls"]]
        assert sorted(calls) == sorted(arrow["conclusion"] for arrow in view["full"]["arrows"]), "nothing is lost"
        for shown in (view["folded"], view["full"]):
            assert {spot["fact"] for spot in shown["places"]} == {view["goal"]} | {
                number
                for arrow in shown["arrows"]
                for number in (arrow["conclusion"], *premises(shown, arrow["conclusion"]))
            }
            assert all(rank_of(shown, each) < rank_of(shown, conclusion) for each, conclusion in lines(shown))
            leaked = {number for number, fact in enumerate(view["facts"]) if fact["leak"]}
            assert leaked == {spot["fact"] for spot in shown["places"]} - {
                each["conclusion"] for each in shown["arrows"]
            }


def premises(shown: ArrangementView, conclusion: int) -> list[int]:
    return [premise for premise, given in lines(shown) if given == conclusion]


def lines(shown: ArrangementView) -> list[tuple[int, int]]:
    return [(line["premise"], arrow["conclusion"]) for arrow in shown["arrows"] for line in arrow["lines"]]


def rank_of(shown: ArrangementView, fact: int) -> int:
    return next(spot["rank"] for spot in shown["places"] if spot["fact"] == fact)


def test_what_only_leads_on_is_folded_into_one_arrow() -> None:
    view = late_break()
    names = [view["facts"][spot["fact"]]["name"] for spot in view["folded"]["places"]]
    assert names == [
        *("Dave's leaf key", "path_secret", "init_secret", "commit_secret"),
        *("extracted_secret", "epoch_authenticator"),
    ]
    last = view["folded"]["arrows"][-1]
    assert last["label"] == "“joiner” … “authentication”"
    assert [call["call"] for call in last["calls"]] == [
        *("ExpandWithLabel “joiner”", "KDF.Extract", "ExpandWithLabel “epoch”", "DeriveSecret “authentication”"),
    ]
    assert last["sentence"].endswith("gives, in 4 steps, the epoch authenticator of epoch 5.")


def test_what_opens_and_what_comes_together_is_never_folded() -> None:
    story = scenario("bad randomness")
    derivation = Derivation.of(story.verdict(), story.recorded.group_history.epochs[3].secrets["epoch_authenticator"])
    for run in runs(derivation.steps, derivation.fact):
        assert all(rule.kind in {"derive", "decode"} and len(rule.premises) == 1 for rule in run[1:])
        if run[1:]:
            assert run[0].kind == "derive" or run[0].kind == "decode"


def test_what_is_used_twice_is_never_folded_away() -> None:
    pairs = [("leaked", "epoch"), ("epoch", "sender data"), ("epoch", "encryption"), ("encryption", "tree")]
    steps = [Rule((premise,), conclusion, "derive", 0, "derive_secret", conclusion) for premise, conclusion in pairs]
    last = Rule(("tree", "sender data"), "message", "read", 0, "open", "")
    assert [[rule.conclusion for rule in run] for run in runs([*steps, last], "message")] == [
        *(["epoch"], ["sender data"], ["encryption", "tree"], ["message"]),
    ]


def test_a_ciphertext_is_named_after_the_key_that_opens_it() -> None:
    view = late_break()
    (opened,) = (arrow for arrow in view["folded"]["arrows"] if arrow["sealed"])
    key = view["facts"][opened["lines"][0]["premise"]]
    assert key["place"] == f"node 6, key {opened['label']}"
    assert opened["calls"][0]["call"] == "DecryptWithLabel “UpdatePathNode”"


def test_a_message_says_what_was_said() -> None:
    story = scenario("deletion")
    view = derivation_view(story.verdict(), story.verdict().readable_messages[0].fact)
    goal = view["facts"][view["goal"]]
    assert (goal["kind"], goal["value"]) == ("message", "Third.")
    assert view["title"] == "How the attacker knows what message 1 of step 7 says"
    assert view["summary"] == "2 secrets that leaked lead to what message 1 of step 7 says, in 5 steps."


def test_what_leaked_itself_stands_alone() -> None:
    story = scenario("retroactive break")
    view = derivation_view(story.verdict("Dave"), story.recorded.group_history.epochs[4].secrets["epoch_authenticator"])
    assert (len(view["facts"]), view["full"]["arrows"]) == (1, [])
    assert view["summary"] == "The epoch authenticator of epoch 4 leaked: the attacker does not have to compute it."


def test_what_is_not_known_has_no_view() -> None:
    story = scenario("retroactive break")
    with pytest.raises(KeyError):
        derivation_view(story.verdict("Dave"), story.recorded.group_history.epochs[2].secrets["epoch_authenticator"])


def test_nothing_overlaps_and_chains_stand_upright() -> None:
    graph = nx.DiGraph([(0, 1), (1, 2), (0, 3), (3, 6), (2, 4), (4, 6), (5, 6), (6, 7), (7, 8)])
    rank = ranks(graph)
    assert rank == {0: 0, 1: 1, 2: 2, 4: 3, 3: 3, 5: 3, 6: 4, 7: 5, 8: 6}, "a node stands as low as it can"
    rooms = dict.fromkeys(graph, (20.0, 80.0))
    at = places(graph, rank, rooms)
    assert min(at[node] - 20 for node in graph) >= 0

    def row_of(item: Item) -> int:
        if isinstance(item, int):
            return rank[item]
        assert isinstance(item, tuple)
        return int(item[1])

    in_rows = sorted(at, key=lambda item: (row_of(item), at[item]))
    for one, other in pairwise(in_rows):
        if row_of(one) == row_of(other):
            right = rooms[one][1] if isinstance(one, int) else LINE_ROOM[1]
            left = rooms[other][0] if isinstance(other, int) else LINE_ROOM[0]
            assert at[other] - at[one] >= right + left - 1e-6
    assert at[6] == pytest.approx(at[7])
    assert at[7] == pytest.approx(at[8])
    assert at[1] == pytest.approx(at[2])
    assert route(0, 3, rank) == [0, (0, 1), (0, 2), 3]
