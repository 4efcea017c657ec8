"""What rfc9420 does that is not RFC 9420, in its own bytes: why things fail, or are worked round in its module."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.interop.peers.features import GROUP_ID
from tests.interop.peers.member import AddMember, Implementation, RemoveMember, Sent, identity_of
from tests.interop.peers.ours import OurMember
from tests.interop.peers.rfc9420 import Rfc9420, Rfc9420Member
from workbench.mls import Malformed, MLSMessage, RequiredCapabilities, cipher_suite, decode
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.messages import Commit, ExternalPub, GroupInfo, PublicMessage

LABEL, CONTEXT = "interop", b"context"


@pytest.fixture
def alice(playing: Callable[[Implementation], Implementation]) -> Rfc9420Member:
    """A client in a group of her own."""
    member = playing(Rfc9420()).member(1, identity_of("alice"))
    assert isinstance(member, Rfc9420Member)
    member.create(GROUP_ID)
    return member


def test_its_external_pub_is_a_bare_key(alice: Rfc9420Member) -> None:
    bare, wrapped = (_external_pub(alice.group_info(as_it_is=each)) for each in (True, False))
    assert decode(ExternalPub, wrapped).external_pub == bare


def test_its_exporter_does_not_hash_the_context(alice: Rfc9420Member) -> None:
    """RFC 9420 §8.5 expands the hash of the context."""
    suite = cipher_suite(1)
    secret = suite.derive_secret(alice._group.get_exporter_secret(), LABEL)
    unhashed, hashed = (
        suite.expand_with_label(secret, "exported", each, 32) for each in (CONTEXT, suite.hash(CONTEXT))
    )
    assert alice.export(LABEL, CONTEXT, 32, as_it_is=True) == unhashed != hashed
    bob = OurMember(1, identity_of("bob"))
    bob.join(alice.commit(AddMember(bob.key_package())).welcome)
    assert bob.export(LABEL, CONTEXT, 32) == alice.export(LABEL, CONTEXT, 32)


def test_the_leaf_of_its_path_keeps_the_key_and_the_signature_of_the_key_package(alice: Rfc9420Member) -> None:
    """RFC 9420 §7.5 says that the committer generates a new key pair and signs the new leaf."""
    old = alice._waiting.leaf_node
    path = _commit(alice.commit()).path
    assert path is not None
    assert old is not None
    assert isinstance(old.signature, alice._data.Signature)
    assert path.leaf_node.encryption_key == old.encryption_key
    assert path.leaf_node.signature == old.signature.value


def test_it_leaves_those_whom_a_commit_adds_out_of_the_filtered_direct_path(alice: Rfc9420Member) -> None:
    """RFC 9420 §4.1.2 filters by the resolutions of the tree, in which the new leaf is; nothing is encrypted to it."""
    bob, carol = (OurMember(1, identity_of(name)) for name in ("bob", "carol"))
    alice.commit(AddMember(bob.key_package()))
    path = _commit(alice.commit(RemoveMember(1, bob.identity), AddMember(carol.key_package()))).path
    assert path is not None
    assert path.nodes == ()

    ours = OurMember(1, identity_of("dave"))
    ours.create(GROUP_ID)
    ours.commit(AddMember(bob.key_package()))
    path = _commit(ours.commit(RemoveMember(1, bob.identity), AddMember(carol.key_package()))).path
    assert path is not None
    assert [node.encrypted_path_secret for node in path.nodes] == [()]


def test_its_required_capabilities_has_counts_instead_of_vectors(alice: Rfc9420Member) -> None:
    data = alice._extensions.build_required_capabilities([10], [9], [1])
    assert data == bytes.fromhex("0001 000a 0001 0009 0001 0001")
    with pytest.raises(Malformed):
        decode(RequiredCapabilities, data)
    assert decode(RequiredCapabilities, bytes.fromhex("02 000a 02 0009 02 0001")) == RequiredCapabilities(
        (10,), (9,), (1,)
    )


def test_its_reinit_changes_the_id_and_the_epoch_of_the_old_group(alice: Rfc9420Member) -> None:
    """RFC 9420 §11.2 ends the old group in its next epoch; the new id is that of the group which is founded then."""
    alice.commit()
    assert alice.epoch() == 1
    alice.reinit(b"the next group")
    assert (alice._group.get_group_id(), alice.epoch()) == (b"the next group", 1)


def test_it_invents_a_psk_that_it_does_not_have(alice: Rfc9420Member) -> None:
    """RFC 9420 §8.4 needs the PSK itself; this is made of what everybody knows."""
    psk = alice._data.PreSharedKeyID(alice._data.PSKType.EXTERNAL, psk_id=b"nobody has it", psk_nonce=bytes(32))
    assert len(alice._messages.derive_psk_secret(alice._crypto, [psk], psk_values=[None])) == 32


def _commit(sent: Sent) -> Commit:
    message = decode(MLSMessage, sent.commit).message
    assert isinstance(message, PublicMessage)
    assert isinstance(message.content.content, Commit)
    return message.content.content


def _external_pub(message: bytes) -> bytes:
    info = decode(MLSMessage, message).message
    assert isinstance(info, GroupInfo)
    return next(each.extension_data for each in info.extensions if each.extension_type == ExtensionType.external_pub)
