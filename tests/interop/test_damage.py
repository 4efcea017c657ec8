"""Bytes that were damaged on their way to the service: it refuses or accepts them, and the server goes on."""

from __future__ import annotations

import random
from collections.abc import Iterator

import grpc
import pytest

from tests.interop.peer import Peer
from tests.interop.test_refusals import BAD, NOT_NOW, agree, go_on, group_of_two


def damaged(good: bytes) -> Iterator[bytes]:
    """One bit flipped here and there, and an end that is missing or too much."""
    dice = random.Random(len(good))  # noqa: S311 - where the damage is, is no secret
    for place in dice.sample(range(len(good)), min(len(good), 40)):
        yield good[:place] + bytes([good[place] ^ 1 << dice.randrange(8)]) + good[place + 1 :]
    yield from (b"", good[:-1], good + b"\0", good + good)


def tried(peer: Peer, name: str, field: str, good: object, **fields: object) -> set[grpc.StatusCode]:
    """How damage in one field is answered; a field that is repeated is damaged in its first."""
    first = good[0] if isinstance(good, list) else good
    assert isinstance(first, bytes)
    values = ([bad, *good[1:]] if isinstance(good, list) else bad for bad in damaged(first))
    return {peer.status(name, **fields, **{field: value}) for value in values}


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
def test_damage_is_refused_in_our_words_and_changes_nothing(peers: tuple[Peer, Peer], private: bool) -> None:  # noqa: FBT001 - a parameter
    peer = peers[0]
    alice, bob = group_of_two(peer, private=private)
    info = peer.call("GroupInfo", state_id=alice, external_tree=True)
    proposal = peer.call("UpdateProposal", state_id=bob).proposal
    said = peer.call("Protect", state_id=alice, plaintext=b"hello").ciphertext
    carol = peer.call("CreateKeyPackage", cipher_suite=1, identity=b"carol")
    add = {"proposal_type": b"add", "key_package": carol.key_package}
    made = peer.call("Commit", state_id=alice, by_reference=[proposal], by_value=[add], external_tree=True)
    outside = {"identity": b"carol", "ratchet_tree": info.ratchet_tree}
    joining = {"transaction_id": carol.transaction_id, "identity": b"carol"}
    signer = peer.call("CreateExternalSigner", cipher_suite=1, identity=b"signer").external_sender
    answers = (
        tried(peer, "AddProposal", "key_package", carol.key_package, state_id=bob)
        | tried(peer, "AddExternalSigner", "external_sender", signer, state_id=bob)
        | tried(peer, "ExternalJoin", "group_info", info.group_info, **outside)
        | tried(peer, "ExternalJoin", "ratchet_tree", info.ratchet_tree, group_info=info.group_info, identity=b"carol")
        | tried(peer, "NewMemberAddProposal", "group_info", info.group_info, identity=b"carol")
        | tried(peer, "HandleCommit", "proposal", [proposal], commit=made.commit, state_id=bob)
        | tried(peer, "HandleCommit", "commit", made.commit, proposal=[proposal], state_id=bob)
        | tried(peer, "Unprotect", "ciphertext", said, state_id=bob)
        | tried(peer, "JoinGroup", "welcome", made.welcome, ratchet_tree=made.ratchet_tree, **joining)
        | tried(peer, "JoinGroup", "ratchet_tree", made.ratchet_tree, welcome=made.welcome, **joining)
    )
    assert answers <= {BAD, NOT_NOW, grpc.StatusCode.OK}
    assert peer.call("Unprotect", state_id=bob, ciphertext=said).plaintext == b"hello"
    peer.call("HandlePendingCommit", state_id=alice)
    peer.call("HandleCommit", state_id=bob, proposal=[proposal], commit=made.commit)
    carols = peer.call("JoinGroup", welcome=made.welcome, ratchet_tree=made.ratchet_tree, **joining).state_id
    assert agree(peer, alice, bob, carols)
    go_on(peer, carols, alice)
