"""docs/interop.md says of the peers what is declared and proven."""

from __future__ import annotations

from collections.abc import Callable

from tests.interop.peers.bugs import PROOFS, kept
from tests.interop.peers.declared import PEERS
from tests.interop.peers.page import page, versions, written
from workbench.interop.peers.member import PeerImplementation


def test_the_page_is_that_of_the_declarations(playing: Callable[[PeerImplementation], PeerImplementation]) -> None:
    for peer in PEERS:
        playing(peer.implementation)
    assert written() == page(versions(), kept())


def test_every_proof_is_in_the_page_and_no_other() -> None:
    assert set(kept()) == {proof.name for proof in PROOFS}
