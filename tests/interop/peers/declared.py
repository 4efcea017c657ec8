"""What comes of each feature with each peer: everything is tried and succeeds but what is named here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tests.interop.peers.features import FEATURES
from tests.interop.peers.member import Implementation
from tests.interop.peers.ts_mls import TsMls

Role: TypeAlias = Literal["ours acts", "peer acts"]
ROLES: tuple[Role, ...] = ("ours acts", "peer acts")
Cell: TypeAlias = tuple[str, Role]


@dataclass(frozen=True)
class Declared:
    """A peer, what it does not offer, and what fails by a bug of its own, with what the side that notices it says."""

    implementation: Implementation
    not_offered: frozenset[Cell] = frozenset()
    bugs: Mapping[Cell, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert {feature for feature, _ in {*self.not_offered, *self.bugs}} <= set(FEATURES)


PEERS = (
    Declared(
        TsMls(),
        not_offered=frozenset({("proposes an Update", "peer acts")}),
        bugs={
            ("sets external_senders", "ours acts"): "Could not decode external_senders",
            ("sets external_senders", "peer acts"): "Could not decode external_senders",
            ("sets required_capabilities", "peer acts"): "the UpdatePath is missing though the proposals need one",
        },
    ),
)
