"""Transcript hashes: the secrets of an epoch depend on all commits before it (RFC 9420 §8.2).

The interim hash of an epoch, a commit and its signature give the confirmed hash of the next epoch. The confirmed hash
and the commit's confirmation tag give the interim hash of the next epoch.
"""

from __future__ import annotations

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import ConfirmedTranscriptHashInput, FramedContent, InterimTranscriptHashInput


def confirmed_transcript_hash(
    suite: CipherSuite, interim: bytes, wire_format: WireFormat, commit: FramedContent, signature: bytes
) -> bytes:
    """The hash of all commits up to and including the signature of this one (RFC 9420 §8.2).

    `interim` is the interim transcript hash of the epoch in which the commit was sent.
    """
    return suite.hash(interim + encode(ConfirmedTranscriptHashInput(wire_format, commit, signature)))


def interim_transcript_hash(suite: CipherSuite, confirmed: bytes, tag: bytes) -> bytes:
    """The hash of all commits up to and including the confirmation tag of the last (RFC 9420 §8.2)."""
    return suite.hash(confirmed + encode(InterimTranscriptHashInput(tag)))


def confirmation_tag(suite: CipherSuite, confirmation_key: bytes, confirmed: bytes) -> bytes:
    """The MAC that proves knowledge of the secrets of the epoch to which a commit leads (RFC 9420 §6.1)."""
    return suite.mac(confirmation_key, confirmed)
