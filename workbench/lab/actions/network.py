"""What becomes of messages on their way, and what an attacker does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from workbench.delivery import Refused
from workbench.inspect.trace_format import StepKind
from workbench.inspect.trace_writer import Sent
from workbench.lab.actions.action import DETAIL, MEMBER, action
from workbench.lab.actions.reasons import NO_GROUP
from workbench.lab.errors import NotPossible
from workbench.lab.group import Group
from workbench.lab.record import ATTACKER
from workbench.mls import MLSError

Content: TypeAlias = Literal["application", "proposal", "commit"]

STEP_KINDS: Mapping[Content, StepKind] = {"application": "message", "proposal": "propose", "commit": "commit"}


def _against(applies: Callable[[Group, str], bool], words: str) -> Callable[[Group, str], str | None]:
    """What speaks against it if something `applies` to somebody, whose name goes into the words."""
    return lambda group, name: NO_GROUP if not group.members else words.format(name) if applies(group, name) else None


def _is_held(group: Group, name: str) -> bool:
    return name in group.environment.held


def _is_delayed(group: Group, name: str) -> bool:
    return name in group.environment.delayed


@action("Hold back {who}", MEMBER, reason=_against(_is_held, "{} is held back already"))
def hold(group: Group, name: str) -> None:
    """Let nothing reach a device until it is released."""
    group.environment.held.add(name)


@action("Release {who}", MEMBER, reason=_against(lambda group, name: not _is_held(group, name), "{} is not held back"))
def release(group: Group, name: str) -> None:
    """Let a device catch up with the log."""
    group.environment.held.discard(name)
    joins = group.group_id not in group.environment.devices[name].device_state.groups
    group.record.write("join" if joins else "process", name, f"{name} caught up")


@action("Delay messages to {who}", MEMBER, reason=_against(_is_delayed, "Messages to {} are delayed already"))
def delay(group: Group, name: str) -> None:
    """Let commits overtake what is said: application messages reach a device when they are let through."""
    group.environment.delayed.add(name)


@action(
    "Let through what {who} waits for",
    MEMBER,
    reason=_against(lambda group, name: not _is_delayed(group, name), "Messages to {} are not delayed"),
)
def let_through(group: Group, name: str) -> None:
    """Let a device have the application messages that were late."""
    group.environment.delayed.discard(name)
    group.record.write("process", name, f"{name} received what was late")


def _is_compromised(group: Group, name: str) -> bool:
    return any(held is group.environment.devices[name].device_state for _, held in group.attacker.compromised)


@action(
    "Compromise {who}'s device",
    MEMBER,
    reason=_against(_is_compromised, "The attacker has all that is on {}'s device already"),
)
def compromise(group: Group, name: str) -> None:
    """Give the attacker all that is on a device now, for this group and all others."""
    groups = (group, *(each for each in group.groups if each is not group and each.history))
    for each in groups:
        each.attacker.compromise(name, group.environment.devices[name].device_state)
    for each in groups:
        each.record.write("compromise", ATTACKER, f"The attacker took all that is on {name}'s device", victim=name)


@action("Inject a message", DETAIL, DETAIL, DETAIL)
def inject(group: Group, kind: Content, message: bytes, text: str) -> None:
    """Put a message of the attacker's into the log, as if it came from a member: the server belongs to it."""
    before = group.record.latest()
    try:
        group.environment.service.submit(group.group_id, message)
    except (Refused, MLSError) as error:
        raise NotPossible(f"The delivery service does not take it: {error}") from None
    group.record.publish(Sent(kind, ATTACKER, message))
    group.record.write(STEP_KINDS[kind], ATTACKER, text, before=before)
