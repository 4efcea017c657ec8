"""Dissection: every field has its place, its value and its meaning; a fault ends it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mls.wire.strategies import STRUCTS, values_and_surroundings
from workbench.inspect.dissect import KINDS, Dissection, dissect
from workbench.inspect.fields import Field
from workbench.inspect.meanings import FIELDS
from workbench.inspect.values import FOREVER
from workbench.mls.wire.code_points import ContentType, ExtensionType, ProtocolVersion
from workbench.mls.wire.codec import encode
from workbench.mls.wire.extensions import (
    ApplicationId,
    ExternalPub,
    ExternalSender,
    ExternalSenders,
    RequiredCapabilities,
)
from workbench.mls.wire.lengths import vector
from workbench.mls.wire.messages import (
    ApplicationData,
    FramedContentAuthData,
    GroupContext,
    GroupInfo,
    MLSMessage,
    PrivateMessage,
    PrivateMessageContent,
    Welcome,
)
from workbench.mls.wire.proposals import CustomProposal, GroupContextExtensions, Proposal
from workbench.mls.wire.shapes import Select, Uint, VectorOf, fields_of, is_inline_variant
from workbench.mls.wire.tree import (
    BasicCredential,
    Capabilities,
    Certificate,
    Credential,
    Extension,
    HPKECiphertext,
    KeyPackage,
    KeyPackageSource,
    LeafNode,
    Lifetime,
    Node,
    ParentNode,
    RatchetTreeExtension,
    X509Credential,
)

OFFICIAL = {
    "mls_welcome": "message",
    "mls_group_info": "message",
    "mls_key_package": "message",
    "ratchet_tree": "ratchet-tree",
    "group_secrets": "GroupSecrets",
    "add_proposal": "Add",
    "re_init_proposal": "ReInit",
    "commit": "Commit",
    "public_message_application": "message",
    "public_message_proposal": "message",
    "public_message_commit": "message",
    "private_message": "message",
}


@pytest.fixture(scope="module")
def official(official_vectors: Path) -> dict[str, bytes]:
    """The first case of the official messages."""
    case = json.loads((official_vectors / "messages.json").read_bytes())[0]
    return {name: bytes.fromhex(case[name]) for name in OFFICIAL}


def leaf(identity: bytes = b"alice", **changes: object) -> LeafNode:
    fields: dict[str, object] = {
        "encryption_key": b"e" * 32,
        "signature_key": b"s" * 32,
        "credential": Credential(BasicCredential(identity)),
        "capabilities": Capabilities((1,), (1, 0x2A2A, 0xF001, 0x0099), (), (), (1,)),
        "leaf_node_source": KeyPackageSource(Lifetime(0, FOREVER)),
        "extensions": (),
        "signature": b"",
    }
    return LeafNode(**(fields | changes))  # type: ignore[arg-type] # the types are those of the fields


def group_info(*extensions: Extension) -> GroupInfo:
    context = GroupContext(ProtocolVersion.mls10, 1, b"\xff\x00", 7, b"t" * 32, b"c" * 32, ())
    return GroupInfo(context, extensions, b"m" * 32, 0, b"sig")


def one(dissection: Dissection, name: str) -> Field:
    (found,) = [field for field in dissection if field.name == name]
    return found


def texts(dissection: Dissection) -> dict[str, str]:
    return {field.name: field.text for field in dissection}


# Every field is there, has its place, and is explained.


def declared_names(cls: type) -> set[str]:
    """The RFC names of a struct's fields; cases of a select are left out, because they have no meaning of their own."""
    names: set[str] = set()
    for name, shape in fields_of(cls).items():
        match shape:
            case Select(_, tag_name, cases, in_front, custom_variant):
                names |= {tag_name} if in_front else set()
                names |= {
                    n
                    for case in (*cases, custom_variant)
                    if case and is_inline_variant(case)
                    for n in declared_names(case)
                }
            case VectorOf(Uint()):
                names |= {name, f"{name}[]"}
            case _:
                names.add(name)
    return names


def test_every_field_of_every_wire_struct_has_a_meaning_and_no_meaning_is_stale() -> None:
    structs = {cls for cls in STRUCTS.values() if not is_inline_variant(cls)}
    assert {cls: declared_names(cls) for cls in structs} == {cls: set(said) for cls, said in FIELDS.items()}


@pytest.mark.parametrize("cls", FIELDS, ids=lambda cls: cls.__name__)
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_fields_account_for_every_byte_and_say_what_they_mean(cls: type, data: st.DataObject) -> None:
    value, surroundings = data.draw(values_and_surroundings(cls))
    encoded = encode(value)
    dissection = dissect(encoded, cls, **surroundings)
    assert (dissection.root.offset, dissection.root.length) == (0, len(encoded))
    for field in dissection:
        assert field.meaning.endswith(".")
        assert field.section.startswith("§")
        if not dissection.faults:  # random data of extensions seldom decodes
            assert_no_gap(field, encoded)


