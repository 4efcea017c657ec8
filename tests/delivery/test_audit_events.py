"""Each event that the audit log can name is provoked, in this process and in the service's own."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.delivery.desk import Desk
from tests.delivery.live import Live, transport
from tests.delivery.uploads import ALICE, BOB, CAROL, GROUP, MALLORY, NOW, Person, commit, welcome
from workbench.delivery import LateCommit, NoKeyPackage, NotAllowed, Settings, TooFast
from workbench.delivery.access import Upload
from workbench.delivery.audit import AuditEvent, broken
from workbench.delivery.client import HttpTransport
from workbench.delivery.clocks import system_clock
from workbench.delivery.errors import DirectoryFull
from workbench.delivery.http.app import sweep
from workbench.delivery.http.models import LoginModel
from workbench.delivery.rows import AuditRecord
from workbench.delivery.sessions import LABEL, signed_content
from workbench.delivery.sql import SqlStore

pytestmark = pytest.mark.slow

LIMITS = {
    "request_seconds": 1,
    "challenge_seconds": 5,
    "sweep_seconds": 1,
    "take_burst": 2,
    "device_rate": 1,
    "device_burst": 8,
    "key_packages_per_device": 2,
    "key_packages_low": 2,
}


@dataclass
class Site:
    """A service, and what a test needs of it; `stop` gives the audit log when it has ended."""

    http: httpx.Client
    way: Callable[[Person], HttpTransport]
    now: int
    be_slow: Callable[[], None]
    be_swept: Callable[[], None]
    stop: Callable[[], tuple[AuditRecord, ...]]


def in_process() -> Iterator[Site]:
    desk = Desk(settings=Settings(**LIMITS), over_http=True)

    def way(person: Person) -> HttpTransport:
        made = desk.access(person)
        assert isinstance(made, HttpTransport)
        return made

    def be_slow() -> None:
        desk.http.post("/v1/challenges", content=b"{}", headers={"Slow-Down": "2"})

    def be_swept() -> None:
        desk.now += 2 * 86_400
        sweep(desk.host)

    def stop() -> tuple[AuditRecord, ...]:
        desk.host.trail.flush(everything=True)
        with desk.store.read() as rows:
            return rows.audit("chain")

    yield Site(desk.http, way, NOW, be_slow, be_swept, stop)
    desk.close()


def in_its_own_process(database: str, folder: Path) -> Iterator[Site]:
    live = Live(database, folder, *(f"--set={name}={number}" for name, number in LIMITS.items()))

    def be_slow() -> None:
        with socket.create_connection(("127.0.0.1", live.port)) as connection:
            connection.sendall(b"POST /v1/challenges HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{")
            connection.settimeout(60)
            assert b" 408 " in connection.recv(4096).splitlines()[0]

    def stop() -> tuple[AuditRecord, ...]:
        live.stop()
        store = SqlStore(database)
        with store.read() as rows:
            found = rows.audit()
        store.close()
        return found

    with httpx.Client(base_url=live.url, timeout=60) as http:

        def be_swept() -> None:
            end = time.monotonic() + 60
            while not re.search(r'swept_total\{what="tickets"\} [1-9]', http.get("/metrics").text):
                assert time.monotonic() < end
                time.sleep(0.2)

        yield Site(http, lambda person: transport(live, person, patience=0), system_clock(), be_slow, be_swept, stop)
    live.stop()


@pytest.fixture(params=["in process", "in its own process"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    if request.param == "in process":
        yield from in_process()
    else:
        yield from in_its_own_process(f"sqlite:///{tmp_path / 'delivery.sqlite3'}", tmp_path)


def answered(site: Site, person: Person, signer: Person) -> dict[str, object]:
    """A challenge for a device, as it is answered by somebody."""
    claim = person.claim
    shown = LoginModel(
        user=claim.user,
        cipher_suite=claim.cipher_suite,
        signature_key=claim.signature_key,
        host="localhost",
        challenge="",
        signature=b"",
    )
    asked = shown.model_dump(mode="json", include={"user", "cipher_suite", "signature_key"})
    challenge = site.http.post("/v1/challenges", json=asked).json()["challenge"]
    signature = signer.sign(LABEL, signed_content("localhost", challenge, claim))
    return shown.model_copy(update={"challenge": challenge, "signature": signature}).model_dump(mode="json")


def flood(access: HttpTransport) -> None:
    for number in range(20):
        access.approve(f"{number:064x}")


def test_each_event_is_named_when_it_happens(site: Site) -> None:
    alice, bob, carol, mallory = (site.way(person) for person in (ALICE, BOB, CAROL, MALLORY))
    # Logins: twice with the right key, with another's key, twice with one challenge, with a session that is none
    for _ in range(2):
        alice.login()
    forged = answered(site, BOB, MALLORY)
    assert [site.http.post("/v1/sessions", json=forged).status_code for _ in range(2)] == [401, 401]
    assert site.http.get("/v1/inbox", headers={"Authorization": "Bearer nonsense"}).status_code == 401
    # The directory: few are left, too many are published, one of last resort goes out, somebody drains it
    bob.publish_key_packages([BOB.upload(1, now=site.now)])
    assert bob.supply().publish
    with pytest.raises(DirectoryFull):
        bob.publish_key_packages([BOB.upload(number, now=site.now) for number in (2, 3)])
    carol.publish_key_packages([CAROL.upload(1, now=site.now)])
    carol.publish_key_packages([CAROL.upload(2, last_resort=True, now=site.now)])
    for _ in range(2):
        mallory.take_key_package("Carol", 1)
    with pytest.raises(TooFast):
        mallory.take_key_package("Carol", 1)
    with pytest.raises(NoKeyPackage):
        mallory.take_key_package("Nobody", 1)
    # The group: a lost race, one report, enough reports, a stranger
    alice.open_group(GROUP)
    references = (BOB.reference(1, now=site.now), CAROL.reference(1, now=site.now))
    alice.submit(GROUP, commit(0), welcome(*references))
    refused = alice.submit(GROUP, commit(1))
    with pytest.raises(LateCommit):
        bob.submit(GROUP, commit(1, "late"))
    (late,) = bob.submit_all([Upload(GROUP, commit(1, "late once more"))])
    assert isinstance(late, LateCommit)
    assert [each.report(GROUP, refused.index) for each in (bob, carol)] == [False, True]
    with pytest.raises(NotAllowed):
        mallory.page(GROUP)
    # Requests: unreadable, large, slow, too many
    assert site.http.post("/v1/challenges", content=b"{").status_code == 400
    assert site.http.post("/v1/challenges", content=b"x" * 20_000).status_code == 413
    site.be_slow()
    with pytest.raises(TooFast):
        flood(mallory)
    answered(site, BOB, BOB)  # a challenge that expires
    site.be_swept()
    records = site.stop()
    assert {record.event for record in records} == {event.value for event in AuditEvent}
    for chain in {record.chain for record in records}:
        assert list(broken([record for record in records if record.chain == chain])) == []
    races = [record for record in records if record.event == AuditEvent.lost_race.value]
    assert sum(record.count for record in races) == 2
    assert {record.device for record in races} == {BOB.row.device}
