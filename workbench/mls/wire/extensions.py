"""The contents of extensions, as bytes (RFC 9420 §5.3.3, §11.1, §12.1.8.1, §12.4.3.2)."""

from __future__ import annotations

from workbench.mls.wire.shapes import Opaque, ShortVector, Vector, struct, uint16
from workbench.mls.wire.tree import Credential, HPKEPublicKey, SignaturePublicKey


@struct
class RequiredCapabilities:
    """What every member must be able to do (RFC 9420 §11.1)."""

    extension_types: Vector[uint16]
    proposal_types: Vector[uint16]
    credential_types: Vector[uint16]


@struct
class ApplicationId:
    """An identifier that the application gives a leaf (RFC 9420 §5.3.3)."""

    application_id: Opaque


@struct
class ExternalSender:
    """A sender outside the group that may send proposals (RFC 9420 §12.1.8.1)."""

    signature_key: SignaturePublicKey
    credential: Credential


@struct
class ExternalSenders:
    """The senders outside the group that may send proposals (RFC 9420 §12.1.8.1)."""

    external_senders: ShortVector[ExternalSender]


@struct
class ExternalPub:
    """The key to which a commit from outside seals its init secret (RFC 9420 §12.4.3.2)."""

    external_pub: HPKEPublicKey
