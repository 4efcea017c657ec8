"""What a wake-up is about: a group, or one device. A topic is short, whatever the length of a group's id."""

from __future__ import annotations

import hashlib


def group_topic(group_id: bytes) -> str:
    """Something new is in the log of a group."""
    return "g" + hashlib.sha256(group_id).hexdigest()


def device_topic(device: str) -> str:
    """A device was invited, or has become a member of another group."""
    return "d" + device
