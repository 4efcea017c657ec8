"""Finding the pre-shared keys that a commit or a Welcome names (RFC 9420 §8.4, §8.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from workbench.mls.errors import UnknownPreSharedKey
from workbench.mls.wire.messages import ExternalPSK, PreSharedKeyID

ExternalPSKs: TypeAlias = Mapping[bytes, bytes]
"""The application's own keys, by their `psk_id`."""

ResumptionPSKs: TypeAlias = Mapping[tuple[bytes, int], bytes]
"""Keys of past epochs, by group id and epoch."""

NO_EXTERNAL_PSKS: ExternalPSKs = MappingProxyType({})
NO_RESUMPTION_PSKS: ResumptionPSKs = MappingProxyType({})


def find_psks(
    ids: Sequence[PreSharedKeyID], external: ExternalPSKs, resumption: ResumptionPSKs
) -> tuple[tuple[PreSharedKeyID, bytes], ...]:
    """Each named key with its value, in order; raises `UnknownPreSharedKey` for one that is not held."""
    return tuple((each, _find(each, external, resumption)) for each in ids)


def held_psk(wanted: PreSharedKeyID, external: ExternalPSKs, resumption: ResumptionPSKs) -> bytes | None:
    """The value of a named key, None if it is not held."""
    key = wanted.psk
    if isinstance(key, ExternalPSK):
        return external.get(key.psk_id)
    return resumption.get((key.psk_group_id, key.psk_epoch))


def _find(wanted: PreSharedKeyID, external: ExternalPSKs, resumption: ResumptionPSKs) -> bytes:
    psk = held_psk(wanted, external, resumption)
    if psk is None:
        raise UnknownPreSharedKey("§8.4", f"{_named(wanted)} is needed and not held here")
    return psk


def _named(wanted: PreSharedKeyID) -> str:
    key = wanted.psk
    if isinstance(key, ExternalPSK):
        return f"external key {key.psk_id.hex()}"
    return f"the key of epoch {key.psk_epoch} of group {key.psk_group_id.hex()}"
