"""The kinds of findings of an attacker. `Attacker.findings` lists its findings in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from workbench.mls import LeafIndex, NodeIndex

Way: TypeAlias = Literal["leaked", "commit", "welcome", "randomness"]


@dataclass(frozen=True, slots=True)
class Compromised:
    """The attacker took all secrets of a device; `epoch` is the device's epoch, None if it was not in the group."""

    victim: str
    epoch: int | None


@dataclass(frozen=True, slots=True)
class Learned:
    """The attacker got the private key of this public key."""

    public_key: bytes
    way: Way


@dataclass(frozen=True, slots=True)
class Opened:
    """The attacker opened a path secret of the commit to `epoch`: the secret of `node`, sealed to node `reader`."""

    epoch: int
    node: NodeIndex
    reader: NodeIndex
    kem_output: bytes


@dataclass(frozen=True, slots=True)
class Entered:
    """The attacker has the secrets of an epoch. They fit the confirmation tag of the epoch."""

    epoch: int
    way: Way


@dataclass(frozen=True, slots=True)
class Read:
    """The attacker decrypted an application message. `index` is the message's place among all messages on the wire."""

    index: int
    epoch: int
    sender: LeafIndex
    data: bytes = field(repr=False)


Finding: TypeAlias = Compromised | Learned | Opened | Entered | Read
