"""Actions that hold back, delay or drop messages, and actions of the attacker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from workbench.delivery import Refused
from workbench.inspect.names import as_name, device_of
from workbench.inspect.trace_format import StepKind
from workbench.inspect.trace_writer import Sent
from workbench.lab.actions.action import DETAIL, MEMBER, action
from workbench.lab.actions.reasons import NO_GROUP
from workbench.lab.errors import NotPossible
from workbench.lab.group import Group
from workbench.lab.record import ATTACKER
from workbench.mls import MLSError

Content: TypeAlias = Literal["application", "proposal", "commit"]

ELSEWHERE = "The attacker does not control the delivery service, which is elsewhere"
STEP_KINDS: Mapping[Content, StepKind] = {"application": "message", "proposal": "propose", "commit": "commit"}


def _against(applies: Callable[[Group, str], bool], words: str) -> Callable[[Group, str], str | None]:
    """A reason function: `words`, with the person's name, are the reason if a condition `applies` to the person."""
    return lambda group, name: NO_GROUP if not group.members else words.format(name) if applies(group, name) else None


def _is_held(group: Group, name: str) -> bool:
    return name in group.environment.held


def _is_delayed(group: Group, name: str) -> bool:
    return name in group.environment.delayed


@action("Hold back {who}", MEMBER, reason=_against(_is_held, "{} is held back already"))
def hold(group: Group, name: str) -> None:
    """Hold back everything that is sent to a device, until it is released."""
    group.environment.held.add(name)


@action("Release {who}", MEMBER, reason=_against(lambda group, name: not _is_held(group, name), "{} is not held back"))
def release(group: Group, name: str) -> None:
    """Let a device receive all messages that were held back."""
    group.environment.held.discard(name)
    joins = group.group_id not in group.environment.devices[name].device_state.groups
    group.record.write("join" if joins else "process", name, f"{as_name(name)} caught up")


@action("Delay messages to {who}", MEMBER, reason=_against(_is_delayed, "Messages to {} are delayed already"))
def delay(group: Group, name: str) -> None:
    """Delay application messages to a device until they are let through; commits still reach it."""
    group.environment.delayed.add(name)


@action(
    "Let through what {who} waits for",
    MEMBER,
    reason=_against(lambda group, name: not _is_delayed(group, name), "Messages to {} are not delayed"),
)
def let_through(group: Group, name: str) -> None:
    """Let a device receive the application messages that were delayed."""
    group.environment.delayed.discard(name)
    group.record.write("process", name, f"{as_name(name)} received the delayed messages")


def _against_drop(group: Group, name: str) -> str | None:
    if group.environment.home.is_shared:
        return ELSEWHERE
    return None if group.environment.waiting(name, group.group_id) else f"No message of this group waits for {name}"


@action("Drop what waits for {who}", MEMBER, reason=_against_drop)
def drop(group: Group, name: str) -> None:
    """Let the server drop the messages that wait for a device, so that they never reach it."""
    group.environment.drop(name, group.group_id)


def _is_compromised(group: Group, name: str) -> bool:
    return any(held is group.environment.devices[name].device_state for _, held in group.attacker.compromised)


@action(
    "Compromise {who}'s device",
    MEMBER,
    reason=_against(_is_compromised, "The attacker already has all secrets of {}'s device"),
)
def compromise(group: Group, name: str) -> None:
    """Give the attacker all secrets that are on a device now, of this group and all other groups."""
    groups = (group, *(each for each in group.groups if each is not group and each.history))
    for each in groups:
        each.attacker.compromise(name, group.environment.devices[name].device_state)
    for each in groups:
        each.record.write("compromise", ATTACKER, f"The attacker took all that is on {device_of(name)}", victim=name)


def _against_inject(group: Group, *_arguments: object) -> str | None:
    return ELSEWHERE if group.environment.home.is_shared else None


@action("Inject a message", DETAIL, DETAIL, DETAIL, reason=_against_inject)
def inject(group: Group, kind: Content, message: bytes, text: str) -> None:
    """Put a message of the attacker into the log, as if a member had sent it: the attacker controls the server."""
    before = group.record.latest()
    try:
        group.environment.service.submit(group.group_id, message)
    except (Refused, MLSError) as error:
        raise NotPossible(f"The delivery service refuses the message: {error}") from None
    group.record.publish(Sent(kind, ATTACKER, message))
    group.record.write(STEP_KINDS[kind], ATTACKER, text, before=before)
