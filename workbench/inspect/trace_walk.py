"""Find every secret in a state: this is what an attacker gets from a compromised device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import NamedTuple

from workbench.mls import CipherSuite, PublicGroup, RatchetTree, Signer

PUBLIC_FIELDS = frozenset(
    {
        *("confirmation_tag", "accepted", "refused", "decisions"),
        *("pen", "trail", "alarms", "changes", "unreported", "care"),
    }
)
"""Fields of states and devices that hold public bytes."""

PUBLIC_TYPES = (CipherSuite, PublicGroup, RatchetTree, Signer)
"""Types that hold no secrets: the key of a signer is in its keystore.

A traced suite holds many secrets, but it belongs to the recorder, not to the state.
"""

_WIRE = "workbench.mls.wire."


class Found(NamedTuple):
    """A secret, the field that holds it, and its key if that field is a mapping."""

    name: str
    key: object
    secret: bytes


def walk(value: object, name: str = "", key: object = None) -> Iterator[Found]:
    """All secrets in a value and in the values it refers to; wire structs and keys of mappings are public."""
    if isinstance(value, bytes):
        yield Found(name, key, value)
    elif isinstance(value, Mapping):
        for inner, each in value.items():
            yield from walk(each, name, inner)
    elif isinstance(value, tuple | list | AbstractSet):
        for each in value:
            yield from walk(each, name, key)
    elif is_dataclass(value) and not is_public(value):
        for field in fields(value):
            if field.name not in PUBLIC_FIELDS:
                yield from walk(getattr(value, field.name), field.name)


def is_public(value: object) -> bool:
    """Whether a value has a type that holds no secret."""
    return isinstance(value, PUBLIC_TYPES) or type(value).__module__.startswith(_WIRE)
