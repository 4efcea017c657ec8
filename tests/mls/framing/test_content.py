"""Signatures of content: one wire format, one epoch, one sender."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mls.framing.speakers import (
    COMMIT,
    DATA,
    PRIVATE,
    PROPOSAL,
    PUBLIC,
    Epoch,
    every_suite,
    in_another_epoch,
)
from workbench.mls.crypto.ciphersuite import CipherSuite, cipher_suite
from workbench.mls.errors import InvalidSignature, Misuse
from workbench.mls.framing.content import UnverifiedContent, proposal_ref, verify_content
from workbench.mls.wire.messages import AuthenticatedContent, ExternalSenderIndex, NewMemberCommitSender, Sender


def unverified(signed: AuthenticatedContent) -> UnverifiedContent:
    return UnverifiedContent(signed.wire_format, signed.content, signed.auth)


@every_suite
def test_content_becomes_its_senders_once_its_signature_verifies(suite: CipherSuite) -> None:
    epoch = Epoch(suite)
    signed = epoch.signed(PRIVATE, DATA)
    assert verify_content(suite, unverified(signed), epoch.keys.public_key, epoch.context) == signed


@every_suite
def test_a_signature_is_refused_for_other_content_key_format_or_epoch(suite: CipherSuite) -> None:
    epoch = Epoch(suite)
    good, key, context = unverified(epoch.signed(PRIVATE, PROPOSAL)), epoch.keys.public_key, epoch.context
    another_key = suite.signature_key_pair(b"somebody else").public_key
    for content, public_key, group_context in (
        (replace(good, content=replace(good.content, authenticated_data=b"other")), key, context),
        (replace(good, auth=replace(good.auth, signature=b"")), key, context),
        (replace(good, wire_format=PUBLIC), key, context),
        (good, another_key, context),
        (good, key, in_another_epoch(context)),
    ):
        with pytest.raises(InvalidSignature, match=r"does not verify with its sender's key .*§6\.1"):
            verify_content(suite, content, public_key, group_context)


def test_who_becomes_a_member_signs_for_the_epoch_and_who_stays_outside_does_not() -> None:
    epoch = Epoch(cipher_suite(1))
    key, other_context = epoch.keys.public_key, in_another_epoch(epoch.context)
    outside = epoch.signed(PUBLIC, PROPOSAL, Sender(ExternalSenderIndex(0)))
    assert verify_content(epoch.suite, unverified(outside), key, other_context) == outside
    joining = epoch.signed(PUBLIC, COMMIT, Sender(NewMemberCommitSender()))
    assert verify_content(epoch.suite, unverified(joining), key, epoch.context) == joining
    with pytest.raises(InvalidSignature):
        verify_content(epoch.suite, unverified(joining), key, other_context)


@every_suite
def test_a_proposal_has_a_reference_of_its_own_and_nothing_else_has_one(suite: CipherSuite) -> None:
    epoch = Epoch(suite)
    public, private = epoch.signed(PUBLIC, PROPOSAL), epoch.signed(PRIVATE, PROPOSAL)
    assert proposal_ref(suite, public) != proposal_ref(suite, private)
    assert len(proposal_ref(suite, public)) == len(suite.hash(b""))
    with pytest.raises(Misuse, match=r"only a proposal has a proposal reference .*§5\.2"):
        proposal_ref(suite, epoch.signed(PUBLIC, COMMIT))
