"""A report of the reviewer's desk as one page: it needs no kernel and no network, and loads nothing.

What is in the page comes from foreign bytes. So every text is escaped, and the page's Content-Security-Policy allows
just its own script and styles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from widgets.group_diff import GroupDiff
from widgets.ratchet_tree import RatchetTree
from widgets.shared.assemble import STYLES, stylesheet
from widgets.shared.page import STARTER, digest
from workbench.inspect import dissect_html
from workbench.inspect.dissect import dissect
from workbench.inspect.names import shown
from workbench.review.audit import Audit, GroupAudit
from workbench.review.exposure import Exposure
from workbench.review.findings import AuditFinding, Certainty, FindingKind, Severity
from workbench.review.report import ReviewReport
from workbench.views.ratchet_tree import ratchet_tree_view

MOST_PICTURES = 8
"""How many groups are drawn; a capture can hold hundreds."""

_BODY = "body { margin: 0; background: light-dark(#ffffff, #14181e); color-scheme: light dark; }\n"

KINDS = {
    FindingKind.RFC: ("Breaches of RFC 9420", "A rule of the RFC is broken, or the members no longer agree."),
    FindingKind.POLICY: ("Your policy", "The RFC leaves this to the application, and your policy refuses it."),
    FindingKind.HYGIENE: ("Good practice", "No rule is broken, and it is worth a look."),
}
"""The parts of the findings, each with its heading and a sentence."""


def report_page(report: ReviewReport, *, title: str = "MLS audit report") -> str:
    """The HTML of a report: findings, evidence, groups with live pictures, versions, and how to repeat it."""
    pictures, style = stylesheet(*STYLES), stylesheet("report/report.css") + _BODY
    policy = (
        f"default-src 'none'; img-src data:; script-src {digest(STARTER)} data:; "
        f"style-src {digest(pictures)} {digest(style)} {digest(dissect_html.STYLE)}"
    )
    body = "".join(
        (
            f"<h1>{escape(title)}</h1>",
            f"<p>{escape(report.audit.scope)}</p>",
            _counts(report),
            _findings(report),
            _groups(report),
            "".join(map(_exposure, report.exposures)),
            _unchecked(report),
            _evidence(report),
            _how_to_repeat(report),
        )
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        # The players look for the styles of the pictures under this class, and add none if they are there.
        f'<style class="mls-style">{pictures}</style>\n<style>{style}</style>\n'
        f'</head>\n<body>\n<main class="mls mls-report">{body}</main>\n'
        f"<script>{STARTER}</script>\n</body>\n</html>\n"
    )


def findings_html(report: ReviewReport) -> str:
    """The findings of a report in their order, by severity and certainty, as HTML for a page that has its own frame.

    It has no pictures and no bytes. The styles are in report/report.css.
    """
    found = [each for each in report.audit.findings if each.certainty is not Certainty.NOT_CHECKABLE]
    groups = "".join(map(_group, report.audit.groups))
    return (
        f'<section class="mls-report" aria-label="Audit"><h2>Audit</h2><p>{escape(report.audit.scope)}</p>'
        f"{_counts(report)}{''.join(map(_finding, found))}{_unchecked(report)}"
        f"{f'<h2>Groups</h2>{groups}' if groups else ''}</section>"
    )


def _counts(report: ReviewReport) -> str:
    findings = report.audit.findings
    counts = {severity.name.lower(): sum(each.severity is severity for each in findings) for severity in Severity}
    counts = {**dict(reversed(counts.items())), "object": len(report.audit.objects), "group": len(report.audit.groups)}
    items = "".join(
        f"<li><strong>{count}</strong> {name}{'' if count == 1 else 's'}</li>" for name, count in counts.items()
    )
    return f'<ul class="counts">{items}</ul>'


def _findings(report: ReviewReport) -> str:
    parts = []
    for kind, (heading, sentence) in KINDS.items():
        found = [
            each
            for each in report.audit.findings
            if each.kind is kind and each.certainty is not Certainty.NOT_CHECKABLE
        ]
        shown_findings = "".join(map(_finding, found)) or '<p class="is-quiet">There is none.</p>'
        parts.append(f'<h2>{heading}</h2><p class="is-quiet">{sentence}</p>{shown_findings}')
    return "".join(parts)


def _finding(finding: AuditFinding) -> str:
    severity = finding.severity.name.lower()
    rule = f", rule <code>{escape(finding.rule)}</code>" if finding.rule else ""
    section = f"RFC 9420 {escape(finding.section)}{rule}" if finding.section else ""
    place = f"in {escape(finding.where)}" if finding.where else ""
    if finding.field:
        place += f", <code>{escape(finding.field)}</code>"
    lines = "".join(f'<p class="is-quiet">{line}</p>' for line in (section, place) if line)
    return (
        f'<article class="finding is-{severity}"><p class="tags"><b>{severity}</b>, {finding.certainty.value}</p>'
        f"<h3>{escape(finding.title)}</h3><p>{escape(finding.sentence)} {escape(finding.advice)}</p>{lines}</article>"
    )


def _groups(report: ReviewReport) -> str:
    traces = {group.group_id: trace for group, trace in report.traces()[:MOST_PICTURES]}
    sides = two_sides(report)
    parts = []
    for group in report.audit.groups:
        parts.append(_group(group))
        if group.group_id in traces:
            picture = RatchetTree(ratchet_tree_view(traces[group.group_id]))
            parts.append(f'<div class="mls-output">{picture.kept()}</div>')
        if group.group_id in sides:
            parts.append(f"<p>{SIDES}</p>")
            parts.append(f'<div class="mls-output">{sides[group.group_id].kept()}</div>')
    return f"<h2>Groups</h2>{''.join(parts)}" if parts else ""


SIDES = "Two sides of this group: the commits up to the first that differs, and what differs since."


def two_sides(report: ReviewReport) -> dict[bytes, GroupDiff]:
    """The two sides of each group that has forked, or of which the reviewer holds two states of different epochs."""
    return {
        group.group_id: sides for group in report.audit.groups if (sides := _two_sides(group, report.audit)) is not None
    }


def _two_sides(group: GroupAudit, done: Audit) -> GroupDiff | None:
    if group.forks:
        return GroupDiff.of(group.replay)
    states = [state for state in done.secrets.states if state.group_id == group.group_id]
    other = next((state for state in states if state.context != states[0].context), None)
    if other is None:
        return None
    return GroupDiff.of(states[0], other, messages=[each for each in done.objects if each.group_id == group.group_id])


def _group(group: GroupAudit) -> str:
    epochs = sorted(group.replay.views())
    followed = f"Epochs {epochs[0]} to {epochs[-1]} could be followed." if epochs else "No epoch could be followed."
    sentences = [f"{group.messages} messages, {group.verified} of them verified. {followed}"]
    sentences += [f"First divergence: {group.divergence}"] if group.divergence else []
    sentences += [f"{line.ended}" for line in group.replay.lines if line.ended and line.ended not in group.divergence]
    text = "".join(f"<p>{escape(each)}</p>" for each in dict.fromkeys(sentences))
    return f"<h3>Group {escape(shown(group.group_id))}</h3>{text}"


def _exposure(exposed: Exposure) -> str:
    return (
        f"<h2>What leaks would open</h2><p>{escape(exposed.sentence)} The attacker has really decrypted them. "
        f"{escape(exposed.agreement)}</p>"
    )


def _unchecked(report: ReviewReport) -> str:
    rows = [
        [escape(missing), str(len(found)), escape(", ".join(dict.fromkeys(each.where for each in found[:3])))]
        for missing, found in report.unchecked()
    ]
    if not rows:
        return ""
    table = _table(["Missing", "Checks", "For example in"], rows)
    return f"<h2>Not checkable</h2><p>The material does not allow these checks.</p>{table}"


def _evidence(report: ReviewReport) -> str:
    parts = []
    for found in report.evidence():
        dissection = dissect(found.data, found.struct or "message")
        inside = dissect_html.html(found.data, dissection.root, dissection.faults)
        parts.append(f"<details><summary>{escape(found.where)}: {escape(found.kind)}</summary>{inside}</details>")
    return (
        f"<h2>Evidence</h2><p>The bytes in which something is wrong, field by field.</p>{''.join(parts)}"
        if parts
        else ""
    )


def _how_to_repeat(report: ReviewReport) -> str:
    files = _table(
        ["File", "Bytes", "SHA-256"],
        ([escape(each.name), str(each.length), f"<code>{each.sha256}</code>"] for each in report.sources),
    )
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    command = f"<pre><code>{escape(report.command)}</code></pre>" if report.command else ""
    return (
        f"<h2>How to repeat this</h2>{command}{files if report.sources else ''}"
        f'<p class="is-quiet">Made with {escape(versions)}. No secret of the members is in this report.</p>'
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = f"<thead><tr>{_cells('th', heads)}</tr></thead>"
    body = "".join(f"<tr>{_cells('td', row)}</tr>" for row in rows)
    return f'<div class="scroll" tabindex="0"><table>{head}<tbody>{body}</tbody></table></div>'


def _cells(tag: str, texts: Iterable[str]) -> str:
    def cells() -> Iterator[str]:
        for text in texts:
            kind = ' class="is-number"' if text.isdecimal() else ""
            yield f"<{tag}{kind}>{text}</{tag}>"

    return "".join(cells())
