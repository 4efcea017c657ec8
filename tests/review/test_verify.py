"""One object, checked by each rule that the evidence allows."""

from __future__ import annotations

import io
import json
import os
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mls.group.scenario import NOW, group_of
from workbench.cli import main
from workbench.commands.colour import painted
from workbench.inspect.carving import CarvedObject, carve
from workbench.inspect.material import Piece
from workbench.mls import Lifetime, MLSMessage, RatchetTreeExtension, encode, group_info, write_state
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.review.checks import OTHER_MEMBER, Outcome
from workbench.review.evidence import NO_EVIDENCE, ReviewEvidence
from workbench.review.rules import all_rules, rule_of
from workbench.review.verify import verify

SCENARIO = group_of("Alice", "Bob", "Carol")
ALICE, BOB = SCENARIO.states["Alice"], SCENARIO.states["Bob"]
WITH_STATE = ReviewEvidence(states={(BOB.group_id, BOB.epoch): BOB}, now=NOW)
WITH_GROUP = ReviewEvidence(groups={(BOB.group_id, BOB.epoch): BOB.public}, now=NOW)


def object_of(data: bytes) -> CarvedObject:
    (found,) = carve([Piece("file", "", 0, "binary", data)])
    return found


def outcomes(data: bytes, evidence: ReviewEvidence = NO_EVIDENCE) -> dict[str, Outcome]:
    return {check.name: check.outcome for check in verify(object_of(data), evidence).checks}


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


UPDATE = encode(SCENARIO.propose_update("Alice"))
INFO = encode(group_info(ALICE))
PRIVATE = encode(group_of("Alice", "Bob").send("Alice", b"hello"))


def test_the_more_is_known_the_more_is_checked() -> None:
    wire, public, full = (outcomes(UPDATE, evidence) for evidence in (NO_EVIDENCE, WITH_GROUP, WITH_STATE))
    for name, expected in {
        "membership tag": (Outcome.NOT_CHECKABLE, Outcome.NOT_CHECKABLE, Outcome.PASSED),
        "signature": (Outcome.NOT_CHECKABLE, Outcome.PASSED, Outcome.PASSED),
        "all rules for a proposal": (Outcome.NOT_CHECKABLE, Outcome.PASSED, Outcome.PASSED),
    }.items():
        assert (wire[name], public[name], full[name]) == expected


def test_a_group_info_is_checked_down_to_its_tree_and_its_tag() -> None:
    checks = outcomes(INFO, WITH_STATE)
    assert {
        checks[name] for name in ("signature", "tree hash", "parent hashes", "unique keys", "confirmation tag")
    } == {Outcome.PASSED}
    assert outcomes(INFO)["confirmation tag"] is Outcome.NOT_CHECKABLE


def test_a_group_info_without_a_tree_is_checked_with_the_tree_that_has_its_hash() -> None:
    bare = encode(group_info(ALICE, ratchet_tree=False))
    assert outcomes(bare)["signature"] is Outcome.NOT_CHECKABLE
    tree = RatchetTreeExtension(ALICE.tree.to_nodes())
    assert outcomes(bare, ReviewEvidence(trees=(tree,)))["signature"] is Outcome.PASSED


def test_each_failed_check_has_its_field_section_and_rule() -> None:
    signed = verify(object_of(flipped(INFO, len(INFO) - 1)), WITH_STATE)
    (failure,) = [check for check in signed.failures if check.name == "signature"]
    assert failure.field == "MLSMessage.group_info.signature"
    assert (failure.section, failure.rule) == ("§12.4.3", "signature-of-a-groupinfo")
    key_package = encode(MLSMessage(ProtocolVersion.mls10, SCENARIO.bundle("Dora").key_package))
    (failure,) = verify(object_of(flipped(key_package, len(key_package) - 1))).failures
    assert (failure.field, failure.rule) == ("MLSMessage.key_package.signature", "signature-of-a-key-package")


