"""The history of a foreign group as one member's device saw it, to be drawn and judged like a history of the lab.

The messages that a state has followed are processed once more, with a cipher suite that records. So the history has
the secrets of this one member, how each was derived, and when it was deleted. The secrets of all other devices are
unknown. The history ends where the state cannot follow: for example at the member's own commit, whose new keys are in
no message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from workbench.adversary.group_history import GroupHistory
from workbench.adversary.leak import Leak, leak
from workbench.adversary.leaked_secrets import Part
from workbench.adversary.verdict import RecordedHistory, Verdict
from workbench.inspect.names import as_name, credential_name
from workbench.inspect.trace import Recorder, TracedSuite, with_suite
from workbench.inspect.trace_format import HolderId, MessageKind, StepKind, Trace
from workbench.inspect.trace_writer import RecordedStep, Sent, TraceWriter
from workbench.mls import GroupState, MLSMessage, Removed, decode, process
from workbench.mls.group.pre_shared_keys import HeldPSKs
from workbench.mls.wire.code_points import ContentType
from workbench.review.public_trace import OBSERVER
from workbench.review.replay import HistoryLine, Replay, ReplayedMessage
from workbench.review.stated_leak import StatedLeak, device_with


@dataclass(frozen=True)
class MemberHistory:
    """What one member's device held and did in a foreign group, step by step.

    `member` is its name in the trace. `states` are its states after each step. `leaks` are the leaks that the reviewer
    states, by their names; a leak of an epoch in which the state is not known is left out.
    """

    member: HolderId
    trace: Trace
    states: tuple[GroupState, ...] = field(repr=False)
    stated: tuple[StatedLeak, ...] = ()

    @cached_property
    def recorded(self) -> RecordedHistory:
        """The history, prepared to be judged under any leaks of this member."""
        return RecordedHistory.of(GroupHistory.of(self.trace))

    @cached_property
    def leaks(self) -> Mapping[str, Leak]:
        """The stated leaks by their names, as `workbench audit --leak` writes them."""
        steps = self.first_steps
        return {
            str(each): self.leak(each.part, at=steps[min(steps) if each.epoch is None else each.epoch])
            for each in self.stated
            if each.epoch is None or each.epoch in steps
        }

    @property
    def first_steps(self) -> Mapping[int, int]:
        """The step with which each epoch begins."""
        steps: dict[int, int] = {}
        for at, state in enumerate(self.states):
            steps.setdefault(state.epoch, at)
        return steps

    def leak(self, what: Part = "state", *, at: int = -1) -> Leak:
        """The leak of a part of the member's device after a step, by default the last one.

        Raises ValueError if there is no such step.
        """
        steps = range(len(self.states))
        if not -len(steps) <= at < len(steps):
            raise ValueError(f"this history has no step {at}; its steps are 0 to {len(steps) - 1}")
        return leak(self.recorded.group_history, device_with(self.states[at]), self.member, steps[at], what)

    def verdict(self) -> Verdict:
        """The verdict on all stated leaks together."""
        return self.recorded.judge(self.leaks.values())

    def __repr__(self) -> str:
        epochs = self.first_steps
        return f"MemberHistory({self.member}, epochs {min(epochs)} to {max(epochs)}, {len(self.states)} steps)"


def member_history(followed: Replay, stated: Iterable[StatedLeak] = ()) -> MemberHistory:
    """The history of the first line that begins with a member's state, with the leaks that the reviewer states.

    Raises ValueError if no line begins with a state: public material alone shows no secret.
    """
    for line in followed.lines:
        first = line.begun[min(line.begun)]
        if isinstance(first, GroupState):
            return _Recording(line, first, followed.psks).history(tuple(stated))
    raise ValueError("no state of a member was followed: public material alone shows no secret")


KINDS: Mapping[ContentType, tuple[StepKind, MessageKind]] = {
    ContentType.application: ("message", "application"),
    ContentType.proposal: ("propose", "proposal"),
    ContentType.commit: ("commit", "commit"),
}
"""The kind of the step and of the message, for each type of content."""


class _Recording:
    """The member processes its messages once more, and what it does is written down."""

    def __init__(self, line: HistoryLine, first: GroupState, psks: HeldPSKs) -> None:
        self.line = line
        self.psks = psks
        self.recorder = Recorder()
        self.suite = first.suite
        self.states = [first]
        own = first.tree.member(first.own_leaf)
        self.member = _holder_of(credential_name(own), first.own_leaf)
        self.writer = TraceWriter(first.suite, first.group_id)
        self.writer.add_holder(OBSERVER, "an observer", "server")
        self.writer.add_holder(self.member, as_name(self.member), "member", signature_key=own.signature_key)
        self.write("found", first, (), None)

    def history(self, stated: tuple[StatedLeak, ...]) -> MemberHistory:
        for message in self.followed():
            before = self.states[-1]
            if message.view.epoch != before.epoch or not isinstance(message.view, GroupState):
                break
            after, received = process(
                with_suite(before, TracedSuite.of(self.suite, self.recorder)),
                decode(MLSMessage, message.object.data, custom=before.policy.custom),
                now=0,
                psks=self.psks,
            )
            if isinstance(received, Removed):
                break
            self.states.append(with_suite(after, self.suite))
            kind, sent = KINDS[message.object.content_type or ContentType.application]
            self.write(kind, self.states[-1], (Sent(sent, None, message.object.data),), before)
        return MemberHistory(self.member, self.writer.trace(), tuple(self.states), stated)

    def followed(self) -> Iterator[ReplayedMessage]:
        """The messages that this line has verified, without commits of other lines and objects that have no content."""
        commits = {id(each) for each in self.line.commits}
        for each in self.line.messages:
            kind = each.object.content_type
            if each.is_verified and kind is not None and (kind is not ContentType.commit or id(each.object) in commits):
                yield each

    def write(self, kind: StepKind, after: GroupState, messages: tuple[Sent, ...], before: GroupState | None) -> None:
        step = self.writer.write(
            RecordedStep(
                kind,
                None,
                0,
                before=before,
                after=after,
                messages=messages,
                states={self.member: after},
                held={self.member: after},
                operations={self.member: self.recorder.take()},
            )
        )
        if step["messages"]:
            step["actor"] = step["messages"][0]["sender"]


def _holder_of(name: str, leaf: int) -> HolderId:
    """The member's name in the trace; a name that stands for somebody else there gives way to the leaf."""
    is_taken = name in {"", OBSERVER, "attacker"} or name.startswith("member ")
    return f"leaf {leaf}" if is_taken else name
