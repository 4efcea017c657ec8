"""Which key packages are accepted: a valid one with one thing changed is refused (RFC 9420 §10.1)."""

from __future__ import annotations

from dataclasses import replace

from tests.mls.group.changed_objects import SUITE, package, refuses, resigned, validate
from tests.mls.group.scenario import NOW, Scenario, group_of
from tests.mls.tree.people import written_otherwise
from workbench.mls import (
    Add,
    BasicCredential,
    Credential,
    Extension,
    LeafIndex,
    MLSMessage,
    cipher_suite,
    create_commit,
    create_group,
    create_key_package,
    decode,
    encode,
    validate_key_package,
)
from workbench.mls import errors as refused
from workbench.mls.tree.own_leaf import default_capabilities, sign_leaf_node
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.tree import KeyPackage, Lifetime, UpdateSource


def test_a_key_package_of_another_suite_is_refused() -> None:
    validate(package())
    with refuses(refused.InvalidKeyPackage, "§10.1", "cipher suite 3"):
        validate(package(cipher_suite=3))


def test_a_key_package_whose_leaf_is_an_update_is_refused() -> None:
    bundle = package()
    leaf_node = sign_leaf_node(
        SUITE,
        replace(bundle.key_package.leaf_node, leaf_node_source=UpdateSource()),
        bundle.signature_private_key,
        group_id=b"the group",
        leaf_index=LeafIndex(1),
    )
    with refuses(refused.InvalidKeyPackage, "§7.3", "source of an update"):
        validate(resigned(bundle, leaf_node=leaf_node))


def test_an_extension_that_a_key_package_does_not_list_is_ignored() -> None:
    validate(package(extensions=(Extension(64000, b""),)))


def test_a_key_package_whose_init_key_is_its_leaf_key_is_refused() -> None:
    key = package().key_package.leaf_node.encryption_key
    for same in (key, written_otherwise(key)):
        with refuses(refused.InvalidKeyPackage, "§10.1", "init key is also"):
            validate(package(init_key=same))


def test_a_key_package_with_a_bad_signature_is_refused() -> None:
    bundle = package()
    key_package = replace(bundle.key_package, init_key=SUITE.derive_key_pair(b"other".ljust(32)).public_key)
    with refuses(refused.InvalidKeyPackage, "§10.1", "signature of the key package"):
        validate_key_package(SUITE, key_package, now=NOW)


def test_a_key_package_out_of_its_lifetime_is_refused() -> None:
    with refuses(refused.InvalidLeafNode, "§7.3", "lifetime"):
        validate_key_package(SUITE, package().key_package, now=NOW + 10**8)


def test_a_key_package_whose_init_key_is_none_is_refused() -> None:
    for no_key in (b"", bytes(31), bytes(32)):
        with refuses(refused.InvalidKey, "§5.1.1", "not a usable public key of X25519"):
            validate(package(init_key=no_key))


def test_a_key_package_may_have_extensions_that_only_its_client_knows() -> None:
    unknown = Extension(64000, b"anything")
    keys = SUITE.signature_key_pair(b"Eve".ljust(64))
    bundle = create_key_package(
        SUITE,
        Credential(BasicCredential(b"Eve")),
        keys.private_key,
        lifetime=Lifetime(NOW - 3600, NOW + 3600),
        entropy=b"e" * 32,
        capabilities=replace(default_capabilities(), extensions=(64000,)),
        extensions=(unknown,),
        leaf_extensions=(unknown,),
    )
    validate(bundle)


def test_a_key_package_of_another_version_is_refused() -> None:
    message = encode(MLSMessage(ProtocolVersion.mls10, package().key_package))
    assert isinstance(decode(MLSMessage, message).message, KeyPackage)
    with refuses(refused.Malformed, "§2.1", r"key_package.version at byte 4: 2 is not a ProtocolVersion"):
        decode(MLSMessage, message[:5] + b"\2" + message[6:])


def test_nobody_commits_an_expired_key_package() -> None:
    scenario = group_of("Alice", "Bob")
    add = Add(scenario.bundle("Carol").key_package)
    create_commit(scenario.states["Alice"], [add], entropy=b"c" * 32, now=NOW)
    with refuses(refused.InvalidLeafNode, "§7.3", "is not within the lifetime"):
        create_commit(scenario.states["Alice"], [add], entropy=b"c" * 32, now=NOW + 10**8)


def test_a_group_is_made_with_the_suite_of_its_creators_key_package() -> None:
    with refuses(refused.Misuse, "§11", "cipher suite 1, not 3"):
        create_group(package(), b"a group", entropy=b"e" * 32, now=NOW, suite=cipher_suite(3))


def test_lifetimes_are_whole_seconds_with_both_ends_included() -> None:
    bundle = Scenario(SUITE).bundle("Eve")
    source = bundle.key_package.leaf_node.leaf_node_source
    assert source.lifetime == Lifetime(NOW - 3600, NOW + 8 * 7 * 24 * 3600)  # type: ignore[union-attr] # a key package's
    for instant in (source.lifetime.not_before, source.lifetime.not_after):  # type: ignore[union-attr] # as above
        validate_key_package(SUITE, bundle.key_package, now=instant)
