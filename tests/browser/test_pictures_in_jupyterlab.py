"""Pictures in a notebook: what is clicked reaches Python, and what Python says reaches the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watch, faults_that_axe_finds
from tests.browser.jupyterlab import Lab, comes_to_be, in_kernel, run_all_cells
from tests.widgets.told import compromise_of
from workbench.lab.scenarios import scenario
from workbench.views.lifetimes import key_lifetimes_view

pytestmark = pytest.mark.browser

ROOT = ".mls-derivation-graph"
CELL = """\
from widgets import DerivationGraph
from workbench.lab.scenarios import scenario

graph = DerivationGraph.of(scenario("retroactive break").verdict("Dave"), 5)
graph"""
ROOM = ".mls-chat-room"
ROOM_CELL = """\
from widgets import Room
from workbench.lab import World
from workbench.views.room import room_view

world = World.of(["Alice", "Bob/phone"])
world.send("Alice", "Hello")
world.device("Bob/tablet")
world.join("Bob/tablet")
room = Room.of(world)
room"""
MATRIX = ".mls-security-matrix"
MATRIX_CELL = """\
from widgets import SecurityMatrix

matrix = SecurityMatrix.of(scenario("retroactive break"), on=[])
matrix"""
LIFETIMES = ".mls-key-lifetimes"
LIFETIMES_CELL = """\
from widgets import KeyLifetimes

lifetimes = KeyLifetimes.of(scenario("retroactive break"), device="Dave", step=1)
lifetimes"""
LARGE_CELL = """\
from widgets import RatchetTree
from workbench.bench.host import BenchHost

host = BenchHost(520)
large = RatchetTree.of(host.invite("blank", *host.spare_key_packages()).state)
large"""
SCHEDULE = ".mls-key-schedule"
SCHEDULE_CELL = """\
from widgets import KeySchedule, SecretTree, Workspace

together = Workspace()
schedule = KeySchedule.of(world, workspace=together)
schedule"""
SECRETS = ".mls-secret-tree"
SECRETS_CELL = """\
secrets = SecretTree.of(world, workspace=together)
secrets"""

# All messages of widgets that come from Python, as text.
_WATCH_COMMS = """() => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  window.commMessages = [];
  kernel.iopubMessage.connect((_, message) => {
    if (message.header.msg_type === "comm_msg") window.commMessages.push(message.content.data);
  });
}"""

STORY_CELL = """\
from widgets import RatchetTree, Timeline, Workspace

space, told = Workspace(), World.of(["Alice", "Bob"])
told.send("Bob", "Hello")
tree = RatchetTree.of(told, workspace=space)
Timeline.of(told, workspace=space)"""

SIDES_CELL = """\
from widgets import GroupDiff

sides = GroupDiff.of(told, between=("Alice", "Bob"), workspace=space)
sides"""


WIRE = ".mls-wire"
WIRE_CELL = """\
from widgets import WireInspector

