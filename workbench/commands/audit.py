"""Audit the messages of groups: replay them, find the first divergence and forks, and list what is wrong.

The command reads the same material as `workbench carve` and sorts it into groups and epochs. It replays each group
from the states and the GroupInfos that it has, as far as they lead. Findings are sorted by severity. Each finding says
how certain it is (proven, suspected, not checkable), and whether it breaks RFC 9420, your policy, or no rule but good
practice. Secrets are not shown, and nothing leaves the machine.

Examples:
  workbench audit capture.har
  workbench audit --state alice.state --now 1800000000 logs/
  workbench audit --state passive-client.json passive-client.json
  workbench audit --state alice.state --leak state --leak ratchets@5 log.jsonl
  workbench audit --report audit.html --state alice.state log.jsonl
  workbench audit --export for-the-vendor --state dave.bundle log.jsonl
  workbench audit --json log.jsonl | jq '.findings[] | select(.certainty == "proven")'
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from workbench.commands.colour import Colour, painted
from workbench.commands.review_options import add_review_options, policy_and_secrets
from workbench.commands.source import add_source, read_pieces
from workbench.inspect.material import Piece
from workbench.inspect.names import shown
from workbench.review.audit import Audit, audit
from workbench.review.export import passive_client, pytest_of
from workbench.review.exposure import Exposure, exposure, listed_epochs
from workbench.review.findings import AuditFinding, Certainty, Severity
from workbench.review.report import ReviewReport, SourceFile
from workbench.review.stated_leak import STATED_PARTS, StatedLeak
from workbench.vectors import ProgressBar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the material, what the reviewer holds, the leaks, and the form of the output."""
    add_source(parser)
    add_review_options(parser)
    parser.add_argument(
        "--leak",
        action="append",
        default=[],
        type=_leak,
        metavar="WHAT[@EPOCH]",
        help="compute what an attacker reads who has this part of the given states, in that epoch (default: the first "
        f"one): {', '.join(STATED_PARTS)}; may be repeated",
    )
    parser.add_argument("--all", action="store_true", help="list notes too, also what is not checkable")
    parser.add_argument("--report", metavar="HTML", help="write a report too, as one page that needs no network")
    parser.add_argument(
        "--export",
        metavar="FOLDER",
        help="write each group that was joined by a Welcome as a passive client of the working group, with its private "
        "keys, and a test for pytest",
    )
    parser.add_argument("--json", action="store_true", help="print one object of JSON; docs/review.md describes it")
    parser.epilog = (
        "exit status: 0 no finding is worse than a note; 1 there are errors or warnings, or there is no MLS object; "
        "2 a file cannot be read"
    )


def run(arguments: argparse.Namespace) -> int:
    """Audit the files and print the findings."""
    given = policy_and_secrets(arguments, "audit")
    if given is None:
        return 2
    policy, secrets = given
    pieces: list[Piece] = []
    is_unreadable = False
    for name, found in read_pieces(arguments):
        if isinstance(found, str):
            print(f"workbench audit: cannot read {name}: {found}", file=sys.stderr)
            is_unreadable = True
        else:
            pieces += found
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
    if is_unreadable:
        return 2
    return 0 if done.is_clean and done.objects else 1


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
    lines = [f"{len(done.objects)} objects, {len(done.groups)} groups", done.scope, ""]
    for group in done.groups:
        epochs = sorted(group.replay.views())
        followed = f"epochs {epochs[0]} to {epochs[-1]} followed" if epochs else "no epoch could be followed"
        lines.append(
            f"Group {shown(group.group_id)}: {group.messages} messages, {group.verified} verified; {followed}."
        )
        if group.divergence:
            lines.append(f"  First divergence: {group.divergence}")
    listed = [each for each in done.findings if with_notes or each.severity]
    for finding in listed:
        lines += ["", *_lines_of(finding)]
    rest = [each for each in done.findings if not each.severity]
    if rest and not with_notes:
        unchecked = sum(each.certainty is Certainty.NOT_CHECKABLE for each in rest)
        lines += [
            "",
            f"{len(rest)} notes, of which {unchecked} name something that is not checkable: --all lists them.",
        ]
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
    leaks = " and ".join(exposed.leaks) or "nothing that the states hold"
    return [
        f"If {leaks} leaked, an attacker who has this material",
        f"  enters the epochs {listed_epochs(exposed.epochs)} of group {shown(exposed.group_id)},",
        f"  and reads {len(exposed.messages)} of {exposed.of_messages} application messages.",
        *([f"  {exposed.agreement}"] if exposed.agreement else []),
    ]


def _leak(text: str) -> StatedLeak:
    try:
        return StatedLeak.parse(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem
