"""The inspector of bytes as a widget: messages of a world, bytes that a reader gives, and what a page keeps."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.widgets.conform import faults
from widgets.shared.still import run
from widgets.wire_inspector import WireInspector
from widgets.wire_inspector.further import REFUSED_AT_MOST, further_messages
from workbench.lab import World
from workbench.mls import write_state
from workbench.review.take_apart import take_apart
from workbench.review.trace_keys import TraceKeys
from workbench.views.wire import WireObjectView, WireView
from workbench.views.wire_history import EVERYBODY, WireHistory

PROGRAM = """\
import {{ program }} from "./wire_inspector/program.js";
return (view) => view.computed.filter(({{ line }}) => line).map((value) => program(view, value));
"""


@cache
def world() -> World:
    made = World.of(["Alice", "Bob"])
    made.send("Alice", "hello")
    return made


def wire(at: int) -> bytes:
    step = world().trace()["steps"][at]
    return bytes.fromhex(step["messages"][-1]["wire"])


def test_what_a_history_gives_are_views() -> None:
    history = WireHistory(world())
    assert faults(history.view(), WireView) == []
    for each in history.view()["messages"]:
        assert faults(history.object(each["id"], "Bob"), WireObjectView) == []
    with pytest.raises(KeyError):
        history.object("1.9")
    with pytest.raises(KeyError):
        history.object("1.0", "Mallory")


def test_a_welcome_opens_for_its_newcomers_and_each_entry_for_one_of_them() -> None:
    history = WireHistory(World.of(["Alice", "Bob", "Carol"]))
    entries_and_info = [each["by"] for each in history.object("1.1", "Bob")["sealed"]]
    assert sorted(entries_and_info) == [["Bob"], ["Bob", "Carol"], ["Carol"]]


def test_every_byte_of_a_message_belongs_to_a_named_field() -> None:
    history = WireHistory(world())
    for each in history.view()["messages"]:
        shown = history.object(each["id"])
        fields = shown["fields"]
        for at, sheet in enumerate(shown["sheets"]):
            own = [number for number, where in enumerate(fields["sheet"]) if where == at]
            covered = {
                byte
                for number in own
                if number + 1 == len(fields["depth"]) or fields["depth"][number + 1] <= fields["depth"][number]
                for byte in range(fields["start"][number], fields["start"][number] + fields["length"][number])
            } | {fields["start"][number] + byte for number in own for byte in range(fields["header"][number])}
            sealed = {each["field"] for each in shown["sealed"] if each["opens"] >= 0}
            covered |= {
                byte
                for number in sealed & set(own)
                for byte in range(fields["start"][number], fields["start"][number] + fields["length"][number])
            }
            assert covered == set(range(len(sheet["bytes"]) // 2))
        assert all(shown["strings"][name] for name in fields["name"])
        assert all(shown["strings"][section].startswith("§") for section in fields["section"])


def test_the_programs_of_the_page_are_those_of_python() -> None:
    keys = TraceKeys(world().trace())
    apart = take_apart(wire(2), keyring=keys.keyring(2, "Bob"))
    expected = [apart.book.program(each.expression) for each in apart.computed if each.expression is not None]
    assert run(PROGRAM.format(), WireHistory(world()).object("2.0", "Bob")) == expected


def test_the_widget_opens_the_message_and_the_keys_that_are_chosen() -> None:
    picture = WireInspector.of(world(), message="2.0", viewer="server")
    assert repr(picture) == "WireInspector(application message in a PrivateMessage, epoch 1, 144 bytes)".replace(
        "144", str(len(wire(2)))
    )
    assert len(picture.shown["sheets"]) == 1
    picture.viewer = "Bob"
    assert [each["words"] for each in picture.shown["sheets"]] == [
        *("the message", "the sender data", "the content of the message")
    ]
    assert [each["by"] for each in picture.shown["sealed"]] == [["Alice", "Bob"]] * 2
    picture.viewer = "Mallory"
    answer: Any = picture.answer
    assert "no such viewer" in answer["words"]


def test_a_reader_gives_bytes_and_the_state_that_opens_them() -> None:
    picture: Any = WireInspector.of(world())
    state = world().state("Bob", 1)
    assert state is not None
    held = base64.b64encode(write_state(state)).decode()
    picture.asked = {"number": 1, "text": wire(2).hex(), "upload": "", "name": "", "states": [held]}
    assert picture.answer == {"number": 1, "words": ""}
    assert [each["words"] for each in picture.view["messages"]] == ["what you pasted: private application"]
    assert len(picture.shown["sheets"]) == 3
    picture.asked = {"number": 2, "text": "nothing of MLS", "upload": "", "name": "", "states": []}
    assert "No MLS object was found" in picture.answer["words"]
    assert len(picture.shown["sheets"]) == 3


def test_damaged_bytes_are_shown_up_to_the_fault() -> None:
    picture = WireInspector.inspect(wire(1)[:90])
    assert picture.shown["title"] == "MLSMessage, damaged"
    [fault] = picture.shown["faults"]
    assert fault["offset"] <= 90
    assert "Decoding stopped at byte" in picture._figure()


def test_an_inspector_needs_a_message_and_a_known_struct() -> None:
    with pytest.raises(ValueError, match="nothing was sent yet"):
        WireInspector.of(World.of(["Alice"]))
    with pytest.raises(ValueError, match="cannot dissect"):
        WireInspector.inspect(b"", "NoStruct")
    other: Any = {"format": "another"}
    with pytest.raises(TypeError, match=r"WireInspector\.inspect"):
        WireInspector.of(other)


def test_a_page_keeps_the_other_messages_and_viewers(tmp_path: Path) -> None:
    picture = WireInspector.of(world(), viewer="Bob")
    others: dict[str, Any] = picture._others()
    messages, viewers = picture.view["messages"], picture.view["viewers"]
    assert len(others) == len(messages) * len(viewers) - 1
    picture.to_html(tmp_path / "page.html")
    assert '"others":{"1.1 Bob":' in (tmp_path / "page.html").read_text("utf-8")
    assert picture.others == {}


def test_without_quickjs_the_words_stand_alone() -> None:
    sentence, heads, rows = WireInspector.of(world())._words()
    assert sentence.startswith("commit in a PublicMessage")
    assert len(rows[0]) == len(heads)


def test_a_page_without_room_opens_no_further_messages_in_vain() -> None:
    made = World.of(["Alice", "Bob"])
    for _ in range(2 * REFUSED_AT_MOST):
        made.send("Alice", "hello")
    opened: list[str] = []

    class Watched(WireHistory):
        def object(self, name: str, viewer: str = EVERYBODY) -> WireObjectView:
            opened.append(name)
            return super().object(name, viewer)

    assert further_messages(Watched(made), EVERYBODY, room=2_000) == {}
    assert len(opened) == REFUSED_AT_MOST
