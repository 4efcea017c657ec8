"""The exercises of lesson 12: ways into a group and on to another, and a game about messages that fail."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.adversary import Entered
from workbench.inspect.reasons import MessageKind
from workbench.lab import World
from workbench.lessons.exercise import Correct, Judgement, NotAttempted, Wrong, exercise, judge_value
from workbench.lessons.rounds import Round
from workbench.mls import GroupState

NOT_YET = Wrong("The world of this lesson has not come so far: run the cells above, from the top.")
SECRETS = frozenset(GroupState.__annotations__) | frozenset(
    (
        *("sender_data_secret", "exporter_secret", "external_secret", "confirmation_key", "membership_key"),
        *("resumption_psk", "epoch_authenticator", "init_secret"),
    )
)
PEOPLE = ("Alice", "Bob", "Carol", "Dave", "Erin", "HR")
SAME_OR_NOT = ("members", "group_id", "epoch", "cipher_suite", "signature_keys")


@exercise(
    "12.1",
    hints=[
        "Erin seals her init secret to a public key that is in the GroupInfo. Of which secret is that key made?",
        "RFC 9420 §8, table 4: the secret whose label is `external`.",
    ],
    source='answer_1 = "external_secret"',
)
def question_1(answer: object, world: World) -> Judgement:
    """With which secret of their epoch the members open a newcomer's init secret."""
    secrets = {key: secret for step in world.trace()["steps"] for key, secret in step["secrets"].items()}
    made_of = {each["output"]: each["inputs"] for step in world.trace()["steps"] for each in step["operations"]}
    (opened, *_) = [
        each["inputs"][0]
        for step in world.trace()["steps"]
        for each in step["operations"]
        if each["name"] == "export_from"
    ] or [None]
    source = made_of.get(opened, [None])[0]
    if opened is None or source is None:
        return NOT_YET
    right = secrets[source]["name"]

    def accept(name: str) -> Judgement:
        if name == right:
            return Correct("From it, each member derives the private key of the group's `external_pub`.")
        if name == "init_secret":
            return Wrong("That is what they would need for a member's commit. Erin has put her own in its place.")
        if name in SECRETS:
            return Wrong("That one has another use: see the labels in RFC 9420 §8, table 4.")
        return Wrong("Give the RFC's name of a secret of the epoch, as the details of the group show it.")

    return judge_value(answer, str, accept)


@exercise(
    "12.2",
    hints=[
        "What does the attacker need to follow a commit: a key that opens its path, and a secret of the epoch before.",
        "Which key does Bob's old leaf have after his commit? To whom is a commit sealed?",
    ],
    source="answer_2 = False",
)
def question_2(answer: object, world: World) -> Judgement:
    """Whether the attacker of a device follows when its owner comes back with a new leaf."""
    back = next((history_step for history_step in world.history if "came back" in history_step.text), None)
    state = None if back is None else back.state(back.actor)
    if back is None or state is None:
        return NOT_YET
    follows = any(isinstance(finding, Entered) and finding.epoch == state.epoch for finding in back.findings)

    def accept(says: bool) -> Judgement:  # noqa: FBT001 - it is the answer
        if says is follows:
            return Correct("His old leaf is gone, and the path is sealed to the others: no leaked key opens it.")
        return Wrong("The attacker has the external secret, but that is only half: which key of its opens the path?")

    return judge_value(answer, bool, accept)


@exercise(
    "12.3",
    hints=[
        "A proposal changes nothing by itself. Who can commit one?",
        "And who cannot commit the one that is about itself?",
    ],
    source='answer_3 = {"Alice", "Bob", "Dave", "Erin"}',
)
def question_3(answer: object) -> Judgement:
    """Whose commit makes Carol leave after HR has proposed it: each one tries, in a world of its own."""
    able = {name for name in PEOPLE if _carries_out(name)}

    def accept(names: set[object]) -> Judgement:
        if strangers := names - set(PEOPLE):
            return Wrong(f"Of these, {sorted(map(str, strangers))} are nobody here.")
        if "HR" in names:
            return Wrong("HR is no member: it has no secret of the group, and cannot commit at all.")
        if "Carol" in names:
            return Wrong("Carol can commit, but not this: nobody commits to remove itself.")
        if names != able:
            return Wrong("More of them can.")
        return Correct("HR asks, a member decides: any but the one whom it is about.")

    return judge_value(answer, set, accept)


