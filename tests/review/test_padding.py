"""An audit sees padding: zeros that are none, and lengths that show how long the texts are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mls.group.scenario import group_of
from tests.review.test_audit import pieces
from workbench.mls import GroupState, MLSMessage, Padme, ToMultiple, encode, protect
from workbench.mls.framing.padding import Padding
from workbench.mls.framing.private_message import _guarded, open_sender_data
from workbench.mls.wire.messages import PrivateContentAAD, PrivateMessage
from workbench.review.audit import Audit, audit
from workbench.review.findings import Certainty, Severity
from workbench.review.known_secrets import NO_SECRETS, KnownSecrets

TEXTS = [b"yes", b"no, sorry, not today", b"perhaps", b"ask me again tomorrow at noon, when I have slept"]


def audited(padding: Padding = 0, texts: list[bytes] = TEXTS, *, with_state: bool) -> Audit:
    """The audit of Alice's messages, with Bob's state or with the wire alone."""
    scenario = group_of("Alice", "Bob")
    sent = [scenario.send("Alice", text, padding=padding) for text in texts]
    return audit(pieces(*sent), KnownSecrets(states=(scenario.states["Bob"],)) if with_state else NO_SECRETS)


def told(done: Audit) -> list[tuple[str, Severity, Certainty]]:
    return [(each.title, each.severity, each.certainty) for each in done.findings if each.section == "§15.1"]


def test_messages_without_padding_are_proven_with_a_state_and_suspected_by_their_lengths() -> None:
    proven, suspected = audited(with_state=True), audited(with_state=False)
    assert told(proven) == [("messages have no padding", Severity.NOTE, Certainty.PROVEN)]
    assert told(suspected) == [("messages seem to have no padding", Severity.NOTE, Certainty.SUSPECTED)]
    (finding,) = [each for each in suspected.findings if each.section == "§15.1"]
    assert finding.sentence.startswith("The lengths of 4 private application messages differ by steps of 1 byte.")
    assert "Padmé" in finding.advice


@pytest.mark.parametrize("padding", [Padme(), ToMultiple(16), 100], ids=str)
def test_padded_messages_are_no_finding_where_the_padding_is_seen(padding: Padding) -> None:
    assert told(audited(padding, with_state=True)) == []
    is_by_a_rule = padding != 100
    assert bool(told(audited(padding, with_state=False))) is not is_by_a_rule


def test_few_messages_and_messages_of_one_length_are_no_finding() -> None:
    for texts in (TEXTS[:2], [b"yes", b"not", b"now", b"but"]):
        assert [told(audited(texts=texts, with_state=each)) for each in (True, False)] == [[], []]


def with_padding(message: MLSMessage, sender: GroupState, padding: bytes) -> bytes:
    """The message with these bytes after its content, sealed with the key that the sender used for it.

    The sender data stay good: they depend on the first bytes of the ciphertext, which are the same.
    """
    private = message.message
    assert isinstance(private, PrivateMessage)
    sender_data = open_sender_data(sender.suite, private, sender.secrets.sender_data_secret)
    _, used = sender.secret_tree.key_for(sender_data.leaf_index, private.content_type, sender_data.generation)
    nonce = _guarded(used.nonce, sender_data.reuse_guard)
    aad = encode(PrivateContentAAD(private.group_id, private.epoch, private.content_type, private.authenticated_data))
    plaintext = sender.suite.open(used.key, nonce, aad, private.ciphertext)
    ciphertext = sender.suite.seal(used.key, nonce, aad, plaintext + padding)
    return encode(replace(message, message=replace(private, ciphertext=ciphertext)))


def test_padding_that_is_not_all_zeros_breaks_the_rule_for_padding() -> None:
    scenario = group_of("Alice", "Bob")
    alice, bob = scenario.states["Alice"], KnownSecrets(states=(scenario.states["Bob"],))
    message = protect(alice, b"hello", entropy=next(scenario.entropy)).message
    assert audit(pieces(with_padding(message, alice, bytes(9))), bob).violations == ()
    (violation,) = audit(pieces(with_padding(message, alice, b"\0\0\7\0")), bob).violations
    assert (violation.rule, violation.section) == ("padding", "§6.3.1")
    assert violation.field == "MLSMessage.private_message.ciphertext.padding"
