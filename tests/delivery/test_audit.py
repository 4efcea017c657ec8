"""The audit log: a chain of metadata that shows what was changed in it, and holds nothing that anybody said."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.delivery.uploads import ALICE, GROUP, NOW, SUITE
from tests.own_loop import in_own_loop
from workbench.client import Device
from workbench.delivery import DeliveryService, Log, Settings, Store, TooFast
from workbench.delivery.access import DeviceAccess
from workbench.delivery.audit import SUSPICIOUS, AuditEvent, AuditTrail, MemoryLog, StoredLog, broken
from workbench.delivery.http.app import create_app
from workbench.delivery.http.models import ClaimModel
from workbench.delivery.limits import Rate, filled, take
from workbench.delivery.rows import AuditRecord, Bucket
from workbench.delivery.sql import SqlStore
from workbench.lab.sources import START, entropy_source
from workbench.mls.crypto.signer import private_key_in


@pytest.fixture(params=["memory", "stored"])
def log(request: pytest.FixtureRequest, store: Store) -> Log:
    return MemoryLog() if request.param == "memory" else StoredLog(store, "chain")


def records(log: Log, store: Store) -> list[AuditRecord]:
    if isinstance(log, MemoryLog):
        return log.records
    with store.read() as rows:
        return list(rows.audit("chain"))


def test_a_chain_goes_on_where_it_ended_and_shows_every_change(log: Log, store: Store) -> None:
    for number in range(2):
        trail = AuditTrail(log, lambda: NOW, "chain")
        trail.note(AuditEvent.not_allowed, "a" * 64, GROUP, attempt=number)
        trail.note(AuditEvent.login, "b" * 64)
    chain = records(log, store)
    assert [record.number for record in chain] == [0, 1, 2, 3]
    assert list(broken(chain)) == []
    assert list(broken(chain[1:])) == []
    assert "does not follow" in next(broken([chain[0], *chain[2:]]))
    for changes in ({"device": "c" * 64}, {"count": 9}, {"detail": "{}x"}, {"at": 1}, {"event": "nothing"}):
        changed = replace(chain[1], **changes)
        assert "was changed" in next(broken([chain[0], changed, *chain[2:]]))


def test_a_flood_of_one_event_is_counted_and_not_written_each_time(log: Log, store: Store) -> None:
    now = [NOW]
    trail = AuditTrail(log, lambda: now[0], "chain")
    for _ in range(100):
        trail.note(AuditEvent.flood, "a" * 64)
    assert [record.count for record in records(log, store)] == [1]
    now[0] += 60
    trail.flush()
    trail.flush()
    assert [record.count for record in records(log, store)] == [1, 99]


def test_each_address_may_ask_for_so_many_challenges_of_its_own() -> None:
    service = DeliveryService(clock=lambda: NOW, settings=Settings(logins_rate=1))
    app = create_app(service, ["testserver"], worker="chain")
    claim = ClaimModel(user="Alice", cipher_suite=1, signature_key=ALICE.row.signature_key).model_dump(mode="json")

    async def ask(address: str) -> int:
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return (await client.post("/v1/challenges", json=claim)).status_code

    assert [in_own_loop(ask(address)) for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2")] == [200, 429, 200]


def test_requests_that_look_suspicious_are_named() -> None:
    service = DeliveryService(clock=lambda: NOW)
    with service.store.write() as rows:
        rows.add_device(ALICE.row)
    app = create_app(service, ["testserver"], worker="chain")

    async def ask() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
            await client.get("/v1/inbox", headers={"Authorization": "Bearer nonsense"})
            await client.post("/v1/challenges", content=b"x" * 20_000)
            await client.post("/v1/challenges", json={"user": "Mallory", "extra": True})

    in_own_loop(ask())
    with service.store.read() as rows:
        named = [record.event for record in rows.audit("chain")]
        assert list(broken(rows.audit("chain"))) == []
    assert named == [AuditEvent.unknown_session.value, AuditEvent.oversized.value, AuditEvent.malformed.value]
    assert {
        AuditEvent.oversized,
        AuditEvent.malformed,
        AuditEvent.drain,
        AuditEvent.flood,
        AuditEvent.replayed,
    } <= SUSPICIOUS


def secrets_of(value: Any) -> set[bytes]:
    """Every bytes that a state holds under a name, and that is long enough to be told from chance."""
    if isinstance(value, bytes):
        return {value} if len(value) >= 16 else set()
    if isinstance(value, dict) or hasattr(value, "items"):
        return set().union(*(secrets_of(each) for each in value.values()))
    if isinstance(value, tuple | list | frozenset):
        return set().union(*(secrets_of(each) for each in value))
    if is_dataclass(value):
        return set().union(*(secrets_of(getattr(value, each.name)) for each in fields(value)))
    return set()


def test_no_plaintext_and_no_key_reaches_the_database_or_the_logs(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'delivery.sqlite3'}")
    store.create()
    service = DeliveryService(clock=lambda: START, store=store)
    alice, bob = (
        Device(name, SUITE, DeviceAccess(service), entropy=entropy_source(0, name), clock=lambda: START)
        for name in ("Alice", "Bob")
    )
    bob.publish_key_package()
    before = bob.device_state
    alice.create_group(GROUP)
    alice.commit(GROUP, add=["Bob"])
    alice.fetch(GROUP)
    bob.accept_invitations()
    said = b"the plaintext that nobody else may read"
    alice.send(GROUP, said)
    assert [event.data for event in bob.fetch(GROUP)] == [said]
    trail = AuditTrail(StoredLog(store, "chain"), lambda: START, "chain")
    trail.note(AuditEvent.not_allowed, "a" * 64, GROUP)
    written = b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()))
    store.close()
    private = {*(private_key_in(each.device_state.signature_private_key) for each in (alice, bob)), said}
    for bundle in before.bundles.values():
        private |= {bundle.init_private_key, bundle.encryption_private_key}
        private.add(private_key_in(bundle.signature_private_key))
    for device in (alice, bob):
        state = device.state(GROUP)
        private |= secrets_of(state.secrets) | secrets_of(state.resumption_psks)
    assert len(private) > 10
    assert [secret.hex() for secret in private if secret in written] == []
    public = bob.signature_key()
    assert public in written


# Token buckets


def test_a_bucket_fills_with_time_and_no_further_and_never_by_a_clock_that_goes_back() -> None:
    rate = Rate(0.5, 10)
    assert filled(None, rate, 5.0) == Bucket(10.0, 5.0)
    assert filled(Bucket(1.0, 5.0), rate, 9.0) == Bucket(3.0, 9.0)
    assert filled(Bucket(1.0, 5.0), rate, 500.0) == Bucket(10.0, 500.0)
    assert filled(Bucket(1.0, 5.0), rate, 1.0) == Bucket(1.0, 5.0)
    with pytest.raises(TooFast) as caught:
        take("somebody", Bucket(1.0, 5.0), rate, 5.0, cost=3)
    assert caught.value.retry_after == 4
    assert take("somebody", Bucket(1.0, 5.0), rate, 9.0, cost=3) == Bucket(0.0, 9.0)
