"""The audit of the inspector: what is bounded, and what the reader is told."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from widgets import Inspector
from widgets.inspector.findings import Finder
from workbench.lab import World
from workbench.mls import write_state


def heard() -> str:
    return "\n".join(each.hex() for each in World.of(["Alice", "Bob"]).attacker.heard)


def given(number: int, text: str = "", **others: Any) -> dict[str, Any]:
    return {"number": number, "text": text, **others}


def test_an_audit_answers_by_its_number_and_lists_no_object_anew() -> None:
    finder = Finder()
    found = finder.answer(given(1, heard()))["found"]
    answer = finder.answer(given(2, do="audit"))
    assert answer["found"] == {**found, "number": 2}
    assert "1 messages, 0 of them verified" in answer["audited"]["findings"]
    assert finder.answer(given(3, do="json"))["saved"]["number"] == 3


def test_an_audit_ends_at_its_bound_in_words() -> None:
    finder = Finder(most_seconds=0)
    finder.answer(given(1, heard()))
    audited = finder.answer(given(2, do="audit"))["audited"]
    assert audited["words"] == "The audit takes longer than 0 seconds. `workbench audit` has no such bound."
    assert audited["findings"] == ""
    assert "saved" not in finder.answer(given(3, do="report"))


def test_only_the_first_pieces_of_a_long_log_are_audited_and_the_reader_is_told() -> None:
    finder = Finder()
    first = heard().partition("\n")[0]
    finder.answer(given(1, "\n".join([first] * 201)))
    words = finder.answer(given(2, do="audit"))["audited"]["words"]
    assert words == "Only the first 200 pieces are audited here. `workbench audit` has no such bound."


def test_other_bytes_take_the_audit_of_the_last_ones_away() -> None:
    finder = Finder()
    finder.answer(given(1, heard()))
    finder.answer(given(2, do="audit"))
    assert finder.answer(given(3, "hello"))["audited"] == {"words": "", "findings": "", "sides": []}
    assert "saved" not in finder.answer(given(4, do="report"))


@pytest.mark.parametrize(
    "secrets", [b"\xff\x00", b"{}", b'{"format": "mls-workbench secrets", "states": ["zz"]}', b"[" * 100_000]
)
def test_a_file_without_secrets_is_refused_in_words(secrets: bytes) -> None:
    found = Finder().answer(given(1, heard(), states=[base64.b64encode(secrets).decode()]))["found"]
    assert found["words"].startswith("The state cannot be read: ")
    assert found["objects"] == []


def test_two_states_that_do_not_agree_are_shown_side_by_side() -> None:
    world = World.of(["Alice", "Bob"])
    world.hold("Bob")
    world.commit("Alice")
    held = [world.state(name) for name in ("Alice", "Bob")]
    states = [base64.b64encode(write_state(state)).decode() for state in held if state is not None]
    finder = Finder()
    for given_states, sides in ((states, 1), (states[:1], 0)):
        finder.answer(given(1, heard(), states=given_states))
        assert len(finder.answer(given(2, do="audit"))["audited"]["sides"]) == sides
    words = finder.answer(given(3, heard(), states=states * 5))["found"]["words"]
    assert words == "These are 10 states; at most 8 are read here."


def test_the_examples_show_what_an_audit_finds() -> None:
    told = {}
    shown: Any = Inspector()
    for example in shown.examples:
        finder = Finder()
        finder.answer(given(1, example["text"], states=example["states"]))
        audited = finder.answer(given(2, do="audit"))["audited"]
        told[example["name"]] = audited["findings"], len(audited["sides"])
    (fork, sides), (device, none) = told["a fork and a broken rule"], told["a stolen device"]
    assert "fork: two valid commits of one epoch" in fork
    assert "rule <code>new-keys</code>" in fork
    assert "With a member&#x27;s state" in device
    assert (sides, none) == (1, 0)


def test_names_and_places_in_the_findings_are_escaped() -> None:
    log = json.dumps({"<img src=x>": heard().split("\n")})
    finder = Finder()
    finder.answer(given(1, log))
    findings = finder.answer(given(2, do="audit"))["audited"]["findings"]
    assert "&lt;img src=x&gt;" in findings
    assert "<img" not in findings
