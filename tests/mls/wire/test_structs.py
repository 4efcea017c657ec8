"""A wire struct is a value: it has fields, and cannot be changed."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, fields, replace
from typing import Any, ClassVar

import pytest

from tests.mls.group.scenario import Scenario
from workbench.mls import LeafNode, Lifetime, cipher_suite, decode, encode
from workbench.mls.wire.messages import NewMemberCommitSender
from workbench.mls.wire.shapes import Opaque, Vector, cached_struct, struct, uint64


@dataclass(frozen=True, slots=True)
class AsPythonMakesIt:
    """What our structs must be like."""

    TAG: ClassVar[int] = 1
    not_before: int
    not_after: int


LIFETIME = Lifetime(1, 2)


def test_a_struct_is_what_a_frozen_slotted_dataclass_is() -> None:
    theirs: Any = AsPythonMakesIt(1, 2)
    assert repr(LIFETIME) == repr(theirs).replace("AsPythonMakesIt", "Lifetime")
    assert [each.name for each in fields(LIFETIME)] == [each.name for each in fields(theirs)]
    assert Lifetime.__match_args__ == AsPythonMakesIt.__match_args__
    assert hash(LIFETIME) == hash(Lifetime(not_before=1, not_after=2)) == hash(theirs)
    assert LIFETIME == Lifetime(1, 2) != Lifetime(2, 2)
    assert theirs != LIFETIME
    assert replace(LIFETIME, not_after=3) == Lifetime(1, 3)
    assert not hasattr(LIFETIME, "__dict__")
    for wrong in ({}, {"not_before": 1}, {"not_before": 1, "not_after": 2, "more": 3}):
        with pytest.raises(TypeError):
            Lifetime(**wrong)


def test_a_struct_cannot_be_changed() -> None:
    lifetime: Any = Lifetime(1, 2)
    with pytest.raises(FrozenInstanceError, match="cannot change 'not_before'"):
        lifetime.not_before = 3
    with pytest.raises(FrozenInstanceError, match="cannot change 'not_before'"):
        del lifetime.not_before
    with pytest.raises(FrozenInstanceError, match="cannot change 'more'"):
        lifetime.more = 3
    assert lifetime == LIFETIME


def test_a_struct_can_be_copied_and_pickled() -> None:
    assert copy.deepcopy(LIFETIME) == pickle.loads(pickle.dumps(LIFETIME)) == LIFETIME  # noqa: S301 - our own bytes
    assert copy.copy(NewMemberCommitSender()) == NewMemberCommitSender()


def test_a_kept_encoding_is_that_of_the_value_and_no_part_of_it() -> None:
    leaf_node: Any = Scenario(cipher_suite(1)).bundle("Alice").key_package.leaf_node
    read: Any = decode(LeafNode, encode(leaf_node))
    assert read.encoding == leaf_node.encoding == encode(read)
    fresh: Any = replace(leaf_node, signature=b"another")
    assert fresh.encoding is None
    assert encode(fresh) != leaf_node.encoding
    assert replace(fresh, signature=leaf_node.signature) == leaf_node
    assert "encoding" not in repr(leaf_node)


def test_a_struct_may_have_no_fields_and_keep_its_bytes() -> None:
    @struct
    class Nothing:
        """Nothing at all."""

    @cached_struct
    class Kept:
        """A number."""

        number: uint64

    assert encode(Nothing()) == b""
    assert hash(Nothing()) == hash(Nothing())
    assert encode(Kept(1)) == bytes(7) + b"\1" == encode(decode(Kept, bytes(7) + b"\1"))


@struct
class FieldsOfTheCodecsNames:
    """Fields that are called as the compiled decoder calls its own values."""

    data: Opaque
    at: uint64
    end: Vector[uint64]
    struct: Opaque
    stop: Opaque
    value: Opaque
    join: Opaque


def test_a_field_may_have_any_name() -> None:
    value = FieldsOfTheCodecsNames(b"1", 2, (3,), b"4", b"5", b"6", bytes(200))
    assert decode(FieldsOfTheCodecsNames, encode(value)) == value
