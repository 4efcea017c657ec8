"""Finding the pre-shared keys that a commit or a Welcome names (RFC 9420 §8.4, §8.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from workbench.mls.errors import UnknownPreSharedKey
from workbench.mls.wire.proposals import ExternalPSK, PreSharedKeyID

HeldPSKs: TypeAlias = Mapping[bytes | tuple[bytes, int], bytes]
"""External keys by their `psk_id`, and the resumption PSKs of past epochs by group id and epoch."""

PreSharedKeys: TypeAlias = HeldPSKs | Mapping[bytes, bytes] | Mapping[tuple[bytes, int], bytes]
"""The keys that a caller may give: of both kinds, or of one."""

NO_PSKS: HeldPSKs = MappingProxyType({})


def all_psks(given: PreSharedKeys, own: PreSharedKeys = NO_PSKS) -> HeldPSKs:
    """The keys that a caller gives, and those in its state."""
    return {key: psk for psks in (given, own) for key, psk in psks.items()}


def find_psks(ids: Sequence[PreSharedKeyID], held: HeldPSKs) -> tuple[tuple[PreSharedKeyID, bytes], ...]:
    """Each named key with its value, in order; raises `UnknownPreSharedKey` for one that is not held."""
    return tuple((each, _find(each, held)) for each in ids)


def held_psk(wanted: PreSharedKeyID, held: HeldPSKs) -> bytes | None:
    """The value of a named key, None if it is not held."""
    key = wanted.psk
    return held.get(key.psk_id if isinstance(key, ExternalPSK) else (key.psk_group_id, key.psk_epoch))


def _find(wanted: PreSharedKeyID, held: HeldPSKs) -> bytes:
    psk = held_psk(wanted, held)
    if psk is None:
        raise UnknownPreSharedKey("§8.4", f"{_named(wanted)} is needed and not held here")
    return psk


def _named(wanted: PreSharedKeyID) -> str:
    key = wanted.psk
    if isinstance(key, ExternalPSK):
        return f"external key {key.psk_id.hex()}"
    return f"the key of epoch {key.psk_epoch} of group {key.psk_group_id.hex()}"