@exercise(
    "12.4",
    hints=[
        "What did the attacker lack for the epoch with the pre-shared key? Is that on Dave's device?",
        "Once it has that epoch, it has its init secret, and can go on from there.",
    ],
    source="answer_4 = {8, 9}",
)
def question_4(answer: object, world: World) -> Judgement:
    """Which epochs a late compromise opens: it leaks the pre-shared key. The lesson performs it afterwards."""
    mixed = next((history_step for history_step in world.history if "mixed in" in history_step.text), None)
    state = None if mixed is None else mixed.state(mixed.actor)
    if state is None:
        return NOT_YET
    opened = set(range(state.epoch, state.epoch + 2))

    def accept(epochs: set[object]) -> Judgement:
        if epochs == opened:
            return Correct("A key from elsewhere heals only as long as it stays secret: it is in no deletion schedule.")
        if not epochs:
            return Wrong("Dave's device still holds the pre-shared key: nobody has told it to forget it.")
        if epochs == {max(opened)}:
            return Wrong("Dave's device is in that epoch. But the attacker has recorded the commits before it, too.")
        if epochs == {min(opened)}:
            return Wrong("And on from there: what does the next commit need that the attacker has not?")
        return Wrong(f"These are the epochs from the one with the key ({min(opened)}) to the present one.")

    return judge_value(answer, set, accept)


@exercise(
    "12.5",
    hints=[
        "Compare `state.context` in both worlds, and the leaves of both trees.",
        "A ReInit was made to change what a commit cannot change.",
    ],
    source='answer_5 = {"members"}',
)
def question_5(answer: object, old: World, new: World) -> Judgement:
    """What a group has in common with the one that its ReInit led to."""
    same = {name for name in SAME_OR_NOT if _facts(old)[name] == _facts(new)[name]}

    def accept(names: set[object]) -> Judgement:
        if strangers := names - set(SAME_OR_NOT):
            return Wrong(f"Choose among {', '.join(SAME_OR_NOT)}: {sorted(map(str, strangers))} are not among them.")
        if "signature_keys" in names - same:
            return Wrong("A signature key is for one algorithm: with another cipher suite, everybody has a new one.")
        if names - same:
            return Wrong(f"Not the {min(map(str, names - same))}: look at both.")
        if names != same:
            return Wrong("Something is the same, or it would not be the same group of people.")
        return Correct("The same people, and a Welcome that only they can open: it takes a secret of the old group.")

    return judge_value(answer, set, accept)


@exercise(
    "12.6",
    hints=[
        "Look at three things first: the group id, the epoch of the message and that of the device, the sender.",
        "If all of them fit: has the device seen this message before, or is there something else that it needs?",
    ],
    source="""
        answer_6 = {
            1: "future epoch",
            2: "epoch deleted",
            3: "key used",
            4: "own echo",
            5: "other group",
            6: "before joining",
            7: "missing proposal",
            8: "missing PSK",
            9: "damaged",
            10: "removed",
            11: "already processed",
            12: "welcome for others",
        }
    """,
)
def question_6(answer: object, rounds: Mapping[int, Round]) -> Judgement:
    """Why each of twelve devices cannot process its bytes, with `explain` as the judge."""

    def accept(reasons: dict[int, object]) -> Judgement:
        if not reasons:
            return NotAttempted()
        kinds = {kind.value for kind in MessageKind}
        for number, reason in reasons.items():
            if number not in rounds:
                return Wrong(f"There is no round {number}.")
            if reason not in kinds:
                return Wrong(f"Round {number}: {reason!r} is no reason that `explain` knows.")
            if reason != rounds[number].explanation.kind.value:
                return Wrong(f"Round {number} is not {reason!r}: {rounds[number].clue}")
        if missing := len(rounds.keys() - reasons.keys()):
            return Wrong(f"Right so far; {missing} more to go.")
        return Correct("Every one as `explain` has it.")

    return judge_value(answer, dict, accept)


def _carries_out(name: str) -> bool:
    """Whether a commit by this person carries out what HR has proposed."""
    world = World.of(PEOPLE[:-1])
    world.device("HR")
    world.external_sender("Alice", "HR")
    world.ask_to_remove("HR", "Carol")
    if world.reason_against("commit", name) is None:
        world.commit(name)
    return "Carol" not in world.members


def _facts(world: World) -> dict[str, object]:
    """What can be the same in two groups, or not."""
    latest = world.group.record.latest()
    leaves = [] if latest is None else [leaf_node for _, leaf_node in latest.tree.leaves()]
    return {
        "members": set(world.members),
        "group_id": world.group_id,
        "epoch": world.epoch,
        "cipher_suite": world.suite.id,
        "signature_keys": {leaf_node.signature_key for leaf_node in leaves},
    }
