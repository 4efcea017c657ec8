"""A trace of the history that an audit has followed, for the pictures. It has only public material that is known."""

from __future__ import annotations

from workbench.inspect.trace_format import Trace
from workbench.inspect.trace_writer import RecordedStep, Sent, TraceWriter
from workbench.mls import GroupState, PublicGroup
from workbench.review.groups import lenient
from workbench.review.replay import HistoryLine, View

OBSERVER = "server"
"""The one holder of the trace: it sees what is public, and holds no secret."""


def public_trace(line: HistoryLine) -> Trace:
    """The trace of a line of history, from its first epoch to its last.

    It has the public part of each epoch and the commits. It has no secret, even if the line was followed with a state.
    """
    epochs = sorted(line.begun)
    first = public_part(line.begun[epochs[0]])
    writer = TraceWriter(first.suite, first.group_id)
    writer.add_holder(OBSERVER, "an observer", "server")
    writer.write(RecordedStep("found", None, 0, after=first, followers={OBSERVER: first.epoch}))
    commits = {found.epoch: found for found in line.commits}
    for epoch in epochs[1:]:
        found = commits[epoch - 1]
        step = RecordedStep(
            "commit",
            None,
            0,
            before=public_part(line.views[epoch - 1]),
            after=public_part(line.begun[epoch]),
            messages=(Sent("commit", None, found.data),),
            followers={OBSERVER: epoch},
        )
        writer.write(step)
    return writer.trace()


def public_part(view: View) -> PublicGroup:
    """The public part of a view, under a policy that refuses none of the commits that the line has."""
    public = view.public if isinstance(view, GroupState) else view
    return PublicGroup(
        public.suite,
        public.context,
        public.tree,
        public.interim_transcript_hash,
        public.proposals,
        lenient(public.policy),
        public.reinit,
    )
