"""Three oracles on the same histories: what follows from the record, What the theorem allows, what an attacker can do.

`python -m tests.adversary.oracles --histories 5000 --seed 0` runs many and reports how much there was to agree on.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.adversary.histories import crowd, history, leaks, recorded_histories
from workbench.adversary.evidence import write_evidence
from workbench.adversary.leak import Leak
from workbench.adversary.recovery import Recovered, RecoveredFromGroup
from workbench.adversary.theorem import allowed_by_theorem
from workbench.adversary.verdict import RecordedHistory
from workbench.lab import World
from workbench.lab.leaks import evidence_of
from workbench.vectors import ProgressBar

SCENARIOS = 2
"""Sets of leaks that each history is judged under."""

BATCH = 25
"""Files of evidence that one process of the attacker is handed."""

CROWDS, DEAR = 25, 40
"""Every so manyth history is one of a large group, or has a cipher suite that takes its time."""

Known = tuple[dict[str, str | None], set[tuple[int, int]]]
"""What is known of a group: authenticators by epoch, and messages by step and place in it."""


@dataclass(slots=True)
class Scenario:
    """One history of one or several groups under some leaks, and what the attacker has made of it."""

    seed: int
    groups: Mapping[World, RecordedHistory]
    leaks: Sequence[Leak]
    result: Recovered | None = None

    def predicted(self, cases: Iterable[RecordedHistory] | None = None) -> list[Known]:
        """What follows from what leaked, for each group."""
        return [_predicted(recorded, self.leaks) for recorded in cases or self.groups.values()]

    def done(self) -> list[Known]:
        """What the attacker has done, in the same terms."""
        assert self.result is not None
        results: list[RecoveredFromGroup] = [self.result, *self.result["beside"]]
        return [_done(world, result) for world, result in zip(self.groups, results, strict=True)]

    def allowed(self) -> list[Mapping[int, object]]:
        """What the theorem allows, for each group."""
        return [
            allowed_by_theorem(recorded.group_history, self.leaks, recorded.beside) for recorded in self.groups.values()
        ]

    def __str__(self) -> str:
        return f"history {self.seed}, leaks {[str(leak) for leak in self.leaks]}"


def _predicted(recorded: RecordedHistory, leaked: Sequence[Leak]) -> Known:
    verdict, group_history = recorded.judge(leaked), recorded.group_history
    names = {epoch: group_history.epochs[epoch].secrets["epoch_authenticator"] for epoch in verdict.readable_epochs}
    authenticators = {str(epoch): group_history.secrets[name]["value"] for epoch, name in names.items()}
    return authenticators, {(each.step, each.message) for each in verdict.readable_messages}


def _done(world: World, result: RecoveredFromGroup) -> Known:
    """The plaintexts are held against what was said."""
    place = {}
    for step, recorded in enumerate(world.trace()["steps"]):
        for index, message in enumerate(recorded["messages"]):
            place[message["wire"]] = step, index
    read = set()
    for opened in result["messages"]:
        where = place[world.attacker.heard[opened["index"]].hex()]
        assert bytes.fromhex(opened["application_data"]) == f"message {where[0]}".encode()
        read.add(where)
    return dict(result["epoch_authenticators"]), read


@dataclass(slots=True)
class Agreement:
    """How much there was to agree on, and where the oracles did not."""

    scenarios: int = 0
    epochs: int = 0
    readable_epochs: int = 0
    allowed_epochs: int = 0
    messages: int = 0
    readable_messages: int = 0
    done: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    leaked: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.scenarios} scenarios: of {self.epochs} epochs"
            f" the theorem allows {_share(self.allowed_epochs, self.epochs)},"
            f" and {_share(self.readable_epochs, self.epochs)} are readable;"
            f" of {self.messages} messages {_share(self.readable_messages, self.messages)} are.\n"
            f"What leaked: {_counted(self.leaked)}.\nWhy the theorem allows an epoch: {_counted(self.reasons)}.\n"
            f"In these histories: {_counted(self.done)}.\n{len(self.disagreements)} disagreements"
        )

    def add(self, each: Scenario) -> None:
        """Hold the three against each other, and count what there was."""
        self.scenarios += 1
        self.leaked.update(leak.what for leak in each.leaks)
        self.done.update(_actions(next(iter(each.groups))))
        found = zip(each.groups.values(), each.predicted(), each.done(), each.allowed(), strict=True)
        for recorded, predicted, done, allowed in found:
            self.epochs += len(recorded.group_history.epochs)
            self.allowed_epochs += len(allowed)
            self.readable_epochs += len(predicted[0])
            self.messages += len(recorded.group_history.messages)
            self.readable_messages += len(predicted[1])
            self.reasons.update(str(reason) for reason in allowed.values())
            self.done.update(_contents(recorded))
            where = f"{each}, group {bytes.fromhex(recorded.group_history.trace['group_id']).decode()}"
            if predicted != done:
                self.disagreements.append(f"{where}: predicted {predicted}, the attacker has {done}")
            if not {int(epoch) for epoch in predicted[0]} <= set(allowed):
                self.disagreements.append(f"{where}: {sorted(predicted[0])}, the theorem allows {sorted(allowed)}")


def _actions(world: World) -> Iterator[str]:
    """What was done in a history, to be counted."""
    asleep: set[str] = set()
    for performed in world.action_log:
        name, first = performed.name, str(performed.arguments[0])
        yield f"action {name}"
        if name in {"hold", "release"}:
            asleep ^= {first}
        if name == "reinit" and asleep & {*world.groups[performed.group].members}:
            yield "reinit with a member offline"
    yield from ("joined by last resort" for device in world.devices.values() for _ in device.device_state.accepted)


def _contents(recorded: RecordedHistory) -> Iterator[str]:
    """What is in a history, to be counted."""
    trace = recorded.group_history.trace
    yield f"suite {trace['suite']}"
    for step in trace["steps"]:
        yield f"step {step['kind']}"
        yield from (
            "late message read" for read in step["reads"] if trace["steps"][read["step"]]["epoch"] < step["epoch"]
        )
        yield from (
            f"private {each['kind']}"
            for each in step["messages"]
            if each["kind"] != "application" and "content" in each
        )
        commit = step["commit"]
        if commit is not None:
            kind = "external commit" if commit["external"] else "commit"
            yield kind if commit["with_path"] else f"{kind} without a path"
            yield from (f"committed {proposal['type']}" for proposal in commit["proposals"])
        yield from (f"{proposal['type']} from outside" for proposal in step["proposals"] if proposal["sender"] is None)


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / max(whole, 1):.0%})"


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counter.most_common())


def scenarios(seeds: Iterable[int]) -> Iterator[Scenario]:
    """Each history under a few sets of leaks."""
    for seed in seeds:
        world = crowd(seed) if seed % CROWDS == 1 else history(seed, dear=seed % DEAR == 2)
        groups = recorded_histories(world)
        for number in range(SCENARIOS):
            yield Scenario(seed, groups, leaks(groups, seed * SCENARIOS + number))


def results(cases: Sequence[Scenario]) -> list[Recovered]:
    """What the attacker makes of some cases, in a process of its own that is handed files and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.json" for number in range(len(cases))]
        for path, each in zip(paths, cases, strict=True):
            path.write_text(write_evidence(evidence_of(next(iter(each.groups)), each.leaks)), "utf-8")
        command = [sys.executable, "-m", "workbench.adversary.recovery", *map(str, paths)]
        found: list[Recovered] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return found


def compare(cases: Sequence[Scenario], agreement: Agreement) -> None:
    """Let the attacker at some cases, and hold the three against each other."""
    for each, result in zip(cases, results(cases), strict=True):
        each.result = result
        agreement.add(each)


def main() -> int:
    """Run many histories and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--histories", type=int, default=100, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="the first history (default: %(default)s)")
    arguments = parser.parse_args()
    agreement, bar, batch = Agreement(), ProgressBar(sys.stderr), list[Scenario]()
    total = arguments.histories * SCENARIOS
    for each in scenarios(range(arguments.seed, arguments.seed + arguments.histories)):
        batch.append(each)
        if len(batch) == BATCH or agreement.scenarios + len(batch) == total:
            compare(batch, agreement)
            batch.clear()
            bar.show(f"{len(agreement.disagreements)} disagreements", agreement.scenarios, total)
    bar.clear()
    sys.stdout.write("\n".join([*agreement.disagreements, str(agreement), ""]))
    return 1 if agreement.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
