"""The picture of what the server knows, held against what Python computes from the service's own records."""

from __future__ import annotations

from tests.adversary.test_metadata import talk
from tests.widgets.told import server_knowledge
from widgets import ServerKnowledge
from workbench.adversary.metadata import ServerKnowledge as Knowledge
from workbench.adversary.metadata import entropy
from workbench.lab import World
from workbench.views.server import PADDINGS, server_view

DELAYS = (0, 60, 300, 900)


def busy() -> World:
    """A talk, an outsider's message, somebody who comes in, and somebody who does not fetch."""
    world = talk()
    world.hold("Carol")
    world.update("Bob")
    world.commit("Alice")
    world.device("Dave")
    world.add("Bob", "Dave")
    world.send("Dave", "Hello!")
    return world


def test_the_module_measures_what_python_measures() -> None:
    world = busy()
    known = Knowledge.of(world.service, world.group_id)
    view = server_view(known)
    names = [user["name"] for user in view["users"]]
    asked = [(number, delay) for number in range(len(PADDINGS)) for delay in DELAYS]
    for (number, delay), frame in zip(asked, server_knowledge(view, asked), strict=True):
        sizes, padding = known.sizes(0), [*PADDINGS.values()][number]
        start = known.rows[0].at or 0
        slots = [-(-((row.at or 0) - start) // (delay or 1)) * (delay or 1) for row in known.sent]
        assert frame["messages"] == len(known.sent)
        assert abs(frame["sizeBits"] - entropy(known.sizes(padding))) < 1e-9
        assert abs(frame["timeBits"] - entropy(slots)) < 1e-9
        assert abs(frame["extra"] - (sum(known.sizes(padding)) / sum(sizes) - 1)) < 1e-9
        if delay == 0:
            told = {(names[each["by"]], names[each["to"]]): each["count"] for each in frame["answers"]}
            assert told == known.answers()


def test_the_view_holds_users_in_the_order_in_which_they_come_in_and_what_waits_for_them() -> None:
    view = ServerKnowledge.of(busy()).view
    assert [(user["name"], user["since"], user["waiting"]) for user in view["users"]] == [
        ("Alice", 0, 0),
        ("Bob", 0, 0),
        ("Carol", 0, 4),
        ("Dave", 9, 0),
    ]


def test_it_says_what_size_and_time_tell_and_what_hiding_them_costs() -> None:
    view = ServerKnowledge.of(talk()).view
    plain, padded, late = server_knowledge(view, [(0, 0), (2, 0), (2, 900)])
    assert plain["said"] == (
        "The server can read none of 6 messages, but it knows who sends when. The size of a message tells 2.6 bits of"
        " 2.6 bits, its time 2.6 bits. 5 messages look like an answer; Bob seems to answer Alice 2 times."
    )
    assert "The size of a message tells 0.0 bits" in padded["said"]
    assert "% more bytes." in padded["said"]
    assert "It cannot tell who answers whom." in late["said"]
    assert "seconds of waiting for a message." in late["said"]
    assert [row[1] for row in plain["table"]] == ["Alice", "Alice", "Bob", "Carol", "Alice", "Bob", "Carol"]
    assert plain["table"][0][-1].startswith("in the clear: Add of Bob, Add of Carol and fresh keys")
    assert late["table"][1][-1] == "one of 6 that arrive at once"


def test_a_message_of_the_attacker_comes_from_an_unknown_device() -> None:
    world = talk()
    world.service.submit(world.group_id, world.service.entries(world.group_id)[-1].message)
    (frame,) = server_knowledge(ServerKnowledge.of(world).view, [(0, 0)])
    assert frame["table"][-1][1] == "an unknown device"


def test_its_repr_says_how_much_there_is_and_is_the_same_each_time() -> None:
    assert repr(ServerKnowledge.of(talk())) == "ServerKnowledge(7 uploads of 3 users)"
