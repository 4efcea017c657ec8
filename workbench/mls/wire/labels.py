"""What goes into labelled operations, as bytes (RFC 9420 §5.1, §5.2, §8)."""

from __future__ import annotations

from workbench.mls.wire.shapes import Opaque, struct, uint16


@struct
class SignContent:
    """What is signed: a label and the content (RFC 9420 §5.1.2)."""

    label: Opaque
    content: Opaque


@struct
class EncryptContext:
    """What HPKE binds a ciphertext to: a label and its context (RFC 9420 §5.1.3)."""

    label: Opaque
    context: Opaque


@struct
class RefHashInput:
    """What a reference hashes: a label and the object (RFC 9420 §5.2)."""

    label: Opaque
    value: Opaque


@struct
class KDFLabel:
    """What a derivation is bound to: its length, a label and its context (RFC 9420 §8)."""

    length: uint16
    label: Opaque
    context: Opaque
