"""Extensions: the objects that may hold them, and what they demand of members (RFC 9420 §11.1, §13.4, §17.3)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, TypeVar

from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.errors import InvalidExtension
from workbench.mls.wire.code_points import ExtensionType, ProposalType
from workbench.mls.wire.codec import decode
from workbench.mls.wire.extensions import (
    ApplicationId,
    ExternalPub,
    ExternalSender,
    ExternalSenders,
    RequiredCapabilities,
)
from workbench.mls.wire.shapes import Vector
from workbench.mls.wire.tree import Extension, RatchetTreeExtension

T = TypeVar("T")

Place: TypeAlias = Literal["a leaf node", "a key package", "a GroupInfo", "a GroupContext"]

DEFAULT_EXTENSIONS = frozenset(map(int, ExtensionType))
"""Extension types that every client knows, so that no capabilities list them (RFC 9420 §7.2)."""

DEFAULT_PROPOSALS = frozenset(map(int, ProposalType))
"""Proposal types that every client knows (RFC 9420 §7.2)."""

REGISTERED: Mapping[int, tuple[Place, type]] = MappingProxyType(
    {
        ExtensionType.application_id: ("a leaf node", ApplicationId),
        ExtensionType.ratchet_tree: ("a GroupInfo", RatchetTreeExtension),
        ExtensionType.required_capabilities: ("a GroupContext", RequiredCapabilities),
        ExtensionType.external_pub: ("a GroupInfo", ExternalPub),
        ExtensionType.external_senders: ("a GroupContext", ExternalSenders),
    }
)
"""For each extension of the RFC, the one object that may hold it, and the struct in its data (RFC 9420 §17.3)."""


def check_extensions(extensions: Vector[Extension], place: Place) -> None:
    """Check that no extension stands twice, in the wrong object, or with wrong content (RFC 9420 §13.4, §17.3).

    Raises `InvalidExtension`, or `Malformed` for the content. An unknown extension may have any content.
    """
    seen = set()
    for extension in extensions:
        kind = extension.extension_type
        if kind in seen:
            raise InvalidExtension("§13.4", f"{place} has more than one extension of type {kind:#06x}")
        seen.add(kind)
        if kind not in REGISTERED:
            continue
        home, content = REGISTERED[kind]
        if place != home:
            raise InvalidExtension("§17.3", f"{ExtensionType(kind).name} belongs in {home}, not in {place}")
        if kind != ExtensionType.ratchet_tree:  # it is large, and decoded where it is used
            decode_content(content, extension.extension_data)


def check_extension_keys(suite: Verifier, extensions: Vector[Extension]) -> None:
    """Check each public key in the extensions of a GroupContext or a GroupInfo (RFC 9420 §5.1.1).

    Those are the keys of external senders, and the key to which a newcomer seals its init secret. Call
    `check_extensions` first. Raises `InvalidKey`.
    """
    for extension in extensions:
        match extension.extension_type:
            case ExtensionType.external_senders:
                for sender in decode_content(ExternalSenders, extension.extension_data).external_senders:
                    suite.check_signature_key(sender.signature_key)
            case ExtensionType.external_pub:
                suite.check_encryption_key(decode_content(ExternalPub, extension.extension_data).external_pub)


def demanded_of_members(extensions: Vector[Extension]) -> RequiredCapabilities:
    """The capabilities that each member must list, given a GroupContext's extensions (RFC 9420 §11.1, §13.4).

    Those are the extensions in use, and all that `required_capabilities` names, without those that every client
    supports. Raises `Malformed`.
    """
    demanded = RequiredCapabilities((), (), ())
    for extension in extensions:
        if extension.extension_type == ExtensionType.required_capabilities:
            demanded = decode_content(RequiredCapabilities, extension.extension_data)
    in_use = {extension.extension_type for extension in extensions}
    return RequiredCapabilities(
        tuple(sorted({*demanded.extension_types, *in_use} - DEFAULT_EXTENSIONS)),
        tuple(sorted({*demanded.proposal_types} - DEFAULT_PROPOSALS)),
        tuple(sorted({*demanded.credential_types})),
    )


def external_senders_in(extensions: Vector[Extension]) -> Vector[ExternalSender]:
    """The external senders that a GroupContext lists (RFC 9420 §12.1.8.1). Raises `Malformed`."""
    for extension in extensions:
        if extension.extension_type == ExtensionType.external_senders:
            return decode_content(ExternalSenders, extension.extension_data).external_senders
    return ()


def decode_content(cls: type[T], data: bytes) -> T:
    """The struct in the data of an extension (RFC 9420 §17.3). Raises `Malformed`.

    The last results are kept: an extension is read several times while a message is processed, and may be long.
    """
    content: T = _decoded(cls, data)  # type: ignore[arg-type] # mypy takes the instances' __hash__ for the class's
    return content


@lru_cache(maxsize=2)
def _decoded(cls: type, data: bytes) -> Any:
    """The cache has two entries: for the extensions that a group has, and for those that are proposed."""
    return decode(cls, data)
