"""The stores, in memory and durable, keep the same promises: a transaction is whole, and what it wrote is there."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from tests.delivery.uploads import GROUP, NOW
from workbench.delivery import Entry, Head, Invitation, Store
from workbench.delivery.ports import Rows
from workbench.delivery.rows import AuditRecord, Bucket, DeviceRow, KeyPackageRow, Member, Ticket
from workbench.delivery.sql import SqlStore
from workbench.delivery.sql.tables import metadata
from workbench.mls.wire.code_points import ContentType

HEAD = Head(GROUP, 3)
DEVICE = DeviceRow("a" * 64, "Alice", 1, b"key", NOW)


def key_package(number: int, **changes: object) -> KeyPackageRow:
    row = KeyPackageRow(
        reference=b"ref%d" % number,
        device="a" * 64,
        user="Alice",
        cipher_suite=1,
        init_key=b"init%d" % number,
        not_after=NOW,
        last_resort=False,
        message=b"bytes%d" % number,
    )
    return replace(row, **changes)  # type: ignore[arg-type] # as its caller says


def entry(index: int, kind: ContentType | None = ContentType.application, **changes: object) -> Entry:
    made = Entry(index, GROUP, 3, kind, b"message %d" % index, sent_at=NOW + index, sender="a" * 64)
    return replace(made, **changes)  # type: ignore[arg-type] # as its caller says


def failing() -> AbstractContextManager[object]:
    """What is done in here ends with an error that is not the store's."""
    return pytest.raises(ZeroDivisionError)


def filled(rows: Rows, length: int = 4) -> None:
    rows.add_head(HEAD)
    for index in range(length):
        rows.add_entry(entry(index), b"digest %d" % index)
    rows.put_head(replace(HEAD, length=length, size=10 * length))


def test_what_was_written_is_read_and_what_failed_is_not(store: Store) -> None:
    with store.write() as rows:
        filled(rows)
        rows.add_device(DEVICE)
    with failing(), store.write() as rows:
        rows.put_head(replace(HEAD, epoch=9))
        rows.add_entry(entry(4), b"digest 4")
        rows.put_member(Member(GROUP, "b" * 64, 0, 0, None))
        rows.put_group_info(GROUP, b"info")
        raise ZeroDivisionError
    with store.read() as rows:
        assert rows.head(GROUP) == replace(HEAD, length=4, size=40)
        assert rows.entries(GROUP, 0, None, None) == tuple(entry(index) for index in range(4))
        assert (rows.member(GROUP, "b" * 64), rows.group_info(GROUP)) == (None, None)
        assert (rows.device("a" * 64), rows.devices_of("Alice"), rows.device("b" * 64)) == (DEVICE, (DEVICE,), None)


def test_a_part_of_a_transaction_can_fail_alone(store: Store) -> None:
    with store.write() as rows:
        filled(rows, 1)
        with failing(), rows.savepoint():
            rows.put_head(replace(HEAD, epoch=9))
            raise ZeroDivisionError
        rows.add_entry(entry(1), None)
        rows.put_head(replace(HEAD, length=2))
    with store.read() as rows:
        assert rows.head(GROUP) == replace(HEAD, length=2)
        assert len(rows.entries(GROUP, 0, None, None)) == 2


def test_a_log_is_read_in_pages_by_number_and_by_bytes(store: Store) -> None:
    with store.write() as rows:
        filled(rows)
    with store.read() as rows:
        assert [each.index for each in rows.entries(GROUP, 1, 2, None)] == [1, 2]
        assert [each.index for each in rows.entries(GROUP, 0, None, 20)] == [0, 1]
        assert [each.index for each in rows.entries(GROUP, 2, None, 1)] == [2]
        assert rows.entries(GROUP, 4, None, None) == rows.entries(b"other", 0, None, None) == ()


