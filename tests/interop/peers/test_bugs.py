"""Where a peer breaks RFC 9420: each proof holds of bytes that the peer makes now, and of those in docs/interop.md."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.interop.peers.bugs import PROOFS, Proof, kept
from tests.interop.peers.features import GROUP_ID
from workbench.interop.peers.member import AddMember, PeerImplementation, PeerMember, PeerRefused, identity_of
from workbench.interop.peers.ours import OurMember
from workbench.interop.peers.rfc9420 import Rfc9420Member, Rfc9420Package
from workbench.interop.peers.ts_mls import TsMlsPackage
from workbench.mls import Malformed

pytestmark = pytest.mark.slow

each_proof = pytest.mark.parametrize("proof", PROOFS, ids=[proof.name for proof in PROOFS])


@each_proof
def test_the_bytes_that_a_peer_makes_prove_its_bug(
    playing: Callable[[PeerImplementation], PeerImplementation], proof: Proof
) -> None:
    proof.verify(proof.capture(playing(proof.implementation)))


@each_proof
def test_the_bytes_in_the_page_prove_the_bug(proof: Proof) -> None:
    proof.verify(kept()[proof.name])


@each_proof
def test_other_bytes_prove_nothing(proof: Proof) -> None:
    """A proof without the last byte of one of its values is no proof."""
    found = kept()[proof.name]
    for what in found:
        with pytest.raises((AssertionError, Malformed)):
            proof.verify({**found, what: found[what][:-1]})


def test_it_refuses_a_tree_whose_nodes_list_different_unmerged_leaves(
    playing: Callable[[PeerImplementation], PeerImplementation],
) -> None:
    """RFC 9420 §12.4.3.1 wants a leaf listed below the node that lists it; ts-mls wants it listed above, too."""
    ts_mls = playing(TsMlsPackage())
    alice = ts_mls.member(1, identity_of("alice"))
    alice.create(GROUP_ID)
    bob, carol, dave, erin, frank = (
        OurMember(1, identity_of(name)) for name in ("bob", "carol", "dave", "erin", "frank")
    )
    group: list[PeerMember] = [alice]

    def commits(author: PeerMember, *newcomers: PeerMember) -> None:
        sent = author.commit(*(AddMember(each.key_package()) for each in newcomers))
        for member in group:
            if member is not author:
                member.process(sent.commit)
        for newcomer in newcomers:
            newcomer.join(sent.welcome)
        group.extend(newcomers)

    commits(alice, bob, carol)
    commits(bob)
    commits(alice, dave)
    commits(alice, erin)
    commits(erin)
    assert {above.index: node.unmerged_leaves for above, node in erin.state.tree.parents()} == {1: (), 3: (3,), 7: ()}
    commits(alice, frank)
    with pytest.raises(PeerRefused, match="non-blank intermediate node must list leaf node in its unmerged_leaves"):
        commits(alice, ts_mls.member(1, identity_of("grace")))


def test_it_invents_a_psk_that_it_does_not_have(playing: Callable[[PeerImplementation], PeerImplementation]) -> None:
    """RFC 9420 §8.4 needs the PSK itself; the package makes one from values that everybody knows."""
    alice = playing(Rfc9420Package()).member(1, identity_of("alice"))
    assert isinstance(alice, Rfc9420Member)
    psk = alice._data.PreSharedKeyID(alice._data.PSKType.EXTERNAL, psk_id=b"nobody has it", psk_nonce=bytes(32))
    assert len(alice._messages.derive_psk_secret(alice._crypto, [psk], psk_values=[None])) == 32
