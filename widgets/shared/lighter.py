"""Makes views lighter for notebooks: leaves out what a player does not need, and says what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LEFT_OUT: Final = "left out of this notebook"
"""The text in place of a value that is left out. A value that was not recorded still has its own text."""
BYTES: Final = "the bytes of keys, secrets and messages"
_BYTES = {"ciphertext", "kem_output", "path_secret", "private", "value", "wire"}
_VALUES = {"group", "hashes", "values"}
_LONG = 32
_LAST_STEPS = 24


def without_bytes(view: Any) -> Any:
    """The view without long values. Public keys stay, because pictures show their first digits."""
    if isinstance(view, list):
        return [without_bytes(each) for each in view]
    if not isinstance(view, dict):
        return view
    return {
        name: {inner: _left_out(each) for inner, each in value.items()}
        if name in _VALUES and isinstance(value, dict)
        else _left_out(value)
        if name in _BYTES
        else without_bytes(value)
        for name, value in view.items()
    }


def _left_out(value: Any) -> Any:
    return LEFT_OUT if isinstance(value, str) and len(value) >= _LONG else value


def without_early_parts(view: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The view of a tree in which only the last steps have parts and envelopes, and words for what is left out."""
    early = max(0, len(view["steps"]) - _LAST_STEPS)
    steps = [
        {**step, "beats": [], "path": step["path"] and _bare(step["path"]), "welcome": [], "secrets": []}
        for step in view["steps"][:early]
    ]
    return {**view, "steps": [*steps, *view["steps"][early:]]}, f"the parts of steps 1 to {early}"


def _bare(path: Mapping[str, Any]) -> dict[str, Any]:
    return {**path, "nodes": [{**node, "envelopes": []} for node in path["nodes"]]}
