"""PrivateMessage: what the server sees, what only members open, and which keys are gone afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mls.framing.speakers import (
    COMMIT,
    DATA,
    PRIVATE,
    PROPOSAL,
    PUBLIC,
    SENDER,
    SENDER_DATA_SECRET,
    Epoch,
    every_suite,
    flipped,
)
from workbench.mls.crypto.ciphersuite import CipherSuite, cipher_suite
from workbench.mls.errors import (
    DecryptionFailed,
    GenerationTooFarAhead,
    InvalidMessage,
    KeyAlreadyUsed,
    Malformed,
    Misuse,
)
from workbench.mls.framing.content import verify_content
from workbench.mls.framing.padding import Padding
from workbench.mls.framing.private_message import (
    _guarded,
    protect_private,
    sender_data_key_and_nonce,
    unprotect_private,
)
from workbench.mls.schedule.secret_tree import RatchetLimits, SecretTree
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.codec import decode, encode
from workbench.mls.wire.messages import (
    ApplicationData,
    ExternalSenderIndex,
    PrivateContentAAD,
    PrivateMessage,
    PrivateMessageContent,
    Sender,
    SenderData,
    SenderDataAAD,
)
from workbench.mls.wire.proposals import Commit, Proposal

ENTROPY = bytes(32)
EPOCH = Epoch(cipher_suite(1))


def sealed(
    epoch: Epoch,
    content: ApplicationData | Proposal | Commit = DATA,
    *,
    secret_tree: SecretTree | None = None,
    padding: Padding = 0,
    entropy: bytes = ENTROPY,
) -> tuple[PrivateMessage, SecretTree]:
    return protect_private(
        epoch.suite,
        epoch.signed(PRIVATE, content),
        secret_tree or epoch.secret_tree,
        SENDER_DATA_SECRET,
        padding=padding,
        entropy=entropy,
    )


@every_suite
@pytest.mark.parametrize("content", [DATA, PROPOSAL, COMMIT], ids=["application", "proposal", "commit"])
def test_a_message_survives_the_wire_and_leaves_both_sides_with_the_same_keys(
    suite: CipherSuite, content: ApplicationData | Proposal | Commit
) -> None:
    epoch = Epoch(suite)
    message, tree_of_sender = sealed(epoch, content)
    received = decode(PrivateMessage, encode(message))
    opened, tree_of_receiver = unprotect_private(suite, received, epoch.secret_tree, SENDER_DATA_SECRET)
    assert verify_content(suite, opened, epoch.keys.public_key, epoch.context) == epoch.signed(PRIVATE, content)
    assert tree_of_receiver == tree_of_sender


def test_the_server_sees_neither_the_sender_nor_the_content() -> None:
    message, _ = sealed(EPOCH, ApplicationData(b"meet at noon"))
    assert b"meet at noon" not in encode(message)
    assert len(message.encrypted_sender_data) == len(encode(SenderData(SENDER, 0, bytes(4)))) + 16


def test_a_replayed_message_is_refused_as_one() -> None:
    message, _ = sealed(EPOCH)
    _, tree = unprotect_private(EPOCH.suite, message, EPOCH.secret_tree, SENDER_DATA_SECRET)
    with pytest.raises(KeyAlreadyUsed, match="the message is a replay"):
        unprotect_private(EPOCH.suite, message, tree, SENDER_DATA_SECRET)


def test_a_receivers_limits_are_heeded() -> None:
    _, tree = sealed(EPOCH)
    message, _ = sealed(EPOCH, secret_tree=tree)
    limits = RatchetLimits(forward=0, behind=0)
    with pytest.raises(GenerationTooFarAhead):
        unprotect_private(EPOCH.suite, message, EPOCH.secret_tree, SENDER_DATA_SECRET, limits)


def test_other_entropy_changes_the_ciphertext_under_the_same_key() -> None:
    first, _ = sealed(EPOCH, entropy=bytes(32))
    again, _ = sealed(EPOCH, entropy=bytes(32))
    second, _ = sealed(EPOCH, entropy=b"\1" * 32)
    assert first == again
    assert first.ciphertext != second.ciphertext


@every_suite
def test_sender_data_opens_only_where_it_was_sealed(suite: CipherSuite) -> None:
    epoch = Epoch(suite)
    message, _ = sealed(epoch)
    for changed in (
        replace(message, group_id=b"other"),
        replace(message, epoch=5),
        replace(message, content_type=ContentType.commit),
        replace(message, encrypted_sender_data=flipped(message.encrypted_sender_data)),
        replace(message, ciphertext=message.ciphertext[1:]),
    ):
        with pytest.raises(DecryptionFailed, match=r"sender data secret of this epoch .*§6\.3\.2"):
            unprotect_private(suite, changed, epoch.secret_tree, SENDER_DATA_SECRET)


def test_sender_data_opens_only_with_the_secret_of_its_epoch() -> None:
    message, _ = sealed(EPOCH)
    with pytest.raises(DecryptionFailed, match="sender data secret of this epoch"):
        unprotect_private(EPOCH.suite, message, EPOCH.secret_tree, b"that of another epoch")


@every_suite
def test_content_opens_only_unchanged_and_with_the_key_of_its_sender(suite: CipherSuite) -> None:
    epoch = Epoch(suite)
    message, _ = sealed(epoch, ApplicationData(bytes(100)))
    other_tree = SecretTree(suite, 4, b"another encryption secret")
    for changed, tree in (
        (replace(message, authenticated_data=b"other"), epoch.secret_tree),
        (replace(message, ciphertext=flipped(message.ciphertext)), epoch.secret_tree),
        (message, other_tree),
    ):
        with pytest.raises(DecryptionFailed, match=r"not sealed with key 0 of leaf 1 .*§6\.3\.1"):
            unprotect_private(suite, changed, tree, SENDER_DATA_SECRET)


def crafted(plaintext: bytes, *, leaf: int = SENDER, generation: int = 0) -> PrivateMessage:
    """A message that a member who does not keep to the rules can seal."""
    suite, guard = EPOCH.suite, b"\1\2\3\4"
    application = ContentType.application
    _, used = EPOCH.secret_tree.key_for(SENDER, application, 0)
    aad = encode(PrivateContentAAD(b"group", 4, application, b"aad"))
    ciphertext = suite.seal(used.key, _guarded(used.nonce, guard), aad, plaintext)
    key, nonce = sender_data_key_and_nonce(suite, SENDER_DATA_SECRET, ciphertext)
    sender_data_aad = encode(SenderDataAAD(b"group", 4, application))
    sender_data = suite.seal(key, nonce, sender_data_aad, encode(SenderData(leaf, generation, guard)))
    return PrivateMessage(b"group", 4, application, b"aad", sender_data, ciphertext)


PLAINTEXT = encode(PrivateMessageContent(DATA, EPOCH.signed(PRIVATE, DATA).auth, b""))


def test_the_crafted_message_is_good_as_long_as_its_plaintext_is() -> None:
    opened, _ = unprotect_private(EPOCH.suite, crafted(PLAINTEXT), EPOCH.secret_tree, SENDER_DATA_SECRET)
    assert verify_content(EPOCH.suite, opened, EPOCH.keys.public_key, EPOCH.context).content.content == DATA


def test_padding_that_is_not_all_zeros_is_malformed_and_the_error_says_where() -> None:
    message = crafted(PLAINTEXT + b"\0\0\7\0")
    with pytest.raises(Malformed, match=r"not all zeros .*§6\.3\.1") as caught:
        unprotect_private(EPOCH.suite, message, EPOCH.secret_tree, SENDER_DATA_SECRET)
    assert caught.value.path == ("PrivateMessageContent", "padding")
    assert caught.value.offset == len(PLAINTEXT) + 2


def test_a_plaintext_that_is_no_content_is_malformed() -> None:
    message = crafted(PLAINTEXT[:-1])
    with pytest.raises(Malformed):
        unprotect_private(EPOCH.suite, message, EPOCH.secret_tree, SENDER_DATA_SECRET)


def test_a_sender_beyond_the_tree_and_a_generation_beyond_reason_are_refused() -> None:
    with pytest.raises(InvalidMessage, match="leaf 4 of a tree with 4 leaves"):
        unprotect_private(EPOCH.suite, crafted(PLAINTEXT, leaf=4), EPOCH.secret_tree, SENDER_DATA_SECRET)
    far = crafted(PLAINTEXT, generation=(1 << 32) - 1)
    with pytest.raises(GenerationTooFarAhead):
        unprotect_private(EPOCH.suite, far, EPOCH.secret_tree, SENDER_DATA_SECRET)


def test_the_sample_is_the_whole_ciphertext_when_that_is_short() -> None:
    suite = EPOCH.suite
    assert sender_data_key_and_nonce(suite, b"secret", b"short") != sender_data_key_and_nonce(suite, b"secret", b"")
    long = bytes(suite.hash_length)
    assert sender_data_key_and_nonce(suite, b"secret", long) == sender_data_key_and_nonce(suite, b"secret", long + b"1")


def test_only_a_member_can_send_and_only_what_was_signed_for_it() -> None:
    suite, tree = EPOCH.suite, EPOCH.secret_tree
    outsider = EPOCH.signed(PRIVATE, PROPOSAL, Sender(ExternalSenderIndex(0)))
    with pytest.raises(Misuse, match=r"only a member can send a PrivateMessage .*§6\.3\.2"):
        protect_private(suite, outsider, tree, SENDER_DATA_SECRET, entropy=ENTROPY)
    public = EPOCH.signed(PUBLIC, PROPOSAL)
    with pytest.raises(Misuse, match=r"signed for another wire format than PrivateMessage .*§6\.1"):
        protect_private(suite, public, tree, SENDER_DATA_SECRET, entropy=ENTROPY)
