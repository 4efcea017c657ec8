"""What a device says about itself in its leaf, for everybody to see: who has approved it, and whether it is an archive.

Both are extensions of the leaf node (RFC 9420 §7.2) with types for private use. A leaf is signed, and all members hold
the same tree, so nobody can show an archive to some members and hide it from others. Clients that do not know the types
ignore them.

An approval is a signature of another device of the same user: "this credential and this signature key are mine too". So
neither a stolen password nor a server that lies can add a device unnoticed. If there is no approval, people compare
safety codes (`safety_codes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from workbench.delivery.ports import Sign
from workbench.inspect.device_names import user_of
from workbench.inspect.names import credential_name
from workbench.mls import Capabilities, Credential, Extension, LeafNode, decode, default_capabilities, encode
from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.errors import MLSError
from workbench.mls.tree.extensions import DEFAULT_EXTENSIONS
from workbench.mls.wire.shapes import Opaque, struct, uint64

ARCHIVE: Final = 0xF0A7
"""The type of the leaf extension by which a device says that it is an archive. Its data are empty."""

APPROVAL: Final = 0xF0A9
"""The type of the leaf extension with the approval of another device of the same user."""

LABEL: Final = "MLS Workbench device approval"


@struct
class DeviceApprovalTBS:
    """The content that the approving device signs, with `SignWithLabel` under `LABEL` (RFC 9420 §5.1.2)."""

    credential: Credential
    signature_key: Opaque
    approver_key: Opaque
    approved_at: uint64


@struct
class DeviceApproval:
    """The approval of a device by another of the same user; `approved_at` is in seconds since 1970."""

    approver_key: Opaque
    approved_at: uint64
    signature: Opaque


def approve_device(
    credential: Credential, signature_key: bytes, *, approver_key: bytes, sign: Sign, now: int
) -> DeviceApproval:
    """Approve that a device, by its credential and signature key, belongs to the same user as the approving device.

    `sign` signs with the private key of `approver_key`; `now` is in seconds since 1970.
    """
    content = encode(DeviceApprovalTBS(credential, signature_key, approver_key, now))
    return DeviceApproval(approver_key, now, sign(LABEL, content))


def approval_of(leaf_node: LeafNode) -> DeviceApproval | None:
    """The approval that a leaf shows, not yet verified; None if there is none that can be read."""
    data = _data(leaf_node.extensions, APPROVAL)
    try:
        return None if data is None else decode(DeviceApproval, data)
    except MLSError:
        return None


def approver_among(suite: Verifier, leaf_node: LeafNode, candidates: Iterable[LeafNode]) -> LeafNode | None:
    """The leaf among `candidates` that has approved the device of a leaf; None if no approval verifies.

    The approver has to be another device of the same user, with the signature key that the approval names.
    """
    approval = approval_of(leaf_node)
    if approval is None or approval.approver_key == leaf_node.signature_key:
        return None
    user = user_of(credential_name(leaf_node))
    content = encode(
        DeviceApprovalTBS(leaf_node.credential, leaf_node.signature_key, approval.approver_key, approval.approved_at)
    )
    for other in candidates:
        is_of_user = user_of(credential_name(other)) == user and other.signature_key == approval.approver_key
        if is_of_user and suite.verify_with_label(other.signature_key, LABEL, content, approval.signature):
            return other
    return None


def is_archive(extensions: Sequence[Extension]) -> bool:
    """Whether the extensions of a leaf say that its device is an archive, which reads and never sends."""
    return _data(extensions, ARCHIVE) is not None


def capabilities_for(extensions: Sequence[Extension]) -> Capabilities:
    """The capabilities of a leaf with these extensions, which have to list their types (RFC 9420 §7.2)."""
    types = tuple(sorted({each.extension_type for each in extensions} - DEFAULT_EXTENSIONS))
    return replace(default_capabilities(), extensions=types)


def archive_extension() -> Extension:
    """The leaf extension of an archive."""
    return Extension(ARCHIVE, b"")


def approval_extension(approval: DeviceApproval) -> Extension:
    """The leaf extension that shows an approval."""
    return Extension(APPROVAL, encode(approval))


def _data(extensions: Sequence[Extension], extension_type: int) -> bytes | None:
    return next((each.extension_data for each in extensions if each.extension_type == extension_type), None)
