"""The checks of uploads that take no secret (RFC 9420 §6, §10.1, §16.8).

The service can check all of a key package. It sees only the frame of a PrivateMessage: anybody who knows the group's id
and epoch can frame bytes of the right length as a commit, and only the members can tell. docs/delivery.md says what
follows for devices.
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
    MemberSender,
    MLSMessage,
    NewMemberCommitSender,
    PrivateMessage,
    PublicMessage,
)
from workbench.mls.wire.proposals import Commit
from workbench.mls.wire.tree import KeyPackage

AEAD_TAG = 16
"""Bytes that the AEAD of each cipher suite adds (RFC 9180 §7.3)."""

SENDER_DATA = 12 + AEAD_TAG
"""Bytes of encrypted_sender_data: leaf index, generation and reuse guard of four bytes each (RFC 9420 §6.3.2)."""

SHORTEST_CONTENT = {
    ContentType.application: AEAD_TAG + 1 + 1 + 8,
    ContentType.proposal: AEAD_TAG + 2 + 1 + 8,
    ContentType.commit: AEAD_TAG + 2 + 1 + 8 + 1 + 32,
}
"""The fewest bytes of a ciphertext: the AEAD tag, the shortest content, the shortest signature with its length (8 bytes
in DER), and for a commit the confirmation tag of the shortest hash (RFC 9420 §6.3.1)."""

LARGEST_MESSAGE = 16 * 1024 * 1024
"""The most bytes of a message or a Welcome: enough for a Welcome with its tree to ten thousand new members."""


LONGEST_GROUP_ID = 1024
"""The most bytes of a group's id, so that it fits into the index of a database; 16 to 32 are common (RFC 9420 §11)."""

LONGEST_USER = 255
"""The most characters of a user's name."""


def check_group_id(group_id: bytes) -> None:
    """Raise `TooLarge` for an id that does not fit into an index, `InvalidFrame` for an empty one."""
    if not group_id:
        raise InvalidFrame("the id of the group is empty")
    if len(group_id) > LONGEST_GROUP_ID:
        raise TooLarge(f"the id of the group has {len(group_id)} bytes; this service takes {LONGEST_GROUP_ID} at most")


def check_user(user: str) -> None:
    """Raise `TooLarge` for a name that is too long, `InvalidFrame` for an empty or invisible one."""
    if len(user) > LONGEST_USER:
        raise TooLarge(f"the name of the user has {len(user)} characters; this service takes {LONGEST_USER} at most")
    # Spaces of all scripts, soft hyphens and joiners of letters are allowed; all other characters must be visible.
    seen = "".join(each for each in user if unicodedata.category(each) != "Zs" and each not in "\u00ad\u200c\u200d")
    if not seen or not seen.isprintable():
        raise InvalidFrame(f"the name {user!r} is empty, or holds a character that nobody can see")


def checked_key_package(message: bytes, *, now: int | None, longest: int | None = None) -> KeyPackage:
    """The key package in an upload, with all checks of a client (RFC 9420 §10.1).

    `now` is in seconds since 1970; with None the lifetime is not compared with a time. `longest` is the most seconds of
    a lifetime, None for any number. Raises `InvalidKeyPackageUpload`, or `Malformed` for bytes that are not an
    MLSMessage.
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
    """Raise `TooLarge` for more bytes than the service keeps of one message."""
    if len(message) > largest:
        raise TooLarge(f"the {what} has {len(message)} bytes; this service takes {largest} at most")


def check_frame(message: PublicMessage | PrivateMessage) -> None:
    """Raise `InvalidFrame` for a message whose frame shows that no member can use it (RFC 9420 §6, §6.3)."""
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
