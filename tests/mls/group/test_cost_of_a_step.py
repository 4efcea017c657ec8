"""The cost of a step, in operations of the cipher suite: no step does more than its cryptography needs.

Time is not measured here, so that the machine does not matter. Each step is taken in a small and in a large group, and
the operations are counted by the cipher suite that the acting member was given. `d` is the depth of the tree.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from types import FrameType
from typing import Any

import pytest

from tests.mls.group.scenario import NOW, WEEKS_8, entropies
from workbench.mls import (
    Add,
    BasicCredential,
    CipherSuite,
    Credential,
    GroupState,
    KeyPackageBundle,
    LeafIndex,
    Lifetime,
    MLSMessage,
    PendingCommit,
    PendingExternalCommit,
    Remove,
    cipher_suite,
    create_commit,
    create_group,
    create_key_package,
    decode,
    encode,
    external_commit,
    group_info,
    join,
    process,
    propose_update,
    protect,
)
from workbench.mls.crypto.hpke import info_hash
from workbench.mls.tree.subtree import Parent
from workbench.mls.wire.tree import HPKECiphertext

COUNTED = (
    "hash",
    "ref_hash",
    "sign_with_label",
    "verify_with_label",
    "derive_key_pair",
    "encrypt_with_label",
    "decrypt_with_label",
    "export_to",
    "export_from",
    "expand",
    "seal",
    "open",
)


@dataclass(frozen=True, eq=False, repr=False)
class CountingSuite(CipherSuite):
    """A cipher suite that counts what it is asked to do."""

    counts: Counter[str] = field(default_factory=Counter)


def _counting(name: str) -> Callable[..., Any]:
    plain = getattr(CipherSuite, name)

    def counted(self: CountingSuite, *arguments: Any, **options: Any) -> Any:
        self.counts[name] += 1
        return plain(self, *arguments, **options)

    return counted


for each in COUNTED:
    setattr(CountingSuite, each, _counting(each))


# Groups of some size, in which each member has a suite of its own: what others do is not counted.

PLAIN = cipher_suite(1)
entropy = entropies("cost")


def counting() -> CountingSuite:
    return CountingSuite(PLAIN.algorithms)


def signature_private_key(number: int) -> bytes:
    return PLAIN.signature_key_pair(f"member {number}".encode().ljust(64, b".")).private_key


@cache
def bundle(number: int) -> KeyPackageBundle:
    return create_key_package(
        PLAIN,
        Credential(BasicCredential(f"member {number}".encode())),
        signature_private_key(number),
        lifetime=Lifetime(NOW - 3600, NOW + WEEKS_8),
        entropy=f"key package {number}".encode().ljust(32, b"."),
    )


def alone() -> GroupState:
    return create_group(bundle(0), b"group", entropy=next(entropy), now=NOW, suite=counting())


def commit(state: GroupState, *proposals: Any) -> PendingCommit:
    return create_commit(state, proposals, entropy=next(entropy), now=NOW)


def adds(size: int) -> list[Add]:
    return [Add(bundle(number).key_package) for number in range(1, size)]


@cache
def all_added(size: int) -> PendingCommit:
    """One commit that adds all others: but for its own path, the tree is blank."""
    return commit(alone(), *adds(size))


@cache
def member(size: int, number: int) -> GroupState:
    """A member of the group with the blank tree."""
    return all_added(size).next if number == 0 else joined(size, number)


def joined(size: int, number: int, suite: CountingSuite | None = None) -> GroupState:
    welcome = all_added(size).welcome
    assert welcome is not None
    return join(welcome, bundle(number), now=NOW, suite=suite or counting())


def comes_in(host: GroupState, number: int) -> PendingExternalCommit:
    return external_commit(
        group_info(host),
        bundle(number).key_package.leaf_node.credential,
        signature_private_key(number),
        entropy=next(entropy),
        now=NOW,
        suite=counting(),
    )


@cache
def ends_of_full_tree(size: int) -> tuple[GroupState, GroupState]:
    """The first and the last member of a group in which each has come in by a commit, so that no node is blank."""
    first = last = alone()
    for number in range(1, size):
        made = comes_in(last, number)
        first, last = receive(first, made), made.next
    assert all(last.tree.to_nodes())
    return first, last


def receive(state: GroupState, made: Any) -> GroupState:
    return process(state, made.message, now=NOW)[0]


def cost(state: GroupState, step: Callable[[GroupState], object]) -> dict[str, int]:
    """The operations of one step of a member who has been in the group before."""
    assert isinstance(state.suite, CountingSuite)
    state.suite.counts.clear()
    step(state)
    return dict(state.suite.counts)


BLANK, FULL = (64, 256), (16, 64)
"""The sizes of groups with blank trees, and with full ones."""


def depth(size: int) -> int:
    return size.bit_length() - 1


# Changing a group


@pytest.mark.no_cover
@pytest.mark.parametrize("size", BLANK)
def test_adding_all_checks_each_key_package_once_and_seals_once_to_each_client(size: int) -> None:
    added, d = size - 1, depth(size)
    assert cost(alone(), lambda state: commit(state, *adds(size))) == {
        "verify_with_label": 2 * added,  # the key package, and the leaf node in it
        "ref_hash": added,
        "encrypt_with_label": added,
        "hash": 2 * size - 1 + d + 2,  # all nodes, the parent hashes of the path, the transcript
        "derive_key_pair": d + 1,
        "expand": 2 * d + 14,
        "sign_with_label": 3,
        "seal": 1,
    }


@pytest.mark.parametrize("size", BLANK)
def test_joining_verifies_each_leaf_once_and_opens_one_ciphertext(size: int) -> None:
    suite, d = counting(), depth(size)
    joined(size, 1, suite)
    assert suite.counts == {
        "verify_with_label": size + 1,
        "ref_hash": 1,
        "decrypt_with_label": 1,
        "open": 1,
        "hash": 2 * size - 1 + d + 1,  # all nodes, a link below each filled parent, the transcript
        "derive_key_pair": d,
        "expand": 2 * d + 13,
    }


def a_commit(sealed: int, d: int, hashes: int) -> dict[str, int]:
    """The cost of making a commit with a path up to a root at depth `d`."""
    return {
        "encrypt_with_label": sealed,
        "hash": hashes,
        "derive_key_pair": d + 1,
        "expand": 2 * d + 12,
        "sign_with_label": 2,
    }


def following(learned: int, hashes: int) -> dict[str, int]:
    """The cost of following a commit, from which a member learns so many keys."""
    return {
        "verify_with_label": 2,
        "decrypt_with_label": 1,
        "hash": hashes,
        "derive_key_pair": learned,
        "expand": 2 * learned + 12,
    }


def of_one_path(d: int) -> int:
    """The hashes of a path: its nodes, the parent hashes, the transcript. All others are remembered."""
    return 2 * d + 3


@pytest.mark.parametrize("size", BLANK)
def test_a_commit_in_a_blank_tree_is_sealed_to_each_member_and_opened_once(size: int) -> None:
    d = depth(size)
    assert cost(member(size, 0), commit) == a_commit(size - 1, d, of_one_path(d))
    made = commit(member(size, 0))
    assert cost(member(size, 1), lambda state: receive(state, made)) == following(d, of_one_path(d))
    assert cost(member(size, size - 1), lambda state: receive(state, made)) == following(1, of_one_path(d))


@pytest.mark.no_cover
@pytest.mark.parametrize("size", FULL)
def test_a_commit_in_a_full_tree_is_sealed_to_one_node_a_level(size: int) -> None:
    d, (first, last) = depth(size), ends_of_full_tree(size)
    assert cost(first, commit) == a_commit(d, d, of_one_path(d))
    made = commit(first)
    assert cost(last, lambda state: receive(state, made)) == following(1, of_one_path(d))


@pytest.mark.parametrize("size", BLANK)
def test_a_removal_costs_a_commit_and_the_hashes_above_the_leaf(size: int) -> None:
    d, gone = depth(size), Remove(LeafIndex(size // 2))
    assert cost(member(size, 0), lambda state: commit(state, gone)) == a_commit(size - 2, d, of_one_path(d) + d)
    made = commit(member(size, 0), gone)
    assert cost(member(size, 1), lambda state: receive(state, made)) == following(d, of_one_path(d) + d)


@pytest.mark.parametrize("size", FULL)
def test_a_newcomer_checks_the_tree_as_a_joiner_does_and_its_commit_costs_members_what_any_does(size: int) -> None:
    first, last = ends_of_full_tree(size)
    d, made = depth(size), commit(first, Remove(LeafIndex(size // 2)))
    first, last = made.next, receive(last, made)
    came = comes_in(first, size)
    assert isinstance(came.next.suite, CountingSuite)
    counts = came.next.suite.counts
    assert (counts["verify_with_label"], counts["export_to"], counts["decrypt_with_label"]) == (size, 1, 0)
    assert counts["hash"] <= 4 * size + 2 * d + 6
    costs = cost(last, lambda state: receive(state, came))
    assert costs.pop("export_from") == 1
    assert (costs["verify_with_label"], costs["decrypt_with_label"], costs["hash"]) == (2, 1, of_one_path(d))


@pytest.mark.parametrize("size", BLANK)
def test_a_proposal_costs_the_same_in_any_group(size: int) -> None:
    made = propose_update(member(size, 0), entropy=next(entropy), now=NOW)
    assert cost(member(size, 0), lambda state: propose_update(state, entropy=next(entropy), now=NOW)) == {
        "derive_key_pair": 1,
        "sign_with_label": 2,
        "verify_with_label": 1,
        "ref_hash": 1,
    }
    assert cost(member(size, 1), lambda state: receive(state, made)) == {"verify_with_label": 2, "ref_hash": 1}


# Talking


@pytest.mark.parametrize("size", BLANK)
def test_a_message_is_signed_once_and_verified_once(size: int) -> None:
    said = protect(member(size, 0), b"hello", entropy=next(entropy))
    derived = {"expand": 2 * depth(size) + 7}  # down to the leaf, its ratchets, and the keys of one message
    assert cost(member(size, 0), lambda state: protect(state, b"hello", entropy=next(entropy))) == derived | {
        "sign_with_label": 1,
        "seal": 2,
    }
    assert cost(member(size, 1), lambda state: receive(state, said)) == derived | {"verify_with_label": 1, "open": 2}


def test_a_step_shares_with_the_state_before_it_what_it_did_not_change() -> None:
    state = member(64, 1)
    said = receive(state, protect(member(64, 0), b"hello", entropy=next(entropy)))
    assert said.tree is state.tree
    assert said.secrets is state.secrets
    after = receive(state, commit(member(64, 0)))
    assert isinstance(after.tree.head, Parent)
    assert isinstance(state.tree.head, Parent)
    assert after.tree.head.right is state.tree.head.right


# What is long is read, written and hashed once


def test_what_all_entries_of_a_welcome_are_bound_to_is_hashed_once() -> None:
    state = alone()
    info_hash.cache_clear()
    commit(state, *adds(64))
    assert (info_hash.cache_info().misses, info_hash.cache_info().hits) == (1, 62)


@pytest.mark.parametrize("size", BLANK)
def test_no_leaf_and_no_commit_that_was_read_is_encoded_anew(size: int) -> None:
    message = encode(commit(member(size, 0)).message)
    content: Any = decode(MLSMessage, message).message
    assert content.content.content.encoding in message
    for _, leaf_node in joined(size, 1).tree.leaves():
        assert leaf_node.encoding is not None  # type: ignore[attr-defined] # beside the fields


@pytest.mark.parametrize("size", BLANK)
def test_of_the_ciphertexts_of_a_commit_only_the_one_for_this_member_is_decoded(size: int) -> None:
    message = encode(commit(member(size, 0)).message)
    decoded = 0

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal decoded
        decoded += event == "call" and frame.f_code is HPKECiphertext.__init__.__code__

    sys.setprofile(count)
    try:
        process(member(size, size - 1), message, now=NOW)
    finally:
        sys.setprofile(None)
    assert decoded == 1


IMPORT = """
import sys
compiled = []
sys.addaudithook(lambda event, arguments: compiled.append(arguments[1]) if event == "compile" else None)
import workbench.mls
from_source = [name for name in compiled if isinstance(name, str) and name.endswith(".py")]
print(len(compiled) - len(from_source))
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_importing_the_protocol_compiles_little_and_loads_nothing_heavy() -> None:
    printed = subprocess.run([sys.executable, "-c", IMPORT], check=True, capture_output=True, text=True).stdout
    compiled, modules = printed.splitlines()
    assert int(compiled) < 600
    assert not {"asyncio", "anywidget", "IPython", "logging", "networkx", "numpy"} & set(modules.split())
