"""Proofs that a peer breaks RFC 9420: bytes that the peer has made, and what they show.

`capture` lets a peer make the bytes, new ones each time, and `verify` checks that they show what the title says. The
bytes in docs/interop.md are kept in bugs.json, so that the page can be checked where no peer is installed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.interop.peers.features import GROUP_ID
from workbench.interop.peers.member import AddMember, PeerImplementation, RemoveMember, SetExtensions, identity_of
from workbench.interop.peers.ours import OurMember
from workbench.interop.peers.rfc9420 import Rfc9420Member, Rfc9420Package
from workbench.interop.peers.ts_mls import TsMlsMember, TsMlsPackage
from workbench.mls import (
    BasicCredential,
    Credential,
    GroupContextExtensions,
    KeyPackage,
    Malformed,
    MLSMessage,
    RatchetTreeExtension,
    RequiredCapabilities,
    cipher_suite,
    decode,
    encode,
)
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.extensions import ExternalPub, ExternalSender, ExternalSenders
from workbench.mls.wire.messages import GroupInfo, PublicMessage
from workbench.mls.wire.proposals import Commit, Proposal, ProposalByValue
from workbench.mls.wire.tree import LeafNode, ParentNode

Bytes = Mapping[str, bytes]
KEPT = Path(__file__).with_suffix(".json")
LABEL, CONTEXT = "interop", b"context"


@dataclass(frozen=True)
class Proof:
    """A bug of a peer in cipher suite 1, or in the one that the title names."""

    implementation: PeerImplementation
    title: str
    consequence: str
    capture: Callable[[PeerImplementation], Bytes]
    verify: Callable[[Bytes], None]

    @property
    def name(self) -> str:
        """The peer and the title, which no other proof has."""
        return f"{self.implementation.name}: {self.title}"


def kept() -> dict[str, dict[str, bytes]]:
    """The bytes in docs/interop.md, by the name of the proof."""
    stored: dict[str, dict[str, str]] = json.loads(KEPT.read_text("utf-8"))
    return {name: {what: bytes.fromhex(text) for what, text in found.items()} for name, found in stored.items()}


def keep(found: Mapping[str, Bytes]) -> None:
    """Store these bytes as those in docs/interop.md."""
    stored = {name: {what: value.hex() for what, value in each.items()} for name, each in found.items()}
    KEPT.write_text(json.dumps(stored, indent=2, ensure_ascii=False) + "\n", "utf-8")


# external_pub, of both


def _ts_mls_external_pub(peer: PeerImplementation) -> Bytes:
    alice = _ts_mls(peer)
    alice.create(GROUP_ID)
    return {"extension_data": _external_pub(alice.group_info(as_it_is=True)), **_group_key(alice.group_info())}


def _rfc9420_external_pub(peer: PeerImplementation) -> Bytes:
    alice = _rfc9420(peer)
    return {"extension_data": _external_pub(alice.group_info(as_it_is=True)), **_group_key(alice.group_info())}


def _group_key(group_info: bytes) -> Bytes:
    return {"the group's external key": decode(ExternalPub, _external_pub(group_info)).external_pub}


def _is_a_bare_key(found: Bytes) -> None:
    key = found["the group's external key"]
    assert found["extension_data"] == key
    assert encode(ExternalPub(key)) == bytes([len(key)]) + key


# ts-mls


def _its_external_sender(peer: PeerImplementation) -> Bytes:
    return {"extension_data": _ts_mls(peer).external_sender()}


def _is_one_sender(found: Bytes) -> None:
    data = found["extension_data"]
    assert decode(ExternalSender, data).credential == Credential(BasicCredential(identity_of("alice")))
    assert _malformed(ExternalSenders, data)


def _its_key_package_on_p256(peer: PeerImplementation) -> Bytes:
    key_package = decode(MLSMessage, _ts_mls(peer, suite=2).key_package()).message
    assert isinstance(key_package, KeyPackage)
    return {"signature_key": key_package.leaf_node.signature_key}


def _is_a_compressed_point(found: Bytes) -> None:
    key = found["signature_key"]
    assert len(key) == 33
    assert key[0] in {2, 3}


def _its_group_context_extensions(peer: PeerImplementation) -> Bytes:
    alice = _ts_mls(peer)
    alice.create(GROUP_ID)
    return {"commit": alice.commit(SetExtensions(((ExtensionType.required_capabilities, bytes(3)),))).commit}


def _has_no_path(found: Bytes) -> None:
    commit = _commit(found["commit"])
    (entry,) = [each.proposal_or_ref for each in commit.proposals]
    assert isinstance(entry, ProposalByValue)
    assert isinstance(entry.proposal, Proposal)
    assert isinstance(entry.proposal.proposal, GroupContextExtensions)
    assert commit.path is None


# rfc9420


def _its_exporter(peer: PeerImplementation) -> Bytes:
    alice = _rfc9420(peer)
    exported = alice.export(LABEL, CONTEXT, 32, as_it_is=True)
    return {"exporter_secret": alice._group.get_exporter_secret(), "exported": exported}


def _is_of_the_context_itself(found: Bytes) -> None:
    suite = cipher_suite(1)
    secret = suite.derive_secret(found["exporter_secret"], LABEL)
    assert found["exported"] == suite.expand_with_label(secret, "exported", CONTEXT, 32)
    assert found["exported"] != suite.expand_with_label(secret, "exported", suite.hash(CONTEXT), 32)


def _its_leaf_and_its_path(peer: PeerImplementation) -> Bytes:
    alice = _rfc9420(peer)
    old, new = decode(LeafNode, alice.leaf()), _path_leaf(alice.commit().commit)
    return {
        "encryption_key in the key package": old.encryption_key,
        "encryption_key in the path": new.encryption_key,
        "signature in the key package": old.signature,
        "signature in the path": new.signature,
    }


def _is_the_same_leaf(found: Bytes) -> None:
    for what in ("encryption_key", "signature"):
        assert found[f"{what} in the key package"] == found[f"{what} in the path"]


def _its_path_with_an_add(peer: PeerImplementation) -> Bytes:
    alice = _rfc9420(peer)
    bob, carol = (OurMember(1, identity_of(name)) for name in ("bob", "carol"))
    alice.commit(AddMember(bob.key_package()))
    return {"commit": alice.commit(RemoveMember(1, bob.identity), AddMember(carol.key_package())).commit}


def _has_no_node(found: Bytes) -> None:
    """Carol is at leaf 1, so the filtered direct path of leaf 0 has node 1, with nothing encrypted to her."""
    path = _commit(found["commit"]).path
    assert path is not None
    assert path.nodes == ()


def _its_unmerged_leaves(peer: PeerImplementation) -> Bytes:
    alice = _rfc9420(peer)
    bob, carol, dave, erin = (OurMember(1, identity_of(name)) for name in ("bob", "carol", "dave", "erin"))
    bob.join(alice.commit(*(AddMember(each.key_package()) for each in (bob, carol))).welcome)
    alice.process(bob.commit().commit)
    alice.commit(AddMember(dave.key_package()))
    before = _node_3(alice.group_info())
    alice.commit(AddMember(erin.key_package()))
    return {"node 3 after dave is added at leaf 3": before, "node 3 after erin is added": _node_3(alice.group_info())}


def _node_3(group_info: bytes) -> bytes:
    tree = decode(RatchetTreeExtension, _extension(group_info, ExtensionType.ratchet_tree))
    node = tree.ratchet_tree[3]
    assert node is not None
    assert isinstance(node.node, ParentNode)
    return encode(node.node)


def _is_forgotten(found: Bytes) -> None:
    before, after = (decode(ParentNode, value) for value in found.values())
    assert (before.unmerged_leaves, after.unmerged_leaves) == ((3,), ())
    assert before.encryption_key == after.encryption_key


def _its_required_capabilities(peer: PeerImplementation) -> Bytes:
    return {"extension_data": _rfc9420(peer).required_capabilities([10], [9], [1])}


def _has_counts(found: Bytes) -> None:
    assert found["extension_data"] == bytes.fromhex("0001 000a 0001 0009 0001 0001")
    assert _malformed(RequiredCapabilities, found["extension_data"])
    assert encode(RequiredCapabilities((10,), (9,), (1,))) == bytes.fromhex("02 000a 02 0009 02 0001")


def _its_group_after_reinit(peer: PeerImplementation) -> Bytes:
    alice = _rfc9420(peer)
    alice.commit()
    alice.reinit(b"the next group")
    return {"group_id": alice._group.get_group_id(), "epoch": bytes([alice.epoch()])}


def _is_the_next_group(found: Bytes) -> None:
    assert found == {"group_id": b"the next group", "epoch": bytes([1])}


# What they are made of


def _ts_mls(peer: PeerImplementation, suite: int = 1) -> TsMlsMember:
    member = peer.member(suite, identity_of("alice"))
    assert isinstance(member, TsMlsMember)
    return member


def _rfc9420(peer: PeerImplementation) -> Rfc9420Member:
    """Alice as a member of rfc9420, alone in a group that she has created."""
    member = peer.member(1, identity_of("alice"))
    assert isinstance(member, Rfc9420Member)
    member.create(GROUP_ID)
    return member


def _commit(message: bytes) -> Commit:
    body = decode(MLSMessage, message).message
    assert isinstance(body, PublicMessage)
    assert isinstance(body.content.content, Commit)
    return body.content.content


def _path_leaf(message: bytes) -> LeafNode:
    path = _commit(message).path
    assert path is not None
    return path.leaf_node


def _external_pub(group_info: bytes) -> bytes:
    return _extension(group_info, ExtensionType.external_pub)


def _extension(group_info: bytes, kind: ExtensionType) -> bytes:
    info = decode(MLSMessage, group_info).message
    assert isinstance(info, GroupInfo)
    return next(each.extension_data for each in info.extensions if each.extension_type == kind)


def _malformed(kind: type[object], data: bytes) -> bool:
    try:
        decode(kind, data)
    except Malformed:
        return True
    return False


PROOFS = (
    Proof(
        TsMlsPackage(),
        "external_pub is a bare key, not a vector (§12.4.3.2)",
        "The tests put the length before it, so that external commits work in both directions.",
        _ts_mls_external_pub,
        _is_a_bare_key,
    ),
    Proof(
        TsMlsPackage(),
        "external_senders is one sender, not a vector of them (§12.1.8.1)",
        "Neither side accepts the form of the other.",
        _its_external_sender,
        _is_one_sender,
    ),
    Proof(
        TsMlsPackage(),
        "A commit of GroupContextExtensions has no path (§17.4)",
        "We refuse it.",
        _its_group_context_extensions,
        _has_no_path,
    ),
    Proof(
        TsMlsPackage(),
        "A signature key on a NIST curve is a compressed point (§5.1), here in cipher suite 2",
        "We accept it and keep the bytes as they are; rfc9420 does not read it.",
        _its_key_package_on_p256,
        _is_a_compressed_point,
    ),
    Proof(
        Rfc9420Package(),
        "external_pub is a bare key, not a vector (§12.4.3.2)",
        "The tests put the length before it. Without the length we could not read even its Welcome.",
        _rfc9420_external_pub,
        _is_a_bare_key,
    ),
    Proof(
        Rfc9420Package(),
        f"The exporter does not hash the context (§8.5), here {CONTEXT!r} with the label {LABEL!r}",
        "The tests hash the context for it. Then it exports the same secrets as the others.",
        _its_exporter,
        _is_of_the_context_itself,
    ),
    Proof(
        Rfc9420Package(),
        "The leaf of a path keeps the key and the signature of the key package (§7.5)",
        "The other members refuse all its commits that have a path.",
        _its_leaf_and_its_path,
        _is_the_same_leaf,
    ),
    Proof(
        Rfc9420Package(),
        "The filtered direct path leaves out the members that the commit adds (§4.1.2)",
        "It refuses the commits of others that add a member and have a path.",
        _its_path_with_an_add,
        _has_no_node,
    ),
    Proof(
        Rfc9420Package(),
        "A commit forgets the unmerged leaves that were there before it (§7.8, §12.1.1)",
        "The other members refuse it. So in mixed groups it commits nothing.",
        _its_unmerged_leaves,
        _is_forgotten,
    ),
    Proof(
        Rfc9420Package(),
        "required_capabilities has counts instead of vectors (§11.1)",
        "It can neither set nor check them.",
        _its_required_capabilities,
        _has_counts,
    ),
    Proof(
        Rfc9420Package(),
        "A ReInit changes the id and the epoch of the old group (§11.2)",
        "The other members refuse its commit, and it refuses theirs.",
        _its_group_after_reinit,
        _is_the_next_group,
    ),
)
