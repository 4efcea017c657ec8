"""A browser that listens is sent what changed in a view. Every other browser gets the whole view."""

from __future__ import annotations

import json
from typing import Any

from comm.base_comm import BaseComm

from tests.widgets.views import node
from widgets import RatchetTree
from workbench.lab import World
from workbench.views.ratchet_tree import ratchet_tree_view


class Line(BaseComm):
    """A connection with one browser, which keeps what is sent."""

    def __init__(self, **options: Any) -> None:
        self.sent: list[Any] = []
        super().__init__(**options)

    def publish_msg(self, msg_type: str, data: Any = None, *_: Any, **__: Any) -> None:
        """Keep a message."""
        if msg_type == "comm_msg":
            self.sent.append(data)

    def says(self, content: object) -> None:
        """Let the browser send a message of its own to the widget."""
        self.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})


def begun() -> tuple[World, RatchetTree, Line]:
    world, line = World.of(["Alice", "Bob", "Carol"]), Line()
    for _ in range(12):
        world.commit("Alice")
    return world, RatchetTree(ratchet_tree_view(world.trace()), comm=line), line


def listens(tree: RatchetTree, line: Line) -> int:
    """Let the browser say that it has the view of now; gives the number of the view."""
    edition = tree.get_state("view")["edition"]
    line.says({"edition": edition})
    return int(edition)


def grown(world: World, tree: RatchetTree, line: Line) -> Any:
    """What is sent when the history goes on."""
    line.sent.clear()
    world.commit("Bob")
    tree.show(ratchet_tree_view(world.trace()))
    (sent,) = [each for each in line.sent if each["method"] == "custom" or "view" in each["state"]]
    return sent


def test_a_browser_that_listens_is_sent_what_changed() -> None:
    world, tree, line = begun()
    listens(tree, line)
    before, sent = tree.view, grown(world, tree, line)
    assert sent["method"] == "custom"
    assert len(json.dumps(sent)) < len(json.dumps(tree.view)) / 5
    program = 'import { changed } from "./widgets/shared/growing.js";\n'
    program += f"console.log(JSON.stringify(changed({json.dumps(before)}, {json.dumps(sent['content']['change'])})));"
    assert node(program).strip() == json.dumps(tree.view, separators=(",", ":"), ensure_ascii=False)


def test_other_traits_arrive_in_the_same_message_as_the_view() -> None:
    world, tree, line = begun()
    edition = listens(tree, line)
    assert grown(world, tree, line)["content"]["state"] == {"playing": True, "edition": edition + 1}


def test_before_a_browser_listens_the_whole_view_is_sent() -> None:
    world, tree, line = begun()
    sent = grown(world, tree, line)
    assert sent["method"] == "update"
    assert sent["state"]["view"] == tree.view
    line.says("nothing that a picture says")
    assert grown(world, tree, line)["method"] == "update"


def test_a_browser_that_has_missed_a_change_gets_the_whole_view_once() -> None:
    world, tree, line = begun()
    edition = listens(tree, line)
    grown(world, tree, line)
    line.sent.clear()
    line.says({"edition": edition})
    assert [each["state"]["view"] for each in line.sent] == [tree.view]
    assert line.sent[0]["state"]["edition"] == edition + 2
    assert grown(world, tree, line)["content"]["state"]["edition"] == edition + 3


def test_a_page_that_opens_later_gets_the_whole_view_with_the_state() -> None:
    world, tree, line = begun()
    edition = listens(tree, line)
    grown(world, tree, line)
    state = tree.get_state()
    assert state["view"] == tree.view
    assert state["edition"] == edition + 1
    assert "edition" not in tree.get_state("step")
