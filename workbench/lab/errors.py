"""The error of an action that is not possible in a world."""

from __future__ import annotations


class NotPossible(Exception):
    """An action is not possible now. The message says why. The action has changed nothing."""
