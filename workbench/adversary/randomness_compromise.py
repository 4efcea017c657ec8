"""What leaked randomness gives: all secrets that the device derived from it (see `workbench.mls.crypto.entropy`).

A device draws 32 bytes for each call of the engine and expands them for each purpose. An attacker who has the 32 bytes
does the same. The results are key pairs, the path of a commit, and the ephemeral keys of HPKE ciphertexts.
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
"""The length of the authentication tag, in bytes. It is the same for every AEAD of MLS."""

LEAVES = 256
"""How many leaves the attacker tries to find the newcomer to whom a Welcome is sealed."""

KEY_PAIRS = ("init key", "leaf key", "update leaf key", "path leaf key")
"""The purposes for which key pairs are drawn."""

PATH_LEAF = KEY_PAIRS.index("path leaf key")

LEVELS = 16
"""How many nodes of a path the attacker derives if it has not seen the commit: enough for a tree of 65,536 leaves."""


@dataclass(frozen=True)
class ExpandedRandomness:
    """All secrets that a device can derive from the randomness of one call, in one cipher suite; each computed once."""

    suite: CipherSuite
    entropy: bytes = field(repr=False)
    _welcomes: dict[bytes, bytes] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def key_pairs(self) -> tuple[HPKEKeyPair, ...]:
        """All key pairs that the device may have derived. The attacker compares them with public keys that it sees."""
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
        """Epoch 0 of a group that a founder creates with this randomness; it has one member (RFC 9420 §11)."""
        return epoch_from_epoch_secret(self.suite, self.suite.fresh(self.entropy, "epoch secret"), leaf_count=1)

    def path(self, path: UpdatePath | None, tree: RatchetTree, committer: LeafIndex) -> OpenedPath | None:
        """The secrets of a commit's path, None if not from this randomness; `tree` is the tree after the commit."""
        if path is None or path.leaf_node.encryption_key != self.key_pairs[PATH_LEAF].public_key:
            return None
        nodes = [at.node for at in tree.filtered_direct_path(committer)]
        return climb_path(self.suite, tree, committer, nodes[0] if nodes else None, self.path_secret)

    @cached_property
    def kem_output(self) -> bytes:
        """The `kem_output` of an external commit with this randomness, the same in every group (RFC 9420 §8.3)."""
        return self.suite.derive_key_pair(self._external_init).public_key

    @cached_property
    def _external_init(self) -> bytes:
        return self.suite.fresh(self.entropy, "external init")

    def init_secret(self, external_pub: bytes) -> bytes:
        """The init secret that an external commit with this randomness seals to the external key (RFC 9420 §8.3)."""
        _, init_secret = external_init(self.suite, external_pub, entropy=self._external_init)
        return init_secret

    def group_secrets(self, init_key: bytes, welcome: Welcome, entry: EncryptedGroupSecrets) -> GroupSecrets | None:
        """The GroupSecrets that a Welcome seals to an init key, None if not with this randomness (§12.4.3.1).

        The same ephemeral key and the same init key give the same keystream. So the attacker seals zeros to get the
        keystream, and removes it from the ciphertext.
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
        """The entropy for sealing the GroupSecrets that have this ephemeral public key; None if it is not from here."""
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
