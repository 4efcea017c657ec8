"""The calls of a device. Each one calls `access.DeviceAccess` in a thread, because the store waits for its disk."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.security import HTTPBearer

from workbench.delivery import sessions
from workbench.delivery.access import DeviceAccess, Upload
from workbench.delivery.audit import AuditEvent
from workbench.delivery.errors import NotAuthenticated, Refused
from workbench.delivery.http.guard import Guard
from workbench.delivery.http.host import Host
from workbench.delivery.http.models import (
    AcknowledgementModel,
    ApprovalModel,
    BatchModel,
    ChallengeModel,
    ClaimModel,
    DeviceModel,
    EntryModel,
    EpochModel,
    GroupInfoModel,
    InboxModel,
    KeyPackageModel,
    KeyPackagesModel,
    LoginModel,
    MessageModel,
    NewGroupModel,
    Number,
    PageModel,
    ReportModel,
    ResultModel,
    ResultsModel,
    SessionModel,
    SupplyModel,
    TakeModel,
    UserName,
    VerdictModel,
    WaitingModel,
    WelcomeModel,
)
from workbench.delivery.http.problems import problem_of, refusal_of
from workbench.delivery.rows import Claim, Entry
from workbench.mls.wire.code_points import LAST_RESORT

router = APIRouter(prefix="/v1")


def _host(request: Request) -> Host:
    host: Host = request.app.state.host
    return host


def _access(request: Request, _: Annotated[object, Depends(HTTPBearer(auto_error=False))]) -> DeviceAccess:
    """The calls that the service allows to the device that the guard has recognised."""
    device = request.state.device
    if device is None:
        raise NotAuthenticated("log in first: POST /v1/challenges, then /v1/sessions")
    return DeviceAccess(_host(request).service, device)


def _group(
    group: Annotated[str, Path(pattern="^(?:[0-9a-f]{2}){1,1024}$", description="its id in hexadecimal")],
) -> bytes:
    return bytes.fromhex(group)


Here = Annotated[Host, Depends(_host)]
Caller = Annotated[DeviceAccess, Depends(_access)]
Group = Annotated[bytes, Depends(_group)]


# Logging in


@router.post("/challenges")
def challenge(claim: ClaimModel, here: Here, request: Request) -> ChallengeModel:
    """Get a text to sign with the signature key of a device."""
    service = here.service
    here.buckets.take("address", "" if request.client is None else request.client.host, service.settings.of_logins)
    named = Claim(claim.user, claim.cipher_suite, claim.signature_key)
    sessions.check_claim(named)
    with service.store.write() as rows:
        text = sessions.challenge(rows, named, now=service.clock() or 0, settings=service.settings)
    return ChallengeModel(challenge=text, seconds=service.settings.challenge_seconds)


@router.post("/sessions")
def login(answer: LoginModel, here: Here) -> SessionModel:
    """Get a session for the signature of a challenge. The first device of a user takes the user's name."""
    service, now = here.service, here.service.clock() or 0
    claim = Claim(answer.user, answer.cipher_suite, answer.signature_key)
    sessions.check_claim(claim)
    if answer.host not in here.names:
        raise NotAuthenticated(f"{answer.host} is not a name of this service: another server may be in between")
    with service.store.write() as rows:
        taken = sessions.take_challenge(rows, claim, answer.challenge, now=now)
    if not taken:
        here.trail.note(AuditEvent.replayed, claim.device)
        raise NotAuthenticated("the challenge is not for this device, has expired, or was used: ask for another")
    if not sessions.is_signed(claim, answer.host, answer.challenge, answer.signature):
        here.trail.note(AuditEvent.wrong_signature, claim.device)
        raise NotAuthenticated("the signature does not verify for this device, host and challenge")
    with service.store.write() as rows:
        session = sessions.open_session(rows, claim, now=now, settings=service.settings)
    here.trail.note(AuditEvent.registered if session.is_new else AuditEvent.login, session.device)
    return SessionModel(session=session.text, device=session.device, seconds=session.expires - now)


@router.delete("/session", status_code=204, dependencies=[Depends(_access)])
def logout(here: Here, request: Request) -> None:
    """End the session of this request."""
    with here.service.store.write() as rows:
        sessions.end_session(rows, request.headers["authorization"].partition(" ")[2].strip())


@router.post("/devices", status_code=204)
def approve(approval: ApprovalModel, caller: Caller) -> None:
    """Let another device of the same user log in for the first time."""
    caller.approve(approval.device)


# The directory


@router.get("/users/{user}/devices")
def devices(user: Annotated[UserName, Path()], caller: Caller) -> list[DeviceModel]:
    """The devices of a user. Each device is added to a group by a key package of its own."""
    return [DeviceModel.of(row) for row in caller.devices_of(user)]


@router.post("/users/{user}/key-package")
def take_key_package(
    user: Annotated[UserName, Path()], wanted: TakeModel, caller: Caller, here: Here
) -> KeyPackageModel:
    """Take a key package of a user; nobody else gets it, unless it is one of last resort."""
    message = caller.take_key_package(user, wanted.cipher_suite, wanted.device)
    if LAST_RESORT.to_bytes(2) in message and here.is_last_resort(message):
        here.trail.note(AuditEvent.last_resort, caller.device.device)
    return KeyPackageModel(key_package=message)


