"""A peer that is not installed is a skip with its reason, and on CI a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from workbench.interop.peers.member import PeerImplementation


@pytest.fixture(scope="module")
def playing() -> Iterator[Callable[[PeerImplementation], PeerImplementation]]:
    """A function that skips a test if a peer is not installed; processes of peers end with the test file."""
    played: list[PeerImplementation] = []

    def ready(implementation: PeerImplementation) -> PeerImplementation:
        if (reason := implementation.missing()) is not None:
            pytest.skip(reason)
        played.append(implementation)
        return implementation

    yield ready
    for implementation in played:
        implementation.close()
