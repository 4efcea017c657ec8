"""The service over HTTP, on SQLite and on PostgreSQL: real devices that talk through it, and what it refuses."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.delivery.live import Live, device, free_port, transport
from tests.delivery.postgresql import Cluster
from tests.delivery.uploads import ALICE, GROUP, Person, commit, message, welcome
from workbench.cli import main
from workbench.delivery import (
    AlreadyThere,
    LateCommit,
    NoKeyPackage,
    NotAllowed,
    NotAuthenticated,
    TooFast,
    UnknownGroup,
)
from workbench.delivery.access import Upload
from workbench.delivery.client import HttpTransport
from workbench.delivery.clocks import system_clock
from workbench.delivery.errors import Unavailable
from workbench.delivery.http.models import LoginModel
from workbench.delivery.queues import Waiting
from workbench.delivery.sessions import LABEL, signed_content
from workbench.delivery.settings import table

pytestmark = pytest.mark.slow

TODAY = system_clock()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("live")
    url = f"sqlite:///{folder / 'delivery.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("cluster").create()
    made = Live(url, folder, "--set", "logins_rate=10000", "--set", "take_burst=3")
    yield made
    made.stop()


def test_two_people_talk_through_the_service(live: Live, request: pytest.FixtureRequest) -> None:
    group = request.node.name.encode()
    alice, bob = device(live, f"Alice {request.node.name}"), device(live, f"Bob {request.node.name}")
    bob.publish_key_package()
    alice.create_group(group)
    alice.commit(group, add=[bob.name])
    alice.fetch(group)
    assert [event.kind for event in bob.accept_invitations()] == ["joined"]
    alice.send(group, b"Lunch at noon?")
    (heard,) = bob.fetch(group)
    assert heard.data == b"Lunch at noon?"
    alice.commit(group)
    with pytest.raises(LateCommit) as caught:
        bob.commit(group)
    conflict = caught.value.conflict
    assert conflict is not None
    assert (conflict.epoch, len(conflict.entries)) == (2, 1)
    bob.fetch(group)
    bob.commit(group)
    bob.fetch(group)
    assert [event.kind for event in alice.fetch(group)] == ["commit", "commit"]
    assert alice.state(group).secrets == bob.state(group).secrets
    carol = device(live, f"Carol {request.node.name}")
    alice.publish_group_info(group)
    carol.join_by_commit(group)
    carol.fetch(group)
    carol.send(group, b"I am here too")
    assert [event.data for event in alice.fetch(group)][-1] == b"I am here too"


def people(request: pytest.FixtureRequest, *names: str) -> list[Person]:
    """People whom no other test on the same service knows."""
    return [Person(f"{name} of {request.node.name}") for name in names]


def test_a_wake_up_counts_what_waits_and_says_nothing_else(live: Live, request: pytest.FixtureRequest) -> None:
    group = request.node.name.encode()
    person, other = people(request, "Alice", "Bob")
    alice, bob = transport(live, person), transport(live, other)
    with bob.wake_ups() as told:
        assert next(told) == Waiting({}, 0)
        alice.open_group(group)
        bob.publish_key_packages([other.upload(1, now=TODAY)])
        alice.submit(group, commit(0, group_id=group), welcome(other.reference(1, now=TODAY)))
        assert next(told) == Waiting({}, 1)
        alice.submit_all([Upload(group, message(1, f"{number}", group_id=group)) for number in range(3)])
        assert next(told) == Waiting({group: 3}, 1)
        bob.acknowledge(group, 2)
        bob.accept(other.reference(1, now=TODAY), group, 1)
        alice.submit(group, message(1, "one more", group_id=group))
        assert next(told) == Waiting({group: 3}, 0)


def test_every_call_of_the_client_has_its_answer(live: Live, request: pytest.FixtureRequest) -> None:
    group = request.node.name.encode()
    person, other = people(request, "Alice", "Bob")
    alice, bob = transport(live, person), transport(live, other)
    alice.open_group(group, late_epochs=2)
    assert bob.publish_key_packages([other.upload(1, now=TODAY)]).left == 1
    assert (bob.supply().left, bob.supply().publish) == (1, 199)
    (known,) = alice.devices_of(other.name)
    assert (known.device, known.signature_key) == (bob.device, other.row.signature_key)
    assert alice.take_key_package(other.name, 1, known.device) == other.upload(1, now=TODAY)
    with pytest.raises(NoKeyPackage):
        alice.take_key_package(other.name, 1)
    first = alice.submit(group, commit(0, group_id=group), welcome(other.reference(1, now=TODAY)))
    assert alice.submit(group, commit(0, group_id=group)) == first
    inbox = bob.inbox()
    assert [reference for reference, _ in inbox.welcomes] == [other.reference(1, now=TODAY)]
    assert bob.invitations(other.reference(1, now=TODAY)) == (inbox.welcomes[0][1],)
    sent, refused = alice.submit_all(
        [Upload(group, message(1, "hello", group_id=group)), Upload(b"no group", message(1, "x", group_id=b"no group"))]
    )
    assert isinstance(refused, UnknownGroup)
    assert bob.page(group).entries == bob.entries(group, 1) == bob.inbox().pages[0].entries == (sent,)
    assert bob.epoch(group) == 1
    bad = alice.submit(group, commit(1, group_id=group))
    assert bob.report(group, bad.index)
    assert [entry.reopens for entry in bob.entries(group)][-1] == bad.index
    with pytest.raises(AlreadyThere):
        bob.open_group(group)
    bob.leave(group)
    with pytest.raises(NotAllowed):
        bob.entries(group)


def test_a_second_device_needs_the_approval_of_the_first(live: Live, request: pytest.FixtureRequest) -> None:
    (phone,) = people(request, "Bob")
    laptop = Person(phone.name, "laptop")
    first, second = transport(live, phone), transport(live, laptop)
    first.login()
    with pytest.raises(NotAllowed, match="has not approved device"):
        second.login()
    first.approve(second.device)
    second.login()
    assert {each.device for each in first.devices_of(phone.name)} == {first.device, second.device}


def answer(live: Live, person: Person, host: str, signer: Person | None = None) -> LoginModel:
    """A challenge of the service, and an answer to it that a test may send."""
    claim = person.claim
    body = {"user": claim.user, "cipher_suite": 1, "signature_key": b64(claim.signature_key)}
    challenge = httpx.post(f"{live.url}/v1/challenges", json=body).json()["challenge"]
    signature = (signer or person).sign(LABEL, signed_content(host, challenge, claim))
    return LoginModel(
        user=claim.user,
        cipher_suite=1,
        signature_key=claim.signature_key,
        host=host,
        challenge=challenge,
        signature=signature,
    )


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_a_login_is_for_one_host_one_key_and_once(live: Live, request: pytest.FixtureRequest) -> None:
    alice, mallory = people(request, "Alice", "Mallory")

    def login(made: LoginModel) -> httpx.Response:
        return httpx.post(f"{live.url}/v1/sessions", json=made.model_dump(mode="json"))

    good = answer(live, alice, "localhost")
    assert login(good).status_code == 200
    for made, reason in (
        (good, "was used"),
        (answer(live, alice, "evil.example"), "not a name of this service"),
        (answer(live, alice, "localhost", signer=mallory), "signature does not verify"),
    ):
        refused = login(made)
        assert (refused.status_code, reason in refused.json()["detail"]) == (401, True), refused.text
    made = answer(live, alice, "localhost")
    other = made.model_copy(update={"signature_key": mallory.claim.signature_key, "user": mallory.name})
    assert login(other).status_code == 401


def test_one_device_does_not_drain_the_directory(live: Live, request: pytest.FixtureRequest) -> None:
    person, victim = people(request, "Mallory", "Bob")
    mallory, bob = transport(live, person, patience=0), transport(live, victim)
    bob.publish_key_packages([victim.upload(number, now=TODAY) for number in range(5)])
    for _ in range(3):
        mallory.take_key_package(victim.name, 1)
    with pytest.raises(TooFast) as caught:
        mallory.take_key_package(victim.name, 1)
    assert caught.value.retry_after == 60
    assert bob.supply().left == 2


def test_a_device_that_nobody_answers_is_told_so() -> None:
    alone = transport(f"http://localhost:{free_port()}", ALICE, patience=0)
    with pytest.raises(Unavailable, match="does not answer"):
        alone.login()
    with pytest.raises(NotAuthenticated, match="no device uses this transport"):
        HttpTransport("http://localhost").login()


def test_people_and_programs_can_read_what_the_service_offers(live: Live) -> None:
    page = httpx.get(live.url)
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    for outside in ("http://", "https://", "<script", "@import", "url("):
        assert outside not in page.text
    calls = httpx.get(f"{live.url}/openapi.json").json()["paths"]
    assert len(calls) > 15
    for path in calls:
        assert path in page.text
    for name, _, _, reason in table():
        assert name in page.text
        assert html.escape(reason) in page.text
    figures = httpx.get(f"{live.url}/metrics").text
    assert 'delivery_requests_total{call="GET /",status="200"}' in figures
    assert "delivery_waiting_requests 1.0" in figures, "the request that asks"


def test_workers_that_share_a_database_wake_each_others_devices(
    cluster: Cluster, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    database = cluster.create()
    group = request.node.name.encode()
    one, two = Live(database, tmp_path), Live(database, tmp_path)
    person, other = people(request, "Alice", "Bob")
    try:
        alice, bob = transport(one, person), transport(two, other)
        bob.publish_key_packages([other.upload(1, now=TODAY)])
        alice.open_group(group)
        with bob.wake_ups() as at_bob, alice.wake_ups() as at_alice:
            next(at_bob)
            next(at_alice)
            alice.submit(group, commit(0, group_id=group), welcome(other.reference(1, now=TODAY)))
            assert next(at_bob).welcomes == 1
            assert next(at_alice).messages == {group: 1}
            bob.submit(group, message(1, "from the other worker", group_id=group))
            assert next(at_alice).messages == {group: 2}
            assert next(at_bob).messages == {group: 1}
        assert alice.entries(group) == (*alice.entries(group)[:1], *bob.entries(group))
    finally:
        one.stop()
        two.stop()


def test_several_workers_of_one_service_share_the_port(cluster: Cluster, tmp_path: Path) -> None:
    live = Live(cluster.create(), tmp_path, "--workers", "2")
    try:
        alice, bob = device(live, "Alice"), device(live, "Bob")
        bob.publish_key_package()
        alice.create_group(GROUP)
        alice.commit(GROUP, add=["Bob"])
        bob.accept_invitations()
        alice.fetch(GROUP)
        alice.send(GROUP, b"hello")
        assert [event.data for event in bob.fetch(GROUP)] == [b"hello"]
    finally:
        live.stop()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--workers", "2"], "several workers need PostgreSQL"),
        (["--set", "pages=2"], "there is no limit 'pages'"),
        (["--set", "batch=-2"], "has to be a natural number"),
        (["--database", "postgresql://nobody@127.0.0.1:1/none"], "cannot reach its database"),
    ],
)
def test_what_cannot_be_served_is_told_before_anything_listens(
    options: list[str], reason: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["serve", *options]) == 2
    assert reason in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_every_limit_has_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--limits"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(table()) > 30
    assert all(len(line.partition(": ")[2]) > 20 for line in lines)
