"""The delivery service: it orders messages and hands out key packages, and can read none of them.

Pure rules on data: `checks` checks uploads; `signatures` verifies public handshakes; `log` decides what may be appended
to a group; `limits` fills token buckets; `settings` has every number. Operations in one transaction: `directory`,
`groups`, `queues`, `reports`. `ports` has the interfaces that the service needs, `memory` and `sql` are its two stores.
`service` is the service for its operator, `access` for one device, `http` for one device over the network, and `client`
is a device's side of that.
"""

from workbench.delivery.errors import (
    AlreadyThere,
    Conflict,
    InvalidFrame,
    InvalidGroupInfoUpload,
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
    WrongSignature,
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
    "InvalidGroupInfoUpload",
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
    "WrongSignature",
]
