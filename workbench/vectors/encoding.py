"""Vectors of the wire format: deserialization and messages (RFC 9420 §2.1.2, §6)."""

from __future__ import annotations

from workbench.mls.wire.lengths import DecodingFailed, length_header, read_length
from workbench.mls.wire.messages import (
    ApplicationData,
    GroupInfo,
    GroupSecrets,
    MLSMessage,
    PrivateMessage,
    PublicMessage,
    Welcome,
)
from workbench.mls.wire.proposals import (
    Add,
    Commit,
    ExternalInit,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ReInit,
    Remove,
    Update,
)
from workbench.mls.wire.tree import KeyPackage, RatchetTreeExtension
from workbench.vectors.case import CaseFailed, VectorCase, expect, expect_equal, expect_same_encoding


def deserialization(case: VectorCase) -> None:
    """Check that the header of a vector encodes the vector's length (RFC 9420 §2.1.2)."""
    header = case.data("vlbytes_header")
    try:
        length, stop = read_length(header, 0, len(header))
    except DecodingFailed:
        raise CaseFailed("vlbytes_header is not the header of a vector") from None
    expect_equal("the length", length, case.number("length"))
    expect("nothing follows the header", stop == len(header))
    expect_equal("the header, encoded again,", length_header(length), header)


STRUCTS: dict[str, type] = {
    "ratchet_tree": RatchetTreeExtension,
    "group_secrets": GroupSecrets,
    "add_proposal": Add,
    "update_proposal": Update,
    "remove_proposal": Remove,
    "pre_shared_key_proposal": PreSharedKey,
    "re_init_proposal": ReInit,
    "external_init_proposal": ExternalInit,
    "group_context_extensions_proposal": GroupContextExtensions,
    "commit": Commit,
}

MLS_MESSAGES: dict[str, type] = {
    "mls_welcome": Welcome,
    "mls_group_info": GroupInfo,
    "mls_key_package": KeyPackage,
    "private_message": PrivateMessage,
}

PUBLIC_MESSAGES: dict[str, type] = {
    "public_message_application": ApplicationData,
    "public_message_proposal": Proposal,
    "public_message_commit": Commit,
}


def messages(case: VectorCase) -> None:
    """Check that each struct decodes, has the kind that its name says, and encodes to the same bytes (RFC 9420 §6)."""
    for name, struct in STRUCTS.items():
        expect_same_encoding(name, case.decoded(struct, name), case.data(name))
    for name, message_type in MLS_MESSAGES.items():
        message = case.decoded(MLSMessage, name)
        expect(f"{name} holds a {message_type.__name__}", isinstance(message.message, message_type))
        expect_same_encoding(name, message, case.data(name))
    for name, content_type in PUBLIC_MESSAGES.items():
        message = case.decoded(MLSMessage, name)
        expect(
            f"{name} is a PublicMessage with {content_type.__name__}",
            isinstance(message.message, PublicMessage) and isinstance(message.message.content.content, content_type),
        )
        expect_same_encoding(name, message, case.data(name))
