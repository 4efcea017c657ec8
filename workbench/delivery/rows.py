"""The rows that the delivery service stores: one class for each table. No row holds a secret.

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
    """The user and the key that a device claims, before it has proved them."""

    user: str
    cipher_suite: int
    signature_key: bytes

    @property
    def device(self) -> str:
        """The id of the device: the hash of its cipher suite and signature key."""
        return device_id(self.cipher_suite, self.signature_key)


def device_id(cipher_suite: int, signature_key: bytes) -> str:
    """The id of a device: the hash of its cipher suite and signature key, in hexadecimal."""
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
    """A challenge, a session or an approval, by the hash of its text; it is for `device`."""

    digest: bytes
    purpose: Literal["challenge", "session", "approval"]
    device: str
    expires: int


@dataclass(frozen=True, slots=True)
class KeyPackageRow:
    """One key package in the directory. After it was handed out, its bytes are deleted and its reference stays.

    `init_key` is the hash of its init key: no other key package may have the same init key.
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

    `size` is how many bytes of messages the log keeps. The founder of the group has declared `late_epochs`, the number
    of past epochs whose messages the members can still read, and who may join by a commit.
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

    An entry with `reopens` is a notice of the service, not a message: the members have refused the commit at that
    index, this commit and all later entries are void, and the log goes on in `epoch`. Its `content_type` is None.
    `sender` is the device that uploaded the message, "" for an upload of the operator.
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
    """The queue of a device in a group: the log of the group from `next_index` on.

    `joined` is the index at which the queue began: the device gets no earlier entries. `active` is the time of the
    device's last invitation or acknowledgement.
    """

    group_id: bytes
    device: str
    next_index: int
    joined: int
    active: int | None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket: it had `tokens` tokens at the time `at`."""

    tokens: float
    at: float


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One record of an audit chain; `digest` covers all its other fields, with the former digest (`audit.py`)."""

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
