"""The attempts and finds of a run, as text for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workbench.fuzz.attempt import Attempt, Find


class FuzzTally:
    """The number of attempts for each type of message and each outcome."""

    def __init__(self) -> None:
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.finds: dict[tuple[str, str], tuple[Attempt, Find]] = {}

    def count(self, tried: Attempt) -> bool:
        """Count an attempt; True if its find is new."""
        self.outcomes[tried.subject, tried.outcome] += 1
        if tried.find is None or tried.find.identity in self.finds:
            return False
        self.finds[tried.find.identity] = (tried, tried.find)
        return True


def tally_to_table(tally: FuzzTally) -> str:
    """A row for each type of message: the number of attempts, and the outcomes, the most frequent first."""
    subjects = sorted({subject for subject, _ in tally.outcomes})
    width = max(map(len, subjects), default=0)
    lines = []
    for subject in subjects:
        outcomes = Counter({outcome: times for (name, outcome), times in tally.outcomes.items() if name == subject})
        listed = ", ".join(f"{outcome} {times}" for outcome, times in outcomes.most_common())
        lines.append(f"{subject.ljust(width)}  {outcomes.total():7}  {listed}")
    total = f"{tally.outcomes.total()} messages tried, {_finds(len(tally.finds))}"
    return "\n".join([*lines, total])


def _finds(number: int) -> str:
    return f"{number or 'no'} find{'' if number == 1 else 's'}"


def find_to_text(seed: int, tried: Attempt, find: Find) -> str:
    """A find, with the arguments that repeat it."""
    believing = ", to a member that accepts every signature and tag" if tried.credulous else ""
    return "\n".join(
        [
            f"FOUND {find.identity[0]} in {find.identity[1]}",
            f"  {tried.subject} of suite {tried.suite}, changed in its layer {tried.layer!r}{believing}:",
            *_listed(find.edits),
            f"  again: workbench fuzz --seed {seed} --attempt {tried.number}",
            f"  bytes: {find.data.hex()}",
            *(f"  | {line}" for line in find.trace.splitlines()),
        ]
    )


def _listed(edits: Sequence[object]) -> list[str]:
    return [f"    {edit}" for edit in edits]
