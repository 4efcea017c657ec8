"""Buttons to act in a world, with the picture of its ratchet tree."""

from widgets.controls.controls import FREQUENT_ACTIONS, MORE_ACTIONS, Controls

__all__ = ["FREQUENT_ACTIONS", "MORE_ACTIONS", "Controls"]
