"""Record anyone's own calls of `workbench.mls`, and make of them a history that the pictures draw.

    with record() as history:
        alice = create_group(bundle, b"tea", entropy=os.urandom(32), now=now)
        ...
    Timeline.of(history)

The engine is pure: the arguments of a call, entropy and time among them, are the whole cause of its result. So a record
needs nothing but the calls, and what happened inside of them is found out afterwards: each call is performed once more
with a cipher suite that records (`TracedSuite`), and has to give the same result.

The calls are seen by the interpreter's own profile function (`sys.setprofile`), which is told of each call of a Python
function in this thread, by whatever name the caller knows the function. A context variable would need a line in the
engine that looks at it, and functions that are replaced by others would miss names that were imported before.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any, Final, Literal, TypeAlias

from workbench.inspect.names import as_name, counted, credential_name, shown
from workbench.inspect.trace import Recorder, TracedSuite, with_suite
from workbench.inspect.trace_format import HolderId, MessageKind, StepKind, Trace
from workbench.inspect.trace_writer import RecordedStep, Sent, TraceWriter
from workbench.lab.errors import NotPossible
from workbench.mls import (
    CipherSuite,
    GroupState,
    KeyPackageBundle,
    MLSMessage,
    Policy,
    apply_pending_commit,
    create_commit,
    create_group,
    create_key_package,
    decode,
    encode,
    external_commit,
    group_info,
    join,
    process,
    propose,
    propose_update,
    protect,
)
from workbench.mls.group.commit import PendingCommit
from workbench.mls.group.external_commit import PendingExternalCommit
from workbench.mls.group.group import Proposed, Protected
from workbench.mls.group.public_group import PublicGroup
from workbench.mls.wire.messages import GroupContext
from workbench.mls.wire.tree import LeafNode

SERVER: Final = "server"
OBSERVED: Final[Mapping[CodeType, Callable[..., Any]]] = {
    inspect.unwrap(function).__code__: function
    for function in (
        *(create_key_package, create_group, propose, propose_update, create_commit, apply_pending_commit),
        *(protect, process, join, external_commit, group_info),
    )
}
"""The functions whose calls make a history, by the code that the profile function sees."""


ProfileEvent: TypeAlias = Literal["call", "return", "c_call", "c_return", "c_exception"]


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One call of a function of the engine that returned: its arguments by name, and its result."""

    function: Callable[..., Any]
    arguments: Mapping[str, Any] = field(repr=False)
    result: Any = field(repr=False)

    @property
    def before(self) -> GroupState | None:
        """The state that the call was given."""
        state = self.arguments.get("state")
        return state if isinstance(state, GroupState) else None

    @property
    def after(self) -> GroupState | None:
        """The state that the caller can go on with."""
        match self.result:
            case GroupState() as state:
                return state
            case (GroupState() as state, _):
                return state
            case Proposed() | Protected() | PendingCommit() | PendingExternalCommit():
                return self.result.next
        return None

    def again(self, suite: CipherSuite) -> Any:
        """Perform the call once more with another cipher suite of the same number."""
        arguments = dict(self.arguments)
        if "suite" in arguments:
            arguments["suite"] = suite
        if (state := self.before) is not None:
            arguments["state"] = with_suite(state, suite)
        return self.function(**arguments)


@contextmanager
def record() -> Iterator[RecordedCalls]:
    """Record all calls of the engine in this block and thread. The result can be drawn when the block is over."""
    history = RecordedCalls()
    outer: list[FrameType] = []
    given: dict[str, Any] = {}
    before = sys.getprofile()

    def see(frame: FrameType, event: ProfileEvent, value: Any) -> None:
        if event == "call" and not outer and frame.f_code in OBSERVED:
            outer.append(frame)
            given.update(frame.f_locals)
        elif event == "return" and outer and frame is outer[0]:
            outer.clear()
            # A call that raised an error returns nothing, and has changed nothing.
            if value is not None:
                history.calls.append(RecordedCall(OBSERVED[frame.f_code], dict(given), value))
            given.clear()
        if before is not None:
            before(frame, event, value)

    sys.setprofile(see)
    try:
        yield history
    finally:
        sys.setprofile(before)


