"""Members have the names in their credentials, or "leaf 3" without a readable name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mls.crypto.authority import credential, private_key, root_authority
from workbench.delivery.checks import check_user
from workbench.inspect.names import (
    as_name,
    as_subject,
    brief_name,
    brief_names,
    commit_words,
    credential_name,
    is_readable,
    listed,
    name_of,
    readable_text,
    shown,
    upper_first,
)
from workbench.lab import NotPossible, World
from workbench.lab.world import GROUP_ID
from workbench.mls import BasicCredential, Credential, LeafIndex
from workbench.mls.wire.tree import Certificate, X509Credential


@pytest.mark.parametrize(
    ("identity", "name"),
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
def test_a_name_is_an_identity_that_people_can_read(identity: BasicCredential | X509Credential, name: str) -> None:
    leaf_node = World.of(["Alice"]).devices["Alice"].state(GROUP_ID).tree.member(LeafIndex(0))
    assert credential_name(replace(leaf_node, credential=Credential(identity))) == name


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


READABLE = [
    "田中\u3000太郎",
    "Zo\u00eb\u00a0K",
    "क\u094d\u200dष",
    "می\u200cروم",
    "super\u00adcali",
    "👩\u200d🔬",
    "a b",
    "O'Hara",
]
UNREADABLE = [
    "",
    "   ",
    "\u3000",
    "\u200d",
    "\u00ad",
    "a\u202eb",
    "a\u2066b",
    "a\x00b",
    "a\nb",
    "\u2028",
    "\u3164",
]


@pytest.mark.parametrize("text", READABLE)
def test_spaces_and_joiners_of_all_scripts_are_readable(text: str) -> None:
    assert readable_text(text.encode()) == text
    assert shown(text.encode()) == f"“{text}”"
    check_user(text)
    assert World.of(["Alice", text]).members == ("Alice", text)


@pytest.mark.parametrize("text", UNREADABLE)
def test_blanks_alone_and_what_turns_or_hides_its_surroundings_are_not(text: str) -> None:
    assert not is_readable(text)
    with pytest.raises(NotPossible, match="cannot be the name"):
        World.of(["Alice", text])


@pytest.mark.parametrize(
    "name", ["leaf 3", "Server", "the attacker", "a newcomer", "197 others", " Bob", "node 1", "the cat"]
)
def test_a_name_that_looks_like_our_words_is_marked_as_a_name(name: str) -> None:
    assert as_name(name) == f"“{name}”"
    assert as_name("Bob") == "Bob"


def test_long_values_are_bounded_in_words() -> None:
    assert len(shown(b"a" * 70_000)) < 100
    assert len(shown(bytes(70_000))) < 100
    assert shown(b"a" * 60) == f"“{'a' * 60}”"
    names = [f"user{number}" for number in range(200)]
    assert commit_words("Alice", added=names) == "Alice added user0, user1, user2 and 197 others"
    assert commit_words("Alice", added=names[:4]) == "Alice added user0, user1, user2 and user3"
    assert len(commit_words("a" * 70_000, added=["b" * 70_000])) < 200
    assert brief_names(names) == "user0, user1, user2 and 197 others"
    assert brief_names(["Bob", "server"], "or") == "Bob or “server”"
    assert brief_name("the " + "a" * 70_000) == f"“the {'a' * 56}… (70004 characters)”"


def test_words_of_ours_begin_a_sentence_with_a_capital_letter_and_names_do_not() -> None:
    assert [as_subject(each) for each in ("bob", "the server", "leaf 3")] == ["bob", "The server", "Leaf 3"]
    assert upper_first("bob's leaf key leaked") == "bob's leaf key leaked"
    assert upper_first("the init secret leaked") == "The init secret leaked"
    assert upper_first("what a device drew and bob's leaf key give") == "What a device drew and bob's leaf key give"
    assert upper_first("The cat's leaf key leaked") == "The cat's leaf key leaked"
    assert upper_first(f"{as_name('the cat')}'s leaf key leaked") == "“the cat”'s leaf key leaked"
