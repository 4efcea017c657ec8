"""The pages that say what the RFC demands and where it is kept: `python -m tests.rfc.tables` writes them anew."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.rfc.advice import ADVICES
from tests.rfc.demand import Answer, ForWhom, Kept, file_of, name_of
from tests.rfc.demands import DEMANDS
from tests.rfc.pointers import code_by_section
from tests.rfc.rules import ALLOWANCES, FOR_APPLICATIONS, GROUPS, NO_RULES, OPENMLS, RULES
from tests.rfc.rules.rule import Case, Check, Rule, Test, function_of
from tests.rfc.sections import ANSWERS, SECTIONS
from tests.rfc.source import Function, path_of, unwrapped
from workbench.mls import errors
from workbench.mls.errors import MLSError

PROLOGUE = """# Validation

What RFC 9420 demands of a message or an object before it may be believed, where that is checked, and the two tests that
hold it: one forges something that breaks this rule and sees it refused by name, its honest twin is accepted.

This page is made from the rules in `tests/rfc/rules`; `make docs` writes it anew. `tests/rfc/test_rules.py` puts every
line to the proof, by changing the code and asking the two tests what they say:

- with the one statement taken out that checks the rule, the forgery gets through. The last column says how far:
  *accepted* means that nothing else would have refused it, so that it broke this rule and no other;
- with another error in its place, the forging test is not content;
- with the function out of order, the honest twin notices, so it comes by the same check.

*Binds* says whom the RFC tells to keep a rule: the sender, who must not make such a thing, the receiver, who must
refuse it, or both. What binds the sender alone is refused when we would send it ourselves, and taken in from others;
there are tests for both.

Every `raise` of `workbench/mls` for something that a peer has done is that of a rule here, or is listed at the end as
none.
"""


MADE_ELSEWHERE = {
    "": errors.CredentialExpired,
    "_not_a_key": errors.InvalidKey,
    "_explained": errors.InvalidCredential,
    "DecodingFailed": errors.Malformed,
}
"""Errors that another function makes, by its name."""


def validation_page() -> str:
    """docs/validation.md."""
    accepted = sum(rule.otherwise is None for rule in RULES.values())
    refused = sum(rule.otherwise is not None and issubclass(rule.otherwise, MLSError) for rule in RULES.values())
    parts = [
        PROLOGUE,
        (
            f"**{len(RULES)} rules.** Without its check, {accepted} of the forgeries are accepted, {refused} meet "
            f"another refusal, and {len(RULES) - accepted - refused} leave the code with nothing to go on with.\n"
        ),
    ]
    for title, rules in GROUPS.items():
        parts.append(f"## {title}\n\n{_rules_table(rules)}")
    allowances = ([each.section, each.allows, _test(each.test), _numbers(each.openmls)] for each in ALLOWANCES)
    parts.append("## What must be accepted\n\n" + table(["RFC", "Allows", "Test", "OpenMLS"], allowances))
    bound = ([each.section, each.demands, each.why, _numbers(each.openmls)] for each in FOR_APPLICATIONS)
    parts.append("## What only an application can check\n\n" + table(["RFC", "Demands", "Why", "OpenMLS"], bound))
    excuses = ([_place(each), words, reason] for each, words, reason in _excuses())
    parts.append("## Refusals that are no rule of the RFC\n\n" + table(["Where", "Words", "What it is"], excuses))
    parts.append("## The catalogue of OpenMLS\n\n" + _openmls())
    return "\n".join(parts)


def _rules_table(rules: Iterable[Rule]) -> str:
    head = [
        "Rule",
        "RFC",
        "Binds",
        "Demands",
        "Checked in",
        "Refused as",
        "Forged in",
        "Honest twin",
        "OpenMLS",
        "Without the check",
    ]
    return table(
        head,
        (
            [
                f'<a id="{_anchor(rule.name)}"></a>{rule.name}',
                rule.section,
                rule.side,
                rule.demands,
                _place(rule.check),
                _refusal(rule.check),
                _test(rule.forged),
                _test(rule.honest),
                _numbers(rule.openmls),
                _otherwise(rule.otherwise),
            ]
            for rule in rules
        ),
    )


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)


def link(function: Function) -> str:
    """A function, with the file that it stands in."""
    path = path_of(function).relative_to(REPOSITORY).as_posix()
    return f"[`{unwrapped(function).__qualname__}`](../{path})"


def _place(check: Check | str) -> str:
    return f"[`{check}`](../{check})" if isinstance(check, str) else link(check.function)


def _refusal(check: Check) -> str:
    if check.name in MADE_ELSEWHERE:
        return f"`{MADE_ELSEWHERE[check.name].__name__}`"
    if isinstance(getattr(errors, check.name, None), type):
        return f"`{check.name}`"
    return f"by `{check.name}`"


def _test(test: Test) -> str:
    function = function_of(test)
    sentence = function.__name__.removeprefix("test_").replace("_", " ")
    path = path_of(function).relative_to(REPOSITORY).as_posix()
    name = test.values.get("name") if isinstance(test, Case) else None
    return f"[{sentence}](../{path})" + (f": *{name}*" if isinstance(name, str) else "")


def _numbers(numbers: Iterable[str]) -> str:
    return " ".join(f"[{each}](https://validation.openmls.tech/#valn{each})" for each in numbers)


def _otherwise(otherwise: type[BaseException] | None) -> str:
    if otherwise is None:
        return "accepted"
    return f"`{otherwise.__name__}`" if issubclass(otherwise, MLSError) else "nothing to go on with"


def _excuses() -> Iterable[tuple[Check | str, str, str]]:
    for each, reason in NO_RULES.items():
        yield each, "all" if isinstance(each, str) else each.words, reason


def _openmls() -> str:
    return (
        "[Their catalogue](https://validation.openmls.tech) numbers the rules of the RFC by group: "
        + ", ".join(f"{number:02} {name}" for number, name in enumerate(OPENMLS, 1))
        + f". All {sum(OPENMLS.values())} are above.\n"
    )


INDEX = """# An index of the RFC

