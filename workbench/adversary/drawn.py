"""What leaked randomness gives: all that a device drew from it, made again (see `workbench.mls.crypto.entropy`).

A device draws 32 bytes for each call of the engine and expands them for each purpose. Whoever has the 32 bytes expands
them too: to key pairs, to the path of a commit, and to the ephemeral keys with which something was sealed.
"""

from __future__ import annotations

from workbench.mls import CipherSuite, HPKEKeyPair, Welcome, decode
from workbench.mls.group.public_commit import Followed
from workbench.mls.schedule.key_schedule import external_init
from workbench.mls.tree.update_path import OpenedPath, climb_path
from workbench.mls.wire.messages import EncryptedGroupSecrets, GroupSecrets

TAG_LENGTH = 16
"""Of every AEAD that MLS has."""

LEAVES = 256
"""A thief tries so many leaves for the one that a ciphertext was made for."""

KEY_PAIRS = ("init key", "leaf key", "update leaf key", "path leaf key")
"""The purposes for which key pairs are drawn."""


LEVELS = 16
"""And so many levels of a path whose commit it has not seen: a tree of 65,536 leaves."""


def drawn_key_pairs(suite: CipherSuite, entropy: bytes) -> tuple[HPKEKeyPair, ...]:
    """The key pairs that may have been drawn; a public key that was seen somewhere says which one was."""
    drawn = [suite.derive_key_pair(suite.fresh(entropy, purpose)) for purpose in KEY_PAIRS]
    path_secret = suite.fresh(entropy, "path secret")
    for _ in range(LEVELS):
        drawn.append(suite.derive_key_pair(suite.derive_secret(path_secret, "node")))
        path_secret = suite.derive_secret(path_secret, "path")
    return tuple(drawn)


def drawn_path(suite: CipherSuite, entropy: bytes, followed: Followed) -> OpenedPath | None:
    """The secrets of a commit's path, None if it was not drawn from this randomness."""
    path = followed.commit.path
    leaf_keys = suite.derive_key_pair(suite.fresh(entropy, "path leaf key"))
    if path is None or path.leaf_node.encryption_key != leaf_keys.public_key:
        return None
    nodes = [at.node for at in followed.tree.filtered_direct_path(followed.committer)]
    path_secret = suite.fresh(entropy, "path secret")
    return climb_path(suite, followed.tree, followed.committer, nodes[0] if nodes else None, path_secret)


def drawn_external_init(suite: CipherSuite, entropy: bytes, external_pub: bytes, kem_output: bytes) -> bytes | None:
    """The init secret that a newcomer has drawn for an epoch, None if not from this randomness (RFC 9420 §8.3)."""
    made, init_secret = external_init(suite, external_pub, entropy=suite.fresh(entropy, "external init"))
    return init_secret if made == kem_output else None


def drawn_group_secrets(
    suite: CipherSuite, entropy: bytes, init_key: bytes, welcome: Welcome, entry: EncryptedGroupSecrets
) -> GroupSecrets | None:
    """What a Welcome seals to an init key, None if not with this randomness (RFC 9420 §12.4.3.1).

    The same ephemeral key to the same init key gives the same keystream: zeros, sealed with it, lay it bare.
    """
    sealed = entry.encrypted_group_secrets
    length = len(sealed.ciphertext) - TAG_LENGTH
    for ephemeral in (suite.fresh(entropy, f"Welcome to leaf {leaf}") for leaf in range(LEAVES)):
        if suite.derive_key_pair(ephemeral).public_key == sealed.kem_output:
            break
    else:
        return None
    again = suite.encrypt_with_label(
        init_key, "Welcome", welcome.encrypted_group_info, bytes(length), entropy=ephemeral
    )
    opened = bytes(a ^ b for a, b in zip(sealed.ciphertext[:length], again.ciphertext, strict=False))
    return decode(GroupSecrets, opened)