def assert_no_gap(field: Field, data: bytes) -> None:
    contents = data[field.offset + field.header : field.offset + field.length]
    at = field.offset + field.header
    for child in field.children:
        assert child.offset == at
        at += child.length
    assert not field.children or at == field.offset + field.length
    if isinstance(field.value, str):
        assert bytes.fromhex(field.value) == contents
    elif field.value is not None:
        assert int.from_bytes(contents, "big") == field.value


@pytest.mark.parametrize("name", OFFICIAL)
def test_official_messages_are_dissected_to_the_last_byte(name: str, official: dict[str, bytes]) -> None:
    dissection = dissect(official[name], OFFICIAL[name])
    assert dissection.faults == ()
    for field in dissection:
        assert field.complete
        assert_no_gap(field, official[name])


def test_fields_stand_as_the_rfc_lays_them_out() -> None:
    message = MLSMessage(ProtocolVersion.mls10, KeyPackage(ProtocolVersion.mls10, 1, b"", leaf(), (), b""))
    root = dissect(encode(message)).root
    assert [field.name for field in root.children] == ["version", "wire_format", "key_package"]
    credential = one(dissect(encode(message)), "credential")
    assert [(field.name, field.type) for field in credential.children] == [
        ("credential_type", "CredentialType"),
        ("identity", "opaque<V>"),
    ]


def test_types_are_spelled_as_in_the_rfc() -> None:
    types = {field.name: field.type for field in dissect(encode(group_info(Extension(9, b""))), "group-info")}
    assert types["GroupInfo"] == "GroupInfo"
    assert types["signer"] == "uint32"
    assert types["cipher_suite"] == "CipherSuite"
    assert types["extensions"] == "Extension<V>"
    assert dissect(encode(RatchetTreeExtension((None,))), "ratchet-tree").root.children[0].type == "optional<Node><V>"
    assert one(dissect(bytes(12), "SenderData"), "reuse_guard").type == "opaque[4]"
    assert one(dissect(encode(leaf()), "LeafNode"), "cipher_suites").type == "CipherSuite<V>"


# Values in words.


def test_code_points_are_named_and_those_without_a_name_say_what_they_are() -> None:
    suites = one(dissect(encode(leaf()), LeafNode), "cipher_suites")
    assert [item.text for item in suites.children] == [
        "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519 (0x0001)",
        "0x2a2a, a GREASE value, which receivers ignore",
        "0xf001, for private use",
        "0x0099, not registered by RFC 9420",
    ]
    assert one(dissect(encode(leaf()), LeafNode), "leaf_node_source").text == "key_package (1)"


@pytest.mark.parametrize(
    ("seconds", "date"),
    [
        (1678279716, "2023-03-08 12:48:36 UTC"),
        (0, "1970-01-01 00:00:00 UTC"),
        (FOREVER, "without end"),
        (FOREVER - 1, "after the year 9999"),
        (253402300800, "after the year 9999"),
    ],
)
def test_lifetimes_are_dates(seconds: int, date: str) -> None:
    assert texts(dissect(encode(Lifetime(seconds, 0)), "Lifetime"))["not_before"] == f"{seconds} ({date})"


@pytest.mark.parametrize(
    ("identity", "text"),
    [
        (b"alice", '"alice"'),
        ("Zoë".encode(), '"Zoë"'),
        (b"", "empty"),
        (b"\xff\xfe", "2 bytes"),
        (b"\x1b[31mred", "8 bytes"),  # control characters for a terminal
        ("a\u202eb".encode(), "5 bytes"),  # a character that reverses the direction of the text
        (b"a" * 300, f'"{"a" * 200}…"'),
    ],
)
def test_an_identity_is_text_when_it_can_be_printed(identity: bytes, text: str) -> None:
    assert texts(dissect(encode(leaf(identity)), LeafNode))["identity"] == text


def certificate(common_name: str, last_year: int = 2026) -> bytes:
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)] if common_name else [])
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(last_year, 1, 2, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, end)
    return builder.sign(key, None).public_bytes(Encoding.DER)


def test_a_certificate_shows_its_subject_and_junk_is_not_a_certificate() -> None:
    good, odd = certificate("Alice"), certificate("a\x1bb")
    credential = Credential(X509Credential((Certificate(good), Certificate(odd), Certificate(b"junk"))))
    chain = [field.text for field in dissect(encode(credential), Credential) if field.name == "cert_data"]
    valid = "valid from 2026-01-01 00:00:00 UTC to 2026-01-02 00:00:00 UTC"
    assert chain[0] == f"{len(good)} bytes; subject CN=Alice; issuer CN=Alice; {valid}"
    assert chain[1] == f"{len(odd)} bytes; subject 'CN=a\\x1bb'; issuer 'CN=a\\x1bb'; {valid}"
    assert chain[2].startswith("4 bytes; the certificate is not readable: ")


