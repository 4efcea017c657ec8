"""The work of `workbench device`."""

from __future__ import annotations

import argparse
import base64
import getpass
import os
import select
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workbench.client.backup import restore_backup, write_backup
from workbench.client.device import Device
from workbench.client.durable import DeviceStorage
from workbench.client.events import Event
from workbench.client.roster import RosterDevice, roster
from workbench.client.safety_codes import device_code, group_code
from workbench.client.upkeep import Upkeep
from workbench.delivery.errors import NotAllowed, Refused
from workbench.mls import MLSError, cipher_suite
from workbench.storage import KeystoreClosed, StorageError, open_keystore

if TYPE_CHECKING:
    from workbench.delivery.client import HttpTransport

MISSING = "A device needs more packages: pip install 'mls-workbench[device,service]'"
SERVICE = "service"
SUPPLY = 5
"""How many key packages to publish at a time: each lets one group add the device."""
POLL = 1.0
"""Seconds between two looks at the service while nothing is typed."""


class Terminal(NamedTuple):
    """An open device, where it is kept, and its way to the service."""

    device: Device
    storage: DeviceStorage
    service: HttpTransport
    arguments: argparse.Namespace

    @property
    def group(self) -> bytes:
        """The id of the group that the command names."""
        return str(self.arguments.group).encode()


