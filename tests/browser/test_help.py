"""Every picture explains its marks, its keys and the terms that it uses: the help opens by a button and by a key."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, faults_that_axe_finds
from tests.widgets.test_still import PICTURES
from widgets.shared.page import page as page_of

pytestmark = pytest.mark.browser


COMMIT = "The message that changes a group and begins a new epoch."
EPOCH = "The time between two commits, in which the members and the keys of a group stay the same."


@pytest.mark.parametrize(
    ("name", "meaning"), [("what the server knows", COMMIT), ("a room", EPOCH), ("the bytes of a message", COMMIT)]
)
def test_the_help_explains_marks_keys_and_terms(visit: Visit, name: str, meaning: str) -> None:
    picture = PICTURES[name]()
    page = visit(page_of(picture._module, picture._shown(), "", title="test", styles=picture._styles))
    help_list = page.locator(".mls-help")
    page.get_by_role("button", name="Help", exact=True).click()
    expect(help_list).to_contain_text("this help")
    expect(help_list.get_by_text(meaning)).to_be_attached()
    assert faults_that_axe_finds(page, ".mls") == []
    page.keyboard.press("?")
    expect(help_list).not_to_be_visible()
