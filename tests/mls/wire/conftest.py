"""The RFC's own declarations, read once."""

from __future__ import annotations

import pytest

from tests.mls.wire.presentation import Presentation, read_presentation


@pytest.fixture(scope="session")
def rfc(rfc9420: str) -> Presentation:
    """Every struct, enum and type that RFC 9420 declares."""
    return read_presentation(rfc9420)
