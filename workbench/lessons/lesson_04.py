"""The exercises of lesson 04: why each secret of an epoch exists, and what deleting it buys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

from workbench.adversary.group_history import GroupHistory
from workbench.lab import World
from workbench.lab.leaks import recorded_history
from workbench.lessons.exercise import Correct, ExerciseCase, Judgement, Wrong, exercise, judge_function, judge_value
from workbench.mls import CipherSuite
from workbench.mls.schedule.key_schedule import epoch_from_joiner_secret
from workbench.views.key_schedule import ScheduleSecretView, key_schedule_view
from workbench.views.secret_tree import secret_tree_view
from workbench.views.trace_replay import text_of

NOT_YET: Final = Wrong("The world of this lesson has not come so far: run the cells above, from the top.")
NEVER: Final = Wrong("No such epoch was recorded: run the cells above, from the top.")

Schedule = Mapping[str, bytes]
"""The secrets of an epoch by their names."""


def secrets_of(world: World, epoch: int) -> Schedule:
    """All recorded secrets of an epoch's key schedule, and its GroupContext, by their RFC names.

    The init_secret of the epoch before is `init_secret of epoch 1`, if the epoch is 2.
    """
    schedule = key_schedule_view(GroupHistory.of(world.trace()))["epochs"][str(epoch)]
    secrets = {each["key"]: bytes.fromhex(each["value"] or "") for each in schedule["secrets"]}
    return {**secrets, "group_context": bytes.fromhex(schedule["group_context"] or "")}


def what_opens(world: World, epoch: int, *names: str) -> dict[str, list[object]]:
    """What an attacker with these secrets of an epoch, and all that was on the wire, can read and enter.

    `messages` are the application messages that it reads, `epochs` are the epochs whose epoch_secret it has or
    computes. The rules of deduction of the recorded history say so (`workbench.adversary.knowledge`).
    """
    recorded = recorded_history(world)
    history = recorded.group_history
    known = recorded.deduction_rules.deductive_closure([history.epochs[epoch].secrets[name] for name in names])
    steps = history.trace["steps"]
    return {
        "messages": [
            text_of(steps[each.step]["messages"][each.message]) for each in history.messages if each.fact in known
        ],
        "epochs": [
            number for number, record in history.epochs.items() if record.secrets.get("epoch_secret", "") in known
        ],
    }


@exercise(
    "04.1",
    hints=[
        "RFC 9420 §8 draws it: joiner_secret and psk_secret go into `KDF.Extract`. Two secrets follow from the result.",
        "For the Welcome `suite.derive_secret(member_secret, ...)`; for the epoch `suite.expand_with_label(...)`.",
    ],
    source="""
        def answer_1(suite, joiner_secret, psk_secret, group_context):
            member_secret = suite.extract(joiner_secret, psk_secret)
            welcome_secret = suite.derive_secret(member_secret, "welcome")
            length = suite.hash_length
            return welcome_secret, suite.expand_with_label(member_secret, "epoch", group_context, length)
    """,
)
def question_1(answer: object, world: World) -> Judgement:
    """The welcome_secret and the epoch_secret from what a newcomer gets: each recorded epoch is a case."""
    epochs = GroupHistory.of(world.trace()).epochs
    begun = {number: record.leaf_count for number, record in epochs.items() if "joiner_secret" in record.secrets}
    cases = [_case(world, number, leaf_count) for number, leaf_count in begun.items()]
    if not cases:
        return NOT_YET
    why = "That is all that a newcomer does with its Welcome: from here on it has what everybody has."
    return judge_function(answer, cases, why)


def _case(world: World, epoch: int, leaf_count: int) -> ExerciseCase:
    secrets, suite = secrets_of(world, epoch), world.suite
    joiner, psk, context = (secrets[name] for name in ("joiner_secret", "psk_secret", "group_context"))
    made = epoch_from_joiner_secret(suite, joiner, psk, context, leaf_count)
    expected = made.welcome_secret, secrets["epoch_secret"]
    shown = f"answer_1(suite, joiner_secret, psk_secret, group_context) of epoch {epoch}"
    return ExerciseCase(shown, (suite, joiner, psk, context), expected, _explained(suite, secrets, expected))


def _explained(suite: CipherSuite, secrets: Schedule, expected: tuple[bytes, bytes]) -> Callable[[object], str]:
    """What is wrong with a pair of secrets."""
    without_psk = suite.derive_secret(secrets["joiner_secret"], "welcome")
    unbound = suite.derive_secret(suite.extract(secrets["joiner_secret"], secrets["psk_secret"]), "epoch")

    def explain(result: object) -> str:
        if not isinstance(result, tuple) or len(result) != len(expected):
            return "It should give two secrets: the welcome_secret, and the epoch_secret."
        if result == expected[::-1]:
            return "The welcome_secret comes first."
        if result[0] == without_psk:
            return "The psk_secret has to go in first, also where it is all zeros."
        if result[1] == unbound:
            return "The epoch_secret is bound to the GroupContext, and this one is bound to nothing."
        return "Follow the lines of the picture down from the joiner_secret."

    return explain


CHOICES: Final = ("joiner_secret", "welcome_secret", "epoch_secret", "exporter_secret", "membership_key", "init_secret")


@exercise(
    "04.2",
    hints=[
        "A message key is at the end of a way that begins at one secret. From which of the six does a line lead there?",
        "Follow the lines down to the encryption_secret. The sender_data_secret is needed too.",
    ],
    source='answer_2 = {"joiner_secret", "epoch_secret"}',
)
def question_2(answer: object, world: World, epoch: int) -> Judgement:
    """Which secret of an epoch is enough to read its messages: the rules of the recorded history say it."""
    if epoch not in GroupHistory.of(world.trace()).epochs:
        return NEVER
    enough = {name for name in CHOICES if what_opens(world, epoch, name)["messages"]}
    why_not = {
        "welcome_secret": "Not the welcome_secret: it opens the GroupInfo of a Welcome, which is signed, not secret.",
        "exporter_secret": "Not the exporter_secret: no line leads from it to a message.",
        "membership_key": "Not the membership_key: it authenticates public messages, and it opens nothing.",
        "init_secret": "Not the init_secret: it leads to the next epoch, not back into this one.",
    }

    def accept(names: set[object]) -> Judgement:
        if strangers := names - {*CHOICES}:
            return Wrong(f"Choose among the six: {sorted(map(str, strangers))} are not among them.")
        if wrong := names - enough:
            return Wrong(why_not[min(map(str, wrong))])
        if "epoch_secret" not in names:
            return Wrong("All that belongs to the epoch is derived from one secret, which is deleted at once.")
        if names != enough:
            return Wrong("Something above the epoch_secret leads to it, with nothing that is not public.")
        return Correct("Both are deleted in the step that makes them. The nine that stay open less, each for its task.")

    return judge_value(answer, set, accept)


ROOT: Final = 3
WAY: Final = (1, 0)
"""The nodes from the root of a tree with four leaves to its first leaf."""


@exercise(
    "04.3",
    hints=[
        "Bob's device has opened the way from the root to leaf 0. What does it keep at each level beside the way?",
        "The way is 3, 1, 0. Beside it are the other child of 3 and the other child of 1.",
    ],
    source="answer_3 = {2, 5}",
)
def question_3(answer: object, world: World) -> Judgement:
    """At which nodes of the secret tree a device has a secret, once it has read a message: its state says it."""
    nodes = _nodes_of(world, "Bob")
    if nodes is None:
        return NOT_YET

    def accept(given: set[object]) -> Judgement:
        if ROOT in given:
            return Wrong("Not node 3: from the root follows every key of the epoch, also the one that was just used.")
        if given & {*WAY}:
            return Wrong("No secret on the way may stay: the key that was used follows from each of them.")
        if given != nodes:
            return Wrong("The secrets of two children replace each secret on the way. Which are not on the way?")
        return Correct("The secrets beside the way give all other leaves. No secret that is left gives the used key.")

    return judge_value(answer, set, accept)


def _nodes_of(world: World, name: str) -> Collection[int] | None:
    """The nodes at which a device has a secret now; None before anything was sent."""
    view = secret_tree_view(GroupHistory.of(world.trace()))
    viewer = next(number for number, each in enumerate(view["viewers"]) if each["id"] == name)
    held: set[int] = set()
    for change in (change for step in view["steps"] for change in step["changes"]):
        if viewer in view["crowds"][change["holders"]]:
            held = (held - {*change["deleted"]}) | {*change["learned"]}
    nodes = {view["secrets"][each]["node"] for each in held if "ratchet" not in view["secrets"][each]["name"]}
    return nodes if view["messages"] else None


JOINING: Final = ("joiner_secret", "welcome_secret", "epoch_secret", "extracted_secret", "init_secret of epoch 2")


@exercise(
    "04.4",
    hints=[
        "The Welcome brings one secret of the schedule. What follows from it, and what does it follow from?",
        "The lines lead down from the joiner_secret. There is no way up.",
    ],
    source='answer_4 = {"joiner_secret", "welcome_secret", "epoch_secret"}',
)
def question_4(answer: object, world: World) -> Judgement:
    """Which secrets a newcomer has or computes as it joins: the record of its device says it."""
    schedule = key_schedule_view(GroupHistory.of(world.trace()))
    newest = schedule["epochs"][max(schedule["epochs"], key=int)]["secrets"]
    dave = next((number for number, each in enumerate(schedule["viewers"]) if each["id"] == "Dave"), None)
    if dave is None:
        return NOT_YET

    def had(secret: ScheduleSecretView) -> bool:
        return any(dave in schedule["crowds"][holding["holders"]] for holding in secret["held"])

    right = {each["key"] for each in newest if each["key"] in JOINING and had(each)}

    def accept(names: set[object]) -> Judgement:
        if strangers := names - {*JOINING}:
            return Wrong(f"Choose among the five: {sorted(map(str, strangers))} are not among them.")
        if names & {"extracted_secret", "init_secret of epoch 2"}:
            return Wrong("With the secrets above the joiner_secret Dave could compute what was before he came.")
        if names != right:
            return Wrong("What does Dave need to open the GroupInfo, and what to take part in the epoch?")
        return Correct("The joiner_secret is the door: it leads into the new epoch and not back into the old one.")

    return judge_value(answer, set, accept)
