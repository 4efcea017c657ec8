"""Proposal types that RFC 9420 does not define, and what a group must know of one (RFC 9420 §13.2).

The application says which it knows in its `Policy`; nothing is registered anywhere. MLS carries such a proposal as
its type and opaque data (`CustomProposal`), sees to it that everybody who must follow it lists the type among its
capabilities, and hands it to the application with the commit that carries it out.
"""

from __future__ import annotations

from workbench.mls.arguments import check_fields
from workbench.mls.errors import Misuse
from workbench.mls.value import value
from workbench.mls.wire.code_points import ProposalType, is_grease
from workbench.mls.wire.shapes import uint16


@value
class CustomProposalType:
    """What all members must know alike of a proposal type that RFC 9420 does not define (RFC 9420 §17.4).

    `path_required`: a commit that holds one must have a path (§12.4). `external_senders`: those outside whom the
    group lists may send one (§12.1.8). `external_commits`: a newcomer may commit one of its own (§12.2).
    """

    number: uint16
    path_required: bool = True
    external_senders: bool = False
    external_commits: bool = False

    def __post_init__(self) -> None:
        check_fields(self)
        if self.number == 0 or self.number in {*ProposalType} or is_grease(self.number):
            raise Misuse("§17.4", f"{self.number:#06x} cannot be the number of a custom proposal type")
