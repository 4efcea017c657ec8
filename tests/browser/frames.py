"""How long the pictures of large and of long histories take, in the real Chromium.

    python -m tests.browser.frames --into docs/performance.json      # then `make docs` writes docs/performance.md

The time of a frame is the time of the script: where each node is, the shapes, and the painting of them on the canvas,
around which the page calls `performance.measure`. What the graphics processor does afterwards is not in it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser

from tests.bench.kept import keep
from tests.browser.chromium import running_chromium
from widgets import Playground, RatchetTree
from widgets.shared.assemble import STYLES, inlined, stylesheet
from widgets.shared.difference import difference
from widgets.shared.page import page as page_of
from workbench.bench.host import BenchHost, commit
from workbench.bench.results import PictureTime
from workbench.bench.steps import Tree
from workbench.inspect.trace_writer import RecordedStep, Sent, TraceWriter
from workbench.lab import World
from workbench.mls import GroupState, encode
from workbench.views.ratchet_tree import GrowingTree, ratchet_tree_view
from workbench.views.schema import RatchetTreeView

FRAMES = 300
OBSERVER = "server"
_PROGRAM = """\
import { frameAt, timeline } from "./ratchet_tree/frame.js";
import { largeViewport } from "./ratchet_tree/large_viewport.js";

