"""The tree of a large group: what the browser gets of its view, and what its still picture says."""

from __future__ import annotations

import json
from typing import Any, cast

from tests.widgets.views import wide
from widgets import RatchetTree
from widgets.ratchet_tree.lean import lean, values_at

LEAVES = 1024


def large() -> Any:
    """A large group whose leaves have values, and whose last commit sealed to very many nodes."""
    view = cast("Any", wide(LEAVES))
    for node in view["keyframe"]["nodes"].values():
        node["values"] = {"signature_key": "ab" * 32, "signature": "cd" * 64}
    view["keyframe"]["hashes"] = {"0": "ef" * 32}
    sealed = {"to_key": "k9", "kem_output": "12" * 32, "ciphertext": "34" * 48, "opened_by": []}
    root = {"node": LEAVES - 1, "copath": 0, "filtered": False, "key": "k0", "path_secret": "56" * 32, "known_to": []}
    envelopes = [{"to": 2 * leaf, **sealed} for leaf in range(LEAVES)]
    viewers = [f"m{number}" for number in range(4)]
    view["viewers"] = [{"id": each, "name": each, "kind": "member"} for each in viewers]
    view["steps"][-1] |= {
        "path": {"committer": 0, "nodes": [{**root, "envelopes": envelopes}]},
        "unseen_by": viewers[1:],
        "proposals": [{"type": "add", "text": f"add {number}", "node": None} for number in range(LEAVES)],
    }
    return view


def test_the_browser_gets_a_large_tree_without_its_long_values() -> None:
    view = large()
    tree = RatchetTree(view)
    assert len(json.dumps(tree.view)) < 0.4 * len(json.dumps(view))
    assert tree.view["lean"]
    assert tree.view["keyframe"]["nodes"].keys() == view["keyframe"]["nodes"].keys()
    last = tree.view["steps"][-1]
    assert len(last["path"]["nodes"][0]["envelopes"]) == 128
    assert last["proposals"][-1]["text"] == "and 896 others"
    assert (last["seen_by"], "unseen_by" in last) == (["m0"], False)
    assert RatchetTree(wide(64)).view == wide(64)


def test_the_browser_gets_the_values_of_the_node_that_is_selected() -> None:
    view = large()
    tree = RatchetTree(view)
    assert tree.values == {}
    tree.selected = 2000
    assert tree.values["keys"] == {"k1000": view["keys"]["k1000"]}
    assert tree.values["nodes"][0]["values"]["signature"] == "cd" * 64
    assert [each["to"] for each in tree.values["path"][0]["envelopes"]] == [2000]
    tree.selected = LEAVES - 1
    tree.step = 0
    assert (tree.values["node"], tree.values["step"], tree.values["path"]) == (LEAVES - 1, 0, [])
    assert values_at(view, 2, 0)["hash"] == "ef" * 32
    assert RatchetTree(view, selected=4).values["node"] == 4


def test_a_lean_view_says_as_much_of_each_node_as_the_whole_view() -> None:
    view = large()
    assert lean(lean(view))["keyframe"] == lean(view)["keyframe"]
    for key, each in lean(view)["keys"].items():
        assert view["keys"][key]["public"].startswith(each["public"])


def test_the_still_picture_of_a_large_tree_says_what_it_has_no_room_for() -> None:
    still = RatchetTree(large())._still()
    assert f"together {LEAVES} leaves, with {LEAVES} members" in still.sentence
    assert "mls-block" in still.picture
    assert still.picture.count("<rect") < 3000
    assert "and 1847 more rows" in still.words
