"""The timeline of a group: who did what, step by step, with each member's history and all branches."""

from widgets.timeline.timeline import Timeline

__all__ = ["Timeline"]
