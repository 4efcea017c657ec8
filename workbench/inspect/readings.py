"""Reading bytes that should be an MLSMessage: the message, the text that encodes it, or what is wrong with them."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from workbench.inspect.encodings import from_base64, from_hex
from workbench.inspect.explanation import UNKNOWN, Details, Explanation
from workbench.inspect.reasons import KINDS, MessageKind
from workbench.inspect.recognition import HEADER, starts_as_message, unframed
from workbench.mls import MLSMessage, decode
from workbench.mls.errors import Malformed
from workbench.mls.group.stored_state import MAGIC
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat

MOST_STRINGS = 16
"""How many strings of a JSON text are tried, the longest ones; a text can hold a million strings."""


class Written(NamedTuple):
    """MLS bytes that a text contains, and the encoding in which the text contains them."""

    encoding: str
    data: bytes


def written_in(data: bytes) -> Written | None:
    """The MLS bytes that a text encodes; None if `data` is not text or does not encode MLS bytes."""
    text = _text_of(data)
    if text is None:
        return None
    longest = heapq.nlargest(MOST_STRINGS, _strings_in(text), key=len)
    for where, letters in ((" in a string of JSON", each) for each in longest):
        if found := _decoded(letters):
            return Written(found.encoding + where, found.data)
    return _decoded(text)


def read_message(data: bytes, custom: frozenset[int] = frozenset()) -> MLSMessage | Explanation:
    """The message that the bytes encode, or why they encode none; `custom` are the known custom proposal types."""
    try:
        return decode(MLSMessage, data, custom=custom)
    except Malformed as problem:
        return _unreadable(data, problem)


def _unreadable(data: bytes, problem: Malformed) -> Explanation:
    if not data:
        return _explanation(MessageKind.NOT_MLS, "There are no bytes: the message is empty.")
    text = _text_of(data)
    if text is not None:
        what = "JSON" if _json_in(text) else "text"
        return _explanation(MessageKind.NOT_MLS, f"This is {what} that contains no MLS message.")
    if data.startswith(MAGIC):
        sentence = "This is the stored state of a member. It contains private keys: do not send it to anybody."
        return _explanation(MessageKind.NOT_MLS, sentence)
    struct = unframed(data)
    if struct is not None:
        name = struct.__name__
        return _explanation(MessageKind.UNFRAMED, f"This is a complete {name} without the MLSMessage header.")
    return _damaged(data, problem) if starts_as_message(data) else _strange_header(data)


def _damaged(data: bytes, problem: Malformed) -> Explanation:
    where = f"at byte {problem.offset} of {len(data)}, in {field_of(problem)}"
    details = Details(field=field_of(problem), offset=problem.offset)
    if starts_as_message(data[problem.offset :]):
        sentence = f"The bytes contain more than one message: another message begins {where.partition(',')[0]}."
        step = f"Split the bytes at byte {problem.offset}, and process the messages one after the other."
        return Explanation(MessageKind.DAMAGED, sentence, step, problem.section, details, problem)
    if is_unknown_type(problem):
        sentence = f"This member does not know the type {where}: {problem.reason}."
        step = (
            f"{KINDS[MessageKind.UNSUPPORTED].next_step} If it is a custom proposal of your application, name its type "
            "in `Policy.custom_proposals`."
        )
        return Explanation(MessageKind.UNSUPPORTED, sentence, step, problem.section, details, problem)
    sentence = f"The bytes start like an MLSMessage, but do not decode {where}: {problem.reason}."
    return Explanation(
        MessageKind.DAMAGED, sentence, KINDS[MessageKind.DAMAGED].next_step, problem.section, details, problem
    )


def _strange_header(data: bytes) -> Explanation:
    version, wire_format = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:HEADER], "big")
    if len(data) < HEADER and ProtocolVersion.mls10.to_bytes(2, "big").startswith(data[:2]):
        sentence = (
            "The message is cut off: an MLSMessage starts with a header of 4 bytes, "
            f"but only {len(data)} of the 4 bytes are here."
        )
        return _explanation(MessageKind.DAMAGED, sentence, "§6", Details(offset=len(data)))
    if version == ProtocolVersion.mls10:
        sentence = (
            f"It is a message of MLS 1.0 with the wire format {wire_format:#06x}, which RFC 9420 does not define."
        )
        return _explanation(
            MessageKind.OTHER_WIRE_FORMAT, sentence, "§6", Details(field="MLSMessage.wire_format", offset=2)
        )
    if wire_format in set(WireFormat) and len(data) > HEADER:
        sentence = f"Its protocol version is {version:#06x}, but the version of MLS 1.0 is 0x0001."
        return _explanation(MessageKind.OTHER_VERSION, sentence, "§6", Details(field="MLSMessage.version", offset=0))
    sentence = f"The bytes start with {data[:HEADER].hex()}, which is not the header of an MLSMessage."
    return _explanation(MessageKind.NOT_MLS, sentence, "§6", Details(field="MLSMessage.version", offset=0))


def advice_on(data: bytes) -> str:
    """What is wrong with the framing of some bytes that do not decode; "" if nothing is known of them."""
    read = read_message(data)
    return read.sentence if isinstance(read, Explanation) else ""


def field_of(problem: Malformed) -> str:
    """The path to the field that does not decode: "MLSMessage.welcome.secrets[0]"."""
    return ".".join(problem.path).replace(".[", "[")


def is_unknown_type(problem: Malformed) -> bool:
    """Whether the only problem is an unknown code point of an open registry, which others may know (RFC 9420 §17)."""
    return problem.path[-1:] in {("proposal_type",), ("credential_type",)}


def _explanation(kind: MessageKind, sentence: str, section: str = "", details: Details = UNKNOWN) -> Explanation:
    return Explanation(kind, sentence, KINDS[kind].next_step, section, details)


# Text


def _text_of(data: bytes) -> str | None:
    """The bytes as text; None if not all is printable. An MLSMessage starts with a zero byte, so it is not text."""
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return None
    return text if "".join(text.split()).isprintable() else None


def _decoded(text: str) -> Written | None:
    for encoding, decoder in (("hexadecimal", from_hex), ("base64", from_base64)):
        try:
            data = decoder(text.encode())
        except ValueError:
            continue
        if starts_as_message(data) or unframed(data) is not None:
            return Written(encoding, data)
    return None


def _json_in(text: str) -> list[Any]:
    """The value of a JSON text as the only item of a list; an empty list if it is no JSON or is nested too deep."""
    try:
        return [json.loads(text)]
    except (ValueError, RecursionError):
        return []


def _strings_in(text: str) -> Iterator[str]:
    """All strings in a JSON text."""
    waiting = _json_in(text)
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