@dataclass
class RecordedCalls:
    """The calls that were recorded, in order, and the history that they make."""

    calls: list[RecordedCall] = field(default_factory=list)

    @property
    def groups(self) -> tuple[bytes, ...]:
        """The ids of the groups, in the order in which they come."""
        states = [state for call in self.calls for state in (call.before, call.after) if state is not None]
        return tuple(dict.fromkeys(state.group_id for state in states))

    @property
    def policy(self) -> Policy:
        """The policy of the first member who was recorded. Raises `NotPossible` if no group was recorded."""
        states = (state for call in self.calls for state in (call.before, call.after) if state is not None)
        first = next(states, None)
        if first is None:
            raise NotPossible("No group was recorded")
        return first.policy

    def trace(self, group_id: bytes | None = None) -> Trace:
        """The trace of the main line of a group's history, by default of the first group."""
        return self.traces(group_id)[0]

    def traces(self, group_id: bytes | None = None) -> list[Trace]:
        """The traces of all lines of a group's history, the longest first: a fork has several.

        Raises `NotPossible` if no call of such a group was recorded.
        """
        chosen = next(iter(self.groups), None) if group_id is None else group_id
        if chosen is None or chosen not in self.groups:
            raise NotPossible(
                "No group was recorded" if chosen is None else f"No call of group {shown(chosen)} was recorded"
            )
        lines = _lines(self.calls, chosen)
        return [_Writer(self.calls, chosen, line).trace() for line in lines]

    def __repr__(self) -> str:
        return f"RecordedCalls({counted(len(self.calls), 'call')}, {counted(len(self.groups), 'group')})"


# The lines of a history


def _lines(calls: Sequence[RecordedCall], group_id: bytes) -> list[tuple[GroupContext, ...]]:
    """The epochs of each line of history, oldest first; a fork makes several lines, and the longest is first."""
    parents: dict[GroupContext, GroupContext | None] = {}
    for call in calls:
        before = call.result.made_in if isinstance(call.result, PendingExternalCommit) else call.before
        for state in (call.before, call.after):
            if state is not None and state.group_id == group_id:
                parents.setdefault(state.context, None)
        after = call.after
        if after is None or after.group_id != group_id or before is None or before.context == after.context:
            continue
        if not isinstance(call.result, PendingCommit | PendingExternalCommit) or _is_adopted(calls, call):
            parents[after.context] = before.context
        elif not _is_used(calls, after.context, beside=call):
            parents.pop(after.context, None)
    inner = set(parents.values())
    lines = [_ancestry(parents, context) for context in parents if context not in inner]
    return sorted(lines, key=lambda line: -sum(_is_in(call, line) for call in calls))


def _ancestry(parents: Mapping[GroupContext, GroupContext | None], context: GroupContext) -> tuple[GroupContext, ...]:
    line = [context]
    while (parent := parents[line[-1]]) is not None:
        line.append(parent)
    return tuple(reversed(line))


def _is_in(call: RecordedCall, line: Sequence[GroupContext]) -> bool:
    return any(state is not None and state.context in line for state in (call.before, call.after))


def _is_used(calls: Sequence[RecordedCall], context: GroupContext, beside: RecordedCall) -> bool:
    """Whether somebody was in an epoch: a call began or ended in it."""
    return any(
        state is not None and state.context == context
        for call in calls
        if call is not beside
        for state in (call.before, call.after)
    )


def _is_adopted(calls: Sequence[RecordedCall], made: RecordedCall) -> bool:
    """Whether a commit that was made took effect: somebody was in its epoch, or nobody has gone on without it."""
    after = made.result.next
    if _is_used(calls, after.context, beside=made):
        return True
    later = calls[calls.index(made) + 1 :]
    return not any(call.before is not None and call.before.group_id == after.group_id for call in later)


# The trace of one line


@dataclass
class _OpenStep:
    """A step that is not over: who receives its messages before something else is sent belongs to it."""

    kind: StepKind
    actor: HolderId
    before: GroupState | PublicGroup | None
    after: GroupState | None
    sent: tuple[Sent, ...]
    states: dict[HolderId, GroupState] = field(default_factory=dict)


