"""The picture of a compromise shows what the verdict in Python knows: standings, reopeners, keys, messages, voices."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.adversary.histories import history
from tests.widgets.told import compromises
from workbench.adversary.leak import Leak, leaked_facts
from workbench.adversary.verdict import RecordedHistory, Verdict
from workbench.inspect.trace_format import HolderId, SecretId
from workbench.lab.leaks import leak_of, recorded_history
from workbench.lab.scenarios import SCENARIOS, scenario
from workbench.views.security import SecurityView, security_view


class Known:
    """What an attacker has after a step, read from the verdict."""

    def __init__(self, verdict: Verdict, view: SecurityView, step: int) -> None:
        self.verdict, self.group_history = verdict, verdict.recorded.group_history
        self.facts = verdict.knowledge.facts()
        self.leaked = [(leak, leaked_facts(self.group_history, leak)) for leak in verdict.leaks]
        self.begins = [each["step"] for each in view["epochs"] if each["step"] <= step]
        self.epochs = [each["epoch"] for each in view["epochs"]]
        self.ends = [*(begin - 1 for begin in self.begins[1:]), step]

    def leaf_key(self, member: HolderId, column: int) -> SecretId | None:
        """The leaf key of a member in an epoch, or None if it is no member then."""
        leaf = self._leaf(member, column)
        return None if leaf is None else self.group_history.epochs[self.epochs[column]].keys[2 * leaf]

    def _leaf(self, member: HolderId, column: int) -> int | None:
        if not 0 <= column < len(self.begins):
            return None
        members = self.group_history.epochs[self.epochs[column]].members
        return next((leaf for leaf, holder in members.items() if holder == member), None)

    def can_sign(self, member: HolderId, column: int) -> bool:
        """Whether the attacker has the signature key that a member uses in an epoch, by the end of it."""
        leaf = self._leaf(member, column)
        if leaf is None:
            return False
        key = self.group_history.signers.get(self.group_history.epochs[self.epochs[column]].signature_keys[leaf])
        holding = [leak.at for leak, facts in self.leaked if key in facts] or [leak.at for leak, _ in self.leaked]
        return key in self.facts and min(holding) <= self.ends[column]

    def columns(self) -> Iterator[dict[str, object]]:
        for index, epoch in enumerate(self.epochs):
            by = self.verdict.reopened.get(epoch)
            standing = self.verdict.epochs.get(epoch, "later") if index < len(self.begins) else "later"
            yield {
                "epoch": epoch,
                "standing": "reopened" if by else standing,
                "reopeners": list(self.verdict.reopeners.get(epoch, ())),
                "by": by.device if by else "",
            }

    def cell(self, member: HolderId, column: int) -> dict[str, object]:
        if column >= len(self.begins):
            return {
                "state": "later",
                "key": "",
                "forgeable": False,
                "sent": 0,
                "read": 0,
                "compromise": False,
                "open": False,
            }
        key, epoch = self.leaf_key(member, column), self.epochs[column]
        sent = [each for each in self.group_history.messages if (each.epoch, each.sender) == (epoch, member)]
        is_leaked = any(key in facts for _, facts in self.leaked)
        return {
            "state": "absent" if key is None else "seated",
            "key": "" if key not in self.facts else "leaked" if is_leaked else "derived",
            "forgeable": self.can_sign(member, column),
            "sent": len(sent),
            "read": sum(each.fact in self.facts for each in sent),
            "compromise": any(
                leak.device == member and self.begins[column] <= leak.at <= self.ends[column] for leak, _ in self.leaked
            ),
            "open": epoch in self.verdict.readable_epochs,
        }


def only(parts: list[Any], names: dict[str, object]) -> list[Any]:
    return [{name: part[name] for name in names} for part in parts]


def compare(recorded: RecordedHistory, view: SecurityView, leaks: list[Leak], told: list[dict[str, object]]) -> None:
    steps = range(len(view["steps"]))
    for step, found in zip(steps, compromises(view, told, steps), strict=True):
        verdict = recorded.until(step).judge(leak for leak in leaks if leak.at <= step)
        known = Known(verdict, view, step)
        columns = list(known.columns())
        assert only(found["columns"], columns[0]) == columns
        places = [(each["id"], column) for each in view["members"] for column in range(len(columns))]
        cells = [known.cell(*place) for place in places]
        assert only(found["cells"], cells[0]) == cells
        for (member, column), cell in zip(places, found["cells"], strict=True):
            here, before, after = (known.leaf_key(member, column + by) for by in (0, -1, 1))
            assert cell["starts"] == (here is not None and before != here)
            assert cell["ends"] == (here is not None and column + 1 < len(known.begins) and after != here)


@pytest.mark.parametrize("name", SCENARIOS)
def test_of_the_scenarios(name: str) -> None:
    story = scenario(name)
    told: list[dict[str, object]] = [{"name": name} for name in story.leaks]
    compare(story.recorded, security_view(story.recorded, story.leaks), list(story.leaks.values()), told)


@pytest.mark.parametrize("seed", range(20, 26))
def test_of_compromises_from_random_histories(seed: int) -> None:
    world, dice = history(seed), random.Random(seed)  # noqa: S311 - dice, not keys
    recorded = recorded_history(world)
    steps = [dice.randrange(len(world.history)) for _ in range(3)]
    leaks = [
        leak_of(world, dice.choice(sorted(world.history[at].device_states)), at=at, recorded=recorded)
        for at in dict.fromkeys(steps)
    ]
    told: list[dict[str, object]] = [{"device": leak.device, "at": leak.at} for leak in leaks]
    compare(recorded, security_view(recorded), leaks, told)
