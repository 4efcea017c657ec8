"""What other implementations say of MLS objects, as a table or as JSON, for `workbench inspect --peers`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from workbench.commands.colour import Colour, painted
from workbench.inspect.carving import CarvedObject
from workbench.interop.peers.member import HEADERS
from workbench.interop.peers.verdicts import PeerAnswer, PeerVerdict, all_implementations, verdicts
from workbench.mls import KeyPackage, RatchetTreeExtension, Welcome
from workbench.mls.wire.messages import GroupInfo
from workbench.review.known_secrets import KnownSecrets

Verdicts = tuple[PeerVerdict, ...]

_BARE = {KeyPackage: "key_package", Welcome: "welcome", GroupInfo: "group_info"}
"""The bare structs that are given to implementations in the MLSMessage that would frame them."""


def verdicts_on(objects: Sequence[CarvedObject | None], secrets: KnownSecrets) -> Iterator[Verdicts]:
    """The verdicts on each object in turn; none on bare structs that no message frames."""
    framed = [None if each is None else _framed(each) for each in objects]
    found = [each.data for each in objects if each is not None and isinstance(each.content, RatchetTreeExtension)]
    tree = found[0] if len(found) == 1 else b""
    messages = [message for message in framed if message is not None]
    answers = verdicts(all_implementations(), messages, secrets.bundles, tree)
    for message in framed:
        yield () if message is None else next(answers)


def _framed(found: CarvedObject) -> bytes | None:
    if found.is_framed:
        return found.data
    kind = _BARE.get(type(found.content))
    return None if kind is None else HEADERS[kind] + found.data


def print_verdicts(where: str, given: Verdicts, *, as_json: bool) -> int:
    """Print the verdicts on one object; the exit status that they ask for."""
    if as_json:
        told = {
            "format": "mls-workbench peers",
            "version": 1,
            "where": where,
            "verdicts": [each.as_json() for each in given],
        }
        print(json.dumps(told, ensure_ascii=False))
    elif given:
        print(text_of(given))
    else:
        print("  No implementation takes this struct by itself.")
    return 1 if any(each.verdict is PeerAnswer.REFUSES for each in given) else 0


COLOURS: dict[PeerAnswer, Colour] = {PeerAnswer.ACCEPTS: "green", PeerAnswer.REFUSES: "red"}


def text_of(given: Verdicts) -> str:
    """The verdicts as a table, for a terminal."""
    width = max(len(f"{each.peer} {each.version}") for each in given)
    lines = []
    for each in given:
        mark = painted(f"{each.verdict.value:9}", COLOURS.get(each.verdict))
        lines.append(f"  {mark}  {f'{each.peer} {each.version}':{width}}  {each.deed or each.reason}")
        if each.deed and each.reason:
            lines.append(f"{'':13}{each.reason}")
    return "\n".join(lines)
