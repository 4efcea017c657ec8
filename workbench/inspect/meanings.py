"""What each field of each wire struct means, in one sentence, with the section of RFC 9420.

All sentences are in this file and not beside the fields, so that `workbench.mls.wire` stays as short as the RFC's
structs. The sentence of a struct is the first line of its docstring.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple, TypeAlias

from workbench.mls.wire.extensions import (
    ApplicationId,
    ExternalPub,
    ExternalSender,
    ExternalSenders,
    RequiredCapabilities,
)
from workbench.mls.wire.labels import EncryptContext, KDFLabel, RefHashInput, SignContent
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    AuthenticatedContentTBM,
    ConfirmedTranscriptHashInput,
    EncryptedGroupSecrets,
    FramedContent,
    FramedContentAuthData,
    FramedContentTBS,
    GroupContext,
    GroupInfo,
    GroupInfoTBS,
    GroupSecrets,
    InterimTranscriptHashInput,
    MLSMessage,
    PathSecret,
    PrivateContentAAD,
    PrivateMessage,
    PrivateMessageContent,
    PublicMessage,
    Sender,
    SenderData,
    SenderDataAAD,
    Welcome,
)
from workbench.mls.wire.proposals import (
    Add,
    Commit,
    ExternalInit,
    GroupContextExtensions,
    PreSharedKey,
    PreSharedKeyID,
    Proposal,
    ProposalOrRef,
    PSKLabel,
    ReInit,
    Remove,
    Update,
)
from workbench.mls.wire.tree import (
    Capabilities,
    Certificate,
    Credential,
    Extension,
    HPKECiphertext,
    KeyPackage,
    KeyPackageTBS,
    LeafNode,
    LeafNodeHashInput,
    LeafNodeTBS,
    Lifetime,
    Node,
    ParentHashInput,
    ParentNode,
    ParentNodeHashInput,
    RatchetTreeExtension,
    TreeHashInput,
    UpdatePath,
    UpdatePathNode,
)


class Meaning(NamedTuple):
    """A sentence, and the section of RFC 9420 that is about it."""

    sentence: str
    section: str


@cache
def meaning_of_struct(cls: type) -> Meaning:
    """The meaning of a struct: the first line of its docstring."""
    sentence, section = _FIRST_LINE.match(cls.__doc__ or "").groups()  # type: ignore[union-attr] # every wire struct has such a docstring
    return Meaning(f"{sentence}.", section)


@cache
def meaning_of_field(cls: type, name: str) -> Meaning | None:
    """The meaning of a field; `name` is the RFC's name, followed by "[]" for the items of a vector of numbers.

    None for a field that is explained by the meaning of its struct: a case of a select, an item of a vector of structs.
    """
    said = FIELDS[cls].get(name)
    if isinstance(said, str):
        return Meaning(said, meaning_of_struct(cls).section)
    return said


_FIRST_LINE = re.compile(r"(.*) \(RFC 9420 (§[\d.]+)\)\.")

Sentences: TypeAlias = dict[str, str | Meaning]

_VERSION = "The version of MLS; the only version is 1.0."
_GROUP_ID = "The group that this belongs to."
_EPOCH = "The epoch of the group in which this was made; every commit starts a new epoch."
_CONTENT_TYPE = "What the content is: application data, a proposal or a commit."
_AUTHENTICATED_DATA = "Data of the application that is not encrypted; receivers notice when somebody changes it."
_CONFIRMATION_TAG = Meaning("A MAC which proves that the sender knows the secrets of the epoch.", "§8.1")
_LABEL = 'The purpose of the operation; every label starts with "MLS 1.0 ".'

_LEAF_NODE: Sentences = {
    "encryption_key": "The HPKE public key of this leaf; path secrets for this member alone are encrypted to it.",
    "signature_key": "The public key that verifies everything the member signs.",
    "credential": Meaning("The identity that the member claims; the application checks it.", "§5.3"),
    "capabilities": "What the member's client can do.",
    "leaf_node_source": "Where the leaf node comes from: a key package, an Update or a commit.",
    "lifetime": "When the leaf node may be added to a group.",
    "parent_hash": Meaning("A hash that binds the leaf to the parent nodes that the same commit renewed.", "§7.9"),
    "extensions": Meaning("Further data about the member; each type must also be among its capabilities.", "§13.4"),
}

_KEY_PACKAGE: Sentences = {
    "version": _VERSION,
    "cipher_suite": "The only cipher suite with which this key package can be used.",
    "init_key": "The HPKE public key to which a Welcome for this client is encrypted; it is used once.",
    "leaf_node": "The leaf that the client will have in the tree.",
    "extensions": Meaning("Further data about the key package, not about the member.", "§13.4"),
}

_GROUP_INFO: Sentences = {
    "group_context": "What all members agree on in this epoch.",
    "extensions": Meaning("Further data for those who join, such as the ratchet tree.", "§13.4"),
    "confirmation_tag": _CONFIRMATION_TAG,
    "signer": "The leaf index of the member that signed this.",
}

_FRAMED: Sentences = {
    "content": "The content, with its sender, its epoch and its group.",
    "auth": Meaning("The proof that the sender made the content.", "§6.1"),
}

FIELDS: dict[type, Sentences] = {
    # §5
    SignContent: {"label": _LABEL, "content": "The encoded object that is signed."},
    EncryptContext: {"label": _LABEL, "context": "The data to which the ciphertext is bound."},
    RefHashInput: {"label": _LABEL, "value": "The encoded object that is referred to."},
    HPKECiphertext: {
        "kem_output": Meaning(
            "The sender's fresh public key, from which the receiver derives the same secret.", "§5.1.3"
        ),
        "ciphertext": Meaning("The ciphertext; only the holder of the HPKE private key can open it.", "§5.1.3"),
    },
    Certificate: {"cert_data": "An X.509 certificate in DER; each certificate certifies the one before it."},
    Credential: {
        "credential_type": "The kind of credential.",
        "identity": "The name that the member claims; the application defines what the name means.",
        "certificates": "The chain of certificates; the member's own certificate is the first.",
    },
    ApplicationId: {"application_id": "The application's name for this leaf; the application must keep it unique."},
    # §6
    MLSMessage: {"version": _VERSION, "wire_format": Meaning("The kind of the message that follows.", "§17.2")},
    Sender: {
        "sender_type": "The kind of sender: a member, an external sender, or a client that joins.",
        "leaf_index": "The sender's leaf in the tree, counted from the left.",
        "sender_index": Meaning("The index of the sender in the group's external_senders.", "§12.1.8"),
    },
    FramedContent: {
        "group_id": _GROUP_ID,
        "epoch": _EPOCH,
        "sender": "The sender of the message.",
        "authenticated_data": _AUTHENTICATED_DATA,
        "content_type": _CONTENT_TYPE,
        "application_data": "The data that the application sends, not encrypted here.",
    },
    AuthenticatedContent: _FRAMED | {"wire_format": Meaning("How the content will be framed.", "§17.2")},
    FramedContentTBS: {
        "version": _VERSION,
        "wire_format": Meaning("How the content will be framed.", "§17.2"),
        "content": _FRAMED["content"],
        "context": Meaning("The GroupContext, which the signature of a member covers too.", "§8.1"),
    },
    FramedContentAuthData: {
        "signature": "The sender's signature over the content.",
        "confirmation_tag": _CONFIRMATION_TAG,
    },
    PublicMessage: _FRAMED | {"membership_tag": "A MAC which proves that the sender is a member of this epoch."},
    AuthenticatedContentTBM: {"content_tbs": "The data that the signature covers.", "auth": _FRAMED["auth"]},
    PrivateMessage: {
        "group_id": _GROUP_ID,
        "epoch": _EPOCH,
        "content_type": _CONTENT_TYPE,
        "authenticated_data": _AUTHENTICATED_DATA,
        "encrypted_sender_data": Meaning(
            "The sender and the generation of its key, encrypted for the members of the epoch.", "§6.3.2"
        ),
        "ciphertext": Meaning(
            "The content, its signature and padding, encrypted with a key that is used once.", "§6.3.1"
        ),
    },
    PrivateMessageContent: {
        "application_data": "The data that the application sends.",
        "auth": _FRAMED["auth"],
        "padding": "Zeros that hide the length of the content.",
    },
    PrivateContentAAD: {
        "group_id": _GROUP_ID,
        "epoch": _EPOCH,
        "content_type": _CONTENT_TYPE,
        "authenticated_data": _AUTHENTICATED_DATA,
    },
    SenderData: {
        "leaf_index": "The sender's leaf in the tree, counted from the left.",
        "generation": "The number of the key in the sender's ratchet that encrypts the content.",
        "reuse_guard": "Random bytes in the nonce; they protect a restored client that uses a key a second time.",
    },
    SenderDataAAD: {"group_id": _GROUP_ID, "epoch": _EPOCH, "content_type": _CONTENT_TYPE},
    # §7
    ParentNode: {
        "encryption_key": "The HPKE public key of the node; the members below it hold the private key.",
        "parent_hash": Meaning("A hash that binds the node to the parent node that the same commit renewed.", "§7.9"),
        "unmerged_leaves": "The leaves below this node that were added later and do not hold the private key yet.",
        "unmerged_leaves[]": "The index of a leaf that does not hold the private key yet.",
    },
    Capabilities: {
        "versions": "The versions of MLS that the client can speak.",
        "versions[]": "A version of MLS that the client can speak.",
        "cipher_suites": "The cipher suites that the client can use.",
        "cipher_suites[]": "A cipher suite that the client can use.",
        "extensions": "The extension types that the client understands, except those that all clients must.",
        "extensions[]": "An extension type that the client understands.",
        "proposals": "The proposal types that the client understands, except those that all clients must.",
        "proposals[]": "A proposal type that the client understands.",
        "credentials": "The credential types that the client can check.",
        "credentials[]": "A credential type that the client can check.",
    },
    Lifetime: {
        "not_before": "The first second at which the leaf node is valid.",
        "not_after": "The last second at which the leaf node is valid.",
    },
    Extension: {
        "extension_type": Meaning("The type of the extension.", "§17.3"),
        "extension_data": Meaning("The contents of the extension.", "§13.4"),
    },
    LeafNode: _LEAF_NODE
    | {"signature": "The member's signature over this leaf node; in a group it covers group and leaf index too."},
    LeafNodeTBS: _LEAF_NODE
    | {
        "group_id": "The group of the leaf node.",
        "leaf_index": "The index of the leaf node in the tree.",
    },
    UpdatePathNode: {
        "encryption_key": "The new HPKE public key of the node.",
        "encrypted_path_secret": "The path secret of the node, encrypted to each node whose members must learn it.",
    },
    UpdatePath: {
        "leaf_node": "The committer's new leaf.",
        "nodes": "The new nodes from the leaf's parent up to the root.",
    },
    TreeHashInput: {"node_type": "Whether the node is a leaf or a parent."},
    LeafNodeHashInput: {
        "leaf_index": "The place of the leaf, counted from the left.",
        "leaf_node": "The leaf node; absent if the leaf is blank.",
    },
    ParentNodeHashInput: {
        "parent_node": "The parent node; absent if it is blank.",
        "left_hash": "The tree hash of the left child.",
        "right_hash": "The tree hash of the right child.",
    },
    ParentHashInput: {
        "encryption_key": "The parent's HPKE public key.",
        "parent_hash": "The parent hash that the parent node itself carries.",
        "original_sibling_tree_hash": "The tree hash that the sibling had when the commit renewed the parent.",
    },
    # §8
    KDFLabel: {
        "length": "The number of bytes that are derived.",
        "label": _LABEL,
        "context": "The data to which the output is bound.",
    },
    GroupContext: {
        "version": _VERSION,
        "cipher_suite": "The cipher suite of the group.",
        "group_id": "The name of the group, the same in all epochs.",
        "epoch": "The number of the epoch; every commit starts a new epoch.",
        "tree_hash": Meaning("The hash of the whole ratchet tree: all members and all public keys.", "§7.8"),
        "confirmed_transcript_hash": Meaning(
            "The hash of all commits so far: the history that members agree on.", "§8.2"
        ),
        "extensions": Meaning("The settings of the group, which all members share.", "§13.4"),
    },
    ConfirmedTranscriptHashInput: {
        "wire_format": Meaning("How the commit was framed.", "§17.2"),
        "content": "The commit.",
        "signature": "The committer's signature.",
    },
    InterimTranscriptHashInput: {"confirmation_tag": _CONFIRMATION_TAG},
    PreSharedKeyID: {
        "psktype": "The source of the key: the application, or an epoch of a group.",
        "psk_id": "The application's name for the key.",
        "usage": "The purpose of the resumption PSK: the application, a ReInit or a branch.",
        "psk_group_id": "The group from which the key comes.",
        "psk_epoch": "The epoch from which the key comes.",
        "psk_nonce": "Random bytes that make each use of the key different.",
    },
    PSKLabel: {
        "id": "The identifier of the pre-shared key.",
        "index": "The place of the key in the list, counted from 0.",
        "count": "The number of keys in the list.",
    },
    # §10
    KeyPackage: _KEY_PACKAGE | {"signature": "The client's signature over all fields above."},
    KeyPackageTBS: _KEY_PACKAGE,
    # §11.1, §12.1
    RequiredCapabilities: {
        "extension_types": "The extension types that every member must understand.",
        "extension_types[]": "An extension type that every member must understand.",
        "proposal_types": "The proposal types that every member must understand.",
        "proposal_types[]": "A proposal type that every member must understand.",
        "credential_types": "The credential types that every member must be able to check.",
        "credential_types[]": "A credential type that every member must be able to check.",
    },
    Proposal: {
        "proposal_type": Meaning("The type of the proposal.", "§17.4"),
        "proposal_data": Meaning("The content of a proposal of a custom type; the application reads it.", "§13.2"),
    },
    Add: {"key_package": "The key package of the client to be added."},
    Update: {"leaf_node": "The sender's new leaf node."},
    Remove: {"removed": "The leaf index of the member to be removed."},
    PreSharedKey: {"psk": "The identifier of the pre-shared key to be mixed in."},
    ReInit: {
        "group_id": "The name of the new group.",
        "version": "The version of MLS that the new group speaks.",
        "cipher_suite": "The cipher suite of the new group.",
        "extensions": Meaning("The settings of the new group.", "§13.4"),
    },
    ExternalInit: {
        "kem_output": Meaning("The joiner's fresh public key, from which members derive the init secret.", "§8.3"),
    },
    GroupContextExtensions: {"extensions": Meaning("All settings of the group from the next epoch on.", "§13.4")},
    ExternalSender: {
        "signature_key": "The public key that verifies what the external sender signs.",
        "credential": Meaning("The identity that the external sender claims.", "§5.3"),
    },
    ExternalSenders: {"external_senders": "The external senders: they may send proposals, but are not members."},
    # §12.4
    ProposalOrRef: {
        "type": "Whether the proposal itself follows, or its reference.",
        "proposal": "A proposal that the committer makes in the commit.",
        "reference": Meaning("The hash of a proposal that was sent before.", "§5.2"),
    },
    Commit: {
        "proposals": "The proposals that the commit carries out.",
        "path": "New keys from the committer's leaf up to the root; absent if the proposals need none.",
    },
    GroupInfo: _GROUP_INFO | {"signature": "The signer's signature over all fields above."},
    GroupInfoTBS: _GROUP_INFO,
    PathSecret: {"path_secret": "The secret from which the new member derives the keys of its path to the root."},
    GroupSecrets: {
        "joiner_secret": "The secret from which the new member derives the keys of the epoch.",
        "path_secret": "The path secret of the lowest common ancestor of committer and new member, if there is a path.",
        "psks": "The identifiers of the pre-shared keys that are mixed into this epoch.",
    },
    EncryptedGroupSecrets: {
        "new_member": Meaning("The hash of the new member's key package.", "§5.2"),
        "encrypted_group_secrets": "The secrets of the epoch, encrypted to the init key of that key package.",
    },
    Welcome: {
        "cipher_suite": "The cipher suite of the group.",
        "secrets": "One encrypted entry for each new member.",
        "encrypted_group_info": "The GroupInfo of the epoch, encrypted with a key that each entry above leads to.",
    },
    ExternalPub: {"external_pub": "The HPKE public key with which a joining client makes the init secret."},
    Node: {"node_type": Meaning("Whether the node is a leaf or a parent.", "§7.8")},
    RatchetTreeExtension: {
        "ratchet_tree": "The nodes of the tree: leaves at even and parents at odd places, without blanks at the end.",
    },
}
