"""Making key packages, with which others can add a client while it is offline (RFC 9420 §10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workbench.mls.arguments import Entropy, check_fields, checks_arguments
from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.crypto.signer import SigningKey
from workbench.mls.tree.grease import grease_extension, greased
from workbench.mls.tree.own_leaf import check_own_leaf, default_capabilities, sign_leaf_node
from workbench.mls.value import value
from workbench.mls.wire.code_points import LAST_RESORT, ProtocolVersion
from workbench.mls.wire.codec import encode
from workbench.mls.wire.tree import (
    Capabilities,
    Credential,
    Extension,
    KeyPackage,
    KeyPackageSource,
    KeyPackageTBS,
    LeafNode,
    Lifetime,
)


@value
class KeyPackageBundle:
    """A key package with its private keys; only the client that made it holds them."""

    key_package: KeyPackage
    init_private_key: bytes
    encryption_private_key: bytes
    signature_private_key: SigningKey

    def __post_init__(self) -> None:
        check_fields(self)

    def __repr__(self) -> str:
        return f"KeyPackageBundle({self.key_package.leaf_node.credential!r})"


@checks_arguments
def create_key_package(
    suite: CipherSuite,
    credential: Credential,
    signature_private_key: SigningKey,
    *,
    lifetime: Lifetime,
    entropy: Entropy,
    last_resort: bool = False,
    capabilities: Capabilities | None = None,
    extensions: Sequence[Extension] = (),
    leaf_extensions: Sequence[Extension] = (),
    grease: bool = False,
) -> KeyPackageBundle:
    """Make and sign a key package with fresh init and leaf keys (RFC 9420 §10).

    `lifetime` is in seconds since 1970; `entropy` is 32 fresh bytes. `capabilities` must list the cipher suite, the
    type of the credential and the extensions that the client uses; the default is all that this implementation
    supports. `grease` adds values that all receivers ignore. Raises what `check_own_leaf` raises.

    A key package is used once, and then its private init key is deleted. A key package of `last_resort` is an
    exception: a directory hands it out repeatedly when no other is left, so that nobody can keep a client out of groups
    by using up its key packages (§16.8). This costs forward secrecy: its init key is kept, and decrypts every Welcome
    that was sealed to it. So publish enough others, and replace it once it has been used.
    """
    can = capabilities or default_capabilities()
    if last_resort:
        extensions = (*extensions, Extension(LAST_RESORT, b""))
        can = replace(can, extensions=tuple(dict.fromkeys((*can.extensions, LAST_RESORT))))
    init_keys = suite.derive_key_pair(suite.fresh(entropy, "init key"))
    leaf_keys = suite.derive_key_pair(suite.fresh(entropy, "leaf key"))
    leaf_node = LeafNode(
        encryption_key=leaf_keys.public_key,
        signature_key=suite.signature_public_key(signature_private_key),
        credential=credential,
        capabilities=can,
        leaf_node_source=KeyPackageSource(lifetime),
        extensions=tuple(leaf_extensions),
        signature=b"",
    )
    if grease:
        leaf_node = greased(leaf_node, entropy)
        listed = leaf_node.capabilities.extensions
        extensions = (*extensions, Extension(listed[-1], grease_extension("a key package", entropy).extension_data))
    check_own_leaf(suite, leaf_node, tuple(extensions))
    leaf_node = sign_leaf_node(suite, leaf_node, signature_private_key)
    content = KeyPackageTBS(ProtocolVersion.mls10, suite.id, init_keys.public_key, leaf_node, tuple(extensions))
    signature = suite.sign_with_label(signature_private_key, "KeyPackageTBS", encode(content))
    key_package = KeyPackage(
        content.version, content.cipher_suite, content.init_key, leaf_node, content.extensions, signature
    )
    return KeyPackageBundle(key_package, init_keys.private_key, leaf_keys.private_key, signature_private_key)