class _Writer:
    """Writes the calls of one line of history as steps: what was sent, with all who received it before the next."""

    def __init__(self, calls: Sequence[RecordedCall], group_id: bytes, line: Sequence[GroupContext]) -> None:
        self.calls, self.line = calls, line
        states = (state for call in calls for state in (call.before, call.after))
        self.suite = next(state.suite for state in states if state is not None and state.group_id == group_id)
        self.recorders: dict[HolderId, Recorder] = {}
        self.holders: dict[bytes, HolderId] = {}
        self.bundles: dict[HolderId, tuple[KeyPackageBundle, ...]] = {}
        self.latest: GroupState | None = None
        self.step: _OpenStep | None = None
        self.infos: tuple[Sent, ...] = ()
        self.now = 0
        self.writer = TraceWriter(self.suite, group_id)
        self.writer.add_holder(SERVER, "the server", "server")

    def trace(self) -> Trace:
        """The trace of the line."""
        for call in self.calls:
            if call.function is create_key_package:
                self._take_key_package(call)
            elif _is_in(call, self.line):
                self._take(call)
        self._flush()
        return self.writer.trace()

    def _take_key_package(self, call: RecordedCall) -> None:
        bundle = call.result
        if bundle.key_package.cipher_suite != self.suite.id:
            return
        holder = self._holder(bundle.key_package.leaf_node)
        self.bundles[holder] = (*self.bundles.get(holder, ()), bundle)
        self._perform_again(call, holder)

    def _take(self, call: RecordedCall) -> None:
        holder = self._holder_of(call)
        self.now = call.arguments.get("now", self.now)
        if call.function is group_info:
            self.infos = (*self.infos, Sent("group_info", holder, encode(call.result)))
            self._perform_again(call, holder)
            return
        step = self.step
        if step is None or _received(call) not in {sent.wire for sent in step.sent}:
            self._flush()
            step = self.step = self._begun(call, holder)
        self._perform_again(call, holder)
        after = call.after
        if after is None or after.context not in self.line:
            return
        step.states[holder] = after
        if step.after is None or after.epoch > step.after.epoch:
            step.after = after
        if call.function in {join, create_group}:
            used = call.arguments["bundle"]
            self.bundles[holder] = tuple(each for each in self.bundles.get(holder, ()) if each != used)

    def _begun(self, call: RecordedCall, holder: HolderId) -> _OpenStep:
        made = call.result
        is_on_the_line = call.after is not None and call.after.context in self.line
        before = made.made_in if isinstance(made, PendingExternalCommit) else call.before
        if isinstance(made, PendingCommit | PendingExternalCommit) and not is_on_the_line:
            before = None  # a commit that nobody has applied has no effect to describe
        sent, self.infos = (*self.infos, *_sent(call, holder)), ()
        return _OpenStep(_kind(call), holder, before, call.after if is_on_the_line else call.before, sent)

    def _perform_again(self, call: RecordedCall, holder: HolderId) -> None:
        """Find out what happened inside of a call. Raises `NotPossible` if it gives another message this time."""
        again = call.again(TracedSuite.of(self.suite, self.recorders[holder]))
        if getattr(again, "message", None) != getattr(call.result, "message", None):
            name = call.function.__name__
            raise NotPossible(f"{name} gives another message when it is performed again: its arguments have changed")

    def _flush(self) -> None:
        step, self.step = self.step, None
        if step is None:
            return
        known = [state for state in (self.latest, step.after) if state is not None]
        self.latest = max(known, key=lambda state: state.epoch, default=None)
        self.writer.write(
            RecordedStep(
                step.kind,
                step.actor,
                self.now,
                before=step.before,
                after=self.latest,
                messages=step.sent,
                states=step.states,
                held={holder: (state, self.bundles.get(holder, ())) for holder, state in step.states.items()},
                operations={holder: recorder.take() for holder, recorder in self.recorders.items()},
            )
        )

    # Who it is: a device is known by its signature key, and keeps its name when it renews the key

    def _holder_of(self, call: RecordedCall) -> HolderId:
        leaves = [_own_leaf(state) for state in (call.before, call.after)]
        bundle = call.arguments.get("bundle")
        known = [leaf for leaf in (bundle and bundle.key_package.leaf_node, *leaves) if leaf is not None]
        holder = self._holder(known[0])
        for leaf in known:
            self.holders.setdefault(leaf.signature_key, holder)
        return holder

    def _holder(self, leaf_node: LeafNode) -> HolderId:
        key = leaf_node.signature_key
        if key not in self.holders:
            name = credential_name(leaf_node) or f"device {len(self.recorders) + 1}"
            same = sum(each == name or each.startswith(f"{name} #") for each in self.recorders)
            holder = f"{name} #{same + 1}" if same else name
            self.holders[key] = holder
            self.recorders[holder] = Recorder()
            self.writer.add_holder(holder, as_name(holder), "member", signature_key=key)
        return self.holders[key]


def _own_leaf(state: GroupState | None) -> LeafNode | None:
    return None if state is None or not state.active else state.tree.leaf(state.own_leaf)


KINDS: Mapping[Callable[..., Any], StepKind] = {
    create_group: "create",
    propose: "propose",
    propose_update: "propose",
    create_commit: "commit",
    external_commit: "commit",
    protect: "message",
    join: "join",
}
MESSAGES: Mapping[Callable[..., Any], MessageKind] = {
    propose: "proposal",
    propose_update: "proposal",
    create_commit: "commit",
    external_commit: "commit",
    protect: "application",
}


def _kind(call: RecordedCall) -> StepKind:
    return KINDS.get(call.function, "process")


def _sent(call: RecordedCall, holder: HolderId) -> list[Sent]:
    if call.function not in MESSAGES:
        return []
    sent = [Sent(MESSAGES[call.function], holder, encode(call.result.message))]
    welcome = getattr(call.result, "welcome", None)
    return sent if welcome is None else [*sent, Sent("welcome", holder, encode(welcome))]


def _received(call: RecordedCall) -> bytes | None:
    """The message that a call received, as bytes; None if it received none."""
    if call.function is apply_pending_commit:
        return encode(call.arguments["pending"].message)
    given = call.arguments.get("message", call.arguments.get("welcome")) if call.function in (process, join) else None
    match given:
        case None:
            return None
        case bytes():
            return encode(decode(MLSMessage, given))
        case MLSMessage():
            return encode(given)
    return None
