"""A peer that is not installed is a skip with its reason, and on CI a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.interop.peers.member import Implementation


@pytest.fixture(scope="module")
def playing() -> Iterator[Callable[[Implementation], Implementation]]:
    """A function that skips a test if a peer is not installed; processes of peers end with the test file."""
    played: list[Implementation] = []

    def ready(implementation: Implementation) -> Implementation:
        if (reason := implementation.missing()) is not None:
            pytest.skip(reason)
        played.append(implementation)
        return implementation

    yield ready
    for implementation in played:
        implementation.close()
