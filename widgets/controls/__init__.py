"""Hands on a live world."""

from widgets.controls.controls import FREQUENT_ACTIONS, MORE_ACTIONS, Controls

__all__ = ["FREQUENT_ACTIONS", "MORE_ACTIONS", "Controls"]
