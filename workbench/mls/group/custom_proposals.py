"""Proposal types that RFC 9420 does not define (RFC 9420 §13.2).

The application lists the types that it knows in its `Policy`; there is no global registry. MLS carries such a proposal
as its type and opaque data (`CustomProposal`), checks that all members that process it list the type as a capability,
and gives it to the application together with the commit.
"""

from __future__ import annotations

from workbench.mls.arguments import check_fields
from workbench.mls.errors import Misuse
from workbench.mls.value import value
from workbench.mls.wire.code_points import ProposalType, is_grease
from workbench.mls.wire.shapes import uint16


@value
class CustomProposalType:
    """The rules for a custom type of proposals, which must be the same for all members (RFC 9420 §17.4).

    `path_required`: a commit of such a proposal must have a path (§12.4). `external_senders`: an external sender may
    send one (§12.1.8). `external_commits`: an external commit may hold one (§12.2).
    """

    number: uint16
    path_required: bool = True
    external_senders: bool = False
    external_commits: bool = False

    def __post_init__(self) -> None:
        check_fields(self)
        if self.number == 0 or self.number in {*ProposalType} or is_grease(self.number):
            raise Misuse("§17.4", f"{self.number:#06x} cannot be the number of a custom proposal type")