wire = WireInspector.of(told, workspace=space, viewer="Alice")
wire"""


@pytest.fixture(scope="module")
def notebook(chromium: Browser, lab: Lab) -> Iterator[Page]:
    """A notebook whose cells have run, one for each picture."""
    watch = Watch()
    schedules = (SCHEDULE_CELL, SECRETS_CELL)
    story = (STORY_CELL, "tree", SIDES_CELL, WIRE_CELL)
    lab.put("pictures/graph.ipynb", CELL, ROOM_CELL, MATRIX_CELL, LIFETIMES_CELL, *schedules, LARGE_CELL, *story)
    context = chromium.new_context(viewport={"width": 1300, "height": 1000})
    watch.over(context)
    page = context.new_page()
    lab.open(page, "pictures/graph.ipynb")
    run_all_cells(page)
    yield page
    context.close()
    assert watch.off_host == []
    assert watch.complaints == []


def test_a_click_reaches_python(notebook: Page) -> None:
    facts = notebook.locator(f"{ROOT} [data-fact]")
    expect(facts).to_have_count(6)
    facts.filter(has_text="commit_secret").click()
    chosen = "graph.selected >= 0 and graph.view['facts'][graph.selected]['name']"
    expect(notebook.locator(f"{ROOT} .is-dim").first).to_be_attached()
    comes_to_be(notebook, chosen, "'commit_secret'")


def test_the_keys_of_the_notebook_are_left_alone(notebook: Page) -> None:
    notebook.locator(f"{ROOT} [data-fact]").filter(has_text="epoch_authenticator").click()
    notebook.keyboard.press("ArrowUp")
    expect(notebook.locator(f"{ROOT} .mls-sentence")).to_have_text(re.compile("give what becomes the joiner secret"))
    notebook.keyboard.press("e")
    expect(notebook.locator(f"{ROOT} [data-fact]")).to_have_count(10)
    comes_to_be(notebook, "graph.every_step", "True")


def test_what_python_says_reaches_the_picture(notebook: Page) -> None:
    in_kernel(notebook, "[graph.set_trait('every_step', False), graph.set_trait('selected', -1)]")
    expect(notebook.locator(f"{ROOT} [data-fact]")).to_have_count(6)
    expect(notebook.locator(f"{ROOT} .mls-sentence")).to_have_text(re.compile("^2 secrets that leaked lead to"))


def test_the_timeline_moves_the_tree_of_its_workspace_and_python_hears_of_it(notebook: Page) -> None:
    timeline = notebook.locator(".mls-timeline")
    timeline.scroll_into_view_if_needed()
    timeline.locator("[data-step='1'] .mls-act").click()
    expect(timeline.locator(".mls-sentence")).to_contain_text("the signature verifies")
    tree = notebook.locator(".mls-ratchet-tree:visible").last
    tree.scroll_into_view_if_needed()
    expect(tree.locator(".mls-title")).to_contain_text("Step 2 of 3")
    comes_to_be(notebook, "space.step, space.message, tree.step", "(1, 1, 1)")
    sides = notebook.locator(".mls-group-diff")
    sides.scroll_into_view_if_needed()
    expect(sides.locator(".mls-sentence")).to_contain_text("Alice and Bob are in epoch 1 of one history")
    sides.get_by_role("button", name="One step back").click()
    expect(sides.locator(".mls-sentence")).to_have_text("Bob is not in the group after step 1.")
    comes_to_be(notebook, "space.step, sides.step, tree.step", "(0, 0, 0)")


def test_the_bytes_follow_the_message_of_the_workspace_and_python_opens_it_with_other_keys(notebook: Page) -> None:
    timeline, wire = notebook.locator(".mls-timeline"), notebook.locator(WIRE)
    timeline.scroll_into_view_if_needed()
    timeline.locator("[data-step='2'] .mls-act").click()
    comes_to_be(
        notebook,
        "wire.shown['title'], wire.shown['viewer']",
        "('application message in a PrivateMessage, epoch 1', 'Alice')",
    )
    wire.scroll_into_view_if_needed()
    expect(wire.locator(".mls-sentence")).to_contain_text("2 are open with the keys of Alice")
    wire.get_by_label("Keys of", exact=True).select_option("server")
    comes_to_be(notebook, "wire.shown['viewer']", "'server'")
    expect(wire.locator(".mls-sentence")).to_contain_text("none are open with the keys of the server")
    wire.locator(".mls-wire-fields [data-field]").filter(has_text="group_id").first.click()
    comes_to_be(notebook, "wire.selected > 0", "True")
    wire.get_by_role("button", name="Other bytes").click()
    wire.locator("textarea").fill("00010005")
    wire.get_by_role("button", name="Inspect", exact=True).click()
    comes_to_be(notebook, "wire.answer['number']", "1")
    expect(wire.locator(".mls-answer")).not_to_have_text("Working…")
    assert faults_that_axe_finds(notebook, WIRE) == []


def test_an_error_in_a_callback_of_python_appears_in_the_picture(notebook: Page) -> None:
    in_kernel(notebook, "globals().update(planted=lambda change: 1 / 0)")
    in_kernel(notebook, "graph.observe(planted, 'selected')")
    notebook.locator(f"{ROOT} [data-fact]").first.click()
    alert = notebook.get_by_role("alert")
    expect(alert).to_have_text(re.compile("^A callback in Python has failed: ZeroDivisionError: division by zero"))
    in_kernel(notebook, "graph.unobserve(planted, 'selected')")
    notebook.locator(f"{ROOT} [data-fact]").last.click()
    expect(alert).to_have_count(0)


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_nothing_in_either_theme(notebook: Page, theme: str) -> None:
    notebook.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    expect(notebook.locator(f"body[data-jp-theme-light='{str('Light' in theme).lower()}']")).to_be_attached()
    assert faults_that_axe_finds(notebook, ROOT) == []
    assert faults_that_axe_finds(notebook, ROOM) == []


def test_a_button_of_a_warning_acts_in_the_world_and_try_tries_anew(notebook: Page) -> None:
    room = notebook.locator(ROOM)
    room.get_by_role("button", name="Hello").first.click()
    room.get_by_role("button", name="Try").click()
    comes_to_be(notebook, "room.answer.get('trial', {}).get('error')", "'EpochDeleted'")
    expect(room.locator(".mls-trial")).to_contain_text("EpochDeleted")
    room.get_by_role("button", name="Close").click()
    room.get_by_role("button", name="Compare codes").first.click()
    expect(room.locator(".mls-sentence")).to_have_text("The codes are equal.")
    room.get_by_role("button", name="Remove it").first.click()
    comes_to_be(notebook, "world.members", "('Alice', 'Bob/phone')")
    expect(room.locator(".mls-alert").filter(has_text="came in")).to_have_count(0)
    expect(room.get_by_label("Bob's tablet", exact=True)).to_contain_text("removed")


def test_the_browser_is_sent_what_changed_in_a_view(notebook: Page) -> None:
    notebook.evaluate(_WATCH_COMMS)
    in_kernel(notebook, "[world.send('Alice', 'And again'), room.set_trait('view', room_view(world, 'The room'))]")
    expect(notebook.locator(ROOM).get_by_role("button", name="And again").first).to_be_visible()
    sent = notebook.evaluate("() => window.commMessages")
    assert [each["method"] for each in sent] == ["custom"]
    assert len(sent[0]["content"]["change"]["at"]["messages"]["at"]) == 1


def test_a_compromise_in_the_matrix_reaches_python_and_python_reaches_the_picture(notebook: Page) -> None:
    sentence = notebook.locator(f"{MATRIX} .mls-sentence")
    expect(sentence).to_have_text("Nothing has leaked: the attacker reads nothing.")
    notebook.locator(f"{MATRIX} [role='gridcell'][aria-label^='Carol in epoch 2:']").click()
    notebook.keyboard.press(" ")
    expect(sentence).to_contain_text("The attacker reads epochs 2 to 4.")
    comes_to_be(notebook, "matrix.leaks", "[{'device': 'Carol', 'at': 2}]")
    comes_to_be(notebook, "matrix.selected", "{'epoch': 2, 'member': 'Carol'}")
    in_kernel(notebook, "setattr(matrix, 'leaks', [{'name': 'Bob'}])")
    expect(sentence).to_contain_text("The attacker reads epoch 2. Healed so far in epoch 3")
    assert faults_that_axe_finds(notebook, MATRIX) == []


def test_the_line_of_a_compromise_reaches_python_and_python_moves_the_line(notebook: Page) -> None:
    story = scenario("retroactive break")
    view = key_lifetimes_view(story.recorded, story.leaks)
    sentence = notebook.locator(f"{LIFETIMES} .mls-sentence")
    expect(sentence).to_have_text(compromise_of(view, "Dave", 1)["said"])
    notebook.locator(LIFETIMES).get_by_role("slider").focus()
    notebook.keyboard.press("End")
    last = len(view["security"]["steps"]) - 1
    expect(sentence).to_have_text(compromise_of(view, "Dave", last)["said"])
    comes_to_be(notebook, "lifetimes.step", str(last))
    in_kernel(notebook, "setattr(lifetimes, 'step', 2)")
    expect(sentence).to_have_text(compromise_of(view, "Dave", 2)["said"])
    assert faults_that_axe_finds(notebook, LIFETIMES) == []


def test_a_large_tree_asks_python_for_the_values_of_the_chosen_node(notebook: Page) -> None:
    large = notebook.locator(".mls-ratchet-tree:visible").first
    large.scroll_into_view_if_needed()
    large.get_by_label("Find a member by name").fill("filler 300")
    expect(large.locator("[role='treeitem']")).to_contain_text("filler 300")
    large.get_by_role("tree").focus()
    notebook.keyboard.press("Enter")
    expect(large.get_by_role("group", name="Details")).to_contain_text("signature_key")
    assert in_kernel(notebook, "large.view['keyframe']['nodes']['600']['values']") == "{}"
    notebook.keyboard.press("f")
    comes_to_be(notebook, "(large.selected, large.playing)", "(600, False)")


def test_python_exports_a_secret_and_two_pictures_show_one_viewer_and_one_message(notebook: Page) -> None:
    schedule, secrets = notebook.locator(SCHEDULE), notebook.locator(SECRETS)
    schedule.locator("[data-secret='exporter_secret']").click()
    schedule.get_by_label("Label", exact=True).fill("mine")
    schedule.get_by_role("button", name="Export", exact=True).click()
    comes_to_be(notebook, "schedule.exports[-1]['label']", "'mine'")
    expect(schedule.locator(".mls-exporter")).to_contain_text('MLS-Exporter("mine", "", 32)')
    schedule.get_by_label("Seen by", exact=True).select_option("Bob/phone")
    expect(secrets.get_by_label("Seen by", exact=True)).to_have_value("Bob/phone")
    comes_to_be(notebook, "secrets.viewer", "'Bob/phone'")
    secrets.get_by_label("Message", exact=True).select_option("0")
    expect(secrets.locator(".mls-sentence")).to_contain_text("application key 0 of leaf 0")
    comes_to_be(notebook, "together.message == secrets.view['messages'][0]['step']", "True")


def test_in_a_narrow_window_the_graph_keeps_its_size_and_shows_what_is_selected(notebook: Page) -> None:
    """JupyterLab's own styles would make the picture as narrow as its output, and cut it."""
    notebook.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    notebook.set_viewport_size({"width": 320, "height": 900})
    picture = notebook.locator(f"{ROOT} .mls-derivation-picture")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_css("width", f"{picture.get_attribute('width')}px")
    expect(picture).to_have_css("height", f"{picture.get_attribute('height')}px")
    notebook.wait_for_function("() => document.querySelector('.mls-derivation-graph .mls-viewport').scrollLeft > 0")