def test_a_certificate_without_names_and_one_of_the_year_0_are_shown_all_the_same() -> None:
    nameless = certificate("", 2051)
    for cert_data, said in [
        (nameless, "subject empty; issuer empty; valid from 2026-01-01"),
        (nameless.replace(b"20510102", b"00000102"), "the certificate is not readable: year 0"),
    ]:
        credential = Credential(X509Credential((Certificate(cert_data),)))
        (field,) = (field for field in dissect(encode(credential), Credential) if field.name == "cert_data")
        assert said in field.text


def test_a_ciphertext_is_shown_as_sealed() -> None:
    sealed = PrivateMessage(b"group", 3, ContentType.commit, b"", b"x" * 28, b"y" * 99)
    shown = texts(dissect(encode(MLSMessage(ProtocolVersion.mls10, sealed))))
    assert shown["encrypted_sender_data"] == "sealed; 28 bytes"
    assert shown["ciphertext"] == "sealed; 99 bytes"
    assert shown["content_type"] == "commit (3)"
    assert texts(dissect(encode(Welcome(1, (), b"z")), "welcome"))["encrypted_group_info"] == "sealed; 1 byte"
    assert texts(dissect(encode(HPKECiphertext(b"k", b"")), HPKECiphertext))["ciphertext"] == "sealed; 0 bytes"


def test_a_tree_shows_the_place_and_the_member_of_each_node() -> None:
    tree = RatchetTreeExtension((Node(leaf()), None, None, Node(ParentNode(b"k", b"", (1, 2))), Node(leaf(b"\0"))))
    nodes = dissect(encode(tree), "ratchet-tree").root.children[0].children
    assert [node.text for node in nodes] == [
        'node 0, leaf 0, "alice"',
        "node 1, parent, blank",
        "node 2, leaf 1, blank",
        "node 3, parent",
        "node 4, leaf 2, 1 byte",
    ]
    assert [node.header for node in nodes] == [1] * 5


@pytest.mark.parametrize(
    ("padding", "text"), [(b"", "empty"), (bytes(3), "3 bytes of zeros"), (b"\0\1", "2 bytes, not all of them zero")]
)
def test_padding_says_whether_it_is_zeros(padding: bytes, text: str) -> None:
    opened = PrivateMessageContent(ApplicationData(b"hello"), FramedContentAuthData(b"s", None), padding)
    dissection = dissect(encode(opened), PrivateMessageContent, content_type=ContentType.application)
    assert texts(dissection)["padding"] == text
    assert texts(dissection)["application_data"] == '"hello"'


# The data of extensions of known types is dissected.


def test_the_data_of_known_extensions_is_opened_in_its_place() -> None:
    sender = ExternalSender(b"k", Credential(BasicCredential(b"server")))
    extensions = (
        Extension(ExtensionType.application_id, encode(ApplicationId(b"phone"))),
        Extension(ExtensionType.ratchet_tree, encode(RatchetTreeExtension((Node(leaf()),)))),
        Extension(ExtensionType.required_capabilities, encode(RequiredCapabilities((9,), (), (1,)))),
        Extension(ExtensionType.external_pub, encode(ExternalPub(b"p" * 32))),
        Extension(ExtensionType.external_senders, encode(ExternalSenders((sender,)))),
        Extension(0x1A1A, b"anything"),
    )
    data = encode(group_info(*extensions))
    dissection = dissect(data, "group-info")
    assert dissection.faults == ()
    for field in dissection:
        assert_no_gap(field, data)
    items = dissection.root.children[1].children
    assert [item.text.partition(" ")[0] for item in items] == [*(kind.name for kind in ExtensionType), "0x1a1a,"]
    assert [[child.name for child in item.children[1].children] for item in items] == [
        ["application_id"],
        ["ratchet_tree"],
        ["extension_types", "proposal_types", "credential_types"],
        ["external_pub"],
        ["external_senders"],
        [],
    ]
    key = one(dissection, "external_pub")
    assert data[key.offset + key.header : key.offset + key.length] == b"p" * 32


