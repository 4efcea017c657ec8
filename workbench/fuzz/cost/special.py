"""Costly inputs without repeated items: consistent trees and chains, many signatures, text."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial

from workbench.fuzz.chains import issuers_in_layers, x509_chain
from workbench.fuzz.cost.inputs import ANY_MESSAGE, FIRST_NUMBER, CostlyInput, Feed, Make, explained, submitted
from workbench.fuzz.cost.lists import ListName
from workbench.fuzz.insider import Sealer, public_message, signed_group_info, signed_key_package
from workbench.fuzz.scene import NOW, POLICY, PSKS, client, scene
from workbench.fuzz.subject import ENTROPY
from workbench.fuzz.subjects import HEAD_OF_GROUP_INFO, subjects
from workbench.inspect.dissect import dissect
from workbench.inspect.encodings import from_any
from workbench.mls import (
    Add,
    BasicCredential,
    Capabilities,
    Credential,
    Extension,
    ExternalPSK,
    GroupContextExtensions,
    KeyPackageBundle,
    LeafIndex,
    LeafNode,
    MLSMessage,
    PreSharedKey,
    PreSharedKeyID,
    RatchetTree,
    RatchetTreeExtension,
    Welcome,
    create_commit,
    decode,
    encode,
    group_info,
    process,
    propose_self_add,
)
from workbench.mls.crypto.certificates import MOST_CERTIFICATES
from workbench.mls.framing.private_message import REUSE_GUARD_LENGTH
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.tree.own_leaf import sign_leaf_node
from workbench.mls.tree.parent_hash import chain_path
from workbench.mls.wire.code_points import ContentType, CredentialType, ExtensionType, ProtocolVersion
from workbench.mls.wire.lengths import read_length, vector
from workbench.mls.wire.messages import ApplicationData, FramedContent, GroupInfo, MemberSender, Sender, SenderData
from workbench.mls.wire.proposals import Commit, Proposal, ProposalByValue, ProposalOrRef
from workbench.mls.wire.shapes import FEW_ITEMS
from workbench.mls.wire.tree import CommitSource, Node, ParentNode, UpdateSource, X509Credential

TREE = frozenset({ListName("RatchetTreeExtension", "ratchet_tree")})


def special_inputs() -> Iterator[CostlyInput]:
    """All special inputs."""
    yield from _trees()
    yield from _commits()
    yield from _proposals()
    yield from _private_messages()
    yield from _certificates()
    yield from _text()


def _fed_to(name: str) -> Feed:
    """The function that receives the fuzzer's subject with this name."""
    subject = next(each for each in subjects(1) if each.name == name)
    return lambda data: subject.feed(scene(1).suite, data)


# Trees


def _trees() -> Iterator[CostlyInput]:
    """Trees alone, and in a GroupInfo that a member of the tree has signed."""
    for name, make in (
        ("blank nodes, and a member at the right edge", _blanks),
        ("parents over blank leaves, and a member at the right edge", _parents_over_blanks),
        ("members, half of them unmerged at each height", _unmerged),
        ("members who have signed their leaves", _members),
        ("members whose leaves are full of extensions", _full_members),
    ):
        yield CostlyInput("validate_tree", name, make, _fed_to("ratchet_tree"), TREE)

        def described(size: int, make: Make = make) -> bytes:
            return _described(make(size))

        yield CostlyInput("external_commit", name, described, _fed_to("GroupInfo"), TREE)


