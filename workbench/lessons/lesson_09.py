"""The exercises of lesson 09: who can read a message, what shuts an attacker out, and what a restored device costs."""

from __future__ import annotations

from workbench.adversary.readers import message_readers
from workbench.client.safety_codes import group_code
from workbench.lab import World
from workbench.lab.action_log import PerformedAction
from workbench.lab.counterfactual import counterfactual
from workbench.lab.leaks import recorded_history
from workbench.lab.sources import entropy_source
from workbench.lessons.exercise import Correct, Judgement, Wrong, exercise, judge_letters, judge_value
from workbench.mls import GroupState, MLSError, process, protect, read_state, write_state

SENT, AGAIN = 3, 5
"""In exercise 3: how many messages Alice sends after her device was saved, and how many after it was restored."""


@exercise(
    "09.1",
    hints=[
        "A message is encrypted with a key of its epoch. Whose leaves are in the tree of that epoch?",
        "The laptop came in with the commit after the message.",
    ],
    source='answer_1 = {"Alice/phone", "Bob/phone", "Carol"}',
)
def question_1(answer: object, world: World) -> Judgement:
    """Who could decrypt the first message of a world when it was sent, computed from what each device held."""
    devices = tuple(world.devices)
    right = message_readers(recorded_history(world), devices)[0].then

    def accept(names: set[object]) -> Judgement:
        if strangers := sorted(map(str, names - {*devices})):
            return Wrong(f"{strangers[0]} is no device. There are {', '.join(devices)}.")
        if extra := sorted(map(str, names - right)):
            return Wrong(f"Not {extra[0]}: it was not in the group yet, and has never held a key of that epoch.")
        if missing := sorted(right - names):
            return Wrong(f"{missing[0]} is missing: it was a member, and the sender is one too.")
        return Correct("These were the members of the epoch, each device by itself.")

    return judge_value(answer, set, accept)


OPTIONS = {
    "A": PerformedAction("commit", ("Alice/phone",)),
    "B": PerformedAction("commit", ("Bob/laptop",)),
    "C": PerformedAction("remove", ("Bob/laptop", "Bob/phone")),
}
"""What people could do in exercise 2."""


def shuts_out(world: World, option: str) -> bool:
    """Whether the attacker who holds Bob's phone cannot read what is sent after one of the options: it is tried."""
    other = counterfactual(world, insert={len(world.history) - 1: OPTIONS[option]}).world
    other.send("Alice/phone", "Is anybody else here?")
    return not any(read.epoch == other.epoch for read in other.reads())


@exercise(
    "09.2",
    hints=[
        "A commit encrypts its new keys to the members of the next epoch. Is the stolen phone one of them?",
        "In A and B it is. The attacker has its leaf key.",
    ],
    source='answer_2 = {"C"}',
)
def question_2(answer: object, world: World) -> Judgement:
    """Which of the options shut the attacker out: each is tried in a world of its own."""
    right = {option for option in OPTIONS if shuts_out(world, option)}
    reasons = {
        "A": "Not A: Alice's new keys are encrypted to Bob's phone too.",
        "B": "Not B: the laptop gets new keys, and encrypts them to Bob's phone, which is still a member.",
        "C": "C is missing: without its leaf the phone gets no key of the next epoch.",
    }

    praise = "A device that is in other hands has to go. Fresh keys of others do not help."
    return judge_letters(answer, right, reasons, praise)


@exercise(
    "09.3",
    hints=[
        "The restored state is in the past: which message keys does it believe to be unused?",
        f"Bob has deleted the keys of the first {SENT} messages of Alice. With which keys are the next ones encrypted?",
    ],
    source=f"answer_3 = {SENT}",
)
def question_3(answer: object) -> Judgement:
    """How many messages of a device that was restored are refused: it is tried."""
    refused = len(refused_after_restoring(SENT, AGAIN))

    def accept(number: int) -> Judgement:
        if number == refused:
            return Correct("They are encrypted with keys that were used before. The rest has new ones.")
        if number == 0:
            return Wrong("The restored device uses keys again, and Bob has deleted them.")
        if number == AGAIN:
            return Wrong("After some messages the device comes to keys that were never used.")
        return Wrong(f"{SENT} messages were sent after the state was saved.")

    return judge_value(answer, int, accept)


def refused_after_restoring(sent: int, again: int) -> list[str]:
    """Why Bob refuses messages of Alice's device, which is restored to a state from before it had sent some.

    The state is saved, the device sends so many messages, the saved state is read, and the device sends again.
    """
    world = World.of(["Alice", "Bob"], seed=9)
    alice, bob = _state(world, "Alice"), _state(world, "Bob")
    draw, now, refused = entropy_source(world.seed, "lesson 09"), world.clock.now, list[str]()
    saved = write_state(alice)
    for number in range(sent + again):
        said = protect(read_state(saved) if number == sent else alice, b"Hello", entropy=draw())
        alice = said.next
        try:
            bob, _ = process(bob, said.message, now=now)
        except MLSError as error:
            refused.append(str(error))
    return refused


def _state(world: World, name: str) -> GroupState:
    """The state of a member, as the engine alone has it: without the recorder of the lab."""
    return read_state(write_state(world.devices[name].state(world.group_id)))


def lost_phone() -> World:
    """Bob has a phone and a laptop. The phone is stolen with all that is on it, and the talk goes on."""
    world = World.of(["Alice/phone", "Bob/phone", "Carol"], seed=9)
    world.device("Bob/laptop", approved_by="Bob/phone")
    world.add_own_device("Bob/phone", "Bob/laptop")
    world.send("Alice/phone", "The key is under the mat.")
    world.compromise("Bob/phone")
    world.send("Carol", "I'll be there at six.")
    return world


def fork() -> tuple[World, World]:
    """The server shows Alice and Bob one commit, and Carol and Dave another: the same group on two sides."""
    people = ["Alice", "Bob", "Carol", "Dave"]
    one = World.of(people, seed=9)
    other = counterfactual(one).world
    for name in people[2:]:
        one.hold(name)
    for name in people[:2]:
        other.hold(name)
    one.commit("Alice")
    other.commit("Carol")
    return one, other


def codes(*worlds: World) -> dict[str, str]:
    """The beginning of the group's safety code on the screens of those who have received everything."""
    return {
        name: group_code(state)[:11]
        for world in worlds
        for name in world.members
        if not world.is_held(name) and (state := world.state(name)) is not None
    }


def chat_without_device_list(world: World, name: str) -> list[str]:
    """What a person sees in an application that shows messages only."""
    events = (event for history_step in world.history for event in history_step.events.get(name, ()))
    return [f"{event.actor}: {event.data.decode()}" for event in events if event.kind == "message"]


def device_list(world: World, name: str) -> dict[str, str]:
    """The devices on a person's screen, each with its standing."""
    return {f"{each.name}, leaf {each.leaf}": each.standing for each in world.roster(name)}