def test_a_message_is_found_by_its_digest_and_a_commit_by_the_epoch_that_it_ended(store: Store) -> None:
    with store.write() as rows:
        filled(rows)
        for index in (4, 5):
            rows.add_entry(entry(index, ContentType.commit), None)
            rows.put_head(replace(HEAD, length=index + 1))
            rows.make_void(GROUP, 4) if index == 4 else None
        rows.add_entry(entry(6, None, message=b"", reopens=4), None)
        rows.put_head(replace(HEAD, length=7))
    with store.read() as rows:
        assert rows.entry_of(GROUP, b"digest 2") == entry(2)
        assert rows.entry_of(GROUP, b"digest 9") is None
        assert rows.ending(GROUP, 3) == entry(5, ContentType.commit)
        assert rows.ending(GROUP, 2) is None
        assert [each.void for each in rows.entries(GROUP, 3, None, None)] == [False, True, False, False]
        assert (rows.reopenings(GROUP, NOW), rows.reopenings(GROUP, NOW + 7)) == (1, 0)


def test_entries_are_dropped_by_place_time_and_kind(store: Store) -> None:
    with store.write() as rows:
        filled(rows, 3)
        rows.add_entry(entry(3, ContentType.commit), b"digest 3")
        rows.put_head(replace(HEAD, length=4))
        assert rows.drop_entries(GROUP, end=1, before=NOW + 9, application_only=False) == len(b"message 0")
        assert rows.drop_entries(GROUP, end=4, before=NOW + 2, application_only=False) == len(b"message 1")
        assert rows.drop_entries(GROUP, end=4, before=NOW + 9, application_only=True) == len(b"message 2")
        assert rows.drop_entries(GROUP, end=4, before=NOW + 9, application_only=True) == 0
        assert [each.index for each in rows.entries(GROUP, 0, None, None)] == [3]
        assert (rows.entry_of(GROUP, b"digest 0"), rows.entry_of(GROUP, b"digest 3")) == (
            None,
            entry(3, ContentType.commit),
        )
        rows.add_entry(entry(9), b"digest 0")


def test_key_packages_go_out_in_order_each_once_and_none_that_has_expired(store: Store) -> None:
    with store.write() as rows:
        assert rows.add_key_package(key_package(1, not_after=NOW - 1))
        assert rows.add_key_package(key_package(2))
        assert rows.add_key_package(key_package(3, device="b" * 64))
        assert rows.add_key_package(key_package(4, cipher_suite=2))
        assert rows.add_key_package(key_package(5, last_resort=True))
        assert not rows.add_key_package(key_package(2, init_key=b"another"))
        assert not rows.add_key_package(key_package(6, init_key=b"init2"))
        assert rows.key_packages_left("Alice", None) == {1: 3, 2: 1}
        assert rows.key_packages_left("Alice", "b" * 64) == {1: 1}
        assert rows.take_key_package("Alice", 1, None, NOW) == b"bytes2"
        assert rows.take_key_package("Alice", 1, "a" * 64, NOW) is None
        assert rows.take_key_package("Alice", 1, None, NOW) == b"bytes3"
        assert rows.take_key_package("Alice", 1, None, None) == b"bytes1"
        assert rows.take_key_package("Alice", 1, None, None) is None
        assert rows.take_key_package("Bob", 1, None, None) is None
        assert not rows.add_key_package(key_package(2))
        assert (rows.key_package_owner(b"ref2"), rows.key_package_owner(b"ref9")) == ("a" * 64, None)
        assert rows.last_resort("Alice", 1, None, NOW) == b"bytes5"
        assert rows.last_resort("Alice", 1, "b" * 64, NOW) is None
        assert rows.last_resort("Alice", 1, None, NOW + 1) is None
        rows.retire_last_resorts("a" * 64, 1)
        assert rows.last_resort("Alice", 1, None, NOW) is None
        assert rows.drop_key_packages(NOW) == 1
        assert rows.drop_key_packages(NOW + 1) == 4
        assert rows.add_key_package(key_package(2))


