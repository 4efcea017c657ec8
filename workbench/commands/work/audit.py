"""The work of `workbench audit`."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from workbench.commands.colour import Colour, painted
from workbench.commands.source import Material
from workbench.commands.work.held import policy_and_secrets
from workbench.inspect.material import Piece
from workbench.inspect.names import counted, shown
from workbench.review.audit import Audit, audit
from workbench.review.export import passive_client, pytest_of
from workbench.review.exposure import Exposure, exposure, without_state
from workbench.review.findings import AuditFinding, Certainty, Severity
from workbench.review.report import ReviewReport, SourceFile
from workbench.review.stated_leak import StatedLeak
from workbench.vectors import ProgressBar


def run(arguments: argparse.Namespace) -> int:
    """Audit the files and print the findings."""
    given = policy_and_secrets(arguments, "audit")
    if given is None:
        return 2
    policy, secrets = given
    material = Material(arguments, "audit")
    pieces = [each for found in material for each in found]
    bar, steps = ProgressBar(sys.stderr), count(1)
    done = audit(
        pieces,
        secrets,
        policy=policy,
        now=arguments.now,
        trusts_credentials=arguments.trust is not None,
        progress=lambda: bar.show("messages", min(next(steps), len(pieces)), len(pieces)),
    )
    bar.clear()
    exposed = [
        each
        for group in done.groups
        if arguments.leak or secrets.epoch_secrets
        if (each := exposure(group.replay, done.objects, arguments.leak, secrets.epoch_secrets)) is not None
    ]
    for leak in without_state((group.replay for group in done.groups), arguments.leak):
        print(
            f"workbench audit: the leak of {leak} opens nothing: --state gives no state of {_its_epoch(leak)}",
            file=sys.stderr,
        )
    report = ReviewReport(done, tuple(exposed), tuple(_sources(pieces)), shlex.join(["workbench", *sys.argv[1:]]))
    try:
        _write(report, arguments)
    except OSError as problem:
        print(f"workbench audit: cannot write {problem.filename}: {problem.strerror}", file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        print(text_of(done, exposed, with_notes=arguments.all))
    if not done.objects and not material.status:
        material.tell_nothing_found()
    return material.status or int(not done.is_clean or not done.objects)


def _its_epoch(leak: StatedLeak) -> str:
    return "a group in this material" if leak.epoch is None else f"epoch {leak.epoch}"


def _write(report: ReviewReport, arguments: argparse.Namespace) -> None:
    """Write the page and the exported groups, where they are asked for. Raises OSError."""
    if arguments.report is not None:
        from widgets.report import report_page  # noqa: PLC0415 - the pictures are slow to import

        Path(arguments.report).write_text(report_page(report), encoding="utf-8")
    if arguments.export is not None:
        _export(report.audit, Path(arguments.export))


def _export(done: Audit, folder: Path) -> None:
    """Write the groups that can be exported, each as a passive client and a test."""
    folder.mkdir(parents=True, exist_ok=True)
    clients = (client for group in done.groups if (client := passive_client(done, group)) is not None)
    for at, client in enumerate(clients):
        case = f"passive-client-{at}.json"
        (folder / case).write_text(json.dumps(client, indent=2), encoding="utf-8")
        (folder / f"test_finding_{at}.py").write_text(pytest_of(case, client), encoding="utf-8")


def _sources(pieces: Sequence[Piece]) -> Iterator[SourceFile]:
    """The files of the material, with their hashes; standard input cannot be read again."""
    for name in dict.fromkeys(piece.source for piece in pieces):
        if name != "-":
            yield SourceFile.of(name, Path(name).read_bytes())


def text_of(done: Audit, exposed: Sequence[Exposure], *, with_notes: bool) -> str:
    """The audit for a terminal: the scope, the groups, the findings, and what leaks open."""
    lines = [f"{counted(len(done.objects), 'object')}, {counted(len(done.groups), 'group')}", done.scope, ""]
    for group in done.groups:
        epochs = sorted(group.replay.views())
        followed = f"epochs {epochs[0]} to {epochs[-1]} followed" if epochs else "no epoch could be followed"
        lines.append(
            f"Group {shown(group.group_id)}: {counted(group.messages, 'message')}, {group.verified} verified; "
            f"{followed}."
        )
        if group.divergence:
            lines.append(f"  First divergence: {group.divergence}")
    listed = [each for each in done.findings if with_notes or each.severity]
    for finding in listed:
        lines += ["", *_lines_of(finding)]
    rest = [each for each in done.findings if not each.severity]
    if rest and not with_notes:
        unchecked = sum(each.certainty is Certainty.NOT_CHECKABLE for each in rest)
        notes = counted(len(rest), "note")
        lines += ["", f"{notes}, of which {unchecked} name something that is not checkable: --all lists them."]
    for each in exposed:
        lines += ["", *_exposed(each)]
    return "\n".join(lines)


COLOURS: dict[Severity, Colour] = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def _lines_of(finding: AuditFinding) -> list[str]:
    rule = f" {finding.rule}" if finding.rule else ""
    place = f" ({finding.section}{rule})" if finding.section else ""
    severity = painted(finding.severity.name.lower(), COLOURS.get(finding.severity))
    head = f"{severity}, {finding.certainty.value}, {finding.kind.value}: {finding.title}{place}"
    lines = [head, *(f"  {line}" for line in (finding.sentence, finding.advice) if line)]
    if finding.where:
        lines.append(f"  in {finding.where}" + (f", {finding.field}" if finding.field else ""))
    return lines


def _exposed(exposed: Exposure) -> list[str]:
    return [exposed.sentence, *([f"  {exposed.agreement}"] if exposed.agreement else [])]
