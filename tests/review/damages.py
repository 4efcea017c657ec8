"""Seeded damages to the passive clients of the official vectors: one byte of one field of one message."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from workbench.inspect.dissect import dissect
from workbench.inspect.fields import Field
from workbench.review.audit import Audit, audit
from workbench.review.findings import AuditFinding, Certainty
from workbench.review.known_secrets import passive_cases, pieces_of_case, secrets_of_case

FILES = ("passive-client-welcome", "passive-client-handling-commit", "passive-client-random")


@cache
def cases(folder: Path, file: str) -> list[Mapping[str, Any]]:
    """The cases of one file of passive clients."""
    return passive_cases(json.loads((folder / f"{file}.json").read_text("utf-8")))


def audited(case: Mapping[str, Any]) -> Audit:
    """The audit of one passive client: its messages, with its keys."""
    return audit(list(pieces_of_case(case, "vector", "")), secrets_of_case(case))


@dataclass(frozen=True)
class Damage:
    """One damaged byte: in which message of the case, and in which field of it."""

    place: str
    field: str
    offset: int
    case: Mapping[str, Any]

    def findings(self) -> tuple[AuditFinding, ...]:
        """What the audit says of the damaged message, or of the group that cannot be followed without it."""
        found = audited(self.case).findings
        here = [each for each in found if each.where in {f"vector: {self.place}", ""} or self.place in each.where]
        return tuple(each for each in here if each.certainty is not Certainty.SUSPECTED and each.kind.value == "RFC")


def damages(folder: Path, seed: int, count: int) -> Iterator[Damage]:
    """Damages to fields of messages, the same for a seed."""
    chance = random.Random(seed)  # noqa: S311 - to choose damages
    for _ in range(count):
        file = chance.choice(FILES[:2])
        case = copy.deepcopy(chance.choice(cases(folder, file)))
        place, holder, key = chance.choice(list(_messages(case)))
        data = bytearray(bytes.fromhex(holder[key]))
        kind = "ratchet-tree" if place == "ratchet_tree" else "message"
        fields = [each for each in dissect(bytes(data), kind) if each.length and not each.children]
        field: Field = chance.choice(fields)
        offset = chance.randrange(field.offset, field.offset + field.length)
        data[offset] ^= 1 << chance.randrange(8)
        holder[key] = data.hex()
        yield Damage(place, field.name, offset, case)


def _messages(case: Any) -> Iterator[tuple[str, Any, Any]]:
    """The messages of a case: place, and where they stand in the JSON."""
    yield "key_package", case, "key_package"
    yield "welcome", case, "welcome"
    if case.get("ratchet_tree"):
        yield "ratchet_tree", case, "ratchet_tree"
    for at, epoch in enumerate(case["epochs"]):
        for which in range(len(epoch["proposals"])):
            yield f"epochs[{at}].proposals[{which}]", epoch["proposals"], which
        yield f"epochs[{at}].commit", epoch, "commit"
