"""A caller's mistakes: every public function names a wrong argument and says what is allowed."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, get_type_hints

import pytest
from cryptography import x509

import workbench.mls
from tests.mls.group.scenario import NOW, WEEKS_8, group_of
from tests.mls.wrong_arguments import calls, wrong_values
from workbench.mls import (
    Add,
    BasicCredential,
    Capabilities,
    CipherSuite,
    Credential,
    CustomProposalType,
    GroupState,
    KeyPackage,
    KeyPackageBundle,
    Lifetime,
    LifetimePolicy,
    Misuse,
    PendingCommit,
    Policy,
    PublicGroup,
    ReInit,
    Remove,
    Renewal,
    RequiredCapabilities,
    ToMultiple,
    TrustAnchors,
    cipher_suite,
    create_commit,
    create_key_package,
    decode,
    default_capabilities,
    encode,
    export_secret,
    group_info,
    new_lifetime,
    process,
    protect,
    public_group,
)
from workbench.mls.arguments import Entropy, Seconds
from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.errors import InvalidArgument, InvalidPrivateKey
from workbench.mls.group.framing import Framing
from workbench.mls.group.public_commit import ProcessPublicCommit, process_public_commit
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.schedule.secret_tree import RatchetLimits
from workbench.mls.wire.messages import PrivateMessageContent
from workbench.mls.wire.shapes import uint16, uint32, uint64

ENTROPY = bytes(32)
SCENARIO = group_of("Alice", "Bob")
ALICE = SCENARIO.states["Alice"]
BUNDLE = SCENARIO.bundle("Carol")
PACKAGE = BUNDLE.key_package
COMMITTED = create_commit(ALICE, entropy=ENTROPY, now=NOW)
GROUP = public_group(group_info(ALICE), now=NOW)
SAMPLES: dict[Any, Any] = {
    bool: False,
    bytes: b"bytes",
    str: "text",
    Entropy: ENTROPY,
    Seconds: NOW,
    AnyProposal: Remove(1),
    Capabilities: default_capabilities(),
    CipherSuite: ALICE.suite,
    PendingCommit: COMMITTED,
    Credential: Credential(BasicCredential(b"Carol")),
    ProcessPublicCommit: process_public_commit,
    Framing: Framing(),
    GroupState: ALICE,
    KeyPackage: PACKAGE,
    KeyPackageBundle: BUNDLE,
    Lifetime: Lifetime(NOW, NOW + WEEKS_8),
    LifetimePolicy: LifetimePolicy(),
    Policy: Policy(),
    PublicGroup: GROUP,
    RequiredCapabilities: RequiredCapabilities((), (), ()),
    Verifier: ALICE.suite,
}
SAMPLES |= dict.fromkeys((uint16, uint32, uint64), 1)

FUNCTIONS = [function for name in workbench.mls.__all__ if inspect.isfunction(function := getattr(workbench.mls, name))]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_a_public_function_names_the_argument_that_is_wrong(function: Callable[..., Any]) -> None:
    if function in {encode, decode}:
        return  # the next test
    for parameter, name, call in calls(function, SAMPLES):
        with pytest.raises(InvalidArgument, match=r" must be .*, not ") as refusal:
            call()
        assert refusal.value.argument.startswith(parameter), name
        assert str(refusal.value).startswith(parameter), name


ALL_LISTS: Any = {key: [1] for key in ("versions", "cipher_suites", "extensions", "proposals", "credentials")}


def test_the_codec_names_the_argument_that_is_wrong() -> None:
    wrong: Any
    for wrong in (None, 1, "text", b"bytes", [], Lifetime):
        with pytest.raises(InvalidArgument, match="value must be a wire struct, not "):
            encode(wrong)
    for wrong, words in (
        (Remove(removed=True), "Remove.removed must be an integer from 0 to 2^32 - 1, not True"),
        (Capabilities(**ALL_LISTS), "Capabilities.versions must be a tuple, not a value of type list"),
        (
            BasicCredential(bytearray(3)),  # type: ignore[arg-type] # that is the mistake
            "BasicCredential.identity must be bytes, fewer than 2^30, not a value of type",
        ),
        (Credential("Carol"), "Credential.credential must be a BasicCredential or a X509Credential, not a value of"),  # type: ignore[arg-type] # that is the mistake
    ):
        with pytest.raises(InvalidArgument, match=re.escape(words)):
            encode(wrong)
    for wrong in (None, 1, int, "Lifetime"):
        with pytest.raises(InvalidArgument, match="cls must be a wire struct, not "):
            decode(wrong, b"")
    for data in (None, 1, "text", bytearray(16), memoryview(bytes(16))):
        with pytest.raises(InvalidArgument, match="data must be bytes, not "):
            decode(Lifetime, data)  # type: ignore[arg-type] # that is the mistake
    with pytest.raises(InvalidArgument, match="custom must be a frozenset, not a value of type list"):
        decode(Lifetime, bytes(16), custom=[8])  # type: ignore[arg-type] # that is the mistake
    with pytest.raises(InvalidArgument, match="content_type must be given to decode a PrivateMessageContent"):
        decode(PrivateMessageContent, bytes(16))


SETTINGS: tuple[Any, ...] = (
    Policy(),
    LifetimePolicy(),
    RatchetLimits(),
    CustomProposalType(0xF000),
    ToMultiple(16),
    TrustAnchors(),
    BUNDLE,
)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda each: type(each).__name__)
def test_a_setting_of_the_wrong_type_is_named(settings: Any) -> None:
    names = {**vars(x509), **vars(sys.modules[type(settings).__module__]), "x509": x509}
    hints = get_type_hints(type(settings), names, include_extras=True)
    for each in fields(settings):
        for name, value in wrong_values(hints[each.name]):
            with pytest.raises(InvalidArgument) as refusal:
                replace(settings, **{each.name: value})
            assert refusal.value.argument.startswith(f"{type(settings).__name__}.{each.name}"), name


@pytest.mark.parametrize("setting", ["anchors", "intermediates", "revocation_lists"])
def test_what_is_no_certificate_and_no_revocation_list_is_named(setting: str) -> None:
    wrong: dict[str, Any] = {setting: (b"DER",)}
    with pytest.raises(InvalidArgument, match=rf"TrustAnchors\.{setting}\[0\] must be a Certificate.*, not 3 bytes"):
        TrustAnchors(**wrong)


def lifetime(**changes: Any) -> Callable[[], object]:
    return lambda: create_key_package(
        ALICE.suite,
        SAMPLES[Credential],
        BUNDLE.signature_private_key,
        entropy=ENTROPY,
        lifetime=replace(SAMPLES[Lifetime], **changes),
    )


def commit(*proposals: Any, **options: Any) -> Callable[[], object]:
    return lambda: create_commit(ALICE, proposals, **{"entropy": ENTROPY, "now": NOW, **options})


def package(**changes: Any) -> Any:
    leaf_node = replace(PACKAGE.leaf_node, **changes)
    return replace(PACKAGE, leaf_node=leaf_node)


def wrong_versions(versions: Any) -> dict[str, Any]:
    return {"versions": versions}


INSIDE: dict[str, Callable[[], object]] = {
    "proposals[0].removed must be an integer from 0 to 2^32 - 1, not 1.0": commit(Remove(1.0)),  # type: ignore[arg-type] # that is the mistake
    "proposals[0].removed must be an integer from 0 to 2^32 - 1, not True": commit(Remove(removed=True)),
    "proposals[1].removed must be an integer from 0 to 2^32 - 1, not 4294967296": commit(Remove(1), Remove(1 << 32)),
    "proposals[0].key_package must be a KeyPackage, not None": commit(Add(None)),  # type: ignore[arg-type] # that is the mistake
    "proposals[0].key_package.leaf_node.encryption_key must be bytes, fewer than 2^30, not a value of type str": commit(
        Add(package(encryption_key="key"))
    ),
    "proposals[0].key_package.leaf_node.capabilities.versions must be a tuple, not a value of type list": commit(
        Add(package(capabilities=replace(default_capabilities(), **wrong_versions([1]))))
    ),
    "proposals[0].key_package.leaf_node.capabilities.versions[1] must be": commit(
        Add(package(capabilities=replace(default_capabilities(), **wrong_versions((1, "1")))))
    ),
    "proposals[0].key_package.leaf_node.leaf_node_source must be a KeyPackageSource or a UpdateSource": commit(
        Add(package(leaf_node_source=None))
    ),
    "proposals[0].key_package.version must be a ProtocolVersion, not 7": commit(Add(replace(PACKAGE, version=7))),  # type: ignore[arg-type] # that is the mistake
    "proposals[0].extensions[0] must be a Extension, not 2 bytes": commit(ReInit(b"g", 1, 1, (b"no",))),  # type: ignore[arg-type] # that is the mistake
    "psks: a key[1] must be an integer": commit(psks={(b"group", "1"): b"psk"}),
    "psks: a key must be": commit(psks={"psk": b"psk"}),
    "psks: a value must be bytes, not None": commit(psks={b"psk": None}),
    "approved must be a sequence, not 9 bytes": commit(approved=b"reference"),
    "entropy must be 32 bytes, not 31 bytes": commit(entropy=bytes(31)),
    "the lifetime ends before it begins": lifetime(not_after=9),
    "lifetime.not_before must be an integer from 0 to 2^64 - 1, not -1": lifetime(not_before=-1),
    "ToMultiple.step must be": lambda: ToMultiple(0),
    "number must be an integer from 0 to 2^16 - 1, not -1": lambda: cipher_suite(-1),
    "does not fit in uint64": lambda: new_lifetime((1 << 64) - 1),
    "label must be text that UTF-8 can write": lambda: export_secret(ALICE, "\ud800", b"", 32),
    "length must be an integer from 0 to 2^16 - 1, not -1": lambda: export_secret(ALICE, "label", b"", -1),
    "bytes of padding do not fit": lambda: protect(ALICE, b"data", entropy=ENTROPY, padding=1 << 31),
    "message must be a MLSMessage or bytes, not a value of type str": lambda: process(ALICE, "message", now=NOW),  # type: ignore[arg-type] # that is the mistake
}


@pytest.mark.parametrize("words", INSIDE)
def test_what_is_wrong_inside_an_argument_is_named_by_its_path(words: str) -> None:
    with pytest.raises(Misuse) as refusal:
        INSIDE[words]()
    assert words in str(refusal.value)


def test_a_private_key_of_ones_own_that_is_none_is_the_callers_mistake() -> None:
    for wrong in (b"", bytes(31), bytes(33)):
        with pytest.raises(InvalidPrivateKey, match=f"these {len(wrong)} bytes are not a usable private key"):
            create_commit(ALICE, entropy=ENTROPY, now=NOW, renew=Renewal(signature_private_key=wrong))


def test_a_seed_of_a_signature_key_is_bytes() -> None:
    with pytest.raises(InvalidArgument, match="seed must be bytes, not a value of type str"):
        ALICE.suite.signature_key_pair("seed")  # type: ignore[arg-type] # that is the mistake


def test_a_lifetime_that_begins_in_the_first_hour_begins_at_zero() -> None:
    assert new_lifetime(0, 10) == Lifetime(0, 10)
