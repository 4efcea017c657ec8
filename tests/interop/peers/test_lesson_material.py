"""What lesson 15 says of its material holds of material that the other implementations make now."""

from __future__ import annotations

import json

import pytest

from tests.lessons.foreign_material import FOLDER, make
from workbench.inspect.carving import carve
from workbench.inspect.material import pieces_in
from workbench.lessons.lesson_15 import line_of
from workbench.lessons.material import material
from workbench.review.audit import audit
from workbench.review.exposure import attacker_with
from workbench.review.known_secrets import read_secrets

pytestmark = pytest.mark.slow


def facts(transcript: bytes, conversation: bytes, device: bytes) -> dict[str, object]:
    """What the lesson tells, without a byte that differs from time to time."""
    done = audit(list(pieces_in(transcript, "transcript.jsonl")))
    heard = list(carve(pieces_in(conversation, "conversation.jsonl")))
    state = read_secrets(device).states[0]
    attacker = attacker_with(state, [each.data for each in heard])
    return {
        "objects": [(each.kind, each.epoch) for each in (*done.objects, *heard)],
        "violations": [(each.title, each.rule, line_of(each.where)) for each in done.violations],
        "lines": [(line.start, min(line.views), line.last_epoch) for line in done.groups[0].replay.lines],
        "state": (state.group_id, state.epoch, state.own_leaf),
        "epochs": list(attacker.epochs()),
        "reads": [(each.index, each.data) for each in attacker.reads()],
    }


def test_new_material_tells_the_same_as_the_stored_one() -> None:
    made = make()
    stored = facts(*map(material, ("transcript.jsonl", "conversation.jsonl", "olaf.openmls")))
    assert facts(made.transcript, made.conversation, made.device) == stored
    assert stored["epochs"] == [2, 3]


def test_the_material_says_where_it_comes_from() -> None:
    told = json.loads(material("provenance.json"))
    assert set(told["files"]) == {each.name for each in FOLDER.iterdir() if each.suffix not in {".json", ".py"}} - {
        "__pycache__"
    }
    assert all(told["with"].values())
