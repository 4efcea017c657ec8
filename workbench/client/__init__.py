"""A device: it holds keys and states, publishes and fetches, and says in words what happened.

`device` talks to the delivery service, `holdings` is all that it holds at one instant, `events` are the words.
"""

from workbench.client.device import Device
from workbench.client.events import Event
from workbench.client.holdings import Holdings, Membership, Pending

__all__ = ["Device", "Event", "Holdings", "Membership", "Pending"]