def _described(tree: bytes) -> bytes:
    """A GroupInfo with another tree, signed by the member at its right edge."""
    at = scene(1)
    info = group_info(at.mallory).message
    if not isinstance(info, GroupInfo):
        raise TypeError("a GroupInfo is expected")
    others = tuple(each for each in info.extensions if each.extension_type != ExtensionType.ratchet_tree)
    nodes = len(decode(RatchetTreeExtension, tree).ratchet_tree)
    info = replace(info, extensions=(*others, Extension(ExtensionType.ratchet_tree, tree)), signer=nodes // 2)
    return HEAD_OF_GROUP_INFO + signed_group_info(at.suite, at.mallory.signature_private_key, encode(info))


def _edge() -> bytes:
    """Mallory's leaf as a node."""
    at = scene(1)
    return b"\1" + encode(Node(at.mallory.tree.member(at.mallory.own_leaf)))


def _blanks(size: int) -> bytes:
    return vector(bytes((size - len(_edge())) & ~1) + _edge())


def _parents_over_blanks(size: int) -> bytes:
    pair = b"\0\1" + encode(Node(ParentNode(b"", b"", ())))
    return vector(pair * ((size - len(_edge())) // len(pair)) + _edge())


BYTES_OF_UNMERGED = 80
"""About how many bytes a leaf takes in a tree in which every second leaf is unmerged in all parents above it."""


def _unmerged(size: int) -> bytes:
    """A tree with valid parent hashes in which every second member is unmerged; the leaves are not signed."""
    count = 1 << (size // BYTES_OF_UNMERGED).bit_length() - 1
    small = LeafNode(
        encryption_key=b"",
        signature_key=b"",
        credential=Credential(BasicCredential(b"")),
        capabilities=Capabilities((ProtocolVersion.mls10,), (), (), (), (CredentialType.basic,)),
        leaf_node_source=UpdateSource(),
        extensions=(),
        signature=b"",
    )
    named = [replace(small, encryption_key=b"%d" % each, signature_key=b"%d" % each) for each in range(count)]
    nodes = [node for leaf_node in named[: count // 2] for node in (Node(leaf_node), None, None, None)][:-3]
    tree = RatchetTree.from_nodes(nodes, scene(1).suite)
    for leaf, leaf_node in list(tree.leaves()):
        keys = [b"%d above %d" % (at.node, leaf) for at in tree.filtered_direct_path(leaf)]
        parents, above = chain_path(tree, leaf, keys)
        tree = tree.with_path(leaf, replace(leaf_node, leaf_node_source=CommitSource(above)), parents)
    tree, _ = tree.add_all(named[count // 2 :])
    return encode(RatchetTreeExtension(tree.to_nodes()))


def _members(size: int) -> bytes:
    """A tree of members with signed leaves; Mallory is at the right edge."""
    each = 2 + len(encode(Node(_member(0))))
    leaves = b"".join(b"\1" + encode(Node(_member(number))) + b"\0" for number in range((size - len(_edge())) // each))
    return vector(leaves + _edge())


def _full_members(size: int) -> bytes:
    """A tree of members with signed leaves, each with as many extensions as a leaf may have."""
    each = 2 + len(encode(Node(_member(0, full=True))))
    count = (size - len(_edge())) // each
    leaves = b"".join(b"\1" + encode(Node(_member(number, full=True))) + b"\0" for number in range(count))
    return vector(leaves + _edge())


FULL = tuple(Extension(FIRST_NUMBER + number, b"") for number in range(FEW_ITEMS))
"""As many extensions as there may be in one place, each another one that nobody knows."""


@cache
def _member(number: int, *, full: bool = False) -> LeafNode:
    at = scene(1)
    made = _client(number)
    leaf_node = replace(made.key_package.leaf_node, leaf_node_source=UpdateSource())
    if full:
        listed = replace(leaf_node.capabilities, extensions=tuple(each.extension_type for each in FULL))
        leaf_node = replace(leaf_node, capabilities=listed, extensions=FULL)
    return sign_leaf_node(
        at.suite, leaf_node, made.signature_private_key, group_id=at.mallory.group_id, leaf_index=LeafIndex(number)
    )


@cache
def _client(number: int) -> KeyPackageBundle:
    return client(scene(1).suite, f"client {number:5}", b"client %5d" % number + bytes(20))


# Commits and proposals


def _commits() -> Iterator[CostlyInput]:
    """Commits of a member, with valid signatures."""
    proposals = frozenset({ListName("Commit", "proposals")})
    for name, proposal in (
        ("pre-shared keys, all different", _psk),
        ("Adds of different clients", _add),
        (FULL_PROPOSALS, _full),
    ):
        make = partial(_commit_of, proposal)
        for entry_point, subject in (("process", "PublicMessage Commit"), ("observe", "observed PublicMessage Commit")):
            yield CostlyInput(entry_point, f"a commit of {name}", make, _fed_to(subject), proposals)
    for entry_point, feed in {**ANY_MESSAGE, "delivery: a message": submitted}.items():
        yield CostlyInput(entry_point, f"a commit of {FULL_PROPOSALS}", partial(_commit_of, _full), feed, proposals)


FULL_PROPOSALS = "GroupContextExtensions, each with as many extensions as there may be"


def _commit_of(proposal: Callable[[int], AnyProposal], size: int) -> bytes:
    room = size // len(encode(_by_value(proposal(0))))
    return _committed(tuple(_by_value(proposal(number)) for number in range(room)))


def _full(_: int) -> GroupContextExtensions:
    return GroupContextExtensions(FULL)


def _psk(number: int) -> PreSharedKey:
    (psk_id,) = PSKS
    return PreSharedKey(PreSharedKeyID(ExternalPSK(psk_id), number.to_bytes(scene(1).suite.hash_length, "big")))


def _add(number: int) -> Add:
    return Add(_client(number).key_package)


def _by_value(proposal: AnyProposal) -> ProposalOrRef:
    return ProposalOrRef(ProposalByValue(Proposal(proposal)))


def _committed(proposals: tuple[ProposalOrRef, ...]) -> bytes:
    mallory = scene(1).mallory
    sender, commit = Sender(MemberSender(mallory.own_leaf)), Commit(proposals, None)
    content = FramedContent(mallory.group_id, mallory.epoch, sender, b"", commit)
    return public_message(mallory, encode(content), bytes(32), mallory.signature_private_key)


def _proposals() -> Iterator[CostlyInput]:
    """The largest number of pending Adds, in pairs that exclude each other; a member commits the valid ones."""
    yield CostlyInput("process and create_commit", "clients in pairs ask to be added", _requests, _all_committed)


def _requests(size: int) -> bytes:
    """The Adds one after the other, each after its length."""
    most = min(POLICY.pending_proposals, size // len(encode(_request(0))))
    return b"".join(vector(encode(_request(number))) for number in range(most))


@cache
def _request(number: int) -> MLSMessage:
    """A proposal of a client that asks to be added; both clients of a pair have the same encryption key."""
    at, made = scene(1), _client(number)
    key_package = made.key_package
    if number % 2:
        same = replace(key_package.leaf_node, encryption_key=_client(number - 1).key_package.leaf_node.encryption_key)
        key_package = signed_key_package(
            at.suite, made.signature_private_key, encode(replace(key_package, leaf_node=same))
        )
    return propose_self_add(
        key_package, made.signature_private_key, at.suite, at.carol.group_id, at.carol.epoch, now=NOW
    )


def _all_committed(data: bytes) -> object:
    state, at = scene(1).carol, 0
    while at < len(data):
        length, at = read_length(data, at, len(data))
        state, _ = process(state, data[at : at + length], now=NOW)
        at += length
    return create_commit(state, entropy=ENTROPY, now=NOW, approved=tuple(state.proposals))


# Ciphertexts, certificates, and text


def _private_messages() -> Iterator[CostlyInput]:
    """An application message encrypted with the last key that a receiver derives."""
    yield CostlyInput(
        "process", "a message that skips a thousand keys", _far_ahead, _fed_to("PrivateMessage application")
    )


def _far_ahead(size: int) -> bytes:
    mallory = scene(1).mallory
    sealer = Sealer(mallory, ContentType.application)
    ahead = SenderData(mallory.own_leaf, POLICY.ratchets.forward, bytes(REUSE_GUARD_LENGTH))
    return sealer.sealed(sealer.inside(encode(ApplicationData(bytes(size))), None), encode(ahead))


def _certificates() -> Iterator[CostlyInput]:
    """A valid chain that contains the issuer's certificate many times, and issuers that certify each other."""

    def make(size: int) -> bytes:
        chain = decode(Credential, x509_chain().wire.data).credential
        if not isinstance(chain, X509Credential):
            raise TypeError("a chain is expected")
        own, issuer = chain.certificates
        return encode(
            Credential(X509Credential((own, *[issuer] * min(MOST_CERTIFICATES - 1, size // len(encode(issuer))))))
        )

    lists = frozenset({ListName("X509Credential", "certificates")})
    yield CostlyInput(
        "TrustAnchors.validate", "a chain that repeats a certificate", make, _fed_to("X509Credential"), lists
    )
    crossed = encode(Credential(X509Credential(tuple(issuers_in_layers()))))
    yield CostlyInput(
        "TrustAnchors.validate", "issuers that certify each other", lambda _: crossed, _fed_to("X509Credential"), lists
    )


def _text() -> Iterator[CostlyInput]:
    """Text that may encode a message."""
    for name, make in (
        ("hexadecimal", lambda size: _message(size // 2).hex().encode()),
        ("base64", lambda size: base64.b64encode(_message(size * 3 // 4))),
        ("nested JSON", lambda size: b"[" * size),
        ("JSON of many strings", lambda size: json.dumps([f"{each:012x}" for each in range(size // 16)]).encode()),
        (
            "JSON of long strings",
            lambda size: json.dumps([bytes(each % 256).hex() for each in range(size >> 8)]).encode(),
        ),
        ("digits", lambda size: b"0" * size),
    ):
        yield CostlyInput("explain", f"text: {name}", make, explained)
        yield CostlyInput("inspect", f"text: {name}", make, lambda text: dissect(from_any(text)).text())


def _message(size: int) -> bytes:
    """The beginning of a Welcome with many entries, cut off."""
    return encode(MLSMessage(ProtocolVersion.mls10, Welcome(1, (), b"")))[:4] + b"\0\1" + vector(bytes(size)) + b"\1"
