"""Python and JavaScript come to the same verdict, whatever leaked."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.adversary.histories import history
from tests.widgets.conform import faults
from tests.widgets.views import node
from workbench.adversary.derivation import Derivation
from workbench.adversary.leak import Leak
from workbench.adversary.verdict import RecordedHistory, Verdict
from workbench.lab.leaks import leak_of, recorded_history
from workbench.lab.scenarios import SCENARIOS, scenario
from workbench.views.security import SecurityView, security_view

pytestmark = pytest.mark.slow

IN_JAVASCRIPT = """
import { readFileSync } from "node:fs";
import { derivation } from "./widgets/shared/closure.js";
import { sentences } from "./widgets/shared/reasons.js";
import * as verdict from "./widgets/shared/verdict.js";

const { recordedHistory, known, leaksBehind, readableMessages, reopened, reopeners, standings } = verdict;

const { view, asked } = JSON.parse(readFileSync(process.argv.at(-1), "utf8"));
const given = recordedHistory(view);
console.log(JSON.stringify(asked.map((leaks) => {
  const knowledge = known(given, leaks);
  const found = [...standings(view, knowledge)];
  const readable = found.filter(([, standing]) => standing === "readable").map(([epoch]) => epoch);
  const authenticator = (epoch) => view.epochs.find((each) => each.epoch === epoch).authenticator;
  return {
    standings: found,
    known: [...knowledge.keys()].sort((a, b) => a - b),
    messages: readableMessages(view, knowledge).map((index) => [view.messages[index].step, view.messages[index].text]),
    reopeners: [...reopeners(given, leaks)],
    behind: readable.map((epoch) => leaksBehind(given, leaks, epoch).map((leak) => leaks.indexOf(leak))),
    reopened: [...reopened(given, leaks)].map(([epoch, leak]) => [epoch, leaks.indexOf(leak)]),
    told: readable.map((epoch) => sentences(given, leaks, knowledge, authenticator(epoch))),
    lengths: readable.map((epoch) => derivation(given.rules, knowledge, authenticator(epoch)).length),
  };
})));
"""


def in_python(verdict: Verdict, view: SecurityView) -> dict[str, object]:
    group_history = verdict.recorded.group_history
    numbers = verdict.recorded.deduction_rules.numbers
    authenticators = [group_history.epochs[epoch].secrets["epoch_authenticator"] for epoch in verdict.readable_epochs]
    texts = {message["step"]: message["text"] for message in view["messages"]}
    return {
        "standings": [[epoch, standing] for epoch, standing in verdict.epochs.items()],
        "known": sorted(numbers[fact] for fact in verdict.knowledge.facts()),
        "messages": [[message.step, texts[message.step]] for message in verdict.readable_messages],
        "reopeners": [[epoch, list(members)] for epoch, members in verdict.reopeners.items()],
        "behind": [
            [verdict.leaks.index(leak) for leak in verdict.leaks_behind(epoch)] for epoch in verdict.readable_epochs
        ],
        "reopened": [[epoch, verdict.leaks.index(leak)] for epoch, leak in verdict.reopened.items()],
        "told": [list(Derivation.of(verdict, fact).sentences()) for fact in authenticators],
        "lengths": [len(verdict.knowledge.derivation(fact)) for fact in authenticators],
    }


def compare(
    recorded: RecordedHistory,
    view: SecurityView,
    asked: list[tuple[Leak, ...]],
    folder: Path,
    names: dict[int, str] | None = None,
) -> None:
    file = folder / "asked.json"
    told = [
        [{"name": names[id(leak)]} if names else {"device": leak.device, "at": leak.at} for leak in leaks]
        for leaks in asked
    ]
    file.write_text(json.dumps({"view": view, "asked": told}), "utf-8")
    assert json.loads(node(IN_JAVASCRIPT, str(file))) == [in_python(recorded.judge(leaks), view) for leaks in asked]


@pytest.mark.parametrize("seed", range(6))
def test_random_compromises_from_random_histories(seed: int, tmp_path: Path) -> None:
    world = history(seed, groups=False)
    recorded, dice = recorded_history(world), random.Random(seed)  # noqa: S311 - dice, not keys
    asked = []
    for _ in range(8):
        steps = [dice.randrange(len(world.history)) for _ in range(dice.randint(0, 4))]
        asked.append(
            tuple(
                leak_of(world, dice.choice(sorted(world.history[at].device_states)), at=at, recorded=recorded)
                for at in steps
            )
        )
    compare(recorded, security_view(recorded), asked, tmp_path)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_named_leaks_of_the_scenarios(name: str, tmp_path: Path) -> None:
    story = scenario(name)
    view = security_view(story.recorded, story.leaks)
    assert faults(view, SecurityView) == []
    names = {id(leak): name for name, leak in story.leaks.items()}
    compare(story.recorded, view, [tuple(story.leaks.values())], tmp_path, names)
