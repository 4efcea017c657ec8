"""The ratchet tree as a reader meets it: drawn, stepped, played, asked, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, faults_that_axe_finds
from tests.browser.ratchet_tree import ROOT, hosted, labels, node, scrub, shown
from tests.widgets.told import frame_at, step_sentence
from tests.widgets.views import lived, sample, still_picture, wide
from widgets.ratchet_tree import RatchetTree
from workbench.lab import World
from workbench.lab.scenarios import scenario
from workbench.views.attacker import tree_under_attack
from workbench.views.ratchet_tree import ratchet_tree_view
from workbench.views.schema import RatchetTreeView

pytestmark = pytest.mark.browser


def test_every_node_is_there_and_says_what_it_is(visit: Visit) -> None:
    view = sample()
    page = visit(shown(view, step=0))
    expect(page.locator(f"{ROOT} [data-node]")).to_have_count(7)
    assert labels(page) == frame_at(view, 0, "alice")["labels"]


@pytest.mark.parametrize(
    ("view", "viewer"),
    [
        (sample, "carol"),
        (lived, "attacker"),
        (partial(lived, "private"), "server"),
        (partial(wide, 64), "m0"),
    ],
)
def test_the_live_picture_and_the_still_figure_show_the_same(
    visit: Visit, view: Callable[[], RatchetTreeView], viewer: str
) -> None:
    shared = view()
    # the figure is 720 wide, and the widget has a border
    page = visit(hosted(shared, viewer=viewer), viewport={"width": 722, "height": 700}, reduced_motion="reduce")
    for step in range(len(shared["steps"])):
        scrub(page, step)
        expect(page.locator(".mls-sentence")).to_have_text(step_sentence(shared, step, viewer))
        serialized = page.locator(".mls-picture").evaluate("(one) => new XMLSerializer().serializeToString(one)")
        assert essence(serialized) == essence(still_picture(RatchetTree(shared, step=step, viewer=viewer)))


def essence(drawing: str) -> dict[str, object]:
    """What can be seen of a drawing: places, marks and words of nodes, and edges."""
    svg = "{http://www.w3.org/2000/svg}"
    root = ET.fromstring(drawing)  # noqa: S314 - our own text
    nodes = {}
    for group in root.iter(f"{svg}g"):
        if "data-node" not in group.attrib:
            continue
        classes = {name for name in group.attrib["class"].split() if name != "is-changed"}
        parts = [(part.tag, sorted(part.attrib.items()), "".join(part.itertext())) for part in group]
        nodes[group.attrib["data-node"]] = (classes, group.attrib["transform"], parts)
    paths = [path.attrib for path in root.iter(f"{svg}path") if "mls-edge" in path.attrib.get("class", "")]
    edges = {(tuple(path["class"].split()), path["d"]) for path in paths if path["d"]}
    return {"nodes": nodes, "edges": edges}


def test_a_padlock_in_the_heading_says_how_the_epoch_stands_for_the_attacker(visit: Visit) -> None:
    view = tree_under_attack(scenario("retroactive break").verdict())
    page = visit(shown(view, step=3, viewer="leak holder"))
    padlock = page.locator(".mls-head .mls-padlock")
    expect(padlock).to_have_text("open again: Dave")
    expect(padlock).to_have_attribute("title", "epoch 3 had healed and is open again, by what leaked from Dave")
    expect(page.locator(".mls-sentence")).to_have_text(step_sentence(view, 3, "leak holder"))
    assert labels(page) == frame_at(view, 3, "leak holder")["labels"]
    assert faults_that_axe_finds(page, ROOT) == []
    scrub(page, 1)
    expect(padlock).to_be_hidden()
    page.get_by_label("Seen by", exact=True).select_option("Alice")
    scrub(page, 3)
    expect(padlock).to_be_hidden()


def test_nothing_moves_when_the_page_opens(visit: Visit) -> None:
    page = visit(shown(sample(), step=1))
    expect(page.locator(ROOT)).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0


def test_buttons_step_through_steps_and_beats(visit: Visit) -> None:
    view = sample()
    page = visit(shown(view, step=0))
    sentence = page.locator(".mls-sentence")
    page.get_by_label("One part forward").click()
    expect(sentence).to_have_text("A fresh leaf key.")
    page.get_by_label("One part forward").click()
    expect(sentence).to_have_text("To node 1.")
    page.get_by_label("One step forward").click()
    expect(sentence).to_have_text("Alice refreshed her keys.")
    page.get_by_label("One part back").click()
    expect(sentence).to_have_text("Epoch 5.")
    page.get_by_label("One step back").click()
    expect(sentence).to_have_text("The group exists.")
    expect(page.get_by_label("One step back")).to_have_attribute("aria-disabled", "true")


def test_playing_tells_every_beat_and_stops_at_the_end(visit: Visit) -> None:
    view = sample()
    page = visit(shown(view, step=0, speed=4))
    page.evaluate("""() => {
      window.said = [];
      const words = document.querySelector(".mls-sentence");
      const hear = () => window.said.push(words.textContent);
      new MutationObserver(hear).observe(words, { childList: true, subtree: true });
    }""")
    page.get_by_label("Play", exact=True).click()
    expect(page.locator(".mls-sentence")).to_have_text(step_sentence(view, 4, "alice"), timeout=15_000)
    expect(page.get_by_label("Play", exact=True)).to_be_visible()
    expected = [
        sentence
        for step in view["steps"][1:]
        for sentence in [*(beat["sentence"] for beat in step["beats"]), step["sentence"]]
    ]
    expected[-1] = step_sentence(view, 4, "alice")
    assert page.evaluate("window.said") == expected


def test_an_envelope_travels_to_the_node_that_can_open_it(visit: Visit) -> None:
    page = visit(shown(sample(), step=1, beat=2, speed=0.25))
    expect(page.locator(ROOT)).to_be_visible()
    page.get_by_label("One part forward").click()
    envelope = page.locator(".mls-tokens .mls-token.is-envelope").first
    start = envelope.bounding_box()
    expect(envelope).to_have_class(re.compile("is-there"), timeout=10_000)
    end = envelope.bounding_box()
    goal = node(page, 2).bounding_box()
    assert start is not None
    assert end is not None
    assert goal is not None
    assert abs(start["y"] - end["y"]) > 30
    assert abs(end["x"] - goal["x"]) < 60
    assert abs(end["y"] - goal["y"]) < 60


def test_with_reduced_motion_beats_show_where_things_end_and_nothing_travels(visit: Visit) -> None:
    page = visit(shown(sample(), step=1, beat=2), reduced_motion="reduce")
    expect(page.locator(ROOT)).to_be_visible()
    page.get_by_label("One part forward").click()
    expect(page.locator(".mls-tokens .mls-token.is-envelope")).to_have_count(2)
    expect(page.locator(".mls-tokens .mls-token.is-there")).to_have_count(2)
    assert page.evaluate("document.getAnimations().length") == 0


def test_each_viewer_sees_its_own_keys(visit: Visit) -> None:
    view = sample()
    page = visit(shown(view, step=2))
    for viewer in view["viewers"]:
        page.get_by_label("Seen by", exact=True).select_option(viewer["id"])
        told = frame_at(view, 2, viewer["id"])["labels"]
        expect(node(page, 0)).to_have_attribute("aria-label", told[0])
        assert labels(page) == told
    expect(page.locator(f"{ROOT} .mls-nodes .has-leaked")).to_have_count(2)
    expect(page.locator(f"{ROOT} .mls-nodes .mls-flag")).to_have_count(2)


def test_what_a_viewer_cannot_know_is_marked_and_named_unknown(visit: Visit) -> None:
    page = visit(shown(sample(), step=1, beat=1, viewer="carol"))
    expect(page.locator(".mls-sentence")).to_have_text("Unknown to Carol: this path secret.")
    expect(page.locator(".mls-tokens .mls-token.is-unknown text")).to_have_text("?")
    page.get_by_label("Seen by", exact=True).select_option("server")
    expect(page.locator(f"{ROOT} .mls-nodes .mls-node.is-unknown")).to_have_count(7)
    expect(node(page, 3).locator(".mls-inside")).to_have_text("?")
    node(page, 3).click(force=True)
    expect(page.locator(".mls-rows")).to_have_text(re.compile("unknown to the server"))
    assert "0004" not in page.locator(ROOT).inner_text()


def test_a_click_on_a_node_opens_its_real_values_beside_the_tree(visit: Visit) -> None:
    view = sample()
    page = visit(shown(view, step=1))
    node(page, 1).click()
    panel = page.get_by_role("group", name="Details")
    expect(panel).to_contain_text("Node 1, parent")
    shown_bytes = "".join(panel.locator(".mls-bytes").all_inner_texts()).replace(" ", "")
    assert view["keys"]["p1"]["public"] in shown_bytes
    assert str(view["keys"]["p1"]["private"]) in shown_bytes
    tree, side = page.locator(".mls-viewport").bounding_box(), panel.bounding_box()
    assert tree is not None
    assert side is not None
    assert tree["x"] + tree["width"] <= side["x"]
    page.get_by_label("Close").click()
    expect(panel).to_be_hidden()


def test_bytes_can_be_copied(visit: Visit) -> None:
    page = visit(shown(sample(), step=1), permissions=["clipboard-read", "clipboard-write"])
    node(page, 1).click()
    page.get_by_label("Copy encryption_key").click()
    assert page.evaluate("navigator.clipboard.readText()") == sample()["keys"]["p1"]["public"]


def test_the_tree_is_one_tab_stop_with_arrows_inside(visit: Visit) -> None:
    page = visit(shown(sample(), step=0))
    expect(page.locator(f"{ROOT} [data-node][tabindex='0']")).to_have_count(1)
    node(page, 0).focus()
    for key, index in [("ArrowUp", 1), ("ArrowUp", 3), ("ArrowDown", 1), ("ArrowRight", 5), ("End", 6), ("Home", 3)]:
        page.keyboard.press(key)
        expect(node(page, index)).to_be_focused()
    expect(page.locator(f"{ROOT} [data-node][tabindex='0']")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(node(page, 3)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("group", name="Details")).to_contain_text("Node 3, parent")
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Details")).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.locator(f"{ROOT} [data-node]:focus")).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    expect(node(page, 3)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator(f"{ROOT} svg *:focus")).to_have_count(0)


def test_keys_step_play_and_help(visit: Visit) -> None:
    page = visit(shown(sample(), step=0))
    sentence = page.locator(".mls-sentence")
    node(page, 0).focus()
    page.keyboard.press("]")
    expect(sentence).to_have_text("Alice refreshed her keys.")
    page.keyboard.press(",")
    expect(sentence).to_have_text("Epoch 5.")
    page.keyboard.press(".")
    page.keyboard.press("[")
    expect(sentence).to_have_text("The group exists.")
    page.keyboard.press("?")
    expect(page.get_by_role("group", name="Details")).to_contain_text("Marks and keys")
    page.keyboard.press(" ")
    expect(page.get_by_label("Pause")).to_be_visible()
    page.keyboard.press(" ")
    expect(page.get_by_label("Play", exact=True)).to_be_visible()


def test_pointing_at_a_blank_node_draws_a_line_to_each_node_of_its_resolution(visit: Visit) -> None:
    page = visit(shown(sample(), step=0))
    node(page, 1).locator(".mls-shape").hover()
    expect(page.locator(".mls-link")).to_have_count(2)
    expect(page.locator(f"{ROOT} .is-told")).to_have_count(2)
    node(page, 3).locator(".mls-shape").hover()
    expect(page.locator(".mls-link.is-unmerged")).to_have_count(1)
    expect(page.locator(".mls-tip")).to_have_text("node 3, parent, public key 0004, private key held, unmerged: leaf 2")


def test_the_table_says_what_the_picture_shows(visit: Visit) -> None:
    page = visit(shown(sample(), step=2, viewer="attacker"))
    page.get_by_label("Show as a table").click()
    rows = page.get_by_role("group", name="The tree as a table").locator("tbody tr")
    expect(rows).to_have_count(7)
    said = [", ".join(filter(None, (cell.strip() for cell in row.split("\t")))) for row in rows.all_inner_texts()]
    assert said == labels(page)


def test_a_tree_that_changes_its_size_slides_and_does_not_jump(visit: Visit) -> None:
    page = visit(shown(sample(), step=2))
    expect(page.locator(f"{ROOT} [data-node]")).to_have_count(7)
    page.evaluate("""() => {
      const leaf = document.querySelector("[data-node='0']");
      window.places = [];
      const look = () => {
        window.places.push(leaf.transform.baseVal[0].matrix.e);
        requestAnimationFrame(look);
      };
      look();
    }""")
    page.get_by_label("One step forward").click()
    expect(page.locator(f"{ROOT} [data-node]")).to_have_count(3)
    page.wait_for_timeout(1000)
    places = page.evaluate("window.places")
    assert places == sorted(places)
    assert len(set(places)) > 3, "it passes through places between the first and the last"


def test_a_step_touches_only_the_nodes_that_look_different(visit: Visit) -> None:
    page = visit(shown(wide(512), step=1))
    expect(page.locator(f"{ROOT} [data-node]")).to_have_count(1023)
    page.evaluate("""() => {
      window.touched = new Set();
      const tree = document.querySelector(".mls-nodes");
      new MutationObserver((all) => all.forEach(({ target }) => {
        const node = target.closest("[data-node]");
        if (node) window.touched.add(node.dataset.node);
      })).observe(tree, { subtree: true, childList: true, attributes: true, attributeFilter: ["class", "aria-label"] });
    }""")
    scrub(page, 2)
    expect(page.locator(".mls-title")).to_have_text(re.compile("Step 3 of 3"))
    touched = page.evaluate("[...window.touched].map(Number)")
    assert sorted(touched) == [2**height - 1 for height in range(1, 10)]


def test_what_is_below_the_picture_stays_in_its_place_when_the_pointer_and_the_focus_leave_a_leaf(visit: Visit) -> None:
    page = visit(shown(lived(), step=3), viewport={"width": 700, "height": 900})
    node(page, 0).dblclick()
    key = page.locator(".mls-key-line")
    expect(key).to_contain_text("copath")
    before = key.inner_text(), key.bounding_box()
    page.get_by_label("Seen by", exact=True).focus()
    page.mouse.move(5, 5)
    expect(page.locator(".mls-way .mls-copath")).to_have_count(0)
    assert (key.inner_text(), key.bounding_box()) == before


def test_a_selected_leaf_keeps_its_way_and_a_subtree_is_folded_until_a_search_leads_into_it(visit: Visit) -> None:
    page = visit(shown(wide(32), step=1))
    node(page, 40).click()
    page.get_by_label("Seen by", exact=True).focus()
    page.mouse.move(5, 5)
    expect(page.locator(".mls-way .mls-copath")).to_have_count(5)
    node(page, 39).click()
    page.get_by_role("button", name="Fold or unfold node 39").click()
    folds = page.locator(".mls-folds > .mls-fold")
    expect(folds).to_have_text("8")
    expect(node(page, 40)).to_have_count(0)
    expect(node(page, 39)).to_have_attribute("aria-expanded", "false")
    node(page, 39).focus()
    page.keyboard.press("ArrowDown")
    expect(node(page, 39)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(node(page, 55)).to_be_focused()
    page.get_by_label("Find a member by name").fill("member 20")
    expect(node(page, 40)).to_have_count(1)
    expect(folds).to_have_count(0)


def test_who_cannot_see_what_happened_is_offered_the_eyes_of_somebody_who_can(visit: Visit) -> None:
    view = lived()
    page = visit(shown(view, step=3, viewer="Alice"))
    viewer = page.get_by_label("Seen by", exact=True)
    expect(page.locator(".mls-sentence")).to_have_text("This step is unknown to Alice.")
    attacker = view["steps"][3]["actor"]
    assert attacker is not None
    page.get_by_role("button", name=f"See it as the {attacker}").click()
    expect(viewer).to_have_value(attacker)
    expect(viewer).to_be_focused()
    expect(page.locator(".mls-offer", has_text="See it as")).to_be_hidden()
    scrub(page, 2)
    expect(page.locator(".mls-sentence")).to_contain_text("cannot read it")
    page.get_by_role("button", name="See it as Alice").click()
    expect(page.locator(".mls-sentence")).to_contain_text("Alice reads: “hello”")


def test_envelopes_are_closed_on_their_way_and_open_where_they_are_opened(visit: Visit) -> None:
    view = lived()
    kinds = [beat["kind"] for beat in view["steps"][4]["beats"]]
    page = visit(shown(view, step=4, viewer="Dave", beat=kinds.index("seal")))
    envelopes = page.locator(".mls-tokens .mls-token.is-envelope")
    expect(envelopes).to_have_count(1)
    expect(page.locator(".mls-tokens .mls-token.is-open")).to_have_count(0)
    for _ in range(kinds.index("open") - kinds.index("seal")):
        page.get_by_label("One part forward").click()
    expect(page.locator(".mls-sentence")).to_contain_text("Alice, Bob, Dave and Erin open")
    expect(page.locator(".mls-tokens .mls-token.is-envelope.is-open")).to_have_count(3)
    expect(page.locator(".mls-tokens .mls-token.is-envelope.is-own")).to_have_count(1)


@pytest.mark.parametrize("way", ["button", "key"])
def test_fit_shows_the_whole_tree_again(visit: Visit, way: str) -> None:
    page = visit(shown(wide(64), step=1))
    picture, room = page.locator(".mls-picture"), page.locator(".mls-viewport")
    whole = room.evaluate("(room) => room.clientWidth")
    for _ in range(3):
        page.get_by_label("Zoom in").click()
    expect(picture).not_to_have_attribute("width", str(whole))
    if way == "button":
        page.get_by_role("button", name="Fit").click()
    else:
        page.keyboard.press("0")
    expect(picture).to_have_attribute("width", str(whole))
    assert room.evaluate("(room) => room.scrollWidth <= room.clientWidth")


def test_the_attacker_that_is_locked_out_is_told_so_and_has_no_tick(visit: Visit) -> None:
    view = lived()
    page = visit(shown(view, step=6, viewer="attacker"))
    padlock, tick, sentence = (
        page.locator(".mls-head .mls-padlock"),
        page.locator(".mls-head .mls-check"),
        page.locator(".mls-sentence"),
    )
    expect(padlock).to_have_text("readable")
    expect(tick).to_be_visible()
    expect(sentence).to_contain_text("The attacker can read epoch 3.")
    scrub(page, 8)
    expect(padlock).to_have_text("locked out")
    expect(tick).to_be_hidden()
    expect(sentence).to_contain_text("The attacker is locked out: it cannot read epoch 4.")
    assert faults_that_axe_finds(page, ROOT) == []
    page.get_by_label("Seen by", exact=True).select_option("Alice")
    expect(tick).to_be_visible()
    page.get_by_label("Seen by", exact=True).select_option("server")
    expect(tick).to_be_hidden()


def test_below_the_picture_a_key_names_the_marks_that_are_in_it_and_unfolds_to_what_they_mean(visit: Visit) -> None:
    view = lived()
    page = visit(shown(view, step=1, viewer="Alice"))
    names, meanings = page.locator(".mls-key-name"), page.locator(".mls-key-line li")
    assert "private key held" in names.all_inner_texts()
    assert "confirmation tag agrees" in names.all_inner_texts()
    assert "private key leaked" not in names.all_inner_texts()
    expect(meanings.first).to_be_hidden()
    page.locator(".mls-key-line summary").press("Enter")
    expect(meanings.first).to_be_visible()
    expect(meanings).to_have_count(names.count())
    assert faults_that_axe_finds(page, ROOT) == []
    page.get_by_label("Seen by", exact=True).select_option("attacker")
    scrub(page, 3)
    expect(page.locator(".mls-key-line")).to_contain_text("narrow hatch and flag")
    expect(page.locator(".mls-key-line")).not_to_contain_text("filled: the viewer holds")


def test_the_help_explains_the_words_of_the_step_with_their_sections(visit: Visit) -> None:
    world = World.of(4)
    world.commit("Bob")
    page = visit(shown(ratchet_tree_view(world.trace()), viewer="Alice", step=2))
    node(page, 0).focus()
    page.keyboard.press("?")
    words = page.get_by_role("group", name="Details").locator("dt")
    term = words.filter(has_text="path secret")
    expect(term.get_by_role("link", name="§7.4")).to_have_attribute("href", re.compile("rfc9420#section-7.4$"))
    expect(words.filter(has_text="joiner secret")).to_have_count(0)
    page.keyboard.press("[")
    expect(words.filter(has_text="joiner secret")).to_be_visible()
    assert faults_that_axe_finds(page, ROOT) == []


def test_leaves_show_their_node_index_when_asked(visit: Visit) -> None:
    page = visit(hosted(sample(), step=0, node_indices=True))
    expect(page.locator(".mls-nodes .mls-index")).to_have_text(["0", "2", "4", "6"])
    expect(page.locator(".mls-key-name").filter(has_text="node index")).to_have_count(1)
    page.evaluate("tell('node_indices', false)")
    expect(page.locator(".mls-nodes .mls-index")).to_have_count(0)
