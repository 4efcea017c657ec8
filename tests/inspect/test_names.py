"""Members have the names in their credentials, or "leaf 3" without a readable name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mls.crypto.authority import credential, private_key, root_authority
from workbench.inspect.names import commit_words, credential_name, listed, name_of
from workbench.lab import World
from workbench.lab.world import GROUP_ID
from workbench.mls import BasicCredential, Credential, LeafIndex
from workbench.mls.wire.tree import Certificate, X509Credential


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        (BasicCredential("Zoë".encode()), "Zoë"),
        (BasicCredential(b"\xff\xfe"), ""),
        (BasicCredential(b"a\0b"), ""),
        (X509Credential(()), ""),
        (X509Credential((Certificate(b"junk"),)), ""),
        (credential(root_authority().certify("Zoë", private_key("Zoë"))).credential, "Zoë"),
        (credential(root_authority().certify("a\x1bb", private_key("Zoë"))).credential, ""),
        (credential(root_authority().certify("", private_key("Zoë"))).credential, ""),
    ],
)
def test_a_name_is_an_identity_that_people_can_read(shown: BasicCredential | X509Credential, name: str) -> None:
    leaf_node = World.of(["Alice"]).devices["Alice"].state(GROUP_ID).tree.member(LeafIndex(0))
    assert credential_name(replace(leaf_node, credential=Credential(shown))) == name


def test_a_member_without_a_name_is_called_by_its_leaf() -> None:
    tree = World.of(["Alice"]).devices["Alice"].state(GROUP_ID).tree
    nameless = replace(tree.member(LeafIndex(0)), credential=Credential(BasicCredential(b"\0")))
    assert (name_of(tree, LeafIndex(0)), name_of(tree.update(LeafIndex(0), nameless), LeafIndex(0))) == (
        "Alice",
        "leaf 0",
    )


def test_words_are_listed() -> None:
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_a_commit_that_does_nothing_else_is_an_update() -> None:
    words = commit_words("Alice", added=[], removed=[], updated=[], others=[])
    assert words == "Alice updated by a commit"
    words = commit_words("Alice", added=["Bob"], removed=["Carol", "Dave"], updated=["Erin"], others=["psk"])
    assert words == "Alice added Bob, removed Carol and Dave, took in the update of Erin and committed psk"
