"""A compromise as a widget: members and epochs, what the attacker reads, what it can forge, and what has healed."""

from widgets.security_matrix.security_matrix import SecurityMatrix

__all__ = ["SecurityMatrix"]
