"""An error in a callback of Python is shown in the picture, because the kernel only logs it."""

from __future__ import annotations

import pytest
import traitlets

import widgets
from tests.widgets.test_still import PICTURES
from widgets import Controls, Timeline
from widgets.shared.live_output import Announced
from workbench.lab import World

WORDS = "A callback in Python has failed: LookupError: planted. The log of the kernel has the traceback."


def planted(change: traitlets.Bunch) -> None:
    if change["new"]:
        raise LookupError("planted")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_says_that_a_callback_has_failed_until_another_succeeds(name: str) -> None:
    picture = PICTURES[name]()
    picture.add_traits(reader=traitlets.Unicode().tag(sync=True))
    picture.observe(planted, "reader")
    with pytest.raises(LookupError):
        picture.set_state({"reader": "clicks"})
    assert picture.failed["words"] == WORDS
    picture.set_state({"reader": ""})
    assert picture.failed["words"] == ""


def test_an_answer_that_fails_ends_the_waiting_for_it() -> None:
    picture = PICTURES["a playground"]()
    picture.observe(planted, "asked")
    with pytest.raises(LookupError):
        picture.set_state({"asked": {"number": 3, "do": "nothing"}})
    assert picture.failed == {"asked": 3, "words": WORDS}


def test_every_widget_that_listens_to_the_browser_says_so() -> None:
    named = [getattr(widgets, name) for name in widgets.__all__]
    shown = [each for each in named if isinstance(each, type) and hasattr(each, "_esm")]
    assert Timeline in shown
    assert all(issubclass(each, Announced) for each in shown if each is not widgets.Workspace)


def test_the_pictures_of_a_workspace_say_that_one_of_its_callbacks_has_failed_until_another_succeeds() -> None:
    workspace = widgets.Workspace()
    picture = Timeline.of(World.of(["Alice", "Bob"]), workspace=workspace)
    workspace.set_state({"step": 0})
    workspace.observe(planted, "step")
    with pytest.raises(LookupError):
        workspace.set_state({"step": 1})
    picture.set_state({"step": 1})
    assert picture.failed["workspace"] == WORDS
    workspace.set_state({"step": 0})
    assert picture.failed["workspace"] == ""


def test_controls_say_that_a_button_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = Controls(World.of(["Alice", "Bob"]))

    def broken() -> None:
        raise LookupError("planted")

    monkeypatch.setattr(panel, "_offer", broken)
    panel.buttons["commit"].click()
    assert "LookupError: planted" in panel.failure.value
    monkeypatch.undo()
    panel.buttons["commit"].click()
    assert panel.failure.value == ""
