"""Actions of members: add and remove others, propose, commit, and send messages."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.client.introduction import is_archive
from workbench.inspect.names import as_name, credential_name
from workbench.inspect.trace_writer import Sent
from workbench.lab.actions.action import DETAIL, NEWCOMER, TEXT, WHO, WHOM, action
from workbench.lab.actions.reasons import (
    PENDING,
    against_adding,
    against_member,
    against_psks,
    against_removing,
    has_pending,
)
from workbench.lab.errors import NotPossible
from workbench.lab.group import Group
from workbench.mls import Add, LeafIndex, Remove
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.wire.messages import NewMemberProposalSender


def _against_add(group: Group, by: str, *others: str) -> str | None:
    return against_member(group, by) or against_adding(group, others)


@action("{who} adds {newcomer}", WHO, NEWCOMER, reason=_against_add)
def add(group: Group, by: str, *others: str, path: bool = True) -> None:
    """Commit that the newcomers join.

    Without a path the commit is cheaper, but it brings no fresh keys.
    """
    group.offer_key_packages(others)
    group.make_commit(by, add=others, path=path)


def _against_remove(group: Group, by: str, *others: str) -> str | None:
    reason = against_member(group, by)
    if reason is None and group.members == (by,):
        return f"{by} is alone in the group"
    if reason is None and by in others:
        return f"{by} cannot commit its own removal: another member has to commit it"
    return reason or against_removing(group, others)


@action("{who} removes {whom}", WHO, WHOM, reason=_against_remove)
def remove(group: Group, by: str, *others: str) -> None:
    """Commit that the other member is removed."""
    group.make_commit(by, remove=[group.leaf(other) for other in others])


@action("{who} removes a leaf", WHO, DETAIL, reason=lambda group, by, *_: against_member(group, by))
def remove_leaf(group: Group, by: str, leaf: LeafIndex) -> None:
    """Commit that the member at a leaf is removed: the leaf tells two members of the same name apart."""
    group.make_commit(by, remove=[leaf])


def _against_update(group: Group, name: str) -> str | None:
    alone = group.members == (name,)
    reason = f"{name} is alone in the group: nobody else could commit the update" if alone else None
    return against_member(group, name) or reason


@action("{who} proposes an update", WHO, reason=_against_update)
def update(group: Group, name: str) -> None:
    """Propose a fresh leaf key. Another member has to commit it."""
    device = group.environment.devices[name]
    before = device.state(group.group_id)
    entry = device.propose_update(group.group_id)
    group.deliver_proposal(name, entry.message, f"{as_name(name)} proposed an update", before)


@action("{who} proposes to add {newcomer}", WHO, NEWCOMER, reason=_against_add)
def propose_add(group: Group, by: str, other: str) -> None:
    """Propose that the newcomer joins. Any member can commit it."""
    group.offer_key_packages([other])
    key_package = group.environment.devices[by].fetch_key_package(other, group.suite.id)
    _propose(group, by, Add(key_package), f"to add {as_name(other)}")


@action(
    "{who} proposes to remove {whom}",
    WHO,
    WHOM,
    reason=lambda group, by, *others: against_member(group, by) or against_removing(group, others),
)
def propose_remove(group: Group, by: str, other: str) -> None:
    """Propose that a member is removed, also oneself. Another member has to commit it."""
    _propose(group, by, Remove(group.leaf(other)), f"to remove {as_name(other)}")


def _propose(group: Group, by: str, proposal: AnyProposal, words: str) -> None:
    device = group.environment.devices[by]
    before = device.state(group.group_id)
    message = device.propose(group.group_id, proposal).message
    group.deliver_proposal(by, message, f"{as_name(by)} proposed {words}", before)


@action("{who} commits", WHO, reason=against_member)
def commit(group: Group, name: str, *, psks: Sequence[str | int] = (), path: bool = True, approve: bool = True) -> None:
    """Commit all pending proposals, with fresh keys from the leaf up to the root.

    Without a `path` there are no fresh keys. Without `approve` the commit leaves out people who propose to add
    themselves; the action `approve` names those whom it takes along. `psks` are mixed into the new epoch: external PSKs
    by their name, resumption PSKs by their epoch. A member that does not hold all of them waits until it does.
    """
    reason = against_psks(group, name, *psks)
    if reason is not None:
        raise NotPossible(reason)
    named = [psk if isinstance(psk, int) else psk.encode() for psk in psks]
    group.make_commit(name, psks=named, path=path, approve=approve)


def _requests(group: Group, by: str, newcomers: Sequence[str]) -> dict[bytes, str]:
    """The requests of these people to be added that wait for a commit, as far as a member knows."""
    state = group.state(by)
    waiting = () if state is None else state.proposals.items()
    return {
        reference: name
        for reference, sent in waiting
        if isinstance(sent.sender, NewMemberProposalSender)
        and isinstance(sent.proposal, Add)
        and (name := credential_name(sent.proposal.key_package.leaf_node)) in newcomers
    }


def _against_approve(group: Group, by: str, *newcomers: str) -> str | None:
    reason = against_member(group, by) or against_adding(group, newcomers)
    if reason is None:
        asked = _requests(group, by, newcomers).values()
        reason = next((f"{name} has not asked to be added" for name in newcomers if name not in asked), None)
    return reason


@action("{who} approves {newcomer}", WHO, NEWCOMER, reason=_against_approve)
def approve(group: Group, by: str, *newcomers: str) -> None:
    """Commit that these newcomers join, who have asked for it; the requests of others are left out."""
    group.make_commit(by, approve=tuple(_requests(group, by, newcomers)))


def _against_send(group: Group, name: str, _text: str = "") -> str | None:
    device = group.environment.devices[name]
    if is_archive(device.leaf_extensions):
        return f"{name} is an archive, which never sends"
    if group.group_id in device.device_state.decisions.locked:
        return f"{name} has locked the group, and sends nothing until it is unlocked"
    return against_member(group, name) or (PENDING if has_pending(group, name) else None)


@action("{who} sends the message", WHO, TEXT, reason=_against_send)
def send(group: Group, name: str, text: str) -> None:
    """Encrypt a message and send it to the group."""
    device = group.environment.devices[name]
    before = device.state(group.group_id)
    entry = device.send(group.group_id, text.encode())
    group.record.publish(Sent("application", name, entry.message))
    group.record.write("message", name, f"{as_name(name)} sent a message", before=before)
