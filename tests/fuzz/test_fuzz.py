"""The fuzzer finds no fault in the workbench, and finds each fault that a test has planted."""

from __future__ import annotations

from random import Random

import pytest

from workbench.cli import main
from workbench.fuzz import FuzzTally, attempt, find_to_text
from workbench.fuzz.bounds import InputCost, measured
from workbench.fuzz.edits import KINDS, draw, edited
from workbench.fuzz.insider import Credulous
from workbench.fuzz.subject import Layer, Subject
from workbench.fuzz.subjects import donors, subjects
from workbench.mls import CIPHER_SUITES, CipherSuite, cipher_suite
from workbench.mls.errors import InvalidTag
from workbench.mls.group import framing
from workbench.mls.wire.messages import GroupContext

pytestmark = pytest.mark.slow

SEED = 9420
ATTEMPTS = 300

EVERY_LAYER = [
    pytest.param(suite, subject, layer, id=f"{suite}-{subject.name}-{layer.name}")
    for suite in CIPHER_SUITES
    for subject in subjects(suite)
    for layer in subject.layers
]


@pytest.mark.parametrize(("suite", "subject", "layer"), EVERY_LAYER)
def test_what_is_rebuilt_without_a_change_is_accepted(suite: int, subject: Subject, layer: Layer) -> None:
    assert layer.parts().encoded() == layer.data
    subject.feed(Credulous(cipher_suite(suite).algorithms), layer.rebuilt(layer.data))
    if layer.name != "path secret":  # sealed anew it is another commit, whose confirmation tag only Carol can tell
        subject.feed(cipher_suite(suite), layer.rebuilt(layer.data))


def test_a_run_over_all_suites_and_messages_finds_nothing() -> None:
    tally = FuzzTally()
    for number in range(ATTEMPTS):
        tally.count(attempt(SEED, number))
    for tried, find in tally.finds.values():
        pytest.fail(find_to_text(SEED, tried, find))
    assert {subject for subject, _ in tally.outcomes} == {subject.name for subject in subjects(1)}
    outcomes = {outcome for _, outcome in tally.outcomes}
    # The changes get past the codec, past tags and signatures, and into the tree.
    deep = {"InvalidUpdatePath", "InvalidKeyPackage", "InvalidGroupInfo", "InvalidRatchetTree", "InvalidProposal"}
    assert deep | {"accepted", "Malformed", "InvalidTag", "InvalidSignature", "DecryptionFailed"} <= outcomes


def test_the_same_attempt_is_the_same_each_time() -> None:
    assert attempt(7, 123) == attempt(7, 123)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_edit_changes_a_message(kind: str) -> None:
    layer = next(subject for subject in subjects(1) if subject.name == "Welcome").layers[3]
    rng = Random(kind)  # noqa: S311 - to be the same each time is the point
    drawn = (draw(layer.parts(), rng) for _ in range(200))
    edits = [edit for edit in drawn if edit.kind == kind]
    assert edits
    assert any(edited(layer.parts(), [edit], donors(1)) != layer.data for edit in edits)


def test_what_escapes_is_found_shrunk_and_printed_with_what_makes_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def careless(context: GroupContext, group_id: bytes, epoch: int) -> int:
        return {context.group_id: epoch}[group_id]

    monkeypatch.setattr(framing, "check_address", careless)
    tried = next(tried for number in range(5000) if (tried := attempt(3, number)).find)
    find = tried.find
    assert find is not None
    assert find.identity == ("KeyError", "test_fuzz.py:careless")
    assert len(find.edits) == 1
    assert main(["fuzz", "--seed", "3", "--attempt", str(tried.number)]) == 1
    printed = capsys.readouterr().out
    assert "FOUND KeyError" in printed
    assert find.data.hex() in printed
    assert f"workbench fuzz --seed 3 --attempt {tried.number}" in printed


def test_a_forgery_that_is_accepted_is_a_find(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("verify_mac", "verify_with_label"):
        monkeypatch.setattr(CipherSuite, name, lambda *_: True)
    find = next(found for number in range(600) if (found := attempt(1, number).find))
    assert "outside the group is accepted" in find.trace


def test_what_costs_too_much_is_outside_the_bounds() -> None:
    def greedy() -> bytes:
        return bytes(10_000_000)

    def busy() -> None:
        for _ in range(100_000):
            len("")

    cost, refusal = measured(greedy)
    assert refusal is None
    assert not cost.is_within(100)
    cost, _ = measured(busy)
    assert not cost.is_within(100)
    assert InputCost(10, 10).is_within(100)


def test_a_refusal_is_measured_too() -> None:
    def refusing() -> None:
        raise InvalidTag("§6.2", "no")

    cost, refusal = measured(refusing)
    assert isinstance(refusal, InvalidTag)
    assert cost.calls > 0


def test_the_command_prints_what_was_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fuzz", "--minutes", "0.01", "--seed", "5"]) == 0
    printed = capsys.readouterr().out
    assert "no finds" in printed
    assert "seed 5" in printed


@pytest.mark.parametrize("minutes", ["0", "-1", "soon", "nan"])
def test_a_time_that_is_none_is_refused(minutes: str) -> None:
    with pytest.raises(SystemExit) as end:
        main(["fuzz", "--minutes", minutes])
    assert end.value.code == 2
