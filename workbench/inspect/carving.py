"""Carving: the MLS objects in the pieces of some material, each with its place, its group and its epoch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from workbench.inspect.material import Piece
from workbench.inspect.recognition import bare_struct, messages_in_a_row, messages_inside, starts_as_message
from workbench.mls import MLSMessage, decode
from workbench.mls.errors import Malformed
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.messages import GroupContext, GroupInfo, PrivateMessage, PublicMessage, Welcome
from workbench.mls.wire.tree import KeyPackage, RatchetTreeExtension


@dataclass(frozen=True, slots=True)
class CarvedObject:
    """An MLS object that was found: byte `at` of its piece is its first byte.

    `content` is the decoded struct, None if the bytes start like an MLSMessage and do not decode; `problem` says why.
    `is_framed` says that it is inside an MLSMessage.
    """

    piece: Piece
    at: int
    data: bytes
    content: Any
    is_framed: bool
    problem: Malformed | None = None

    @property
    def struct(self) -> type | None:
        """The struct that the bytes encode, None if they are damaged."""
        return MLSMessage if self.is_framed and self.content is not None else self.content and type(self.content)

    @property
    def message(self) -> MLSMessage | None:
        """The message in which the object came, None for a bare or damaged object."""
        return decode_again(self.data) if self.is_framed and self.content is not None else None

    @property
    def kind(self) -> str:
        """What it is, in the RFC's words: "commit", "Welcome", "bare KeyPackage", "damaged"."""
        match self.content:
            case None:
                return "damaged"
            case PublicMessage(content=content):
                name = content.content.TAG.name
            case PrivateMessage(content_type=content_type):
                name = f"private {content_type.name}"
            case RatchetTreeExtension():
                return "ratchet tree"
            case other:
                name = type(other).__name__
        return name if self.is_framed else f"bare {name}"

    @property
    def content_type(self) -> ContentType | None:
        """Whether a framed message is an application message, a proposal or a commit; None for other objects."""
        match self.content:
            case PublicMessage(content=content):
                return content.content.TAG
            case PrivateMessage(content_type=content_type):
                return content_type
        return None

    @property
    def group_id(self) -> bytes | None:
        """The group that it names, None if it names none."""
        match self.content:
            case PublicMessage(content=content):
                return content.group_id
            case PrivateMessage(group_id=group_id):
                return group_id
            case GroupInfo(group_context=context):
                return context.group_id
            case GroupContext(group_id=group_id):
                return group_id
        return None

    @property
    def epoch(self) -> int | None:
        """The epoch that it names, None if it names none."""
        match self.content:
            case PublicMessage(content=content):
                return content.epoch
            case PrivateMessage(epoch=epoch):
                return epoch
            case GroupInfo(group_context=context):
                return context.epoch
            case GroupContext(epoch=epoch):
                return epoch
        return None

    @property
    def cipher_suite(self) -> int | None:
        """The cipher suite that it names, None if it names none."""
        match self.content:
            case GroupInfo(group_context=context):
                return context.cipher_suite
            case KeyPackage(cipher_suite=suite) | Welcome(cipher_suite=suite) | GroupContext(cipher_suite=suite):
                return suite
        return None

    @property
    def where(self) -> str:
        """Its place for people: source, place, and the byte in the piece if it is not the first."""
        return f"{self.piece}, byte {self.at}" if self.at else str(self.piece)


def decode_again(data: bytes, custom: frozenset[int] = frozenset()) -> MLSMessage:
    """Decode the bytes of a carved message once more."""
    return decode(MLSMessage, data, custom=custom)


def carve(pieces: Iterable[Piece], custom: frozenset[int] = frozenset()) -> Iterator[CarvedObject]:
    """The MLS objects in pieces of material, in their order; `custom` are the known custom proposal types.

    A piece is a message or several, a bare struct, or other bytes that have messages inside. A piece that is none of
    these gives a damaged object if it starts like a message, or if the caller has named its field. Other bytes give
    nothing.
    """
    for piece in pieces:
        yield from carved_from(piece, custom)


def carved_from(piece: Piece, custom: frozenset[int] = frozenset()) -> Iterator[CarvedObject]:
    """The MLS objects in one piece."""
    data = piece.data
    found = messages_in_a_row(data, custom)
    if found is None:
        bare = bare_struct(data)
        if bare is not None:
            yield CarvedObject(piece, 0, data, bare, is_framed=False)
            return
        found = list(messages_inside(data, custom))
    if (starts_as_message(data) and (not found or found[0].at > 0)) or (piece.is_named and not found):
        yield CarvedObject(piece, 0, data, None, is_framed=True, problem=_problem_of(data, custom))
    for message, at, end in found:
        yield CarvedObject(piece, at, data[at:end], message.message, is_framed=True)


def _problem_of(data: bytes, custom: frozenset[int]) -> Malformed | None:
    try:
        decode(MLSMessage, data, custom=custom)
    except Malformed as problem:
        return problem
    return None
