"""Spans of bytes: the value, every byte, and the way to a fault."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mls.wire.strategies import STRUCTS, values_and_surroundings
from tests.mls.wire.test_codec import damaged, quick
from workbench.inspect.spans import Span, number_of, read
from workbench.mls.errors import Malformed
from workbench.mls.wire.codec import encode
from workbench.mls.wire.lengths import length_header, vector
from workbench.mls.wire.messages import Sender
from workbench.mls.wire.shapes import OptionalOf, Struct, VectorOf
from workbench.mls.wire.tree import RatchetTreeExtension

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("cls", STRUCTS.values(), ids=STRUCTS)
@quick
@given(data=st.data())
def test_the_spans_have_the_value_and_account_for_every_byte(cls: type, data: st.DataObject) -> None:
    value, surroundings = data.draw(values_and_surroundings(cls))
    encoded = encode(value)
    span, problem = read(cls, encoded, surroundings)
    assert problem is None
    assert span.value == value
    assert (span.start, span.end) == (0, len(encoded))
    assert_every_byte_belongs(span, encoded)


def assert_every_byte_belongs(span: Span, data: bytes) -> None:
    """Children fill the span from its header to its end; without any, these bytes are the value."""
    assert span.complete
    header = data[span.start : span.body]
    if isinstance(span.shape, Struct):
        assert header == b""
    elif isinstance(span.shape, OptionalOf):
        assert header == (b"\0" if span.value is None else b"\1")
    elif header:
        assert header == length_header(span.end - span.body)
    at = span.body
    for child in span.children:
        assert child.start == at
        assert_every_byte_belongs(child, data)
        at = child.end
    if span.children or isinstance(span.shape, Struct | VectorOf | OptionalOf):
        assert at == span.end
    elif isinstance(span.value, bytes):
        assert data[span.body : span.end] == span.value
    else:
        assert int.from_bytes(data[span.body : span.end], "big") == span.value


@pytest.mark.parametrize("cls", STRUCTS.values(), ids=STRUCTS)
@settings(quick)
@given(data=st.data())
def test_the_spans_of_damaged_bytes_lead_to_the_fault(cls: type, data: st.DataObject) -> None:
    value, surroundings = data.draw(values_and_surroundings(cls))
    changed = data.draw(damaged(encode(value)) | st.binary(max_size=40))
    span, problem = read(cls, changed, surroundings)
    assert_it_stops_at_the_fault(span, problem)
    if problem is None:
        assert encode(span.value) == changed


def assert_it_stops_at_the_fault(span: Span, problem: Malformed | None) -> None:
    """The spans that are not complete are the way to the field at fault; bytes left over are at fault in no field."""
    path: list[str] = []
    at = span
    while not at.complete:
        path.append(at.name)
        if not at.children or at.children[-1].complete:
            break
        at = at.children[-1]
    if problem is None or problem.reason.startswith("bytes are left over"):
        assert path == []
    else:
        assert tuple(path) == problem.path
        assert at.end <= problem.offset


def test_the_spans_before_a_fault_are_kept_and_the_unfinished_ones_say_so() -> None:
    span, problem = read(Sender, b"\1\0\0")
    assert problem is not None
    assert [(child.name, child.complete, child.start, child.end) for child in span.children] == [
        ("sender_type", True, 0, 1),
        ("leaf_index", False, 1, 1),
    ]
    assert not span.complete


@pytest.mark.parametrize("cls", STRUCTS.values(), ids=STRUCTS)
@settings(quick)
@given(data=st.data())
def test_however_few_spans_are_wanted_they_lead_to_the_fault(cls: type, data: st.DataObject) -> None:
    value, surroundings = data.draw(values_and_surroundings(cls))
    changed = data.draw(damaged(encode(value)))
    most = data.draw(st.integers(0, 12))
    span, problem = read(cls, changed, surroundings, most=most)
    assert_it_stops_at_the_fault(span, problem)
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
    span, problem = read(RatchetTreeExtension, vector(bytes(1000)), most=10)
    (nodes,) = span.children
    assert problem is None
    assert (len(nodes.children), nodes.passed_over, number_of(span)) == (8, 992, 10)
    assert nodes.children[-1].name == "[7]"
