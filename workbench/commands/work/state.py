"""The work of `workbench state`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from workbench.commands.source import read_files
from workbench.commands.work.held import secrets_from, state_key
from workbench.inspect.carving import CarvedObject, carve
from workbench.inspect.material import pieces_in
from workbench.inspect.names import shown
from workbench.mls import GroupState, write_state
from workbench.mls.errors import MLSError
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.wire.messages import Welcome
from workbench.mls.wire.tree import RatchetTreeExtension
from workbench.review.evidence import ReviewEvidence
from workbench.review.groups import lenient
from workbench.review.known_secrets import KnownSecrets
from workbench.review.states import StateDescription, describe, differences, parting
from workbench.review.verify_messages import state_from


def run(arguments: argparse.Namespace) -> int:
    """Do one of the three actions."""
    try:
        return {"join": _join, "show": _show, "diff": _diff}[arguments.action](arguments)
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else problem
        name = getattr(problem, "filename", None)
        print(f"workbench state: cannot read {f'{name}: ' if name else ''}{reason}", file=sys.stderr)
        return 2


def _join(arguments: argparse.Namespace) -> int:
    objects = _objects(arguments.files)
    secrets = secrets_from(arguments.state, state_key(arguments))
    trees = [each.content for each in objects if isinstance(each.content, RatchetTreeExtension)]
    evidence = ReviewEvidence(
        bundles=secrets.bundles, psks=secrets.psks, trees=(*secrets.trees, *trees), policy=lenient(DEFAULT_POLICY)
    )
    welcomes = [each.content for each in objects if isinstance(each.content, Welcome)]
    if not welcomes:
        raise ValueError(f"{', '.join(arguments.files)}: there is no Welcome")
    try:
        state = state_from(welcomes[0], evidence)
    except MLSError as problem:
        print(f"workbench state: the client cannot join: {problem}", file=sys.stderr)
        return 1
    try:
        Path(arguments.output).write_bytes(write_state(state))
    except OSError as problem:
        print(f"workbench state: cannot write {arguments.output}: {problem.strerror}", file=sys.stderr)
        return 2
    print(f"Group {shown(state.group_id)}, epoch {state.epoch}, leaf {state.own_leaf}: written to {arguments.output}.")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    described = describe(
        state_of(secrets_from(arguments.file, state_key(arguments)), arguments.file), show_secrets=arguments.secrets
    )
    print(json.dumps(described.as_json(), ensure_ascii=False) if arguments.json else text_of(described))
    return 0


def _diff(arguments: argparse.Namespace) -> int:
    key = state_key(arguments)
    first, second = (state_of(secrets_from(name, key), name) for name in (arguments.first, arguments.second))
    found = differences(first, second)
    where = parting(first, second, _objects(arguments.files)) if arguments.files else ""
    if arguments.json:
        told = [each._asdict() for each in found]
        print(json.dumps({"differences": told, "parting": where}, ensure_ascii=False))
    else:
        for each in found:
            print(f"{each.what}\n  {arguments.first}: {each.first}\n  {arguments.second}: {each.second}")
        print(where or ("" if found else "The states agree on the epoch."), end="\n" if where or not found else "")
    return 1 if found else 0


def text_of(described: StateDescription) -> str:
    """A state for a terminal."""
    lines = [
        f"Group {shown(described.group_id)}, epoch {described.epoch}, cipher suite {described.cipher_suite}",
        f"  own leaf {described.own_leaf}{'' if described.is_active else ', no longer a member'}",
        f"  tree hash {described.tree_hash}",
        f"  confirmed transcript hash {described.confirmed_transcript_hash}",
        f"  epoch authenticator {described.epoch_authenticator} (fingerprint)",
        f"  extensions {', '.join(described.extensions) or 'none'}; {described.waiting_proposals} waiting proposals",
        "members",
        *(f"  leaf {each.leaf}: {each.name}, signature key {each.signature_key}" for each in described.members),
        "tree",
        *(f"  {line}" for line in described.tree),
        "secrets",
        *(f"  {name}: {value}" for name, value in described.secrets.items()),
    ]
    return "\n".join(lines)


def state_of(secrets: KnownSecrets, name: str) -> GroupState:
    """The first state among the secrets of a file; of a passive client, the one that its Welcome gives.

    Raises ValueError if there is none.
    """
    if secrets.states:
        return secrets.states[0]
    evidence = ReviewEvidence(
        bundles=secrets.bundles, psks=secrets.psks, trees=secrets.trees, policy=lenient(DEFAULT_POLICY)
    )
    welcomes = [each.content for each in _objects([name]) if isinstance(each.content, Welcome)]
    for welcome in welcomes:
        try:
            return state_from(welcome, evidence)
        except MLSError as problem:
            raise ValueError(f"{name}: the client cannot join: {problem}") from problem
    advice = ": `workbench state join` makes one of its key package and a Welcome" if secrets.bundles else ""
    raise ValueError(f"{name}: there is no state in it{advice}")


def _objects(names: list[str]) -> list[CarvedObject]:
    """The objects in files; a file in a folder may hold something else. Raises ValueError for a file without bytes."""
    objects: list[CarvedObject] = []
    for name, content in read_files(names):
        if isinstance(content, str):
            raise ValueError(f"{name}: {content}")  # noqa: TRY004 - it is the reason why the file cannot be read
        try:
            objects += carve(pieces_in(content, name))
        except ValueError as problem:
            if name in names:
                raise ValueError(f"{name}: {problem}") from problem
    return objects
