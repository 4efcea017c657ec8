"""Views that are too large for a notebook: parts are left out and named, and the player goes last."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from hashlib import shake_256
from typing import Any

from tests.widgets.conform import faults
from tests.widgets.views import lived, sample
from widgets.key_lifetimes import KeyLifetimes
from widgets.ratchet_tree import RatchetTree
from widgets.security_matrix import SecurityMatrix
from widgets.shared.lighter import LEFT_OUT
from widgets.shared.picture import Picture
from workbench.lab.scenarios import scenario
from workbench.views.lifetimes import KeyLifetimesView
from workbench.views.schema import RatchetTreeView
from workbench.views.security import SecurityView

HEAVY = shake_256(b"heavy").hexdigest(250_000)


def kept(picture: Picture) -> tuple[Any, str]:
    """The view of the player that a notebook keeps, and what is said to be left out."""
    bundle: Any = picture._repr_mimebundle_()
    text = bundle[0]["text/html"]
    traits = re.search(r'data-traits="([^"]*)"', text)
    assert traits is not None
    said = re.search(r"Left out of this notebook: (.*?)\. The method <code>to_html</code>", text)
    return json.loads(zlib.decompress(b64decode(traits[1])))["view"], said[1] if said else ""


def test_what_is_light_is_kept_whole() -> None:
    assert kept(RatchetTree(lived())) == (lived(), "")


def test_the_bytes_of_a_heavy_tree_are_left_out_first() -> None:
    tree = lived()
    for step in tree["steps"]:
        if step["message"]:
            step["message"]["wire"] = HEAVY
    view, left_out = kept(RatchetTree(tree))
    assert left_out == "the bytes of keys, secrets and messages"
    assert faults(view, RatchetTreeView) == []
    wires = {step["message"]["wire"] for step in view["steps"] if step["message"]}
    assert wires == {LEFT_OUT}
    assert [step["beats"] for step in view["steps"]] == [step["beats"] for step in tree["steps"]]
    assert {key: each["public"] for key, each in view["keys"].items()} == {
        key: each["public"] for key, each in tree["keys"].items()
    }, "pictures show how public keys begin"


def test_then_the_parts_of_all_but_the_last_steps() -> None:
    tree = sample()
    first, last = tree["steps"][0], tree["steps"][1:]
    first["beats"] = [{"kind": "proposals", "sentence": HEAVY, "nodes": [], "edges": [], "known_to": None}]
    tree["steps"] = [first, *([last[0]] * 25)]
    view, left_out = kept(RatchetTree(tree))
    assert left_out == "the bytes of keys, secrets and messages, the parts of steps 1 to 2"
    assert faults(view, RatchetTreeView) == []
    assert [bool(step["beats"]) for step in view["steps"]] == [False] * 2 + [True] * 24


def test_the_values_of_facts_are_left_out_of_a_compromise() -> None:
    matrix = SecurityMatrix.of(scenario("retroactive break"))
    matrix.view = {**matrix.view, "facts": [{**fact, "value": HEAVY} for fact in matrix.view["facts"][:2]]}
    view, left_out = kept(matrix)
    assert left_out == "the bytes of keys, secrets and messages"
    assert faults(view, SecurityView) == []


def test_other_devices_are_left_out_of_lifetimes() -> None:
    shown = KeyLifetimes.of(scenario("retroactive break"), device="Dave")
    (kind, *_) = shown.view["devices"]["Alice"]
    kind["lanes"][0]["name"] = HEAVY
    view, left_out = kept(shown)
    assert left_out == "the bytes of keys, secrets and messages, all devices but this one"
    assert faults(view, KeyLifetimesView) == []
    assert list(view["devices"]) == ["Dave"]
