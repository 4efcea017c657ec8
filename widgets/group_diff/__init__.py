"""Two sides of a group: the first commit that differs, and what differs since."""

from widgets.group_diff.group_diff import GroupDiff

__all__ = ["GroupDiff"]
