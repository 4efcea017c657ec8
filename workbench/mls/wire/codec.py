"""Encoding and decoding of wire structs, compiled once per struct (RFC 9420 §2.1).

A decoder that fails names the field: on its way up, the exception gathers the names of the fields around it. Without a
failure that costs nothing, since a `try` costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple, TypeAlias, TypeVar

from workbench.mls.errors import InvalidArgument, Misuse
from workbench.mls.wire.lazy import Decode, UndecodedItems, lazy_vector_decoder
from workbench.mls.wire.lengths import SHORT, DecodingFailed, read_bounds, require, too_many, vector
from workbench.mls.wire.shapes import (
    ConditionalOf,
    Fixed,
    OpaqueVector,
    OptionalOf,
    Rest,
    Select,
    Shape,
    Struct,
    Uint,
    VectorOf,
    fields_of,
    is_inline_variant,
    is_struct,
    needs,
    snake_case,
    wanted_by,
)
from workbench.mls.wire.values import Misfit, described, misfit_in_struct

T = TypeVar("T")

Encode: TypeAlias = Callable[[Any], bytes]


def encode(value: Any) -> bytes:
    """The bytes of a wire struct (RFC 9420 §2.1).

    Raises `InvalidArgument` for a value that does not fit its field, and for anything that is not a wire struct.
    """
    cls = type(value)
    if not is_struct(cls):
        raise InvalidArgument("value", f"must be a wire struct, not {described(value)}")
    try:
        return compiled(cls).encode(value)  # type: ignore[arg-type] # mypy takes the instances' __hash__ for the class's
    except (AttributeError, KeyError, TypeError) as problem:
        misfit = misfit_in_struct(value, cls, cls.__name__) or Misfit(cls.__name__, "what can be encoded", str(problem))
        raise InvalidArgument(misfit.name, misfit.reason) from problem


def decode(cls: type[T], data: bytes, *, custom: frozenset[int] = frozenset(), **given: Any) -> T:
    """The wire struct that `data` encodes, all of it (RFC 9420 §2.1).

    `custom` are the types of custom proposals that the caller knows; any other unknown type is malformed. `given`
    supplies a value that an enclosing struct holds (`content_type` for a PrivateMessageContent). Raises `Malformed`
    with the field and the offset, and `InvalidArgument` if `cls` is not a wire struct or `data` is not bytes.
    """
    if not is_struct(cls):
        raise InvalidArgument("cls", f"must be a wire struct, not {described(cls)}")
    if not isinstance(data, bytes):
        raise InvalidArgument("data", f"must be bytes, not {described(data)}")
    if not isinstance(custom, frozenset):
        raise InvalidArgument("custom", f"must be a frozenset, not {described(custom)}")
    try:
        decoded: T = _decoded(cls, data, custom, given)
    except DecodingFailed as failed:
        raise failed.malformed(cls) from None
    return decoded


def failure_of(cls: type, data: bytes, custom: frozenset[int], given: dict[str, Any]) -> DecodingFailed | None:
    """Why `data` does not decode, with the start of each field around the fault; None if it decodes."""
    try:
        _decoded(cls, data, custom, given)
    except DecodingFailed as failed:
        return failed
    return None


def _decoded(cls: Any, data: bytes, custom: frozenset[int], given: dict[str, Any]) -> Any:
    codec = compiled(cls, custom)
    if missing := {*codec.needs} - {*given}:
        raise InvalidArgument(min(missing), f"must be given to decode a {cls.__name__}")
    value, at = codec.decode(data, 0, len(data), *(given[name] for name in codec.needs))
    if at != len(data):
        raise DecodingFailed(f"bytes are left over at the end: {len(data) - at}", at)
    return value


def encode_vector(items: tuple[object, ...]) -> bytes:
    """`T x<V>` alone, outside of any struct: some extension data is a bare vector (RFC 9420 §2.1.2)."""
    return vector(b"".join(map(encode, items)))


class Compiled(NamedTuple):
    """The encoder and decoder of one struct, and the names of the values that its decoder must be given."""

    encode: Encode
    decode: Decode
    needs: tuple[str, ...]


@cache
def compiled(cls: type, custom: frozenset[int] = frozenset()) -> Compiled:
    """Write and compile the encoder of one struct, and a decoder that knows these custom proposal types."""
    given = needs(cls)
    names: dict[str, Any] = {"struct": cls, "join": b"".join, "DecodingFailed": DecodingFailed}
    encoders, readers = [], []
    for name, shape in fields_of(cls).items():
        names[f"encode_{name}"], names[f"read_{name}"] = encoder(shape), decoder(shape, custom)
        encoders.append(f"encode_{name}(value.{name})")
        readers.append(_reading(name, shape))
    fields = [f"field_{name}" for name in fields_of(cls)]  # a field may itself be called `data` or `at`
    source = (
        f"def encode(value):\n    return join(({''.join(f'{call}, ' for call in encoders)}))\n"
        f"def decode(data, at, end{''.join(f', field_{name}' for name in given)}):\n"
        f"{''.join(readers)}    return struct({', '.join(fields)}), at\n"
    )
    exec(compile(source, f"<codec of {cls.__name__}>", "exec"), names)  # noqa: S102 - made of the field names of our own classes
    if hasattr(cls, "encoding"):
        return Compiled(*_caching(cls.encoding.__set__, names["encode"], names["decode"]), given)
    return Compiled(names["encode"], names["decode"], given)


def _reading(name: str, shape: Shape) -> str:
    """The source code that reads one field. Most fields are short opaque vectors: these are read without a call.

    A select adds no name of its own to the path of an error: its tag or its variant does.
    """
    arguments = "".join(f", field_{wanted}" for wanted in wanted_by(shape))
    read = f"field_{name}, at = read_{name}(data, at, end{arguments})\n"
    if isinstance(shape, Select):
        return f"    {read}"
    careful = (
        f"    try:\n"
        f"        {read}"
        f"    except DecodingFailed as failed:\n"
        f'        failed.inside.append(("{name}", at))\n'
        f"        raise\n"
    )
    if not isinstance(shape, OpaqueVector):
        return careful
    return (
        f"    if at < end and data[at] < {SHORT} and (stop := at + 1 + data[at]) <= end:\n"
        f"        field_{name} = data[at + 1:stop]\n"
        f"        at = stop\n"
        f"    else:\n" + "".join(f"    {line}" for line in careful.splitlines(keepends=True))
    )


def _caching(keep: Callable[[Any, bytes], None], encode_struct: Encode, decode_struct: Decode) -> tuple[Encode, Decode]:
    """The codec of a struct that keeps its bytes. A value has only one encoding, so it is never encoded twice."""

    def encode_cached(value: Any) -> bytes:
        if value.encoding is None:
            keep(value, encode_struct(value))
        encoding: bytes = value.encoding
        return encoding

    def decode_cached(data: bytes, at: int, end: int) -> tuple[Any, int]:
        value, stop = decode_struct(data, at, end)
        keep(value, data[at:stop])
        return value, stop

    return encode_cached, decode_cached


def encoder(shape: Shape) -> Encode:
    """How to write a value of this shape."""
    return _ENCODERS[type(shape)](shape)


def decoder(shape: Shape, custom: frozenset[int]) -> Decode:
    """How to read a value of this shape."""
    return _DECODERS[type(shape)](shape, custom)


# Writing.


def _uint_encoder(shape: Uint) -> Encode:
    width = shape.width

    def write_uint(number: int) -> bytes:
        if number.__class__ is bool:
            raise TypeError
        try:
            return number.to_bytes(width, "big")
        except OverflowError:
            raise Misuse("§2.1", f"{number} does not fit in uint{8 * width}") from None

    return write_uint


def _fixed_encoder(shape: Fixed) -> Encode:
    def write_fixed(value: bytes) -> bytes:
        if len(_write_rest(value)) != shape.length:
            raise Misuse("§2.1", f"a field of {shape.length} bytes cannot hold {len(value)}")
        return value

    return write_fixed


def _write_opaque(value: bytes) -> bytes:
    return vector(_write_rest(value))


def _write_rest(value: bytes) -> bytes:
    """Bytes as they are. Other types are refused: the items of a memoryview, for example, may have several bytes."""
    if value.__class__ is not bytes:
        raise TypeError
    return value


def _vector_encoder(shape: VectorOf) -> Encode:
    write_item, most = encoder(shape.item), shape.most

    def write_vector(items: Sequence[Any]) -> bytes:
        if items.__class__ not in _VECTORS:
            raise TypeError
        if len(items) > most:  # our own decoder would refuse it
            raise Misuse("§2.1.2", f"a vector of at most {most} items cannot hold {len(items)}")
        return vector(b"".join([write_item(item) for item in items]))

    return write_vector


def _optional_encoder(shape: OptionalOf) -> Encode:
    write_value = encoder(shape.item)
    return lambda value: b"\0" if value is None else b"\1" + write_value(value)


def _when_encoder(shape: ConditionalOf) -> Encode:
    write_value = encoder(shape.item)
    return lambda value: b"" if value is None else write_value(value)


def _select_encoder(shape: Select) -> Encode:
    by_class = {
        case: (case.TAG.to_bytes(shape.tag.width, "big") if shape.in_front else b"", compiled(case).encode)  # type: ignore[attr-defined] # every case of a select declares TAG
        for case in shape.cases
    }
    if shape.custom_variant is not None:  # its tag is a field of its own
        by_class[shape.custom_variant] = b"", compiled(shape.custom_variant).encode

    def write_select(value: object) -> bytes:
        head, write_case = by_class[type(value)]
        return head + write_case(value)

    return write_select


_ENCODERS: dict[type, Callable[[Any], Encode]] = {
    Uint: _uint_encoder,
    OpaqueVector: lambda _: _write_opaque,
    Fixed: _fixed_encoder,
    Rest: lambda _: _write_rest,
    VectorOf: _vector_encoder,
    OptionalOf: _optional_encoder,
    Struct: lambda shape: compiled(shape.cls).encode,
    ConditionalOf: _when_encoder,
    Select: _select_encoder,
}


# Reading.


def _read_opaque(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    first, stop = read_bounds(data, at, end)
    return data[first:stop], stop


def _uint_decoder(shape: Uint, _: frozenset[int]) -> Decode:
    width, enum = shape.width, shape.enum

    def read_uint(data: bytes, at: int, end: int) -> tuple[int, int]:
        stop = require(width, at, end)
        return int.from_bytes(data[at:stop], "big"), stop

    if enum is None:
        return read_uint
    members = {int(member): member for member in enum}

    def read_enum(data: bytes, at: int, end: int) -> tuple[int, int]:
        number, stop = read_uint(data, at, end)
        if number not in members:
            known = ", ".join(f"{member.name} ({member.value})" for member in enum)
            raise DecodingFailed(f"{number} is not a {enum.__name__}; allowed: {known}", at)
        return members[number], stop

    return read_enum


def _fixed_decoder(shape: Fixed, _: frozenset[int]) -> Decode:
    def read_fixed(data: bytes, at: int, end: int) -> tuple[bytes, int]:
        stop = require(shape.length, at, end)
        return data[at:stop], stop

    return read_fixed


def _vector_decoder(shape: VectorOf, custom: frozenset[int]) -> Decode:
    if shape.lazily and isinstance(shape.item, Struct):
        return lazy_vector_decoder(decoder(shape.item, custom), names=tuple(fields_of(shape.item.cls)), most=shape.most)
    read_item, most = decoder(shape.item, custom), shape.most
    if isinstance(shape.item, OptionalOf):
        return _optionals_decoder(read_item, most)

    def read_vector(data: bytes, at: int, end: int) -> tuple[tuple[Any, ...], int]:
        at, stop = read_bounds(data, at, end)
        items = []
        try:
            for _ in repeat(None, most):
                if at >= stop:
                    break
                item, at = read_item(data, at, stop)
                items.append(item)
        except DecodingFailed as failed:
            failed.inside.append((f"[{len(items)}]", at))
            raise
        if at < stop:
            raise too_many(at, most)
        return tuple(items), at

    return read_vector


def _optionals_decoder(read_item: Decode, most: int) -> Decode:
    """Reads many absent values at a time: a tree may have a million blank nodes, of one byte each."""

    def read_optionals(data: bytes, at: int, end: int) -> tuple[tuple[Any, ...], int]:
        at, stop = read_bounds(data, at, end)
        items: list[Any] = []
        try:
            while at < stop:
                room = min(stop, at + most - len(items))
                absent = _ZEROS.match(data, at, room).end() - at  # type: ignore[union-attr] # it matches anywhere
                items += [None] * absent
                at += absent
                if at < stop:
                    if len(items) == most:
                        break
                    item, at = read_item(data, at, stop)
                    items.append(item)
        except DecodingFailed as failed:
            failed.inside.append((f"[{len(items)}]", at))
            raise
        if at < stop:
            raise too_many(at, most)
        return tuple(items), at

    return read_optionals


_ZEROS = re.compile(rb"\0*")
_VECTORS = (tuple, UndecodedItems)


def _optional_decoder(shape: OptionalOf, custom: frozenset[int]) -> Decode:
    read_value = decoder(shape.item, custom)

    def read_optional(data: bytes, at: int, end: int) -> tuple[Any, int]:
        stop = require(1, at, end)
        if (present := data[at]) > 1:
            raise DecodingFailed(f"the presence octet of an optional is {present}, neither 0 nor 1", at, "§2.1.1")
        return read_value(data, stop, end) if present else (None, stop)

    return read_optional


def _when_decoder(shape: ConditionalOf, custom: frozenset[int]) -> Decode:
    condition, read_value = shape.condition, decoder(shape.item, custom)

    def read_when(data: bytes, at: int, end: int, given: object) -> tuple[Any, int]:
        return read_value(data, at, end) if condition(given) else (None, at)

    return read_when


def _select_decoder(shape: Select, custom: frozenset[int]) -> Decode:
    by_tag = {case.TAG: _variant_decoder(case, custom) for case in shape.cases}  # type: ignore[attr-defined] # every case of a select declares TAG

    def read_given(data: bytes, at: int, end: int, tag: int) -> tuple[Any, int]:
        if tag not in by_tag:
            raise DecodingFailed(f"the {shape.tag_name} {tag} selects no variant", at)
        return by_tag[tag](data, at, end)

    if not shape.in_front:
        return read_given
    width, read_tag = shape.tag.width, decoder(shape.tag, custom)
    by_bytes = {tag.to_bytes(width, "big"): read_variant for tag, read_variant in by_tag.items()}

    def read_tagged(data: bytes, at: int, end: int) -> tuple[Any, int]:
        stop = at + width
        read_variant = by_bytes.get(data[at:stop]) if stop <= end else None
        if read_variant is not None:
            return read_variant(data, stop, end)
        try:
            tag, at = read_tag(data, at, end)
        except DecodingFailed as failed:
            failed.inside.append((shape.tag_name, at))
            raise
        return read_given(data, at, end, tag)

    if shape.custom_variant is None or not custom:
        return read_tagged
    read_custom_variant = compiled(shape.custom_variant, custom).decode

    def read_open(data: bytes, at: int, end: int) -> tuple[Any, int]:
        is_custom = int.from_bytes(data[at : at + width], "big") in custom
        return (read_custom_variant if is_custom else read_tagged)(data, at, end)

    return read_open


def _variant_decoder(cls: type, custom: frozenset[int]) -> Decode:
    """How to read one variant of a select. The fields of an inline variant follow the tag directly."""
    read_fields = compiled(cls, custom).decode
    if is_inline_variant(cls):
        return read_fields

    def read_variant(data: bytes, at: int, end: int) -> tuple[Any, int]:
        try:
            return read_fields(data, at, end)
        except DecodingFailed as failed:
            failed.inside.append((snake_case(cls.__name__), at))
            raise

    return read_variant


_DECODERS: dict[type, Callable[[Any, frozenset[int]], Decode]] = {
    Uint: _uint_decoder,
    OpaqueVector: lambda _shape, _custom: _read_opaque,
    Fixed: _fixed_decoder,
    Rest: lambda _shape, _custom: lambda data, at, end: (data[at:end], end),
    VectorOf: _vector_decoder,
    OptionalOf: _optional_decoder,
    Struct: lambda shape, custom: compiled(shape.cls, custom).decode,
    ConditionalOf: _when_decoder,
    Select: _select_decoder,
}
