"""What leaked randomness gives: all that a device drew from it, made again (see `workbench.mls.crypto.entropy`).

A device draws 32 bytes for each call of the engine and expands them for each purpose. Whoever has the 32 bytes
expands them too: to key pairs, to the path of a commit, and to the ephemeral keys with which something was sealed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from workbench.mls import CipherSuite, HPKEKeyPair, LeafIndex, RatchetTree, Welcome, decode
from workbench.mls.schedule.key_schedule import FirstEpoch, epoch_from_epoch_secret, external_init
from workbench.mls.tree.update_path import OpenedPath, climb_path
from workbench.mls.wire.messages import EncryptedGroupSecrets, GroupSecrets
from workbench.mls.wire.tree import UpdatePath

TAG_LENGTH = 16
"""Of every AEAD that MLS has."""

LEAVES = 256
"""The attacker tries so many leaves for the one that a ciphertext was made for."""

KEY_PAIRS = ("init key", "leaf key", "update leaf key", "path leaf key")
"""The purposes for which key pairs are drawn."""

PATH_LEAF = KEY_PAIRS.index("path leaf key")

LEVELS = 16
"""And so many levels of a path whose commit it has not seen: a tree of 65,536 leaves."""


@dataclass(frozen=True)
class ExpandedRandomness:
    """All that a device can have drawn in one call of the engine, in one cipher suite. Each is drawn once."""

    suite: CipherSuite
    entropy: bytes = field(repr=False)
    _welcomes: dict[bytes, bytes] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def key_pairs(self) -> tuple[HPKEKeyPair, ...]:
        """The key pairs that may have been drawn; a public key that was seen somewhere says which one was."""
        drawn = [self._key_pair(purpose) for purpose in KEY_PAIRS]
        path_secret = self.path_secret
        for _ in range(LEVELS):
            drawn.append(self.suite.derive_key_pair(self.suite.derive_secret(path_secret, "node")))
            path_secret = self.suite.derive_secret(path_secret, "path")
        return tuple(drawn)

    @cached_property
    def path_secret(self) -> bytes:
        """The secret of the lowest node of a commit's path (RFC 9420 §7.4)."""
        return self.suite.fresh(self.entropy, "path secret")

    @cached_property
    def first_epoch(self) -> FirstEpoch:
        """The epoch 0 of a group that was made with this randomness; its one member is the founder (RFC 9420 §11)."""
        return epoch_from_epoch_secret(self.suite, self.suite.fresh(self.entropy, "epoch secret"), leaf_count=1)

    def path(self, path: UpdatePath | None, tree: RatchetTree, committer: LeafIndex) -> OpenedPath | None:
        """The secrets of a commit's path, None if it was not drawn from this randomness; `tree` is the next one."""
        if path is None or path.leaf_node.encryption_key != self.key_pairs[PATH_LEAF].public_key:
            return None
        nodes = [at.node for at in tree.filtered_direct_path(committer)]
        return climb_path(self.suite, tree, committer, nodes[0] if nodes else None, self.path_secret)

    @cached_property
    def kem_output(self) -> bytes:
        """What a newcomer has sealed its init secret in, whatever key it has sealed it to (RFC 9420 §8.3)."""
        return self.suite.derive_key_pair(self._external_init).public_key

    @cached_property
    def _external_init(self) -> bytes:
        return self.suite.fresh(self.entropy, "external init")

    def init_secret(self, external_pub: bytes) -> bytes:
        """The init secret that a newcomer has sealed to the group's external key (RFC 9420 §8.3)."""
        _, init_secret = external_init(self.suite, external_pub, entropy=self._external_init)
        return init_secret

    def group_secrets(self, init_key: bytes, welcome: Welcome, entry: EncryptedGroupSecrets) -> GroupSecrets | None:
        """What a Welcome seals to an init key, None if not with this randomness (RFC 9420 §12.4.3.1).

        The same ephemeral key to the same init key gives the same keystream: zeros, sealed with it, lay it bare.
        """
        sealed = entry.encrypted_group_secrets
        length = len(sealed.ciphertext) - TAG_LENGTH
        ephemeral = self._welcome_entropy(sealed.kem_output)
        if ephemeral is None or length < 0:
            return None
        again = self.suite.encrypt_with_label(
            init_key, "Welcome", welcome.encrypted_group_info, bytes(length), entropy=ephemeral
        )
        opened = bytes(a ^ b for a, b in zip(sealed.ciphertext[:length], again.ciphertext, strict=False))
        return decode(GroupSecrets, opened)

    def _welcome_entropy(self, kem_output: bytes) -> bytes | None:
        """The entropy with which group secrets were sealed, by the ephemeral key beside them."""
        if kem_output not in self._welcomes:
            for leaf in range(len(self._welcomes), LEAVES):
                entropy = self.suite.fresh(self.entropy, f"Welcome to leaf {leaf}")
                public_key = self.suite.derive_key_pair(entropy).public_key
                self._welcomes[public_key] = entropy
                if public_key == kem_output:
                    break
        return self._welcomes.get(kem_output)

    def _key_pair(self, purpose: str) -> HPKEKeyPair:
        return self.suite.derive_key_pair(self.suite.fresh(self.entropy, purpose))