def test_a_damaged_extension_is_a_fault_and_what_follows_is_still_read() -> None:
    good = Extension(ExtensionType.application_id, encode(ApplicationId(b"phone")))
    data = encode(group_info(Extension(ExtensionType.external_pub, b"\x05abc"), good))
    dissection = dissect(data, "group-info")
    (fault,) = dissection.faults
    assert fault.path == "GroupInfo.extensions[0].extension_data.external_pub"
    assert data[fault.offset :].startswith(b"\x05abc")
    assert (fault.section, fault.reason) == ("§2.1.2", "the vector claims a length of 5, 3 left")
    assert texts(dissection)["application_id"] == '"phone"'
    assert dissection.root.complete


# Damage.


@pytest.mark.parametrize("name", OFFICIAL)
def test_bytes_cut_short_show_all_fields_before_the_cut(name: str, official: dict[str, bytes]) -> None:
    whole = {(field.name, field.offset): field for field in dissect(official[name], OFFICIAL[name])}
    for length in range(0, len(official[name]), 7):
        cut = dissect(official[name][:length], OFFICIAL[name])
        assert len(cut.faults) == 1
        assert cut.faults[0].offset <= length
        for field in cut:
            assert field == whole[field.name, field.offset] or not field.complete
            assert field.offset + field.length <= cut.faults[0].offset
        assert any(not field.complete for field in cut)


def test_a_fault_has_a_place_and_a_reason_and_the_fields_around_it_are_incomplete() -> None:
    data = encode(leaf())
    at = data.index(b"\0\1\5alice")
    dissection = dissect(data[:at] + b"\0\7" + data[at + 2 :], "LeafNode")
    (fault,) = dissection.faults
    assert (fault.path, fault.offset) == ("LeafNode.credential.credential_type", at)
    assert fault.reason == "7 is not a CredentialType; allowed: basic (1), x509 (2)"
    assert [field.name for field in dissection if not field.complete] == ["LeafNode", "credential", "credential_type"]


def test_bytes_after_the_last_field_are_a_fault() -> None:
    dissection = dissect(encode(Lifetime(1, 2)) + b"xx", "Lifetime")
    assert dissection.root.complete
    assert [(fault.path, fault.offset) for fault in dissection.faults] == [("Lifetime", 16)]


@settings(max_examples=200)
@given(data=st.binary(max_size=80), kind=st.sampled_from(sorted(KINDS)))
def test_dissecting_any_bytes_raises_nothing(data: bytes, kind: str) -> None:
    dissection = dissect(b"\0\1\0\5" + data, kind)
    assert dissection.text()
    assert dissection._repr_html_()
    assert json.dumps(dissection.as_json())


# Arguments of `dissect`.


@pytest.mark.parametrize("as_", ["keypackage", "FramedContentAuthData", "BasicCredential", BasicCredential, int])
def test_only_structs_that_decode_alone_are_accepted(as_: str | type) -> None:
    with pytest.raises(ValueError, match="or a struct of RFC 9420"):
        dissect(b"", as_)


def test_a_struct_that_needs_a_value_from_outside_names_the_value() -> None:
    with pytest.raises(ValueError, match="PrivateMessageContent does not decode by itself: give content_type too"):
        dissect(b"", PrivateMessageContent)


def test_a_custom_proposal_is_dissected_if_its_type_is_given() -> None:
    data = encode(Proposal(CustomProposal(0xF001, b"lunch?")))
    dissection = dissect(data, Proposal, custom=frozenset({0xF001}))
    assert dissection.faults == ()
    assert texts(dissection) | {"Proposal": ""} == {
        "Proposal": "",
        "proposal_type": "0xf001, for private use",
        "proposal_data": "6 bytes",
    }
    (fault,) = dissect(data, Proposal).faults
    assert (fault.path, fault.offset) == ("Proposal.proposal_type", 0)
    assert fault.reason.startswith("61441 is not a ProposalType; allowed: add (1), ")


# Many fields


def test_after_the_limit_further_items_are_left_out_but_faults_are_found() -> None:
    small = encode(Extension(ExtensionType.required_capabilities, encode(RequiredCapabilities((), (1, 2), ()))))
    data = vector(small * 1000) + b"left over"
    dissection = dissect(data, GroupContextExtensions, most=100)
    extensions = dissection.root.children[0]
    assert 100 <= sum(1 for _ in dissection) <= 110
    assert extensions.passed_over == len(small) * (1000 - len(extensions.children))
    shown = f"{len(extensions.children)} items shown"
    assert extensions.text == f"{shown}; other items of {extensions.passed_over} bytes are left out"
    assert extensions.text in " ".join(dissection.text().split())
    assert dissection.as_json()["root"]["children"][0]["passed_over"] == extensions.passed_over
    assert [fault.offset for fault in dissection.faults] == [len(data) - len(b"left over")]
    whole = dissect(data, GroupContextExtensions, most=None)
    assert len(whole.root.children[0].children) == 1000
    assert whole.faults == dissection.faults
