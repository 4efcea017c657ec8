"""The moving picture on the front page, from a real group: `python -m tests.house.front_page` writes it anew.

In 40 seconds it tells how the compromise of an idle phone opens a group that had healed. Each of its pictures is the
ratchet tree of one step as the attacker sees it, and each sentence is the tree's own. The picture does not move for a
reader who has asked for no motion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from widgets.ratchet_tree import RatchetTree
from workbench.inspect.names import listed
from workbench.lab import World

PICTURE = Path(__file__).parents[2] / "docs" / "idle-phone.svg"
SECONDS = 40
LINE, MARGIN = 22, 18
WIDTH = 720
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True)
class Scene:
    """One picture of the story, with the lines under it."""

    picture: str
    lines: tuple[str, ...]


ACTS: tuple[tuple[str, Callable[[World], object]], ...] = (
    ("Alice, Bob, Carol and Dave are a group. Dave's phone lies in a drawer.", lambda _: None),
    ("", lambda world: world.compromise("Bob")),
    ("", lambda world: world.send("Alice", "Where do we meet?")),
    ("", lambda world: world.commit("Alice")),
    ("The group has healed.", lambda world: world.commit("Bob")),
    ("", lambda world: world.send("Carol", "At the old mill.")),
    ("Days later: Dave's idle phone.", lambda world: world.compromise("Dave")),
    ("", lambda world: world.commit("Dave")),
    ("Who commits from time to time keeps the past closed.", lambda world: world.send("Bob", "Let us go.")),
)
TURN = 6
"""The scene that stands for all of them where nothing moves."""


def scenes() -> Iterator[Scene]:
    """The story, scene by scene."""
    world = World.of(["Alice", "Bob", "Carol", "Dave"], seed=6)
    for told, act in ACTS:
        act(world)
        still = RatchetTree.of(world, viewer="attacker")._still()
        said = next((e.data for events in world.history[-1].events.values() for e in events if e.data), None)
        spoken = f" {world.history[-1].actor}: “{said.decode()}”" if said else ""
        read = listed([f"“{each.data.decode()}”" for each in world.reads()]) or "nothing"
        yield Scene(still.picture, (f"{told}{spoken}".strip(), still.sentence, f"The attacker has read: {read}"))


def words() -> str:
    """The story for those who cannot see it."""
    return " ".join(line for scene in scenes() for line in scene.lines[:2] if line)


def front_page_picture() -> str:
    """The story as one SVG with its scenes one after the other."""
    story = list(scenes())
    heights = [int(found[1]) for scene in story if (found := re.search(r'height="(\d+)"', scene.picture))]
    height = max(heights) + 3 * LINE + 2 * MARGIN
    (style,) = {found[1] for scene in story if (found := STYLE.search(scene.picture))}
    drawn = "".join(_scene(number, scene, len(story), max(heights)) for number, scene in enumerate(story))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mls" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img"><title>{escape(words())}</title>'
        f"<style>{style}{_motion(len(story))}</style>"
        f'<rect class="mls-page" width="{WIDTH}" height="{height}" rx="8"/>{drawn}</svg>'
    )


def _scene(number: int, scene: Scene, total: int, top: int) -> str:
    texts = "".join(
        f'<text class="is-line-{row}" x="{MARGIN}" y="{top + MARGIN + (row + 1) * LINE - 6}">{escape(line)}</text>'
        for row, line in enumerate(scene.lines)
    )
    count = f'<text class="is-count" x="{WIDTH - MARGIN}" y="{top + MARGIN + LINE - 6}">{number + 1} of {total}</text>'
    delay = number * SECONDS / total
    return (
        f'<g class="mls-scene{" is-turn" if number == TURN else ""}" style="animation-delay: {delay:.2f}s">'
        f"{STYLE.sub('', scene.picture)}{texts}{count}</g>"
    )


def _motion(total: int) -> str:
    return (
        f"@keyframes mls-scene {{ 0% {{ opacity: 1 }} {100 / total:.3f}%, 100% {{ opacity: 0 }} }}\n"
        f".mls-scene {{ opacity: 0; animation: mls-scene {SECONDS}s step-end infinite; }}\n"
        "@media (prefers-reduced-motion: reduce) { .mls-scene { animation: none } .mls-scene.is-turn { opacity: 1 } }\n"
        ".mls-page { fill: var(--mls-paper); stroke: var(--mls-line); }\n"
        ".mls-scene > text { fill: var(--mls-ink); font: 14px var(--mls-font); }\n"
        ".mls-scene > .is-line-0 { font-weight: 600; } .mls-scene > .is-line-2 { fill: var(--mls-danger); }\n"
        ".mls-scene > .is-count { fill: var(--mls-muted); text-anchor: end; }\n"
    )


def write(path: Path = PICTURE) -> None:
    """Write the picture."""
    path.write_text(f"{front_page_picture()}\n", encoding="utf-8")


if __name__ == "__main__":
    write()
