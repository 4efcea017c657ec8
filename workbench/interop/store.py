"""The objects that the server keeps for its clients between two calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias, TypeVar

from workbench.interop.member import InteropMember
from workbench.interop.refusal import NotKept
from workbench.mls import KeyPackageBundle, SignatureKeyPair


@dataclass(frozen=True, slots=True)
class Joining:
    """A client that has made a key package and waits for a Welcome."""

    bundle: KeyPackageBundle
    psks: dict[bytes, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Ended:
    """A member of a group that a ReInit has ended, and its key package for the next one."""

    member: InteropMember
    bundle: KeyPackageBundle


@dataclass(frozen=True, slots=True)
class ExternalSigner:
    """An external sender that signs proposals."""

    keys: SignatureKeyPair


Kept: TypeAlias = InteropMember | Joining | Ended | ExternalSigner
T = TypeVar("T", bound=Kept)


class ObjectStore:
    """The kept objects by id; an id is used only once, for objects of all kinds.

    Only the store changes. A call stores its result last, so a failed call changes nothing.
    """

    def __init__(self) -> None:
        self._kept: dict[int, Kept] = {}
        self._ids = count(1)

    def add(self, kept: Kept) -> int:
        """Keep a new object, and return its id."""
        number = next(self._ids)
        self._kept[number] = kept
        return number

    def get(self, kind: type[T], number: int) -> T:
        """The object with an id. Raises `NotKept` if there is none, or if it has another type."""
        kept = self._kept.get(number)
        if not isinstance(kept, kind):
            raise NotKept(f"no {kind.__name__} is kept here under the id {number}")
        return kept

    def get_client(self, number: int) -> InteropMember | Joining:
        """A member, or a client that waits for a Welcome."""
        kept = self._kept.get(number)
        if not isinstance(kept, InteropMember | Joining):
            raise NotKept(f"no member or client is kept under the id {number}")
        return kept

    def put(self, number: int, kept: Kept) -> None:
        """Keep the next value of an object under its id."""
        self._kept[number] = kept

    def remove(self, number: int) -> None:
        """Delete the object with an id."""
        del self._kept[number]
