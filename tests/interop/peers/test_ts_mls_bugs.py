"""What ts-mls does that is not RFC 9420, in its own bytes: why these things fail, or are worked round in its worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.interop.peers.features import GROUP_ID
from tests.interop.peers.member import AddMember, Implementation, Member, Refused, SetExtensions, identity_of
from tests.interop.peers.ours import OurMember
from tests.interop.peers.ts_mls import TsMls, TsMlsMember
from workbench.mls import BasicCredential, Credential, GroupContextExtensions, KeyPackage, Malformed, MLSMessage, decode
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.messages import (
    Commit,
    ExternalPub,
    ExternalSender,
    ExternalSenders,
    GroupInfo,
    Proposal,
    ProposalByValue,
    PublicMessage,
)

COMPRESSED = {2: 33, 5: 67, 7: 49}
"""How long a compressed point is on the curve of a cipher suite; an uncompressed one starts with 4 (RFC 9420 §5.1)."""


@pytest.fixture(scope="module")
def ts_mls(playing: Callable[[Implementation], Implementation]) -> Iterator[TsMls]:
    implementation = TsMls()
    playing(implementation)
    yield implementation
    implementation.close()


def client(ts_mls: TsMls, suite: int = 1, name: str = "alice") -> TsMlsMember:
    member = ts_mls.member(suite, identity_of(name))
    assert isinstance(member, TsMlsMember)
    return member


@pytest.mark.parametrize("suite", [1, 2, 4])
def test_its_external_pub_is_a_bare_key(ts_mls: TsMls, suite: int) -> None:
    alice = client(ts_mls, suite)
    alice.create(GROUP_ID)
    bare, wrapped = (_external_pub(alice.group_info(as_it_is=each)) for each in (True, False))
    assert decode(ExternalPub, wrapped).external_pub == bare


def test_its_external_senders_is_one_sender_instead_of_a_vector(ts_mls: TsMls) -> None:
    data = client(ts_mls).external_sender()
    assert decode(ExternalSender, data).credential == Credential(BasicCredential(identity_of("alice")))
    with pytest.raises(Malformed):
        decode(ExternalSenders, data)


@pytest.mark.parametrize("suite", COMPRESSED)
def test_its_nist_signature_keys_are_compressed_points(ts_mls: TsMls, suite: int) -> None:
    key_package = decode(MLSMessage, client(ts_mls, suite).key_package()).message
    assert isinstance(key_package, KeyPackage)
    assert len(key_package.leaf_node.signature_key) == COMPRESSED[suite]
    assert key_package.leaf_node.signature_key[0] in {2, 3}


def test_its_commit_of_group_context_extensions_has_no_path(ts_mls: TsMls) -> None:
    """RFC 9420 §17.4 says that this type needs one."""
    alice = client(ts_mls)
    alice.create(GROUP_ID)
    message = decode(MLSMessage, alice.commit(SetExtensions(((ExtensionType.required_capabilities, bytes(3)),))).commit)
    assert isinstance(message.message, PublicMessage)
    commit = message.message.content.content
    assert isinstance(commit, Commit)
    (entry,) = [each.proposal_or_ref for each in commit.proposals]
    assert isinstance(entry, ProposalByValue)
    assert isinstance(entry.proposal, Proposal)
    assert isinstance(entry.proposal.proposal, GroupContextExtensions)
    assert commit.path is None


def test_it_refuses_a_tree_whose_nodes_list_different_unmerged_leaves(ts_mls: TsMls) -> None:
    """RFC 9420 §12.4.3.1 wants a leaf listed below the node that lists it; ts-mls wants it listed above, too."""
    alice = client(ts_mls)
    alice.create(GROUP_ID)
    bob, carol, dave, erin, frank = (
        OurMember(1, identity_of(name)) for name in ("bob", "carol", "dave", "erin", "frank")
    )
    group: list[Member] = [alice]

    def commits(author: Member, *newcomers: Member) -> None:
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
    with pytest.raises(Refused, match="non-blank intermediate node must list leaf node in its unmerged_leaves"):
        commits(alice, client(ts_mls, name="grace"))


def _external_pub(message: bytes) -> bytes:
    info = decode(MLSMessage, message).message
    assert isinstance(info, GroupInfo)
    return next(each.extension_data for each in info.extensions if each.extension_type == ExtensionType.external_pub)
