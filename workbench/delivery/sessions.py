"""How a device logs in: it signs a challenge with its signature key, and gets a session (RFC 9420 §5.1.2).

The id of a device is a hash of its signature key, so no device can claim the id of another one. The signed content
names the host that the device has dialled, so that a host in between cannot use the signature elsewhere. It also names
the challenge, which is valid once and for a minute, and the user. The service keeps only hashes of challenges and
sessions: somebody who reads its database cannot act for a device.

The first device of a user takes the user's name. A device of that user has to approve each further one.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal

from workbench.delivery.checks import check_user
from workbench.delivery.errors import NotAllowed, NotAuthenticated
from workbench.delivery.ports import Rows
from workbench.delivery.rows import Claim, DeviceRow, Ticket
from workbench.delivery.settings import DAY, Settings
from workbench.mls.crypto.algorithms import algorithms
from workbench.mls.errors import MLSError
from workbench.mls.wire.codec import encode
from workbench.mls.wire.shapes import Opaque, struct, uint16

LABEL = "DeliveryServiceLogin"
"""The label of the signature of a login. No signature of MLS has this label."""


@struct
class LoginTBS:
    """The content that a device signs to log in."""

    host: Opaque
    challenge: Opaque
    user: Opaque
    cipher_suite: uint16


@dataclass(frozen=True, slots=True)
class Session:
    """A session: its secret text, its device, and when it ends. `is_new` says that the device was unknown before."""

    text: str
    device: str
    expires: int
    is_new: bool


def signed_content(host: str, challenge: str, claim: Claim) -> bytes:
    """The bytes to sign for the purpose `LABEL`."""
    return encode(LoginTBS(host.encode(), challenge.encode(), claim.user.encode(), claim.cipher_suite))


def check_claim(claim: Claim) -> None:
    """Refuse an invisible name, a key that is not a signature key of its cipher suite, or another form of such a key.

    Raises `InvalidFrame`, `NotAuthenticated`.
    """
    check_user(claim.user)
    try:
        suite = algorithms(claim.cipher_suite)
        suite.check_signature_key(claim.signature_key)
        canonical = suite.canonical_signature_key(claim.signature_key)
    except MLSError as error:
        raise NotAuthenticated(f"the signature key is not valid: {error}") from None
    if canonical != claim.signature_key:
        raise NotAuthenticated("the signature key is not in the form in which it is compared (RFC 9420 §7.3)")


def is_signed(claim: Claim, host: str, challenge: str, signature: bytes) -> bool:
    """Whether the signature was made with the claimed key, for this host and challenge."""
    try:
        suite = algorithms(claim.cipher_suite)
        return suite.verify_with_label(claim.signature_key, LABEL, signed_content(host, challenge, claim), signature)
    except MLSError:
        return False


def challenge(rows: Rows, claim: Claim, *, now: int, settings: Settings) -> str:
    """A new random text for one device, which has to sign it within a minute."""
    text = secrets.token_urlsafe(32)
    rows.add_ticket(Ticket(_digest("challenge", text), "challenge", claim.device, now + settings.challenge_seconds))
    return text


def take_challenge(rows: Rows, claim: Claim, text: str, *, now: int) -> bool:
    """Delete a challenge; True if it was for this device and has not expired. It is deleted in any case."""
    digest = _digest("challenge", text)
    ticket = rows.ticket(digest)
    taken = rows.take_ticket(digest)
    return taken and ticket is not None and ticket.device == claim.device and now <= ticket.expires


def open_session(rows: Rows, claim: Claim, *, now: int, settings: Settings) -> Session:
    """Open a session for a device that has proved its key, and register the device if it is new.

    Raises `NotAllowed` if the device is registered for another user, or if the user has devices already and none of
    them has approved this one.
    """
    known = rows.device(claim.device)
    if known is None:
        _register(rows, claim, now)
    elif known.user != claim.user:
        raise NotAllowed(f"this device is registered for another user than {claim.user}")
    text, expires = secrets.token_urlsafe(32), now + settings.session_seconds
    rows.add_ticket(Ticket(_digest("session", text), "session", claim.device, expires))
    return Session(text, claim.device, expires, known is None)


def whose(rows: Rows, text: str, *, now: int) -> DeviceRow:
    """The device of a session; raises `NotAuthenticated` if there is none, or it has ended."""
    ticket = rows.ticket(_digest("session", text))
    device = None if ticket is None or ticket.expires < now else rows.device(ticket.device)
    if device is None:
        raise NotAuthenticated("the session is unknown or has ended: log in again")
    return device


def end_session(rows: Rows, text: str) -> None:
    """End a session before it expires."""
    rows.take_ticket(_digest("session", text))


def approve(rows: Rows, user: str, device: str, *, now: int) -> None:
    """Let the device with this id register for a user within a day, as one of the user's devices has asked."""
    rows.add_ticket(Ticket(_digest("approval", user + "\n" + device), "approval", device, now + DAY))


def _register(rows: Rows, claim: Claim, now: int) -> None:
    if rows.devices_of(claim.user):
        digest = _digest("approval", claim.user + "\n" + claim.device)
        ticket = rows.ticket(digest)
        if ticket is None or ticket.expires < now:
            reason = f"{claim.user} has a device already, and it has not approved device {claim.device[:8]}"
            raise NotAllowed(reason)
        rows.take_ticket(digest)
    rows.add_device(DeviceRow(claim.device, claim.user, claim.cipher_suite, claim.signature_key, now))


def _digest(purpose: Literal["challenge", "session", "approval"], text: str) -> bytes:
    return hashlib.sha256(f"{purpose}\n{text}".encode()).digest()
