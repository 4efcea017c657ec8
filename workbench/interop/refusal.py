"""The errors of the service itself; the protocol raises `MLSError`."""

from __future__ import annotations


class Refusal(Exception):
    """A request that is invalid."""


class TooSoon(Refusal):
    """A request that is not possible at this time."""


class NotKept(Refusal):
    """An id for which no object of the requested kind is kept."""
