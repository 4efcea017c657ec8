"""The audit against the working group's passive clients: silent on each, and never silent on a damaged one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.review.damages import FILES, Damage, audited, cases, damages
from workbench.cli import main
from workbench.review.findings import Certainty
from workbench.review.rules import all_rules

pytestmark = pytest.mark.slow

SEED = 420
COUNT = int(os.environ.get("MLS_DAMAGES", "200"))


@pytest.mark.parametrize("file", FILES)
def test_each_passive_client_audits_without_a_violation(official_vectors: Path, file: str) -> None:
    for case in cases(official_vectors, file):
        done = audited(case)
        assert done.violations == ()
        assert [finding for finding in done.findings if finding.certainty is not Certainty.PROVEN] == []
        assert all(group.verified == group.messages for group in done.groups)
        assert [group.divergence for group in done.groups] == [""]


def test_each_damaged_byte_is_named_with_field_and_rule_or_with_what_is_missing(official_vectors: Path) -> None:
    silent = [damage for damage in damages(official_vectors, SEED, COUNT) if not _is_named(damage)]
    assert [(damage.place, damage.field, damage.offset) for damage in silent] == []


def _is_named(damage: Damage) -> bool:
    """Whether a finding names the damage: field and rule (or section, for what does not decode), or what is missing."""
    findings = damage.findings()
    for finding in findings:
        assert finding.rule == "" or finding.rule in all_rules()
        assert finding.field or finding.missing
    proven = [each for each in findings if each.certainty is Certainty.PROVEN]
    return any(each.field and (each.rule or each.section) for each in proven) or any(each.missing for each in findings)


def test_a_sound_message_counts_as_not_named(official_vectors: Path) -> None:
    """So the test above can fail."""
    assert not _is_named(Damage("epochs[0].commit", "none", 0, cases(official_vectors, FILES[1])[0]))


def test_the_command_audits_a_passive_client_from_a_file(
    official_vectors: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "client.json"
    file.write_text(json.dumps(cases(official_vectors, FILES[1])[3]))
    forever = ["--max-lifetime", str(2**64 - 1)]
    assert main(["audit", "--state", str(file), *forever, "--leak", "state", str(file)]) == 0
    out = capsys.readouterr().out
    assert "2 messages, 2 verified; epochs 2 to 4 followed." in out
    assert " enters the epochs 2, 3, 4 of group" in out
    assert main(["audit", "--state", str(file), "--json", str(file)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {finding["kind"] for finding in told["findings"]} == {"policy", "hygiene"}


def test_no_secret_of_the_client_is_printed(official_vectors: Path, tmp_path: Path) -> None:
    case = cases(official_vectors, FILES[1])[3]
    file = tmp_path / "client.json"
    file.write_text(json.dumps(case))
    command = [
        sys.executable,
        "-m",
        "workbench.cli",
        "audit",
        "--json",
        "--leak",
        "state",
        "--state",
        str(file),
        str(file),
    ]
    printed = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False).stdout
    assert printed
    assert not [name for name in ("init_priv", "encryption_priv", "signature_priv") if case[name] in printed]
