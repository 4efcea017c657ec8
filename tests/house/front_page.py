"""The picture on the front page, from a real group: `python -m tests.house.front_page` writes it anew."""

from __future__ import annotations

from pathlib import Path

from widgets.ratchet_tree import RatchetTree
from workbench.lab import World

PICTURE = Path(__file__).parents[2] / "docs" / "ratchet-tree.svg"


def front_page_picture() -> str:
    """A tree of eight, as one member sees it: filled paths, blanks, and a commit that has just come."""
    world = World.of(["Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace"])
    for name in ("Carol", "Grace", "Erin"):
        world.commit(name)
    world.remove("Alice", "Frank")
    world.device("Heidi")
    world.add("Grace", "Heidi")
    world.commit("Dave")
    return RatchetTree.of(world)._still().picture


if __name__ == "__main__":
    PICTURE.write_text(front_page_picture() + "\n", encoding="utf-8")
