"""Hostile requests get a clear status, cost little and change nothing; a broken database is told, and passes."""

from __future__ import annotations

import json
import resource
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.delivery.live import Live, transport
from tests.delivery.postgresql import Cluster
from tests.delivery.uploads import GROUP, Person, commit, message
from workbench.delivery import Entry, Unavailable
from workbench.delivery.sql import SqlStore

if TYPE_CHECKING:
    import schemathesis

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("hostile")
    made = Live(
        f"sqlite:///{folder / 'delivery.sqlite3'}",
        folder,
        *("--set", "request_seconds=2", "--set", "request_bytes=100000", "--set", "message_bytes=50000"),
        *("--set", "logins_rate=100000", "--set", "requests_rate=100000", "--set", "device_rate=100000"),
        program=f"from workbench.delivery.http import server; server.HEADER_SECONDS = 2; {Live.PROGRAM}",
    )
    yield made
    made.stop()


def kept(live: Live) -> object:
    """Everything that the service keeps, but for the audit log, sessions and buckets."""
    store = SqlStore(f"sqlite:///{live.log.parent / 'delivery.sqlite3'}")
    with store.read() as rows:
        heads = rows.groups()
        logs = tuple(rows.entries(head.group_id, 0, None, None) for head in heads)
        members = tuple(rows.members(head.group_id) for head in heads)
    store.close()
    return heads, logs, members


def headers(person: Person, live: Live) -> dict[str, str]:
    """The session of a person's device."""
    access = transport(live, person)
    access.login()
    return {"Authorization": f"Bearer {access._session}"}


def test_what_cannot_be_right_is_refused_with_its_reason(live: Live) -> None:
    alice = transport(live, Person("Alice"))
    alice.open_group(GROUP)
    alice.submit(GROUP, commit(0))
    before = kept(live)
    session = headers(Person("Mallory"), live)
    path = f"/v1/groups/{GROUP.hex()}/messages"
    spam = {"message": "AAAA"}
    for method, where, body, status, name in (
        ("POST", path, b"{", 400, "Unreadable"),
        ("POST", path, b"[]", 400, "Unreadable"),
        ("POST", path, json.dumps({"message": "%%%"}).encode(), 400, "Unreadable"),
        ("POST", path, json.dumps(spam).encode(), 400, "Unreadable"),
        ("POST", path, json.dumps({**spam, "extra": 1}).encode(), 400, "Unreadable"),
        ("POST", path, json.dumps({"message": "A" * 90_000}).encode(), 413, "TooLarge"),
        ("POST", path, b"x" * 100_001, 413, "TooLarge"),
        ("GET", path, b"", 403, "NotAllowed"),
        ("GET", f"{path}?start=-1", b"", 400, "Unreadable"),
        ("GET", "/v1/groups/zz", b"", 400, "Unreadable"),
        ("GET", "/v1/groups/aa", b"", 404, "UnknownGroup"),
        ("POST", "/v1/users/nobody/key-package", b'{"cipher_suite": 1}', 404, "NoKeyPackage"),
    ):
        content = {"Content-Type": "application/json"}
        answer = httpx.request(method, live.url + where, content=body, headers={**session, **content})
        assert (answer.status_code, answer.json()["type"]) == (status, name), (where, body[:80], answer.text)
    assert kept(live) == before


def test_who_has_not_logged_in_costs_nothing(live: Live) -> None:
    before = kept(live)
    for header in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}):
        answer = httpx.get(f"{live.url}/v1/inbox", headers=header)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    large = httpx.post(f"{live.url}/v1/challenges", content=b"x" * 20_000)
    assert large.status_code == 413
    assert kept(live) == before


def test_a_session_that_has_ended_is_none(live: Live) -> None:
    session = headers(Person("Carol"), live)
    assert httpx.get(f"{live.url}/v1/inbox", headers=session).status_code == 200
    assert httpx.delete(f"{live.url}/v1/session", headers=session).status_code == 204
    assert httpx.get(f"{live.url}/v1/inbox", headers=session).status_code == 401


def test_who_is_slow_is_let_go(live: Live) -> None:
    session = headers(Person("Sloth"), live)["Authorization"]
    with (
        socket.create_connection(("127.0.0.1", live.port)) as in_the_body,
        socket.create_connection(("127.0.0.1", live.port)) as in_the_head,
    ):
        head = f"POST /v1/groups HTTP/1.1\r\nHost: localhost\r\nAuthorization: {session}\r\nContent-Length: 50\r\n\r\n"
        in_the_body.sendall(head.encode() + b"{")
        in_the_head.sendall(b"GET /health HTTP/1.1\r\nHost: loc")
        in_the_body.settimeout(60)
        assert b" 408 " in in_the_body.recv(4096).splitlines()[0]
        in_the_head.settimeout(60)
        assert in_the_head.recv(4096) == b""


def test_requests_from_the_schema_never_break_the_service(live: Live) -> None:
    import schemathesis  # noqa: PLC0415 - the import takes a second

    session = headers(Person("Fuzzer"), live)
    schema = schemathesis.openapi.from_url(f"{live.url}/openapi.json")
    operations = [each for each in (result.ok() for result in schema.get_all_operations()) if each is not None]  # type: ignore[union-attr] # ours is a valid one
    assert len(operations) > 15
    tried = 0

    @settings(max_examples=60, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.one_of([operation.as_strategy() for operation in operations]))
    def ask(case: schemathesis.Case[Any]) -> None:
        nonlocal tried
        answer = case.call(base_url=live.url, headers=session)
        assert answer.status_code < 500, (case.path, answer.status_code, answer.text)
        tried += 1

    ask()
    assert tried >= 50
    assert httpx.get(f"{live.url}/health").status_code == 200


def test_a_full_disk_is_told_and_the_service_goes_on_when_there_is_room(live: Live) -> None:
    group = b"a group on a full disk"
    alice = transport(live, Person("Alice"), patience=0)
    alice.open_group(group)
    alice.submit(group, commit(0, group_id=group))
    limits = resource.prlimit(live.process.pid, resource.RLIMIT_FSIZE)
    database = live.log.parent / "delivery.sqlite3-wal"
    resource.prlimit(live.process.pid, resource.RLIMIT_FSIZE, (database.stat().st_size, limits[1]))
    acknowledged: list[Entry] = []
    with pytest.raises(Unavailable) as caught:
        acknowledged.extend(alice.submit(group, message(1, f"{number}", group_id=group)) for number in range(200))
    assert caught.value.retry_after is not None
    resource.prlimit(live.process.pid, resource.RLIMIT_FSIZE, limits)
    after = alice.submit(group, message(1, "there is room again", group_id=group))
    assert list(alice.entries(group)[1:]) == [*acknowledged, after]


def test_a_lost_database_is_told_and_the_service_goes_on_when_it_is_back(cluster: Cluster, tmp_path: Path) -> None:
    live = Live(cluster.create(), tmp_path)
    alice = transport(live, Person("Alice"), patience=0)
    alice.open_group(GROUP)
    try:
        cluster.stop()
        with pytest.raises(Unavailable, match="cannot reach its database") as caught:
            alice.submit(GROUP, commit(0))
        assert caught.value.retry_after == 2
        assert httpx.get(f"{live.url}/health").status_code == 503
    finally:
        cluster.start()
    assert alice.submit(GROUP, commit(0)).index == 0
    assert httpx.get(f"{live.url}/health").status_code == 200
    live.stop()
