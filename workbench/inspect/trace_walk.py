"""Finding every secret in a value: what is in a state, and hence what an attacker of it gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import NamedTuple

from workbench.mls import CipherSuite, Policy, RatchetTree, SentProposal

PUBLIC_FIELDS = frozenset({"interim_transcript_hash", "confirmation_tag", "accepted", "refused"})
"""Fields of states, and of what devices hold, whose bytes everybody may know."""

PUBLIC_TYPES = (CipherSuite, RatchetTree, Policy, SentProposal)
"""Values without secrets. A traced suite knows many, but it belongs to the recorder, not to the state."""

_WIRE = "workbench.mls.wire."


class Found(NamedTuple):
    """A secret, the field it was found in, and its key if that field is a mapping."""

    name: str
    key: object
    secret: bytes


def walk(value: object, name: str = "", key: object = None) -> Iterator[Found]:
    """All secrets that can be reached from a value; what has a wire format is public, and so is every mapping's key."""
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
    """Whether a value is of a kind that holds no secret."""
    return isinstance(value, PUBLIC_TYPES) or type(value).__module__.startswith(_WIRE)
