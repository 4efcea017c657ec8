"""Secrets that a reviewer holds: states, key packages with their private keys, and pre-shared keys, from files.

It reads what `write_state` and `write_bundle` write, the passive-client format of the working group, the storage of
OpenMLS and mls-rs (`foreign_states`), and a JSON of known secrets that a reviewer can write by hand (docs/review.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from workbench.inspect.material import Piece
from workbench.mls import (
    GroupState,
    KeyPackage,
    KeyPackageBundle,
    MLSMessage,
    Policy,
    RatchetTreeExtension,
    decode,
    read_bundle,
    read_state,
)
from workbench.mls.errors import Malformed, Misuse, MLSError
from workbench.mls.group.pre_shared_keys import HeldPSKs
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.group.stored_state import MAGIC
from workbench.review.foreign_states import foreign_states, may_be_sealed

FORMAT = "mls-workbench secrets"


@dataclass(frozen=True, slots=True)
class KnownEpochSecret:
    """The epoch secret of one epoch, from which all other secrets of the epoch follow (RFC 9420 §8)."""

    group_id: bytes
    epoch: int
    epoch_secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KnownSecrets:
    """States, key packages with private keys, pre-shared keys, trees that came with them, and epoch secrets."""

    states: tuple[GroupState, ...] = ()
    bundles: tuple[KeyPackageBundle, ...] = ()
    psks: HeldPSKs = field(default_factory=dict, repr=False)
    trees: tuple[RatchetTreeExtension, ...] = ()
    epoch_secrets: tuple[KnownEpochSecret, ...] = ()

    def __add__(self, other: KnownSecrets) -> KnownSecrets:
        """All that both hold."""
        psks = {**self.psks, **other.psks}
        return KnownSecrets(
            self.states + other.states,
            self.bundles + other.bundles,
            psks,
            self.trees + other.trees,
            self.epoch_secrets + other.epoch_secrets,
        )


NO_SECRETS = KnownSecrets()


def read_secrets(raw: bytes, policy: Policy = DEFAULT_POLICY, key: str = "") -> KnownSecrets:
    """The secrets in a file of a known format; a file of several passive clients gives the secrets of all.

    `key` opens an encrypted database of another implementation. Raises ValueError for a file of another format or with
    damaged values.
    """
    try:
        if raw.startswith(MAGIC):
            return _stored(raw, policy)
        foreign = foreign_states(raw, policy, key)
        if foreign is not None:
            return KnownSecrets(*foreign)
        value = json.loads(raw)
        cases = passive_cases(value)
        if cases:
            return sum((secrets_of_case(case) for case in cases), NO_SECRETS)
        if isinstance(value, dict) and value.get("format") == FORMAT:
            return _written_by_hand(value)
    except MLSError as problem:
        raise ValueError(problem.reason) from problem
    except (RecursionError, UnicodeDecodeError, json.JSONDecodeError):
        pass
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"a field of the secrets is missing or has a wrong type: {problem}") from problem
    if may_be_sealed(raw):
        raise ValueError("the file looks like an encrypted database (SQLCipher): give its key too")
    raise ValueError(
        "the file is neither a state of `write_state`, nor of OpenMLS or mls-rs, nor a passive client, nor a JSON of "
        "known secrets"
    )


def _stored(raw: bytes, policy: Policy) -> KnownSecrets:
    try:
        return KnownSecrets(states=(read_state(raw, policy=policy),))
    except Misuse:
        return KnownSecrets(bundles=(read_bundle(raw),))


def _written_by_hand(value: Mapping[str, Any]) -> KnownSecrets:
    bundles = tuple(
        KeyPackageBundle(
            _key_package(bytes.fromhex(each["key_package"])),
            bytes.fromhex(each["init_private_key"]),
            bytes.fromhex(each["encryption_private_key"]),
            bytes.fromhex(each.get("signature_private_key", "")) or b"\0",
        )
        for each in value.get("key_packages", ())
    )
    psks = _psks(value.get("psks", ()))
    trees = tuple(decode(RatchetTreeExtension, bytes.fromhex(each)) for each in value.get("ratchet_trees", ()))
    states = tuple(read_state(bytes.fromhex(each)) for each in value.get("states", ()))
    epochs = tuple(
        KnownEpochSecret(bytes.fromhex(each["group_id"]), int(each["epoch"]), bytes.fromhex(each["epoch_secret"]))
        for each in value.get("epoch_secrets", ())
    )
    return KnownSecrets(states, bundles, psks, trees, epochs)


# The passive-client format of mlswg/mls-implementations


def passive_cases(value: Any) -> list[Mapping[str, Any]]:
    """The cases in a JSON value of the passive-client format: a case, or a list of cases; none of another format."""
    cases = value if isinstance(value, list) else [value]
    wanted = {"key_package", "init_priv", "encryption_priv", "signature_priv", "welcome", "epochs"}
    is_passive = bool(cases) and all(isinstance(case, dict) and wanted <= {*case} for case in cases)
    return cases if is_passive else []


def secrets_of_case(case: Mapping[str, Any]) -> KnownSecrets:
    """The secrets of a passive client. Raises `MLSError`, KeyError, TypeError or ValueError for damaged values.

    A key package that does not decode is left out here. It is in the material too, and is reported there.
    """
    psks = _psks(case.get("external_psks", ()))
    keys = [bytes.fromhex(case[name]) for name in ("init_priv", "encryption_priv", "signature_priv")]
    bundles: tuple[KeyPackageBundle, ...] = ()
    trees: tuple[RatchetTreeExtension, ...] = ()
    with suppress(MLSError):
        bundles = (KeyPackageBundle(_key_package(bytes.fromhex(case["key_package"])), *keys),)
    with suppress(MLSError):
        tree = case.get("ratchet_tree")
        trees = () if tree is None else (decode(RatchetTreeExtension, bytes.fromhex(tree)),)
    return KnownSecrets(bundles=bundles, psks=psks, trees=trees)


def _psks(values: Iterable[Mapping[str, Any]]) -> HeldPSKs:
    return {bytes.fromhex(each["psk_id"]): bytes.fromhex(each["psk"]) for each in values}


def pieces_of_case(case: Mapping[str, Any], source: str, place: str) -> Iterator[Piece]:
    """The messages of a passive client, each at its path in the JSON."""

    def piece(path: str, text: str) -> Piece:
        return Piece(source, f"{place}{path}", None, "hexadecimal in JSON", bytes.fromhex(text), is_named=True)

    yield piece("key_package", case["key_package"])
    yield piece("welcome", case["welcome"])
    if case.get("ratchet_tree") is not None:
        yield piece("ratchet_tree", case["ratchet_tree"])
    for at, epoch in enumerate(case["epochs"]):
        for which, proposal in enumerate(epoch["proposals"]):
            yield piece(f"epochs[{at}].proposals[{which}]", proposal)
        yield piece(f"epochs[{at}].commit", epoch["commit"])


def _key_package(data: bytes) -> KeyPackage:
    """A key package: in an MLSMessage, or bare."""
    try:
        message = decode(MLSMessage, data).message
    except Malformed:
        return decode(KeyPackage, data)
    if not isinstance(message, KeyPackage):
        raise Misuse("§10", f"a {type(message).__name__} is not a KeyPackage")
    return message
