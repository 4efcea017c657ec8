"""The objects that all requests of one worker share."""

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
"""The most buckets that one worker keeps in memory. If there are more, all of them start again, full."""


class Buckets:
    """Token buckets of one worker. They are in memory, so that a request needs no transaction for its bucket."""

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
    """The service, the host names under which devices dial it, and the logs and limits of the worker."""

    service: DeliveryService
    names: frozenset[str]
    trail: AuditTrail
    metrics: Metrics
    buckets: Buckets
    wake_ups: WakeUps

    def note(self, error: Refused, device: DeviceRow | None, *, drains: bool = False) -> None:
        """Count a refusal, and record it in the audit log if `EVENTS` lists it.

        `drains` says that the request was for a key package: too many of these are a drain in the log, not a flood.
        """
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
