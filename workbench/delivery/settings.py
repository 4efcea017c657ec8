"""Every limit of the delivery service: its number, its unit, and the reason for the number.

Each is set by an environment variable, `WORKBENCH_DELIVERY_` and its name in capitals, or by `--set NAME=NUMBER`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from workbench.delivery.checks import LARGEST_MESSAGE
from workbench.delivery.limits import Rate

PREFIX = "WORKBENCH_DELIVERY_"

MINUTE, HOUR, DAY = 60, 3600, 86_400


def _setting(default: int, unit: str, reason: str) -> int:
    """A field of `Settings`, which mypy takes for the number that it holds."""
    made: int = field(default=default, metadata={"unit": unit, "reason": reason})
    return made


@dataclass(frozen=True, slots=True)
class Settings:
    """The limits. `Settings.of(environment)` reads them; `table()` explains them."""

    # fmt: off
    message_bytes: int = _setting(LARGEST_MESSAGE, "bytes", "enough for the Welcome with its tree when one commit adds ten thousand members")
    request_bytes: int = _setting(48 * 1024 * 1024, "bytes", "a commit and its Welcome at their largest, as base64, with room for the rest")
    request_seconds: int = _setting(20, "seconds", "a body that takes longer occupies a connection for nothing; 2.4 MB/s suffice for the largest")
    batch: int = _setting(100, "messages", "one transaction for a burst, short enough that others do not wait for it")
    page_messages: int = _setting(200, "messages", "a page that a phone decrypts within a second")
    page_bytes: int = _setting(4 * 1024 * 1024, "bytes", "a page that a slow network brings within ten seconds; one larger message comes alone")

    queue_messages: int = _setting(10_000, "messages", "a busy room for a month; a device that is away loses its oldest application messages first, and no handshakes")
    group_bytes: int = _setting(256 * 1024 * 1024, "bytes", "what one group may occupy before its messages are refused until its members fetch")
    groups_per_device: int = _setting(1_000, "groups", "bounds what one device can make the service keep for it")
    welcomes_per_device: int = _setting(100, "Welcomes", "strangers can add a device to groups: bounds what they can put into its queue")
    active_seconds: int = _setting(10 * MINUTE, "seconds", "if the queue of a device is full, the device slows its senders down, but only if it has acknowledged within this time; otherwise it is away")
    application_retention: int = _setting(30 * DAY, "seconds", "a month of holidays; a device that comes back later has lost application messages and is told how many")
    handshake_retention: int = _setting(90 * DAY, "seconds", "a device that was away for less than this time can follow its groups; after more it has to join again")
    delivered_retention: int = _setting(1 * DAY, "seconds", "messages that all devices have acknowledged stay so long, for senders who try again after a fault")
    late_seconds: int = _setting(2 * MINUTE, "seconds", "an application message that a commit has overtaken on its way arrives within seconds; phones retry within two minutes")

    device_rate: int = _setting(600, "requests a minute", "ten a second: more than people type, less than a flood")
    device_burst: int = _setting(200, "requests", "a device that comes back sends and fetches at once what has waited")
    group_rate: int = _setting(3_000, "messages a minute", "fifty a second in one room: more than people read")
    group_burst: int = _setting(1_000, "messages", "all members of a large group may answer at once")
    requests_rate: int = _setting(1_200, "requests a minute", "for each device and worker, whatever it asks: twice what it may send")
    logins_rate: int = _setting(60, "challenges a minute", "for each address: enough for a household, and too few to fill the table with challenges")
    take_rate: int = _setting(60, "key packages an hour", "how many key packages of one user a device may take: enough to add the user to a group each minute, and few enough that the device needs hours to take them all")
    take_burst: int = _setting(20, "key packages", "how many key packages of one user a device may take at once: enough for one from each device of the user")

    key_packages_per_device: int = _setting(200, "key packages", "for each cipher suite: enough to be added to six groups a day for a month")
    key_packages_low: int = _setting(20, "key packages", "below this the service tells the device to publish more")
    key_package_seconds: int = _setting(100 * DAY, "seconds", "the longest lifetime that is accepted: it limits for how long a key that leaks before its use helps an attacker (RFC 9420 §7.2)")
    last_resort_seconds: int = _setting(30 * DAY, "seconds", "a key package of last resort is used again and again: the service asks for a new one after this time (RFC 9750 §5.1)")

    challenge_seconds: int = _setting(60, "seconds", "a signature takes milliseconds, and the network seconds")
    session_seconds: int = _setting(1 * HOUR, "seconds", "a stolen session text is valid for an hour at most")
    report_seconds: int = _setting(1 * HOUR, "seconds", "members that are connected report a commit within seconds; a commit that is older stands")
    reopenings_per_hour: int = _setting(3, "reopenings", "limits how long members who refuse every commit can stop a group")
    audit_retention: int = _setting(180 * DAY, "seconds", "metadata is kept as long as somebody may look for the cause of an incident, and no longer")
    sweep_seconds: int = _setting(5 * MINUTE, "seconds", "how often a worker deletes what has expired")
    waiting_requests: int = _setting(200, "requests", "more at the same time in one worker are refused with Retry-After, before they cost anything")
    # fmt: on

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """The settings that environment variables name; raises `ValueError` for a value that is not a natural number."""
        given: dict[str, int] = {}
        for each in fields(cls):
            text = environment.get(PREFIX + each.name.upper())
            if text is not None:
                given[each.name] = natural(PREFIX + each.name.upper(), text)
        return cls(**given)

    @property
    def of_device(self) -> Rate:
        """How fast one device may ask."""
        return Rate(self.device_rate / MINUTE, self.device_burst)

    @property
    def of_requests(self) -> Rate:
        """How fast one device may ask one worker anything."""
        return Rate(self.requests_rate / MINUTE, self.requests_rate)

    @property
    def of_group(self) -> Rate:
        """How fast the members of one group may send, all together."""
        return Rate(self.group_rate / MINUTE, self.group_burst)

    @property
    def of_logins(self) -> Rate:
        """How fast one address may ask for challenges."""
        return Rate(self.logins_rate / MINUTE, self.logins_rate)

    @property
    def of_takes(self) -> Rate:
        """How fast one device may take key packages of one user."""
        return Rate(self.take_rate / HOUR, self.take_burst)


def natural(name: str, text: str) -> int:
    """The number in the text of a setting; raises `ValueError` if the text is not a natural number."""
    if not text.isdecimal():
        raise ValueError(f"{name} is {text!r}; it has to be a natural number such as 100")
    return int(text)


def table() -> tuple[tuple[str, int, str, str], ...]:
    """Name, number, unit and reason of each limit, for the documentation."""
    return tuple(
        (each.name, int(str(each.default)), each.metadata["unit"], each.metadata["reason"]) for each in fields(Settings)
    )
