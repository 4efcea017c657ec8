"""Actions that make people, their first group, and further groups by ReInit or by a branch."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.client import Device
from workbench.client.device_state import Published
from workbench.client.introduction import approval_extension, archive_extension
from workbench.inspect.device_names import user_of
from workbench.inspect.names import as_name, briefly, is_readable
from workbench.lab.actions.action import DETAIL, NAME, WHO, WHOM, action
from workbench.lab.actions.reasons import (
    PENDING,
    against_held,
    against_member,
    against_removing,
    has_ended,
    has_pending,
)
from workbench.lab.errors import NotPossible
from workbench.lab.group import Group
from workbench.lab.record import ATTACKER, SERVER
from workbench.mls import ReInit, cipher_suite, encode
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.wire.code_points import ExtensionType, ProtocolVersion
from workbench.mls.wire.extensions import ExternalSenders
from workbench.mls.wire.shapes import uint16
from workbench.mls.wire.tree import Extension


def _against_device(group: Group, name: str) -> str | None:
    if name in group.environment.devices:
        return None
    usable = name not in {SERVER, ATTACKER} and is_readable(name)
    return None if usable else f"{name!r} cannot be the name of a person"


@action("New device", NAME, reason=_against_device)
def device(group: Group, name: str, *, approved_by: str | None = None, archive: bool = False) -> Device:
    """Make a device for a person. The device publishes a key package.

    A name like `Alice/laptop` is the device “laptop” of Alice. `approved_by` is another device of the same user, which
    approves the new one, so that everybody sees it. An `archive` reads and never sends. The result is the device. One
    that is there already stays as it is.
    """
    devices = group.environment.devices
    if name not in devices:
        reason = _against_approving(group, name, approved_by)
        if reason is not None:
            raise NotPossible(reason)
        made = group.environment.add_device(name, group.suite)
        shown = [archive_extension()] if archive else []
        if approved_by is not None:
            approval = devices[approved_by].approve(made.credential, made.signature_key(), group.suite.id)
            shown.append(approval_extension(approval))
        made.introduce(*shown)
        for each in group.groups:
            each.record.add_holder(made)
        group.publish_key_package(name)
    return devices[name]


def _against_approving(group: Group, name: str, approver: str | None) -> str | None:
    if approver is None:
        return None
    if approver not in group.environment.devices:
        return f"There is no device of {approver}"
    return None if user_of(approver) == user_of(name) else f"{approver} and {name} are devices of different users"


@action("{who} creates a group", WHO, reason=lambda group, *_: "The group exists already" if group.members else None)
def create(group: Group, name: str) -> None:
    """Create the group, with one member."""
    group.environment.devices[name].create_group(group.group_id)
    group.record.write("create", name, f"{as_name(name)} created the group")


def _against_reinit(group: Group, by: str, _suite: int | None = None) -> str | None:
    pending = f"{PENDING}, because a ReInit must be the only proposal of its commit" if has_pending(group, by) else None
    return against_member(group, by) or pending


@action("{who} ends the group by a ReInit", WHO, DETAIL, reason=_against_reinit)
def reinit(group: Group, by: str, suite: uint16 | None = None) -> None:
    """Commit that the group ends and continues as another group, which may have another cipher suite."""
    extensions = group.environment.devices[by].state(group.group_id).context.extensions
    number = cipher_suite(group.suite.id if suite is None else suite).id
    if number != group.suite.id:
        extensions = _in_suite(group, extensions, number)
    announced = ReInit(_new_group_id(group), ProtocolVersion.mls10, number, extensions)
    group.make_commit(by, proposals=[announced])


def _in_suite(group: Group, extensions: tuple[Extension, ...], number: int) -> tuple[Extension, ...]:
    """The group's extensions for another cipher suite, in which external senders have other signature keys."""
    devices = {device.signature_key(group.suite.id): device for device in group.environment.devices.values()}
    known = [each.signature_key for each in external_senders_in(extensions) if each.signature_key in devices]
    senders = ExternalSenders(tuple(devices[key].as_external_sender(number) for key in known))
    kind = ExtensionType.external_senders
    return tuple(
        Extension(kind, encode(senders)) if each.extension_type == kind else each
        for each in extensions
        if each.extension_type != kind or known
    )


def _against_successor(group: Group, by: str) -> str | None:
    if not has_ended(group):
        return "The group has not ended: nobody has committed a ReInit"
    state, latest = group.state(by), group.record.latest()
    if state is None or state.reinit is None:
        return f"{by} has not received the commit that ends the group"
    following = None if latest is None or latest.reinit is None else latest.reinit.group_id
    if any(each.group_id == following for each in group.groups):
        return "The next group has been founded already"
    return against_held(group, by)


@action("{who} founds the next group", WHO, reason=_against_successor)
def successor(group: Group, by: str) -> Group:
    """Found the next group, which the ReInit announced, with all members."""
    device_of = group.environment.devices[by]
    announced = device_of.state(group.group_id).reinit
    if announced is None:
        raise NotPossible("The group has not ended")
    others = [name for name in group.members if name != by]
    following = Group(group.environment, announced.group_id, cipher_suite(announced.cipher_suite), beside=group)
    following.offer_key_packages(others)
    return _founded(following, by, device_of.reinit(group.group_id, others), others)


def _against_branch(group: Group, by: str, *others: str) -> str | None:
    anyway = f"{by} founds the branch and cannot be invited to it" if by in others else None
    return against_member(group, by) or anyway or against_removing(group, others)


@action("{who} branches off with {whom}", WHO, WHOM, reason=_against_branch)
def branch(group: Group, by: str, *others: str) -> Group:
    """Found a second group with these members. Only members of this group can join it."""
    beside = Group(group.environment, _new_group_id(group), group.suite, beside=group)
    beside.offer_key_packages(others)
    published = group.environment.devices[by].branch(group.group_id, beside.group_id, others)
    return _founded(beside, by, published, others)


def _founded(group: Group, by: str, published: Published, others: Sequence[str]) -> Group:
    group.put_on_the_wire(by, published)
    taken = briefly([as_name(other) for other in others])
    group.record.write("found", by, f"{as_name(by)} founded the group and took along {taken}")
    return group


def _new_group_id(group: Group) -> bytes:
    """A new group id, which no group of these people has, and no ReInit has announced."""
    number = group.environment.next_group_number()
    return group.groups[0].group_id + f" {number}".encode()
