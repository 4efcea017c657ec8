"""The refusals of the service: each has the right status and sentence, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import grpc
import pytest

from tests.interop.peer import Peer
from workbench.interop.described import message_of
from workbench.mls import KeyPackage, cipher_suite

NOT_FOUND, BAD, NOT_NOW = (
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.FAILED_PRECONDITION,
)


@pytest.fixture
def peer(peers: tuple[Peer, Peer]) -> Peer:
    return peers[0]


@contextmanager
def refuses(code: grpc.StatusCode, words: str) -> Iterator[None]:
    with pytest.raises(grpc.RpcError) as refusal:
        yield
    assert isinstance(refusal.value, grpc.Call)
    assert (refusal.value.code(), words in refusal.value.details()) == (code, True), refusal.value.details()


def group(peer: Peer, *, private: bool = False) -> int:
    """A group of Alice alone."""
    alice = {"identity": b"alice", "encrypt_handshake": private}
    return int(peer.call("CreateGroup", group_id=b"group", cipher_suite=1, **alice).state_id)


def group_of_two(peer: Peer, *, private: bool = False) -> tuple[int, int]:
    """Alice and Bob."""
    alice, bob = group(peer, private=private), peer.call("CreateKeyPackage", cipher_suite=1, identity=b"bob")
    add = {"proposal_type": b"add", "key_package": bob.key_package}
    welcome = peer.call("Commit", state_id=alice, by_value=[add]).welcome
    peer.call("HandlePendingCommit", state_id=alice)
    entry = {"transaction_id": bob.transaction_id, "identity": b"bob", "encrypt_handshake": private}
    joined = peer.call("JoinGroup", welcome=welcome, **entry)
    return alice, int(joined.state_id)


def authenticator(peer: Peer, state_id: int) -> bytes:
    return bytes(peer.call("StateAuth", state_id=state_id).state_auth_secret)


def agree(peer: Peer, *states: int) -> bool:
    return len({authenticator(peer, state) for state in states}) == 1


def go_on(peer: Peer, committer: int, other: int) -> None:
    """Go to one more epoch, to see that the group still works."""
    commit = peer.call("Commit", state_id=committer).commit
    peer.call("HandlePendingCommit", state_id=committer)
    peer.call("HandleCommit", state_id=other, commit=commit)
    assert agree(peer, committer, other)


def test_an_id_under_which_nothing_is_kept_is_not_found(peer: Peer) -> None:
    joining = peer.call("CreateKeyPackage", cipher_suite=1, identity=b"bob").transaction_id
    with refuses(NOT_FOUND, "no InteropMember is kept here under the id 0"):
        peer.call("StateAuth", state_id=0)
    with refuses(NOT_FOUND, f"no InteropMember is kept here under the id {joining}"):
        peer.call("Commit", state_id=joining)
    with refuses(NOT_FOUND, "no Joining is kept here"):
        peer.call("JoinGroup", transaction_id=group(peer), welcome=b"")
    with refuses(NOT_FOUND, "no member or client is kept under the id 0"):
        peer.call("StorePSK", state_or_transaction_id=0, psk_id=b"id", psk_secret=b"secret")


def test_what_was_freed_is_gone_and_its_id_is_given_to_nobody_else(peer: Peer) -> None:
    state = group(peer)
    peer.call("Free", state_id=state)
    assert group(peer) > state
    with refuses(NOT_FOUND, f"id {state}"):
        peer.call("Free", state_id=state)


@pytest.mark.parametrize("suite", [0, 8, 0x0A0A, 1 << 16, (1 << 32) - 1])
def test_a_cipher_suite_that_is_not_built_is_refused(peer: Peer, suite: int) -> None:
    words = "Unsupported: cipher suite" if suite < 1 << 16 else "InvalidArgument: "
    for name in ("CreateGroup", "CreateKeyPackage", "CreateExternalSigner"):
        with refuses(BAD, words):
            peer.call(name, cipher_suite=suite, identity=b"alice")
    with refuses(BAD, words):
        peer.call("ReInitProposal", state_id=group(peer), cipher_suite=suite, group_id=b"next")


def test_bytes_that_are_no_message_are_refused_where_reading_stopped(peer: Peer) -> None:
    alice = group(peer)
    for fields in ({"by_reference": [b"no message"]}, {"by_value": [{"proposal_type": b"add", "key_package": b"no"}]}):
        with refuses(BAD, "Malformed"):
            peer.call("Commit", state_id=alice, **fields)
    with refuses(BAD, "Malformed"):
        peer.call("HandleCommit", state_id=alice, commit=b"")
    with refuses(BAD, "Malformed"):
        peer.call("ExternalJoin", group_info=b"\0\1\0\4", identity=b"bob")


def test_a_message_of_another_kind_is_refused(peer: Peer) -> None:
    alice, bob = group_of_two(peer)
    info = peer.call("GroupInfo", state_id=alice).group_info
    said = peer.call("Protect", state_id=alice, plaintext=b"hello").ciphertext
    commit = peer.call("Commit", state_id=alice).commit
    update = peer.call("UpdateProposal", state_id=alice).proposal
    with refuses(BAD, "a GroupInfo stands where a KeyPackage belongs"):
        peer.call("AddProposal", state_id=alice, key_package=info)
    with refuses(BAD, "EpochAdvanced came out of what should be a proposal"):
        peer.call("HandleCommit", state_id=bob, proposal=[commit], commit=commit)
    with refuses(BAD, "ProposalQueued came out of what should be a commit"):
        peer.call("HandleCommit", state_id=bob, commit=update)
    with refuses(BAD, "EpochAdvanced came out of what should be application data"):
        peer.call("Unprotect", state_id=bob, ciphertext=commit)
    with refuses(BAD, "ApplicationMessage came out of what should be a commit"):
        peer.call("HandleCommit", state_id=bob, commit=said)
    assert peer.call("Unprotect", state_id=bob, ciphertext=said).plaintext == b"hello"
    peer.call("HandlePendingCommit", state_id=alice)
    peer.call("HandleCommit", state_id=bob, commit=commit)
    assert agree(peer, alice, bob)


def test_a_commit_is_made_in_one_call_and_adopted_in_another(peer: Peer) -> None:
    alice, bob = group_of_two(peer)
    before = authenticator(peer, alice)
    with refuses(NOT_NOW, "no commit is pending"):
        peer.call("HandlePendingCommit", state_id=alice)
    lost = peer.call("Commit", state_id=alice).commit
    assert authenticator(peer, alice) == before
    go_on(peer, bob, alice)
    with refuses(NOT_NOW, "no commit is pending"):
        peer.call("HandlePendingCommit", state_id=alice)
    with refuses(BAD, "epoch"):
        peer.call("HandleCommit", state_id=bob, commit=lost)
    own = peer.call("Commit", state_id=alice).commit
    peer.call("HandleCommit", state_id=alice, commit=own)
    peer.call("HandleCommit", state_id=bob, commit=own)
    assert agree(peer, alice, bob)


def test_proposals_may_be_handed_over_twice(peer: Peer) -> None:
    alice, bob = group_of_two(peer)
    own = peer.call("GroupContextExtensionsProposal", state_id=bob, extensions=[]).proposal
    peer.call("Commit", state_id=bob, by_reference=[own])
    commit = peer.call("Commit", state_id=bob, by_reference=[own]).commit
    peer.call("HandlePendingCommit", state_id=bob)
    with refuses(NOT_NOW, "UnknownProposal"):
        peer.call("HandleCommit", state_id=alice, commit=commit)
    peer.call("HandleCommit", state_id=alice, proposal=[own, own], commit=commit)
    assert agree(peer, alice, bob)


def test_a_proposal_that_is_not_named_is_not_committed(peer: Peer) -> None:
    alice, bob = group_of_two(peer)
    peer.call("GroupContextExtensionsProposal", state_id=bob, extensions=[])
    go_on(peer, bob, alice)


def test_a_proposal_of_its_own_that_a_member_does_not_know_any_more_is_refused(peer: Peer) -> None:
    alice, bob = group_of_two(peer)
    own = peer.call("GroupContextExtensionsProposal", state_id=alice, extensions=[]).proposal
    go_on(peer, bob, alice)
    with refuses(BAD, "epoch"):
        peer.call("Commit", state_id=alice, by_reference=[own])


def test_a_member_who_is_not_there_is_not_removed(peer: Peer) -> None:
    alice, _ = group_of_two(peer)
    with refuses(BAD, "no member has the identity b'carol'"):
        peer.call("RemoveProposal", state_id=alice, removed_id=b"carol")
    with refuses(BAD, "no member has the identity b'carol'"):
        peer.call("Commit", state_id=alice, by_value=[{"proposal_type": b"remove", "removed_id": b"carol"}])
    info = peer.call("GroupInfo", state_id=alice).group_info
    with refuses(BAD, "no member has the identity b'carol'"):
        peer.call("ExternalJoin", group_info=info, identity=b"carol", remove_prior=True)


def test_a_member_who_is_removed_learns_nothing_of_the_next_epoch(peer: Peer) -> None:
    alice, bob = group_of_two(peer)
    late = peer.call("Protect", state_id=alice, plaintext=b"farewell").ciphertext
    commit = peer.call("Commit", state_id=alice, by_value=[{"proposal_type": b"remove", "removed_id": b"bob"}]).commit
    assert peer.call("HandleCommit", state_id=bob, commit=commit).epoch_authenticator == b""
    assert peer.call("Unprotect", state_id=bob, ciphertext=late).plaintext == b"farewell"
    with refuses(NOT_NOW, "GroupInactive"):
        peer.call("Commit", state_id=bob)


def test_a_proposal_of_a_type_that_is_not_known_is_refused(peer: Peer) -> None:
    with refuses(BAD, "there is no proposal type b'update'"):
        peer.call("Commit", state_id=group(peer), by_value=[{"proposal_type": b"update"}])


def test_numbers_that_are_too_large_for_their_field_are_refused(peer: Peer) -> None:
    extensions = [{"extension_type": 1 << 16, "extension_data": b""}]
    with refuses(BAD, "not 65536"):
        peer.call("GroupContextExtensionsProposal", state_id=group(peer), extensions=extensions)
    for code, length in ((NOT_NOW, 1 << 13), (BAD, 1 << 17), (BAD, (1 << 32) - 1)):
        with refuses(code, str(length)):
            peer.call("Export", state_id=group(peer), label="label", context=b"", key_length=length)


def test_a_key_that_was_not_stored_is_not_mixed_in(peer: Peer) -> None:
    alice = group(peer)
    psk = [{"proposal_type": b"externalPSK", "psk_id": b"id"}]
    with refuses(NOT_NOW, "UnknownPreSharedKey: external key 6964"):
        peer.call("Commit", state_id=alice, by_value=psk)
    peer.call("StorePSK", state_or_transaction_id=alice, psk_id=b"id", psk_secret=b"secret")
    peer.call("Commit", state_id=alice, by_value=psk)


def test_a_welcome_is_for_the_identity_of_the_key_package_and_enters_once(peer: Peer) -> None:
    alice, bob = group(peer), peer.call("CreateKeyPackage", cipher_suite=1, identity=b"bob")
    add = {"proposal_type": b"add", "key_package": bob.key_package}
    entry = {
        "transaction_id": bob.transaction_id,
        "welcome": peer.call("Commit", state_id=alice, by_value=[add]).welcome,
    }
    with refuses(BAD, "of another identity"):
        peer.call("JoinGroup", identity=b"carol", **entry)
    peer.call("JoinGroup", identity=b"bob", **entry)
    with refuses(NOT_FOUND, "no Joining"):
        peer.call("JoinGroup", identity=b"bob", **entry)


def test_a_commit_without_a_reinit_ends_no_group(peer: Peer) -> None:
    alice, bob = group_of_two(peer)
    commit = peer.call("ReInitCommit", state_id=alice).commit
    with refuses(BAD, "contains no ReInit proposal"):
        peer.call("HandlePendingReInitCommit", state_id=alice)
    with refuses(BAD, "contains no ReInit proposal"):
        peer.call("HandleReInitCommit", state_id=bob, commit=commit)
    peer.call("HandlePendingCommit", state_id=alice)
    peer.call("HandleCommit", state_id=bob, commit=commit)
    assert agree(peer, alice, bob)


def test_who_is_not_listed_signs_nothing_for_a_group(peer: Peer) -> None:
    signer = peer.call("CreateExternalSigner", cipher_suite=1, identity=b"signer").signer_id
    info = peer.call("GroupInfo", state_id=group(peer)).group_info
    with refuses(BAD, "do not contain the key of this external signer"):
        peer.call("ExternalSignerProposal", signer_id=signer, group_info=info, description={"proposal_type": b"add"})


def test_the_private_keys_that_are_told_are_those_of_the_key_package(peer: Peer) -> None:
    for number in sorted(peer.suites):
        suite = cipher_suite(number)
        made = peer.call("CreateKeyPackage", cipher_suite=number, identity=b"bob")
        key_package = message_of(KeyPackage, made.key_package)
        assert suite.hpke_public_key(made.init_priv) == key_package.init_key
        assert suite.hpke_public_key(made.encryption_priv) == key_package.leaf_node.encryption_key
        assert suite.signature_public_key(made.signature_priv) == key_package.leaf_node.signature_key
