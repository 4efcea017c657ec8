"""What each field of each wire struct means, in one plain sentence, and where RFC 9420 says so.

The sentences stand here, in one place, and not beside the fields, so that the wire stays as short as the RFC's own
structs. A struct's own sentence is the first line of its docstring.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple, TypeAlias

from workbench.mls.wire.messages import (
    Add,
    ApplicationId,
    AuthenticatedContent,
    AuthenticatedContentTBM,
    Commit,
    ConfirmedTranscriptHashInput,
    EncryptContext,
    EncryptedGroupSecrets,
    ExternalInit,
    ExternalPub,
    ExternalSender,
    ExternalSenders,
    FramedContent,
    FramedContentAuthData,
    FramedContentTBS,
    GroupContext,
    GroupContextExtensions,
    GroupInfo,
    GroupInfoTBS,
    GroupSecrets,
    InterimTranscriptHashInput,
    KDFLabel,
    MLSMessage,
    PathSecret,
    PreSharedKey,
    PreSharedKeyID,
    PrivateContentAAD,
    PrivateMessage,
    PrivateMessageContent,
    Proposal,
    ProposalOrRef,
    PSKLabel,
    PublicMessage,
    RefHashInput,
    ReInit,
    Remove,
    RequiredCapabilities,
    Sender,
    SenderData,
    SenderDataAAD,
    SignContent,
    Update,
    Welcome,
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
    """A sentence, and the section of RFC 9420 where the matter is treated."""

    sentence: str
    section: str


@cache
def meaning_of_struct(cls: type) -> Meaning:
    """What a struct is: the first line of its docstring."""
    sentence, section = _FIRST_LINE.match(cls.__doc__ or "").groups()  # type: ignore[union-attr] # every wire struct's docstring is so
    return Meaning(f"{sentence}.", section)


@cache
def meaning_of_field(cls: type, name: str) -> Meaning | None:
    """What a field of a struct means; `name` is the RFC's, with "[]" behind it for the items of a vector of numbers.

    None for what has no sentence but its struct's: a case that is a struct, an item of a vector of structs.
    """
    said = FIELDS[cls].get(name)
    if isinstance(said, str):
        return Meaning(said, meaning_of_struct(cls).section)
    return said


_FIRST_LINE = re.compile(r"(.*) \(RFC 9420 (§[\d.]+)\)\.")

Sentences: TypeAlias = dict[str, str | Meaning]

_VERSION = "The version of MLS; so far there is only 1.0."
_GROUP_ID = "The group that this belongs to."
_EPOCH = "The epoch of the group in which this was made; every commit starts the next one."
_CONTENT_TYPE = "What the content is: application data, a proposal or a commit."
_AUTHENTICATED_DATA = "Data of the application that travels in the clear and cannot be changed unnoticed."
_CONFIRMATION_TAG = Meaning("A MAC which proves that its maker knows the secrets of the epoch.", "§8.1")
_LABEL = 'What the operation is for, always starting with "MLS 1.0 ".'

_LEAF_NODE: Sentences = {
    "encryption_key": "The member's HPKE public key in this leaf: path secrets for it alone are sealed to it.",
    "signature_key": "The public key that verifies everything the member signs.",
    "credential": Meaning("Who the member says it is, for the application to check.", "§5.3"),
    "capabilities": "What the member's client can do.",
    "leaf_node_source": "Where the leaf node comes from: a key package, an Update or a commit.",
    "lifetime": "When the leaf node may be added to a group.",
    "parent_hash": Meaning("Ties the leaf to the parents that the same commit made anew.", "§7.9"),
    "extensions": Meaning("Further data about the member; each type must also be among its capabilities.", "§13.4"),
}

_KEY_PACKAGE: Sentences = {
    "version": _VERSION,
    "cipher_suite": "The only cipher suite with which this key package can be used.",
    "init_key": "The HPKE public key to which a Welcome for this client is sealed; to be used once.",
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
    "content": "What is said, by whom, in which epoch of which group.",
    "auth": Meaning("What proves that the content is the sender's.", "§6.1"),
}

FIELDS: dict[type, Sentences] = {
    # §5
    SignContent: {"label": _LABEL, "content": "The encoded object that is signed."},
    EncryptContext: {"label": _LABEL, "context": "What the ciphertext is bound to."},
    RefHashInput: {"label": _LABEL, "value": "The encoded object that is referred to."},
    HPKECiphertext: {
        "kem_output": Meaning(
            "The sender's fresh public key, from which the receiver derives the same secret.", "§5.1.3"
        ),
        "ciphertext": Meaning("Sealed to one HPKE public key: only the holder of its private key opens it.", "§5.1.3"),
    },
    Certificate: {"cert_data": "An X.509 certificate in DER; each certifies the one before it."},
    Credential: {
        "credential_type": "The kind of credential.",
        "identity": "The name that the member claims; what it means is for the application.",
        "certificates": "The chain of certificates, the member's own first.",
    },
    ApplicationId: {"application_id": "A name of the application's own for this leaf, which it must keep unique."},
    # §6
    MLSMessage: {"version": _VERSION, "wire_format": Meaning("Which kind of message follows.", "§17.2")},
    Sender: {
        "sender_type": "Who framed the message: a member, somebody outside, or a client that is about to join.",
        "leaf_index": "The sender's leaf in the tree, counted from the left.",
        "sender_index": Meaning("Which entry of the group's external_senders the sender is.", "§12.1.8"),
    },
    FramedContent: {
        "group_id": _GROUP_ID,
        "epoch": _EPOCH,
        "sender": "Who framed the message.",
        "authenticated_data": _AUTHENTICATED_DATA,
        "content_type": _CONTENT_TYPE,
        "application_data": "What the application sends, here not encrypted.",
    },
    AuthenticatedContent: _FRAMED | {"wire_format": Meaning("How the content will be framed.", "§17.2")},
    FramedContentTBS: {
        "version": _VERSION,
        "wire_format": Meaning("How the content will be framed.", "§17.2"),
        "content": _FRAMED["content"],
        "context": Meaning("The group's state, which the signature of a member covers as well.", "§8.1"),
    },
    FramedContentAuthData: {
        "signature": "The sender's signature over the content.",
        "confirmation_tag": _CONFIRMATION_TAG,
    },
    PublicMessage: _FRAMED | {"membership_tag": "A MAC which proves that the sender is a member of this epoch."},
    AuthenticatedContentTBM: {"content_tbs": "What the signature covers.", "auth": _FRAMED["auth"]},
    PrivateMessage: {
        "group_id": _GROUP_ID,
        "epoch": _EPOCH,
        "content_type": _CONTENT_TYPE,
        "authenticated_data": _AUTHENTICATED_DATA,
        "encrypted_sender_data": Meaning(
            "Who sent this and with which key, sealed to the members of the epoch.", "§6.3.2"
        ),
        "ciphertext": Meaning("The content, its signature and padding, sealed with a key that is used once.", "§6.3.1"),
    },
    PrivateMessageContent: {
        "application_data": "What the application sends.",
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
        "generation": "Which key of the sender's ratchet encrypts the content.",
        "reuse_guard": "Random bytes mixed into the nonce, in case a restored client uses a key again.",
    },
    SenderDataAAD: {"group_id": _GROUP_ID, "epoch": _EPOCH, "content_type": _CONTENT_TYPE},
    # §7
    ParentNode: {
        "encryption_key": "The HPKE public key of the node; the members below it hold the private key.",
        "parent_hash": Meaning("Ties the node to the parent that the same commit made anew.", "§7.9"),
        "unmerged_leaves": "The leaves below that were added later and do not hold the private key yet.",
        "unmerged_leaves[]": "The index of a leaf that does not hold the private key yet.",
    },
    Capabilities: {
        "versions": "The versions of MLS that the client can speak.",
        "versions[]": "A version of MLS that the client can speak.",
        "cipher_suites": "The cipher suites that the client can use.",
        "cipher_suites[]": "A cipher suite that the client can use.",
        "extensions": "The extension types that the client understands, besides those that all must.",
        "extensions[]": "An extension type that the client understands.",
        "proposals": "The proposal types that the client understands, besides those that all must.",
        "proposals[]": "A proposal type that the client understands.",
        "credentials": "The credential types that the client can check.",
        "credentials[]": "A credential type that the client can check.",
    },
    Lifetime: {
        "not_before": "The first second at which the leaf node is valid.",
        "not_after": "The last second at which the leaf node is valid.",
    },
    Extension: {
        "extension_type": Meaning("What the extension is about.", "§17.3"),
        "extension_data": Meaning("The contents of the extension.", "§13.4"),
    },
    LeafNode: _LEAF_NODE
    | {"signature": "The member's own signature over this leaf node, and in a group over its place."},
    LeafNodeTBS: _LEAF_NODE
    | {
        "group_id": "The group in which the leaf node stands.",
        "leaf_index": "The leaf at which it stands.",
    },
    UpdatePathNode: {
        "encryption_key": "The new HPKE public key of the node.",
        "encrypted_path_secret": "The secret of the node, sealed once for each node that must learn it.",
    },
    UpdatePath: {
        "leaf_node": "The committer's new leaf.",
        "nodes": "The new nodes from the leaf's parent up to the root.",
    },
    TreeHashInput: {"node_type": "Whether the node is a leaf or a parent."},
    LeafNodeHashInput: {
        "leaf_index": "The leaf's place, counted from the left.",
        "leaf_node": "The leaf, if not blank.",
    },
    ParentNodeHashInput: {
        "parent_node": "The parent, if not blank.",
        "left_hash": "The tree hash of the left child.",
        "right_hash": "The tree hash of the right child.",
    },
    ParentHashInput: {
        "encryption_key": "The parent's HPKE public key.",
        "parent_hash": "The parent's own parent hash.",
        "original_sibling_tree_hash": "The tree hash of the sibling as it was when the parent was made.",
    },
    # §8
    KDFLabel: {"length": "How many bytes are derived.", "label": _LABEL, "context": "What the output is bound to."},
    GroupContext: {
        "version": _VERSION,
        "cipher_suite": "The cipher suite of the group.",
        "group_id": "The name of the group, the same in all epochs.",
        "epoch": "The number of the epoch; every commit starts the next one.",
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
        "psktype": "Whether the key comes from the application or from an epoch of a group.",
        "psk_id": "The application's name for the key.",
        "usage": "What the resumption is for: the application, a reinitialisation or a branch.",
        "psk_group_id": "The group from whose epoch the key comes.",
        "psk_epoch": "The epoch from which the key comes.",
        "psk_nonce": "Random bytes that make each use of the key different.",
    },
    PSKLabel: {
        "id": "Which key.",
        "index": "The place of the key, counted from 0.",
        "count": "How many keys are mixed in.",
    },
    # §10
    KeyPackage: _KEY_PACKAGE | {"signature": "The client's signature over all of the above."},
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
        "proposal_type": Meaning("What is proposed.", "§17.4"),
        "proposal_data": Meaning("What a proposal of a custom type says, for the application to read.", "§13.2"),
    },
    Add: {"key_package": "The key package of the client to be added."},
    Update: {"leaf_node": "The sender's new leaf node."},
    Remove: {"removed": "The leaf index of the member to be removed."},
    PreSharedKey: {"psk": "Which pre-shared key is to be mixed in."},
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
        "credential": Meaning("Who the external sender says it is.", "§5.3"),
    },
    ExternalSenders: {"external_senders": "All who may send proposals without being members."},
    # §12.4
    ProposalOrRef: {
        "type": "Whether the proposal itself follows, or its reference.",
        "proposal": "A proposal of the committer's own.",
        "reference": Meaning("The hash of a proposal that was sent before.", "§5.2"),
    },
    Commit: {
        "proposals": "What the commit carries out, in this order.",
        "path": "Fresh keys from the committer's leaf up to the root; absent if the proposals need none.",
    },
    GroupInfo: _GROUP_INFO | {"signature": "The signer's signature over all of the above."},
    GroupInfoTBS: _GROUP_INFO,
    PathSecret: {"path_secret": "The secret from which the new member derives the keys of its path to the root."},
    GroupSecrets: {
        "joiner_secret": "The secret from which the new member derives the keys of the epoch.",
        "path_secret": "The secret of the lowest node above both committer and new member, if the commit has a path.",
        "psks": "The pre-shared keys that are mixed into this epoch.",
    },
    EncryptedGroupSecrets: {
        "new_member": Meaning("Whom this is for: the hash of that client's key package.", "§5.2"),
        "encrypted_group_secrets": "The secrets of the epoch, sealed to the init key of that key package.",
    },
    Welcome: {
        "cipher_suite": "The cipher suite of the group.",
        "secrets": "One sealed entry for each new member.",
        "encrypted_group_info": "The GroupInfo of the epoch, sealed with a key that comes out of the entries above.",
    },
    ExternalPub: {"external_pub": "The HPKE public key to which a joining client seals its init secret."},
    Node: {"node_type": Meaning("Whether the node is a leaf or a parent.", "§7.8")},
    RatchetTreeExtension: {
        "ratchet_tree": "The nodes of the tree, leaves at even places and parents at odd; without blanks at the end.",
    },
}
