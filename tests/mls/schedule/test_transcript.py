"""The transcript: whatever a commit says or is signed with moves it elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.mls.crypto.ciphersuite import CIPHER_SUITES, CipherSuite
from workbench.mls.schedule.transcript import (
    confirmation_tag,
    confirmed_transcript_hash,
    interim_transcript_hash,
)
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.lengths import length_header
from workbench.mls.wire.messages import FramedContent, MemberSender, Sender
from workbench.mls.wire.proposals import Commit

every_suite = pytest.mark.parametrize("suite", CIPHER_SUITES.values(), ids=repr)

COMMIT = FramedContent(b"group", 3, Sender(MemberSender(1)), b"", Commit((), None))


@every_suite
def test_the_confirmed_hash_depends_on_all_that_was_sent_and_on_all_before(suite: CipherSuite) -> None:
    public, private = WireFormat.mls_public_message, WireFormat.mls_private_message
    hashes = {
        confirmed_transcript_hash(suite, b"before", public, COMMIT, b"signature"),
        confirmed_transcript_hash(suite, b"other", public, COMMIT, b"signature"),
        confirmed_transcript_hash(suite, b"before", private, COMMIT, b"signature"),
        confirmed_transcript_hash(suite, b"before", public, replace(COMMIT, epoch=4), b"signature"),
        confirmed_transcript_hash(suite, b"before", public, COMMIT, b"another"),
    }
    assert len(hashes) == 5


@every_suite
def test_the_interim_hash_adds_the_confirmation_tag_to_the_confirmed_one(suite: CipherSuite) -> None:
    tag = confirmation_tag(suite, b"key", b"confirmed")
    assert suite.verify_mac(b"key", b"confirmed", tag)
    interim = interim_transcript_hash(suite, b"confirmed", tag)
    assert interim == suite.hash(b"confirmed" + length_header(len(tag)) + tag)
    assert interim != interim_transcript_hash(suite, b"confirmed", confirmation_tag(suite, b"key", b"other"))
