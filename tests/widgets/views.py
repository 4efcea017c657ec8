"""Views to draw."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
from base64 import b64decode
from functools import cache
from pathlib import Path
from typing import cast

import pytest

from widgets.shared.picture import Picture
from workbench.lab import World
from workbench.lab.environment import Handshakes
from workbench.lab.scenarios import scenario
from workbench.views.derivation import DerivationView, derivation_view
from workbench.views.ratchet_tree import ratchet_tree_view
from workbench.views.schema import MemberView, RatchetTreeView

REPOSITORY = Path(__file__).parent.parent.parent


def node(script: str, *arguments: str) -> str:
    """What a script prints in node; it stands at the root of the repository."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("node is not installed: with it, JavaScript and Python are held against each other")
    command = [program, "--input-type=module", "--eval", script, "--", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def still_picture(picture: Picture) -> str:
    """The still picture of a widget as SVG, taken from its figure."""
    encoded = re.search(r"data:image/svg\+xml;base64,([^\"]+)", picture._figure())
    assert encoded is not None
    return b64decode(encoded[1]).decode()


def sample() -> RatchetTreeView:
    """The view that the tests in JavaScript are written on."""
    return cast("RatchetTreeView", json.loads(_sample()))


@cache
def _sample() -> str:
    return node('import { sample } from "./tests/javascript/sample.js"; console.log(JSON.stringify(sample()));')


@cache
def _lived(handshakes: Handshakes) -> str:
    world = World.of(["Alice", "Bob", "Carol", "Dave", "Erin"], handshakes=handshakes)
    world.send("Alice", "hello")
    world.compromise("Bob")
    world.commit("Carol")
    world.update("Dave")
    world.commit("Alice")
    world.send("Erin", "the attacker reads this")
    world.commit("Bob")
    world.device("Frank")
    world.add("Carol", "Frank", path=False)
    world.remove("Frank", "Dave", "Erin")
    return json.dumps(ratchet_tree_view(world.trace()))


@cache
def _through_joins_and_psks() -> str:
    world = World.of(["Alice", "Bob", "Carol"])
    for name in ("Dave", "Erin", "HR"):
        world.device(name)
    world.join("Dave")
    world.share_psk("tea", *world.members)
    world.compromise("Bob")
    world.commit("Carol", psks=["tea", 2])
    world.resync("Alice")
    world.external_sender("Bob", "HR")
    world.ask_to_remove("HR", "Dave")
    world.request_to_join("Erin")
    world.commit("Carol")
    world.reinit("Erin", suite=2)
    following = world.successor("Alice")
    following.send("Bob", "hello again")
    return json.dumps([ratchet_tree_view(group.trace()) for group in world.groups])


def through_joins_and_psks() -> list[RatchetTreeView]:
    """A group with newcomers' commits, a resync, pre-shared keys and proposals from outside, and the one after it."""
    return cast("list[RatchetTreeView]", json.loads(_through_joins_and_psks()))


def lived(handshakes: Handshakes = "public") -> RatchetTreeView:
    """A real group: five members, a compromise, commits, an update by proposal, messages, a late joiner, removals."""
    return cast("RatchetTreeView", json.loads(_lived(handshakes)))


@cache
def _derived() -> str:
    story = scenario("retroactive break")
    goal = story.recorded.group_history.epochs[5].secrets["epoch_authenticator"]
    return json.dumps(derivation_view(story.verdict("Dave"), goal))


def derived() -> DerivationView:
    """How epoch 5 opens with what was on Dave's device: an old leaf key, and the init secret of epoch 4."""
    return cast("DerivationView", json.loads(_derived()))


def wide(leaf_count: int) -> RatchetTreeView:
    """A large group in which Alice, at the first leaf, commits twice."""
    view = sample()
    digits = "0123456789abcdef"
    members = [
        {"id": f"m{number}", "name": f"Member {number}", "initial": digits[number % 16], "hue": number % 8}
        for number in range(leaf_count)
    ]
    path = [(1 << height) - 1 for height in range(1, leaf_count.bit_length())]
    view["members"] = cast("list[MemberView]", members)
    view["viewers"] = [{"id": "m0", "name": "Member 0", "kind": "member"}]
    view["keys"] = {
        f"k{number}": {"public": f"{number:04x}".ljust(64, "0"), "private": None} for number in range(leaf_count + 20)
    }
    view["keyframe"]["leaf_count"] = leaf_count
    view["keyframe"]["unseen_by"] = []
    view["keyframe"]["nodes"] = {
        str(2 * number): {"kind": "leaf", "member": f"m{number}", "key": f"k{number}", "source": "update", "values": {}}
        for number in range(leaf_count)
    }
    first, commit = view["steps"][0], view["steps"][1]
    commit |= {"actor": "m0", "keys_learned": {}, "keys_deleted": {}, "path": None, "unseen_by": [], "beats": []}
    steps = [first]
    for index in (1, 2):
        step = copy.deepcopy(commit)
        step["epoch"] = 4 + index
        step["hashes"] = {}
        step["set"] = {
            str(node): {"kind": "parent", "key": f"k{leaf_count + index}", "unmerged": [], "values": {}}
            for node in path
        }
        steps.append(step)
    view["steps"] = steps
    return view
