"""Reports: the members can make a commit void that they refuse, and reopen its epoch (RFC 9750 §5.3).

The service cannot tell whether a commit is valid: a private one is encrypted, and even a public one holds encrypted
secrets. It accepts the first commit of an epoch, and then members may report it. The rule:

    A commit is void when more than half of the other members report it within `report_seconds`. Members are the devices
    that had a queue before the commit came.

A notice in the log says so. All entries after the void commit are void too, and the next commit of the old epoch is
accepted. Messages that follow the commit do not protect it, or its sender could protect it by a second commit.

Cost: the group stands still until enough members have reported. Members that had accepted the commit have deleted the
keys of the old epoch; they come back by an external commit. Members that the commit had added must be added again.

Abuse: more than half of the other members together can void a valid commit, such as one that removes one of them; in a
group of two, the other member alone can. They gain a delay: `reopenings_per_hour` bounds it, and each device has one
report for each commit. An insider that sends commits which nobody can process costs the group one round of reports for
each. The service and the members see the sender, so the members can remove it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from workbench.delivery.errors import NotAllowed, TooFast, WrongOrder
from workbench.delivery.log import reopened
from workbench.delivery.ports import Rows
from workbench.delivery.rows import Entry, Head
from workbench.delivery.settings import HOUR, Settings
from workbench.mls.wire.code_points import ContentType


@dataclass(frozen=True, slots=True)
class Tally:
    """The number of members that have reported a commit, the number that may, and whether the commit is void."""

    reports: int
    voters: int
    void: bool


def is_void(reports: int, voters: int) -> bool:
    """Whether more than half of the other members refuse a commit."""
    return 2 * reports > voters


def report(rows: Rows, head: Head, index: int, device: str, *, now: int | None, settings: Settings) -> Tally:
    """Note that a device refuses the commit at a place of the log, and reopen its epoch if enough devices do.

    Raises `WrongOrder` if there is no such commit, or it is too old; `NotAllowed` if the device joined after it or sent
    it; `TooFast` if the group was reopened too often in the last hour.
    """
    commit = _commit_at(rows, head, index)
    if now is not None and commit.sent_at is not None and now - commit.sent_at > settings.report_seconds:
        raise WrongOrder(f"the commit was taken more than {settings.report_seconds} seconds ago, and stands")
    members = rows.members(head.group_id)
    voters = {member.device for member in members if member.joined <= index} - {commit.sender}
    if device not in voters:
        raise NotAllowed("only devices that were members before a commit came, and did not send it, may report it")
    if commit.void:
        return Tally(len(rows.reporters(head.group_id, index) & voters), len(voters), void=True)
    rows.add_report(head.group_id, index, device)
    reports = len(rows.reporters(head.group_id, index) & voters)
    if not is_void(reports, len(voters)):
        return Tally(reports, len(voters), void=False)
    if now is not None and rows.reopenings(head.group_id, now - HOUR) >= settings.reopenings_per_hour:
        reason = f"the group was reopened {settings.reopenings_per_hour} times in the last hour"
        raise TooFast(f"{reason}: remove the member who sends such commits, or who reports good ones", retry_after=HOUR)
    _reopen(rows, head, commit, now)
    return Tally(reports, len(voters), void=True)


def _commit_at(rows: Rows, head: Head, index: int) -> Entry:
    for entry in rows.entries(head.group_id, index, 1, None):
        if entry.index == index and entry.content_type is ContentType.commit:
            return entry
    raise WrongOrder(f"there is no commit at place {index} of the log")


def _reopen(rows: Rows, head: Head, commit: Entry, now: int | None) -> None:
    """Go back to the epoch of a commit, and close the queues of devices that joined by it or later."""
    notice, moved = reopened(head, commit)
    rows.make_void(head.group_id, commit.index)
    rows.add_entry(replace(notice, sent_at=now), None)
    rows.put_head(moved)
    rows.put_group_info(head.group_id, None)
    for member in rows.members(head.group_id):
        if member.joined > commit.index:
            rows.drop_member(head.group_id, member.device)
    rows.withdraw_invitations(head.group_id, commit.index)
