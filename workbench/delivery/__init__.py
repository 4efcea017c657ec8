"""The delivery service: it orders messages and hands out key packages, and can read none of them.

Pure rules on data: `checks` says what an upload must be; `log` decides what may be appended to a group; `limits` fills
token buckets; `settings` has every number. Operations in one transaction: `directory`, `groups`, `queues`, `reports`.
`ports` says what the service needs of the world, `memory` and `sql` are its two stores. `service` is the whole as its
operator has it, `access` what one device may do, `http` the same over the network, `client` the way of a device there.
"""

from workbench.delivery.errors import (
    AlreadyThere,
    Conflict,
    InvalidFrame,
    InvalidKeyPackageUpload,
    LateCommit,
    LateMessage,
    NoGroupInfo,
    NoKeyPackage,
    NotAllowed,
    NotAuthenticated,
    QueueFull,
    Refused,
    TooFast,
    TooLarge,
    Unavailable,
    UnknownGroup,
    WrongOrder,
)
from workbench.delivery.ports import Clock, Log, Store, Transport
from workbench.delivery.rows import Claim, Entry, Head, Invitation
from workbench.delivery.service import DeliveryService
from workbench.delivery.settings import Settings

__all__ = [
    "AlreadyThere",
    "Claim",
    "Clock",
    "Conflict",
    "DeliveryService",
    "Entry",
    "Head",
    "InvalidFrame",
    "InvalidKeyPackageUpload",
    "Invitation",
    "LateCommit",
    "LateMessage",
    "Log",
    "NoGroupInfo",
    "NoKeyPackage",
    "NotAllowed",
    "NotAuthenticated",
    "QueueFull",
    "Refused",
    "Settings",
    "Store",
    "TooFast",
    "TooLarge",
    "Transport",
    "Unavailable",
    "UnknownGroup",
    "WrongOrder",
]
