"""Why can this member not process these bytes? `explain` gives the reason and the next step.

`explain` does not guess what it can try: it processes the bytes with `process`, and looks for the cause of a refusal.
States are values, so the member's state does not change. Bad bytes give an explanation, never an exception.
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
    """What some bytes are for a member; if it cannot process them, the reason and the next step.

    `now` is in seconds since 1970. More `knowledge` gives more precise answers: for example, only evidence of the
    other side proves a fork.
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
    """The explanation of a message to a group: the result or the error of `process`."""
    known = case.knowledge
    try:
        following, received = process(
            case.state,
            case.message,
            now=case.now,
            sent_at=known.sent_at,
            psks=known.psks,
            pending=known.pending,
        )
    except MLSError as error:
        return refused(case, error)
    return accepted(case, following, received)


def _as_text(encoding: str, inside: Explanation) -> Explanation:
    sentence = f"It is text that encodes MLS bytes in {encoding}. After decoding: {inside.sentence}"
    step = f"{KINDS[MessageKind.ENCODED].next_step} Then: {inside.next_step}"
    details = replace(inside.details, encoding=encoding)
    return Explanation(MessageKind.ENCODED, sentence, step, inside.section, details, inside.error)
