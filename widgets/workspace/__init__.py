"""What pictures that belong together share: the step, the viewer, the member and the message."""

from widgets.workspace.workspace import Workspace

__all__ = ["Workspace"]
