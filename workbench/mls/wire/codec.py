"""Encoding and decoding of wire structs, compiled once per struct (RFC 9420 §2.1).

The decoder that runs for every message keeps no record of where it is. When it refuses, `reader.py` goes
over the same bytes again with the same shapes and says which field is at fault, so that precise errors
cost nothing while all is well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, TypeAlias, TypeVar

from workbench.mls.errors import Misuse
from workbench.mls.wire.reader import explain
from workbench.mls.wire.shapes import (
    Fixed,
    OpaqueVector,
    OptionalOf,
    Rest,
    Select,
    Shape,
    Struct,
    Uint,
    VectorOf,
    When,
    fields_of,
    needs,
)

T = TypeVar("T")

Encode: TypeAlias = Callable[[Any], bytes]
Decode: TypeAlias = Callable[..., tuple[Any, int]]
"""`(data, at, end, *given) -> (value, next offset)`; reads nothing at or beyond `end`."""

LONGEST_VECTOR = (1 << 30) - 1


def encode(value: Any) -> bytes:
    """The bytes of a wire struct (RFC 9420 §2.1)."""
    return compiled(type(value)).encode(value)  # type: ignore[arg-type] # mypy takes the instances' __hash__ for the class's


def decode(cls: type[T], data: bytes, **given: Any) -> T:
    """The wire struct that `data` encodes, all of it (RFC 9420 §2.1).

    `given` supplies what a struct takes from its surroundings (`content_type` for a PrivateMessageContent).
    Raises `Malformed` with the field and the offset.
    """
    codec = compiled(cls)  # type: ignore[arg-type] # as above
    try:
        value, at = codec.decode(data, 0, len(data), *(given[name] for name in codec.needs))
    except Refused:
        raise explain(cls, data, given) from None
    if at != len(data):
        raise explain(cls, data, given)
    decoded: T = value
    return decoded


def encode_vector(items: tuple[object, ...]) -> bytes:
    """`T x<V>` by itself: the extension data that is a bare vector (RFC 9420 §2.1.2)."""
    return _vector(b"".join(map(encode, items)))


class Refused(Exception):  # noqa: N818 - never leaves this module: it only says that a careful reading is due
    """The bytes do not decode; `explain` finds out why."""


class Compiled(NamedTuple):
    """The two functions of one struct, and the names its decoder must be given."""

    encode: Encode
    decode: Decode
    needs: tuple[str, ...]


@cache
def compiled(cls: type) -> Compiled:
    """Write and compile the encoder and the decoder of one struct."""
    given = needs(cls)
    names: dict[str, Any] = {"struct": cls, "join": b"".join}
    encoders, readers = [], []
    for name, shape in fields_of(cls).items():
        names[f"encode_{name}"], names[f"read_{name}"] = encoder(shape), decoder(shape)
        arguments = "".join(f", {wanted}" for wanted in _arguments(shape))
        encoders.append(f"encode_{name}(value.{name})")
        readers.append(f"    {name}, at = read_{name}(data, at, end{arguments})\n")
    fields = list(fields_of(cls))
    source = (
        f"def encode_struct(value):\n    return join(({''.join(f'{call}, ' for call in encoders)}))\n"
        f"def decode_struct(data, at, end{''.join(f', {name}' for name in given)}):\n"
        f"{''.join(readers)}    return struct({', '.join(fields)}), at\n"
    )
    exec(compile(source, f"<codec of {cls.__name__}>", "exec"), names)  # noqa: S102 - the source is made of field names of our own classes
    return Compiled(names["encode_struct"], names["decode_struct"], given)


def _arguments(shape: Shape) -> tuple[str, ...]:
    match shape:
        case Select(given=str(given)) | When(given=given):
            return (given,)
        case Struct(cls):
            return needs(cls)
        case _:
            return ()


def encoder(shape: Shape) -> Encode:
    """How to write a value of this shape."""
    match shape:
        case Uint(width):
            return lambda number: number.to_bytes(width, "big")
        case OpaqueVector():
            return _vector
        case Fixed() | Rest():
            return bytes
        case VectorOf(Uint(width)):
            return lambda numbers: _vector(b"".join([number.to_bytes(width, "big") for number in numbers]))
        case VectorOf(item):
            encode_item = encoder(item)
            return lambda items: _vector(b"".join([encode_item(each) for each in items]))
        case OptionalOf(item):
            encode_value = encoder(item)
            return lambda value: b"\0" if value is None else b"\1" + encode_value(value)
        case Struct(cls):
            return compiled(cls).encode
        case When(item=item):
            encode_present = encoder(item)
            return lambda value: b"" if value is None else encode_present(value)
        case Select(tag, cases, given):
            return _select_encoder(tag, cases, tagged=given is None)
        case _:
            raise TypeError(f"no encoding for {shape!r}")


def _select_encoder(tag: Uint, cases: tuple[type, ...], *, tagged: bool) -> Encode:
    by_class = {
        case: (case.TAG.to_bytes(tag.width, "big") if tagged else b"", compiled(case).encode)  # type: ignore[attr-defined] # every case of a select declares TAG
        for case in cases
    }

    def encode_select(value: object) -> bytes:
        head, encode_case = by_class[type(value)]
        return head + encode_case(value)

    return encode_select


_SHORT_HEADERS = tuple(bytes([length]) for length in range(64))


def _vector(body: bytes) -> bytes:
    size = len(body)
    return (_SHORT_HEADERS[size] if size < 64 else length_header(size)) + body


def length_header(length: int) -> bytes:
    """A vector's length in 1, 2 or 4 bytes, as few as it needs (RFC 9420 §2.1.2)."""
    for width, log2 in ((1, 0), (2, 1), (4, 2)):
        if length < 1 << (8 * width - 2):
            return (length | log2 << (8 * width - 2)).to_bytes(width, "big")
    raise Misuse("§2.1.2", f"a vector of {length} bytes is longer than {LONGEST_VECTOR}")


