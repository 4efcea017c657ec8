"""What the codec accepts, what it refuses, and how it says so."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mls.wire.strategies import STRUCTS, values_and_surroundings
from workbench.fuzz.bounds import measured
from workbench.mls.errors import Malformed, Misuse
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.wire.code_points import ContentType, CredentialType, SenderType
from workbench.mls.wire.codec import compiled, decode, encode, encode_vector, failure_of
from workbench.mls.wire.extensions import ExternalPub, RequiredCapabilities
from workbench.mls.wire.lazy import UndecodedItems
from workbench.mls.wire.lengths import length_header
from workbench.mls.wire.messages import (
    ApplicationData,
    ExternalSenderIndex,
    FramedContentAuthData,
    MemberSender,
    MLSMessage,
    PrivateMessageContent,
    Sender,
    SenderData,
    Welcome,
)
from workbench.mls.wire.proposals import Commit
from workbench.mls.wire.shapes import (
    ConditionalOf,
    Opaque,
    OpaqueVector,
    OptionalOf,
    Select,
    Shape,
    Struct,
    VectorOf,
    fields_of,
    item_of,
    needs,
    shape_of,
    snake_case,
    struct,
)
from workbench.mls.wire.tree import (
    BasicCredential,
    Credential,
    HPKECiphertext,
    KeyPackage,
    Lifetime,
    Node,
    ParentNode,
    RatchetTreeExtension,
    UpdatePathNode,
    X509Credential,
)

quick = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("cls", STRUCTS.values(), ids=STRUCTS)
@quick
@given(data=st.data())
def test_what_is_encoded_decodes_to_the_same_value(cls: type, data: st.DataObject) -> None:
    value, surroundings = data.draw(values_and_surroundings(cls))
    assert decode(cls, encode(value), **surroundings) == value


@st.composite
def damaged(draw: st.DrawFn, encoded: bytes) -> bytes:
    """Bytes with one thing done to them: cut off, overwritten, inserted, removed, or a piece doubled."""
    at = draw(st.integers(0, len(encoded)))
    to = draw(st.integers(at, min(len(encoded), at + 8)))
    replacement = draw(st.sampled_from([b"", encoded[at:to] * 2]) | st.binary(max_size=4))
    cut = draw(st.booleans())
    return encoded[:at] + replacement + (b"" if cut else encoded[to:])


@pytest.mark.parametrize("cls", STRUCTS.values(), ids=STRUCTS)
@quick
@given(data=st.data())
def test_damaged_bytes_are_malformed_or_what_they_decode_to_encodes_to_them(cls: type, data: st.DataObject) -> None:
    value, surroundings = data.draw(values_and_surroundings(cls))
    changed = data.draw(damaged(encode(value)) | st.binary(max_size=40))
    if failure_of(cls, changed, frozenset(), surroundings) is None:
        assert encode(decode(cls, changed, **surroundings)) == changed
        return
    with pytest.raises(Malformed) as caught:
        decode(cls, changed, **surroundings)
    assert caught.value.path[0] == cls.__name__
    assert 0 <= caught.value.offset <= len(changed)


# Where and why: one change to good bytes, one exact sentence.

TOO_SHORT = "the bytes end too early: {} wanted, {} left (RFC 9420 §2.1)"
LIES = "the vector claims a length of {}, {} left (RFC 9420 §2.1.2)"
WASTEFUL = "the length 5 is written in {} bytes, more than it needs (RFC 9420 §2.1.2)"
GOOD_PARENT = encode(ParentNode(b"key", b"", (5, 9)))
FAULTS: list[tuple[type, bytes, str, int, str]] = [
    (Lifetime, bytes(15), "Lifetime.not_after", 8, TOO_SHORT.format(8, 7)),
    (Lifetime, bytes(18), "Lifetime", 16, "bytes are left over at the end: 2 (RFC 9420 §2.1)"),
    (SenderData, bytes(11), "SenderData.reuse_guard", 8, TOO_SHORT.format(4, 3)),
    (ExternalPub, b"", "ExternalPub.external_pub", 0, TOO_SHORT.format(1, 0)),
    (
        ExternalPub,
        b"\xc0",
        "ExternalPub.external_pub",
        0,
        "a length header must not start with the bits 11 (RFC 9420 §2.1.2)",
    ),
    (ExternalPub, b"\x40\5hello", "ExternalPub.external_pub", 0, WASTEFUL.format(2)),
    (ExternalPub, b"\x80\0\0\5hello", "ExternalPub.external_pub", 0, WASTEFUL.format(4)),
    (ExternalPub, b"\x40", "ExternalPub.external_pub", 0, TOO_SHORT.format(2, 1)),
    (ExternalPub, b"\6hello", "ExternalPub.external_pub", 0, LIES.format(6, 5)),
    (
        Credential,
        b"\0\7\1x",
        "Credential.credential_type",
        0,
        "7 is not a CredentialType; allowed: basic (1), x509 (2) (RFC 9420 §2.1)",
    ),
    (
        RatchetTreeExtension,
        b"\2\0\2",
        "RatchetTreeExtension.ratchet_tree[1]",
        2,
        "the presence octet of an optional is 2, neither 0 nor 1 (RFC 9420 §2.1.1)",
    ),
    (
        RatchetTreeExtension,
        b"\x0d\1\2\3key\0\x0a\0\0\0\5\0\0\0\x09\0",
        "RatchetTreeExtension.ratchet_tree[0].parent_node.unmerged_leaves",
        8,
        LIES.format(10, 5),
    ),
    (
        ParentNode,
        GOOD_PARENT[:5] + b"\7" + GOOD_PARENT[6:-1],
        "ParentNode.unmerged_leaves[1]",
        10,
        TOO_SHORT.format(4, 3),
    ),
    (Sender, b"\1\0\0", "Sender.leaf_index", 1, TOO_SHORT.format(4, 2)),
    (
        MLSMessage,
        b"\0\2",
        "MLSMessage.version",
        0,
        "2 is not a ProtocolVersion; allowed: mls10 (1) (RFC 9420 §2.1)",
    ),
    (
        MLSMessage,
        b"\0\1\0\5\0\1\0\1",
        "MLSMessage.key_package.init_key",
        8,
        TOO_SHORT.format(1, 0),
    ),
]


@pytest.mark.parametrize(("cls", "data", "where", "offset", "why"), FAULTS)
def test_a_fault_names_the_field_the_offset_and_the_reason(
    cls: type, data: bytes, where: str, offset: int, why: str
) -> None:
    with pytest.raises(Malformed) as caught:
        decode(cls, data)
    assert str(caught.value) == f"{where} at byte {offset}: {why}"


@pytest.mark.parametrize("length", [0, 63, 64, 16383])
@pytest.mark.parametrize("log2", [1, 2])
def test_a_length_header_longer_than_needed_is_refused_though_all_its_bytes_are_there(length: int, log2: int) -> None:
    header = (log2 << (8 * 2**log2 - 2) | length).to_bytes(2**log2, "big")
    if header == length_header(length):
        assert decode(ExternalPub, header + bytes(length)).external_pub == bytes(length)
    else:
        with pytest.raises(Malformed, match="more than it needs"):
            decode(ExternalPub, header + bytes(length))


@pytest.mark.parametrize("presence", [2, 3, 255])
def test_a_presence_octet_is_0_or_1_even_if_a_good_value_follows(presence: int) -> None:
    good = encode(RatchetTreeExtension((Node(ParentNode(b"key", b"", ())),)))
    assert encode(decode(RatchetTreeExtension, good)) == good
    with pytest.raises(Malformed, match=f"the presence octet of an optional is {presence}, neither 0 nor 1"):
        decode(RatchetTreeExtension, good[:1] + bytes([presence]) + good[2:])


def test_a_case_chosen_from_outside_must_exist() -> None:
    sealed = PrivateMessageContent(ApplicationData(b"hello"), FramedContentAuthData(b"", None), b"\0\0")
    assert decode(PrivateMessageContent, encode(sealed), content_type=ContentType.application) == sealed
    with pytest.raises(Malformed, match="the content_type 4 selects no variant"):
        decode(PrivateMessageContent, encode(sealed), content_type=4)


CIPHERTEXTS = tuple(HPKECiphertext(bytes(number), bytes(200)) for number in range(100))


def test_the_items_of_a_vector_that_was_read_lazily_are_those_of_the_tuple() -> None:
    items = decode(UpdatePathNode, encode(UpdatePathNode(b"key", CIPHERTEXTS))).encrypted_path_secret
    assert isinstance(items, UndecodedItems)
    assert (len(items), items[0], items[70], items[-1]) == (100, CIPHERTEXTS[0], CIPHERTEXTS[70], CIPHERTEXTS[-1])
    assert items[10:30] == CIPHERTEXTS[10:30]
    assert items == CIPHERTEXTS
    assert (hash(items), repr(items)) == (hash(CIPHERTEXTS), repr(CIPHERTEXTS))
    assert items != CIPHERTEXTS[1:]
    assert items != 1
    with pytest.raises(IndexError):
        items[100]


@pytest.mark.parametrize(
    "items",
    [
        b"\x02\x01",  # the vector goes beyond the end
        b"\x03\x01\x00\x01",  # the second part of the item does
        b"\x02\x01\x00",  # it is missing
        b"\x02\x00\x40",  # its header is cut off
    ],
)
def test_an_item_that_is_cut_off_is_refused_before_anybody_asks_for_it(items: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        decode(UpdatePathNode, b"\x00" + items)
    assert refused.value.path[:2] == ("UpdatePathNode", "encrypted_path_secret")


def test_what_is_read_lazily_consists_of_opaque_vectors() -> None:
    lazy = [
        shape.item
        for cls in STRUCTS.values()
        for shape in fields_of(cls).values()
        if isinstance(shape, VectorOf) and shape.lazily
    ]
    assert lazy == [Struct(HPKECiphertext)]
    assert set(fields_of(HPKECiphertext).values()) == {OpaqueVector()}


@pytest.mark.parametrize("cls", [ExternalPub, RequiredCapabilities, RatchetTreeExtension, Welcome])
@pytest.mark.parametrize("claim", [b"\xbf\xff\xff\xff", b"\x7f\xff"], ids=["a gigabyte", "sixteen kilobytes"])
def test_a_length_that_lies_allocates_nothing(cls: type, claim: bytes) -> None:
    data = claim + b"abc" if cls is not Welcome else b"\0\1" + claim
    compiled(cls)
    cost, refusal = measured(lambda: decode(cls, data))
    assert isinstance(refusal, Malformed)
    assert cost.memory < 40_000


# What cannot be written.


def test_a_vector_of_a_gigabyte_is_too_long() -> None:
    assert length_header((1 << 30) - 1) == b"\xbf\xff\xff\xff"
    with pytest.raises(Misuse, match="longer than 1073741823"):
        length_header(1 << 30)


@pytest.mark.parametrize("number", [-1, 1 << 64])
def test_a_number_that_its_field_cannot_hold_is_misuse(number: int) -> None:
    with pytest.raises(Misuse, match=f"{number} does not fit in uint64"):
        encode(Lifetime(number, 0))


def test_a_fixed_field_takes_exactly_its_length() -> None:
    with pytest.raises(Misuse, match="a field of 4 bytes cannot hold 5"):
        encode(SenderData(0, 0, b"12345"))


def test_a_bare_vector_is_its_items_behind_their_length() -> None:
    assert encode_vector(()) == b"\0"
    assert encode_vector((Lifetime(0, 1), Lifetime(2, 3))) == b"\x20" + b"".join(
        number.to_bytes(8, "big") for number in range(4)
    )


# What an annotation may say.


@pytest.mark.parametrize(
    "hint",
    [
        Annotated[int, "a note"],
        "Node",
        tuple[BasicCredential | X509Credential, ...],
        BasicCredential | X509Credential | None,
        int | None | str,
    ],
    ids=str,
)
def test_an_annotation_that_says_nothing_about_bytes_is_refused(hint: Any) -> None:
    with pytest.raises(TypeError, match="does not say how it is encoded"):
        item_of(hint)


def test_the_tag_of_a_select_is_called_after_its_type() -> None:
    shape = shape_of(BasicCredential | X509Credential)
    assert isinstance(shape, Select)
    assert (shape.tag_name, shape.tag.enum) == ("credential_type", CredentialType)


@pytest.mark.parametrize(
    ("cls", "field"),
    [
        ("MLSMessage", "mls_message"),
        ("ReInit", "re_init"),
        ("KeyPackage", "key_package"),
        ("KDFLabel", "kdf_label"),
    ],
)
def test_a_field_is_called_after_its_type(cls: str, field: str) -> None:
    assert snake_case(cls) == field


def test_a_struct_that_depends_on_its_surroundings_says_on_what() -> None:
    assert needs(KeyPackage) == ()
    assert needs(PrivateMessageContent) == ("content_type",)
    assert needs(FramedContentAuthData) == ("content",)


# Nothing that a peer sends can nest without end, or take a step without consuming a byte.


def test_no_struct_contains_itself_so_that_no_message_can_nest_deeply() -> None:
    assert max(depth(Struct(cls)) for cls in STRUCTS.values()) == depth(Struct(MLSMessage)) < 50


def depth(shape: Shape) -> int:
    """How deep values of this shape can nest; RecursionError if there is no end."""
    return 1 + max(map(depth, inside(shape)), default=0)


def inside(shape: Shape) -> list[Shape]:
    match shape:
        case Struct(cls):
            return list(fields_of(cls).values())
        case VectorOf(item) | OptionalOf(item) | ConditionalOf(item=item):
            return [item]
        case Select(cases=cases):
            return [Struct(case) for case in cases]
        case _:
            return []


@struct
class Nothing:
    pass


@struct
class OneOfNothing:
    nothing: Nothing | None
    note: Opaque


def test_every_item_of_a_vector_takes_at_least_one_byte() -> None:
    assert least(Struct(Nothing)) == 0
    assert least(Struct(OneOfNothing)) == 2
    vectors = [shape for cls in STRUCTS.values() for shape in fields_of(cls).values() if isinstance(shape, VectorOf)]
    assert len(vectors) > 20
    assert all(least(vector.item) > 0 for vector in vectors)


def least(shape: Shape) -> int:
    """The fewest bytes that a value of this shape takes."""
    match shape:
        case Struct(cls):
            return sum(least(field) for field in fields_of(cls).values())
        case Select(tag=tag, in_front=in_front, cases=cases):
            return tag.width * in_front + min(least(Struct(case)) for case in cases)
        case ConditionalOf():
            return 0
        case _:
            return getattr(shape, "width", 1)


@pytest.mark.parametrize("value", [Commit((), None), Node(ParentNode(b"", b"", ()))], ids=repr)
def test_a_value_cannot_be_changed(value: Any) -> None:
    with pytest.raises(AttributeError):
        setattr(value, "path" if isinstance(value, Commit) else "node", None)


@struct
class TwoSenders:
    """A select of fewer variants than its tag has values."""

    sender: MemberSender | ExternalSenderIndex


def test_a_known_tag_that_selects_none_of_the_variants_is_refused() -> None:
    assert decode(TwoSenders, encode(TwoSenders(MemberSender(LeafIndex(0))))).sender == MemberSender(LeafIndex(0))
    with pytest.raises(Malformed, match="selects no variant"):
        decode(TwoSenders, bytes([SenderType.new_member_commit]))
