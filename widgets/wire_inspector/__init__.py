"""The bytes of a message: every field, what is encrypted, and how each value is computed."""

from widgets.wire_inspector.wire_inspector import WireInspector

__all__ = ["WireInspector"]
