"""What reading costs: a fault no more than what was read before it, and a blank node nothing."""

from __future__ import annotations

import pytest

from workbench.fuzz.bounds import measured
from workbench.mls.errors import Malformed
from workbench.mls.wire.codec import decode
from workbench.mls.wire.lengths import vector
from workbench.mls.wire.messages import Welcome
from workbench.mls.wire.proposals import Commit, GroupContextExtensions
from workbench.mls.wire.tree import Capabilities, RatchetTreeExtension, UpdatePathNode

pytestmark = pytest.mark.no_cover

LISTS: dict[str, tuple[type, bytes, bytes, bytes]] = {
    "blank nodes": (RatchetTreeExtension, b"", b"\0", b""),
    "references": (Commit, b"", b"\2\0", b"\0"),
    "extensions": (GroupContextExtensions, b"", b"\0\1\0", b""),
    "entries of a Welcome": (Welcome, b"\0\1", b"\0\0\0", b"\0"),
    "code points": (Capabilities, b"\0\0", b"\0\1", b"\0\0"),
    "ciphertexts": (UpdatePathNode, b"\0", b"\0\0", b""),
}
"""The struct, what stands before the list, one item of it, and what stands behind it."""


@pytest.mark.parametrize(("cls", "before", "item", "behind"), LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("at_fault", [b"\3", b""], ids=["in the last item", "behind the list"])
def test_a_fault_is_named_without_a_look_at_the_items_that_were_read_well(
    cls: type, before: bytes, item: bytes, behind: bytes, at_fault: bytes
) -> None:
    def cost(items: int) -> tuple[int, int]:
        listed = before + vector(item * items + at_fault) + behind + (b"" if at_fault else b"left over")
        fine = before + vector(item * items) + behind
        decode(cls, fine)
        read, _ = measured(lambda: decode(cls, fine))
        refused, refusal = measured(lambda: decode(cls, listed))
        assert isinstance(refusal, Malformed)
        return read.calls, refused.calls

    (_, less), (read, more) = cost(100), cost(1000)
    assert more <= read + 200
    assert less < 1000


def test_a_blank_node_costs_no_call() -> None:
    def calls(blanks: int) -> int:
        return measured(lambda: decode(RatchetTreeExtension, vector(bytes(blanks))))[0].calls

    calls(1)
    assert calls(10_000) <= calls(100) + 10
