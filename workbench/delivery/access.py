"""What one device may do: the delivery service as a `Transport` for a device that is known by its signature key.

Nobody reads another's queue: a device fetches from groups whose queue it has, which it gets by founding the group, by
a Welcome for one of its key packages, or by its own external commit. The same holds for what it sends, but for what
somebody outside may send (RFC 9420 §12.1.8, §12.4.3.2). Each call takes a token out of the buckets of the device and
the group; a refusal takes none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from workbench.delivery import directory, groups, queues, reports, sessions
from workbench.delivery.checks import check_group_id, check_user, checked_key_package
from workbench.delivery.directory import Supply
from workbench.delivery.errors import NotAllowed, NotAuthenticated, QueueFull, Refused, WrongOrder
from workbench.delivery.groups import Submission
from workbench.delivery.limits import Rate, take
from workbench.delivery.ports import Rows, Sign
from workbench.delivery.queues import Inbox, Page
from workbench.delivery.rows import Claim, DeviceRow, Entry, ExternalJoins, Head, Invitation, Member
from workbench.delivery.service import DeliveryService
from workbench.delivery.topics import device_topic, group_topic
from workbench.mls.errors import MLSError
from workbench.mls.wire.code_points import ContentType, SenderType

OUTSIDE = frozenset({SenderType.external, SenderType.new_member_proposal})
"""Who may send a proposal without being a member: the members decide what becomes of it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One message of a batch."""

    group_id: bytes
    message: bytes
    welcome: bytes | None = None


class DeviceAccess:
    """The service for one device, which has proved who it is (`sessions`)."""

    def __init__(self, service: DeliveryService, device: DeviceRow | None = None) -> None:
        """Access for a device that has proved who it is; in process also for one that says so when it is needed."""
        self._service = service
        self._device = device
        self._claim: Callable[[], Claim] | None = None

    @property
    def device(self) -> DeviceRow:
        """The device. In process it is registered when it does something for the first time."""
        if self._device is not None:
            return self._device
        if self._claim is None:
            raise NotAuthenticated("no device uses this access yet: give it to a Device, or call identify")
        claim = self._claim()
        row = DeviceRow(claim.device, claim.user, claim.cipher_suite, claim.signature_key, self._service.clock())
        with self._service.store.write() as rows:
            if rows.device(row.device) is None:
                rows.add_device(row)
        self._device = row
        return row

    @property
    def _id(self) -> str:
        return self.device.device

    def identify(self, claim: Callable[[], Claim], sign: Sign) -> None:  # noqa: ARG002 # in process nobody asks for it
        """Take note of who the device is, if that is not known; it is asked when it does something."""
        self._claim = claim

    def _write(self) -> AbstractContextManager[Rows]:
        """A transaction, for a device that is registered before it begins: a store may have one writer at a time."""
        _ = self.device
        return self._service.store.write()

    def _read(self) -> AbstractContextManager[Rows]:
        _ = self.device
        return self._service.store.read()

    # Key packages

    def publish_key_package(self, user: str, message: bytes) -> None:
        """Keep one of the device's own key packages; raises what `publish_key_packages` raises."""
        if user != self.device.user:
            raise NotAllowed(f"a device of {self.device.user} publishes key packages of its own, not of {user}")
        self.publish_key_packages([message])

    def publish_key_packages(self, messages: Sequence[bytes]) -> None:
        """Keep all of these key packages of the device, or none.

        Raises `InvalidKeyPackageUpload`, `AlreadyThere`, `DirectoryFull`.
        """
        service = self._service
        now, longest = service.clock(), service.settings.key_package_seconds
        checked = [checked_key_package(message, now=now, longest=longest) for message in messages]
        for key_package in checked:
            directory.check_owner(self.device, key_package)
        with self._write() as rows:
            self._pay(rows, "device", self._id, service.settings.of_device, len(messages))
            for message, key_package in zip(messages, checked, strict=True):
                user = self.device.user
                directory.publish(rows, self._id, user, message, key_package, settings=service.settings)

    def take_key_package(self, user: str, cipher_suite: int, device: str | None = None) -> bytes:
        """A key package of a user, or of one of the user's devices, which nobody else gets.

        One device takes only so many of one user's, so that it cannot drain the directory. Raises `NoKeyPackage`.
        """
        check_user(user)
        service = self._service
        with self._write() as rows:
            message = directory.take(rows, user, cipher_suite, device, now=service.clock())
            self._pay(rows, "takes", f"{self._id}:{user}", service.settings.of_takes)
            return message

    def supply(self) -> Supply:
        """How many key packages of this device are left, and how many it should publish."""
        settings, now = self._service.settings, self._service.clock()
        with self._read() as rows:
            left = rows.key_packages_left(self.device.user, self._id)
            last_resort = rows.last_resort(self.device.user, self.device.cipher_suite, self._id, now)
            return directory.supply(left, self.device, settings=settings, last_resort=last_resort is not None)

    def devices_of(self, user: str) -> tuple[DeviceRow, ...]:
        """The devices of a user, each of which has key packages of its own."""
        with self._read() as rows:
            return rows.devices_of(user)

    def approve(self, device: str) -> None:
        """Let a device of this id register for the same user."""
        with self._write() as rows:
            self._pay(rows, "device", self._id, self._service.settings.of_device)
            sessions.approve(rows, self.device.user, device, now=self._service.clock() or 0)

    # Groups

    def open_group(
        self, group_id: bytes, epoch: int = 0, *, late_epochs: int = 0, external_joins: ExternalJoins = "open"
    ) -> None:
        """Start the log of a new group, and a queue for its founder; raises `AlreadyThere`."""
        check_group_id(group_id)
        service = self._service
        with self._write() as rows:
            self._check_groups(rows)
            groups.open_group(rows, group_id, epoch, late_epochs=late_epochs, external_joins=external_joins)
            self._pay(rows, "device", self._id, service.settings.of_device)
            rows.put_member(Member(group_id, self._id, 0, 0, service.clock()))
            rows.wake([device_topic(self._id)])

    def epoch(self, group_id: bytes) -> int:
        """The epoch that the accepted commits lead to; who is not in the group may ask too, to join it."""
        return self._service.epoch(group_id)

    def submit(self, group_id: bytes, message: bytes, welcome: bytes | None = None) -> Entry:
        """Append a message to the log of its group (`groups.submit`)."""
        submission = Submission(message, welcome, self._service.custom, self._service.settings)
        with self._write() as rows:
            return self._submit(rows, group_id, submission)

    def submit_all(self, uploads: Sequence[Upload]) -> tuple[Entry | Refused | MLSError, ...]:
        """Append messages one after another in one transaction: for each its entry, or why it was refused."""
        results: list[Entry | Refused | MLSError] = []
        with self._write() as rows:
            for upload in uploads:
                try:
                    submission = Submission(
                        upload.message, upload.welcome, self._service.custom, self._service.settings
                    )
                    with rows.savepoint():
                        results.append(self._submit(rows, upload.group_id, submission))
                except (Refused, MLSError) as error:
                    results.append(error)
        return tuple(results)

    def _submit(self, rows: Rows, group_id: bytes, submission: Submission) -> Entry:
        settings, now = self._service.settings, self._service.clock()
        head = groups.head_of(rows, group_id)
        self._check_sender(rows, head, submission)
        if submission.address.content_type is ContentType.application:
            queues.check_room(rows, head, len(submission.message), now=now, settings=settings)
        entry = groups.submit(rows, head, submission, sender=self._id, now=now, settings=settings)
        if submission.own_key_package is not None:
            directory.note_request(rows, self._id, self.device.user, submission.own_key_package)
        self._pay(rows, "device", self._id, settings.of_device)
        self._pay(rows, "group", hashlib.sha256(group_id).hexdigest(), settings.of_group)
        owners = {rows.key_package_owner(reference) for reference in submission.new_members}
        rows.wake([group_topic(group_id), *(device_topic(owner) for owner in sorted(filter(None, owners)))])
        if submission.address.sender is SenderType.new_member_commit:
            rows.wake([device_topic(self._id)])
        return entry

    def _check_sender(self, rows: Rows, head: Head, submission: Submission) -> None:
        """Whether this device may send what the message says that it is; the members check the rest."""
        sender = submission.address.sender
        if sender in OUTSIDE or rows.member(head.group_id, self._id) is not None:
            return
        if sender is not SenderType.new_member_commit:
            raise NotAllowed("only a device that receives the messages of a group sends messages of a member")
        if head.external_joins != "open":
            raise NotAllowed("the founder of this group has not opened it for joins by a commit")
        self._check_groups(rows)

    def _check_groups(self, rows: Rows) -> None:
        most = self._service.settings.groups_per_device
        if len(rows.memberships(self._id)) >= most:
            raise QueueFull(f"this device is in {most} groups, and may be in no more: leave one first")

    def publish_group_info(self, message: bytes) -> None:
        """Keep what this member says of its group for those outside, if the founder has allowed joins by a commit."""
        context = groups.group_info_in(message).group_context
        with self._write() as rows:
            head = groups.head_of(rows, context.group_id)
            self._member(rows, head.group_id)
            if head.external_joins == "none":
                raise NotAllowed("the founder of this group has not opened it for joins by a commit")
            groups.describe(rows, message)
            self._pay(rows, "device", self._id, self._service.settings.of_device)

    def group_info(self, group_id: bytes) -> bytes:
        """The description of a group in its present epoch, for whom the founder has opened it; raises `NoGroupInfo`."""
        with self._read() as rows:
            head = groups.head_of(rows, group_id)
            if head.external_joins != "open":
                self._member(rows, group_id)
            return groups.description(rows, group_id)

    # The device's own queues

    def entries(self, group_id: bytes, start: int = 0) -> tuple[Entry, ...]:
        """The log of a group from one index on, in as many pages as it takes."""
        found: list[Entry] = []
        while True:
            page = self.page(group_id, start)
            found += page.entries
            if not page.left:
                return tuple(found)
            start = page.entries[-1].index + 1

    def page(self, group_id: bytes, start: int) -> Page:
        """The log of a group from one index on, as far as one page goes; raises `NotAllowed` for another's group.

        A device sees nothing from before it came in.
        """
        with self._read() as rows:
            member = self._member(rows, group_id)
            head = groups.head_of(rows, group_id)
            return queues.page(rows, head, max(start, member.joined), settings=self._service.settings)

    def inbox(self) -> Inbox:
        """What waits for this device in all groups, as far as one page goes."""
        with self._read() as rows:
            return queues.inbox(rows, self._id, settings=self._service.settings)

    def acknowledge(self, group_id: bytes, next_index: int) -> None:
        """Say that everything before a place of a group's log has been read; raises `WrongOrder` beyond its end."""
        self.acknowledge_all({group_id: next_index})

    def acknowledge_all(self, places: Mapping[bytes, int]) -> None:
        """The same for several groups at once."""
        now = self._service.clock()
        with self._write() as rows:
            for group_id, next_index in sorted(places.items()):
                member = self._member(rows, group_id)
                queues.acknowledge(rows, member, groups.head_of(rows, group_id), next_index, now=now)

    def invitations(self, key_package_ref: bytes) -> tuple[Invitation, ...]:
        """The Welcomes that wait for one of the device's key packages."""
        return tuple(invitation for reference, invitation in self.welcomes() if reference == key_package_ref)

    def welcomes(self) -> tuple[tuple[bytes, Invitation], ...]:
        """The Welcomes that wait for the device, each with the name of its key package."""
        with self._read() as rows:
            return rows.invitations_of(self._id)

    def accept(self, key_package_ref: bytes, group_id: bytes, next_index: int) -> None:
        """Forget a Welcome: it was read. Raises `WrongOrder` if none of this place waits."""
        with self._write() as rows:
            if not rows.read_invitation(self._id, key_package_ref, group_id, next_index):
                raise WrongOrder("no such Welcome waits for this device")

    def leave(self, group_id: bytes) -> None:
        """Receive nothing more of a group. Members have to be told by a proposal: the service cannot remove anybody."""
        with self._write() as rows:
            self._member(rows, group_id)
            rows.drop_member(group_id, self._id)
            rows.wake([device_topic(self._id)])

    def report(self, group_id: bytes, index: int) -> bool:
        """Say that this device cannot accept the commit at a place; whether its epoch is open again (`reports`)."""
        service = self._service
        with self._write() as rows:
            self._member(rows, group_id)
            head = groups.head_of(rows, group_id)
            self._pay(rows, "device", self._id, service.settings.of_device)
            tally = reports.report(rows, head, index, self._id, now=service.clock(), settings=service.settings)
            rows.wake([group_topic(group_id)])
            return tally.void

    def _member(self, rows: Rows, group_id: bytes) -> Member:
        member = rows.member(group_id, self._id)
        if member is None:
            raise NotAllowed("this device does not receive the messages of the group")
        return member

    def _pay(self, rows: Rows, kind: str, name: str, rate: Rate, cost: int = 1) -> None:
        now = self._service.clock()
        if now is None:
            return
        key = f"{kind}:{name}"
        rows.put_bucket(key, take(f"this {kind}", rows.bucket(key), rate, float(now), cost))
