"""Each kind of stored bytes, cut at each length: damage is told from another version, and no part is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.mls.group.changed_objects import refuses
from tests.mls.group.scenario import NOW, group_of
from workbench.mls import (
    Policy,
    create_commit,
    decode,
    encode,
    read_bundle,
    read_pending_commit,
    read_state,
    write_bundle,
    write_pending_commit,
    write_state,
)
from workbench.mls import errors as refused
from workbench.mls.group.stored_state import VERSION
from workbench.mls.wire.stored import Stored

VERSION_END = 6
"""The bytes before the type of what is stored: four that name this workbench, and two of the version."""

Reader = Callable[[bytes], object]


def stored() -> dict[str, tuple[bytes, Reader]]:
    """One of each kind, with how it is read."""
    scenario = group_of("Alice", "Bob", policy=Policy(past_epochs=1))
    scenario.commit("Bob")
    alice = scenario.states["Alice"]
    return {
        "state": (write_state(alice), read_state),
        "key package": (write_bundle(scenario.bundle("Carol")), read_bundle),
        "pending commit": (write_pending_commit(create_commit(alice, entropy=b"c" * 32, now=NOW)), read_pending_commit),
    }


kinds = pytest.mark.parametrize(("data", "read"), stored().values(), ids=stored())


@kinds
def test_what_is_cut_at_any_length_is_damaged(data: bytes, read: Reader) -> None:
    read(data)
    for length in range(len(data)):
        with refuses(refused.DamagedState, "§6.3.1", ""):
            read(data[:length])


@kinds
@pytest.mark.parametrize("version", [VERSION - 1, VERSION + 1, VERSION << 8, 0xFFFF])
def test_another_version_is_known_as_soon_as_it_is_there_and_not_before(
    data: bytes, read: Reader, version: int
) -> None:
    other = data[:4] + version.to_bytes(2, "big") + data[VERSION_END:]
    for length in (0, 3, 4, VERSION_END - 1):
        with refuses(refused.DamagedState, "§6.3.1", ""):
            read(other[:length])
    for length in (VERSION_END, VERSION_END + 1, VERSION_END + 32, len(other) - 1, len(other)):
        with refuses(
            refused.UnknownStateVersion,
            "§6.3.1",
            f"are of version {version} of the format; this workbench reads version {VERSION}",
        ):
            read(other[:length])


@kinds
def test_a_content_of_another_length_is_refused_though_the_checksum_fits(data: bytes, read: Reader) -> None:
    content = decode(Stored, data).content
    for changed in (content[:0], content[:1], content[: len(content) // 2], content[:-1], content + b"\0"):
        whole = encode(replace(decode(Stored, data), content=changed))
        with pytest.raises(refused.Malformed):
            read(whole[:-32] + hashlib.sha256(whole[:-32]).digest())


@kinds
def test_what_follows_the_checksum_is_damage_at_the_place_of_the_checksum(data: bytes, read: Reader) -> None:
    with refuses(refused.DamagedState, "§6.3.1", "the bytes are cut short or damaged"):
        read(data + b"\0")
    wrong = data[:-32] + bytes(32)
    with refuses(refused.DamagedState, "§6.3.1", "the checksum is not that of the bytes") as caught:
        read(wrong)
    assert caught.value.offset == len(data) - 32
