"""Credentials: the identity of a member, and the Authentication Service that validates it (RFC 9420 §5.3).

The protocol carries credentials; an Authentication Service decides about them (RFC 9750 §4). The application provides
it, so it is an argument: any object with the one method of `AuthenticationService`. The one that is built here,
`TrustAnchors`, accepts all basic credentials, and verifies X.509 chains up to roots that the application trusts.

The service is asked about each leaf node that brings a new credential or signature key to its place in the tree, and
about each member of a group that a client joins (§5.3.1). It is not asked again for each message: the messages of a
member stay acceptable when its credential expires later (§5.3.2).

The code that reads certificates is in `certificates.py`, which is imported when the first certificate is met: the
library's X.509 takes long to load, and groups with basic credentials never use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from workbench.mls.arguments import checks_arguments
from workbench.mls.errors import CredentialExpired, InvalidArgument, InvalidCredential, Unsupported
from workbench.mls.value import value
from workbench.mls.when import When
from workbench.mls.wire.tree import Credential, LeafNode, X509Credential
from workbench.mls.wire.values import described

if TYPE_CHECKING:
    from cryptography import x509

Identity: TypeAlias = "bytes | x509.Name | x509.GeneralName"
"""An identity in a credential: the bytes of a basic one; the subject or an alternative name of a certificate."""


@runtime_checkable
class AuthenticationService(Protocol):
    """Decides whether a credential belongs to the holder of a signature key (RFC 9420 §5.3.1)."""

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        """Refuse a credential that does not bind its identities to `signature_key` at `now`.

        `replaced` is the credential that the member had until now. With it, refuse a credential that is not a valid
        successor: nothing else stops one member from taking another's place. `now` is in seconds since 1970; for
        something that others sent, it is the time of sending. A refusal is an `MLSError`; for an expired credential it
        is a `CredentialExpired`, which says until when the credential was valid.
        """


def authenticate(
    service: AuthenticationService, leaf_node: LeafNode, *, when: When, replaced: LeafNode | None = None
) -> None:
    """Have the Authentication Service validate a leaf node, if its credential or key is new (RFC 9420 §5.3.1).

    `replaced` is the leaf node that it replaces. If both have the same credential and signature key, the service is not
    asked: a member may update its encryption key while its credential is expired.
    """
    if replaced is None:
        validate_credential(service, leaf_node.credential, leaf_node.signature_key, when=when)
    elif (leaf_node.credential, leaf_node.signature_key) != (replaced.credential, replaced.signature_key):
        validate_credential(
            service, leaf_node.credential, leaf_node.signature_key, when=when, replaced=replaced.credential
        )


def validate_credential(
    service: AuthenticationService,
    credential: Credential,
    signature_key: bytes,
    *,
    when: When,
    replaced: Credential | None = None,
) -> None:
    """Have a credential validated at the latest time in `when` at which it had not expired (RFC 9420 §5.3.2).

    Raises what the service raises.
    """
    now = when.latest
    while True:
        try:
            return service.validate(credential, signature_key, now=now, replaced=replaced)
        except CredentialExpired as expired:
            if expired.until is None or not when.earliest <= expired.until < now:
                raise
            now = expired.until


@value
class TrustAnchors:
    """Accepts all basic credentials, and the X.509 chains that lead to one of `anchors` (RFC 9420 §5.3).

    `intermediates` are certificates that members may leave out of their chains, because all receivers have them.
    `revocation_lists` must hold a current list of each issuer in a chain. None turns revocation off.
    """

    anchors: tuple[x509.Certificate, ...] = ()
    intermediates: tuple[x509.Certificate, ...] = ()
    revocation_lists: tuple[x509.CertificateRevocationList, ...] | None = None

    def __post_init__(self) -> None:
        self._check_types()
        for revocation_list in self.revocation_lists or ():
            extensions = [revocation_list.extensions, *(entry.extensions for entry in revocation_list)]
            if any(extension.critical for each in extensions for extension in each):
                reason = "a revocation list with critical extensions is partial or indirect: give a complete list"
                raise Unsupported("§5.3.2", reason)

    def _check_types(self) -> None:
        """Check the fields as `check_fields` does, without loading X.509 where no certificate is given."""
        for name in ("anchors", "intermediates", "revocation_lists"):
            given = getattr(self, name)
            if not isinstance(given, tuple) and (given is not None or name != "revocation_lists"):
                raise InvalidArgument(f"TrustAnchors.{name}", f"must be a tuple, not {described(given)}")
        if self.anchors or self.intermediates or self.revocation_lists:
            from workbench.mls.crypto.certificates import check_types  # noqa: PLC0415 - see the head of the file

            check_types(self.anchors, self.intermediates, self.revocation_lists or ())

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        """Refuse a credential as `AuthenticationService` says.

        A valid successor presents the same identities as the credential that it replaces. Raises `InvalidCredential`,
        `CredentialExpired`, `CredentialRevoked`, `RevocationUnknown` or `Unsupported`.
        """
        if isinstance(credential.credential, X509Credential):
            from workbench.mls.crypto.certificates import load_chain, validate_chain  # noqa: PLC0415 - see the head of the file

            validate_chain(
                load_chain(credential.credential),
                signature_key,
                now=now,
                anchors=self.anchors,
                intermediates=self.intermediates,
                revocation_lists=self.revocation_lists,
            )
        if replaced is not None and presented_identities(credential) != presented_identities(replaced):
            raise InvalidCredential("§5.3.1", "the new credential presents other identities than the one it replaces")


DEFAULT_AUTHENTICATION = TrustAnchors()
"""All basic credentials are accepted, and no X.509 chain, because there is no anchor."""


@checks_arguments
def presented_identities(credential: Credential) -> frozenset[Identity]:
    """The identities in a credential, without validating it (RFC 9420 §5.3).

    The application compares them with the identity that it expects. Raises `InvalidCredential`.
    """
    if isinstance(credential.credential, X509Credential):
        from workbench.mls.crypto.certificates import identities_of, load_chain  # noqa: PLC0415 - see the head of the file

        return identities_of(load_chain(credential.credential)[0])
    return frozenset([credential.credential.identity])
