"""How a device follows the log of a group: it reads entry by entry, and writes each state down with what it learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from workbench.client.care import NO_CARE, Care
from workbench.client.device_state import Membership
from workbench.client.events import Event
from workbench.client.fork_watch import heard
from workbench.client.journal import Journal
from workbench.client.lookups import arrived
from workbench.client.reading import Process, Reading, next_entry, read
from workbench.client.server_time import JudgedTime, judged_time
from workbench.delivery import Entry, Transport
from workbench.mls import GroupState, Misuse, PendingCommit, Received, process
from workbench.mls.group.public_commit import ProcessPublicCommit


def membership_in(journal: Journal, group_id: bytes) -> Membership:
    """A group of the device; raises `Misuse` if it is not in the group."""
    if group_id not in journal.state.groups:
        raise Misuse("§12.4.3", f"this device is not in the group {group_id.hex()}")
    return journal.state.groups[group_id]


def _cared(care: Care, before: GroupState, reading: Reading, *, now: int) -> Care:
    event, after = reading.event, reading.membership.state
    member, is_message = (b"", False) if event is None else (event.member, event.kind == "message")
    return care.after(before, after, member=member, messages=int(is_message), now=now)


def _named(time: JudgedTime, membership: Membership) -> Iterator[Event]:
    """The event that names a service that states a wrong time."""
    if time.complaint:
        state = membership.state
        advice = (
            "Messages are judged by a time within the bound. Compare the clocks, and ask the operator of the service."
        )
        yield Event("clock", state.group_id, state.epoch, "", time.complaint, advice=advice)


class LogReader:
    """Reads the logs of the groups of one device."""

    def __init__(
        self,
        journal: Journal,
        service: Transport,
        clock: Callable[[], int],
        process_public: ProcessPublicCommit,
    ) -> None:
        self._journal = journal
        self._service = service
        self._clock = clock
        self._process_public = process_public

    def catch_up(self, group_id: bytes, *, messages: bool, until: int | None) -> tuple[Event, ...]:
        """Send what waits in the outbox, read the new entries (`Device.fetch`), and acknowledge them to the service."""
        journal, events = self._journal, list(self._journal.send_again(self._service, group_id))
        known = membership_in(journal, group_id)
        membership, entries = arrived(self._service, known, messages=messages, until=until)
        if membership is not known:
            journal.put(journal.state.with_group(membership))
        waiting = list(entries)
        while (entry := next_entry(waiting, membership_in(journal, group_id))) is not None:
            known = membership_in(journal, group_id)
            is_next = entry.index >= known.next_index
            time = judged_time(known.server_time, entry.sent_at, now=self._clock(), is_next=is_next)
            reading = read(
                replace(known, server_time=time.seen), entry, self.reading_of(replace(entry, sent_at=time.sent_at))
            )
            after, event = heard(journal.state.with_group(reading.membership), reading.event)
            told = (*_named(time, known), *(() if event is None else (event,)))
            care = _cared(after.care.get(group_id, NO_CARE), known.state, reading, now=self._clock())
            journal.put(after.with_care(group_id, care), *told)
            events += told
            if reading.stops:
                break
        self._service.acknowledge(group_id, membership_in(journal, group_id).first_unread)
        return tuple(events)

    def reading_of(self, entry: Entry) -> Process:
        """What processes an entry, given a state."""

        def process_entry(state: GroupState, pending: PendingCommit | None) -> tuple[GroupState, Received]:
            return process(
                state,
                entry.message,
                now=self._clock(),
                sent_at=entry.sent_at,
                psks=self._journal.state.all_psks,
                pending=pending,
                process_public=self._process_public,
            )

        return process_entry
