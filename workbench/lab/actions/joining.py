"""Actions of people who join or come back without an invitation."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.inspect.names import as_name, commit_words
from workbench.inspect.trace_writer import Sent
from workbench.lab.actions.action import NEWCOMER, WHO, action
from workbench.lab.actions.reasons import against_held, against_outsider, against_psks, psk_words
from workbench.lab.errors import NotPossible
from workbench.lab.group import Group

NO_HOST = "No member can be reached who could publish a GroupInfo"


def _against_join(group: Group, name: str) -> str | None:
    reason = against_outsider(group)
    if reason is None and not group.hosts(name):
        return NO_HOST
    return reason or _against_member_already(group, name) or against_held(group, name)


@action("{newcomer} joins by a commit", NEWCOMER, reason=_against_join)
def join(group: Group, name: str, *, psks: Sequence[str] = ()) -> None:
    """The newcomer joins by its own commit. It needs only the GroupInfo, which a member publishes."""
    reason = against_psks(group, name, *psks)
    if reason is not None:
        raise NotPossible(reason)
    _come_in(group, name, commit_words(as_name(name), psks=[psk_words(psk) for psk in psks], external=True), psks)


def _against_resync(group: Group, name: str) -> str | None:
    reason = against_outsider(group)
    if reason is None and not group.hosts(name):
        return NO_HOST
    return reason or (None if name in group.members else f"{name} cannot come back: it has no leaf in the group")


@action("{who} comes back", WHO, reason=_against_resync)
def resync(group: Group, name: str) -> None:
    """Come back by an external commit, which replaces the old leaf by a new one.

    The device cannot read the messages that it missed. With an alarm of a fork, it gives up its side.
    """
    group.environment.held.discard(name)
    device = group.environment.devices[name]
    if group.group_id in device.device_state.alarms:
        device.forks.give_up_side(group.group_id)
    _come_in(group, name, commit_words(as_name(name), removed=[name], external=True), ())


def _come_in(group: Group, name: str, words: str, psks: Sequence[str]) -> None:
    """Let a member publish a GroupInfo, and let somebody join with it by a commit (RFC 9420 §12.4.3.2)."""
    before = group.record.latest()
    group.describe(group.hosts(name)[0])
    device = group.environment.devices[name]
    entry = device.join_by_commit(group.group_id, psks=[psk.encode() for psk in psks])
    group.record.publish(Sent("commit", name, entry.message))
    group.record.write("commit", name, words, before=before)


def _against_request(group: Group, name: str) -> str | None:
    return against_outsider(group) or _against_member_already(group, name) or against_held(group, name)


@action("{newcomer} asks to join", NEWCOMER, reason=_against_request)
def request_to_join(group: Group, name: str) -> None:
    """The newcomer proposes that it is added. A member decides with its commit."""
    before = group.record.latest()
    entry = group.environment.devices[name].ask_to_be_added(group.group_id, group.suite.id)
    group.deliver_proposal(name, entry.message, f"{as_name(name)} asked to be added", before)


def _against_member_already(group: Group, name: str) -> str | None:
    return f"{name} is in the group already" if name in group.members else None
