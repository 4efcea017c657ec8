"""Decoded values in words: code points by name, times as dates, names as text, ciphertexts as "sealed"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from workbench.inspect.names import counted, is_readable
from workbench.mls.crypto.ciphersuite import CIPHER_SUITES
from workbench.mls.errors import InvalidCredential
from workbench.mls.wire.code_points import (
    CredentialType,
    ExtensionType,
    ProposalType,
    ProtocolVersion,
    is_grease,
)
from workbench.mls.wire.messages import PrivateMessage, Welcome
from workbench.mls.wire.shapes import Item, OptionalOf, Struct, Uint, VectorOf
from workbench.mls.wire.tree import (
    BasicCredential,
    Certificate,
    Credential,
    Extension,
    HPKECiphertext,
    LeafNode,
    Lifetime,
    Node,
)

SEALED = {
    (HPKECiphertext, "ciphertext"),
    (PrivateMessage, "encrypted_sender_data"),
    (PrivateMessage, "ciphertext"),
    (Welcome, "encrypted_group_info"),
}
"""Fields whose contents are encrypted."""

NAMES = {
    "application_data",
    "application_id",
    "authenticated_data",
    "group_id",
    "identity",
    "label",
    "psk_group_id",
    "psk_id",
}
"""Fields whose bytes applications choose; they may be text."""

if TYPE_CHECKING:
    from cryptography import x509


def in_words(cls: type, name: str, shape: Item, value: Any) -> str:
    """The value of a field for people; "" if the fields inside it show everything."""
    match value:
        case None:
            return "blank" if shape == OptionalOf(Struct(Node)) else "absent"
        case bytes():
            return _bytes_in_words(cls, name, value)
        case int():
            return _number_in_words(cls, name, value)
        case tuple():
            return counted(len(value), "item") if value else "empty"
        case _:
            return _struct_in_words(value)


def _struct_in_words(value: Any) -> str:
    """What distinguishes a struct from the others in its list: the type of an extension, the name of a member."""
    match value:
        case Extension(extension_type):
            return code_point("extension_type", extension_type)
        case Node(LeafNode(credential=Credential(BasicCredential(identity)))):
            return _bytes_in_words(BasicCredential, "identity", identity)
        case _:
            return ""


def _number_in_words(cls: type, name: str, value: int) -> str:
    if isinstance(value, IntEnum):
        return f"{value.name} ({value.value})"
    if name in _REGISTERED:
        return code_point(name, value)
    return f"{value} ({_moment(value)})" if cls is Lifetime else str(value)


def _bytes_in_words(cls: type, name: str, value: bytes) -> str:
    size = counted(len(value), "byte")
    if (cls, name) in SEALED:
        return f"sealed; {size}"
    if not value:
        return "empty"
    if cls is Certificate:
        return f"{size}; {_certificate_in_words(value)}"
    if name == "padding":
        return f"{size} of zeros" if not any(value) else f"{size}, not all of them zero"
    text = _printable(value) if name in NAMES else None
    return f'"{text}"' if text else size


def _printable(value: bytes) -> str | None:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    if not is_readable(text):
        return None
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


LONGEST_TEXT = 200


def _certificate_in_words(cert_data: bytes) -> str:
    """Subject, issuer and validity of a certificate; nothing is verified, because that needs trust anchors."""
    # The library's X.509 code is slow to import, and most bytes have no certificate.
    from workbench.mls.crypto.certificates import read_certificate  # noqa: PLC0415 - as above

    try:
        certificate = read_certificate(Certificate(cert_data))
    except InvalidCredential as problem:
        return problem.reason
    since, until = (
        f"{moment:%Y-%m-%d %H:%M:%S} UTC"
        for moment in (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    )
    subject, issuer = (_name_in_words(name) for name in (certificate.subject, certificate.issuer))
    return f"subject {subject}; issuer {issuer}; valid from {since} to {until}"


def _name_in_words(name: x509.Name) -> str:
    text = name.rfc4514_string()
    return (text or "empty") if is_readable(text or "empty") else repr(text)


def _moment(seconds: int) -> str:
    """A number of seconds since 1970 as a date."""
    if seconds == FOREVER:
        return "without end"
    try:
        return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S} UTC"
    except OverflowError:  # datetime ends with the year 9999
        return "after the year 9999"


FOREVER = 2**64 - 1


def code_point(name: str, value: int) -> str:
    """The registered name of a code point, by the name of the field that holds it (RFC 9420 §17)."""
    number = f"0x{value:04x}"
    known = _REGISTERED[name].get(value)
    if known is not None:
        return f"{known} ({number})"
    if is_grease(value):
        return f"{number}, a GREASE value, which receivers ignore"
    return f"{number}, for private use" if value >= PRIVATE_USE else f"{number}, not registered by RFC 9420"


PRIVATE_USE = 0xF000


def registry_of(name: str, shape: Item) -> str | None:
    """The RFC's name for the type of a field of code points."""
    if isinstance(shape, VectorOf):
        registry = registry_of(f"{name}[]", shape.item)
        return registry and f"{registry}<V>"
    return _TYPES.get(name) if isinstance(shape, Uint) and shape == CODE_POINT else None


CODE_POINT = Uint(2)

_TYPES = {
    "version": "ProtocolVersion",
    "versions[]": "ProtocolVersion",
    "cipher_suite": "CipherSuite",
    "cipher_suites[]": "CipherSuite",
    "extension_type": "ExtensionType",
    "extensions[]": "ExtensionType",
    "extension_types[]": "ExtensionType",
    "proposals[]": "ProposalType",
    "proposal_type": "ProposalType",
    "proposal_types[]": "ProposalType",
    "credentials[]": "CredentialType",
    "credential_types[]": "CredentialType",
}
"""The fields that hold a code point, and its registry; the code point may be one that we do not know."""

_REGISTRIES: dict[str, dict[int, str]] = {
    enum.__name__: {member.value: member.name for member in enum}
    for enum in (ProtocolVersion, ExtensionType, ProposalType, CredentialType)
} | {"CipherSuite": {number: suite.name for number, suite in CIPHER_SUITES.items()}}

_REGISTERED = {name: _REGISTRIES[kind] for name, kind in _TYPES.items()}