def test_two_who_take_at_the_same_time_never_get_the_same_key_package(store: Store) -> None:
    with store.write() as rows:
        for number in range(60):
            rows.add_key_package(key_package(number))
    taken: list[bytes | None] = []

    def take() -> None:
        for _ in range(15):
            with store.write() as rows:
                message = rows.take_key_package("Alice", 1, None, NOW)
            taken.append(message)

    in_threads(take, take, take, take)
    assert sorted(filter(None, taken)) == sorted(b"bytes%d" % number for number in range(60))


def test_two_who_append_at_the_same_time_wait_for_each_other(store: Store) -> None:
    with store.write() as rows:
        rows.add_head(HEAD)

    def append() -> None:
        for _ in range(20):
            with store.write() as rows:
                head = rows.head(GROUP)
                assert head is not None
                rows.add_entry(entry(head.length), None)
                rows.put_head(replace(head, length=head.length + 1))

    in_threads(append, append, append)
    with store.read() as rows:
        assert [each.index for each in rows.entries(GROUP, 0, None, None)] == list(range(60))


def in_threads(*work: Callable[[], None]) -> None:
    failed: list[BaseException] = []

    def run(each: Callable[[], None]) -> None:
        try:
            each()
        except BaseException as error:  # noqa: BLE001 # told below, in the thread of the test
            failed.append(error)

    threads = [threading.Thread(target=run, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_queues_are_kept_by_group_and_by_device(store: Store) -> None:
    alice, bob = Member(GROUP, "a" * 64, 1, 0, NOW), Member(GROUP, "b" * 64, 4, 2, None)
    elsewhere = Member(b"other", "a" * 64, 0, 0, NOW)
    with store.write() as rows:
        filled(rows)
        rows.add_head(Head(b"other", 0))
        for member in (replace(alice, next_index=0), alice, bob, elsewhere):
            rows.put_member(member)
    with store.write() as rows:
        assert (rows.member(GROUP, "a" * 64), rows.member(b"other", "b" * 64)) == (alice, None)
        assert set(rows.members(GROUP)) == {alice, bob}
        assert set(rows.memberships("a" * 64)) == {alice, elsewhere}
        assert (rows.laggards(GROUP, 4), rows.laggards(GROUP, 1)) == ((alice,), ())
        assert rows.pending(["a" * 64, "b" * 64, "c" * 64]) == {"a" * 64: {GROUP: 3}}
        assert {head.group_id for head in rows.groups()} == {GROUP, b"other"}
        assert [rows.drop_member(GROUP, "a" * 64) for _ in range(2)] == [True, False]
        assert rows.members(GROUP) == (bob,)


def test_welcomes_wait_until_they_are_fetched_withdrawn_or_too_old(store: Store) -> None:
    def invitation(index: int, sent_at: int = NOW) -> Invitation:
        return Invitation(b"welcome %d" % index, GROUP, index, sent_at)

    with store.write() as rows:
        rows.invite({b"ref1": "a" * 64, b"ref2": "b" * 64}, invitation(1))
        rows.invite({b"ref1": "a" * 64}, invitation(2, NOW + 5))
        rows.invite({}, invitation(3))
        assert rows.invitations(b"ref1") == (invitation(1), invitation(2, NOW + 5))
        assert rows.invitations(b"ref9") == ()
        assert rows.invitations_of("b" * 64) == ((b"ref2", invitation(1)),)
        assert rows.welcomes_waiting(["a" * 64, "b" * 64, "c" * 64]) == {"a" * 64: 2, "b" * 64: 1}
        assert [rows.read_invitation("a" * 64, b"ref1", GROUP, 1) for _ in range(2)] == [True, False]
        assert rows.invitations_of("b" * 64) == ((b"ref2", invitation(1)),)
        rows.withdraw_invitations(GROUP, 1)
        assert rows.welcomes_waiting(["a" * 64, "b" * 64]) == {"b" * 64: 1}
        assert rows.invitations(b"ref1") == (invitation(1),)
        assert (rows.drop_invitations(NOW, read=False), rows.drop_invitations(NOW + 1, read=True)) == (0, 1)
        assert rows.invitations(b"ref1") == ()
        assert (rows.drop_invitations(NOW + 1, read=True), rows.drop_invitations(NOW + 1, read=False)) == (0, 1)


def test_reports_are_counted_once_a_device(store: Store) -> None:
    with store.write() as rows:
        assert [rows.add_report(GROUP, 4, device) for device in ("a", "b", "a")] == [True, True, False]
        assert (rows.reporters(GROUP, 4), rows.reporters(GROUP, 5)) == (frozenset({"a", "b"}), frozenset())


def test_each_group_has_a_group_info_of_its_own(store: Store) -> None:
    with store.write() as rows:
        for name in (b"b", b"d"):
            rows.add_head(Head(name, 0))
            rows.put_group_info(name, b"info of " + name)
        described = [rows.group_info(name) for name in (b"a", b"b", b"c", b"d", b"e")]
    assert described == [None, b"info of b", None, b"info of d", None]


def test_a_ticket_is_taken_once(store: Store) -> None:
    ticket = Ticket(b"digest", "challenge", "a" * 64, NOW)
    with store.write() as rows:
        rows.add_ticket(ticket)
        assert (rows.ticket(b"digest"), rows.ticket(b"none")) == (ticket, None)
        assert [rows.take_ticket(b"digest") for _ in range(2)] == [True, False]
        rows.add_ticket(ticket)
        assert [rows.drop_tickets(before) for before in (NOW, NOW + 1, NOW + 1)] == [0, 1, 0]


def test_buckets_and_audit_records_are_kept(store: Store) -> None:
    records = [AuditRecord("chain", number, NOW, "event", "", b"", 1, "{}", b"", b"x") for number in range(2)]
    with store.write() as rows:
        rows.put_bucket("one", Bucket(1.5, 2.0))
        rows.put_bucket("one", Bucket(0.5, 3.0))
        assert (rows.bucket("one"), rows.bucket("two")) == (Bucket(0.5, 3.0), None)
        assert [rows.drop_buckets(before) for before in (3.0, 4.0, 4.0)] == [0, 1, 0]
        assert rows.audit_tail("chain") is None
        for record in records:
            rows.add_audit(record)
        assert (rows.audit_tail("chain"), rows.audit("chain"), rows.audit()) == (
            records[1],
            tuple(records),
            tuple(records),
        )
        assert rows.audit("another") == ()
        assert [rows.drop_audit(before) for before in (NOW, NOW + 1, NOW + 1)] == [0, 2, 0]


def test_a_wake_up_is_heard_when_its_transaction_is_done_and_not_when_it_failed(store: Store) -> None:
    heard: list[frozenset[str] | None] = []
    arrived = threading.Event()

    def hear(topics: frozenset[str] | None) -> None:
        if topics is not None:
            heard.append(topics)
            arrived.set()

    end = store.listen(hear)
    with failing(), store.write() as rows:
        rows.wake(["failed"])
        raise ZeroDivisionError
    with store.write() as rows:
        rows.wake(["done"])
        assert heard == []
    assert arrived.wait(10)
    assert heard == [frozenset({"done"})]
    end()


def test_what_a_durable_store_has_kept_is_there_when_it_is_opened_again(reopened: Callable[[], SqlStore]) -> None:
    first = reopened()
    with first.write() as rows:
        filled(rows)
        rows.put_group_info(GROUP, b"info")
    first.close()
    with reopened().read() as rows:
        assert rows.entries(GROUP, 0, None, None) == tuple(entry(index) for index in range(4))
        assert rows.group_info(GROUP) == b"info"


def test_a_worker_that_starts_while_another_makes_the_tables_waits_for_them(tmp_path: Path) -> None:
    file = tmp_path / "service.db"
    first = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    first.execute("PRAGMA journal_mode = WAL")
    first.execute("BEGIN IMMEDIATE")
    second = SqlStore(f"sqlite:///{file}")

    def make_tables() -> None:
        time.sleep(0.2)  # the second worker looks for the tables meanwhile, or waits
        for table in metadata.sorted_tables:
            first.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
        first.execute("COMMIT")

    in_threads(second.create, make_tables)
    first.close()
    second.close()
