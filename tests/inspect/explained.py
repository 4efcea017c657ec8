"""Helpers for tests of `explain`: check an explanation, make two sides of a fork, damage a message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.mls.group.scenario import NOW, group_of
from workbench.inspect.case import NOTHING, ExplainKnowledge
from workbench.inspect.explain import explain
from workbench.inspect.explanation import Explanation
from workbench.inspect.reasons import MessageKind
from workbench.mls import Framing, GroupState, MLSMessage, Remove, create_commit, propose, protect


def told(
    state: GroupState,
    message: MLSMessage | bytes,
    kind: MessageKind,
    *words: str,
    knowledge: ExplainKnowledge = NOTHING,
) -> Explanation:
    """The explanation of some bytes; the test fails if it has another kind or does not contain the words."""
    explanation = explain(state, message, now=NOW, knowledge=knowledge)
    assert explanation.kind is kind, str(explanation)
    for each in words:
        assert each in f"{explanation.sentence} {explanation.next_step}", str(explanation)
    return explanation


ALICE_AND_BOB = group_of("Alice", "Bob")


def forked() -> tuple[GroupState, GroupState, list[MLSMessage]]:
    """A forked group in epoch 2: the states of Alice and of Bob, and the two commits that led to them."""
    scenario = group_of("Alice", "Bob", "Carol")
    commits = [
        create_commit(scenario.states[name], entropy=next(scenario.entropy), now=NOW) for name in ("Alice", "Bob")
    ]
    return commits[0].next, commits[1].next, [each.message for each in commits]


def sent_by(state: GroupState) -> list[MLSMessage]:
    """A private message and a public one."""
    return [
        protect(state, b"hello", entropy=bytes(32)).message,
        create_commit(state, entropy=bytes(32), now=NOW).message,
        propose(state, Remove(2), entropy=bytes(32), now=NOW, framing=Framing(private=True)).message,
    ]


def damaged(message: MLSMessage, field: str) -> MLSMessage:
    """The message with one bit of a field changed."""
    inside: Any = message.message
    return replace(message, message=replace(inside, **{field: flipped(getattr(inside, field))}))


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])
