"""The exercises of lesson 08: what the delivery service knows, who wins a race, and what a full queue loses."""

from __future__ import annotations

from dataclasses import replace

from workbench.adversary.metadata import ServerKnowledge
from workbench.delivery import LateCommit, Settings
from workbench.lab import World
from workbench.lessons.exercise import Correct, Judgement, Wrong, exercise, judge_letters, judge_value
from workbench.mls import MLSError, MLSMessage, decode, encode
from workbench.mls.wire.messages import PrivateMessage

QUEUE = 20
"""How many messages a queue holds in exercise 3."""

SENT = 30
"""How many messages are sent in exercise 3 while Carol is away."""


@exercise(
    "08.1",
    hints=[
        "The service keeps each upload with its sender, its time, its group and epoch, its type and its bytes.",
        "It has no key. Which two of the six need one?",
    ],
    source='answer_1 = {"A", "C", "D", "E"}',
)
def question_1(answer: object, world: World) -> Judgement:
    """What the service knows, looked up in what it keeps and in what an attacker without keys can read."""
    known, without_keys = ServerKnowledge.of(world.service, world.group_id), world.judge()
    facts = {
        "A": any(row.invited for row in known.rows),
        "B": bool(without_keys.readable_messages),
        "C": all(row.size for row in known.sent),
        "D": any(known.waiting.values()),
        "E": all(row.user for row in known.sent),
        "F": bool(without_keys.readable_epochs),
    }
    right = {letter for letter, is_known in facts.items() if is_known}
    reasons = {
        "A": "A is missing: the Welcome names key packages, and the service handed them out.",
        "B": "Not B: the content is encrypted for the members.",
        "C": "C is missing: the service stores the bytes, so it can count them.",
        "D": "D is missing: the service keeps a queue for each device, and sees who fetches.",
        "E": "E is missing: devices log in before they send.",
        "F": "Not F: keys never leave the devices.",
    }

    praise = "The service knows who talks to whom, when and how much. It does not know what they say."
    return judge_letters(answer, right, reasons, praise)


@exercise(
    "08.2",
    hints=[
        "The service accepts one commit for each epoch: the first that arrives.",
        "Bob reads Alice's commit, which leads to a new epoch. His own commit has to be made in that one.",
    ],
    source="answer_2 = 2",
)
def question_2(answer: object, lost: LateCommit) -> Judgement:
    """In which epoch the loser of a race has to commit again: the service says so in its refusal."""
    epoch = 0 if lost.conflict is None else lost.conflict.epoch

    def accept(number: int) -> Judgement:
        if number == epoch:
            return Correct("The refusal says where the group is, and brings what Bob has yet to read.")
        if number == epoch - 1:
            return Wrong("That epoch is over: Alice's commit has ended it.")
        return Wrong("The group was in epoch 1, and one commit was accepted since.")

    return judge_value(answer, int, accept)


@exercise(
    "08.3",
    hints=[
        f"While Carol is away, {SENT} messages and one commit wait for her. Her queue holds {QUEUE}.",
        "Only application messages are deleted. A commit stays, or else Carol could never follow the group again.",
    ],
    source=f"answer_3 = {SENT + 1 - QUEUE}",
)
def question_3(answer: object) -> Judgement:
    """How many messages a device loses whose queue is too short: it is tried."""
    lost = lost_messages(QUEUE)

    def accept(number: int) -> Judgement:
        if number == lost:
            return Correct("Carol sees a gap in the numbers of the log, so she knows that she has lost something.")
        if number == 0:
            return Wrong("The queue holds fewer messages than wait for Carol.")
        if number == lost - 1:
            return Wrong("The commit takes a place in the queue too.")
        return Wrong(f"{SENT} messages and a commit wait, {QUEUE} have room: the oldest messages go.")

    return judge_value(answer, int, accept)


def lost_messages(queue: int, sent: int = SENT) -> int:
    """How many of so many messages Carol never gets: she is away while they are sent, and her queue holds so many."""
    world = World.of(["Alice", "Bob", "Carol"], settings=Settings(queue_messages=queue, active_seconds=0))
    world.hold("Carol")
    for number in range(sent):
        world.send("Alice", f"Message {number}")
    world.commit("Bob")
    world.service.sweep()
    world.release("Carol")
    received = [event for event in world.history[-1].events["Carol"] if event.data]
    return sent - len(received)


def kept_bytes(queue: int, sent: int) -> int:
    """How many bytes the service keeps for a group after so many messages, if one device never fetches."""
    world = World.of(["Alice", "Bob"], settings=Settings(queue_messages=queue, active_seconds=0))
    world.hold("Bob")
    for number in range(sent):
        world.send("Alice", f"Message {number}")
    world.service.sweep()
    return sum(len(entry.message) for entry in world.service.entries(world.group_id))


def race(world: World) -> LateCommit:
    """Let Alice and Bob commit in one epoch; the refusal that Bob gets."""
    world.devices["Alice"].commit(world.group_id)
    try:
        world.devices["Bob"].commit(world.group_id)
    except LateCommit as refusal:
        return refusal
    raise AssertionError("the service has accepted two commits in one epoch")


def refusal_of(world: World, message: bytes) -> str:
    """Why Alice refuses what the server has put into the log; "" if she accepts it."""
    try:
        world.inject("application", message, "The server has put a message into the log")
    except (MLSError, ValueError) as reason:
        return str(reason)
    return next((str(event.error) for event in world.history[-1].events["Alice"] if event.error is not None), "")


def changed(message: bytes) -> bytes:
    """A PrivateMessage with one bit of its ciphertext changed."""
    framed = decode(MLSMessage, message)
    private = framed.message
    if not isinstance(private, PrivateMessage):
        raise TypeError(f"a {type(private).__name__} is not encrypted")
    first, rest = private.ciphertext[0], private.ciphertext[1:]
    return encode(replace(framed, message=replace(private, ciphertext=bytes([first ^ 1]) + rest)))