def decoder(shape: Shape) -> Decode:
    """How to read a value of this shape."""
    match shape:
        case Uint(width, None):
            return _uint_decoder(width)
        case Uint(width, enum):
            return _enum_decoder(width, enum)
        case OpaqueVector():
            return _read_opaque
        case Fixed(length):
            return _fixed_decoder(length)
        case Rest():
            return lambda data, at, end: (data[at:end], end)
        case VectorOf(item):
            return _vector_decoder(decoder(item))
        case OptionalOf(item):
            return _optional_decoder(decoder(item))
        case Struct(cls):
            return compiled(cls).decode
        case When(condition=condition, item=item):
            return _when_decoder(condition, decoder(item))
        case Select(tag, cases, given):
            return _select_decoder(tag, cases, tagged=given is None)
        case _:
            raise TypeError(f"no decoding for {shape!r}")


def read_length(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A vector's length header, and the offset behind it (RFC 9420 §2.1.2)."""
    if at >= end:
        raise Refused
    first = data[at]
    if first < 64:
        return first, at + 1
    log2 = first >> 6
    stop = at + (1 << log2)
    if log2 == 3 or stop > end:
        raise Refused
    length = int.from_bytes(data[at:stop], "big") & ((1 << (8 * (stop - at) - 2)) - 1)
    if length < (64 if log2 == 1 else 1 << 14):
        raise Refused
    return length, stop


def _read_opaque(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    length, at = read_length(data, at, end)
    stop = at + length
    if stop > end:
        raise Refused
    return data[at:stop], stop


def _uint_decoder(width: int) -> Decode:
    def read_uint(data: bytes, at: int, end: int) -> tuple[int, int]:
        stop = at + width
        if stop > end:
            raise Refused
        return int.from_bytes(data[at:stop], "big"), stop

    return read_uint


def _enum_decoder(width: int, enum: Any) -> Decode:
    members = {int(member): member for member in enum}
    read_uint = _uint_decoder(width)

    def read_enum(data: bytes, at: int, end: int) -> tuple[int, int]:
        number, at = read_uint(data, at, end)
        if number not in members:
            raise Refused
        return members[number], at

    return read_enum


def _fixed_decoder(length: int) -> Decode:
    def read_fixed(data: bytes, at: int, end: int) -> tuple[bytes, int]:
        stop = at + length
        if stop > end:
            raise Refused
        return data[at:stop], stop

    return read_fixed


def _vector_decoder(read_item: Decode) -> Decode:
    def read_vector(data: bytes, at: int, end: int) -> tuple[tuple[Any, ...], int]:
        length, at = read_length(data, at, end)
        stop = at + length
        if stop > end:  # before any item is read: a declared length is only a claim
            raise Refused
        items = []
        while at < stop:
            item, at = read_item(data, at, stop)
            items.append(item)
        return tuple(items), at

    return read_vector


def _optional_decoder(read_value: Decode) -> Decode:
    def read_optional(data: bytes, at: int, end: int) -> tuple[Any, int]:
        if at >= end or data[at] > 1:
            raise Refused
        return read_value(data, at + 1, end) if data[at] else (None, at + 1)

    return read_optional


def _when_decoder(condition: Callable[[Any], bool], read_value: Decode) -> Decode:
    def read_when(data: bytes, at: int, end: int, given: object) -> tuple[Any, int]:
        return read_value(data, at, end) if condition(given) else (None, at)

    return read_when


def _select_decoder(tag: Uint, cases: tuple[type, ...], *, tagged: bool) -> Decode:
    by_tag = {int(case.TAG): compiled(case).decode for case in cases}  # type: ignore[attr-defined] # every case of a select declares TAG
    read_tag = _uint_decoder(tag.width)

    def read_tagged(data: bytes, at: int, end: int) -> tuple[Any, int]:
        number, at = read_tag(data, at, end)
        if number not in by_tag:
            raise Refused
        return by_tag[number](data, at, end)

    def read_given(data: bytes, at: int, end: int, number: int) -> tuple[Any, int]:
        if number not in by_tag:
            raise Refused
        return by_tag[number](data, at, end)

    return read_tagged if tagged else read_given
