"""Structs that differ from the RFC's in one thing each, so that the comparison is known to notice."""

from __future__ import annotations

from typing import Annotated, ClassVar

import pytest

from tests.mls.wire.conformance import differences
from tests.mls.wire.presentation import Presentation
from workbench.mls.wire.code_points import CredentialType, PSKType
from workbench.mls.wire.messages import MAC, ExternalSenderIndex, FramedContent, MemberSender, NewMemberProposalSender
from workbench.mls.wire.proposals import Commit, ExternalPSK
from workbench.mls.wire.shapes import (
    Enum16,
    Opaque,
    PresentWhen,
    Tag,
    Vector,
    inline_variant,
    struct,
    uint8,
    uint16,
    uint32,
    uint64,
)
from workbench.mls.wire.tree import (
    BasicCredential,
    Certificate,
    HPKECiphertext,
    HPKEPublicKey,
    Node,
    X509Credential,
)


@struct
class SwappedFields:
    ciphertext: Opaque
    kem_output: Opaque


@struct
class MisspelledField:
    kem_outputs: Opaque
    ciphertext: Opaque


@struct
class MissingField:
    kem_output: Opaque


@struct
class FieldTooMuch:
    kem_output: Opaque
    ciphertext: Opaque
    label: Opaque


@struct
class WrongWidth:
    not_before: uint32
    not_after: uint64


@struct
class NotAVector:
    encryption_key: HPKEPublicKey
    encrypted_path_secret: HPKECiphertext


@struct
class VectorOfNumbers:
    encryption_key: HPKEPublicKey
    encrypted_path_secret: Vector[uint16]


@struct
class NotOptional:
    leaf_index: uint32
    leaf_node: Node


@struct
class MissingCase:
    sender: MemberSender | ExternalSenderIndex | NewMemberProposalSender


class CredentialTypes(Enum16):
    basic = 1
    x509 = 2
    passport = 3


CredentialTypes.__name__ = "CredentialType"


@inline_variant
class Passport:
    TAG: ClassVar[CredentialTypes] = CredentialTypes.passport
    number: Opaque


@struct
class CaseTooMuch:
    credential: Annotated[Passport | BasicCredential | X509Credential, Tag("credential_type")]


@inline_variant
class BasicCalledX509:
    TAG: ClassVar[CredentialType] = CredentialType.x509
    identity: Opaque


@inline_variant
class X509CalledBasic:
    TAG: ClassVar[CredentialType] = CredentialType.basic
    certificates: Vector[Certificate]


@struct
class SwappedTags:
    credential: BasicCalledX509 | X509CalledBasic


@struct
class WrongTagName:
    credential: Annotated[BasicCredential | X509Credential, Tag("type")]


@inline_variant
class ResumptionWithoutUsage:
    TAG: ClassVar[PSKType] = PSKType.resumption
    psk_group_id: Opaque
    psk_epoch: uint64


@struct
class CaseWithoutAField:
    psk: Annotated[ExternalPSK | ResumptionWithoutUsage, Tag("psktype")]
    psk_nonce: Opaque


@inline_variant
class ResumptionOfAByte:
    TAG: ClassVar[PSKType] = PSKType.resumption
    usage: uint8
    psk_group_id: Opaque
    psk_epoch: uint64


@struct
class CaseOfAWrongType:
    psk: Annotated[ExternalPSK | ResumptionOfAByte, Tag("psktype")]
    psk_nonce: Opaque


@struct
class TagForgotten:
    signature: Opaque
    confirmation_tag: MAC


def carries_no_commit(content: FramedContent) -> bool:
    return not isinstance(content.content, Commit)


@struct
class PresentInTheWrongCase:
    signature: Opaque
    confirmation_tag: Annotated[bytes | None, PresentWhen("content", carries_no_commit, MAC)]


@struct
class FixedTooLong:
    leaf_index: uint32
    generation: uint32
    reuse_guard: uint64


PLANTED = [
    ("HPKECiphertext", SwappedFields, "field 0: RFC opaque kem_output<V>, ours opaque ciphertext<V>"),
    ("HPKECiphertext", MisspelledField, "field 0: RFC opaque kem_output<V>, ours opaque kem_outputs<V>"),
    ("HPKECiphertext", MissingField, "field 1: RFC opaque ciphertext<V>, ours None"),
    ("HPKECiphertext", FieldTooMuch, "field 2: RFC None, ours opaque label<V>"),
    ("Lifetime", WrongWidth, "field 0: RFC uint64 not_before, ours uint32 not_before"),
    ("UpdatePathNode", NotAVector, "RFC HPKECiphertext encrypted_path_secret<V>, ours HPKECiphertext"),
    ("UpdatePathNode", VectorOfNumbers, "RFC HPKECiphertext encrypted_path_secret<V>, ours uint16"),
    ("LeafNodeHashInput", NotOptional, "field 1: RFC optional<LeafNode> leaf_node, ours Node leaf_node"),
    ("Credential", SwappedTags, "[basic] field 1: RFC opaque identity<V>, ours Certificate certificates<V>"),
    ("Credential", WrongTagName, "[basic] field 0: RFC CredentialType credential_type, ours"),
    ("Credential", CaseTooMuch, "[passport] field 1: RFC nothing of this case, ours opaque number<V>"),
    ("Sender", MissingCase, "[new_member_commit] field 1: RFC None, ours nothing of this case"),
    ("PreSharedKeyID", CaseWithoutAField, "[resumption] field 1: RFC ResumptionPSKUsage usage, ours opaque"),
    ("PreSharedKeyID", CaseOfAWrongType, "[resumption] field 1: RFC ResumptionPSKUsage usage, ours uint8"),
    ("FramedContentAuthData", TagForgotten, "[proposal] field 1: RFC None, ours opaque confirmation_tag<V>"),
    ("FramedContentAuthData", PresentInTheWrongCase, "[commit] field 1: RFC MAC confirmation_tag, ours None"),
    ("SenderData", FixedTooLong, "field 2: RFC opaque reuse_guard[4], ours uint64 reuse_guard"),
]


@pytest.mark.parametrize(("name", "broken", "expected"), PLANTED, ids=[broken.__name__ for _, broken, _ in PLANTED])
def test_a_planted_difference_is_seen(name: str, broken: type, expected: str, rfc: Presentation) -> None:
    found = list(differences(name, rfc, broken))
    assert any(expected in difference for difference in found), found
