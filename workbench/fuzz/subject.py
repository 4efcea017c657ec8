"""What a fuzzed message is: its layers, and who is given it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.fuzz.parts import Part, take_apart
from workbench.mls import CipherSuite, GroupState

ENTROPY = b"nothing here must be secret.".ljust(32, b".")


class Unsound(Exception):
    """Something was accepted that must not be, or does not fit together."""


@dataclass(frozen=True, slots=True)
class Layer:
    """How deep a message is damaged: these bytes are, and `rebuilt` makes a message around them.

    The outermost layer, "wire", is what anybody can do; the others take a member's keys.
    """

    name: str
    cls: type
    data: bytes
    rebuilt: Callable[[bytes], bytes] = field(repr=False, default=lambda data: data)
    given: Mapping[str, Any] = field(default_factory=dict)

    def parts(self) -> Part:
        """The bytes, taken apart."""
        return take_apart(self.cls, self.data, **self.given)


@dataclass(frozen=True, slots=True)
class Subject:
    """One type of message; `feed(suite, data)` gives it to a member, whose cipher suite may be too credulous.

    `sealed` says that nobody outside the group can make another that is accepted.
    """

    name: str
    layers: tuple[Layer, ...]
    feed: Callable[[CipherSuite, bytes], object] = field(repr=False)
    sealed: bool = True

    @property
    def wire(self) -> Layer:
        """The message as it is sent."""
        return self.layers[0]


def check_sound(state: GroupState) -> None:
    """What a member holds after a message was accepted must fit together."""
    if state.tree.hash() != state.context.tree_hash:
        raise Unsound("the accepted tree does not have the hash that the group agreed on")
    for x, private_key in state.private_keys.items():
        if state.suite.hpke_public_key(private_key) != state.tree.encryption_key(x):
            raise Unsound(f"the private key of node {x} is not that of its public key")
