"""A device: it holds keys and states, publishes and fetches, and says in words what happened.

`device` talks to the delivery service, `device_state` is all that it holds at one instant, `reading` says what an entry
of the log does to it, `events` are the words.
"""

from workbench.client.device import Device
from workbench.client.device_state import DeviceState, Membership, Pending
from workbench.client.events import Event

__all__ = ["Device", "DeviceState", "Event", "Membership", "Pending"]
