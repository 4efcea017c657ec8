"""A device: it holds keys and states, uses the delivery service, and tells in sentences what happened.

`device` has the calls; `device_state` is all that a device holds at one instant; `reading` processes an entry of the
log; `events` has the sentences.
"""

from workbench.client.device import Device
from workbench.client.device_state import DeviceState, Membership, Pending
from workbench.client.events import Event

__all__ = ["Device", "DeviceState", "Event", "Membership", "Pending"]
