"""Actions of external senders: outsiders from whom the group accepts proposals (RFC 9420 §12.1.8)."""

from __future__ import annotations

from workbench.inspect.names import as_name
from workbench.lab.actions.action import NEWCOMER, OUTSIDER, WHO, WHOM, action
from workbench.lab.actions.reasons import (
    against_adding,
    against_held,
    against_member,
    against_outsider,
    against_removing,
    sender_index,
)
from workbench.lab.errors import NotPossible
from workbench.lab.group import Group
from workbench.mls import Add, GroupContextExtensions, Remove, encode
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.extensions import ExternalSenders
from workbench.mls.wire.tree import Extension


def _against_listening(group: Group, by: str, *others: str) -> str | None:
    known = next((name for name in others if sender_index(group, name) is not None), None)
    reason = None if known is None else f"The group accepts proposals from {known} already"
    return against_member(group, by) or reason


@action("{who} allows proposals from {outsider}", WHO, OUTSIDER, reason=_against_listening)
def external_sender(group: Group, by: str, name: str) -> None:
    """Commit that the group accepts proposals from the outsider, who is not a member."""
    devices = group.environment.devices
    extensions = devices[by].state(group.group_id).context.extensions
    senders = (*external_senders_in(extensions), devices[name].as_external_sender(group.suite.id))
    others = [each for each in extensions if each.extension_type != ExtensionType.external_senders]
    listed_now = Extension(ExtensionType.external_senders, encode(ExternalSenders(senders)))
    group.make_commit(by, proposals=[GroupContextExtensions((*others, listed_now))])


def _against_asking(group: Group, sender: str) -> str | None:
    reason = against_outsider(group)
    if reason is None and sender_index(group, sender) is None:
        return f"The group does not accept proposals from {sender}"
    return reason or against_held(group, sender)


def _against_asking_to_add(group: Group, sender: str, *newcomers: str) -> str | None:
    return _against_asking(group, sender) or against_adding(group, newcomers)


@action("{outsider} proposes to add {newcomer}", OUTSIDER, NEWCOMER, reason=_against_asking_to_add)
def ask_to_add(group: Group, sender: str, newcomer: str) -> None:
    """The outsider proposes that the newcomer joins."""
    group.offer_key_packages([newcomer])
    key_package = group.environment.devices[sender].fetch_key_package(newcomer, group.suite.id)
    _ask(group, sender, Add(key_package), f"{as_name(sender)} proposed to add {as_name(newcomer)}")


def _against_asking_to_remove(group: Group, sender: str, *members: str) -> str | None:
    return _against_asking(group, sender) or against_removing(group, members)


@action("{outsider} proposes to remove {whom}", OUTSIDER, WHOM, reason=_against_asking_to_remove)
def ask_to_remove(group: Group, sender: str, member: str) -> None:
    """The outsider proposes that a member is removed."""
    _ask(group, sender, Remove(group.leaf(member)), f"{as_name(sender)} proposed to remove {as_name(member)}")


def _ask(group: Group, sender: str, proposal: AnyProposal, words: str) -> None:
    index = sender_index(group, sender)
    if index is None:
        raise NotPossible(f"The group does not accept proposals from {sender}")
    before = group.record.latest()
    device, suite = group.environment.devices[sender], group.suite.id
    entry = device.propose_from_outside(group.group_id, proposal, sender_index=index, cipher_suite=suite)
    group.deliver_proposal(sender, entry.message, words, before)
