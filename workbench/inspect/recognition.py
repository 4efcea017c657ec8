"""Which MLS structs some bytes hold, where it is not known: messages one after the other, in other bytes, or bare.

An MLSMessage is known by its header and by decoding to its end. A bare struct is recognised only when all bytes decode
as it, because a KeyPackage and an MLSMessage can start with the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from workbench.mls import MLSMessage, decode
from workbench.mls.errors import Malformed
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat
from workbench.mls.wire.codec import compiled
from workbench.mls.wire.lengths import DecodingFailed
from workbench.mls.wire.messages import GroupContext, GroupInfo, PrivateMessage, PublicMessage, Welcome
from workbench.mls.wire.proposals import Add, Proposal, Update
from workbench.mls.wire.tree import KeyPackage, RatchetTreeExtension

HEADER = 4
"""The version and the wire format, two bytes each, with which every MLSMessage starts."""

UNFRAMED: tuple[type, ...] = (KeyPackage, Welcome, GroupInfo, PublicMessage, PrivateMessage)
"""The structs that are recognised without the MLSMessage header."""

SHORTEST_SEALED = 16
"""The bytes of the shortest authentication tag: what is sealed is never shorter."""

_HEADERS = re.compile(
    b"|".join(
        re.escape(ProtocolVersion.mls10.to_bytes(2, "big") + wire_format.to_bytes(2, "big"))
        for wire_format in WireFormat
    )
)


class FirstMessage(NamedTuple):
    """A message that begins at byte `at` of some bytes and ends before byte `end`."""

    message: MLSMessage
    at: int
    end: int


def starts_as_message(data: bytes) -> bool:
    """Whether the first four bytes are the header of an MLSMessage."""
    return _HEADERS.match(data) is not None


def message_at(data: bytes, at: int, custom: frozenset[int] = frozenset()) -> FirstMessage:
    """The message that begins at byte `at`, whatever stands behind it. Raises `Malformed`, with an offset in `data`."""
    try:
        message, end = compiled(MLSMessage, custom).decode(data, at, len(data))
    except DecodingFailed as failed:
        raise failed.malformed(MLSMessage) from None
    return FirstMessage(message, at, end)


def messages_in_a_row(data: bytes, custom: frozenset[int] = frozenset()) -> list[FirstMessage] | None:
    """The messages of which the bytes consist, one behind the other; None if they do not consist of messages."""
    found: list[FirstMessage] = []
    at = 0
    while at < len(data):
        try:
            found.append(message_at(data, at, custom))
        except Malformed:
            return None
        at = found[-1].end
    return found or None


def messages_inside(data: bytes, custom: frozenset[int] = frozenset()) -> Iterator[FirstMessage]:
    """The messages that stand somewhere in other bytes, such as a capture or a framed stream.

    A header can stand in other bytes by chance. So a message counts only if it decodes and is likely (`is_likely`).
    """
    at = 0
    while (header := _HEADERS.search(data, at)) is not None:
        at = header.start() + 1
        try:
            found = message_at(data, header.start(), custom)
        except Malformed:
            continue
        if is_likely(found.message.message):
            yield found
            at = found.end


def is_likely(content: Any) -> bool:
    """Whether a struct is more than a few bytes that happen to decode: what it seals or signs has a plausible size."""
    match content:
        case PrivateMessage():
            return min(len(content.encrypted_sender_data), len(content.ciphertext)) >= SHORTEST_SEALED
        case PublicMessage():
            return len(content.auth.signature) > SHORTEST_SEALED
        case Welcome():
            return len(content.encrypted_group_info) >= SHORTEST_SEALED
        case Proposal(proposal):
            return isinstance(proposal, Add | Update)
        case RatchetTreeExtension(nodes):
            return any(node is not None for node in nodes)
        case _:
            return True


def unframed(data: bytes) -> type | None:
    """The struct that all the bytes encode without an MLSMessage header; None if there is no such struct.

    A KeyPackage and a GroupInfo can start like an MLSMessage. They have so much structure that other bytes do not
    decode as one by chance. The other structs have less structure: bytes that start like a message, and a Welcome
    without entries, are not recognised as one of them.
    """
    for struct in (KeyPackage, GroupInfo) if starts_as_message(data) else UNFRAMED:
        try:
            found: object = decode(struct, data)
        except Malformed:
            continue
        if not isinstance(found, Welcome) or found.secrets:
            return struct
    return None


def bare_struct(data: bytes) -> Any:
    """A bare struct in material of which nothing is known; None if there is none.

    It is one of `UNFRAMED`, a GroupContext, a Proposal with a leaf node, or a ratchet tree with a leaf. The material
    can hold any bytes, so a struct with little structure must also be likely (`is_likely`).
    """
    struct = unframed(data)
    if struct is not None:
        found: object = decode(struct, data)
        return found if is_likely(found) else None
    for other in (GroupContext, Proposal, RatchetTreeExtension):
        try:
            found = decode(other, data)
        except Malformed:
            continue
        if is_likely(found):
            return found
    return None
