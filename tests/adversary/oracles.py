"""Three oracles on the same histories: what follows from the record, what theory allows, what a thief can do.

`python -m tests.adversary.oracles --histories 5000 --seed 0` runs many and reports how much there was to agree on.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.adversary.histories import history, leaks
from workbench.adversary.burglary import Haul
from workbench.adversary.case_file import write_case_file
from workbench.adversary.leak import Leak
from workbench.adversary.theorem import allowed_by_theory
from workbench.adversary.verdict import Case, Verdict
from workbench.lab import World
from workbench.lab.compromise import case_file, case_of
from workbench.vectors import ProgressBar

SCENARIOS = 2
"""Sets of leaks that each history is judged under."""

BATCH = 25
"""Case files that one process of the thief is handed."""


@dataclass(slots=True)
class Scenario:
    """One history under some leaks, with the verdict on it."""

    seed: int
    world: World
    case: Case
    leaks: Sequence[Leak]
    verdict: Verdict
    haul: Haul | None = None

    def predicted(self) -> tuple[dict[str, str | None], set[tuple[int, int]]]:
        """The authenticators of the epochs and the messages that follow from what leaked."""
        chronicle = self.case.chronicle
        names = {
            epoch: chronicle.epochs[epoch].secrets["epoch_authenticator"] for epoch in self.verdict.readable_epochs
        }
        authenticators = {str(epoch): chronicle.secrets[name]["value"] for epoch, name in names.items()}
        return authenticators, {(each.step, each.message) for each in self.verdict.readable_messages}

    def done(self, haul: Haul) -> tuple[dict[str, str], set[tuple[int, int]]]:
        """What the thief has done, in the same terms; the plaintexts are held against what was said."""
        place, said = {}, {}
        for step, recorded in enumerate(self.case.chronicle.trace["steps"]):
            for index, message in enumerate(recorded["messages"]):
                place[message["wire"]] = step, index
                said[step, index] = f"message {step}".encode().hex()
        read = {}
        for opened in haul["messages"]:
            read[place[self.world.thief.heard[opened["index"]].hex()]] = opened["application_data"]
        assert all(said[where] == data for where, data in read.items()), self
        return haul["epoch_authenticators"], set(read)


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
    disagreements: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        done = ", ".join(f"{count} {name}" for name, count in self.done.most_common())
        return (
            f"{self.scenarios} scenarios: of {self.epochs} epochs theory allows {self.allowed_epochs}, and"
            f" {self.readable_epochs} are readable; of {self.messages} messages {self.readable_messages} are.\n"
            f"In these histories: {done}.\n{len(self.disagreements)} disagreements"
        )


def scenarios(seeds: Iterable[int]) -> Iterator[Scenario]:
    """Each history under a few sets of leaks."""
    for seed in seeds:
        world = history(seed)
        case = case_of(world)
        for number in range(SCENARIOS):
            leaked = leaks(world, case, seed * SCENARIOS + number)
            yield Scenario(seed, world, case, leaked, case.judge(leaked))


def hauls(cases: Sequence[Scenario]) -> list[Haul]:
    """What the thief makes of some cases, in a process of its own that is handed files and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.json" for number in range(len(cases))]
        for path, each in zip(paths, cases, strict=True):
            path.write_text(write_case_file(case_file(each.world, each.leaks)), "utf-8")
        command = [sys.executable, "-m", "workbench.adversary.burglary", *map(str, paths)]
        found: list[Haul] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return found


def compare(cases: Sequence[Scenario], agreement: Agreement) -> None:
    """Hold the three against each other."""
    for each, haul in zip(cases, hauls(cases), strict=True):
        each.haul = haul
        predicted, done = each.predicted(), each.done(haul)
        allowed = allowed_by_theory(each.case.chronicle, each.leaks)
        agreement.scenarios += 1
        agreement.epochs += len(each.verdict.epochs)
        agreement.allowed_epochs += len(allowed)
        agreement.readable_epochs += len(predicted[0])
        agreement.messages += len(each.case.chronicle.messages)
        agreement.readable_messages += len(predicted[1])
        agreement.done.update(step["kind"] for step in each.case.chronicle.trace["steps"])
        where = f"history {each.seed}, leaks {[str(leak) for leak in each.leaks]}"
        if predicted != done:
            agreement.disagreements.append(f"{where}: predicted {predicted}, the thief has {done}")
        if not set(each.verdict.readable_epochs) <= set(allowed):
            agreement.disagreements.append(f"{where}: {each.verdict.readable_epochs}, theory allows {sorted(allowed)}")


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
