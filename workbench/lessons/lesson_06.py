"""The exercises of lesson 06: what heals a group, what opens it again, and who has to act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from workbench.adversary.leak import Leak
from workbench.lab import World, scenario
from workbench.lessons.exercise import Correct, Judgement, Wrong, exercise, judge_value

NOT_YET = Wrong("The world of this lesson has not come so far: run the cells above, from the top.")
PEOPLE = ("Alice", "Bob", "Carol", "Dave")


def _committed_update(world: World) -> None:
    world.update("Bob")
    world.commit("Alice")


def _add_erin(world: World) -> None:
    world.device("Erin")
    world.add("Alice", "Erin", path=False)


def _lunch(world: World) -> None:
    world.share_psk("lunch", *PEOPLE)
    world.commit("Carol", psks=["lunch"], path=False)


ACTION_WORDS: Mapping[str, Callable[[World], None]] = MappingProxyType(
    {
        "A": lambda world: world.commit("Alice"),
        "B": lambda world: world.commit("Bob"),
        "C": lambda world: world.update("Bob"),
        "D": _committed_update,
        "E": _add_erin,
        "F": lambda world: world.remove("Alice", "Bob"),
        "G": lambda world: world.resync("Bob"),
        "H": _lunch,
    }
)
"""What might heal after the compromise of Bob's device, as the lesson lists it."""


def heals(letter: str) -> bool:
    """Whether an action locks the attacker of Bob's device out, done in a world of its own."""
    world = World.of(PEOPLE)
    bob = world.leak("Bob")
    ACTION_WORDS[letter](world)
    return world.epoch not in world.judge(bob).readable_epochs


@exercise(
    "06.1",
    hints=[
        "Ask of each: does the leaked leaf key still open what the new epoch is made of? Is there anything new at all?",
        "Five of the eight heal. Four take the leaked key out of the tree, one adds a secret that the attacker lacks.",
    ],
    source='answer_1 = {"B", "D", "F", "G", "H"}',
)
def question_1(answer: object) -> Judgement:
    """What heals: each action is performed, in a world of its own."""
    healing = {letter for letter in ACTION_WORDS if heals(letter)}
    why_not = {
        "A": "Not A: Alice's fresh secrets are sealed to Bob's key too, which the attacker has.",
        "C": "Not C: a proposal changes nothing until it is committed, by somebody else than Bob.",
        "E": "Not E: without a path the commit secret is zero. All else follows from the epoch that the attacker has.",
    }
    missing = {
        "B": "B heals: Bob's commit replaces his own key, and it is sealed to the others' only.",
        "D": "D heals: an update takes effect when it is committed.",
        "F": "F heals, in a way: nothing is sealed to somebody who is out.",
        "G": "G heals: he comes back with a new leaf, and the old one is gone.",
        "H": "H heals, even without a path: the epoch needs a secret that was not on the compromised device.",
    }

    def accept(letters: set[object]) -> Judgement:
        if strangers := letters - set(ACTION_WORDS):
            return Wrong(f"Choose among A to H: {sorted(map(str, strangers))} are not among them.")
        if wrong := letters - healing:
            return Wrong(why_not[min(map(str, wrong))])
        if lacking := healing - letters:
            return Wrong(missing[min(lacking)])
        return Correct(
            "Either the leaked key is out of the tree, or the attacker lacks something else that is mixed in."
        )

    return judge_value(answer, set, accept)


@exercise(
    "06.2",
    hints=[
        "Bob's commit was sealed to the keys that the others had at the time. Who still has the same key?",
        "Alice has committed since, and with that deleted her old leaf key. Carol and Dave have only listened.",
    ],
    source='answer_2 = {"Carol", "Dave"}',
)
def question_2(answer: object, world: World, bob: Leak) -> Judgement:
    """Whose compromise would open the first healed epoch again."""
    healing = next((step for step, history_step in enumerate(world.history) if _is_commit_by(world, step, "Bob")), None)
    state = None if healing is None else world.state("Bob", step=healing)
    last = next(
        (
            step
            for step, history_step in enumerate(world.history)
            if healing and step > healing and history_step.kind == "commit"
        ),
        None,
    )
    if state is None or last is None:
        return NOT_YET
    case = world.judge(bob).recorded
    able = {name for name in PEOPLE if state.epoch in case.judge([bob, world.leak(name, at=last)]).readable_epochs}

    def accept(names: set[object]) -> Judgement:
        if strangers := names - set(PEOPLE):
            return Wrong(f"Of these, {sorted(map(str, strangers))} are not in the group.")
        if "Alice" in names:
            return Wrong("Not Alice: she has committed since. The key to which Bob's commit was sealed is deleted.")
        if "Bob" in names:
            return Wrong("Not Bob: who commits seals to others, and keeps no path secret for an attacker to find.")
        if names != able:
            return Wrong(
                "Somebody has had the same leaf key from the beginning, and can open Bob's commit to this day."
            )
        return Correct(
            "Who has been idle since still holds a key that opens Bob's commit, and so can who compromises them."
        )

    return judge_value(answer, set, accept)


