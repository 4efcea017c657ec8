"""The screens of all people of a group, as a widget: what each device shows, and who can read which message."""

from widgets.room.room import Room

__all__ = ["Room"]
