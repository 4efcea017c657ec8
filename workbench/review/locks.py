"""Locks: which key opens an encrypted part of a message, and whether somebody's keyring has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from workbench.mls import LeafIndex
from workbench.mls.errors import MLSError
from workbench.mls.schedule.secret_tree import MessageKey, OpenedParentSecrets, Ratchet, Ratchets, SecretTree
from workbench.mls.tree.tree_math import leaf_to_node, parent
from workbench.mls.wire.code_points import ContentType
from workbench.review.keyring import Keyring, KnownEpochKeys


@dataclass(frozen=True, slots=True)
class SenderDataLock:
    """Sender data, which the `sender_data_secret` of the epoch opens (RFC 9420 §6.3.2)."""

    group_id: bytes
    epoch: int

    def __str__(self) -> str:
        return f"the sender data secret of epoch {self.epoch}"


@dataclass(frozen=True, slots=True)
class MessageLock:
    """The content of a PrivateMessage, which one key of the sender's ratchet opens (RFC 9420 §6.3.1)."""

    group_id: bytes
    epoch: int
    leaf: int
    content_type: ContentType
    generation: int

    def __str__(self) -> str:
        kind = "application" if self.content_type is ContentType.application else "handshake"
        return f"key {self.generation} of the {kind} ratchet of leaf {self.leaf} in epoch {self.epoch}"


@dataclass(frozen=True, slots=True)
class KeyLock:
    """An HPKE ciphertext, which the private key of one public key opens (RFC 9420 §5.1.3)."""

    public_key: bytes
    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class AnyLock:
    """The GroupInfo of a Welcome, which the group secrets of any of its entries open (RFC 9420 §12.4.3.1)."""

    locks: tuple[KeyLock, ...]

    def __str__(self) -> str:
        return "the joiner secret, which is in each entry of the Welcome"


@dataclass(frozen=True, slots=True)
class UnknownLock:
    """An encrypted part of which it is not known here whose key opens it; `words` say what would tell."""

    words: str

    def __str__(self) -> str:
        return self.words


Lock: TypeAlias = SenderDataLock | MessageLock | KeyLock | AnyLock | UnknownLock


def can_open(lock: Lock, keyring: Keyring) -> bool:
    """Whether a keyring has the key of a lock."""
    match lock:
        case SenderDataLock(group_id, epoch):
            return "sender_data_secret" in keyring.epoch(group_id, epoch).secrets
        case MessageLock(group_id, epoch):
            known = keyring.epoch(group_id, epoch)
            return kept_key(keyring, lock) is not None or start_of(known, lock) is not None
        case KeyLock(public_key):
            return public_key in keyring.private_keys
        case AnyLock(locks):
            return any(can_open(each, keyring) for each in locks)
        case _:
            return False


class Openers:
    """Says which of some people can open a lock. A Welcome has a lock for each newcomer, so keys are looked up."""

    def __init__(self, keyrings: Iterable[tuple[str, Keyring]]) -> None:
        self._keyrings = tuple(keyrings)
        self._holders: dict[bytes, list[str]] = {}
        for name, keyring in self._keyrings:
            for public_key in keyring.private_keys:
                self._holders.setdefault(public_key, []).append(name)

    def of(self, lock: Lock) -> list[str]:
        """The people whose keyrings have the key of a lock, in their order."""
        if isinstance(lock, KeyLock):
            return self._holders.get(lock.public_key, [])
        if isinstance(lock, AnyLock):
            found = {name for each in lock.locks for name in self.of(each)}
            return [name for name, _ in self._keyrings if name in found]
        return [name for name, keyring in self._keyrings if can_open(lock, keyring)]


@dataclass(frozen=True, slots=True)
class Start:
    """Where in a secret tree the derivation of a message key begins.

    It is the secret of a node above the leaf, whose subtree has `width` leaves, or with width 0 the ratchet secret of
    `generation`. `is_root` says that it is the encryption secret.
    """

    secret: bytes = field(repr=False)
    width: int
    generation: int = 0
    is_root: bool = False


def start_of(known: KnownEpochKeys, lock: MessageLock) -> Start | None:
    """The lowest known secret above the key of a message; None if none is known, or the key is too far away."""
    ratchets = [
        each
        for each in known.ratchet_secrets
        if (each.leaf, each.content_type) == (lock.leaf, lock.content_type) and each.generation <= lock.generation
    ]
    if ratchets:
        last = max(ratchets, key=lambda each: each.generation)
        return Start(last.secret, 0, last.generation)
    leaf_count = known.tree.leaf_count if known.tree is not None else 0
    at, width = leaf_to_node(LeafIndex(lock.leaf)), 1
    while width <= leaf_count:
        if at in known.tree_secrets:
            return Start(known.tree_secrets[at], width, is_root=width == leaf_count)
        at, width = (parent(at, leaf_count) if width < leaf_count else at), 2 * width
    if known.secret_tree is None or _key_in(known.secret_tree, lock) is None:
        return None
    return _start_in(known.secret_tree, lock)


def kept_key(keyring: Keyring, lock: MessageLock) -> MessageKey | None:
    """The key of a message that is known by itself: a skipped key of a ratchet, or one from a trace."""
    name = (lock.group_id, lock.epoch, lock.leaf, int(lock.content_type), lock.generation)
    known = keyring.epoch(lock.group_id, lock.epoch).secret_tree
    return keyring.message_keys.get(name) or (None if known is None else _key_in(known, lock))


def _key_in(tree: SecretTree, lock: MessageLock) -> MessageKey | None:
    try:
        return tree.key_for(lock.leaf, lock.content_type, lock.generation)[1]
    except MLSError:
        return None


def _start_in(tree: SecretTree, lock: MessageLock) -> Start | None:
    """The lowest secret above a leaf that the secret tree still holds; None if the ratchet has passed the key."""
    subtree, width = tree.root, tree.leaf_count
    while isinstance(subtree, OpenedParentSecrets):
        width //= 2
        subtree = subtree.right if lock.leaf & width else subtree.left
    if isinstance(subtree, Ratchets):
        own: Ratchet = subtree.application if lock.content_type is ContentType.application else subtree.handshake
        return Start(own.secret, 0, own.generation) if own.generation <= lock.generation else None
    return Start(subtree, width, is_root=width == tree.leaf_count)
