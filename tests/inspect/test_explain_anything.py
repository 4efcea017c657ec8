"""For all bytes, `explain` raises nothing, changes nothing, and agrees with the result of `process`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mls.group.scenario import NOW, group_of
from workbench.fuzz.bounds import measured
from workbench.inspect.explain import explain
from workbench.inspect.readings import written_in
from workbench.inspect.reasons import ERRORS, MessageKind
from workbench.mls import (
    Framing,
    GroupState,
    KeyPackage,
    KeyPackageBundle,
    MLSMessage,
    Policy,
    RatchetTreeExtension,
    Remove,
    Welcome,
    create_commit,
    decode,
    encode,
    group_info,
    join,
    process,
    propose,
    protect,
)
from workbench.mls import errors as refused
from workbench.mls.errors import MLSError
from workbench.mls.tree.leaf_node import LifetimePolicy
from workbench.mls.wire.code_points import ProtocolVersion

pytestmark = pytest.mark.slow

OUTSIDE = {
    MessageKind.KEY_PACKAGE,
    MessageKind.GROUP_INFO,
    MessageKind.WELCOME,
    MessageKind.WELCOME_FOR_OTHERS,
    MessageKind.FORK,
    MessageKind.FAILED_CHECK,
}
"""The kinds of bytes that are not an argument for `process`."""

CLOSER: dict[type[MLSError], set[MessageKind]] = {
    refused.Malformed: {
        MessageKind.NOT_MLS,
        MessageKind.ENCODED,
        MessageKind.UNFRAMED,
        MessageKind.OTHER_VERSION,
        MessageKind.OTHER_WIRE_FORMAT,
        MessageKind.DAMAGED,
        MessageKind.FAILED_CHECK,
        MessageKind.UNSUPPORTED,
    },
    refused.Misuse: OUTSIDE | {MessageKind.UNSUPPORTED},
    refused.WrongGroup: {MessageKind.OTHER_GROUP, MessageKind.SUCCESSOR_GROUP},
    refused.FutureEpoch: {MessageKind.FUTURE_EPOCH, MessageKind.REMOVED, MessageKind.GROUP_ENDED},
    refused.LateHandshake: {MessageKind.EPOCH_ENDED, MessageKind.ALREADY_PROCESSED, MessageKind.OWN_ECHO},
    refused.OwnMessage: {MessageKind.OWN_ECHO, MessageKind.OWN_LEAF_TWICE, MessageKind.FAILED_CHECK},
    refused.GroupInactive: {MessageKind.REMOVED, MessageKind.GROUP_ENDED},
    refused.DecryptionFailed: {MessageKind.FORK_OR_DAMAGED, MessageKind.DAMAGED, MessageKind.FAILED_CHECK},
    refused.InvalidSignature: {MessageKind.FORK_OR_DAMAGED, MessageKind.FAILED_CHECK},
    refused.InvalidTag: {MessageKind.FORK_OR_DAMAGED, MessageKind.DAMAGED, MessageKind.FAILED_CHECK},
}
"""The errors for which `explain` finds a more precise cause than their class."""


def assert_explained(state: GroupState, data: bytes, now: int = NOW) -> MessageKind:
    """The kind of an explanation; it must fit the result of `process`, and the state must not change."""
    before = snapshot(state)
    explanation = explain(state, data, now=now)
    assert snapshot(state) == before
    assert explanation.sentence.endswith((".", ". "))
    assert explanation.next_step.endswith(".")
    assert explanation.as_json()["kind"] == explanation.kind.value
    assert explanation._repr_html_()
    assert explanation.kind in kinds_by_process(state, data, now), str(explanation)
    return explanation.kind


def kinds_by_process(state: GroupState, data: bytes, now: int) -> set[MessageKind]:
    """The kinds that fit what `process` does with the bytes."""
    try:
        process(state, data, now=now)
    except MLSError as error:
        return CLOSER.get(type(error), {ERRORS[type(error)].kind})
    return {MessageKind.PROCESSABLE}


def snapshot(state: GroupState) -> tuple[Any, ...]:
    """All values in a state."""
    return tuple(
        dict(value) if isinstance(value, dict) else value
        for value in (getattr(state, name) for name in state.__dataclass_fields__)
    )


@cache
def party() -> tuple[dict[str, GroupState], list[bytes]]:
    """States of a small group at several instants, and messages of every kind that were sent in it."""
    scenario = group_of("Alice", "Bob", "Carol")
    states = {"Bob in epoch 1": scenario.states["Bob"], "Alice in epoch 1": scenario.states["Alice"]}
    messages: list[MLSMessage] = [
        scenario.send("Alice", b"Lunch?", padding=20),
        scenario.send("Alice", b"At noon?"),
        propose(scenario.states["Carol"], Remove(1), entropy=next(scenario.entropy), now=NOW).message,
        create_commit(scenario.states["Carol"], [Remove(1)], entropy=next(scenario.entropy), now=NOW).message,
        create_commit(
            scenario.states["Bob"], entropy=next(scenario.entropy), now=NOW, framing=Framing(private=True)
        ).message,
        scenario.outside("Eve", via="Alice").message,
        group_info(scenario.states["Carol"]),
        MLSMessage(
            decode(MLSMessage, encode(group_info(scenario.states["Carol"]))).version,
            scenario.bundle("Dave").key_package,
        ),
        scenario.propose_update("Carol"),
    ]
    committed = scenario.commit("Alice", adds=["Dave"])
    assert committed.welcome is not None
    messages += [committed.message, committed.welcome]
    messages.append(protect(scenario.states["Dave"], b"Hello", entropy=next(scenario.entropy)).message)
    states |= {f"{name} in epoch 2": state for name, state in scenario.states.items()}
    return states, [encode(message) for message in messages]


def test_every_message_is_explained_to_everybody() -> None:
    states, messages = party()
    kinds = {assert_explained(state, data) for state in states.values() for data in messages}
    assert kinds == {
        MessageKind.PROCESSABLE,
        MessageKind.GROUP_INFO,
        MessageKind.KEY_PACKAGE,
        MessageKind.WELCOME_FOR_OTHERS,
        MessageKind.FUTURE_EPOCH,
        MessageKind.EPOCH_DELETED,
        MessageKind.EPOCH_ENDED,
        MessageKind.ALREADY_PROCESSED,
        MessageKind.BEFORE_JOINING,
        MessageKind.OWN_ECHO,
        MessageKind.OWN_LEAF_TWICE,
        MessageKind.MISSING_PROPOSAL,
    }


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A message of the party with bytes changed, cut off, put in or repeated."""
    data = bytearray(draw(st.sampled_from(party()[1])))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(["flip", "cut", "insert", "append"])):
            case "flip" if at < len(data):
                data[at] ^= draw(st.integers(1, 255))
            case "cut":
                del data[at : at + draw(st.integers(1, 40))]
            case "insert":
                data[at:at] = draw(st.binary(min_size=1, max_size=8))
            case _:
                data += draw(st.binary(max_size=8))
    return bytes(data)


