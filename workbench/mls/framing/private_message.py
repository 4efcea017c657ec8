"""PrivateMessage: signed content that only members can read (RFC 9420 §6.3).

There are two layers of encryption. The content is encrypted with a key from the sender's ratchet, which is used once.
The sender data, which name the ratchet and its generation, are encrypted with a key that is derived from a sample of
that ciphertext. So the server learns the group and the epoch, but neither the sender nor the content.
"""

from __future__ import annotations

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.crypto.entropy import fresh
from workbench.mls.errors import DecryptionFailed, Malformed, Misuse
from workbench.mls.framing.content import UnverifiedContent
from workbench.mls.framing.padding import Padding, padding_for
from workbench.mls.schedule.secret_tree import DEFAULT_LIMITS, MessageKey, RatchetLimits, SecretTree
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.codec import decode, encode
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    FramedContent,
    MemberSender,
    PrivateContentAAD,
    PrivateMessage,
    PrivateMessageContent,
    Sender,
    SenderData,
    SenderDataAAD,
)

REUSE_GUARD_LENGTH = 4


def protect_private(
    suite: CipherSuite,
    authenticated: AuthenticatedContent,
    secret_tree: SecretTree,
    sender_data_secret: bytes,
    *,
    padding: Padding = 0,
    entropy: bytes,
) -> tuple[PrivateMessage, SecretTree]:
    """Encrypt signed content. The returned secret tree lacks the key that was used (RFC 9420 §6.3).

    `padding` hides the length of the content; the reuse guard is drawn from `entropy`.
    """
    content = authenticated.content
    sender, content_type = content.sender.sender, content.content.TAG
    if authenticated.wire_format is not WireFormat.mls_private_message:
        raise Misuse("§6.1", "the content was signed for another wire format than PrivateMessage")
    if not isinstance(sender, MemberSender):
        raise Misuse("§6.3.2", "only a member can send a PrivateMessage")
    # content
    secret_tree, used = secret_tree.next_key(sender.leaf_index, content_type)
    reuse_guard = fresh(entropy, "reuse guard", REUSE_GUARD_LENGTH)
    aad = PrivateContentAAD(content.group_id, content.epoch, content_type, content.authenticated_data)
    unpadded = encode(PrivateMessageContent(content.content, authenticated.auth, b""))
    plaintext = unpadded + bytes(padding_for(padding, len(unpadded)))
    ciphertext = suite.seal(used.key, _guarded(used.nonce, reuse_guard), encode(aad), plaintext)
    # sender data
    key, nonce = sender_data_key_and_nonce(suite, sender_data_secret, ciphertext)
    sender_data = SenderData(sender.leaf_index, used.generation, reuse_guard)
    sender_data_aad = SenderDataAAD(content.group_id, content.epoch, content_type)
    encrypted_sender_data = suite.seal(key, nonce, encode(sender_data_aad), encode(sender_data))
    message = PrivateMessage(
        content.group_id,
        content.epoch,
        content_type,
        content.authenticated_data,
        encrypted_sender_data,
        ciphertext,
    )
    return message, secret_tree


def unprotect_private(
    suite: CipherSuite,
    message: PrivateMessage,
    secret_tree: SecretTree,
    sender_data_secret: bytes,
    limits: RatchetLimits = DEFAULT_LIMITS,
    *,
    custom: frozenset[int] = frozenset(),
) -> tuple[UnverifiedContent, SecretTree]:
    """Decrypt a message of this epoch. The returned secret tree lacks the key that was used (RFC 9420 §6.3).

    Keep that tree only after the signature has been verified: any member can make a message that decrypts. Whether the
    sender's leaf is filled is checked when its signature key is looked up. `custom` are the types of custom proposals
    that the caller knows. Raises `DecryptionFailed`, `Malformed`, and what `SecretTree.key_for` raises.
    """
    sender_data = open_sender_data(suite, message, sender_data_secret)
    leaf, generation = sender_data.leaf_index, sender_data.generation
    secret_tree, used = secret_tree.key_for(leaf, message.content_type, generation, limits)
    return open_content(suite, message, sender_data, used, custom=custom), secret_tree


def open_content(
    suite: CipherSuite,
    message: PrivateMessage,
    sender_data: SenderData,
    used: MessageKey,
    *,
    custom: frozenset[int] = frozenset(),
) -> UnverifiedContent:
    """Decrypt the content of a message with its key (RFC 9420 §6.3.1). Raises `DecryptionFailed` or `Malformed`."""
    leaf, content_type = sender_data.leaf_index, message.content_type
    aad = PrivateContentAAD(message.group_id, message.epoch, content_type, message.authenticated_data)
    nonce = _guarded(used.nonce, sender_data.reuse_guard)
    try:
        plaintext = suite.open(used.key, nonce, encode(aad), message.ciphertext)
    except DecryptionFailed:
        reason = f"the content was not sealed with key {used.generation} of leaf {leaf}"
        raise DecryptionFailed("§6.3.1", reason) from None
    opened = decode(PrivateMessageContent, plaintext, custom=custom, content_type=content_type)
    if any(opened.padding):
        path = (PrivateMessageContent.__name__, "padding")
        offset = len(plaintext) - len(opened.padding.lstrip(b"\0"))
        raise Malformed("§6.3.1", "the padding is not all zeros", path=path, offset=offset)
    content = FramedContent(
        message.group_id, message.epoch, Sender(MemberSender(leaf)), message.authenticated_data, opened.content
    )
    return UnverifiedContent(WireFormat.mls_private_message, content, opened.auth)


def sender_data_key_and_nonce(suite: CipherSuite, secret: bytes, ciphertext: bytes) -> tuple[bytes, bytes]:
    """The key and nonce for the sender data of a message with this ciphertext (RFC 9420 §6.3.2)."""
    sample = ciphertext[: suite.hash_length]
    key = suite.expand_with_label(secret, "key", sample, suite.key_length)
    nonce = suite.expand_with_label(secret, "nonce", sample, suite.nonce_length)
    return key, nonce


def open_sender_data(suite: CipherSuite, message: PrivateMessage, secret: bytes) -> SenderData:
    """The sender of a message and the generation of its key, not yet verified (RFC 9420 §6.3.2)."""
    key, nonce = sender_data_key_and_nonce(suite, secret, message.ciphertext)
    aad = SenderDataAAD(message.group_id, message.epoch, message.content_type)
    try:
        opened = suite.open(key, nonce, encode(aad), message.encrypted_sender_data)
    except DecryptionFailed:
        reason = "the sender data was not sealed with the sender data secret of this epoch"
        raise DecryptionFailed("§6.3.2", reason) from None
    return decode(SenderData, opened)


def _guarded(nonce: bytes, reuse_guard: bytes) -> bytes:
    """The nonce with its first bytes changed at random, in case a member uses the same key again (RFC 9420 §6.3.1)."""
    head = bytes(a ^ b for a, b in zip(nonce, reuse_guard, strict=False))
    return head + nonce[REUSE_GUARD_LENGTH:]
