"""The difference of two values of JSON: a view that has grown is sent as its difference, which growing.js adds."""

from __future__ import annotations

from typing import Any


def difference(old: Any, new: Any) -> dict[str, Any]:
    """What makes one value another: {"to": a value}, or {"at": a change for each key or index}.

    A list or object that has lost something is sent whole, because there is no change that removes.
    """
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() <= new.keys():
        changes = {key: difference(old.get(key), each) for key, each in new.items() if _differs(old, key, each)}
        return {"at": changes}
    if isinstance(old, list) and isinstance(new, list) and len(old) <= len(new):
        before = dict(enumerate(old))
        changes = {
            str(place): difference(before.get(place), each)
            for place, each in enumerate(new)
            if _differs(before, place, each)
        }
        return {"at": changes}
    return {"to": new}


def _differs(old: dict[Any, Any], key: object, new: object) -> bool:
    """Whether a part is new or another. In Python 1 == True, so the types count too; a part that is null is sent."""
    if key not in old:
        return True
    # A view that has grown has most parts of the view before: the same objects need no comparison.
    return old[key] is not new and (type(old[key]) is not type(new) or old[key] != new)
