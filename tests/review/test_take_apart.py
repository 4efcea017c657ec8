"""Messages taken apart: what opens with whose keys, and programs that recompute each computed value."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from workbench.inspect.carving import carve
from workbench.inspect.material import Piece
from workbench.lab import World
from workbench.review.checks import Outcome
from workbench.review.evidence import ReviewEvidence
from workbench.review.keyring import NO_KEYS, Keyring, keyring_of_evidence, keyring_of_state
from workbench.review.recomputation import LONGEST_LITERAL, MESSAGE_FILE, Call, Extract, Notebook
from workbench.review.take_apart import take_apart
from workbench.review.taken_apart import Kind, TakenApart
from workbench.review.trace_keys import TraceKeys
from workbench.review.verify import verify


@cache
def talk(handshakes: Any = "public", suite: int = 1) -> World:
    """A group in which Bob's device is compromised, updates, and is healed by the commit of Carol; Dave joins."""
    world = World.of(["Alice", "Bob", "Carol"], handshakes=handshakes, suite=suite)
    world.compromise("Bob")
    world.send("Alice", "Lunch at noon?")
    world.update("Bob")
    world.commit("Carol")
    world.send("Bob", "Yes.")
    world.send("Bob", "And tea.")
    world.device("Dave")
    if handshakes == "public":
        world.join("Dave")
    else:
        world.add("Alice", "Dave")
    return world


@cache
def keys_of(handshakes: Any = "public", suite: int = 1) -> TraceKeys:
    return TraceKeys(talk(handshakes, suite).trace())


def messages(keys: TraceKeys, holder: str | None) -> list[tuple[str, TakenApart]]:
    """All messages of a world with their kinds, each opened with what a holder held."""
    return [
        (message["kind"], take_apart(bytes.fromhex(message["wire"]), keyring=keys.keyring(at, holder)))
        for at, step in enumerate(keys.trace["steps"])
        for message in step["messages"]
    ]


def result_of(program: str) -> Any:
    """What the last line of a program gives."""
    *lines, last = program.splitlines()
    namespace: dict[str, Any] = {}
    exec("\n".join(lines), namespace)  # noqa: S102 - the programs are what is tested
    return eval(last, namespace)  # noqa: S307 - as above


