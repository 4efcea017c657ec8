"""The view of a large tree without its long values, and the values of one node for the reader who looks at it.

A view of ten thousand members with all keys, signatures and ciphertexts has tens of megabytes, and a reader looks at
the values of a few nodes. So the browser gets the tree, and asks for values (`RatchetTree.values`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

LARGEST: Final = 512
"""A tree with more leaves is large. The number is the same as in frame.js."""
_LISTED: Final = 128
"""So many ciphertexts, proposals and the like of one step are in a lean view, more than a picture draws."""
_DIGITS: Final = 4
_WIRE: Final = 1024


def is_large(view: Mapping[str, Any]) -> bool:
    """Whether a view of a ratchet tree has a tree that is larger than its picture."""
    counts = [view["keyframe"]["leaf_count"], *(step.get("leaf_count", 1) for step in view["steps"])]
    return bool(max(counts) > LARGEST)


def lean(view: Mapping[str, Any]) -> dict[str, Any]:
    """The view without long values, and with the first of long lists. Where each key is and who has it is all there."""
    keyframe, viewers = view["keyframe"], [each["id"] for each in view["viewers"]]
    return {
        **view,
        "lean": True,
        "keyframe": {**keyframe, "nodes": _nodes(keyframe["nodes"]), "hashes": {}},
        "keys": {key: {"public": each["public"][:_DIGITS], "private": None} for key, each in view["keys"].items()},
        "steps": [_step(step, viewers) for step in view["steps"]],
    }


def values_at(view: Mapping[str, Any], step: int, node: int) -> dict[str, Any]:
    """What a lean view lacks of one node after a step: keys, fields, tree hash, and what the commit sealed here."""
    name, seen = str(node), view["steps"][: step + 1]
    values = _last([view["keyframe"]["nodes"], *(each["set"] for each in seen)], name) or {}
    before = _last([view["keyframe"]["nodes"], *(each["set"] for each in seen[:-1])], name) or {}
    keys = {each["key"] for each in (values, before) if "key" in each}
    hashes = [view["keyframe"].get("hashes", {}), *(each.get("hashes", {}) for each in seen)]
    path = view["steps"][step]["path"]
    return {
        "step": step,
        "node": node,
        "keys": {key: view["keys"][key] for key in keys},
        "nodes": [each for each in (values, before) if each],
        "hash": _last(hashes, name),
        "path": [] if path is None else list(_sealed(path["nodes"], node)),
    }


def _last(changes: Sequence[Mapping[str, Any]], name: str) -> Any:
    return next((each[name] for each in reversed(changes) if name in each), None)


def _sealed(nodes: Iterable[Mapping[str, Any]], node: int) -> Iterable[dict[str, Any]]:
    """The nodes of a path with the envelopes that are sealed at a node or to it."""
    for each in nodes:
        here = [envelope for envelope in each["envelopes"] if node in {each["node"], envelope["to"]}]
        if here or each["node"] == node:
            yield {**each, "envelopes": here[:_LISTED]}


def _nodes(nodes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {name: {**node, "values": {}} for name, node in nodes.items()}


def _step(step: Mapping[str, Any], viewers: Sequence[str]) -> dict[str, Any]:
    made = {**step, "set": _nodes(step["set"]), "hashes": {}, "path": step["path"] and _path(step["path"])}
    made["beats"] = [
        {**beat, "nodes": beat["nodes"][:_LISTED], "edges": beat["edges"][:_LISTED]} for beat in step["beats"]
    ]
    made["proposals"] = _proposals(step["proposals"])
    if step["message"] is not None:
        made["message"] = {**step["message"], "wire": step["message"]["wire"][:_WIRE]}
    if "welcome" in step:
        made["welcome"] = _envelopes(step["welcome"])
    unseen = step.get("unseen_by", [])
    if len(unseen) > len(viewers) / 2:
        del made["unseen_by"]
        hidden = set(unseen)
        made["seen_by"] = [each for each in viewers if each not in hidden]
    return made


def _beat(beat: Mapping[str, Any]) -> dict[str, Any]:
    return {**beat, "nodes": beat["nodes"][:_LISTED], "edges": beat["edges"][:_LISTED]}


def _path(path: Mapping[str, Any]) -> dict[str, Any]:
    nodes = [{**each, "path_secret": None, "envelopes": _envelopes(each["envelopes"])} for each in path["nodes"]]
    return {**path, "nodes": nodes}


def _envelopes(envelopes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**each, "kem_output": "", "ciphertext": ""} for each in envelopes[:_LISTED]]


def _proposals(proposals: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The first proposals, and words for the others."""
    if len(proposals) <= _LISTED:
        return list(proposals)
    more = {"type": proposals[_LISTED]["type"], "text": f"and {len(proposals) - _LISTED:,} others", "node": None}
    return [*proposals[:_LISTED], more]
