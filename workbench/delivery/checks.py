"""What the delivery service can check of an upload, with nothing secret (RFC 9420 §6, §10.1, §16.8).

It reads what every message shows in the clear. A key package it can check whole. Of a PrivateMessage it sees only the
frame: whoever knows the group's id and epoch can frame bytes of the right length as a commit, and only members can
tell. docs/delivery.md says what follows for devices.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from workbench.delivery.errors import InvalidFrame, InvalidKeyPackageUpload, TooLarge
from workbench.mls.crypto.algorithms import algorithms
from workbench.mls.errors import MLSError
from workbench.mls.group.key_package import validate_key_package
from workbench.mls.tree.leaf_node import ANY_LENGTH
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.codec import decode
from workbench.mls.wire.messages import (
    ApplicationData,
    Commit,
    MemberSender,
    MLSMessage,
    NewMemberCommitSender,
    PrivateMessage,
    PublicMessage,
)
from workbench.mls.wire.tree import KeyPackage

AEAD_TAG = 16
"""Bytes that sealing adds, whatever the cipher suite (RFC 9180 §7.3)."""

SENDER_DATA = 12 + AEAD_TAG
"""Bytes of encrypted_sender_data: leaf index, generation and reuse guard of four bytes each (RFC 9420 §6.3.2)."""

SHORTEST_CONTENT = {
    ContentType.application: AEAD_TAG + 1 + 1 + 8,
    ContentType.proposal: AEAD_TAG + 2 + 1 + 8,
    ContentType.commit: AEAD_TAG + 2 + 1 + 8 + 1 + 32,
}
"""Bytes of a ciphertext: the tag, the shortest content, a signature with its length (in DER 8 bytes at least), and of a
commit the confirmation tag, which is as long as the shortest hash (RFC 9420 §6.3.1)."""

LARGEST_MESSAGE = 16 * 1024 * 1024
"""Bytes of a message or a Welcome: ample for the Welcome with its tree when one commit adds ten thousand members."""


LONGEST_GROUP_ID = 1024
"""Bytes of a group's id, so that it fits into the index of a database; 16 to 32 are common (RFC 9420 §11)."""

LONGEST_USER = 255
"""Characters of a user's name."""


def check_group_id(group_id: bytes) -> None:
    """`TooLarge` for an id that does not fit into an index, `InvalidFrame` for an empty one, which no path can name."""
    if not group_id:
        raise InvalidFrame("the id of the group is empty")
    if len(group_id) > LONGEST_GROUP_ID:
        raise TooLarge(f"the id of the group has {len(group_id)} bytes; this service takes {LONGEST_GROUP_ID} at most")


def check_user(user: str) -> None:
    """`TooLarge` for a name that is too long, `InvalidFrame` for one that a database cannot hold."""
    if len(user) > LONGEST_USER:
        raise TooLarge(f"the name of the user has {len(user)} characters; this service takes {LONGEST_USER} at most")
    # Spaces of all scripts are fine, and so are the soft hyphen and what joins letters; the rest has to be seen.
    seen = "".join(each for each in user if unicodedata.category(each) != "Zs" and each not in "\u00ad\u200c\u200d")
    if not seen or not seen.isprintable():
        raise InvalidFrame(f"the name {user!r} is empty, or holds a character that nobody can see")


def checked_key_package(message: bytes, *, now: int | None, longest: int | None = None) -> KeyPackage:
    """The key package in an upload, checked as any client checks it (RFC 9420 §10.1).

    `now` is in seconds since 1970; None leaves its lifetime unchecked. `longest` is how many seconds a lifetime may
    last, None for any number. Raises `InvalidKeyPackageUpload`, or `Malformed`
    for bytes that are no MLSMessage.
    """
    key_package = decode(MLSMessage, message).message
    if not isinstance(key_package, KeyPackage):
        raise InvalidKeyPackageUpload(f"a {type(key_package).__name__} stands where a key package should be")
    lifetimes = replace(ANY_LENGTH, longest=longest)
    try:
        validate_key_package(algorithms(key_package.cipher_suite), key_package, now=now, lifetimes=lifetimes)
    except MLSError as error:
        raise InvalidKeyPackageUpload(str(error)) from error
    return key_package


def check_size(what: str, message: bytes, largest: int = LARGEST_MESSAGE) -> None:
    """`TooLarge` for more bytes than a server should keep for a group."""
    if len(message) > largest:
        raise TooLarge(f"the {what} has {len(message)} bytes; this service takes {largest} at most")


def check_frame(message: PublicMessage | PrivateMessage) -> None:
    """`InvalidFrame` for a message that no member can use, as far as its frame shows (RFC 9420 §6, §6.3)."""
    if isinstance(message, PrivateMessage):
        _check_lengths(message)
        return
    sender, content = message.content.sender.sender, message.content.content
    if isinstance(content, ApplicationData):
        raise InvalidFrame("application data came in the clear; it must be in a PrivateMessage")
    if isinstance(content, Commit) and not isinstance(sender, MemberSender | NewMemberCommitSender):
        raise InvalidFrame(f"a {type(sender).__name__} sent a commit; only a member, or a client that joins, may")


def _check_lengths(message: PrivateMessage) -> None:
    sender_data, ciphertext = len(message.encrypted_sender_data), len(message.ciphertext)
    if sender_data != SENDER_DATA:
        raise InvalidFrame(f"the encrypted sender data has {sender_data} bytes; it always has {SENDER_DATA}")
    shortest = SHORTEST_CONTENT[message.content_type]
    if ciphertext < shortest:
        name = message.content_type.name
        raise InvalidFrame(f"the ciphertext has {ciphertext} bytes; that of a private {name} has {shortest} at least")