@pytest.mark.parametrize(("handshakes", "suite"), [("public", 1), ("private", 2)])
def test_each_computed_value_is_verified_and_its_program_gives_it(
    handshakes: Any, suite: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = set()
    for kind, apart in messages(keys_of(handshakes, suite), None):
        (tmp_path / MESSAGE_FILE).write_bytes(apart.sheets["data"].dissection.data)
        for each in apart.computed:
            assert each.outcome is Outcome.PASSED, (kind, each.name, each.missing)
            assert each.expression is not None
            assert result_of(apart.book.program(each.expression)) == (each.value or True)
            names.add(each.name)
    expected = {"signature", "confirmation tag", "confirmed transcript hash", "parent hash", "KeyPackageRef"}
    expected |= {"ProposalRef", "welcome key", "welcome nonce", "tree hash", "message key", "message nonce"}
    expected |= {"sender data key", "sender data nonce", "nonce with the reuse guard"}
    assert names >= expected | ({"membership tag", "external_pub"} if handshakes == "public" else set())


def test_a_holder_opens_what_its_keys_open_and_nothing_else() -> None:
    opened = {
        name: [(kind, list(apart.sheets)[1:]) for kind, apart in messages(keys_of(), name)]
        for name in ("Bob", "server", "attacker")
    }
    both, none = ["sender_data", "content"], list[str]()
    assert opened["server"] == [(kind, none) for kind, _ in opened["Bob"]]
    assert [inside for _, inside in opened["Bob"]] == [
        *(none, ["group_secrets", "group_info"], both, none, ["path_secret"], both, both, none, ["path_secret"])
    ]
    assert [inside for kind, inside in opened["attacker"] if kind == "application"] == [both, none, none]


def test_a_changed_byte_of_a_tag_or_a_signature_is_found() -> None:
    keys = keys_of()
    data = bytearray.fromhex(keys.message(5, 0)["wire"])
    data[-1] ^= 1
    computed = take_apart(bytes(data), keyring=keys.keyring(5, None)).computed
    assert [each.name for each in computed if each.outcome is Outcome.FAILED] == ["membership tag"]
    data[-40] ^= 1
    computed = take_apart(bytes(data), keyring=keys.keyring(5, None)).computed
    assert [each.name for each in computed if each.outcome is Outcome.FAILED] == ["confirmation tag", "membership tag"]


def test_the_rules_of_the_desk_and_the_programs_say_the_same_of_each_field_that_both_check() -> None:
    """`verify` asks the protocol, `take_apart` recomputes by itself: neither may pass what the other refuses."""
    world, both = talk(), set()
    for at, step in enumerate(world.trace()["steps"]):
        state = world.history[max(at - 1, 0)].state("Alice")
        assert state is not None
        evidence = ReviewEvidence(states={(state.group_id, state.epoch): state})
        for wire in (bytes.fromhex(each["wire"]) for each in step["messages"]):
            for data in (wire, *(changed(wire, place) for place in range(len(wire) - 140, len(wire), 7))):
                (found,) = carve([Piece("a message", "", 0, "binary", data)])
                checks = verify(found, evidence).checks
                for each in take_apart(data, keyring=keyring_of_evidence(evidence)).computed:
                    outcomes = {each.outcome, *(check.outcome for check in checks if check.field == each.place.path)}
                    if each.kind in {Kind.MAC, Kind.SIGNATURE} and Outcome.NOT_CHECKABLE not in outcomes:
                        assert len(outcomes) == 1, (at, each.name)
                        both.add((each.name, each.outcome))
    assert both >= {
        (name, each) for name in ("signature", "membership tag") for each in (Outcome.PASSED, Outcome.FAILED)
    }


def changed(data: bytes, place: int) -> bytes:
    """The bytes with one bit changed at a place."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_a_ciphertext_that_does_not_open_with_its_key_says_so() -> None:
    keys = keys_of()
    data = bytearray.fromhex(keys.message(3, 0)["wire"])
    data[-1] ^= 1
    apart = take_apart(bytes(data), keyring=keys.keyring(3, "Carol"))
    assert [bool(each.opens) for each in apart.sealed] == [True, False]
    assert "was not sealed" in apart.sealed[1].problem or "does not" in apart.sealed[1].problem


def test_a_members_state_opens_a_message_that_it_has_not_read_and_no_more_once_it_has() -> None:
    world = talk()
    message = bytes.fromhex(keys_of().message(3, 0)["wire"])
    before, after = world.state("Carol", 2), world.state("Carol", 3)
    assert before is not None
    assert after is not None
    opened = take_apart(message, keyring=keyring_of_state(before))
    assert [each.words for each in opened.sheets.values()] == [
        "the message",
        "the sender data",
        "the content of the message",
    ]
    key = next(each for each in opened.computed if each.name == "message key")
    assert key.expression is not None
    assert result_of(opened.book.program(key.expression)) == key.value
    assert list(take_apart(message, keyring=keyring_of_state(after)).sheets) == ["data", "sender_data"]


def test_a_later_message_of_a_ratchet_is_derived_from_the_secret_that_is_left() -> None:
    world = talk()
    message = bytes.fromhex(keys_of().message(7, 0)["wire"])
    state = world.state("Carol", 6)
    assert state is not None
    apart = take_apart(
        message, keyring=keyring_of_evidence(ReviewEvidence(states={(state.group_id, state.epoch): state}))
    )
    key = next(each for each in apart.computed if each.name == "message key")
    assert key.expression is not None
    program = apart.book.program(key.expression)
    assert result_of(program) == key.value
    assert "ratchet_secret = bytes.fromhex" in program


def test_damaged_bytes_have_their_fields_and_nothing_is_computed_of_them() -> None:
    keys = keys_of()
    data = bytes.fromhex(keys.message(5, 0)["wire"])[:300]
    apart = take_apart(data, keyring=keys.keyring(5, None))
    assert len(apart.sheets["data"].dissection.faults) == 1
    assert apart.computed == []
    assert apart.sealed == []


def test_without_keys_a_computed_value_says_what_it_takes() -> None:
    message = bytes.fromhex(keys_of().message(1, 1)["wire"])
    apart = take_apart(message)
    assert {each.missing for each in apart.computed} == {"the key package that has this reference"}
    assert [str(each.lock) for each in apart.sealed][:2] == [
        "the init key of the key package that has this reference"
    ] * 2


def test_a_group_info_is_verified_with_its_own_tree_and_its_confirmation_tag_needs_the_key() -> None:
    keys = keys_of()
    message = bytes.fromhex(keys.message(8, 0)["wire"])
    outcomes = {each.name: (each.outcome, each.missing) for each in take_apart(message, keyring=NO_KEYS).computed}
    assert outcomes["tree hash"][0] is Outcome.PASSED
    assert outcomes["confirmation tag"] == (Outcome.NOT_CHECKABLE, "the confirmation key of epoch 2")


def test_a_long_message_is_read_from_its_file_and_equal_names_get_numbers() -> None:
    book = Notebook(talk().suite, bytes(LONGEST_LITERAL + 1))
    first = book.define("key", b"one", "a key", is_secret=True)
    assert book.define("key", b"one", "the same key") == first
    assert book.define("key", b"two!", "another key").name == "key_2"
    program = book.program(Call("mac", (first, Extract("data", 0, 4))))
    assert program.splitlines()[-3:] == [
        'key = b"one"',
        f'data = open("{MESSAGE_FILE}", "rb").read()',
        "suite.mac(key, data[0:4])",
    ]
    assert "one" not in repr(book.definitions["key"])


def test_keyrings_show_no_secret_in_their_text() -> None:
    keys = keys_of()
    whole = keys.keyring(5, None)
    state = talk().state("Alice")
    assert state is not None
    secret = state.secrets.membership_key
    for keyring in (whole, keyring_of_state(state), Keyring()):
        assert secret.hex() not in repr(keyring)
        assert repr(secret)[2:-1] not in repr(keyring)


def test_structs_without_a_cipher_suite_are_shown_and_nothing_is_computed() -> None:
    assert take_apart(b"\0\1", "Remove").computed == []
    assert take_apart(b"\x20" + bytes(32), "ExternalPub").computed == []
