"""What cannot be done in a world, and why."""

from __future__ import annotations


class NotPossible(Exception):
    """An action that makes no sense as things are; the message says why, and nothing has happened."""
