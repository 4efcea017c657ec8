"""States of other implementations: read from their storage, they open what their members could open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from workbench.cli import main
from workbench.interop.peers.gbp import GbpMember, GbpPackage
from workbench.interop.peers.member import AddMember, Form, PeerMember, identity_of
from workbench.interop.peers.ours import OURS, OurMember
from workbench.interop.peers.rine import RinePackage
from workbench.mls import ApplicationMessage, GroupState, process
from workbench.mls.schedule.secret_tree import RatchetLimits
from workbench.review.exposure import attacker_with
from workbench.review.foreign_states import foreign_states
from workbench.review.known_secrets import read_secrets
from workbench.review.openmls_records import SQLITE_NAMES, records_in_export

pytestmark = pytest.mark.slow

KEY = f"x'{bytes(range(32)).hex()}'"


@dataclass
class Played:
    """A group of ours in which another client has read one message out of four and one of its own state is left.

    `late` are messages that it has not read yet; `old` is one from before it processed our last commit.
    """

    us: OurMember
    raw: bytes
    old: bytes
    late: list[bytes]


def play(them: PeerMember) -> Played:
    us = OURS.member(1, identity_of("us"))
    assert isinstance(us, OurMember)
    us.create(b"a group of ours")
    form: Form = "private" if "public" not in them.reads else "public"
    them.join(us.commit(AddMember(them.key_package()), form=form).welcome)
    old = us.protect(b"old")
    them.process(us.commit(form=form).commit)
    late = [us.protect(b"message %d" % number) for number in range(4)]
    them.process(late.pop(2))
    return Played(us, b"", old, late)


@pytest.fixture(scope="module")
def openmls() -> Played:
    them = GbpPackage().member(1, identity_of("them"))
    assert isinstance(them, GbpMember)
    played = play(them)
    played.raw = them._context.export_state()
    return played


@pytest.fixture(scope="module")
def mls_rs() -> Iterator[Played]:
    package = RinePackage()
    them: Any = package.member(1, b"")
    played = play(them)
    them._group.save()
    (path,) = (each for each in Path(package.folder.name).rglob("state.bin"))
    played.raw = path.read_bytes()
    yield played
    package.close()


@pytest.fixture(params=["openmls", "mls_rs"])
def played(request: pytest.FixtureRequest) -> Played:
    found: Played = request.getfixturevalue(request.param)
    return found


def state_in(raw: bytes, key: str = "") -> GroupState:
    return next(each for each in read_secrets(raw, key=key).states if each.group_id == b"a group of ours")


def test_it_has_the_secrets_of_the_epoch_and_opens_what_was_not_read(played: Played) -> None:
    state, ours = state_in(played.raw), played.us.state
    assert (state.epoch, state.own_leaf, state.context) == (ours.epoch, 1, ours.context)
    assert state.secrets.exporter_secret == ours.secrets.exporter_secret
    assert state.secrets.init_secret == ours.secrets.init_secret
    for number, message in zip((0, 1, 3), played.late, strict=True):
        state, received = process(state, message, now=0)
        assert isinstance(received, ApplicationMessage)
        assert received.application_data == b"message %d" % number


def test_a_state_of_openmls_has_the_limits_of_its_device(openmls: Played) -> None:
    state = state_in(openmls.raw)
    assert (state.policy.ratchets, state.policy.past_epochs) == (RatchetLimits(forward=1000, behind=5), 0)
    wide = openmls.raw.replace(b'"out_of_order_tolerance":5,', b'"out_of_order_tolerance":9,')
    assert state_in(wide).policy.ratchets.behind == 9


def test_it_follows_the_next_commit_with_its_private_keys(played: Played) -> None:
    state, commit = state_in(played.raw), played.us.commit().commit
    after, _ = process(state, commit, now=0)
    assert after.secrets == played.us.state.secrets


def test_one_stolen_state_opens_its_epoch_and_no_older_one(played: Played) -> None:
    attacker = attacker_with(state_in(played.raw), [played.old, *played.late])
    assert [each.data for each in attacker.reads()] == [b"message 0", b"message 1", b"message 3"]


def test_a_key_package_of_openmls_waits_with_its_private_keys() -> None:
    them = GbpPackage().member(1, identity_of("waiting"))
    assert isinstance(them, GbpMember)
    us = OURS.member(1, identity_of("us"))
    us.create(b"another group")
    welcome = us.commit(AddMember(them.key_package())).welcome
    (bundle,) = read_secrets(them._context.export_state()).bundles
    new = OURS.member(1, identity_of("new"))
    new.adopt(bundle)
    new.join(welcome)
    assert new.epoch() == us.epoch()


# Databases


def tables_of_openmls(database: Any, raw: bytes) -> None:
    """The records of an export in the tables of openmls_sqlite_storage."""
    records = records_in_export(raw)
    assert records is not None
    database.execute("CREATE TABLE openmls_group_data (group_id BLOB, data_type TEXT, group_data BLOB)")
    database.execute(
        "CREATE TABLE openmls_epoch_keys_pairs (group_id BLOB, epoch_id BLOB, leaf_index INT, key_pairs BLOB)"
    )
    database.execute("CREATE TABLE openmls_signature_keys (public_key BLOB, signature_key BLOB)")
    names = {label: name for name, label in SQLITE_NAMES.items()}
    for (label, key), value in records.records.items():
        if label in names:
            database.execute("INSERT INTO openmls_group_data VALUES (?, ?, ?)", (key, names[label], value))
        elif label == "EpochKeyPairs":
            group, _, numbers = key.rpartition(b"}")
            row = (group + b"}", numbers[:-1], int(numbers[-1:]), value)
            database.execute("INSERT INTO openmls_epoch_keys_pairs VALUES (?, ?, ?, ?)", row)
        elif label == "SignatureKeyPair":
            database.execute("INSERT INTO openmls_signature_keys VALUES (?, ?)", (key, value))
    database.commit()


def test_the_tables_of_openmls_give_the_same_state(openmls: Played) -> None:
    database = sqlite3.connect(":memory:")
    tables_of_openmls(database, openmls.raw)
    assert state_in(database.serialize()) == state_in(openmls.raw)
    database.close()


def test_the_tables_of_mls_rs_give_the_same_state(mls_rs: Played) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE mls_group (group_id BLOB PRIMARY KEY, snapshot BLOB NOT NULL) WITHOUT ROWID")
    database.execute("INSERT INTO mls_group VALUES (?, ?)", (b"a group of ours", mls_rs.raw[9:]))
    database.commit()
    assert state_in(database.serialize()) == state_in(mls_rs.raw)
    database.close()


def test_an_encrypted_database_is_named_as_such_and_takes_its_key(
    openmls: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from sqlcipher3 import dbapi2

    path, key = tmp_path / "sealed.db", tmp_path / "key"
    database = dbapi2.connect(str(path))
    database.execute(f'PRAGMA key = "{KEY}"')
    tables_of_openmls(database, openmls.raw)
    database.close()
    assert state_in(path.read_bytes(), KEY) == state_in(openmls.raw)
    log = tmp_path / "log"
    log.write_bytes(openmls.late[0])
    assert main(["audit", "--state", str(path), str(log)]) == 2
    assert "the file looks like an encrypted database (SQLCipher): give its key too" in capsys.readouterr().err
    key.write_text(KEY)
    assert main(["audit", "--state", str(path), "--state-key", str(key), str(log)]) == 0
    assert "1 message, 1 verified" in capsys.readouterr().out
    assert main(["state", "show", "--state-key", str(key), str(path)]) == 0
    assert "epoch 2" in capsys.readouterr().out
    assert main(["state", "show", str(path)]) == 2
    assert "give its key too (--state-key)" in capsys.readouterr().err
    key.write_text("another key")
    assert main(["audit", "--state", str(path), "--state-key", str(key), str(log)]) == 2
    assert "the key does not open this encrypted database" in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_state_is_a_reason_and_no_stack_trace(played: Played, damage: str) -> None:
    for at in range(40, len(played.raw), len(played.raw) // 12):
        raw = (
            played.raw[:at] if damage == "cut" else played.raw[:at] + bytes([played.raw[at] ^ 4]) + played.raw[at + 1 :]
        )
        with suppress(ValueError):
            foreign_states(raw)
