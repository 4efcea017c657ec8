"""The computed values of objects that others contain: key packages, leaf nodes, GroupInfos, trees."""

from __future__ import annotations

import re

from workbench.mls import LeafIndex, RatchetTree, RatchetTreeExtension, decode, encode
from workbench.mls.errors import MLSError
from workbench.mls.wire.code_points import ExtensionType, LeafNodeSource
from workbench.mls.wire.extensions import ExternalPub
from workbench.mls.wire.messages import GroupContext, GroupInfo
from workbench.mls.wire.tree import LeafNode
from workbench.review.keyring import KnownEpochKeys
from workbench.review.recomputation import Call, Expression, join
from workbench.review.taken_apart import Kind, Place, Sheet, TakenApart

_TREE_LEAF = re.compile(r"ratchet_tree\[(\d+)\]\.leaf_node$")


def below(place: Place, name: str) -> Place:
    """A field inside another."""
    return Place(place.sheet, f"{place.path}{name}" if name.startswith("[") else f"{place.path}.{name}")


def opaque(value: bytes) -> bytes:
    """Bytes as the RFC writes them in a struct: `opaque<V>`."""
    return encode(ExternalPub(value))


def verified(apart: TakenApart, place: Place, section: str, key: Expression, label: str, content: Expression) -> None:
    """Note a signature, which its public key verifies."""
    signature = Call("verify_with_label", (key, label, content, apart.contents(place)))
    apart.compute(place, "signature", Kind.SIGNATURE, section, signature)


def objects_in(apart: TakenApart, sheet: Sheet, group_id: bytes | None, sender: int | None) -> None:
    """The computed values of all key packages and leaf nodes of a sheet.

    A leaf node from inside a group is signed for its place: that of its sender, or of its node in a ratchet tree.
    """
    for path, found in sheet.fields.items():
        place = Place(sheet.name, path)
        if not found.complete or not found.children:
            continue
        if found.type == "KeyPackage":
            _key_package(apart, place)
        elif found.type == "LeafNode":
            in_tree = _TREE_LEAF.search(path)
            leaf = int(in_tree[1]) // 2 if in_tree else sender
            _leaf_node(apart, place, group_id, leaf)


def _key_package(apart: TakenApart, place: Place) -> None:
    signature = below(place, "signature")
    key = apart.contents(below(place, "leaf_node.signature_key"))
    verified(apart, signature, "§10.1", key, "KeyPackageTBS", apart.between(place, signature))
    reference = Call("ref_hash", ("MLS 1.0 KeyPackage Reference", apart.whole(place)))
    apart.compute(place, "KeyPackageRef", Kind.REFERENCE, "§5.2", reference)


def _leaf_node(apart: TakenApart, place: Place, group_id: bytes | None, leaf: int | None) -> None:
    signature = below(place, "signature")
    key = apart.contents(below(place, "signature_key"))
    content: Expression = apart.between(place, signature)
    if apart.found(below(place, "leaf_node_source")).value != LeafNodeSource.key_package:
        if group_id is None or leaf is None:
            missing = "the group and the leaf index for which the leaf node is signed"
            apart.compute(signature, "signature", Kind.SIGNATURE, "§7.2", None, missing=missing)
            return
        where = opaque(group_id) + leaf.to_bytes(4, "big")
        words = f"the group id and the leaf index {leaf}, for which the leaf node is signed"
        content = join(content, apart.book.define("group_and_leaf", where, words))
    verified(apart, signature, "§7.2", key, "LeafNodeTBS", content)


def group_info(apart: TakenApart, place: Place, info: GroupInfo, *, confirmation_key: Expression | None = None) -> None:
    """The computed values of a GroupInfo: tree hash, signature, confirmation tag and external key."""
    known = apart.keyring.epoch(info.group_context.group_id, info.group_context.epoch)
    context, tree = info.group_context, known.tree
    for number, extension in enumerate(info.extensions):
        inside = below(place, f"extensions[{number}].extension_data")
        if extension.extension_type == ExtensionType.ratchet_tree and apart.has(below(inside, "ratchet_tree")):
            tree = _tree_hash(apart, place, inside, extension.extension_data, context) or tree
        elif extension.extension_type == ExtensionType.external_pub and apart.has(below(inside, "external_pub")):
            _external_pub(apart, below(inside, "external_pub"), known, context.epoch)
    signature, signer = below(place, "signature"), None if tree is None else tree.leaf(LeafIndex(info.signer))
    if signer is None:
        missing = f"the signature key of leaf {info.signer}: the ratchet tree of epoch {context.epoch}"
        apart.compute(signature, "signature", Kind.SIGNATURE, "§12.4.3", None, missing=missing)
    else:
        verified(
            apart,
            signature,
            "§12.4.3",
            signer_key(apart, signer, info.signer),
            "GroupInfoTBS",
            apart.between(place, signature),
        )
    tag = below(place, "confirmation_tag")
    hashed = apart.contents(below(place, "group_context.confirmed_transcript_hash"))
    confirmation(apart, tag, known, context.epoch, hashed, info.confirmation_tag, key=confirmation_key)
    objects_in(apart, apart.sheets[place.sheet], context.group_id, None)


def _tree_hash(
    apart: TakenApart, place: Place, inside: Place, nodes: bytes, context: GroupContext
) -> RatchetTree | None:
    """Note the tree hash in the group context; the tree, None if it is not valid."""
    hashed = below(place, "group_context.tree_hash")
    expression = Call("tree_hash", (apart.contents(inside),))
    apart.compute(hashed, "tree hash", Kind.HASH, "§7.8", expression, expected=context.tree_hash)
    try:
        return RatchetTree.from_nodes(decode(RatchetTreeExtension, nodes).ratchet_tree, apart.book.suite)
    except MLSError:
        return None


def _external_pub(apart: TakenApart, place: Place, known: KnownEpochKeys, epoch: int) -> None:
    secret = secret_of(apart, known, "external_secret", epoch)
    missing = f"the external secret of epoch {epoch}"
    expression = None if secret is None else Call("public_key", (secret,))
    expected = apart.book.value(apart.contents(place))
    apart.compute(place, "external_pub", Kind.KEY, "§8", expression, expected=expected, missing=missing)


def confirmation(
    apart: TakenApart,
    place: Place,
    known: KnownEpochKeys,
    epoch: int,
    hashed: Expression,
    expected: bytes | None,
    *,
    key: Expression | None = None,
) -> None:
    """Note a confirmation tag: the MAC of the confirmed transcript hash of its epoch. `key` is its key, if derived."""
    key = key or secret_of(apart, known, "confirmation_key", epoch)
    missing = f"the confirmation key of epoch {epoch}"
    expression = None if key is None else Call("mac", (key, hashed))
    apart.compute(place, "confirmation tag", Kind.MAC, "§6.1", expression, expected=expected, missing=missing)


def secret_of(apart: TakenApart, known: KnownEpochKeys, name: str, epoch: int) -> Expression | None:
    """A secret of an epoch under its RFC name; None if it is not known."""
    if name not in known.secrets:
        return None
    words = f"the {name.replace('_', ' ')} of epoch {epoch}"
    return apart.book.define(name, known.secrets[name], words, is_secret=True)


def signer_key(apart: TakenApart, signer: LeafNode, leaf: int) -> Expression:
    """The public key that verifies what a member signs."""
    return apart.book.define("signature_key", signer.signature_key, f"the signature key of leaf {leaf}, from the tree")
