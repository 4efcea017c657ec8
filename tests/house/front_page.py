"""The moving picture on the front page, from a real group: `python -m tests.house.front_page` writes it anew.

In 40 seconds it tells how the compromise of an idle phone opens a group that had healed. It is a clip, as the
playground makes them of any history (`widgets.playground.clip`): the tree as the attacker sees it, and its sentences.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from widgets.playground.clip import Scene, animated
from widgets.playground.clip import scenes as scenes_of
from workbench.lab import World
from workbench.lab.record import ATTACKER

PICTURE = Path(__file__).parents[2] / "docs" / "idle-phone.svg"
SECONDS = 40

ACTS: tuple[tuple[str, Callable[[World], object]], ...] = (
    ("Alice, Bob, Carol and Dave are a group. Dave's phone lies in a drawer.", lambda _: None),
    ("", lambda world: world.compromise("Bob")),
    ("", lambda world: world.send("Alice", "Where do we meet?")),
    ("", lambda world: world.commit("Alice")),
    ("The group has healed.", lambda world: world.commit("Bob")),
    ("", lambda world: world.send("Carol", "At the old mill.")),
    ("Days later: Dave's idle phone.", lambda world: world.compromise("Dave")),
    ("", lambda world: world.commit("Dave")),
    ("A member that commits from time to time keeps the past closed.", lambda world: world.send("Bob", "Let us go.")),
)
TURN = 6
"""The scene that stands for all of them where nothing moves."""


def scenes() -> list[Scene]:
    """The story, scene by scene."""
    world = World.of(["Alice", "Bob", "Carol", "Dave"], seed=6)
    first = len(world.history) - 1
    for _, act in ACTS:
        act(world)
    captions = {first + number: told for number, (told, _) in enumerate(ACTS)}
    return scenes_of(world, viewer=ATTACKER, steps=range(first, first + len(ACTS)), captions=captions)


def front_page_picture() -> str:
    """The story as one SVG with its scenes one after the other."""
    return animated(scenes(), seconds=SECONDS / len(ACTS), standing=TURN)


def write(path: Path = PICTURE) -> None:
    """Write the picture."""
    path.write_text(f"{front_page_picture()}\n", encoding="utf-8")


if __name__ == "__main__":
    write()
