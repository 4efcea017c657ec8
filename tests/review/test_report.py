"""The report as a page and as JSON: what it says, what it escapes, and that it holds no secret and no address."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mls.group.scenario import group_of
from tests.review.example import PAGE, example_log, example_report
from tests.review.test_audit import pieces
from widgets.report import report_page, two_sides
from widgets.report.report import SIDES
from workbench.cli import main
from workbench.inspect.trace_walk import walk
from workbench.mls import GroupState, group_info, write_state
from workbench.review.audit import audit
from workbench.review.findings import AuditFinding, Severity
from workbench.review.known_secrets import KnownSecrets
from workbench.review.report import ReviewReport
from workbench.views.ratchet_tree import ratchet_tree_view


def test_the_example_names_what_was_planted() -> None:
    errors = [each for each in example_report().audit.findings if each.severity is Severity.ERROR]
    assert [(each.rule or each.title, each.where) for each in errors] == [
        ("membership-tag", "server.jsonl: line 6, payload"),
        ("signature-of-content", "server.jsonl: line 6, payload"),
        ("fork: two valid commits of one epoch", "server.jsonl: line 8, payload"),
    ]


def test_the_page_in_the_docs_tells_the_findings_of_the_example() -> None:
    """`python -m tests.review.example` writes it anew."""
    page = PAGE.read_text("utf-8")
    assert all(each.sentence.replace("'", "&#x27;") in page for each in example_report().audit.findings)


def test_the_page_loads_nothing_and_allows_no_other_script() -> None:
    page = report_page(example_report())
    assert re.findall(r"""(?:src|href)=["'](?!data:)[^"']*""", page) == []
    assert "default-src 'none'" in page
    assert page.count("<script>") == 1


def test_text_from_foreign_bytes_is_escaped() -> None:
    report = example_report()
    hostile = replace(report.audit.findings[0], title="<script>alert(1)</script>", where="<img src=x>")
    assert isinstance(hostile, AuditFinding)
    page = report_page(replace(report, audit=replace(report.audit, findings=(hostile,)), command="</pre><b>"))
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "</pre><b>" not in page


def test_neither_page_nor_json_holds_a_secret_of_the_state() -> None:
    report = example_report()
    texts = report_page(report) + json.dumps(report.as_json())
    secrets = {found.secret for found in walk(report.audit.secrets.states[0]) if len(found.secret) >= 16}
    assert len(secrets) > 10
    assert [secret for secret in secrets if secret.hex() in texts] == []


def test_a_followed_group_is_drawn_from_where_the_material_begins() -> None:
    ((group, trace),) = example_report().traces()
    view = ratchet_tree_view(trace, "the group")
    assert [step["epoch"] for step in view["steps"]] == sorted(group.replay.lines[0].begun)
    assert view["steps"][0]["sentence"] == "The record begins with the tree of epoch 1: earlier steps are unknown."
    assert all(not step["keys_learned"] for step in view["steps"])


def test_the_two_sides_of_a_fork_are_drawn() -> None:
    report = example_report()
    (picture,) = two_sides(report).values()
    assert "Then they part: epoch 4 began for line 1 when Alice added Erik" in picture.kept()
    assert SIDES in report_page(report)
    followed = replace(report.audit.groups[0], replay=replace(report.audit.groups[0].replay, forks=[]))
    assert two_sides(replace(report, audit=replace(report.audit, groups=(followed,)))) == {}


def test_two_states_that_are_in_different_epochs_are_drawn_side_by_side() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    info, before = group_info(scenario.states["Alice"]), scenario.states["Bob"]
    commit = scenario.commit("Alice").message
    material = pieces(info, commit)

    def compared(*states: GroupState) -> list[str]:
        return [repr(each) for each in two_sides(ReviewReport(audit(material, KnownSecrets(states=states)))).values()]

    assert compared(before, scenario.states["Carol"]) == [
        "GroupDiff('group “the group”', Bob's state after step 1 and Carol's state after step 2)"
    ]
    assert compared(scenario.states["Bob"], scenario.states["Carol"]) == compared(before) == []


def test_the_command_writes_the_page_and_its_twin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, secrets = example_log()
    log, state, page = (tmp_path / name for name in ("server.jsonl", "bob.state", "report.html"))
    log.write_bytes(raw)
    state.write_bytes(write_state(secrets.states[0]))
    assert main(["audit", "--json", "--report", str(page), "--state", str(state), str(log)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["format"] == "mls-workbench audit"
    assert [each["name"] for each in told["material"]] == [str(log)]
    assert told["groups"][0]["forks"][0]["epoch"] == 3
    assert "fork: two valid commits of one epoch" in page.read_text("utf-8")


def test_a_report_without_groups_is_a_page_too() -> None:
    report = example_report()
    empty = ReviewReport(replace(report.audit, objects=(), groups=(), findings=()))
    assert "There is none." in report_page(empty)
