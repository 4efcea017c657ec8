"""The client of a delivery service over HTTP: the same calls and errors as in process.

It logs in when the service asks for it. A call that fails because the service restarts, is busy, or limits the rate is
repeated until the patience ends. That is safe, because the same message makes only one entry. One thing can be lost: a
key package in an answer that does not arrive.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from workbench.delivery.access import Upload
from workbench.delivery.errors import NotAllowed, NotAuthenticated, QueueFull, Refused, TooFast, Unavailable
from workbench.delivery.http import models
from workbench.delivery.http.models import Model
from workbench.delivery.http.problems import error_of
from workbench.delivery.ports import Sign
from workbench.delivery.queues import Inbox, Page, Waiting
from workbench.delivery.rows import Claim, Entry, ExternalJoins, Invitation
from workbench.delivery.sessions import LABEL, signed_content

M = TypeVar("M", bound=Model)
T = TypeVar("T")
TIMEOUT = httpx.Timeout(30.0, connect=5.0)
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0


def _nobody() -> Claim:
    raise NotAuthenticated("no device uses this transport yet: give it to a Device, or call identify")


def _unsigned(label: str, content: bytes) -> bytes:
    raise NotAuthenticated(f"nobody signs {len(content)} bytes for {label}")


class HttpTransport:
    """A `Transport` of one device to one service. `patience` is in seconds.

    `tls` has the authorities that are trusted at an https URL: by default those that httpx knows, or those in the file
    that the environment variable SSL_CERT_FILE names. A `Device` calls `identify` before the first call.
    """

    def __init__(
        self,
        url: str,
        *,
        patience: float = 30.0,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url.rstrip("/")
        self._host = (urlsplit(url).hostname or "").lower()
        self._claims: Callable[[], Claim] = _nobody
        self._sign: Sign = _unsigned
        self._patience = patience
        self._sleep = sleep
        self._session: str | None = None
        self._tls = httpx.create_ssl_context() if tls is None and self._url.startswith("https:") else tls
        self._http = httpx.Client(base_url=self._url, timeout=TIMEOUT, verify=self._tls or False)

    def __enter__(self) -> Self:
        """The transport itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def identify(self, claim: Callable[[], Claim], sign: Sign) -> None:
        """Keep the functions that name the device and sign for it; they are called at each login."""
        self._claims, self._sign = claim, sign

    @property
    def _claim(self) -> Claim:
        return self._claims()

    @property
    def device(self) -> str:
        """The id of this device."""
        return self._claim.device

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def login(self) -> None:
        """Log in and get a session; raises `NotAuthenticated`, `NotAllowed`.

        A challenge is valid once: if an answer is lost, the login begins again with another challenge.
        """
        self._session = self._persist(self._proved)

    def _proved(self) -> str:
        who = self._claim
        claim = models.ClaimModel(user=who.user, cipher_suite=who.cipher_suite, signature_key=who.signature_key)
        asked = self._once("POST", "/v1/challenges", claim)
        challenge = models.ChallengeModel.model_validate_json(asked.content).challenge
        answer = models.LoginModel(
            user=who.user,
            cipher_suite=who.cipher_suite,
            signature_key=who.signature_key,
            host=self._host,
            challenge=challenge,
            signature=self._sign(LABEL, signed_content(self._host, challenge, who)),
        )
        return models.SessionModel.model_validate_json(self._once("POST", "/v1/sessions", answer).content).session

    # The directory

    def publish_key_package(self, user: str, message: bytes) -> None:
        """Publish a key package of this device, whose user must be `user`."""
        if user != self._claim.user:
            raise NotAllowed(f"a device of {self._claim.user} publishes key packages of its own, not of {user}")
        self.publish_key_packages([message])

    def publish_key_packages(self, messages: Sequence[bytes]) -> models.SupplyModel:
        """Publish all of these, or none; return the number that is left, and the number to publish."""
        given = models.KeyPackagesModel(key_packages=list(messages))
        return self._call(models.SupplyModel, "POST", "/v1/key-packages", given)

    def supply(self) -> models.SupplyModel:
        """The number of key packages that are left, and the number to publish."""
        return self._call(models.SupplyModel, "GET", "/v1/key-packages")

    def take_key_package(self, user: str, cipher_suite: int, device: str | None = None) -> bytes:
        """Take a key package of a user out of the directory; one of last resort stays in it."""
        wanted = models.TakeModel(cipher_suite=cipher_suite, device=device)
        path = f"/v1/users/{quote(user, safe='')}/key-package"
        return self._call(models.KeyPackageModel, "POST", path, wanted).key_package

    def devices_of(self, user: str) -> tuple[models.DeviceModel, ...]:
        """The devices of a user."""
        found = self._answer("GET", f"/v1/users/{quote(user, safe='')}/devices", None)
        return tuple(models.DeviceModel.model_validate(each) for each in json.loads(found.content))

    def approve(self, device: str) -> None:
        """Allow another device of this user to register."""
        self._answer("POST", "/v1/devices", models.ApprovalModel(device=device))

    # Groups

    def open_group(
        self, group_id: bytes, epoch: int = 0, *, late_epochs: int = 0, external_joins: ExternalJoins = "open"
    ) -> None:
        """Start the log of a new group."""
        new = models.NewGroupModel(group=group_id, epoch=epoch, late_epochs=late_epochs, external_joins=external_joins)
        self._answer("POST", "/v1/groups", new)

    def epoch(self, group_id: bytes) -> int:
        """The epoch to which the accepted commits lead."""
        return self._call(models.EpochModel, "GET", f"/v1/groups/{group_id.hex()}").epoch

    def submit(self, group_id: bytes, message: bytes, welcome: bytes | None = None) -> Entry:
        """Append a message to the log of its group."""
        given = models.MessageModel(message=message, welcome=welcome)
        return self._call(models.EntryModel, "POST", f"/v1/groups/{group_id.hex()}/messages", given).value()

    def submit_all(self, uploads: Sequence[Upload]) -> tuple[Entry | Refused, ...]:
        """Append messages in order; return for each its entry, or the error of its refusal."""
        given = [models.UploadModel(group=it.group_id, message=it.message, welcome=it.welcome) for it in uploads]
        results = self._call(models.ResultsModel, "POST", "/v1/messages", models.BatchModel(uploads=given)).results
        told: list[Entry | Refused] = []
        for result in results:
            if result.entry is not None:
                told.append(result.entry.value())
            elif result.problem is not None:
                told.append(error_of(result.problem))
        return tuple(told)

    def publish_group_info(self, message: bytes) -> None:
        """Upload a GroupInfo for clients outside of the group."""
        self._answer("PUT", "/v1/group-info", models.GroupInfoModel(group_info=message))

    def group_info(self, group_id: bytes) -> bytes:
        """The GroupInfo of a group in its present epoch."""
        return self._call(models.GroupInfoModel, "GET", f"/v1/groups/{group_id.hex()}/group-info").group_info

    def report(self, group_id: bytes, index: int) -> bool:
        """Report that this device refuses the commit at a place; return whether it is void now."""
        given = models.ReportModel(index=index)
        return self._call(models.VerdictModel, "POST", f"/v1/groups/{group_id.hex()}/reports", given).void

    def leave(self, group_id: bytes) -> None:
        """Close the device's queue in a group."""
        self._answer("DELETE", f"/v1/groups/{group_id.hex()}/queue", None)

    # The device's own queues

    def entries(self, group_id: bytes, start: int = 0) -> tuple[Entry, ...]:
        """The log of a group from one index on, from all pages."""
        found: list[Entry] = []
        while True:
            page = self.page(group_id, start)
            found += page.entries
            if not page.left:
                return tuple(found)
            start = page.entries[-1].index + 1

    def page(self, group_id: bytes, start: int = 0) -> Page:
        """One page of the log of a group, from one index on."""
        return self._call(models.PageModel, "GET", f"/v1/groups/{group_id.hex()}/messages?start={start}").value()

    def inbox(self) -> Inbox:
        """One page of the unread entries in all groups."""
        return self._call(models.InboxModel, "GET", "/v1/inbox").value()

    def invitations(self, key_package_ref: bytes) -> tuple[Invitation, ...]:
        """The unread Welcomes for one of this device's key packages."""
        return tuple(invitation for reference, invitation in self.welcomes() if reference == key_package_ref)

    def welcomes(self) -> tuple[tuple[bytes, Invitation], ...]:
        """The unread Welcomes for this device, each with the reference of its key package."""
        answer = self._answer("GET", "/v1/welcomes", None)
        found = [models.WelcomeModel.model_validate(each) for each in json.loads(answer.content)]
        return tuple((each.reference, each.value()) for each in found)

    def acknowledge(self, group_id: bytes, next_index: int) -> None:
        """Acknowledge all entries before a place."""
        self.acknowledge_all({group_id: next_index})

    def acknowledge_all(self, places: Mapping[bytes, int]) -> None:
        """Acknowledge entries of several groups at once."""
        read = [models.PlaceModel(group=group_id, next_index=index) for group_id, index in places.items()]
        self._answer("POST", "/v1/acknowledgements", models.AcknowledgementModel(places=read))

    def accept(self, key_package_ref: bytes, group_id: bytes, next_index: int) -> None:
        """Mark a Welcome as read."""
        read = models.ReadWelcomeModel(reference=key_package_ref, group=group_id, next_index=next_index)
        self._answer("POST", "/v1/acknowledgements", models.AcknowledgementModel(welcomes=[read]))

    @contextmanager
    def wake_ups(self) -> Iterator[Iterator[Waiting]]:
        """The numbers of unread messages: at once, and after each change, until the connection ends."""
        if self._session is None:
            self.login()
        url = "ws" + self._url.removeprefix("http") + "/v1/wake-ups"
        headers = {"Authorization": f"Bearer {self._session}"}
        with connect(url, additional_headers=headers, ssl=self._tls, proxy=None) as socket:

            def told() -> Iterator[Waiting]:
                while True:
                    try:
                        text = socket.recv()
                    except ConnectionClosed:
                        return
                    yield models.WaitingModel.model_validate_json(text).value()

            yield told()

    # Steps that the calls share

    def _call(self, kind: type[M], method: str, path: str, given: Model | None = None) -> M:
        return kind.model_validate_json(self._answer(method, path, given).content)

    def _answer(self, method: str, path: str, given: Model | None) -> httpx.Response:
        """The answer to a call; logs in first, if there is no session."""
        if self._session is None:
            self.login()
        try:
            return self._persist(lambda: self._once(method, path, given))
        except NotAuthenticated:
            self.login()
            return self._persist(lambda: self._once(method, path, given))

    def _persist(self, ask: Callable[[], T]) -> T:
        """Repeat a call until there is an answer, a refusal that waiting does not change, or no patience left."""
        waited, pause = 0.0, FIRST_PAUSE
        while True:
            try:
                return ask()
            except (Unavailable, TooFast, QueueFull) as error:
                wait = float(error.retry_after or 0) or pause
                if waited + wait > self._patience:
                    raise
            self._sleep(wait)
            waited += wait
            pause = min(2 * pause, LONGEST_PAUSE)

    def _once(self, method: str, path: str, given: Model | None) -> httpx.Response:
        headers = {} if self._session is None else {"Authorization": f"Bearer {self._session}"}
        content = None
        if given is not None:
            headers["Content-Type"] = "application/json"
            content = given.model_dump_json().encode()
        try:
            response = self._http.request(method, path, content=content, headers=headers)
        except httpx.TransportError as error:
            raise Unavailable(f"the delivery service at {self._url} does not answer: {error}") from error
        if response.is_success:
            return response
        try:
            problem = models.ProblemModel.model_validate_json(response.content)
        except ValueError:
            raise Unavailable(f"{self._url} answers {response.status_code}, not as a delivery service") from None
        raise error_of(problem)