def run(arguments: argparse.Namespace) -> int:
    """Open the device, do one thing, and close it."""
    try:
        with opened(arguments) as terminal:
            return PERFORM[arguments.action](terminal)
    except ModuleNotFoundError as error:
        print(f"{MISSING} ({error.name} is missing)", file=sys.stderr)
        return 2
    except (StorageError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except (MLSError, Refused) as error:
        print(error, file=sys.stderr)
        return 1


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[Terminal]:
    """The device in its folder, which `register` makes, on its way to the service."""
    from workbench.delivery.client import HttpTransport  # noqa: PLC0415 # the packages may be missing

    home, passphrase = arguments.home, os.environ.get("WORKBENCH_PASSPHRASE")
    if arguments.ask:
        passphrase = getpass.getpass("Passphrase: ")
    if arguments.action == "register" and not (home / SERVICE).exists():
        storage = registered(home, arguments.name, passphrase, arguments.service)
    elif arguments.action == "restore":
        storage, group_ids = restore_backup(home, open_keystore(home, passphrase), Path(arguments.file).read_bytes())
        for group_id in group_ids:
            print(f"to rejoin: {group_id.decode(errors='backslashreplace')}")
    else:
        storage = DeviceStorage.open(home, passphrase)
    try:
        with HttpTransport((home / SERVICE).read_text("utf-8")) as service:
            yield Terminal(storage.device(service), storage, service, arguments)
    finally:
        storage.close()


def registered(home: Path, name: str, passphrase: str | None, service: str) -> DeviceStorage:
    """A new device; one that was killed while it was made is finished. The address of the service is written last."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        storage = DeviceStorage.create(home, name, cipher_suite(1), passphrase)
    except KeystoreClosed:
        storage = DeviceStorage.open(home, passphrase)
    partial = home / f"{SERVICE}.partial"
    partial.write_text(service, "utf-8")
    partial.replace(home / SERVICE)
    return storage


def register(terminal: Terminal) -> int:
    """Publish the first key packages; the service registers a device that comes for the first time."""
    try:
        publish(terminal)
    except NotAllowed as error:
        print(error, file=sys.stderr)
        print(f"Its ID is {terminal.service.device}: approve it with another device, then register again.")
        return 1
    own = terminal.device
    print(f"{own.name} is registered. Its safety code: {device_code(own.credential, own.signature_key())}")
    return 0


def publish(terminal: Terminal) -> int:
    """Leave key packages with the service."""
    for _ in range(SUPPLY):
        terminal.device.publish_key_package()
    return 0


def create(terminal: Terminal) -> int:
    """Make a group."""
    terminal.device.create_group(terminal.group)
    return 0


def invite(terminal: Terminal) -> int:
    """Add a device by a commit, which takes effect when it comes back from the service."""
    show(terminal.device.fetch(terminal.group))
    show(terminal.device.change(terminal.group, add=[terminal.arguments.name]))
    show(terminal.device.fetch(terminal.group))
    return 0


def gather(terminal: Terminal) -> int:
    """Note that somebody is to be added with the next batch."""
    Upkeep(terminal.device).invite(terminal.group, terminal.arguments.name)
    return 0


def evict(terminal: Terminal) -> int:
    """Tell the group who is silent, or remove those of whom it was told long enough ago."""
    show(terminal.device.fetch(terminal.group))
    upkeep = Upkeep(terminal.device)
    said = upkeep.announce(terminal.group)
    if said:
        print(f"The group was told: {said}")
        return 0
    show(upkeep.evict(terminal.group))
    show(terminal.device.fetch(terminal.group))
    return 0


def remove(terminal: Terminal) -> int:
    """Remove a device by a commit, which is made again if another commit comes first."""
    device = terminal.device
    show(device.fetch(terminal.group))
    members = named(terminal)
    if not members:
        return 2
    show(device.change(terminal.group, remove=[member.leaf for member in members]))
    show(device.fetch(terminal.group))
    return 0


def named(terminal: Terminal) -> list[RosterDevice]:
    """The members whose device or user has the name of the command; if there are none, that is said."""
    device, wanted = terminal.device, terminal.arguments.name
    members = roster([device.state(terminal.group)], device.device_state.decisions)
    found = [member for member in members if wanted in {member.identity, member.name}]
    if not found:
        print(f"{wanted} is not in the group: `devices {terminal.arguments.group}` lists the members", file=sys.stderr)
    return found


def send(terminal: Terminal) -> int:
    """Catch up, then say something."""
    show(terminal.device.fetch(terminal.group))
    say(terminal, terminal.arguments.text)
    return 0


def say(terminal: Terminal, text: str) -> None:
    """Say something, after the proposals that wait were committed (RFC 9420 §12.4)."""
    device, group = terminal.device, terminal.group
    if device.state(group).proposals:
        device.commit(group)
        show(device.fetch(group))
    device.send(group, text.encode())


def read(terminal: Terminal) -> int:
    """Accept invitations and fetch in all groups."""
    device = terminal.device
    Upkeep(device).stock(terminal.service.supply().left)
    show(device.accept_invitations())
    for group_id in sorted(device.device_state.groups.keys() | device.device_state.outbox.keys()):
        follow(device, group_id)
    return 0


def follow(device: Device, group_id: bytes) -> None:
    """Fetch in a group, do what is due there, and state each new epoch in other groups with common members."""
    events = shown(device.fetch(group_id))
    if device.state(group_id).active and group_id not in device.device_state.changes:
        events += shown(Upkeep(device).run(group_id))
        if device.device_state.groups[group_id].own:
            events += shown(device.fetch(group_id))
    if any(event.kind == "commit" for event in events):
        device.forks.tell(group_id)


def shown(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """The same events, shown at once: they are not told again, even if what comes next fails."""
    show(events)
    return events


def waiting(terminal: Terminal) -> int:
    """Show the holding pen of a group, for what it waits, and the message in the outbox."""
    membership = terminal.device.device_state.groups.get(terminal.group)
    held = () if membership is None else membership.pen.entries
    for entry in held:
        kind = "notice" if entry.content_type is None else entry.content_type.name
        print(f"place {entry.index}: a message ({kind}) waits for epoch {entry.epoch}")
    if membership is not None and membership.needs_psk is not None:
        print(f"place {membership.needs_psk}: a commit waits for a pre-shared key that this device does not hold")
    if terminal.group in terminal.device.device_state.outbox:
        print("outbox: a message of this device waits for the service: `read` sends it again")
    elif not held and (membership is None or membership.needs_psk is None):
        print("nothing waits")
    return 0


def history(terminal: Terminal) -> int:
    """Show what the device has learned in a group."""
    show(event for event in terminal.storage.events() if event.group_id == terminal.group)
    return 0


def chat(terminal: Terminal) -> int:
    """Send each line of the input, and show what comes, until the input ends."""
    show(terminal.device.accept_invitations(terminal.group))
    for line in typed():
        follow(terminal.device, terminal.group)
        if line.strip():
            say(terminal, line)
    return 0


def typed() -> Iterator[str]:
    """The lines of the input as they come, and an empty one whenever nothing came for a while."""
    rest = b""
    while True:
        yield ""
        if select.select([sys.stdin], [], [], POLL)[0]:
            data = os.read(sys.stdin.fileno(), 1 << 16)
            if not data:
                return
            *lines, rest = (rest + data).split(b"\n")
            yield from (line.decode(errors="replace") for line in lines)


def devices(terminal: Terminal) -> int:
    """List the members, the standing of each and its safety code, and the code of the group."""
    state = terminal.device.state(terminal.group)
    for member in roster([state], terminal.device.device_state.decisions):
        own = " (this device)" if member.leaf == state.own_leaf else ""
        print(f"{member.name}{own}: {member.standing}\n    {member.code}")
    print(f"{terminal.arguments.group}, epoch {state.epoch}\n    {group_code(state)}")
    return 0


def verify(terminal: Terminal) -> int:
    """Compare a code that was read out with the one that this device computes, and remember the result."""
    members = named(terminal)
    if not members:
        return 2
    device, member = terminal.device, members[0]
    equal = "".join(terminal.arguments.code.split()) == member.code.replace(" ", "")
    device.decide(device.device_state.decisions.with_comparison(member.leaf_node, equal=equal))
    print(f"{member.name}: {'the codes are equal' if equal else 'THE CODES DIFFER: do not trust this device'}")
    return 0 if equal else 1


def statement(terminal: Terminal) -> int:
    """Print what this device states of a group."""
    print(base64.b64encode(terminal.device.forks.statement(terminal.group)).decode())
    return 0


def compare(terminal: Terminal) -> int:
    """Compare the statement of another member with what this device sees."""
    try:
        stated = base64.b64decode(terminal.arguments.statement, validate=True)
    except ValueError:
        print("the statement is not whole: copy all that `statement` printed", file=sys.stderr)
        return 2
    event = terminal.device.forks.compare(stated)
    show([event])
    return 1 if event.kind == "fork" else 0


def dismiss(terminal: Terminal) -> int:
    """End the alarm of a group, and its lock."""
    terminal.device.forks.dismiss(terminal.group)
    return 0


def give_up(terminal: Terminal) -> int:
    """Give up this device's side of a fork."""
    terminal.device.forks.give_up_side(terminal.group)
    return 0


def describe(terminal: Terminal) -> int:
    """Catch up, and publish the GroupInfo of the present epoch."""
    show(terminal.device.fetch(terminal.group))
    terminal.device.publish_group_info(terminal.group)
    return 0


def rejoin(terminal: Terminal) -> int:
    """Come into a group by a commit; the old leaf of this device goes with it (RFC 9420 §12.4.3.2)."""
    terminal.device.join_by_commit(terminal.group)
    return 0


def backup(terminal: Terminal) -> int:
    """Write the backup of this device to a file."""
    Path(terminal.arguments.file).write_bytes(write_backup(terminal.storage, terminal.device.device_state))
    return 0


def restore(terminal: Terminal) -> int:
    """The device was brought back when it was opened: let others add it again."""
    return publish(terminal)


def approve(terminal: Terminal) -> int:
    """Let another device of the same user register with the service."""
    terminal.service.approve(terminal.arguments.id)
    return 0


def show(events: Iterable[Event]) -> None:
    """Print what has happened, a line for each thing."""
    for event in events:
        group = event.group_id.decode(errors="backslashreplace")
        said = event.data.decode(errors="backslashreplace")
        words = (
            [f"{event.actor}: {said}"] if event.kind in {"message", "sent"} else [*(event.readable or (event.text,))]
        )
        for line in words:
            print(f"[{group}] {line}", flush=True)
        if event.advice:
            print(f"[{group}] {event.advice}", flush=True)


PERFORM: Mapping[str, Callable[[Terminal], int]] = {
    "register": register,
    "publish": publish,
    "create": create,
    "invite": invite,
    "gather": gather,
    "evict": evict,
    "remove": remove,
    "send": send,
    "read": read,
    "waiting": waiting,
    "history": history,
    "chat": chat,
    "devices": devices,
    "verify": verify,
    "statement": statement,
    "compare": compare,
    "dismiss": dismiss,
    "give-up": give_up,
    "describe": describe,
    "rejoin": rejoin,
    "backup": backup,
    "restore": restore,
    "approve": approve,
}
"""How each action is done."""
