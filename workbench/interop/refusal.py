"""What the service itself refuses; what the protocol refuses is an `MLSError`."""

from __future__ import annotations


class Refusal(Exception):
    """A request that does not make sense."""


class TooSoon(Refusal):
    """A request that would make sense at another time."""


class NotKept(Refusal):
    """An id under which nothing is kept, or nothing of the kind that was asked for."""