def test_a_policy_is_kept_apart_from_the_rfc() -> None:
    bundle = SCENARIO.bundle("Dora")
    key_package = encode(MLSMessage(ProtocolVersion.mls10, bundle.key_package))
    (late,) = verify(object_of(key_package), ReviewEvidence(now=NOW + 10**9)).failures
    assert (late.name, late.rule) == ("lifetime", "lifetime-sent")
    assert Lifetime(NOW - 3600, 0).not_before < NOW


def test_a_sealed_message_needs_a_state() -> None:
    assert outcomes(PRIVATE) == {"contents": Outcome.NOT_CHECKABLE}
    state = group_of("Alice", "Bob").states["Bob"]
    evidence = ReviewEvidence(states={(state.group_id, state.epoch): state})
    assert outcomes(PRIVATE, evidence) == {"opening, signature and contents": Outcome.PASSED}


def test_what_a_check_needs_is_said_where_the_state_is_the_senders_or_the_cipher_suite_is_unknown() -> None:
    own = ReviewEvidence(states={(ALICE.group_id, ALICE.epoch): ALICE}, now=NOW)
    unchecked = {check.name: check.missing for check in verify(object_of(UPDATE), own).checks if check.missing}
    assert unchecked["all rules for a proposal"] == OTHER_MEMBER
    unknown = encode(
        MLSMessage(ProtocolVersion.mls10, replace(SCENARIO.bundle("Dora").key_package, cipher_suite=0xF0F0))
    )
    (missing,) = {check.missing for check in verify(object_of(unknown)).checks if check.missing}
    assert missing.startswith("more than is here: ")


def test_every_rule_that_a_check_names_is_in_the_catalogue() -> None:
    for data in (UPDATE, INFO, PRIVATE, flipped(INFO, 60), flipped(UPDATE, 60)):
        for evidence in (NO_EVIDENCE, WITH_GROUP, WITH_STATE):
            for check in verify(object_of(data), evidence).checks:
                assert check.rule == "" or check.rule in all_rules()


def test_an_error_that_was_never_raised_stands_for_no_rule() -> None:
    from workbench.mls.errors import InvalidTag  # noqa: PLC0415

    assert rule_of(InvalidTag("§6.2", "never raised")) is None


def test_the_command_prints_a_table_and_its_exit_status_is_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad, state = (tmp_path / name for name in ("good", "bad", "state"))
    good.write_bytes(UPDATE)
    bad.write_bytes(flipped(UPDATE, len(UPDATE) - 1))
    state.write_bytes(write_state(BOB))
    assert main(["validate", "--state", str(state), "--now", str(NOW), str(good)]) == 0
    assert "passed         membership tag (§6.2 membership-tag)" in capsys.readouterr().out
    assert main(["validate", "--state", str(state), "--json", str(bad), str(good)]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [[check["check"] for check in each["checks"] if check["outcome"] == "failed"][:1] for each in lines] == [
        ["membership tag"],
        [],
    ]
    assert main(["validate", "--state", str(good), str(good)]) == 2
    assert "cannot read" in capsys.readouterr().err
    assert main(["inspect", "--verify", str(bad)]) == 0
    assert "not checkable  membership tag" in capsys.readouterr().out
    assert main(["inspect", "--verify", "--json", str(bad)]) == 0
    formats = [json.loads(line)["format"] for line in capsys.readouterr().out.splitlines()]
    assert formats == ["mls-workbench dissection", "mls-workbench verification"]


def test_a_terminal_shows_colours_unless_they_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    master, slave = os.openpty()
    with os.fdopen(slave, "w") as terminal, redirect_stdout(terminal):
        coloured = painted("FAILED", "red")
        monkeypatch.setenv("NO_COLOR", "1")
        plain = painted("FAILED", "red")
    os.close(master)
    assert (coloured, plain) == ("\x1b[31mFAILED\x1b[0m", "FAILED")


def test_a_pipe_gets_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    with redirect_stdout(io.StringIO()):
        assert painted("FAILED", "red") == "FAILED"