@settings(max_examples=300)
@given(damaged(), st.sampled_from(sorted(party()[0])))
def test_the_explanation_of_damaged_bytes_agrees_with_process(data: bytes, who: str) -> None:
    assert_explained(party()[0][who], data)


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_and_any_text_are_explained(data: bytes) -> None:
    assert_explained(party()[0]["Bob in epoch 1"], data)


# Messages of other implementations


def _clients(cases: list[dict[str, Any]]) -> Iterator[tuple[GroupState, int, dict[str, Any]]]:
    policy = Policy(lifetimes=LifetimePolicy(longest=None, in_trees=False, leeway=24 * 60 * 60))
    for case in cases:
        key_package = decode(MLSMessage, bytes.fromhex(case["key_package"])).message
        assert isinstance(key_package, KeyPackage)
        source: Any = key_package.leaf_node.leaf_node_source
        keys = (bytes.fromhex(case[name]) for name in ("init_priv", "encryption_priv", "signature_priv"))
        tree = case["ratchet_tree"] and decode(RatchetTreeExtension, bytes.fromhex(case["ratchet_tree"]))
        now = source.lifetime.not_before + 1
        psks = {bytes.fromhex(each["psk_id"]): bytes.fromhex(each["psk"]) for each in case["external_psks"]}
        bundle = KeyPackageBundle(key_package, *keys)
        welcome = bytes.fromhex(case["welcome"])
        yield join(welcome, bundle, now=now, ratchet_tree=tree, psks=psks, policy=policy), now, case


@pytest.mark.parametrize("text", ["[" * 990, "[" * 200_000, '{"a":' * 100_000, "[" * 5000 + "]" * 5000])
def test_text_that_is_nested_deep_is_explained_as_text(text: str) -> None:
    """JSON that the library cannot read is explained as text."""
    explained = explain(group_of("Alice", "Bob").states["Alice"], text.encode(), now=NOW)
    assert explained.kind is MessageKind.NOT_MLS
    assert "contains no MLS message" in explained.sentence


@pytest.mark.parametrize("suite", [1, 2, 3, 4, 5, 6, 7])
def test_the_messages_of_other_implementations_are_explained(suite: int, official_vectors: Path) -> None:
    cases = json.loads((official_vectors / "passive-client-handling-commit.json").read_text("utf-8"))
    kinds = set()
    for state, now, case in _clients([each for each in cases if each["cipher_suite"] == suite][:3]):
        for epoch in case["epochs"]:
            messages = [bytes.fromhex(each) for each in (*epoch["proposals"], epoch["commit"])]
            kinds |= {assert_explained(state, data, now) for data in messages}
            kinds.add(assert_explained(state, messages[-1][:-1] + bytes([messages[-1][-1] ^ 1]), now))
    assert {MessageKind.PROCESSABLE, MessageKind.DAMAGED, MessageKind.FUTURE_EPOCH} <= kinds


def test_every_official_message_is_explained(official_vectors: Path) -> None:
    bob = party()[0]["Bob in epoch 1"]
    cases = json.loads((official_vectors / "messages.json").read_text("utf-8"))
    expected = {
        "mls_welcome": {MessageKind.WELCOME_FOR_OTHERS, MessageKind.UNSUPPORTED},
        "mls_group_info": {MessageKind.GROUP_INFO},
        "mls_key_package": {MessageKind.FAILED_CHECK},
        "public_message_application": {MessageKind.OTHER_GROUP},
        "public_message_proposal": {MessageKind.OTHER_GROUP},
        "public_message_commit": {MessageKind.OTHER_GROUP},
        "private_message": {MessageKind.OTHER_GROUP},
    }
    for case in cases[:5]:
        for name, data in case.items():
            kind = assert_explained(bob, bytes.fromhex(data))
            assert kind in expected.get(name, set(MessageKind)), (name, kind)


def test_the_longest_of_many_strings_in_a_text_are_tried() -> None:
    def cost(strings: int) -> int:
        text = json.dumps([f"{number:012x}" for number in range(strings)]).encode()
        return measured(lambda: written_in(text))[0].calls

    cost(10)
    assert cost(4000) - cost(2000) <= 10 * 2000
    message = encode(MLSMessage(ProtocolVersion.mls10, Welcome(1, (), b"sealed")))
    found = written_in(json.dumps([*("00" * 8 for _ in range(1000)), message.hex()]).encode())
    assert found is not None
    assert found.data == message
