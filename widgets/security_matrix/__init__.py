"""The security matrix as a widget: for each member and epoch, what the attacker reads and can forge."""

from widgets.security_matrix.security_matrix import SecurityMatrix

__all__ = ["SecurityMatrix"]
