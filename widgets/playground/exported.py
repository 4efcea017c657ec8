"""A playground without Python: what a page or a saved notebook keeps of it. Its pictures move, and nobody can act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from widgets.ratchet_tree.ratchet_tree import RatchetTree
from widgets.shared.assemble import STYLES, WIRE_STYLES
from widgets.shared.long_work import NO_PROGRESS
from widgets.shared.page import page
from widgets.shared.still import NotDrawn, still, words_alone

MODULE = "playground/playground.js"
STILL_MODULE = "playground/still.js"
STILL_STYLES = ("shared/theme.css", "shared/marks.css")

STYLES_HERE = (*STYLES, *WIRE_STYLES, "playground/playground.css")
"""The stylesheets of a playground, which has other pictures in it."""

KEPT = (
    "view",
    "step",
    "viewer",
    "member",
    "leaks",
    "pictures",
    "reads",
    "exports",
    "compared",
    "inspected",
    "inspections",
)


def exported(given: Mapping[str, Any]) -> dict[str, Any]:
    """The traits of a playground in which nobody can act, from the traits in `KEPT`."""
    return {
        **{name: given[name] for name in KEPT},
        "opened": {"number": 0, "step": given["step"]},
        "offer": {"step": 0, "people": [], "limit": "", "buttons": []},
        "shared": {"text": "", "python": "", "file": ""},
        "answer": {"number": 0, "words": ""},
        "saved": {"number": 0, "page": ""},
        "asked": {"number": 0},
        "progress": NO_PROGRESS,
        "cancelled": 0,
        "scenario": "",
        "scenarios": [],
        "histories": [],
        "groups": [],
        "group": 0,
        "chosen": {},
        "epoch": -1,
        "can_act": False,
        "has_address": False,
    }


def page_of(given: Mapping[str, Any]) -> str:
    """One HTML page that plays the history without Python and without a network."""
    traits = exported(given)
    return page(MODULE, traits, figure_of(traits), title=given["view"]["title"], styles=STYLES_HERE)


def figure_of(traits: Mapping[str, Any]) -> str:
    """The still picture; without QuickJS only its words."""
    try:
        return still(STILL_MODULE, traits, STILL_STYLES).figure()
    except NotDrawn:
        return words_alone(*words_of(traits))


def words_of(traits: Mapping[str, Any]) -> tuple[str, list[str], list[list[str]]]:
    """The words of the still picture: a sentence, and the heads and rows of a table."""
    tree = RatchetTree(traits["view"]["tree"], step=traits["opened"]["step"], viewer=traits["viewer"])
    return tree._words()  # noqa: SLF001 - the playground's still picture is its tree
