"""Who a member says it is, and whether to believe it (RFC 9420 §5.3).

The protocol carries credentials; an Authentication Service decides about them (RFC 9750 §4). It is the
application's, so it is an argument: whatever has the one method of `AuthenticationService`. The one that is built
here, `TrustAnchors`, takes basic credentials at their word and verifies X.509 chains up to roots that the
application trusts.

When it is asked (§5.3.1): for every leaf node that comes in with a credential or signature key that its place in
the tree did not have, and for every member of a group that one joins. It is not asked again for each message:
what a member signed stays accepted when its credential expires later (§5.3.2).

All that reads a certificate stands in `certificates.py`, which is imported when the first certificate is met: the
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
"""What a credential presents: the bytes of a basic one; the subject and each alternative name of a certificate."""


@runtime_checkable
class AuthenticationService(Protocol):
    """Who decides whether a credential tells the truth (RFC 9420 §5.3.1)."""

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        """Refuse a credential that does not bind its identities to `signature_key` at `now`.

        With `replaced`, its member's credential until now, refuse one that is no valid successor of it: nothing
        else stops one member from taking the place of another. `now` is in seconds since 1970: the present, or for what
        others have sent the time of that. A refusal is an `MLSError`; for a credential that has expired it is a
        `CredentialExpired` that says until when it was good.
        """


def authenticate(
    service: AuthenticationService, leaf_node: LeafNode, *, when: When, replaced: LeafNode | None = None
) -> None:
    """Have the Authentication Service validate what a leaf node brings that is new (RFC 9420 §5.3.1).

    `replaced` is the leaf node in whose place it comes. If that has the same credential and key, nothing is new:
    a member may update its encryption key while its credential is expired.
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
    """Have a credential validated by the latest possible time at which it had not expired (RFC 9420 §5.3.2).

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
    """Basic credentials are taken at their word, X.509 chains must lead to one of `anchors` (RFC 9420 §5.3).

    `intermediates` are certificates that members may leave out of their chains because everybody has them.
    `revocation_lists` are all that is known of revoked certificates: every issuer of a chain must have a current
    one among them. None stands for an application that does not revoke.
    """

    anchors: tuple[x509.Certificate, ...] = ()
    intermediates: tuple[x509.Certificate, ...] = ()
    revocation_lists: tuple[x509.CertificateRevocationList, ...] | None = None

    def __post_init__(self) -> None:
        self._check_types()
        for revocation_list in self.revocation_lists or ():
            extensions = [revocation_list.extensions, *(entry.extensions for entry in revocation_list)]
            if any(extension.critical for each in extensions for extension in each):
                reason = "a revocation list with critical extensions is partial or indirect: give the complete one"
                raise Unsupported("§5.3.2", reason)

    def _check_types(self) -> None:
        """As `check_fields` does, without loading X.509 for nothing."""
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

        A successor presents the same identities as what it replaces. Raises `InvalidCredential`,
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
"""Basic credentials are taken at their word; no X.509 chain is accepted, for no anchor is trusted by itself."""


@checks_arguments
def presented_identities(credential: Credential) -> frozenset[Identity]:
    """Who a credential says that its member is, believed or not (RFC 9420 §5.3).

    To be compared with whom the application expects. Raises `InvalidCredential`.
    """
    if isinstance(credential.credential, X509Credential):
        from workbench.mls.crypto.certificates import identities_of, load_chain  # noqa: PLC0415 - see the head of the file

        return identities_of(load_chain(credential.credential)[0])
    return frozenset([credential.credential.identity])
