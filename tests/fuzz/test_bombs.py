"""Short bytes that ask for much work: their cost grows no faster than their length (RFC 9420 §2.1.2, §16)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from workbench.fuzz.bounds import MEMORY_PER_BYTE, InputCost, measured
from workbench.fuzz.scene import NOW, PSKS, scene
from workbench.inspect.dissect import dissect
from workbench.mls import (
    Add,
    Extension,
    ExternalPSK,
    GroupContextExtensions,
    MLSError,
    MLSMessage,
    PreSharedKey,
    PreSharedKeyID,
    RatchetTree,
    RatchetTreeExtension,
    Remove,
    decode,
    encode,
    process,
    validate_key_package,
)
from workbench.mls.framing.public_message import protect_public
from workbench.mls.framing.signing import sign_content
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.tree.tree_validation import validate_tree
from workbench.mls.when import When
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat
from workbench.mls.wire.lengths import length_header
from workbench.mls.wire.messages import AuthenticatedContent, FramedContent, FramedContentAuthData, MemberSender, Sender
from workbench.mls.wire.proposals import Commit, Proposal, ProposalByReference, ProposalByValue, ProposalOrRef
from workbench.mls.wire.tree import Capabilities, Node, UpdatePath, UpdatePathNode

pytestmark = pytest.mark.slow

AT = scene(1)
SMALL, LARGE = 500, 2000
"""How many of something; the second is four times the first."""

SHOWN_PER_BYTE = 2_000
"""The most memory for each byte of a message that is not processed but shown: a byte can be a field, with its words."""


def commit_of(*proposals: ProposalOrRef, path: UpdatePath | None = None) -> bytes:
    """A commit by Mallory, well signed, with no good confirmation tag."""
    mallory = AT.mallory
    commit = Commit(proposals, path)
    content = FramedContent(mallory.group_id, mallory.epoch, Sender(MemberSender(mallory.own_leaf)), b"", commit)
    wire_format = WireFormat.mls_public_message
    signature = sign_content(AT.suite, wire_format, content, mallory.signature_private_key, mallory.context)
    authenticated = AuthenticatedContent(wire_format, content, FramedContentAuthData(signature, bytes(32)))
    framed = protect_public(AT.suite, authenticated, mallory.secrets.membership_key, mallory.context)
    return encode(MLSMessage(ProtocolVersion.mls10, framed))


def by_value(proposal: AnyProposal) -> ProposalOrRef:
    return ProposalOrRef(ProposalByValue(Proposal(proposal)))


def unknown_references(number: int) -> bytes:
    return commit_of(*(ProposalOrRef(ProposalByReference(each.to_bytes(32, "big"))) for each in range(number)))


def one_psk_many_times(number: int) -> bytes:
    psk = ExternalPSK(b"over lunch")
    return commit_of(*(by_value(PreSharedKey(PreSharedKeyID(psk, each.to_bytes(32, "big")))) for each in range(number)))


def one_member_removed_many_times(number: int) -> bytes:
    return commit_of(*[by_value(Remove(AT.carol.own_leaf))] * number)


def one_client_added_many_times(number: int) -> bytes:
    return commit_of(*[by_value(Add(AT.grace.key_package))] * (number // 10))


def many_extensions(number: int) -> bytes:
    extensions = tuple(Extension(0xF000 + each, b"") for each in range(number // 2))
    return commit_of(by_value(GroupContextExtensions(extensions)))


def many_path_nodes(number: int) -> bytes:
    leaf_node = AT.mallory.tree.member(AT.mallory.own_leaf)
    return commit_of(path=UpdatePath(leaf_node, (UpdatePathNode(b"", ()),) * number))


def processed(data: bytes) -> object:
    return process(AT.carol, data, now=NOW, psks=PSKS)


def blanks(number: int) -> bytes:
    """A tree of blank nodes, one byte each, with a member at its right edge."""
    leaf = Node(AT.carol.tree.member(AT.carol.own_leaf))
    return encode(RatchetTreeExtension((*[None] * (2 * number), leaf)))


def blanks_beyond_a_power_of_two(number: int) -> bytes:
    """Blank nodes whose last leaf is the first one beyond a power of two: the tree is twice as wide as the array."""
    return blanks(1 << number.bit_length())


def hashed(data: bytes) -> object:
    tree = RatchetTree.from_nodes(decode(RatchetTreeExtension, data).ratchet_tree, AT.suite)
    tree.hash()
    validate_tree(tree, AT.carol.group_id, (), when=When.at(NOW))
    return tree


def many_capabilities(number: int) -> bytes:
    key_package = AT.grace.key_package
    wide = Capabilities((1,) * number, (1,) * number, tuple(range(number)), (), (1,))
    return encode(replace(key_package, leaf_node=replace(key_package.leaf_node, capabilities=wide)))


def validated(data: bytes) -> object:
    given = decode(type(AT.grace.key_package), data)
    validate_key_package(AT.suite, given, now=NOW)
    return given


def shown(data: bytes) -> object:
    dissection = dissect(data)
    return dissection.as_json(), dissection.text()


BOMBS = [
    (unknown_references, processed),
    (one_psk_many_times, processed),
    (one_member_removed_many_times, processed),
    (one_client_added_many_times, processed),
    (many_extensions, processed),
    (many_path_nodes, processed),
    (many_path_nodes, shown),
    (blanks, hashed),
    (blanks_beyond_a_power_of_two, hashed),
    (many_capabilities, validated),
]


@pytest.mark.parametrize(("bomb", "feed"), BOMBS)
def test_what_a_message_costs_grows_no_faster_than_its_length(
    bomb: Callable[[int], bytes], feed: Callable[[bytes], object]
) -> None:
    small, large = bomb(SMALL), bomb(LARGE)
    with suppress(MLSError):
        feed(small)  # what is made once, the codecs, is made
    less, _ = measured(lambda: feed(small))
    more, _ = measured(lambda: feed(large))
    growth = len(large) / len(small)
    # A tree of n nodes has log n levels: a tenth more for that.
    assert more.calls <= 1.25 * growth * less.calls
    assert more.memory <= 1.25 * growth * less.memory
    assert more.is_within(len(large), SHOWN_PER_BYTE if feed is shown else MEMORY_PER_BYTE)


@pytest.mark.parametrize("claim", [1 << 13, 1 << 20, (1 << 30) - 1])
def test_a_length_that_is_a_lie_costs_nothing(claim: int) -> None:
    data = encode(MLSMessage(ProtocolVersion.mls10, AT.grace.key_package))[:6] + length_header(claim) + bytes(32)
    cost, refusal = measured(lambda: decode(MLSMessage, data))
    assert refusal is not None
    assert cost.memory < 100_000
    assert isinstance(cost, InputCost)
