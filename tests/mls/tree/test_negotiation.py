"""What clients have in common, and who lacks what (RFC 9420 §7.2, §11.1)."""

from __future__ import annotations

from dataclasses import replace

from tests.mls.group.scenario import Scenario, group_of
from workbench.mls import (
    Capabilities,
    LeafNode,
    RequiredCapabilities,
    cipher_suite,
    default_capabilities,
    lacking,
    shared_capabilities,
)


def client(**capabilities: tuple[int, ...]) -> LeafNode:
    """A client that can do all that is built here, but for what is said."""
    bundle = Scenario(cipher_suite(1)).bundle("Bob", grease=True)
    leaf_node = bundle.key_package.leaf_node
    return replace(leaf_node, capabilities=replace(leaf_node.capabilities, **capabilities))


def test_alone_we_share_with_ourselves_what_we_can_do() -> None:
    assert shared_capabilities(default_capabilities(), []) == default_capabilities()


def test_the_cipher_suite_to_take_is_our_first_that_all_others_list() -> None:
    own = replace(default_capabilities(), cipher_suites=(7, 3, 2, 1))
    others = [client(cipher_suites=(1, 2, 3)), client(cipher_suites=(0x0A0A, 9, 2, 3))]
    assert shared_capabilities(own, others).cipher_suites == (3, 2)


def test_what_one_of_all_lacks_is_not_shared() -> None:
    own = Capabilities((1,), (1, 2), (0xF001, 0xF002), (0xF003, 0xF004), (1, 2))
    others = [client(extensions=(0xF002, 0xF001), proposals=(0xF003,)), client(extensions=(0xF001,), credentials=(1,))]
    assert shared_capabilities(own, others[:1]) == Capabilities((1,), (1, 2), (0xF001, 0xF002), (0xF003,), (1, 2))
    assert shared_capabilities(own, others) == Capabilities((1,), (1, 2), (0xF001,), (), (1,))
    assert shared_capabilities(own, [client(versions=(2,))]).versions == ()


def test_grease_of_others_is_never_shared() -> None:
    greased = client()
    shared = shared_capabilities(default_capabilities(), [greased, greased])
    assert greased.capabilities != default_capabilities() == shared


def test_who_lacks_what_is_said_by_name() -> None:
    required = RequiredCapabilities((0xF001, 0xF002), (0xF003,), (1, 2))
    clients = {
        "able": client(extensions=(0xF002, 0xF001), proposals=(0xF003,)),
        "old": client(extensions=(0xF002,), credentials=(1,)),
    }
    assert lacking(clients, required) == {"old": RequiredCapabilities((0xF001,), (0xF003,), (2,))}


def test_what_every_client_knows_is_lacked_by_nobody() -> None:
    tree = group_of("Alice", "Bob").states["Alice"].tree
    assert lacking(dict(tree.leaves()), RequiredCapabilities((1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6, 7), (1,))) == {}
    assert lacking(dict(tree.leaves()), RequiredCapabilities((), (8,), ())).keys() == {0, 1}
