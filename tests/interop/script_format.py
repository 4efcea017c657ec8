"""What a script of the working group's test runner holds."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Step: TypeAlias = Mapping[str, Any]
Script: TypeAlias = Sequence[Step]


def extensions_of(described: Sequence[Step]) -> list[dict[str, object]]:
    """Extensions of a script, whose data is in base64."""
    return [
        {"extension_type": each["extension_type"], "extension_data": base64.b64decode(each["extension_data"])}
        for each in described
    ]


def actors_in(script: Script) -> list[str]:
    """Who plays in a script, in the order of entry."""
    named: dict[str, None] = {}
    for step in script:
        roles = [step.get(role) for role in ("actor", "joiner", "signer")]
        named.update(dict.fromkeys([*filter(None, roles), *step.get("members", [])]))
    return list(named)
