"""An inspector of bytes: paste or upload them, and see every field."""

from widgets.inspector.inspector import Inspector

__all__ = ["Inspector"]
