"""What the clients of a server hold between two calls."""

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
class Signer:
    """Somebody outside who signs proposals."""

    keys: SignatureKeyPair


Kept: TypeAlias = InteropMember | Joining | Ended | Signer
T = TypeVar("T", bound=Kept)


class Store:
    """What is kept, by ids that are never given twice, whatever they are for.

    Only here does anything change. A call puts its result in as its last act, so one that fails changes nothing.
    """

    def __init__(self) -> None:
        self._kept: dict[int, Kept] = {}
        self._ids = count(1)

    def add(self, kept: Kept) -> int:
        """Keep something new; its id."""
        number = next(self._ids)
        self._kept[number] = kept
        return number

    def get(self, kind: type[T], number: int) -> T:
        """What is kept under an id; `NotKept` if it is nothing, or something else."""
        kept = self._kept.get(number)
        if not isinstance(kept, kind):
            raise NotKept(f"no {kind.__name__} is kept here under the id {number}")
        return kept

    def get_client(self, number: int) -> InteropMember | Joining:
        """A member, or somebody about to become one."""
        kept = self._kept.get(number)
        if not isinstance(kept, InteropMember | Joining):
            raise NotKept(f"nobody is kept here under the id {number}")
        return kept

    def put(self, number: int, kept: Kept) -> None:
        """Keep the next value of something under its id."""
        self._kept[number] = kept

    def remove(self, number: int) -> None:
        """Forget it."""
        del self._kept[number]
