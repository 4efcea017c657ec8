"""A trace of what somebody computes who knows epoch secrets of a group, for the pictures of secrets.

The attacker of the compromise lab takes each stated epoch secret when its epoch begins, hears the messages of the
group, and really decrypts. What it computes is recorded as in the lab. No member's device is in the trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workbench.adversary.attacker import Attacker
from workbench.inspect.carving import CarvedObject
from workbench.inspect.trace import Recorder, TracedSuite
from workbench.inspect.trace_format import StepKind, Trace, TraceStep
from workbench.inspect.trace_writer import RecordedStep, Sent, TraceWriter
from workbench.mls import PublicGroup
from workbench.mls.wire.code_points import ContentType
from workbench.review.exposure import following_from
from workbench.review.known_secrets import KnownEpochSecret
from workbench.review.member_history import KINDS
from workbench.review.public_trace import public_part
from workbench.review.replay import HistoryLine, Replay, whole_lines

ATTACKER = "attacker"


def attacker_trace(followed: Replay, known: Iterable[KnownEpochSecret]) -> Trace:
    """The trace of the attacker with these epoch secrets, in the first line of history that has one of their epochs.

    Raises ValueError if no line that was followed has such an epoch.
    """
    mine = {each.epoch: each for each in known if each.group_id == followed.group_id}
    for line in whole_lines(followed.lines):
        if mine.keys() & line.begun.keys():
            return _Recording(line, mine).trace()
    raise ValueError(f"epoch {', '.join(map(str, mine)) or '(none given)'} of this group was not followed")


class _Recording:
    """The attacker hears the messages of a line once more, and what it computes is written down."""

    def __init__(self, line: HistoryLine, known: Mapping[int, KnownEpochSecret]) -> None:
        self.line = line
        self.known = known
        self.public = public_part(line.begun[min(line.begun)])
        self.recorder = Recorder()
        self.suite = TracedSuite.of(self.public.suite, self.recorder)
        self.attacker = Attacker(self.suite, self.public.group_id, self.public.policy)
        self.writer = TraceWriter(self.public.suite, self.public.group_id)
        self.writer.add_holder(ATTACKER, "the attacker", "attacker")

    def trace(self) -> Trace:
        self.begin(self.public, "found", ())
        commits = {found.epoch: found.data for found in self.line.commits}
        for epoch in sorted(self.line.begun):
            for each in self.sent_in(epoch):
                self.attacker.hear(each.data)
                step, kind = KINDS[each.content_type or ContentType.application]
                after = public_part(self.line.views[epoch])
                self.write(step, after, (Sent(kind, None, each.data),))
            if epoch + 1 in self.line.begun:
                self.attacker.hear(commits[epoch])
                sent = Sent("commit", None, commits[epoch])
                self.begin(public_part(self.line.begun[epoch + 1]), "commit", (sent,))
        return self.writer.trace()

    def sent_in(self, epoch: int) -> Iterable[CarvedObject]:
        """The messages of an epoch that no member refuses, each once, without its commits."""
        sent = {
            each.object.data: each.object
            for each in self.line.messages
            if each.object.epoch == epoch and each.error is None
        }
        return [each for each in sent.values() if each.content_type not in {None, ContentType.commit}]

    def begin(self, public: PublicGroup, kind: StepKind, messages: tuple[Sent, ...]) -> None:
        """Write the step that begins an epoch: the attacker sees its public part, and takes its secret if stated."""
        self.attacker.take((public,))
        stated = self.known.get(public.epoch)
        if stated is not None:
            self.attacker.take(following_from(stated, self.suite, public.tree.leaf_count))
        step = self.write(kind, public, messages)
        if stated is not None:
            step["leaked"] = [self.writer.secrets.id_of(stated.epoch_secret)]

    def write(self, kind: StepKind, after: PublicGroup, messages: tuple[Sent, ...]) -> TraceStep:
        step = self.writer.write(
            RecordedStep(
                kind,
                None,
                0,
                before=self.public if messages else None,
                after=after,
                messages=messages,
                held={ATTACKER: self.attacker.all_secrets()},
                operations={ATTACKER: self.recorder.take()},
                followers={ATTACKER: after.epoch},
            )
        )
        if step["messages"]:
            step["actor"] = step["messages"][0]["sender"]
        self.public = after
        return step
