"""Every section of RFC 9420 §4 to §15 and every sentence that demands something has an answer that still holds."""

from __future__ import annotations

import pytest

from tests.rfc.advice import ADVICES
from tests.rfc.demand import ForWhom, Kept, codes_of, file_of, seen_by
from tests.rfc.demands import DEMANDS
from tests.rfc.pointers import code_by_section
from tests.rfc.rfc_text import ADVICE, demands, sections
from tests.rfc.rules import RULES
from tests.rfc.sections import ANSWERS, SECTIONS


def test_the_index_has_the_sections_of_the_rfc(rfc9420: str) -> None:
    assert [(each.number, each.title) for each in sections(rfc9420)] == list(SECTIONS.items())


def test_the_index_has_the_demands_of_the_rfc(rfc9420: str) -> None:
    listed = [(section, each.key, each.words) for section, found in DEMANDS.items() for each in found]
    assert listed == [tuple(sentence) for sentence in demands(rfc9420)]


def test_the_index_has_the_advice_of_the_rfc(rfc9420: str) -> None:
    listed = [(section, each.key, each.words) for section, found in ADVICES.items() for each in found]
    assert listed == [tuple(sentence) for sentence in demands(rfc9420, ADVICE)]


def test_the_reading_of_the_rfc_misses_no_demand(rfc9420: str) -> None:
    read = " ".join(paragraph for each in sections(rfc9420) for paragraph in each.paragraphs)
    whole = rfc9420[rfc9420.index("\n# Ratchet Tree Concepts") : rfc9420.index("\n# Security Considerations")]
    in_code = "the length of the array MUST be odd"  # kept by a rule: "odd number of nodes"
    assert read.count("MUST") + whole.count(in_code) == whole.count("MUST")
    assert not {"SHALL", "REQUIRED"} & {*whole.split()}


@pytest.mark.parametrize("number", SECTIONS)
def test_each_section_has_code_and_a_test_or_a_reason(number: str) -> None:
    answers = [answer for each in DEMANDS.get(number, ()) for answer in each.answers]
    answers += [ANSWERS[number]] if number in ANSWERS else []
    rules = [rule for rule in RULES.values() if rule.section == f"§{number}"]
    if any(isinstance(answer, ForWhom) for answer in answers):
        return
    assert number in code_by_section() or any(codes_of(answer) for answer in answers) or rules
    assert rules or any(seen_by(answer) for answer in answers)


def test_each_demand_has_an_answer() -> None:
    for found in (*DEMANDS.values(), *ADVICES.values()):
        for each in found:
            assert each.answers, each.words


def test_each_pointer_leads_to_code_and_to_a_test_that_is_run() -> None:
    every = [answer for found in (*DEMANDS.values(), *ADVICES.values()) for each in found for answer in each.answers]
    for answer in [*every, *ANSWERS.values()]:
        for code in codes_of(answer):
            assert "workbench" in file_of(code).parts
        for test in seen_by(answer):
            assert test.__name__.startswith("test_")
            assert test.__module__.rpartition(".")[2].startswith("test_")


def test_the_sections_that_docstrings_name_are_in_the_rfc() -> None:
    named = {section for section in code_by_section() if 4 <= int(section.split(".")[0]) <= 15}
    assert named <= SECTIONS.keys()


def test_an_answer_of_a_section_is_needed() -> None:
    for number, answer in ANSWERS.items():
        assert isinstance(answer, ForWhom | Kept)
        assert number not in DEMANDS
