"""The delivery service for one device, which is known by its signature key: a `Transport` (RFC 9750 §5).

A device has a queue in each group that it has founded, that it was invited to by a Welcome for one of its key packages,
or that it has joined by an external commit. It reads only its own queues. It sends only to groups in which it has a
queue, except for messages that a client outside may send (RFC 9420 §12.1.8, §12.4.3.2). Each call takes a token out of
the buckets of the device and the group; a refused call takes none.
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
from workbench.delivery.signatures import check_signature, described_group, group_info_in
from workbench.delivery.topics import device_topic, group_topic
from workbench.mls.errors import MLSError
from workbench.mls.wire.code_points import ContentType, SenderType

OUTSIDE = frozenset({SenderType.external, SenderType.new_member_proposal})
"""The kinds of senders that may send a proposal without being a member: the members decide whether to commit it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One message of a batch."""

    group_id: bytes
    message: bytes
    welcome: bytes | None = None


class DeviceAccess:
    """The service for one device that has logged in (`sessions`)."""

    def __init__(self, service: DeliveryService, device: DeviceRow | None = None) -> None:
        """Access for a device that has logged in; without `device`, for the one that `identify` names later."""
        self._service = service
        self._device = device
        self._claim: Callable[[], Claim] | None = None

    @property
    def device(self) -> DeviceRow:
        """The device. One that `identify` has named is registered at its first call."""
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
        """Keep the function that names the device; it is called at the first call of the device."""
        self._claim = claim

    def _write(self) -> AbstractContextManager[Rows]:
        """A writing transaction. The device is registered before it: a store may have only one writer at a time."""
        _ = self.device
        return self._service.store.write()

    def _read(self) -> AbstractContextManager[Rows]:
        _ = self.device
        return self._service.store.read()

    # Key packages

    def publish_key_package(self, user: str, message: bytes) -> None:
        """Publish one key package of the device; raises what `publish_key_packages` raises."""
        if user != self.device.user:
            raise NotAllowed(f"a device of {self.device.user} publishes key packages of its own, not of {user}")
        self.publish_key_packages([message])

    def publish_key_packages(self, messages: Sequence[bytes]) -> None:
        """Publish all of these key packages of the device, or none.

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
        """Take a key package of a user, or of one of the user's devices, out of the directory.

        The number of key packages that one device takes of one user is limited, so that it cannot empty the directory.
        Raises `NoKeyPackage`.
        """
        check_user(user)
        service = self._service
        with self._write() as rows:
            message = directory.take(rows, user, cipher_suite, device, now=service.clock())
            self._pay(rows, "takes", f"{self._id}:{user}", service.settings.of_takes)
            return message

    def supply(self) -> Supply:
        """The number of key packages of this device that are left, and the number that it should publish."""
        settings, now = self._service.settings, self._service.clock()
        with self._read() as rows:
            left = rows.key_packages_left(self.device.user, self._id)
            last_resort = rows.last_resort(self.device.user, self.device.cipher_suite, self._id, now)
            return directory.supply(left, self.device, settings=settings, last_resort=last_resort is not None)

    def devices_of(self, user: str) -> tuple[DeviceRow, ...]:
        """The devices of a user; each has its own key packages."""
        with self._read() as rows:
            return rows.devices_of(user)

    def approve(self, device: str) -> None:
        """Allow a device with this id to register for the same user."""
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
        """The epoch to which the accepted commits lead. A device outside of the group may ask too."""
        return self._service.epoch(group_id)

    def submit(self, group_id: bytes, message: bytes, welcome: bytes | None = None) -> Entry:
        """Append a message to the log of its group; raises what `groups.submit` raises, and `WrongSignature`."""
        submission = Submission(message, welcome, self._service.custom, self._service.settings)
        with self._write() as rows:
            return self._submit(rows, group_id, submission)

    def submit_all(self, uploads: Sequence[Upload]) -> tuple[Entry | Refused | MLSError, ...]:
        """Append messages in order, in one transaction; return for each its entry, or the error of its refusal."""
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
        if submission.public is not None and submission.address.epoch == head.epoch:
            check_signature(submission.public, rows.group_info(group_id))
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
        """Refuse a message of a kind of sender that this device cannot be; the members check the rest."""
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
        """Keep a member's GroupInfo for clients outside, if the founder has allowed joins by a commit.

        Raises `InvalidGroupInfoUpload`, `WrongOrder`, `NotAllowed`.
        """
        context = group_info_in(message).group_context
        described_group(message)
        with self._write() as rows:
            head = groups.head_of(rows, context.group_id)
            self._member(rows, head.group_id)
            if head.external_joins == "none":
                raise NotAllowed("the founder of this group has not opened it for joins by a commit")
            groups.describe(rows, message)
            self._pay(rows, "device", self._id, self._service.settings.of_device)

    def group_info(self, group_id: bytes) -> bytes:
        """The GroupInfo of the present epoch, if the founder has opened the group for this device.

        Raises `NoGroupInfo`, `NotAllowed`.
        """
        with self._read() as rows:
            head = groups.head_of(rows, group_id)
            if head.external_joins != "open":
                self._member(rows, group_id)
            return groups.description(rows, group_id)

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

    def page(self, group_id: bytes, start: int) -> Page:
        """One page of the log of a group, from one index on; raises `NotAllowed` without a queue in the group.

        A device does not see entries from before it joined.
        """
        with self._read() as rows:
            member = self._member(rows, group_id)
            head = groups.head_of(rows, group_id)
            return queues.page(rows, head, max(start, member.joined), settings=self._service.settings)

    def inbox(self) -> Inbox:
        """One page of the unread entries of this device in all groups."""
        with self._read() as rows:
            return queues.inbox(rows, self._id, settings=self._service.settings)

    def acknowledge(self, group_id: bytes, next_index: int) -> None:
        """Acknowledge all entries before a place of a group's log; raises `WrongOrder` beyond its end."""
        self.acknowledge_all({group_id: next_index})

    def acknowledge_all(self, places: Mapping[bytes, int]) -> None:
        """Acknowledge entries of several groups at once."""
        now = self._service.clock()
        with self._write() as rows:
            for group_id, next_index in sorted(places.items()):
                member = self._member(rows, group_id)
                queues.acknowledge(rows, member, groups.head_of(rows, group_id), next_index, now=now)

    def invitations(self, key_package_ref: bytes) -> tuple[Invitation, ...]:
        """The unread Welcomes for one of the device's key packages."""
        return tuple(invitation for reference, invitation in self.welcomes() if reference == key_package_ref)

    def welcomes(self) -> tuple[tuple[bytes, Invitation], ...]:
        """The unread Welcomes for the device, each with the reference of its key package."""
        with self._read() as rows:
            return rows.invitations_of(self._id)

    def accept(self, key_package_ref: bytes, group_id: bytes, next_index: int) -> None:
        """Mark a Welcome as read. Raises `WrongOrder` if there is no such unread Welcome."""
        with self._write() as rows:
            if not rows.read_invitation(self._id, key_package_ref, group_id, next_index):
                raise WrongOrder("no such Welcome waits for this device")

    def leave(self, group_id: bytes) -> None:
        """Close the device's queue in a group. The service cannot remove a member: that takes a proposal."""
        with self._write() as rows:
            self._member(rows, group_id)
            rows.drop_member(group_id, self._id)
            rows.wake([device_topic(self._id)])

    def report(self, group_id: bytes, index: int) -> bool:
        """Report that this device refuses the commit at a place; return whether the commit is void (`reports`)."""
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
