"""Padding: the receiver takes it off, and lengths are hidden as far as each rule promises (RFC 9420 §6.3.1)."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mls.framing.speakers import PRIVATE, SENDER_DATA_SECRET, Epoch
from tests.mls.group.scenario import NOW, Scenario, group_of
from workbench.mls import (
    ApplicationMessage,
    Framing,
    MLSMessage,
    Padding,
    Padme,
    Policy,
    ToMultiple,
    cipher_suite,
    process,
)
from workbench.mls.errors import Misuse
from workbench.mls.framing.padding import padding_for, padme_step
from workbench.mls.framing.private_message import protect_private, unprotect_private
from workbench.mls.wire.messages import ApplicationData, PrivateMessage

EPOCH = Epoch(cipher_suite(1))
LONGEST = 1 << 20
TAG = 16
"""The bytes of an AEAD tag."""

rules: st.SearchStrategy[Padding] = st.one_of(
    st.integers(0, 300), st.builds(ToMultiple, st.integers(1, 300)), st.just(Padme())
)


def sealed(data: bytes, padding: Padding) -> PrivateMessage:
    content = EPOCH.signed(PRIVATE, ApplicationData(data))
    message, _ = protect_private(
        EPOCH.suite, content, EPOCH.secret_tree, SENDER_DATA_SECRET, padding=padding, entropy=bytes(32)
    )
    return message


@given(data=st.binary(max_size=300), padding=rules)
def test_any_data_under_any_padding_comes_back(data: bytes, padding: Padding) -> None:
    opened, _ = unprotect_private(EPOCH.suite, sealed(data, padding), EPOCH.secret_tree, SENDER_DATA_SECRET)
    assert opened.content.content == ApplicationData(data)


def test_so_many_bytes_make_messages_of_different_lengths_equally_long() -> None:
    assert len(sealed(b"no", 10).ciphertext) == len(sealed(b"yes, please", 1).ciphertext)


@given(data=st.binary(max_size=300), step=st.integers(1, 300))
def test_what_is_sealed_is_a_multiple_of_the_step_and_less_than_one_longer(data: bytes, step: int) -> None:
    bare, padded = (len(sealed(data, padding).ciphertext) for padding in (0, ToMultiple(step)))
    assert (padded - TAG) % step == 0
    assert 0 <= padded - bare < step


@given(first=st.integers(0, LONGEST), second=st.integers(0, LONGEST), step=st.integers(1, 5000))
def test_a_step_tells_two_lengths_apart_only_by_how_many_steps_they_are(first: int, second: int, step: int) -> None:
    shown = [length + padding_for(ToMultiple(step), length) for length in (first, second)]
    assert (shown[0] == shown[1]) == (-(-first // step) == -(-second // step))


@given(length=st.integers(0, LONGEST))
def test_padme_costs_less_than_an_eighth_and_pads_nothing_twice(length: int) -> None:
    padded = length + padding_for(Padme(), length)
    assert length <= padded < max(length, 1) * 9 / 8
    assert padding_for(Padme(), padded) == 0


@given(length=st.integers(2, LONGEST))
def test_padme_keeps_as_few_bits_of_a_length_as_its_paper_says(length: int) -> None:
    exponent = int(log2(length))
    kept = int(log2(exponent)) + 1 if exponent else 0
    assert padme_step(length) == 2 ** (exponent - kept)


@pytest.mark.no_cover
@pytest.mark.parametrize("longest", [1 << 8, 1 << 12, 1 << 16, 1 << 20])
def test_padme_shows_no_more_lengths_than_the_square_of_the_number_of_bits(longest: int) -> None:
    shown = {length + padding_for(Padme(), length) for length in range(2, longest + 1)}
    assert len(shown) <= log2(longest) ** 2


def test_padding_that_no_message_can_have_is_refused() -> None:
    with pytest.raises(Misuse, match=r"1073741824 bytes of padding do not fit.*§6\.3\.1"):
        sealed(b"no", 1 << 30)


@pytest.mark.parametrize("step", [0, 1 << 30, -32])
def test_a_step_of_padding_that_no_message_can_have_is_refused(step: int) -> None:
    with pytest.raises(Misuse, match=r"step must be"):
        ToMultiple(step)


def length_of(message: MLSMessage) -> int:
    assert isinstance(message.message, PrivateMessage)
    return len(message.message.ciphertext)


def padded_group(padding: Padding) -> Scenario:
    """Two in a group of a suite whose signatures vary in length, both with a policy of how to pad."""
    return group_of("Alice", "Bob", suite=2, policy=Policy(padding=padding))


def test_the_policy_pads_what_a_member_says_unless_the_call_says_otherwise() -> None:
    scenario = padded_group(ToMultiple(256))
    texts = (b"yes", b"no, sorry, not today", b"maybe")
    messages = [scenario.send("Alice", text) for text in texts]
    assert {length_of(message) for message in messages} == {256 + TAG}
    assert length_of(scenario.send("Alice", b"yes", padding=0)) < 200
    for text, message in zip(texts, messages, strict=True):
        scenario.states["Bob"], heard = process(scenario.states["Bob"], message, now=NOW)
        assert isinstance(heard, ApplicationMessage)
        assert heard.application_data == text


def test_the_policy_pads_private_proposals_and_commits_too() -> None:
    scenario = padded_group(ToMultiple(1024))
    update = scenario.propose_update("Bob", framing=Framing(private=True))
    committed = scenario.commit("Alice", framing=Framing(private=True))
    assert [length_of(update), length_of(committed.message)] == [1024 + TAG, 1024 + TAG]
