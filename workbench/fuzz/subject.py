"""A subject of the fuzzer: a message, its layers, and its receiver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.fuzz.parts import Part, take_apart
from workbench.mls import CipherSuite, GroupState

ENTROPY = b"nothing here must be secret.".ljust(32, b".")


class Unsound(Exception):
    """A receiver accepted a message that it must refuse, or its state is inconsistent afterwards."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of a message: the bytes that are changed, and `rebuilt`, which makes a message around them.

    Anybody can change the outermost layer, "wire". The other layers need the keys of a member.
    """

    name: str
    cls: type
    data: bytes
    rebuilt: Callable[[bytes], bytes] = field(repr=False, default=lambda data: data)
    given: Mapping[str, Any] = field(default_factory=dict)

    def parts(self) -> Part:
        """The bytes, split into parts."""
        return take_apart(self.cls, self.data, **self.given)


@dataclass(frozen=True, slots=True)
class Subject:
    """One type of message; `feed(suite, data)` gives it to a receiver, which may use a credulous suite.

    `sealed` says that an outsider cannot make another message of this type that is accepted.
    """

    name: str
    layers: tuple[Layer, ...]
    feed: Callable[[CipherSuite, bytes], object] = field(repr=False)
    sealed: bool = True

    @property
    def wire(self) -> Layer:
        """The message as its sender sends it."""
        return self.layers[0]


def check_sound(state: GroupState) -> None:
    """Check that a member's state is consistent after it has accepted a message."""
    if state.tree.hash() != state.context.tree_hash:
        raise Unsound("the accepted tree does not have the hash that the group agreed on")
    for x, private_key in state.private_keys.items():
        if state.suite.hpke_public_key(private_key) != state.tree.encryption_key(x):
            raise Unsound(f"the private key of node {x} is not that of its public key")