const ignore = () => {};
const viewport = largeViewport({ choose: ignore, arranged: ignore, painted: ignore });
const root = document.createElement("div");
root.className = "mls mls-room mls-tree-room";
root.append(viewport.room);
document.body.append(root);
const traits = JSON.parse(document.getElementById("traits").textContent);
const time = timeline(traits.view);
const show = (beat, travel) => {
  const frame = frameAt(time, { step: time.last, beat, viewer: traits.viewer });
  const { actor } = time.view.steps[time.last];
  const scene = { frame, actor, pin: -1, leaves: frame.leafCount, tallest: time.tallest, label: "" };
  viewport.show(scene, { slide: false, travel });
};
const frames = async (count, change) => {
  performance.clearMeasures();
  for (let at = 0; at < count; at += 1) {
    await new Promise(requestAnimationFrame);
    const start = performance.now();
    change(at / count);
    viewport.draw();
    performance.measure("frame", { start });
  }
  return performance.getEntriesByName("frame").map(({ duration }) => duration);
};
let zoom = 1;
const to = (wanted) => {
  viewport.rescale(wanted / zoom);
  zoom = wanted;
};
window.measured = {
  pan: async (count) => {
    show(-1, 0);
    to(400);
    return frames(count, (part) => viewport.pan((part < 0.5 ? -1 : 1) * 37));
  },
  zoom: async (count) => {
    show(-1, 0);
    return frames(count, (part) => to(1500 ** (1 - Math.abs(1 - 2 * part))));
  },
  path: async (count) => {
    viewport.rescale();
    const beats = time.view.steps[time.last].beats;
    show(beats.findIndex(({ kind }) => kind === "climb"), count * 30);
    return frames(count, () => {});
  },
};
"""
# A click on the button, then the picture: the script, the style and the layout of the page, until it could be painted.
_CLICKS = """async (count) => {
  const on = document.querySelector("[aria-label='One step forward']");
  const back = document.querySelector("[aria-label='One step back']");
  const times = [];
  for (let at = 0; at < count; at += 1) {
    const start = performance.now();
    (at % 2 ? on : back).click();
    await Promise.resolve();
    await new Promise(requestAnimationFrame);
    document.querySelector(".mls-picture").getBoundingClientRect();
    times.push(performance.now() - start);
  }
  return times;
}"""


def members_of(tree: Tree, size: int) -> GroupState:
    """The state of a group of so many members, whose parent nodes are blank or full."""
    host = BenchHost(size)
    return host.invite(tree, *host.spare_key_packages()).state


def followed(state: GroupState, commits: int) -> RatchetTreeView:
    """The view of a group from this state on, with so many commits of its host, as an observer follows it."""
    writer = TraceWriter(state.suite, state.context.group_id)
    writer.add_holder(OBSERVER, "an observer", "server")
    writer.write(RecordedStep("found", None, 0, after=state.public, followers={OBSERVER: state.epoch}))
    for _ in range(commits):
        made = commit(state)
        sent = (Sent("commit", None, encode(made.message)),)
        followers = {OBSERVER: made.next.epoch}
        before, after = state.public, made.next.public
        writer.write(RecordedStep("commit", None, 0, before=before, after=after, messages=sent, followers=followers))
        state = made.next
    return ratchet_tree_view(writer.trace(), "a large group")


def acted(members: int, steps: int) -> World:
    """A world with so many members and steps: in turns one commits, and the next sends a message."""
    world = World.of([f"Member {number}" for number in range(members)])
    while len(world.history) < steps:
        name = world.members[len(world.history) % members]
        if len(world.history) % 2:
            world.commit(name)
        else:
            world.send(name, "Meet me at nine.")
    return world


@dataclass(frozen=True)
class Sizes:
    """How large the measured things are: members, and steps of a history."""

    tree: int = 10_000
    crowd: tuple[int, int] = (100, 100)
    few: tuple[int, int] = (8, 200)
    payload: tuple[int, int] = (1000, 100)


SMALL = Sizes(600, (10, 10), (3, 12), (600, 3))


def frames(browser: Browser, view: RatchetTreeView, members: int) -> Iterator[PictureTime]:
    """The script of each frame of a large tree, while it is panned, zoomed, and a path climbs in it."""
    traits = json.dumps(RatchetTree(view)._shown()).replace("<", "\\u003c")
    page = browser.new_context(viewport={"width": 1100, "height": 800}).new_page()
    page.set_content(
        f"<!doctype html><style>{stylesheet(*STYLES)}</style><body>"
        f'<script type="application/json" id="traits">{traits}</script>'
        f'<script type="module">{inlined(_PROGRAM)}</script>'
    )
    page.wait_for_function("() => window.measured", timeout=120_000)
    words = {"pan": "a frame of a pan", "zoom": "a frame of a zoom", "path": "a frame of a path that climbs"}
    for name, what in words.items():
        load = load_now()
        times = page.evaluate(f"(count) => window.measured.{name}(count)", FRAMES)
        yield _times(what, members, times, aim=8, load=load)
    page.context.close()


def clicks(browser: Browser, world: World) -> PictureTime:
    """From a click that goes one step on to the picture of the step."""
    load, tree = load_now(), RatchetTree.of(world)
    page = browser.new_context(viewport={"width": 1100, "height": 1200}).new_page()
    page.set_content(page_of("ratchet_tree/ratchet_tree.js", tree._shown(), "", title="clicks"))
    page.wait_for_selector("[data-node]", timeout=120_000)
    return _times("from a click on a step to its picture", len(world.members), page.evaluate(_CLICKS, 60), 100, load)


def after_actions(world: World) -> Iterator[PictureTime]:
    """What Python does for the picture after an action, and what it sends: the action itself is not in it."""
    load, members = load_now(), len(world.members)
    growing = GrowingTree()
    view = growing.view(world.trace())
    times: list[float] = []
    sent: list[int] = []
    for number in range(10):
        world.commit(world.members[number % members])
        start = time.perf_counter()
        new = growing.view(world.trace())
        sent.append(len(json.dumps(difference(view, new))))
        times.append(1000 * (time.perf_counter() - start))
        view = new
    what = f"after {len(world.history)} steps"
    yield _times(f"the view and its difference in Python, {what}", members, times, 100, load)
    yield _bytes(f"sent after a commit, {what}", members, sent, None, load)
    yield _bytes(f"the whole view, {what}", members, [len(json.dumps(view))], None, load)


def in_playgrounds(world: World) -> PictureTime:
    """What is sent to the browser after a click on a button of a playground with all its pictures."""
    load = load_now()
    sent: list[int] = []
    play = Playground.of(world, pictures=["matrix", "lifetimes", "server", "room"])
    for number in range(1, 5):
        before, wish = play.view, {"do": "act", "name": "commit", "from": len(play.world.history) - 1}
        play.set_trait("asked", {"number": number, **wish})
        sent.append(len(json.dumps(difference(before, play.view))))
    steps = len(play.world.history)
    return _bytes(f"sent after a click in a playground, after {steps} steps", len(world.members), sent, None, load)


def payload(members: int, commits: int) -> PictureTime:
    """The whole view of a large group whose tree is full, with a hundred commits."""
    load = load_now()
    tree = RatchetTree(followed(members_of("full", members), commits))
    return _bytes(f"the view of {commits} steps", members, [len(json.dumps(tree.view))], 2_000_000, load)


def load_now() -> str:
    """How many programs want a processor now."""
    return f"{os.getloadavg()[0]:.1f}"


def _times(what: str, members: int, times: Sequence[float], aim: float | None, load: str) -> PictureTime:
    most = quantiles(times, n=20)[-1]
    return PictureTime(what, members, "ms", round(median(times), 2), round(most, 2), aim, load)


def _bytes(what: str, members: int, sent: Sequence[int], aim: float | None, load: str) -> PictureTime:
    return PictureTime(what, members, "bytes", median(sent), max(sent), aim, load)


def main(words: Sequence[str] | None = None) -> int:
    """Measure all, and print each figure as it is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, metavar="FILE", help="put the figures into the results of a bench")
    parser.add_argument("--small", action="store_true", help="small groups only, to try this program")
    arguments = parser.parse_args(words)
    sizes = SMALL if arguments.small else Sizes()
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    found: list[PictureTime] = []

    def note(figures: Iterable[PictureTime]) -> None:
        for each in figures:
            print(each, flush=True)  # noqa: T201 # this is a command
            found.append(each)

    state, load = members_of("blank", sizes.tree), load_now()
    start = time.perf_counter()
    large = followed(state, 1)
    made = 1000 * (time.perf_counter() - start)
    note(
        [
            _bytes(
                "the view of one epoch and a commit", sizes.tree, [len(json.dumps(RatchetTree(large).view))], None, load
            )
        ]
    )
    note(
        [PictureTime("the trace and the view of it, in Python", sizes.tree, "ms", round(made), round(made), None, load)]
    )
    with running_chromium(program) as browser:
        note(frames(browser, large, sizes.tree))
        crowd = acted(*sizes.crowd)
        note([clicks(browser, crowd)])
    note(after_actions(crowd))
    few = acted(*sizes.few)
    note(after_actions(few))
    note([in_playgrounds(few), payload(*sizes.payload)])
    if arguments.into:
        keep(arguments.into, pictures=found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
