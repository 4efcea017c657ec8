"""One seed a call, one label a use."""

from __future__ import annotations

import pytest

from workbench.mls.crypto.entropy import fresh
from workbench.mls.errors import Misuse


def test_each_purpose_gets_bytes_of_its_own_that_only_the_seed_decides() -> None:
    purposes = ("leaf key", "reuse guard", "epoch secret")
    drawn = [fresh(seed, purpose, 32) for seed in (bytes(32), b"\1" * 32) for purpose in purposes]
    assert len(set(drawn)) == 6
    assert drawn[0] == fresh(bytes(32), "leaf key", 32)


@pytest.mark.parametrize("length", [0, 4, 32, 66, 100])
def test_as_many_bytes_come_as_are_asked_for(length: int) -> None:
    assert len(fresh(bytes(32), "purpose", length)) == length


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_seed_that_is_not_32_bytes_is_refused(length: int) -> None:
    with pytest.raises(Misuse, match=f"32 bytes of entropy are needed, not {length}"):
        fresh(bytes(length), "purpose", 32)
