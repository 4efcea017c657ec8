"""The name of a device: whose device it is, and which of that person's devices.

RFC 9420 leaves the form of identities to the application (§5.3). The workbench writes the identity of a device as the
user's name, a slash, and the name of the device: `Alice/phone`. A user's name has no slash. An identity without a slash
is a user who has one device, as in most lessons. Everything that tells users and devices apart asks this module.
"""

from __future__ import annotations

from typing import NamedTuple

SEPARATOR = "/"


class DeviceName(NamedTuple):
    """The two parts of a device's identity. `device` is "" for a user's only device, which has no name of its own."""

    user: str
    device: str = ""

    @classmethod
    def of(cls, identity: str) -> DeviceName:
        """Read an identity. One with an empty part is taken as the name of a user."""
        user, separator, device = identity.partition(SEPARATOR)
        return cls(user, device) if separator and user.strip() and device.strip() else cls(identity)

    def __str__(self) -> str:
        return f"{self.user}{SEPARATOR}{self.device}" if self.device else self.user


def user_of(identity: str) -> str:
    """The user to whom the device with this identity belongs."""
    return DeviceName.of(identity).user
