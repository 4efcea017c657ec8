"""A device's way to a delivery service over HTTP: the same calls as in process, with the same errors.

It logs in by itself when the service asks for it. What failed for a reason that passes (the service is restarting,
busy, or wants to be asked less often) it asks again, for as long as its patience lasts: that is safe, because the same
message once more makes no second entry. Only a key package that was handed out in an answer which got lost is gone.
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
    """One device at one service; a `Transport`. `patience` is in seconds.

    `tls` says whose certificates to trust at an https URL: by default those of the authorities that httpx knows, or
    the ones in the file that the environment variable SSL_CERT_FILE names.
    Who the device is, its `Device` says (`identify`), before the first call.
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
        """Take note of who the device is; it is asked when it logs in."""
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
        """Prove to be this device, and get a session; raises `NotAuthenticated`, `NotAllowed`.

        A challenge is good once: if the answer to the proof is lost, it begins anew with another one.
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
        """Keep a key package until somebody wants to add the user, who is this device's."""
        if user != self._claim.user:
            raise NotAllowed(f"a device of {self._claim.user} publishes key packages of its own, not of {user}")
        self.publish_key_packages([message])

    def publish_key_packages(self, messages: Sequence[bytes]) -> models.SupplyModel:
        """Keep all of these, or none; how many are left then, and how many more to publish."""
        given = models.KeyPackagesModel(key_packages=list(messages))
        return self._call(models.SupplyModel, "POST", "/v1/key-packages", given)

    def supply(self) -> models.SupplyModel:
        """How many key packages are left, and how many to publish."""
        return self._call(models.SupplyModel, "GET", "/v1/key-packages")

    def take_key_package(self, user: str, cipher_suite: int, device: str | None = None) -> bytes:
        """A key package of a user, which nobody else gets, unless it is one of last resort."""
        wanted = models.TakeModel(cipher_suite=cipher_suite, device=device)
        path = f"/v1/users/{quote(user, safe='')}/key-package"
        return self._call(models.KeyPackageModel, "POST", path, wanted).key_package

    def devices_of(self, user: str) -> tuple[models.DeviceModel, ...]:
        """The devices of a user."""
        found = self._answer("GET", f"/v1/users/{quote(user, safe='')}/devices", None)
        return tuple(models.DeviceModel.model_validate(each) for each in json.loads(found.content))

    def approve(self, device: str) -> None:
        """Let another device of this user log in for the first time."""
        self._answer("POST", "/v1/devices", models.ApprovalModel(device=device))

    # Groups

    def open_group(
        self, group_id: bytes, epoch: int = 0, *, late_epochs: int = 0, external_joins: ExternalJoins = "open"
    ) -> None:
        """Start the log of a new group."""
        new = models.NewGroupModel(group=group_id, epoch=epoch, late_epochs=late_epochs, external_joins=external_joins)
        self._answer("POST", "/v1/groups", new)

    def epoch(self, group_id: bytes) -> int:
        """The epoch that the accepted commits lead to."""
        return self._call(models.EpochModel, "GET", f"/v1/groups/{group_id.hex()}").epoch

    def submit(self, group_id: bytes, message: bytes, welcome: bytes | None = None) -> Entry:
        """Append a message to the log of its group."""
        given = models.MessageModel(message=message, welcome=welcome)
        return self._call(models.EntryModel, "POST", f"/v1/groups/{group_id.hex()}/messages", given).value()

    def submit_all(self, uploads: Sequence[Upload]) -> tuple[Entry | Refused, ...]:
        """Append messages in order; for each its entry, or why it was refused."""
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
        """Keep what this member says of its group for those outside."""
        self._answer("PUT", "/v1/group-info", models.GroupInfoModel(group_info=message))

    def group_info(self, group_id: bytes) -> bytes:
        """The description of a group in its present epoch."""
        return self._call(models.GroupInfoModel, "GET", f"/v1/groups/{group_id.hex()}/group-info").group_info

    def report(self, group_id: bytes, index: int) -> bool:
        """Say that the commit at a place cannot be accepted; whether it is void now."""
        given = models.ReportModel(index=index)
        return self._call(models.VerdictModel, "POST", f"/v1/groups/{group_id.hex()}/reports", given).void

    def leave(self, group_id: bytes) -> None:
        """Receive nothing more of a group."""
        self._answer("DELETE", f"/v1/groups/{group_id.hex()}/queue", None)

    # The own queues

    def entries(self, group_id: bytes, start: int = 0) -> tuple[Entry, ...]:
        """The log of a group from one index on, in as many pages as it takes."""
        found: list[Entry] = []
        while True:
            page = self.page(group_id, start)
            found += page.entries
            if not page.left:
                return tuple(found)
            start = page.entries[-1].index + 1

    def page(self, group_id: bytes, start: int = 0) -> Page:
        """The log of a group from one index on, as far as one page goes."""
        return self._call(models.PageModel, "GET", f"/v1/groups/{group_id.hex()}/messages?start={start}").value()

    def inbox(self) -> Inbox:
        """What waits in all groups, as far as one page goes."""
        return self._call(models.InboxModel, "GET", "/v1/inbox").value()

    def invitations(self, key_package_ref: bytes) -> tuple[Invitation, ...]:
        """The Welcomes that wait for one of this device's key packages."""
        return tuple(invitation for reference, invitation in self.welcomes() if reference == key_package_ref)

    def welcomes(self) -> tuple[tuple[bytes, Invitation], ...]:
        """The Welcomes that wait for this device, each with the name of its key package."""
        answer = self._answer("GET", "/v1/welcomes", None)
        found = [models.WelcomeModel.model_validate(each) for each in json.loads(answer.content)]
        return tuple((each.reference, each.value()) for each in found)

    def acknowledge(self, group_id: bytes, next_index: int) -> None:
        """Say that everything before a place has been read."""
        self.acknowledge_all({group_id: next_index})

    def acknowledge_all(self, places: Mapping[bytes, int]) -> None:
        """The same for several groups at once."""
        read = [models.PlaceModel(group=group_id, next_index=index) for group_id, index in places.items()]
        self._answer("POST", "/v1/acknowledgements", models.AcknowledgementModel(places=read))

    def accept(self, key_package_ref: bytes, group_id: bytes, next_index: int) -> None:
        """Say that a Welcome has been read."""
        read = models.ReadWelcomeModel(reference=key_package_ref, group=group_id, next_index=next_index)
        self._answer("POST", "/v1/acknowledgements", models.AcknowledgementModel(welcomes=[read]))

    @contextmanager
    def wake_ups(self) -> Iterator[Iterator[Waiting]]:
        """Be told how much waits, at once and whenever it changes; it ends when the connection does."""
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

    # What the above have in common

    def _call(self, kind: type[M], method: str, path: str, given: Model | None = None) -> M:
        return kind.model_validate_json(self._answer(method, path, given).content)

    def _answer(self, method: str, path: str, given: Model | None) -> httpx.Response:
        """The answer to a call of this device, which logs in first if it has to."""
        if self._session is None:
            self.login()
        try:
            return self._persist(lambda: self._once(method, path, given))
        except NotAuthenticated:
            self.login()
            return self._persist(lambda: self._once(method, path, given))

    def _persist(self, ask: Callable[[], T]) -> T:
        """Ask until there is an answer, or a refusal that waiting does not change."""
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
