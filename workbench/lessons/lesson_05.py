"""The exercises of lesson 05: what an attacker finds on a device, and what is gone by then."""

from __future__ import annotations

from workbench.adversary.leak import Leak
from workbench.adversary.leaked_secrets import EpochKeys, SignatureKey
from workbench.adversary.recovery import recover
from workbench.lab import World, scenario
from workbench.lab.leaks import evidence_of
from workbench.lessons.exercise import Correct, Judgement, Wrong, exercise, judge_value
from workbench.mls import MLSMessage, decode, export_secret
from workbench.mls.framing.private_message import open_sender_data
from workbench.mls.schedule import key_schedule
from workbench.mls.wire.messages import PrivateMessage

THREE_DAYS = 3
NOT_YET = Wrong("The world of this lesson has not come so far: run the cells above, from the top.")


@exercise(
    "05.1",
    hints=[
        "For each message: had Alice's device read it before the compromise? What does a device do with a used key?",
        "Two of them had been read. The third was sent later, in the epoch whose secrets the attacker holds.",
    ],
    source="""answer_1 = {"Tomorrow's news."}""",
)
def question_1(answer: object, world: World, compromise: Leak) -> Judgement:
    """What is readable of what was said before and after a compromise: the attacker tries."""
    said = [text for _, text in _said(world)]
    readable = {
        bytes.fromhex(read["application_data"]).decode()
        for read in recover(evidence_of(world, [compromise]))["messages"]
    }

    def accept(texts: set[object]) -> Judgement:
        if len(said) < THREE_DAYS:
            return NOT_YET
        if strangers := texts - set(said):
            return Wrong(f"Nobody said {min(map(repr, strangers))}: give texts as they were sent, full stops included.")
        if said[0] in texts - readable:
            return Wrong("Yesterday's epoch is over: its secrets were deleted with the commit that ended it.")
        if texts - readable:
            return Wrong("Today's epoch is the leaked one. But Alice had read that message, and a used key is deleted.")
        if texts != readable:
            return Wrong("The attacker holds the secrets of the present epoch. What can it read with them from now on?")
        return Correct("What was read is gone, by two deletions. What comes is open, until the group heals.")

    return judge_value(answer, set, accept)


@exercise(
    "05.2",
    hints=[
        "Each device deletes the key of a message when it has used it. Which devices have used it by now?",
        "Alice has used it to encrypt, Bob and Dave to decrypt. Carol has received nothing yet.",
    ],
    source='answer_2 = {"Carol"}',
)
def question_2(answer: object, world: World) -> Judgement:
    """From which devices a message can be read while one of them has not received it."""
    step = next((step for step, _ in _said(world)), None)
    if step is None:
        return NOT_YET
    members = set(world.members)
    able = {name for name in members if _readable_at(world, name, step)}

    def accept(names: set[object]) -> Judgement:
        if strangers := names - members:
            return Wrong(f"Of these, {sorted(map(str, strangers))} are not in the group.")
        if "Alice" in names:
            return Wrong("Not Alice's: who sends deletes the key, too. Her device can't read what it has just said.")
        if names - able:
            return Wrong(f"Not {min(map(str, names - able))}'s: that device has read the message, and deleted the key.")
        if names != able:
            return Wrong("One device has not received it. It must be able to read it later.")
        return Correct("The message is safe when the last device has read it, not when the first one has.")

    return judge_value(answer, set, accept)


@exercise(
    "05.3",
    hints=[
        "Which secrets are used once, and which as long as the epoch lasts?",
        "`sender_data_secret` and `exporter_secret` stay until the next commit, the signature key even longer.",
    ],
    source='answer_3 = {"B", "C", "D"}',
)
def question_3(answer: object, world: World, compromise: Leak) -> Judgement:
    """What a compromise makes possible: each is looked up in what leaked."""
    (leaked,) = [item for item in compromise.leaked_secrets if isinstance(item, EpochKeys)]
    verdict, state = world.judge(compromise), world.state("Carol")
    if state is None:
        return NOT_YET
    exported = key_schedule.export_secret(world.suite, leaked.secrets.exporter_secret, "call", b"", 16)
    actions = {
        "A": any(message.step <= compromise.at for message in verdict.readable_messages),
        "B": _tells_sender(world, leaked),
        "C": exported == export_secret(state, "call", b"", 16),
        "D": any(isinstance(item, SignatureKey) for item in compromise.leaked_secrets),
        "E": leaked.epoch - 1 in verdict.readable_epochs,
    }
    possible = {letter for letter, is_possible in actions.items() if is_possible}
    why_not = {
        "A": "Not A: that message was read, and its key deleted.",
        "E": "Not E: from the secrets of an epoch none leads back to the one before.",
    }
    missing = {
        "B": "The sender of a message is sealed with a key of its own: until when is that one kept?",
        "C": "When was the secret deleted from which the group derives its exports?",
        "D": "One leaked key has nothing to do with epochs at all: what does a member sign with?",
    }

    def accept(letters: set[object]) -> Judgement:
        if strangers := letters - set(actions):
            return Wrong(f"Choose among A to E: {sorted(map(str, strangers))} are not among them.")
        if wrong := letters - possible:
            return Wrong(why_not[min(map(str, wrong))])
        if lacking := possible - letters:
            return Wrong(missing[min(lacking)])
        return Correct(
            "Message keys are used once. These serve the whole epoch or longer, and so does their compromise."
        )

    return judge_value(answer, set, accept)


@exercise(
    "05.4",
    hints=[
        "When he catches up, Dave's device processes four commits. What does it delete with each?",
        "He ends in epoch 5, as everybody does. What is on the device of somebody who was never away?",
    ],
    source="answer_4 = {5}",
)
def question_4(answer: object) -> Judgement:
    """Which epochs are on a device that was away and has caught up: it does."""
    away = scenario("offline device").world
    still_away = set(away.judge(away.leak("Dave")).readable_epochs)
    away.release("Dave")
    found = set(away.judge(away.leak("Dave")).readable_epochs)

    def accept(epochs: set[object]) -> Judgement:
        if epochs == found:
            return Correct("Catching up is what closes the past. A device that stays away keeps it open.")
        if epochs == still_away:
            return Wrong(
                "So it was before he caught up. Each commit that he has processed since has deleted something."
            )
        if not epochs:
            return Wrong("The present epoch is always on the device: otherwise Dave could not read on.")
        return Wrong("He has processed each commit, one after the other, and keeps the secrets of one epoch only.")

    return judge_value(answer, set, accept)


def _said(world: World) -> list[tuple[int, str]]:
    """What was said in a world, each with its step."""
    return [
        (step, next(event.data for events in history_step.events.values() for event in events if event.data).decode())
        for step, history_step in enumerate(world.history)
        if history_step.kind == "message"
    ]


def _tells_sender(world: World, leaked: EpochKeys) -> bool:
    """Whether leaked secrets of an epoch open the sender data of a message in it that was sent by Carol."""
    heard = (decode(MLSMessage, wire).message for wire in world.attacker.heard)
    messages = [each for each in heard if isinstance(each, PrivateMessage) and each.epoch == leaked.epoch]
    opened = (open_sender_data(world.suite, each, leaked.secrets.sender_data_secret) for each in messages)
    return world.group.leaf("Carol") in {sender_data.leaf_index for sender_data in opened}


def _readable_at(world: World, name: str, step: int) -> bool:
    """Whether a device that is compromised after a step gives away what was said in that step."""
    verdict = world.judge(world.leak(name, at=step))
    return any(message.step == step for message in verdict.readable_messages)
