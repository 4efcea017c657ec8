"""The metadata that the delivery service knows of a group without a key, and how much padding and delay hide."""

from __future__ import annotations

import pytest

from workbench.adversary.metadata import ServerKnowledge, entropy, padded_size
from workbench.lab import World
from workbench.mls import Padme, Policy, ToMultiple
from workbench.mls.framing.padding import Padding

TALK = (
    *(
        ("Alice", "Lunch?"),
        ("Bob", "Yes."),
        ("Carol", "No, sorry, I have a train to catch at noon."),
        ("Alice", "Pity."),
    ),
    *(("Bob", "Tomorrow then?"), ("Carol", "Tomorrow is fine. Shall I bring the plans of the office?")),
)


def talk(policy: Policy | None = None, handshakes: str = "public") -> World:
    assert handshakes in {"public", "private"}
    private = handshakes == "private"
    world = World.of(
        ["Alice", "Bob", "Carol"], handshakes="private" if private else "public", policy=policy or Policy()
    )
    for name, text in TALK:
        world.send(name, text)
    return world


def knowledge(world: World) -> ServerKnowledge:
    return ServerKnowledge.of(world.service, world.group_id)


def test_the_service_knows_who_sends_when_and_how_much_but_not_what() -> None:
    known = knowledge(talk())
    commit, *messages = known.rows
    assert (commit.user, commit.kind, commit.invited) == ("Alice", "commit", ("Bob", "Carol"))
    assert commit.readable == "Add of Bob, Add of Carol and fresh keys for the committer"
    assert [(row.user, row.kind, row.readable) for row in messages] == [(name, "application", "") for name, _ in TALK]
    assert [row.size - messages[0].size for row in messages] == [len(text) - len("Lunch?") for _, text in TALK]
    assert [row.at - (commit.at or 0) for row in messages if row.at] == [60 * number for number in range(1, 7)]


def test_a_private_handshake_hides_its_proposals_but_not_who_comes_in() -> None:
    world = talk(handshakes="private")
    world.device("Dave")
    world.add("Bob", "Dave")
    last = knowledge(world).rows[-1]
    assert (last.user, last.kind, last.readable, last.invited) == ("Bob", "commit", "", ("Dave",))


def test_messages_wait_for_a_device_that_does_not_fetch() -> None:
    world = talk()
    world.hold("Carol")
    world.send("Alice", "Where is Carol?")
    assert knowledge(world).waiting == {"Alice": 0, "Bob": 0, "Carol": 1}


@pytest.mark.parametrize("padding", [0, Padme(), ToMultiple(256)])
def test_a_padded_size_is_the_one_that_the_engine_sends(padding: Padding) -> None:
    plain, padded = knowledge(talk()), knowledge(talk(Policy(padding=padding)))
    assert plain.sizes(padding) == tuple(row.size for row in padded.sent)
    assert padded_size(b"".join(plain.messages[:1]), padding) == len(plain.messages[0]), "a PublicMessage has none"


def test_padding_leaves_less_to_tell_messages_apart() -> None:
    known = knowledge(talk())
    none, padme, multiple = (entropy(known.sizes(padding)) for padding in (0, Padme(), ToMultiple(256)))
    assert none > padme > multiple == 0


def test_a_delay_takes_the_order_from_messages_and_so_who_answers_whom() -> None:
    known = knowledge(talk())
    assert sum(known.answers().values()) == len(TALK) - 1
    assert known.answers()["Bob", "Alice"] == 2
    assert 0 < sum(known.answers(180).values()) < len(TALK) - 1
    assert known.answers(3600) == {}
    assert entropy(known.slots(0)) > entropy(known.slots(180)) > entropy(known.slots(3600)) == 0
    assert all(0 <= late - at < 180 for at, late in zip(known.slots(0), known.slots(180), strict=True))


def test_entropy_counts_bits() -> None:
    assert entropy([]) == entropy([7, 7]) == 0
    assert entropy([1, 2]) == 1
    assert entropy(range(8)) == 3
