"""The code points that RFC 9420 registers (§17), and the version and wire formats of its messages."""

from __future__ import annotations

from workbench.mls.wire.shapes import Enum8, Enum16


class ProtocolVersion(Enum16):
    """The version of the protocol (RFC 9420 §6)."""

    mls10 = 1


class WireFormat(Enum16):
    """What an MLSMessage holds (RFC 9420 §17.2)."""

    mls_public_message = 1
    mls_private_message = 2
    mls_welcome = 3
    mls_group_info = 4
    mls_key_package = 5


class ExtensionType(Enum16):
    """What an extension is about (RFC 9420 §17.3)."""

    application_id = 1
    ratchet_tree = 2
    required_capabilities = 3
    external_pub = 4
    external_senders = 5


LAST_RESORT = 0x000A
"""The extension that marks a key package of last resort (draft-ietf-mls-extensions-04).

The number is in no registry, but OpenMLS and mls-rs use it. Later drafts put the mark into an app_data_dictionary.
"""


class ProposalType(Enum16):
    """What a proposal asks for (RFC 9420 §17.4)."""

    add = 1
    update = 2
    remove = 3
    psk = 4
    reinit = 5
    external_init = 6
    group_context_extensions = 7


class CredentialType(Enum16):
    """The kind of a member's credential (RFC 9420 §17.5)."""

    basic = 1
    x509 = 2


class ContentType(Enum8):
    """What a framed message carries (RFC 9420 §6)."""

    application = 1
    proposal = 2
    commit = 3


class SenderType(Enum8):
    """Who framed a message (RFC 9420 §6)."""

    member = 1
    external = 2
    new_member_proposal = 3
    new_member_commit = 4


class LeafNodeSource(Enum8):
    """Where a leaf node comes from (RFC 9420 §7.2)."""

    key_package = 1
    update = 2
    commit = 3


class NodeType(Enum8):
    """A node of the ratchet tree is a leaf or a parent (RFC 9420 §7.8)."""

    leaf = 1
    parent = 2


class PSKType(Enum8):
    """Where a pre-shared key comes from (RFC 9420 §8.4)."""

    external = 1
    resumption = 2


class ResumptionPSKUsage(Enum8):
    """What a resumption PSK is used for (RFC 9420 §8.4)."""

    application = 1
    reinit = 2
    branch = 3


class ProposalOrRefType(Enum8):
    """A commit holds a proposal itself, or its reference (RFC 9420 §12.4)."""

    proposal = 1
    reference = 2


GREASE = frozenset(range(0x0A0A, 0xFAFA, 0x1010))
"""The values, in every registry, that exist only to be ignored (RFC 9420 §13.5)."""


def is_grease(code_point: int) -> bool:
    """Whether a code point is one of the values that exist only to be ignored (RFC 9420 §13.5)."""
    return code_point in GREASE
