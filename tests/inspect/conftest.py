"""Fixtures for the tests of the inspector."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def repository_docs(repository: Path) -> str:
    """The page that documents the inspector."""
    return (repository / "docs" / "inspect.md").read_text(encoding="utf-8")
