"""Forward secrecy of values: what was consumed is in no part of the next state (RFC 9420 §9.2).

A recording suite notes every secret that is ever derived, by its label; a walk over a state finds every value that
can be reached from it, caches included.
"""

from __future__ import annotations

import gc
import types
from collections import defaultdict
from dataclasses import dataclass, field

from tests.mls.group.scenario import NOW, Scenario
from workbench.mls import CipherSuite, GroupState, Remove, cipher_suite, create_group, encode, join, process

KEPT_FOR_THE_EPOCH = (
    "sender data",
    "exporter",
    "external",
    "confirm",
    "membership",
    "resumption",
    "authentication",
    "init",
)
"""The labels of the secrets that a member needs until the epoch ends (RFC 9420 §8, table 4)."""

GONE_AT_ONCE = ("joiner", "epoch", "welcome", "path", "node", "commit")
"""The labels of those that are only steps on the way (RFC 9420 §9.2)."""


@dataclass(frozen=True, eq=False)
class RecordingSuite(CipherSuite):
    """A suite that remembers what it derived, by label."""

    derived: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def expand_with_label(self, secret: bytes, label: str, context: bytes, length: int) -> bytes:
        output = super().expand_with_label(secret, label, context, length)
        self.derived[label].append(output)
        return output

    def extract(self, salt: bytes, ikm: bytes) -> bytes:
        output = super().extract(salt, ikm)
        self.derived["extracted"].append(output)
        return output


def reachable(state: GroupState) -> set[bytes]:
    """Every byte string that can be reached from a state, but for what its recording suite noted."""
    found: set[bytes] = set()
    seen = {id(state.suite)}
    waiting: list[object] = [state]
    while waiting:
        value = waiting.pop()
        if id(value) in seen or isinstance(value, type | types.ModuleType | types.FunctionType):
            continue
        seen.add(id(value))
        if isinstance(value, bytes):
            found.add(value)
        waiting += gc.get_referents(value)
    return found
