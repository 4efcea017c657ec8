"""Topics of wake-ups: a group, or one device. A topic is short, even if the id of its group is long."""

from __future__ import annotations

import hashlib


def group_topic(group_id: bytes) -> str:
    """The topic of new entries in the log of a group."""
    return "g" + hashlib.sha256(group_id).hexdigest()


def device_topic(device: str) -> str:
    """The topic of one device: it was invited, or it has become a member of another group."""
    return "d" + device
