from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.glossary import MODULE, PAGE, module, page
from workbench.views.glossary import TERMS, glossary


def test_the_page_and_the_module_are_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "make docs writes it anew"
    assert MODULE.read_text("utf-8") == module(), "make docs writes it anew"


def test_each_section_is_one_of_the_rfc(rfc9420: str) -> None:
    numbers: set[str] = set()
    counts: list[int] = []
    for marks in re.findall(r"^(#+) ", rfc9420[rfc9420.index("# Introduction") :], flags=re.MULTILINE):
        depth = len(marks)
        counts = [*counts[:depth], *[0] * (depth - len(counts))]
        counts[-1] += 1
        numbers.add(".".join(map(str, counts)))
    assert {term.section for term in TERMS.values()} <= numbers


def test_a_glossary_is_text_and_html_with_links() -> None:
    one = glossary("path secret, commit secret")
    assert repr(one).splitlines()[1].startswith("commit secret (§7.4): The path secret above that of the root")
    assert '<a href="https://www.rfc-editor.org/rfc/rfc9420#section-7.4">§7.4</a>' in one._repr_html_()
    assert [term.name for term in glossary("commit", "epoch").terms] == ["commit", "epoch"]
    assert len(glossary().terms) == len(TERMS)


def test_a_term_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="'leaf' is not in the glossary; it has: epoch, proposal"):
        glossary("leaf")


def test_the_readme_leads_to_the_glossary(repository: Path) -> None:
    assert "(docs/glossary.md)" in (repository / "README.md").read_text("utf-8")