@router.post("/key-packages")
def publish_key_packages(given: KeyPackagesModel, caller: Caller) -> SupplyModel:
    """Publish key packages of this device."""
    caller.publish_key_packages(given.key_packages)
    return SupplyModel.of(caller.supply())


@router.get("/key-packages")
def supply(caller: Caller, here: Here) -> SupplyModel:
    """How many key packages of this device are left, and how many it should publish now."""
    made = caller.supply()
    if made.publish:
        here.trail.note(AuditEvent.low, caller.device.device, left=made.left)
    return SupplyModel.of(made)


# Groups


@router.post("/groups", status_code=201)
def open_group(new: NewGroupModel, caller: Caller) -> EpochModel:
    """Open a group."""
    caller.open_group(new.group, new.epoch, late_epochs=new.late_epochs, external_joins=new.external_joins)
    return EpochModel(epoch=new.epoch)


@router.get("/groups/{group}")
def epoch(group: Group, caller: Caller) -> EpochModel:
    """The epoch of a group."""
    return EpochModel(epoch=caller.epoch(group))


@router.post("/groups/{group}/messages")
def submit(group: Group, given: MessageModel, caller: Caller, here: Here) -> EntryModel:
    """Append a message. The same message once more gives the same entry."""
    entry = caller.submit(group, given.message, given.welcome)
    here.metrics.accepted(entry)
    return EntryModel.of(entry)


@router.post("/messages")
def submit_all(batch: BatchModel, caller: Caller, here: Here) -> ResultsModel:
    """Append several messages, in order. A refused message does not stop the others."""
    uploads = [Upload(each.group, each.message, each.welcome) for each in batch.uploads]
    results = caller.submit_all(uploads)
    made = []
    for result in results:
        if isinstance(result, Entry):
            here.metrics.accepted(result)
            made.append(ResultModel(entry=EntryModel.of(result)))
        else:
            here.note(refusal_of(result), caller.device)
            made.append(ResultModel(problem=problem_of(result)))
    return ResultsModel(results=made)


@router.get("/groups/{group}/messages")
def page(group: Group, caller: Caller, start: Annotated[Number, Query()] = 0) -> PageModel:
    """The log of a group from a place on, up to the size of one page."""
    return PageModel.of(caller.page(group, start))


@router.delete("/groups/{group}/queue", status_code=204)
def leave(group: Group, caller: Caller) -> None:
    """Receive no more messages of a group. Its members do not learn of this call: a proposal has to tell them."""
    caller.leave(group)


@router.post("/groups/{group}/reports")
def report(group: Group, given: ReportModel, caller: Caller, here: Here) -> VerdictModel:
    """Report a commit that the device cannot accept. If more than half of the other members do so, it is void."""
    void = caller.report(group, given.index)
    here.trail.note(
        AuditEvent.reopened if void else AuditEvent.reported, caller.device.device, group, index=given.index
    )
    return VerdictModel(void=void)


@router.put("/group-info", status_code=204)
def describe(given: GroupInfoModel, caller: Caller) -> None:
    """Publish the GroupInfo of a group, for clients that want to join by a commit."""
    caller.publish_group_info(given.group_info)


@router.get("/groups/{group}/group-info")
def description(group: Group, caller: Caller) -> GroupInfoModel:
    """The GroupInfo of a group, if its founder allows this device to join by a commit."""
    return GroupInfoModel(group_info=caller.group_info(group))


# The queues of this device


@router.get("/inbox")
def inbox(caller: Caller) -> InboxModel:
    """The messages and Welcomes that wait for the device in all of its groups, up to the size of one page."""
    return InboxModel.of(caller.inbox())


@router.get("/welcomes")
def welcomes(caller: Caller) -> list[WelcomeModel]:
    """The Welcomes that wait for the device."""
    return [WelcomeModel.of(reference, invitation) for reference, invitation in caller.welcomes()]


@router.post("/acknowledgements", status_code=204)
def acknowledge(read: AcknowledgementModel, caller: Caller) -> None:
    """Report what the device has read. It is not sent again, and it is deleted after all devices have read it."""
    caller.acknowledge_all({place.group: place.next_index for place in read.places})
    for welcome in read.welcomes:
        caller.accept(welcome.reference, welcome.group, welcome.next_index)


@router.websocket("/wake-ups")
async def wake_ups(socket: WebSocket) -> None:
    """Receive how much waits, now and after each change. After an hour the device has to log in again."""
    host: Host = socket.app.state.host
    guard: Guard = socket.app.state.guard
    try:
        device = await asyncio.to_thread(guard.device_of, socket)
    except Refused as error:
        host.note(error, None)
        await socket.close(4401, str(error)[:120])
        return
    await socket.accept()
    connection = await host.wake_ups.connect(device.device)
    closed = asyncio.create_task(_until_closed(socket))
    try:
        async with asyncio.timeout(host.service.settings.session_seconds):
            while not closed.done():
                told = asyncio.create_task(connection.next())
                await asyncio.wait({told, closed}, return_when=asyncio.FIRST_COMPLETED)
                if not told.done():
                    told.cancel()
                    return
                await socket.send_text(WaitingModel.of(told.result()).model_dump_json())
    except TimeoutError:
        await socket.close(4408, "log in again")
    except WebSocketDisconnect:
        return
    finally:
        closed.cancel()
        host.wake_ups.disconnect(connection)


async def _until_closed(socket: WebSocket) -> None:
    """Read and ignore what a device sends: the connection is for wake-ups only."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
