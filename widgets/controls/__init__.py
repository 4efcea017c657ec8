"""Hands on a live world."""

from widgets.controls.control_panel import DOORS, EVERYDAY, ControlPanel

__all__ = ["DOORS", "EVERYDAY", "ControlPanel"]
