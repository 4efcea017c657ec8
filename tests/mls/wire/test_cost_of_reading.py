"""What reading costs: nothing for each field when nobody asks where it is, and nothing for each blank node."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mls.wire.strategies import STRUCTS, values_and_surroundings
from tests.mls.wire.test_codec import damaged, quick
from workbench.fuzz.bounds import measured
from workbench.mls.errors import Malformed
from workbench.mls.wire import reader
from workbench.mls.wire.codec import decode, encode, where_stopped
from workbench.mls.wire.lengths import vector
from workbench.mls.wire.messages import Commit, GroupContextExtensions, Welcome
from workbench.mls.wire.tree import Capabilities, RatchetTreeExtension, UpdatePathNode

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


@pytest.mark.parametrize("cls", STRUCTS.values(), ids=STRUCTS)
@settings(quick)
@given(data=st.data())
def test_however_few_spans_are_wanted_the_fault_is_the_same(cls: type, data: st.DataObject) -> None:
    value, surroundings = data.draw(values_and_surroundings(cls))
    changed = data.draw(damaged(encode(value)))
    most = data.draw(st.integers(0, 12))
    _, problem = reader.read(cls, changed, surroundings)
    stopped = where_stopped(cls, changed, **surroundings)
    span, found = reader.read(cls, changed, surroundings, most=most, stopped=stopped)
    assert str(found) == str(problem)
    assert_only_items_are_passed_over(span)


def assert_only_items_are_passed_over(span: Any) -> None:
    at, gaps = span.body, 0
    for child in span.children:
        gaps += child.start - at
        at = child.end
        assert_only_items_are_passed_over(child)
    if span.passed_over:
        assert gaps + (span.end - at) == span.passed_over


def test_the_items_after_the_last_wanted_span_are_passed_over() -> None:
    span, problem = reader.read(RatchetTreeExtension, vector(bytes(1000)), most=10)
    (nodes,) = span.children
    assert problem is None
    assert (len(nodes.children), nodes.passed_over, reader.number_of(span)) == (8, 992, 10)
    assert nodes.children[-1].name == "[7]"
