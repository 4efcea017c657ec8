"""Findings about padding: whether the lengths of private messages show how long their texts are (RFC 9420 §15.1).

A state opens messages and shows their padding. Without a state only lengths are known, and a padding rule can be seen
in them: it makes them differ by multiples of a step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import gcd

from workbench.adversary.randomness_compromise import TAG_LENGTH
from workbench.inspect.carving import CarvedObject
from workbench.inspect.names import counted
from workbench.mls import GroupState, encode
from workbench.mls.framing.private_message import unprotect_private
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.messages import PrivateMessage, PrivateMessageContent
from workbench.review.findings import AuditFinding, Certainty, FindingKind, Severity
from workbench.review.replay import ReplayedMessage

FEWEST_MESSAGES = 3
"""How many messages it takes: by chance one message can have a length at which a rule adds no padding."""

SMALLEST_STEP = 8
"""The smallest step of Padmé for a PrivateMessage, whose plaintext has a signature of 64 bytes or more."""


def padding_hygiene(
    group_id: bytes, objects: Sequence[CarvedObject], outcomes: Mapping[int, ReplayedMessage]
) -> Iterator[AuditFinding]:
    """The finding about application messages without padding in a group; `outcomes` are by the `id` of the object."""
    sent = {each.data: each for each in objects if _is_private_text(each)}
    lengths = [len(each.content.ciphertext) for each in sent.values()]
    step = gcd(*(length - lengths[0] for length in lengths))
    if step == 0:
        return  # there is no message, or all have one length, which tells nothing
    opened = [
        padding_of(outcome.view, each.content)
        for each in sent.values()
        if (outcome := outcomes.get(id(each))) is not None
        and outcome.is_verified
        and isinstance(outcome.view, GroupState)
    ]
    if len(opened) >= FEWEST_MESSAGES:
        if not any(opened):
            yield _finding(
                group_id,
                Certainty.PROVEN,
                "messages have no padding",
                f"None of the {len(opened)} application messages that were opened has padding. Each server on the way "
                "learns from the length of a message how long its text is.",
            )
    elif len(sent) >= FEWEST_MESSAGES and step < SMALLEST_STEP:
        yield _finding(
            group_id,
            Certainty.SUSPECTED,
            "messages seem to have no padding",
            f"The lengths of {len(sent)} private application messages differ by steps of "
            f"{counted(step, 'byte')}. Padding by a rule makes steps of {SMALLEST_STEP} bytes or more. So each "
            "server on the way probably learns from the length of a message how long its text is.",
        )


def padding_of(state: GroupState, message: PrivateMessage) -> int:
    """The bytes of padding in a message that a state has the key for. Raises what `unprotect_private` raises."""
    opened, _ = unprotect_private(
        state.suite,
        message,
        state.secret_tree,
        state.secrets.sender_data_secret,
        state.policy.ratchets,
        custom=state.policy.custom,
    )
    content = PrivateMessageContent(opened.content.content, opened.auth, b"")
    return len(message.ciphertext) - TAG_LENGTH - len(encode(content))


def _is_private_text(found: CarvedObject) -> bool:
    return isinstance(found.content, PrivateMessage) and found.content_type is ContentType.application


def _finding(group_id: bytes, certainty: Certainty, title: str, sentence: str) -> AuditFinding:
    return AuditFinding(
        Severity.NOTE,
        certainty,
        FindingKind.HYGIENE,
        title,
        sentence,
        section="§15.1",
        group_id=group_id,
        advice="Let the clients pad their messages: by Padmé, or to a multiple of 256 bytes, for example.",
    )
