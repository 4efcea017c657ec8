"""Every public key on the wire is looked at by who receives it, in every place where the structs have one.

Mallory puts a key that is none into each place, with the checks of her own engine taken out where they would stop her.
All else fits: trees, hashes, tags and signatures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.changed_objects import resigned
from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from tests.rfc.source import Function, without
from workbench.mls import (
    Add,
    BasicCredential,
    CipherSuite,
    Credential,
    Extension,
    GroupContextExtensions,
    HPKEKeyPair,
    KeyPackageBundle,
    ReInit,
    create_commit,
    create_group,
    encode,
    group_info,
    join,
    process,
    propose,
    public_group,
)
from workbench.mls.crypto.algorithms import ALGORITHMS
from workbench.mls.errors import InvalidKey
from workbench.mls.group import group, key_package, proposals
from workbench.mls.tree import leaf_node
from workbench.mls.tree.own_leaf import sign_leaf_node
from workbench.mls.wire import extensions, messages, tree
from workbench.mls.wire import proposals as wire_proposals
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.extensions import ExternalSender, ExternalSenders
from workbench.mls.wire.shapes import is_struct
from workbench.mls.wire.tree import HPKECiphertext

ENTROPY = b"Mallory's".ljust(32)
IDENTITY = b"\1" + bytes(31)
"""The neutral point of Ed25519: a signature by it fits every message."""

FITS_EVERYTHING = IDENTITY + bytes(32)
BEYOND_THE_PRIME = (2**255 - 19 + 1).to_bytes(32, "little")
"""The neutral point, written with a number beyond the prime."""

NONE_TO_SEAL_TO = (b"", bytes(31), bytes(32), IDENTITY, BEYOND_THE_PRIME)
NONE_TO_VERIFY_WITH = (b"", bytes(31), bytes(32), IDENTITY, BEYOND_THE_PRIME)

Check = tuple[Function, str, str]
ENCRYPTION_KEY: Check = (leaf_node.validate_leaf_node, "check_encryption_key", "")
INIT_KEY: Check = (key_package.validate_key_package, "check_encryption_key", "")


def forging_suite(wrong: bytes) -> CipherSuite:
    """A suite whose first key pair that is not for a leaf has a wrong public key."""
    honest: set[bytes] = set()

    class ForgingSuite(CipherSuite):
        def fresh(self, entropy: bytes, purpose: str) -> bytes:
            secret = super().fresh(entropy, purpose)
            honest.add(secret)
            return secret

        def derive_key_pair(self, ikm: bytes) -> HPKEKeyPair:
            made = super().derive_key_pair(ikm)
            if ikm in honest or wrong in honest:
                return made
            honest.add(wrong)
            return replace(made, public_key=wrong)

    return ForgingSuite(ALGORITHMS[1])


class TrustingSuite(CipherSuite):
    """A suite under which every signature verifies."""

    def verify_with_label(self, *_: object) -> bool:
        return True


def the_group() -> Scenario:
    return group_of("Mallory", "Bob", "Carol")


def leaving_out(*checks: Check) -> ExitStack:
    stack = ExitStack()
    for check in checks:
        stack.enter_context(without(*check))
    return stack


def in_a_path(wrong: bytes) -> Callable[[], object]:
    scenario = the_group()
    mallory = with_public(scenario.states["Mallory"], suite=forging_suite(wrong))
    made = create_commit(mallory, entropy=ENTROPY, now=NOW)
    return lambda: process(scenario.states["Carol"], encode(made.message), now=NOW)


def in_a_joined_tree(wrong: bytes) -> Callable[[], object]:
    scenario = the_group()
    mallory = with_public(scenario.states["Mallory"], suite=forging_suite(wrong))
    dave = scenario.bundle("Dave")
    made = create_commit(mallory, [Add(dave.key_package)], entropy=ENTROPY, now=NOW)
    assert made.welcome is not None
    welcome = encode(made.welcome)
    return lambda: join(welcome, dave, now=NOW)


def proposed(change: Callable[[Scenario], Any], *checks: Check) -> Callable[[], object]:
    scenario = the_group()
    mallory = with_public(scenario.states["Mallory"], suite=TrustingSuite(ALGORITHMS[1]))
    with leaving_out(*checks):
        made = propose(mallory, change(scenario), entropy=ENTROPY, now=NOW)
    return lambda: process(scenario.states["Bob"], encode(made.message), now=NOW)


def with_leaf(bundle: KeyPackageBundle, scenario: Scenario, **changes: Any) -> KeyPackageBundle:
    leaf = replace(bundle.key_package.leaf_node, **changes)
    return resigned(bundle, leaf_node=sign_leaf_node(scenario.suite, leaf, bundle.signature_private_key))


def in_a_leaf_to_seal_to(wrong: bytes) -> Callable[[], object]:
    return proposed(
        lambda scenario: Add(with_leaf(scenario.bundle("Dave"), scenario, encryption_key=wrong).key_package),
        ENCRYPTION_KEY,
    )


def in_a_leaf_to_verify_with(wrong: bytes) -> Callable[[], object]:
    def signed_by_everybody(scenario: Scenario) -> Add:
        honest = scenario.bundle("Dave").key_package
        leaf = replace(honest.leaf_node, signature_key=wrong, signature=FITS_EVERYTHING)
        return Add(replace(honest, leaf_node=leaf, signature=FITS_EVERYTHING))

    return proposed(signed_by_everybody)


def in_a_key_package(wrong: bytes) -> Callable[[], object]:
    return proposed(lambda scenario: Add(resigned(scenario.bundle("Dave"), init_key=wrong).key_package), INIT_KEY)


def senders(wrong: bytes) -> tuple[Extension, ...]:
    listed = ExternalSenders((ExternalSender(wrong, Credential(BasicCredential(b"Eve"))),))
    return (Extension(ExtensionType.external_senders, encode(listed)),)


def in_new_extensions(wrong: bytes) -> Callable[[], object]:
    return proposed(
        lambda _: GroupContextExtensions(senders(wrong)), (proposals.validate_proposal, "check_extension_keys", "")
    )


def in_a_reinit(wrong: bytes) -> Callable[[], object]:
    return proposed(
        lambda _: ReInit(b"another", 1, 1, senders(wrong)), (proposals._validate_reinit, "check_extension_keys", "")
    )


def a_group_with(wrong: bytes) -> tuple[Scenario, Any]:
    scenario = Scenario(ALICE.suite)
    with leaving_out((group.create_group, "check_extension_keys", "")):
        bundle = scenario.bundle("Mallory")
        return scenario, create_group(bundle, b"g", entropy=ENTROPY, now=NOW, extensions=senders(wrong))


def in_a_joined_group(wrong: bytes) -> Callable[[], object]:
    scenario, mallory = a_group_with(wrong)
    dave = scenario.bundle("Dave")
    made = create_commit(mallory, [Add(dave.key_package)], entropy=ENTROPY, now=NOW)
    assert made.welcome is not None
    welcome = encode(made.welcome)
    return lambda: join(welcome, dave, now=NOW)


def in_a_described_group(wrong: bytes) -> Callable[[], object]:
    _, mallory = a_group_with(wrong)
    return lambda: public_group(encode(group_info(mallory)), now=NOW)


def in_a_description(wrong: bytes) -> Callable[[], object]:
    mallory = with_public(the_group().states["Mallory"], suite=forging_suite(wrong))
    info = encode(group_info(mallory))
    return lambda: public_group(info, now=NOW)


def in_a_ciphertext(wrong: bytes) -> Callable[[], object]:
    bob = the_group().states["Bob"]
    sealed = HPKECiphertext(wrong, bytes(48))
    return lambda: bob.suite.decrypt_with_label(next(iter(bob.private_keys.values())), "label", b"", sealed)


def in_an_external_init(wrong: bytes) -> Callable[[], object]:
    scenario = the_group()

    class ForgingSuite(CipherSuite):
        def export_to(self, public_key: bytes, label: str, length: int, *, entropy: bytes) -> tuple[bytes, bytes]:
            return wrong, super().export_to(public_key, label, length, entropy=entropy)[1]

    made = scenario.outside("Dave", via="Bob", suite=ForgingSuite(ALGORITHMS[1]))
    return lambda: process(scenario.states["Bob"], encode(made.message), now=NOW)


ALICE = the_group().states["Mallory"]
A_SIGNATURE_KEY = ALICE.suite.signature_key_pair(ENTROPY).public_key
AN_HPKE_KEY = ALICE.suite.derive_key_pair(ENTROPY).public_key
PLACES: dict[str, tuple[Sequence[Callable[[bytes], Callable[[], object]]], Sequence[bytes]]] = {
    "UpdatePathNode.encryption_key": ((in_a_path,), NONE_TO_SEAL_TO),
    "ParentNode.encryption_key": ((in_a_joined_tree,), NONE_TO_SEAL_TO),
    "LeafNode.encryption_key": ((in_a_leaf_to_seal_to,), NONE_TO_SEAL_TO),
    "LeafNode.signature_key": ((in_a_leaf_to_verify_with,), NONE_TO_VERIFY_WITH),
    "KeyPackage.init_key": ((in_a_key_package,), NONE_TO_SEAL_TO),
    "ExternalSender.signature_key": (
        (in_new_extensions, in_a_reinit, in_a_joined_group, in_a_described_group),
        NONE_TO_VERIFY_WITH,
    ),
    "ExternalPub.external_pub": ((in_a_description,), NONE_TO_SEAL_TO),
    "HPKECiphertext.kem_output": ((in_a_ciphertext,), NONE_TO_SEAL_TO),
    "ExternalInit.kem_output": ((in_an_external_init,), NONE_TO_SEAL_TO),
}
"""Each place of a public key, who is to look at it, and keys that are none. An encapsulated key is a public key too."""

NOT_ON_THE_WIRE = {"LeafNodeTBS", "KeyPackageTBS", "ParentHashInput"}
"""Structs that are signed or hashed, and never sent."""


def test_each_place_of_a_public_key_is_known() -> None:
    modules = (extensions, messages, tree, wire_proposals)
    structs = {each for module in modules for each in vars(module).values() if is_struct(each)}
    found = {
        f"{cls.__name__}.{field}"
        for cls in structs
        for field, hint in cls.__annotations__.items()
        if cls.__name__ not in NOT_ON_THE_WIRE
        and (hint in {"HPKEPublicKey", "SignaturePublicKey"} or field == "kem_output")
    }
    assert found == {*PLACES}


@pytest.mark.parametrize(
    ("put", "wrong"),
    [
        pytest.param(put, wrong, id=f"{place} {put.__name__} {len(wrong)} {wrong[:1].hex()}")
        for place, (ways, keys) in PLACES.items()
        for put in ways
        for wrong in keys
    ],
)
def test_what_is_no_key_is_refused_where_it_arrives(put: Callable[[bytes], Callable[[], object]], wrong: bytes) -> None:
    receive = put(wrong)
    with pytest.raises(InvalidKey, match=f"these {len(wrong)} bytes are not a usable public key of "):
        receive()


@pytest.mark.parametrize(
    ("put", "key"),
    [
        (in_new_extensions, A_SIGNATURE_KEY),
        (in_a_reinit, A_SIGNATURE_KEY),
        (in_a_joined_group, A_SIGNATURE_KEY),
        (in_a_described_group, A_SIGNATURE_KEY),
        (in_a_description, AN_HPKE_KEY),
    ],
)
def test_what_is_a_key_is_taken_where_it_arrives(put: Callable[[bytes], Callable[[], object]], key: bytes) -> None:
    put(key)()
