"""The pages about the RFC are what the present code and tests say."""

from __future__ import annotations

import pytest

from tests.rfc.tables import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_about_the_rfc_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == PAGES[name](), "make docs writes it anew"
