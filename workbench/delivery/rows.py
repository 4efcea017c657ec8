"""What the delivery service keeps, as values: one class a table. Nothing in them is secret.

Times are in seconds since 1970 by the service's clock; None means that the service has no clock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, TypeAlias

from workbench.mls.wire.code_points import ContentType

ExternalJoins: TypeAlias = Literal["open", "members", "none"]
"""Who may fetch the GroupInfo and join by a commit: each device, only those that were in the group, or nobody."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says to be."""

    user: str
    cipher_suite: int
    signature_key: bytes

    @property
    def device(self) -> str:
        """The id of the device: the hash of its cipher suite and signature key."""
        return device_id(self.cipher_suite, self.signature_key)


def device_id(cipher_suite: int, signature_key: bytes) -> str:
    """The name of a device, which follows from its key."""
    return hashlib.sha256(cipher_suite.to_bytes(2) + signature_key).hexdigest()


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device, which is its signature key; `user` is the name by which the directory lists it."""

    device: str
    user: str
    cipher_suite: int
    signature_key: bytes
    since: int | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A challenge, a session or an approval, by the hash of its text; `device` is for whom it is."""

    digest: bytes
    purpose: Literal["challenge", "session", "approval"]
    device: str
    expires: int


@dataclass(frozen=True, slots=True)
class KeyPackageRow:
    """One key package in the directory. When it has been handed out, its bytes are gone and its name stays.

    `init_key` is the hash of its init key, which no other may have.
    """

    reference: bytes
    device: str
    user: str
    cipher_suite: int
    init_key: bytes
    not_after: int
    last_resort: bool
    message: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a group's log: how many entries it has, and the epoch that they lead to.

    `size` is how many bytes of messages the log keeps. What the founder has declared: in how many epochs that are over
    the members can still read (`late_epochs`), and who may join by a commit.
    """

    group_id: bytes
    epoch: int
    length: int = 0
    size: int = 0
    late_epochs: int = 0
    external_joins: ExternalJoins = "open"


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a group at its place in the log; `sent_at` is when it was taken, if the service has a clock.

    An entry with `reopens` is no message but a notice of the service: the members have refused the commit at that
    place, it and all that came after are void, and the log goes on in `epoch`. Its `content_type` is None.
    `sender` is the device that uploaded it, "" for one that the operator did.
    """

    index: int
    group_id: bytes
    epoch: int
    content_type: ContentType | None
    message: bytes
    sent_at: int | None = None
    sender: str = ""
    void: bool = False
    reopens: int | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A Welcome, the group it leads to, where in its log to go on reading, and when it was sent, if that is known."""

    welcome: bytes
    group_id: bytes
    next_index: int
    sent_at: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A device that receives the messages of a group, and how far: its queue is the log from `next_index` on.

    `joined` is where its queue began; `active` is when it was last invited or last acknowledged something.
    """

    group_id: bytes
    device: str
    next_index: int
    joined: int
    active: int | None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket: how many tokens it had at a time."""

    tokens: float
    at: float


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One line of an audit chain; `digest` covers all the others and the digest before (`audit.py`)."""

    chain: str
    number: int
    at: int
    event: str
    device: str
    group_id: bytes
    count: int
    detail: str
    previous: bytes
    digest: bytes
