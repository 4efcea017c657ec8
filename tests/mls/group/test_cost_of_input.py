"""What somebody else sends costs no more than its length asks for: nothing that grows with the square of a list.

Time is not measured here. What is counted are the looks at a list's items (`Looked`), the function calls
(`workbench.fuzz.bounds`), and the operations of the cipher suite; of a list that is twice as long, twice as many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from tests.mls.group.scenario import NOW
from tests.mls.group.test_cost_of_a_step import CountingSuite, alone, bundle, counting
from workbench.fuzz.bounds import measured
from workbench.mls import (
    Add,
    BasicCredential,
    Credential,
    Extension,
    ExternalPSK,
    LeafIndex,
    LeafNode,
    Policy,
    PreSharedKeyID,
    RatchetTree,
    SentProposal,
    default_capabilities,
    encode,
    shared_capabilities,
)
from workbench.mls.errors import InvalidPreSharedKey, InvalidProposalList, InvalidSignature
from workbench.mls.group.authentication import authenticate_external_senders
from workbench.mls.group.proposal_list import validate_proposals
from workbench.mls.group.proposal_selection import select_valid_proposals
from workbench.mls.schedule.psk import MOST_PSKS, psk_secret
from workbench.mls.tree.extensions import check_extensions, external_senders_in
from workbench.mls.tree.leaf_node import validate_leaf_node
from workbench.mls.when import When
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.extensions import ExternalSender, ExternalSenders
from workbench.mls.wire.messages import NewMemberCommitSender, NewMemberProposalSender

SIZES = (200, 400)
WHEN = When.at(NOW)


class Looked(int):
    """A number that counts how often it is looked at: compared, or found in a set."""

    looks = 0

    def __eq__(self, other: object) -> bool:
        Looked.looks += 1
        return int(self) == other

    def __hash__(self) -> int:
        Looked.looks += 1
        return int.__hash__(self)


def looks(call: Callable[[], object]) -> int:
    Looked.looks = 0
    call()
    return Looked.looks


def calls(call: Callable[[], object]) -> int:
    measured(call)  # what is made once, the codecs, is made
    cost, _ = measured(call)
    return cost.calls


def unknown_types(size: int) -> tuple[int, ...]:
    return tuple(Looked(0xF000 + number) for number in range(size))


# Lists of code points


def test_the_capabilities_of_a_leaf_are_looked_through_once_and_not_for_each_extension() -> None:
    def validated(size: int) -> int:
        leaf_node = bundle(1).key_package.leaf_node
        listed = replace(leaf_node.capabilities, extensions=unknown_types(size))
        in_use = tuple(Extension(each, b"") for each in listed.extensions)
        wide = replace(leaf_node, capabilities=listed, extensions=in_use)

        def validate() -> None:
            with pytest.raises(InvalidSignature):
                validate_leaf_node(counting(), wide, now=NOW)

        return looks(validate)

    less, more = map(validated, SIZES)
    assert less <= more <= 2.1 * less


def test_what_two_clients_share_takes_one_look_at_each_value() -> None:
    def shared(size: int) -> int:
        own = replace(default_capabilities(), extensions=unknown_types(size))
        other = replace(bundle(1).key_package.leaf_node, capabilities=own)
        return looks(lambda: shared_capabilities(own, [other]))

    less, more = map(shared, SIZES)
    assert less <= more <= 2.1 * less


def senders(first: int, size: int) -> tuple[Extension]:
    """So many external senders, each with a key of its own."""
    numbers = (str(number).encode() for number in range(first, first + size))
    listed = tuple(ExternalSender(number, Credential(BasicCredential(number))) for number in numbers)
    return (Extension(ExtensionType.external_senders, encode(ExternalSenders(listed))),)


def test_an_extension_is_decoded_once_however_often_it_is_looked_at() -> None:
    extensions = senders(0, 1000)

    def look() -> None:
        check_extensions(extensions, "a GroupContext")
        external_senders_in(extensions)

    assert calls(look) < 100


def test_new_external_senders_are_told_from_known_ones_by_one_look_at_each() -> None:
    def authenticated(size: int) -> int:
        present, next_ones = senders(1000, size), senders(2000, size)
        return calls(lambda: authenticate_external_senders(Policy(), next_ones, when=WHEN, present=present))

    less, more = map(authenticated, SIZES)
    assert less <= more <= 2.1 * less


# Lists of proposals


def test_a_commit_with_a_list_that_cannot_be_is_refused_before_any_signature_in_it_is_checked() -> None:
    group = alone().public
    assert isinstance(group.suite, CountingSuite)
    add = Add(bundle(1).key_package)
    from_member = [SentProposal(add, LeafIndex(0))] * 100
    from_newcomer = [SentProposal(add, NewMemberCommitSender())] * 100
    group.suite.counts.clear()
    with pytest.raises(InvalidProposalList, match="100 proposals are about the same client"):
        validate_proposals(group, from_member, LeafIndex(0), None, when=WHEN)
    with pytest.raises(InvalidProposalList, match="0 ExternalInits, not one"):
        validate_proposals(group, from_newcomer, NewMemberCommitSender(), bundle(1).key_package.leaf_node, when=WHEN)
    assert group.suite.counts["verify_with_label"] == 0


@dataclass(frozen=True)
class CountingTree(RatchetTree):
    """A tree that counts how often members are added to it."""

    counts: Counter[str] = field(default_factory=Counter)

    def add_all(self, leaf_nodes: Sequence[LeafNode]) -> tuple[RatchetTree, tuple[LeafIndex, ...]]:
        self.counts["add_all"] += 1
        return super().add_all(leaf_nodes)


def asks_to_be_added(number: int, encryption_key: bytes | None = None) -> SentProposal:
    key_package = bundle(number).key_package
    if encryption_key is not None:
        leaf_node = replace(key_package.leaf_node, encryption_key=encryption_key)
        key_package = replace(key_package, leaf_node=leaf_node)
    return SentProposal(Add(key_package), NewMemberProposalSender(), str(number).encode())


@pytest.mark.parametrize("size", [16, 64])
def test_of_proposals_in_pairs_that_exclude_each_other_the_first_of_each_is_found_in_two_passes(size: int) -> None:
    tree = CountingTree(alone().tree.head)
    first = [asks_to_be_added(number) for number in range(1, size, 2)]
    second = [
        asks_to_be_added(number + 1, bundle(number).key_package.leaf_node.encryption_key)
        for number in range(1, size, 2)
    ]
    pending = tuple(sent for pair in zip(first, second, strict=True) for sent in pair)
    assert select_valid_proposals(tree, (), pending, ()) == tuple(first)
    assert tree.counts["add_all"] == 2  # all together, then those that the committer has settled


def test_more_pre_shared_keys_than_their_label_can_count_are_the_peers_fault() -> None:
    suite = counting()
    named = (PreSharedKeyID(ExternalPSK(b"key"), bytes(suite.hash_length)), b"value")
    assert MOST_PSKS == 0xFFFF
    with pytest.raises(InvalidPreSharedKey, match="65536 pre-shared keys are named; at most 65535 are allowed"):
        psk_secret(suite, [named] * (MOST_PSKS + 1))
    assert suite.counts["expand"] == 0
