"""Random groups of random steps of every kind: what must hold holds after each of them (RFC 9420, all of it).

All members of an epoch agree; a second implementation, working on the bytes alone, finds the same; the removed cannot
follow; a refused message changes nothing; and the same history gives the same states when it is traced. By default a
few histories are tried, always the same; `MLS_HISTORIES=2000` tries so many new ones, and
does not shrink what it finds.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.properties.choices import KINDS
from tests.properties.history import History
from workbench.inspect.trace import TracedSuite
from workbench.mls import CIPHER_SUITES, cipher_suite

pytestmark = pytest.mark.slow

LONG = int(os.environ.get("MLS_HISTORIES", "0"))
PROFILE = settings(
    max_examples=LONG or 16,
    stateful_step_count=60 if LONG else 30,
    derandomize=not LONG,
    database=None,
    phases=(Phase.generate,) if LONG else (Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)

NUMBER = st.integers(0, 15)
SUITE = st.sampled_from((1, 3, 1, 3, 2, 7, 4, 6, 5) if LONG else (1, 3, 2, 7))


class Histories(RuleBasedStateMachine):
    """Each rule is a step of `History`."""

    def __init__(self) -> None:
        super().__init__()
        self.history = History(cipher_suite)

    @initialize(number=SUITE, size=NUMBER)
    def begin(self, number: int, size: int) -> None:
        self.history.do("create", number, size)

    @rule(number=SUITE, size=NUMBER)
    def create(self, number: int, size: int) -> None:
        self.history.do("create", number, size)

    @rule(at=NUMBER, who=NUMBER, kinds=st.lists(st.sampled_from(KINDS[:-1]), max_size=3), options=NUMBER)
    def commit(self, at: int, who: int, kinds: list[str], options: int) -> None:
        self.history.do("commit", at, who, tuple(kinds), options)

    @rule(at=NUMBER, who=NUMBER, kinds=st.lists(st.sampled_from(KINDS[:-1]), max_size=2), options=NUMBER)
    def race(self, at: int, who: int, kinds: list[str], options: int) -> None:
        self.history.do("race", at, who, tuple(kinds), options)

    @rule(at=NUMBER, who=NUMBER, options=NUMBER)
    def end(self, at: int, who: int, options: int) -> None:
        self.history.do("commit", at, who, ("reinit",), options)

    @rule(
        step=st.sampled_from(("propose", "propose_from_outside")),
        at=NUMBER,
        who=NUMBER,
        kind=st.sampled_from(KINDS),
        options=NUMBER,
    )
    def propose(self, step: str, at: int, who: int, kind: str, options: int) -> None:
        self.history.do(step, at, who, kind, options)

    @rule(step=st.sampled_from(("swap", "go_on", "put_away")), at=NUMBER, who=NUMBER)
    def act(self, step: str, at: int, who: int) -> None:
        self.history.do(step, at, who)

    @rule(
        step=st.sampled_from(
            (
                "update",
                "ask_to_join",
                "branch",
                "deliver",
                "deliver",
                "say",
                "say",
                "read",
                "read",
                "replay",
                "run_ahead",
            )
        ),
        at=NUMBER,
        who=NUMBER,
        number=NUMBER,
    )
    def act_with_a_number(self, step: str, at: int, who: int, number: int) -> None:
        self.history.do(step, at, who, number)

    @rule(at=NUMBER, who=NUMBER, newcomer=NUMBER, options=NUMBER)
    def external_commit(self, at: int, who: int, newcomer: int, options: int) -> None:
        self.history.do("external_commit", at, who, newcomer, options)

    @rule(at=NUMBER, who=NUMBER, which=NUMBER, where=st.integers(0, 1 << 16), flip=st.integers(1, 255))
    def damage(self, at: int, who: int, which: int, where: int, flip: int) -> None:
        self.history.do("damage", at, who, which, where, flip)

    @invariant()
    def all_agree(self) -> None:
        for group in self.history.groups:
            group.check()

    def teardown(self) -> None:
        assert_same_when_traced(self.history)


def assert_same_when_traced(history: History) -> None:
    """Play a history again with suites that record, and see that everybody ends in the same state."""
    suites = {number: TracedSuite.of(suite) for number, suite in CIPHER_SUITES.items()}
    again = History(suites.__getitem__, watched=False)
    for step, numbers in history.steps:
        again.do(step, *numbers)
    assert states(again) == states(history)
    assert any(suite.recorder.operations for suite in suites.values()) or not history.steps


def states(history: History) -> list[Any]:
    return [
        (group.group_id, {name: member.state for name, member in group.members.items()}) for group in history.groups
    ]


EVERYTHING = (
    ("create", 3),
    ("say", 0, 1, 5),
    ("say", 0, 2, 0),
    ("say", 0, 2, 9),
    ("read", 0, 0, 2),
    ("read", 0, 0, 1),
    ("commit", 0, 1, (), 0),
    ("commit", 0, 3, (), 2),
    ("commit", 0, 0, ("add",), 1 | 4),
    ("update", 0, 1, 0),
    ("update", 0, 2, 1 | 8),
    ("propose", 0, 3, "psk", 2),
    ("commit", 0, 0, ("remove", "psk"), 1),
    ("propose", 0, 1, "extensions", 9),
    ("propose", 0, 2, "psk", 8),
    ("swap", 0, 0),
    ("put_away", 0, 0),
    ("commit", 0, 0, ("psk",), 1 | 8),
    ("deliver", 0, 3, 0),
    ("swap", 0, 3),
    ("say", 0, 0, 0),
    ("damage", 0, 4, 0, 70, 1),
    ("run_ahead", 0, 4, 0),
    ("replay", 0, 2, 3),
    ("deliver", 0, 3, 4),
    ("propose_from_outside", 0, 0, "remove", 9),
    ("propose_from_outside", 0, 0, "extensions", 2),
    ("commit", 0, 0, (), 0),
    ("external_commit", 0, 0, 7, 3),
    ("external_commit", 0, 0, 1, 2),
    ("external_commit", 0, 1, 0, 0),
    ("commit", 0, 0, ("remove",), 0),
    ("ask_to_join", 0, 0, 6),
    ("race", 0, 1, ("remove",), 2),
    ("branch", 0, 1, 2),
    ("commit", 1, 1, ("psk",), 0),
    ("commit", 0, 1, ("remove", "extensions"), 0),
    ("propose", 0, 1, "extensions", 0),
    ("propose_from_outside", 0, 0, "psk", 0),
    ("commit", 0, 1, ("extensions", "remove", "add"), 2),
    ("propose", 0, 1, "reinit", 0),
    ("commit", 0, 0, (), 8),
    ("say", 0, 0, 0),
    ("put_away", 0, 0),
    ("go_on", 0, 0),
    ("commit", 1, 1, ("reinit",), 2),
    ("go_on", 0, 1),
    ("commit", 0, 1, (), 0),
    ("commit", 1, 1, (), 0),
)
"""A history in which each kind of step happens once at least."""


@pytest.mark.parametrize("number", sorted(CIPHER_SUITES) if LONG else (4, 5, 6))
def test_a_history_of_every_kind_of_step(number: int) -> None:
    history = History(cipher_suite)
    for step, *numbers in EVERYTHING:
        assert history.do(step, *([number, *numbers] if step == "create" else numbers)), (step, numbers)
        for group in history.groups:
            group.check()
    assert_same_when_traced(history)


TestHistories = pytest.mark.timeout(0 if LONG else 300)(Histories.TestCase)
TestHistories.settings = PROFILE
