"""The delivery service: it orders messages and hands out key packages, and can read none of them.

`checks` says what an upload must be; `log` decides what may be appended to a group; `service` keeps the logs and the
directory of key packages in memory.
"""

from workbench.delivery.checks import InvalidFrame, InvalidKeyPackageUpload, Refused
from workbench.delivery.log import Entry, Head, LateCommit, LateMessage, UnknownGroup, WrongOrder
from workbench.delivery.service import DeliveryService, Invitation, NoGroupInfo, NoKeyPackage

__all__ = [
    "DeliveryService",
    "Entry",
    "Head",
    "InvalidFrame",
    "InvalidKeyPackageUpload",
    "Invitation",
    "LateCommit",
    "LateMessage",
    "NoGroupInfo",
    "NoKeyPackage",
    "Refused",
    "UnknownGroup",
    "WrongOrder",
]
