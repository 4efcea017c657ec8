"""What one worker has at hand for its requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workbench.delivery.audit import AuditEvent, AuditTrail
from workbench.delivery.errors import Refused
from workbench.delivery.http.metrics import Metrics
from workbench.delivery.http.problems import EVENTS
from workbench.delivery.http.wakeups import WakeUps
from workbench.delivery.limits import Rate, take
from workbench.delivery.rows import Bucket, DeviceRow
from workbench.delivery.service import DeliveryService
from workbench.mls.group.key_package import is_last_resort
from workbench.mls.wire.codec import decode
from workbench.mls.wire.messages import MLSMessage
from workbench.mls.wire.tree import KeyPackage

REMEMBERED = 10_000
"""Buckets that one worker keeps in memory; beyond it they all begin anew, full."""


class Buckets:
    """Token buckets of one worker, in memory: a look at one costs no transaction."""

    def __init__(self, clock: Callable[[], int | None]) -> None:
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def take(self, what: str, name: str, rate: Rate) -> None:
        """Take a token; raises `TooFast`."""
        if len(self._buckets) > REMEMBERED:
            self._buckets.clear()
        key = f"{what}:{name}"
        self._buckets[key] = take(what, self._buckets.get(key), rate, float(self._clock() or 0))


@dataclass(slots=True)
class Host:
    """The service, under which names devices dial it, and what goes with it."""

    service: DeliveryService
    names: frozenset[str]
    trail: AuditTrail
    metrics: Metrics
    buckets: Buckets
    wake_ups: WakeUps

    def note(self, error: Refused, device: DeviceRow | None, *, drains: bool = False) -> None:
        """Count a refusal, and put it into the audit log if it belongs there: a flood that `drains` by its own name."""
        self.metrics.refusals.labels(type(error).__name__).inc()
        event = EVENTS.get(type(error))
        if event is AuditEvent.flood and drains:
            event = AuditEvent.drain
        if event is not None:
            self.trail.note(event, "" if device is None else device.device)

    @staticmethod
    def is_last_resort(message: bytes) -> bool:
        """Whether a key package that was handed out is one of last resort."""
        key_package = decode(MLSMessage, message).message
        return isinstance(key_package, KeyPackage) and is_last_resort(key_package)
