"""The key schedule as a widget: the secrets of an epoch, how they are derived, and who has them."""

from widgets.key_schedule.key_schedule import KeySchedule

__all__ = ["KeySchedule"]
