"""The work of `workbench inspect`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from workbench.commands.source import Material
from workbench.commands.work.held import secrets_in
from workbench.inspect.carving import CarvedObject, carve
from workbench.inspect.dissect import MOST_FIELDS, dissect
from workbench.inspect.material import Piece
from workbench.inspect.readings import advice_on
from workbench.review.known_secrets import KnownSecrets


@dataclass(frozen=True)
class _Shown:
    """An object that is shown: its place, its bytes, what they are taken for, and the object as it was carved."""

    heading: str
    data: bytes
    kind: str | type
    carved: CarvedObject | None


def run(arguments: argparse.Namespace) -> int:
    """Dissect each object in the files and print the results."""
    material = Material(arguments, "inspect")
    objects = [each for pieces in material for each in _objects(pieces, arguments.kind)]
    status = material.status
    secrets = secrets_in(arguments, "inspect")
    if secrets is None:
        return 2
    verdicts = _asked(objects, secrets, as_json=arguments.json) if arguments.peers else None
    for at, each in enumerate(objects):
        if len(objects) > 1 and not arguments.json:
            print(f"{'' if at == 0 else chr(10)}{each.heading}")
        status = max(status, _show(each, arguments))
        if arguments.verify and each.carved is not None:
            status = max(status, _verified(each.carved, secrets, as_json=arguments.json))
        if verdicts is not None:
            status = max(status, next(verdicts))
    return status


def _asked(shown: list[_Shown], secrets: KnownSecrets, *, as_json: bool) -> Iterator[int]:
    """Print what other implementations say of each object, one at each step; the exit status that it asks for."""
    from workbench.commands.peer_verdicts import print_verdicts, verdicts_on  # noqa: PLC0415 - packages may be missing

    for each, given in zip(shown, verdicts_on([each.carved for each in shown], secrets), strict=True):
        yield print_verdicts(each.heading, given, as_json=as_json)


def _show(shown: _Shown, arguments: argparse.Namespace) -> int:
    """Print the fields of an object; the exit status that they ask for."""
    dissection = dissect(shown.data, shown.kind, most=None if arguments.full else MOST_FIELDS)
    if arguments.json:
        print(json.dumps({**dissection.as_json(), "source": shown.heading}, ensure_ascii=False))
    else:
        print(dissection.text(full=arguments.full))
    if not dissection.faults:
        return 0
    if arguments.kind == "message":
        advice = advice_on(shown.data) or "The bytes are damaged."
        print(f"workbench inspect: {advice} If it is another struct, name it with --as.", file=sys.stderr)
    return 1


def _objects(pieces: list[Piece], kind: str) -> list[_Shown]:
    """What is shown of a file: the place, the bytes and the struct of each object.

    A single piece is an MLSMessage or what the caller says, without a guess. Only messages one after the other are
    taken apart.
    """
    found = list(carve(pieces))
    if kind == "message" and (len(found) > 1 or (found and len(pieces) > 1)):
        return [_Shown(f"{each.where} ({each.kind})", each.data, each.struct or "message", each) for each in found]
    by_bytes = {each.data: each for each in found}
    return [_Shown(str(piece), piece.data, kind, by_bytes.get(piece.data)) for piece in pieces]


def _verified(carved: CarvedObject, secrets: KnownSecrets, *, as_json: bool) -> int:
    """Print the checks of an object; the exit status that they ask for."""
    from workbench.commands.work.validate import text_of  # noqa: PLC0415 - dissecting needs no checks
    from workbench.review.evidence import ReviewEvidence  # noqa: PLC0415 - as above
    from workbench.review.verify import verify  # noqa: PLC0415 - as above

    states = {(state.group_id, state.epoch): state for state in secrets.states}
    held = ReviewEvidence(states=states, bundles=secrets.bundles, psks=secrets.psks, trees=secrets.trees)
    verification = verify(carved, held)
    print(json.dumps(verification.as_json(), ensure_ascii=False) if as_json else text_of(verification))
    return 1 if verification.failures else 0
