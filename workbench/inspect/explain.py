"""Why can this member not process these bytes? The reason in one sentence, and the next step.

Nothing is guessed that can be tried: a state is a value, so `explain` really processes the bytes, and looks closer at
what was refused. It changes nothing, and raises nothing about the bytes.
"""

from __future__ import annotations

from dataclasses import replace

from workbench.inspect.case import NOTHING, ExplainContext, ExplainKnowledge
from workbench.inspect.explanation import Explanation
from workbench.inspect.readings import read_message, written_in
from workbench.inspect.reasons import KINDS, MessageKind
from workbench.inspect.refusals import accepted, refused
from workbench.inspect.unaddressed import explain_group_info, explain_key_package, explain_welcome
from workbench.mls import GroupState, MLSMessage, Welcome, process
from workbench.mls.errors import MLSError
from workbench.mls.wire.messages import GroupInfo
from workbench.mls.wire.tree import KeyPackage


def explain(
    state: GroupState, message: MLSMessage | bytes, *, now: int, knowledge: ExplainKnowledge = NOTHING
) -> Explanation:
    """What bytes are to a member, and if it cannot process them, why not and what to do next.

    `now` is in seconds since 1970. The more `knowledge` there is, the more can be told: a fork, for one, is proven only
    by something of the other side.
    """
    if isinstance(message, bytes):
        written = written_in(message)
        if written is not None:
            return _as_text(written.encoding, explain(state, written.data, now=now, knowledge=knowledge))
        read = read_message(message, state.policy.custom)
        if isinstance(read, Explanation):
            return read
        message = read
    match message.message:
        case KeyPackage() as key_package:
            return explain_key_package(state, key_package, now=now)
        case GroupInfo() as group_info:
            return explain_group_info(state, group_info, now=now)
        case Welcome() as welcome:
            return explain_welcome(welcome, knowledge, now=now, state=state)
        case framed:
            return _explain_framed(ExplainContext(state, message, framed, now, knowledge))


def _explain_framed(case: ExplainContext) -> Explanation:
    """A message to a group, by what `process` makes of it."""
    known = case.knowledge
    try:
        following, received = process(
            case.state,
            case.message,
            now=case.now,
            sent_at=known.sent_at,
            psks=known.psks,
            resumption_psks=known.resumption_psks,
            pending=known.pending,
        )
    except MLSError as error:
        return refused(case, error)
    return accepted(case, following, received)


def _as_text(encoding: str, inside: Explanation) -> Explanation:
    sentence = f"It is MLS written in {encoding}, not the bytes themselves. Decoded: {inside.sentence}"
    step = f"{KINDS[MessageKind.ENCODED].next_step} Then: {inside.next_step}"
    details = replace(inside.details, encoding=encoding)
    return Explanation(MessageKind.ENCODED, sentence, step, inside.section, details, inside.error)
