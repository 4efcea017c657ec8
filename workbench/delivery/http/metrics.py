"""The figures of one worker for Prometheus: counts and times, no names of users, devices or groups."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from workbench.delivery.rows import Entry


class Metrics:
    """The figures of one worker, which answers with its own figures only; `worker` is its name."""

    def __init__(self, worker: str) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "delivery_requests", "Requests by call and status", ["call", "status"], registry=self.registry
        )
        self.seconds = Histogram("delivery_request_seconds", "How long calls took", ["call"], registry=self.registry)
        self.messages = Counter("delivery_messages", "Messages taken, by kind", ["kind"], registry=self.registry)
        self.bytes = Counter("delivery_message_bytes", "Bytes of messages taken", registry=self.registry)
        self.refusals = Counter("delivery_refusals", "Refusals by reason", ["reason"], registry=self.registry)
        self.connected = Gauge("delivery_connected", "Devices that listen for wake-ups", registry=self.registry)
        self.waiting = Gauge("delivery_waiting_requests", "Requests in progress", registry=self.registry)
        self.longest = Gauge("delivery_longest_queue", "Messages in the longest queue", registry=self.registry)
        self.swept = Counter("delivery_swept", "Expired objects that were deleted", ["what"], registry=self.registry)
        self.audited = Gauge(
            "delivery_audit_number", "Number of the last audit record", ["worker", "digest"], registry=self.registry
        )
        self.worker = worker

    def accepted(self, entry: Entry) -> None:
        """Count a message that was taken."""
        self.messages.labels("reopened" if entry.content_type is None else entry.content_type.name).inc()
        self.bytes.inc(len(entry.message))

    def text(self) -> bytes:
        """The figures as Prometheus reads them."""
        return generate_latest(self.registry)
