"""The exercises of lesson 00: what an attacker reads, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.adversary import Entered
from workbench.lab import HistoryStep, World
from workbench.lessons.exercise import Correct, Judgement, Wrong, exercise, judge_value

PEOPLE = ("Alice", "Bob", "Carol", "Dave")
NOT_YET = Wrong("The world of this lesson has not come so far: run the cells above, from the top.")


@exercise(
    "00.1",
    hints=[
        "Alice's commit makes fresh secrets and seals them to the others. Whom are they sealed to?",
        "Bob must be able to open the commit with the keys that he holds. Who else holds them now?",
    ],
    source="answer_1 = True",
)
def question_1(answer: object, world: World) -> Judgement:
    """Whether the attacker of Bob's device follows a commit by somebody else."""
    history_step = next(_commits_after_compromise(world, by_victim=False), None)
    if history_step is None:
        return NOT_YET
    follows = _attacker_entered(history_step)

    def accept(says: bool) -> Judgement:  # noqa: FBT001 - it is the answer
        if says is follows:
            return Correct("What Bob can open, the attacker can open: the commit is sealed to keys that both hold.")
        return Wrong("Alice's secrets are fresh, but they are sealed to keys that were in Bob's device.")

    return judge_value(answer, bool, accept)


@exercise(
    "00.2",
    hints=[
        "The attacker needs a private key that opens the commit. Which of its keys does each commit replace?",
        "A committer makes a fresh key for its own leaf. Only one leaf key leaked.",
    ],
    source='answer_2 = {"Bob"}',
)
def question_2(answer: object) -> Judgement:
    """Who can lock out the attacker of Bob's device: each one tries, in a world of its own."""
    healers = {name for name in PEOPLE if _heals(name)}

    def accept(names: set[object]) -> Judgement:
        if strangers := names - set(PEOPLE):
            return Wrong(f"Of these, {sorted(map(str, strangers))} are not in the group.")
        if too_many := names - healers:
            who = min(map(str, too_many))
            return Wrong(
                f"Not {who}: after a commit by {who} alone, the attacker still has the secrets of the new epoch."
            )
        if names != healers:
            return Wrong("Somebody can.")
        return Correct("Only a commit by the victim replaces the leaked leaf key, and the keys above it.")

    return judge_value(answer, set, accept)


@exercise(
    "00.3",
    hints=[
        "A commit is sent in one epoch and leads to the next one. In which of them are new messages sealed?",
        "Look at `world.epoch` right after the removal.",
    ],
    source="answer_3 = 5",
)
def question_3(answer: object, world: World) -> Judgement:
    """The first epoch that is closed to a removed member."""
    removal = next((history_step for history_step in world.history if "removed" in history_step.text), None)
    state = None if removal is None else removal.state(removal.actor)
    if state is None:
        return NOT_YET
    first = state.epoch

    def accept(number: int) -> Judgement:
        if number == first - 1:
            return Wrong(f"Epoch {number} is where the commit was sent: Dave was still a member then.")
        if number > first:
            return Wrong("It goes faster: the removal takes effect with the commit that says so.")
        if number < first:
            return Wrong("Dave was a member then, and read along as he should.")
        return Correct("The commit that removes Dave seals its secrets to the others only.")

    return judge_value(answer, int, accept)


def _commits_after_compromise(world: World, *, by_victim: bool) -> Iterator[HistoryStep]:
    """The commits after the first compromise, by the one who was compromised or by the others."""
    victim = None
    for history_step in world.history:
        if history_step.kind == "compromise" and victim is None:
            victim = next(name for name in world.devices if f" {name}'s " in history_step.text)
        elif history_step.kind == "commit" and victim is not None and (history_step.actor == victim) is by_victim:
            yield history_step


def _attacker_entered(history_step: HistoryStep) -> bool:
    """Whether the attacker came along into the epoch that this commit led to."""
    return any(isinstance(finding, Entered) for finding in history_step.findings)


def _heals(name: str) -> bool:
    """Whether a commit by this person locks out the attacker of Bob's device."""
    world = World.of(PEOPLE)
    world.compromise("Bob")
    world.commit(name)
    return world.epoch not in world.attacker.epochs()
