"""The secret tree: from one secret for each epoch to one key for each message (RFC 9420 §9).

The tree starts as a single secret at its root. On the way to a leaf, each secret is replaced by those of its two
children, and the secret of the leaf by the first secrets of its two ratchets. For the third leaf of four:

    encryption_secret                Parent                          Parent
                               .-------+-------.              .-------+-------.
                          left secret    right secret    left secret        Parent
                                                                        .-----+-----.
                                                                    Ratchets   right secret

So a later tree holds neither a secret that was used nor any secret from which it follows. That is the deletion schedule
(RFC 9420 §9.2), although no line here deletes anything. Trees share the subtrees that have not changed, so a message
costs one path and not a copy of the tree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import TypeAlias

from workbench.mls.arguments import check_fields
from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.errors import GenerationTooFarAhead, InvalidMessage, KeyAlreadyUsed, KeyExpired, Misuse
from workbench.mls.value import value
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.shapes import uint32


@value
class RatchetLimits:
    """How far messages may arrive out of order; the RFC leaves it to the application (RFC 9420 §15.3).

    `forward` is the most keys that one message may skip. Each costs a derivation, and a member can name generation
    2^32 - 1 in its first message. A thousand take a few milliseconds.
    `behind` is for how many generations a skipped key is kept for its late message. An attacker that gets the state can
    read that message with it, so the number is small.
    """

    forward: uint32 = 1000
    behind: uint32 = 64

    def __post_init__(self) -> None:
        check_fields(self)


DEFAULT_LIMITS = RatchetLimits()
LAST_GENERATION = (1 << 32) - 1


@value
class MessageKey:
    """The key and nonce of one message, and their generation (RFC 9420 §9.1)."""

    generation: int
    key: bytes = field(repr=False)
    nonce: bytes = field(repr=False)


@value
class Ratchet:
    """The secret from which key `generation` and all later ones follow, and the skipped keys (RFC 9420 §9.1)."""

    secret: bytes = field(repr=False)
    generation: int = 0
    skipped: tuple[MessageKey, ...] = ()


@value
class Ratchets:
    """A leaf whose secret is deleted; its two ratchets were derived from it (RFC 9420 §9)."""

    handshake: Ratchet
    application: Ratchet


@value
class OpenedParentSecrets:
    """A parent whose secret is deleted; the secrets of its children were derived from it (RFC 9420 §9)."""

    left: Subtree = field(repr=False)
    right: Subtree = field(repr=False)


Subtree: TypeAlias = bytes | OpenedParentSecrets | Ratchets
"""A part of the tree: opened, or still one secret from which all secrets in it follow."""

TakeKey: TypeAlias = Callable[[Ratchet], tuple[Ratchet, MessageKey]]


@value
class SecretTree:
    """The message keys of all members in one epoch; `leaf_count` is a power of two (RFC 9420 §9)."""

    suite: CipherSuite
    leaf_count: int
    root: Subtree = field(repr=False)

    def key_for(
        self, leaf: int, content_type: ContentType, generation: int, limits: RatchetLimits = DEFAULT_LIMITS
    ) -> tuple[SecretTree, MessageKey]:
        """The key of a received message, and the tree without that key (RFC 9420 §9.2).

        Raises `KeyAlreadyUsed`, `KeyExpired`, `GenerationTooFarAhead`, or `InvalidMessage` for a leaf that the
        tree does not have.
        """
        if leaf >= self.leaf_count:
            raise InvalidMessage("§6.3.2", f"the sender is leaf {leaf} of a tree with {self.leaf_count} leaves")
        name = f"{content_type.name} key {generation} of leaf {leaf}"

        def take(ratchet: Ratchet) -> tuple[Ratchet, MessageKey]:
            _check_limits(name, ratchet, generation, limits)
            if generation < ratchet.generation:
                return _take_skipped(name, ratchet, generation)
            return self._advance(ratchet, generation, limits.behind)

        return self._step(leaf, content_type, take)

    def next_key(self, leaf: int, content_type: ContentType) -> tuple[SecretTree, MessageKey]:
        """The next key for sending, and the tree without that key (RFC 9420 §9.2)."""

        def take(ratchet: Ratchet) -> tuple[Ratchet, MessageKey]:
            if ratchet.generation > LAST_GENERATION:
                raise Misuse("§9.1", f"leaf {leaf} has no {content_type.name} key left in this epoch")
            return self._advance(ratchet, ratchet.generation, behind=0)

        return self._step(leaf, content_type, take)

    def _step(self, leaf: int, content_type: ContentType, take: TakeKey) -> tuple[SecretTree, MessageKey]:
        root, key = self._descend(self.root, self.leaf_count, leaf, content_type, take)
        return SecretTree(self.suite, self.leaf_count, root), key

    def _descend(
        self, subtree: Subtree, width: int, leaf: int, content_type: ContentType, take: TakeKey
    ) -> tuple[Subtree, MessageKey]:
        """Open the parents above a leaf, take a key from its ratchet, and return the changed subtree (RFC 9420 §9)."""
        if isinstance(subtree, bytes):
            opened = self._children(subtree) if width > 1 else self._begin_ratchets(subtree)
            return self._descend(opened, width, leaf, content_type, take)
        if isinstance(subtree, OpenedParentSecrets):
            half, left, right = width // 2, subtree.left, subtree.right
            if leaf & half:
                right, key = self._descend(right, half, leaf, content_type, take)
            else:
                left, key = self._descend(left, half, leaf, content_type, take)
            return OpenedParentSecrets(left, right), key
        if content_type is ContentType.application:
            application, key = take(subtree.application)
            return Ratchets(subtree.handshake, application), key
        handshake, key = take(subtree.handshake)
        return Ratchets(handshake, subtree.application), key

    def _children(self, secret: bytes) -> OpenedParentSecrets:
        length = self.suite.hash_length
        return OpenedParentSecrets(
            self.suite.expand_with_label(secret, "tree", b"left", length),
            self.suite.expand_with_label(secret, "tree", b"right", length),
        )

    def _begin_ratchets(self, secret: bytes) -> Ratchets:
        length = self.suite.hash_length
        return Ratchets(
            Ratchet(self.suite.expand_with_label(secret, "handshake", b"", length)),
            Ratchet(self.suite.expand_with_label(secret, "application", b"", length)),
        )

    def _advance(self, ratchet: Ratchet, generation: int, behind: int) -> tuple[Ratchet, MessageKey]:
        """Advance past a generation, and keep the skipped keys whose messages may still arrive (RFC 9420 §9.1)."""
        oldest = generation + 1 - behind
        skipped = [key for key in ratchet.skipped if key.generation >= oldest]
        secret = ratchet.secret
        for step in range(ratchet.generation, generation):
            if step >= oldest:
                skipped.append(self._message_key(secret, step))
            secret = self._next_secret(secret, step)
        key = self._message_key(secret, generation)
        return Ratchet(self._next_secret(secret, generation), generation + 1, tuple(skipped)), key

    def _message_key(self, secret: bytes, generation: int) -> MessageKey:
        key = self.suite.derive_tree_secret(secret, "key", generation, self.suite.key_length)
        nonce = self.suite.derive_tree_secret(secret, "nonce", generation, self.suite.nonce_length)
        return MessageKey(generation, key, nonce)

    def _next_secret(self, secret: bytes, generation: int) -> bytes:
        return self.suite.derive_tree_secret(secret, "secret", generation, self.suite.hash_length)


def _take_skipped(name: str, ratchet: Ratchet, generation: int) -> tuple[Ratchet, MessageKey]:
    """The key of a message that later ones have overtaken, and the ratchet without that key (RFC 9420 §9.2)."""
    for key in ratchet.skipped:
        if key.generation == generation:
            others = tuple(each for each in ratchet.skipped if each is not key)
            return Ratchet(ratchet.secret, ratchet.generation, others), key
    raise KeyAlreadyUsed("§9.2", f"{name} has been used and is deleted: the message is a replay")


def _check_limits(name: str, ratchet: Ratchet, generation: int, limits: RatchetLimits) -> None:
    """Refuse a generation that is too far ahead to derive, or so late that its key is not kept (RFC 9420 §15.3)."""
    ahead = generation - ratchet.generation
    if ahead > limits.forward:
        reason = f"{name} is {ahead} steps ahead"
        raise GenerationTooFarAhead("§15.3", reason, setting="RatchetLimits.forward", value=limits.forward)
    if -ahead > limits.behind:
        raise KeyExpired("§15.3", f"{name} is {-ahead} steps behind, keys are kept for {limits.behind}")
