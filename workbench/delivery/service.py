"""The delivery service for its operator: everything that it keeps, and everything that it can do.

A program that holds this object runs the service, so the calls ask for no login. A lesson gives the object to all its
devices, which use it as their `Transport`. `access.DeviceAccess` has what a single device may do, and HTTP offers only
that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from workbench.delivery import directory, groups, queues, reports
from workbench.delivery.checks import check_group_id, check_user, checked_key_package
from workbench.delivery.clocks import no_clock
from workbench.delivery.memory import MemoryStore
from workbench.delivery.ports import Clock, Sign, Store
from workbench.delivery.rows import Claim, Entry, ExternalJoins, Invitation
from workbench.delivery.settings import DAY, Settings
from workbench.delivery.signatures import group_info_in
from workbench.delivery.topics import device_topic, group_topic


class DeliveryService:
    """A delivery service: it puts the messages of each group in one order, and keeps them until devices fetch them.

    The service sees every byte on the wire, who published which key package and who fetched it, and no secret. It
    refuses what it cannot decode, so `custom` has to list the custom proposal types of its groups. `clock` gives the
    seconds since 1970; without a clock the service does not check lifetimes, and its entries have no time. `store`
    keeps everything, by default in the memory of this process.
    """

    def __init__(
        self,
        custom: frozenset[int] = frozenset(),
        *,
        clock: Clock = no_clock,
        store: Store | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.custom = custom
        self.clock = clock
        self.store: Store = MemoryStore() if store is None else store
        self.settings = Settings() if settings is None else settings

    def identify(self, claim: Callable[[], Claim], sign: Sign) -> None:
        """Do nothing: a program that holds this object may do everything."""

    # Key packages, for one cipher suite each (RFC 9420 §16.8: each is handed out once, but for one of last resort)

    def publish_key_package(self, user: str, message: bytes, *, device: str = "") -> None:
        """Keep a key package until somebody wants to add the user; the Welcome for it goes to `device`.

        A key package of last resort replaces the former one. Raises `InvalidKeyPackageUpload`, `AlreadyThere`.
        """
        check_user(user)
        now, longest = self.clock(), self.settings.key_package_seconds
        key_package = checked_key_package(message, now=now, longest=longest)
        with self.store.write() as rows:
            directory.publish(rows, device, user, message, key_package, settings=self.settings)

    def take_key_package(self, user: str, cipher_suite: int) -> bytes:
        """Take the oldest key package of a user. If none is left, return the one of last resort, which stays.

        Key packages whose lifetime is over are left out. Raises `NoKeyPackage`.
        """
        with self.store.write() as rows:
            return directory.take(rows, user, cipher_suite, now=self.clock())

    def key_packages_left(self, user: str, cipher_suite: int) -> int:
        """How many key packages of a user can still be handed out, each once."""
        with self.store.read() as rows:
            return rows.key_packages_left(user, None).get(cipher_suite, 0)

    # Groups

    def open_group(
        self, group_id: bytes, epoch: int = 0, *, late_epochs: int = 0, external_joins: ExternalJoins = "open"
    ) -> None:
        """Start the log of a new group; raises `AlreadyThere` if there is one.

        `late_epochs` is the number of past epochs whose messages the members can still read.
        """
        check_group_id(group_id)
        with self.store.write() as rows:
            groups.open_group(rows, group_id, epoch, late_epochs=late_epochs, external_joins=external_joins)

    def epoch(self, group_id: bytes) -> int:
        """The epoch that the accepted commits lead to."""
        with self.store.read() as rows:
            return groups.head_of(rows, group_id).epoch

    def submit(self, group_id: bytes, message: bytes, welcome: bytes | None = None, *, sender: str = "") -> Entry:
        """Append a message to its group's log, and keep the Welcome that belongs to it (`groups.submit`)."""
        submission = groups.Submission(message, welcome, self.custom, self.settings)
        now, settings = self.clock(), self.settings
        with self.store.write() as rows:
            head = groups.head_of(rows, group_id)
            entry = groups.submit(rows, head, submission, sender=sender, now=now, settings=settings)
            owners = (rows.key_package_owner(reference) for reference in submission.new_members)
            rows.wake([group_topic(group_id), *(device_topic(owner) for owner in owners if owner)])
            return entry

    def entries(self, group_id: bytes, start: int = 0) -> tuple[Entry, ...]:
        """The log from one index on."""
        with self.store.read() as rows:
            groups.head_of(rows, group_id)
            return rows.entries(group_id, start, None, None)

    def acknowledge(self, group_id: bytes, next_index: int) -> None:
        """Do nothing: the operator has no queue."""

    def report(self, group_id: bytes, index: int, *, device: str = "") -> bool:
        """Report that a device cannot accept the commit at an index; True if its epoch is open again (`reports`)."""
        with self.store.write() as rows:
            head = groups.head_of(rows, group_id)
            tally = reports.report(rows, head, index, device, now=self.clock(), settings=self.settings)
            rows.wake([group_topic(group_id)])
            return tally.void

    def publish_group_info(self, message: bytes) -> None:
        """Keep the GroupInfo that a member has made, for clients outside; raises `WrongOrder` if it is out of date."""
        group_info_in(message)
        with self.store.write() as rows:
            groups.describe(rows, message)

    def group_info(self, group_id: bytes) -> bytes:
        """The GroupInfo of a group in its present epoch; raises `NoGroupInfo` (RFC 9420 §12.4.3)."""
        with self.store.read() as rows:
            return groups.description(rows, group_id)

    def invitations(self, key_package_ref: bytes) -> tuple[Invitation, ...]:
        """The Welcomes that have come for a key package: at most one, unless it is a key package of last resort."""
        with self.store.read() as rows:
            return rows.invitations(key_package_ref)

    def accept(self, key_package_ref: bytes, group_id: bytes, next_index: int) -> None:
        """Do nothing: the operator keeps all Welcomes."""

    # Queues

    def waiting(self, group_id: bytes, device: str) -> tuple[Entry, ...]:
        """The messages of a group that a device has not acknowledged."""
        with self.store.read() as rows:
            member = rows.member(group_id, device)
            return () if member is None else rows.entries(group_id, member.next_index, None, None)

    def drop(self, group_id: bytes, device: str) -> None:
        """Never give a device the messages of a group that it has not acknowledged: an attack of the operator."""
        with self.store.write() as rows:
            member, end = rows.member(group_id, device), groups.head_of(rows, group_id).length
            if member is not None:
                rows.put_member(replace(member, next_index=end, joined=end))

    # Housekeeping

    def queue_sizes(self) -> dict[tuple[str, bytes], int]:
        """How many messages wait in each queue that is not empty, by device and group."""
        sizes = {}
        with self.store.read() as rows:
            for head in rows.groups():
                for member in rows.laggards(head.group_id, head.length):
                    sizes[member.device, head.group_id] = head.length - member.next_index
        return sizes

    def sweep(self) -> dict[str, int]:
        """Delete expired objects; how many of each kind. Each group has its own transaction, so that nobody waits."""
        now, settings = self.clock(), self.settings
        if now is None:
            return {}
        with self.store.write() as rows:
            dropped = {
                "key packages": rows.drop_key_packages(now - DAY),
                "tickets": rows.drop_tickets(now),
                "Welcomes": rows.drop_invitations(now - settings.handshake_retention, read=False)
                + rows.drop_invitations(now - settings.delivered_retention, read=True),
                "buckets": rows.drop_buckets(now - DAY),
                "audit records": rows.drop_audit(now - settings.audit_retention),
            }
        with self.store.read() as rows:
            group_ids = [head.group_id for head in rows.groups()]
        freed = 0
        for group_id in group_ids:
            with self.store.write() as rows:
                freed += queues.sweep_group(rows, groups.head_of(rows, group_id), now=now, settings=settings)
        return {**dropped, "bytes": freed}