Where each section of RFC 9420 §4 to §15 is kept here, and each sentence in which it says MUST or MUST NOT. The RFC's
text is not in this repository: a sentence is named by the words around its MUST, and by a hash by which a test compares
it with the text. [Rules](validation.md) are what is refused; other demands point to the code that does what they ask
and to a test that sees it; and some bind an application, for a reason that is said. Sentences that say SHOULD stand
below, with what is chosen here.

This page is made from `tests/rfc`; `make docs` writes it anew. The code of a section is where a docstring names it.
`tests/rfc/test_index.py` fails when a section or a sentence has no answer, and when one is no longer in the RFC.
"""


def index_page() -> str:
    """docs/rfc-index.md."""
    count = sum(map(len, DEMANDS.values()))
    advice = sum(map(len, ADVICES.values()))
    parts = [INDEX, f"**{len(SECTIONS)} sections, {count} demands, {advice} recommendations.**\n"]
    parts += [_section(number, title) for number, title in SECTIONS.items()]
    return "\n".join(parts)


def _section(number: str, title: str) -> str:
    lines = [f"## §{number} {title}\n"]
    if code := code_by_section().get(number):
        paths = dict.fromkeys(pointer.path for pointer in code)
        lines.append("- code: " + ", ".join(f"[{path.removeprefix('workbench/mls/')}](../{path})" for path in paths))
    if number in ANSWERS:
        lines.append(f"- {_answer(ANSWERS[number])}")
    if names := [name for name, rule in RULES.items() if rule.section == f"§{number}"]:
        lines.append(f"- rules: {', '.join(map(_rule, names))}")
    for head, sentences in (("Kept by", DEMANDS.get(number)), ("What is chosen", ADVICES.get(number))):
        if sentences:
            rows = ([each.words, each.key, "; ".join(map(_answer, each.answers))] for each in sentences)
            lines.append("\n" + table(["Sentence", "Hash", head], rows).rstrip())
    return "\n".join(lines) + "\n"


def _answer(answer: Answer) -> str:
    match answer:
        case Kept(code, test):
            path = file_of(code).relative_to(REPOSITORY).as_posix()
            return f"[`{name_of(code)}`](../{path}), seen by {_test(test)}"
        case ForWhom(reason):
            return reason
        case rules:
            return "rules: " + ", ".join(_rule(rule.name) for rule in rules)


def _rule(name: str) -> str:
    return f"[{name}](validation.md#{_anchor(name)})"


def _anchor(name: str) -> str:
    return "".join(each if each.isalnum() else "-" for each in name.lower())


def rule_table() -> str:
    """The rules for the reviewer's desk, by which it names the rule that an error stands for (workbench/review)."""
    rows = [
        {
            "id": _anchor(rule.name),
            "section": rule.section,
            "demands": rule.demands,
            "file": path_of(rule.check.function).relative_to(REPOSITORY).as_posix(),
            "function": unwrapped(rule.check.function).__qualname__,
            "raises": rule.check.name,
            "words": rule.check.statement.words,
        }
        for rule in RULES.values()
    ]
    return (
        json.dumps({"format": "mls-workbench rules", "version": 1, "rules": rows}, indent=1, ensure_ascii=False) + "\n"
    )


DOCS: Path = REPOSITORY / "docs"
PAGES = {
    DOCS / "validation.md": validation_page,
    DOCS / "rfc-index.md": index_page,
    REPOSITORY / "workbench" / "review" / "rules.json": rule_table,
}


if __name__ == "__main__":
    for path, page in PAGES.items():
        path.write_text(page(), encoding="utf-8")
