"""The pages about the RFC are what the present code and tests say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rfc.tables import PAGES


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_about_the_rfc_is_up_to_date(path: Path) -> None:
    assert path.read_text("utf-8") == PAGES[path](), "make docs writes it anew"