@exercise(
    "06.3",
    hints=[
        "Bob's commit is sealed to the leaf keys of all others. When is such a key deleted?",
        "Each of the three others needs a fresh leaf, by a commit or an update.",
    ],
    source='answer_3 = {"Alice", "Carol", "Dave"}',
)
def question_3(answer: object) -> Judgement:
    """Who needs fresh keys so that the group stays healed after any later compromise. The answer is tried."""

    def accept(names: set[object]) -> Judgement:
        if strangers := names - set(PEOPLE):
            return Wrong(f"Of these, {sorted(map(str, strangers))} are not in the group.")
        able = _could_reopen_after(names)
        if able:
            return Wrong(f"Then {able[0]} could still open it: the leaf key that Bob's commit was sealed to is there.")
        if "Bob" in names:
            return Wrong("So it holds, but Bob has fresh keys already: it was his commit.")
        return Correct("All whom the healing commit was sealed to. Then no key that opens it exists anywhere.")

    return judge_value(answer, set, accept)


@exercise(
    "06.4",
    hints=[
        "The init key opens the Welcome to the epoch in which Dave joined. What does a Welcome bring along?",
        "The joiner secret, and a path secret: with it come private keys of the tree. Until when are those in use?",
    ],
    source="answer_4 = {3, 4}",
)
def question_4(answer: object) -> Judgement:
    """Which epochs an init key opens that was kept, while the Welcome was recorded."""
    kept = scenario("kept init key")
    readable = set(kept.verdict().readable_epochs)
    first, last = min(readable), max(readable)

    def accept(epochs: set[object]) -> Judgement:
        if epochs == readable:
            return Correct(
                "In by the Welcome, on with its path secret, out when Dave's first commit replaces those keys."
            )
        if epochs == {first}:
            return Wrong("The Welcome brings a path secret, too, and Alice's next commit is sealed to a key from it.")
        if any(isinstance(epoch, int) and epoch < first for epoch in epochs):
            return Wrong("A Welcome leads into the epoch of the one who joins. Nothing leads back from there.")
        if any(isinstance(epoch, int) and epoch > last for epoch in epochs):
            return Wrong("Dave's own commit replaces every key that the attacker got by the Welcome.")
        return Wrong("Where does the Welcome lead, and which of the next commits can be opened with what it brings?")

    return judge_value(answer, set, accept)


REASONS = ("healed", "leaked key still in use", "idle device compromised", "attacker stayed", "second secret leaked")
STORIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "A": ("retroactive break", "idle device compromised"),
        "B": ("others' commits", "leaked key still in use"),
        "C": ("committed update", "healed"),
        "D": ("pre-shared key", "second secret leaked"),
        "E": ("resident", "attacker stayed"),
    }
)
"""Stories to be explained: which scenario it is, and why Bob's compromise has healed there or not."""


def story(letter: str) -> str:
    """The steps of a story, without its name."""
    name, _ = STORIES[letter]
    return "\n".join(repr(scenario(name)).splitlines()[1:])


@exercise(
    "06.5",
    hints=[
        "Ask of each: is Bob's key replaced? By which commit, and who else could open that one? What leaked later?",
        "Only one of them has healed. In one the attacker needs nothing new, in three it needs what leaks second.",
    ],
    source="""
        answer_5 = {
            "A": "idle device compromised",
            "B": "leaked key still in use",
            "C": "healed",
            "D": "second secret leaked",
            "E": "attacker stayed",
        }
    """,
)
def question_5(answer: object) -> Judgement:
    """Why each of five groups has healed after Bob's compromise, or has not."""
    look = {
        "A": "In A Bob has committed after the compromise, and it is not on his device that something leaks again.",
        "B": "In B somebody commits, and somebody is added. Who replaces Bob's leaf key?",
        "C": "In C Bob proposes an update, and then Alice commits it.",
        "D": "In D nothing new goes into the epoch but the pre-shared key. Does it stay secret?",
        "E": "In E Bob commits again and again. Look at what leaks after each commit, and from whom.",
    }

    def accept(reasons: Mapping[object, object]) -> Judgement:
        if set(reasons) != set(STORIES):
            return Wrong("Give one reason for each of A to E.")
        if strangers := set(reasons.values()) - set(REASONS):
            return Wrong(f"Choose among {', '.join(REASONS)}: {sorted(map(str, strangers))} are not among them.")
        for letter, (_, right) in STORIES.items():
            if reasons[letter] != right:
                return Wrong(look[letter])
        return Correct("That is all there is to healing: which key opens it, who has that key, and until when.")

    return judge_value(answer, dict, accept)


# What the judges try


def _is_commit_by(world: World, step: int, name: str) -> bool:
    return world.history[step].kind == "commit" and world.history[step].actor == name


def _could_reopen_after(names: set[object]) -> tuple[str, ...]:
    """Whose compromise would open Bob's healing again once these have committed, and Bob after them."""
    world = World.of(PEOPLE)
    bob = world.leak("Bob")
    for name in ("Bob", *sorted(map(str, names)), "Bob"):
        world.commit(name)
    return world.judge(bob).reopeners[2]
