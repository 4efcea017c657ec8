"""What an attacker found out, in the order in which it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from workbench.mls import LeafIndex, NodeIndex

Way: TypeAlias = Literal["leaked", "commit", "welcome", "randomness"]


@dataclass(frozen=True, slots=True)
class Compromised:
    """It took all that was on a device; `epoch` is where that device was, None outside of the group."""

    victim: str
    epoch: int | None


@dataclass(frozen=True, slots=True)
class Learned:
    """It has the private key of this public key."""

    public_key: bytes
    way: Way


@dataclass(frozen=True, slots=True)
class Opened:
    """It opened a path secret of the commit that leads to `epoch`: sealed to `reader`, for `node` and all above it."""

    epoch: int
    node: NodeIndex
    reader: NodeIndex
    kem_output: bytes


@dataclass(frozen=True, slots=True)
class Entered:
    """It has the secrets of an epoch, and has held them against the confirmation tag unless they leak."""

    epoch: int
    way: Way


@dataclass(frozen=True, slots=True)
class Read:
    """It decrypted an application message: the one at `index` of all that was on the wire."""

    index: int
    epoch: int
    sender: LeafIndex
    data: bytes = field(repr=False)


Finding: TypeAlias = Compromised | Learned | Opened | Entered | Read
