"""A class as one group: a device for each person, at a delivery service, with a lecturer and an attacker.

Each device asks the service by itself, as a phone would. People come in by a Welcome: the device of the lecturer adds
all who wait in one commit. So sixty people who open the page at once cost a few commits. With external commits they
would cost sixty, one after the other, because each ends the epoch for which all others were made. And nobody comes in
without the lecturer.

Nothing here waits: `deliver` lets one device fetch, and `due` says which devices have something to fetch. The app calls
both in one thread (`widgets.app.room_host`).
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from workbench.adversary import Attacker
from workbench.client import Device, Event
from workbench.delivery import LateCommit, Refused, Transport
from workbench.delivery.clocks import system_clock
from workbench.delivery.limits import take
from workbench.inspect.device_names import SEPARATOR
from workbench.inspect.names import as_name, credential_name, device_of, is_readable
from workbench.lab.errors import NotPossible
from workbench.lab.public_work import PublicWork
from workbench.lab.seats import ClassBounds, ClassQuestion, ScreenLine, Seat, Standing
from workbench.mls import GroupState, MLSError, cipher_suite
from workbench.mls.wire.code_points import ContentType

LECTURER = "Lecturer"
TRIES = 5
"""How often a device commits again, when a commit of another device came first."""

WATCHED = "Will the attacker read the next message?"
YES_OR_NO = ("Yes", "No")
FEWEST_OPTIONS = len(YES_OR_NO)


class Classroom:
    """The devices of a class in one group. Names are unique, and the first device is the lecturer's.

    `connect` gives a new way to the delivery service for each device. A service that serves other rooms too knows names
    from them, so with `has_other_rooms` a device is named after its room: `Ann@tea`. Actions raise `NotPossible`,
    `Refused` and `MLSError`; their words are for the person who acts. After a refusal the class goes on as before.
    """

    def __init__(
        self,
        connect: Callable[[], Transport],
        room: str,
        bounds: ClassBounds | None = None,
        *,
        has_other_rooms: bool = False,
    ) -> None:
        """Create the group. Raises `Refused` if the service knows a room of this name, `NotPossible` for the name."""
        if not is_readable(room) or SEPARATOR in room:
            raise NotPossible(f"{room!r} cannot be the name of a room: give it letters that people can read, without /")
        self.group_id = room.encode()
        self.bounds = bounds or ClassBounds()
        self.seats: dict[str, Seat] = {}
        self.is_open = True
        self.question: ClassQuestion | None = None
        self.messages = 0
        self._ending = f"@{room}" if has_other_rooms else ""
        self._connect = connect
        self._suite = cipher_suite(1)
        self._public_work = PublicWork()
        self.attacker = Attacker(self._suite, self.group_id)
        self._heard = 0
        self._told = 0
        self._due: dict[Seat, None] = {}
        self.lecturer = self._seat(LECTURER + self._ending)
        self.lecturer.device.create_group(self.group_id)
        self.lecturer.waits = False
        self.lecturer.lines.append(ScreenLine("boundary", f"{LECTURER} created the group."))

    # Looking

    @property
    def state(self) -> GroupState:
        """The group as the device of the lecturer has it."""
        return self.lecturer.device.state(self.group_id)

    def state_of(self, seat: Seat) -> GroupState | None:
        """The group as a device has it; None if the device was never in it."""
        membership = seat.device.device_state.groups.get(self.group_id)
        return None if membership is None else membership.state

    def standing(self, seat: Seat) -> Standing:
        """Where a device is."""
        state = self.state_of(seat)
        if state is None or (seat.waits and not state.active):
            return "outside"
        if not state.active:
            return "removed"
        return "away" if not seat.receives else "in" if state.epoch >= self.state.epoch else "behind"

    @property
    def waiting(self) -> tuple[str, ...]:
        """The people who wait to be added."""
        return tuple(seat.name for seat in self.seats.values() if seat.waits and seat.receives)

    @property
    def reads_now(self) -> bool:
        """Whether the attacker has the secrets of the present epoch."""
        return self.state.epoch in self.attacker.epochs()

    def due(self) -> Seat | None:
        """A device that has something to fetch, the one that has waited longest; None if all are up to date."""
        return next((seat for seat in self._due if seat.receives), None)

    # Coming and going

    def enter(self, name: str) -> Seat:
        """A new device for a person. It publishes a key package and waits until the lecturer adds it."""
        name = name.strip()
        self._check_name(name)
        seat = self._seat(name + self._ending)
        try:
            self._offer(seat)
        except Exception:  # whatever stops the device, its seat is free again, and the error goes on
            del self.seats[seat.name]
            raise
        return seat

    def _check_name(self, name: str) -> None:
        bounds = self.bounds
        if not name or not is_readable(name):
            raise NotPossible("Type a name of letters that people can read")
        if len(name) > bounds.name:
            raise NotPossible(f"The name has {len(name)} characters; at most {bounds.name} are possible here")
        if SEPARATOR in name:
            raise NotPossible(f"A name has no “{SEPARATOR}” here: it would stand for a second device")
        if any((name + self._ending).casefold() == each.casefold() for each in self.seats):
            raise NotPossible(f"There is a {as_name(name)} already: choose another name, such as {name} 2")
        if len(self.seats) > bounds.people:
            raise NotPossible(f"The room is full: it has at most {bounds.people} people beside the lecturer")

    def _seat(self, name: str) -> Seat:
        transport = self._connect()
        device = Device(
            name,
            self._suite,
            transport,
            entropy=partial(secrets.token_bytes, 32),
            clock=system_clock,
            process_public=self._public_work,
        )
        seat = self.seats[name] = Seat(name, device, transport, deque(maxlen=self.bounds.lines))
        return seat

    def _offer(self, seat: Seat) -> None:
        """Publish a key package, with which the lecturer can add the device."""
        self.attacker.hear(seat.device.publish_key_package())
        seat.waits = True

    def come_back(self, seat: Seat) -> None:
        """Let a device that has left, or was removed, wait to be added again."""
        if self.standing(seat) != "removed":
            raise NotPossible(f"{as_name(seat.name)} has not left the group")
        self._offer(seat)

    def admit(self, *names: str) -> None:
        """Add people by one commit of the lecturer's device; also those whose devices are elsewhere at the service."""
        if not names:
            raise NotPossible("Nobody waits to be added")
        self._commit(self.lecturer, add=names)
        for name in names:
            if name in self.seats:
                self.seats[name].waits = False
                self._due[self.seats[name]] = None

    def admit_waiting(self) -> None:
        """Add all who wait, if the room is open. If that is refused, each screen says why, and nobody waits."""
        names = self.waiting
        if not (self.is_open and names):
            return
        try:
            self.admit(*names)
        except (Refused, MLSError, NotPossible) as refusal:
            for name in names:
                self.seats[name].waits = False
                self.seats[name].lines.append(ScreenLine("refused", str(refusal)))

    def leave(self, seat: Seat) -> None:
        """Propose one's own removal, which the device of the lecturer commits (RFC 9420 §12.1.3)."""
        self._require_other_than_lecturer(seat)
        self.deliver(seat)
        seat.device.propose_remove(self.group_id, seat.device.state(self.group_id).own_leaf)
        self._commit(self.lecturer)
        self.deliver(seat)

    # What members do

    def limit(self, seat: Seat) -> None:
        """Count one more thing that a person does. Raises `TooFast`, which says how long to wait."""
        if seat is not self.lecturer:
            seat.bucket = take(as_name(seat.name), seat.bucket, self.bounds.rate, float(system_clock()))

    def say(self, seat: Seat, text: str) -> None:
        """Send a message, after a commit of the proposals that wait (RFC 9420 §12.4)."""
        if not text.strip():
            raise NotPossible("There is no message to send")
        if len(text) > self.bounds.text:
            raise NotPossible(f"The message has {len(text)} characters; at most {self.bounds.text} are possible here")
        self.deliver(seat)
        if seat.device.state(self.group_id).proposals:
            self._commit(seat)
        epoch = seat.device.state(self.group_id).epoch
        seat.device.send(self.group_id, text.encode())
        seat.lines.append(ScreenLine("own", text, seat.name, epoch))
        self._something_came()
        self.deliver(self.lecturer)

    def renew(self, seat: Seat) -> None:
        """Commit fresh keys for the device, from its leaf up to the root."""
        self._commit(seat)

    def _commit(self, seat: Seat, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Commit, and commit again if the commit of another device came first."""
        for _ in range(TRIES):
            self.deliver(seat)
            tree = seat.device.state(self.group_id).tree
            leaves = [leaf for leaf, each in tree.leaves() if credential_name(each) in remove]
            try:
                published = seat.device.commit(self.group_id, add=add, remove=leaves)
            except LateCommit:
                if not seat.receives:
                    raise
                continue
            if published.welcome is not None:
                self.attacker.hear(published.welcome)
            self._something_came()
            self.deliver(seat)
            self.deliver(self.lecturer)
            return
        raise NotPossible("The commits of others came first each time: try again")

    # What the lecturer does beside adding

    def remove(self, name: str) -> None:
        """Remove a member by a commit of the lecturer's device."""
        self._require_other_than_lecturer(self.seats.get(name))
        if all(credential_name(each) != name for _, each in self.state.tree.leaves()):
            raise NotPossible(f"{as_name(name)} is not in the group")
        self._commit(self.lecturer, remove=[name])

    def hold(self, name: str, *, is_held: bool) -> None:
        """Hold back everything that is sent to a device, or let it catch up."""
        seat = self._required(name)
        self._require_other_than_lecturer(seat)
        seat.is_held = is_held
        self._due[seat] = None

    def compromise(self, name: str) -> None:
        """Give the attacker all secrets that are on a device now."""
        seat = self._required(name)
        self.deliver(self.lecturer)
        self.attacker.compromise(name, seat.device.device_state)
        self._note(f"The attacker took all that is on {device_of(name)}.")
        self._tell_reads()

    def wake(self, seat: Seat, *, is_awake: bool) -> None:
        """A page was opened or closed: its device catches up, or fetches nothing any more."""
        seat.is_awake = is_awake
        self._due[seat] = None

    # Questions

    def ask(self, text: str, options: Sequence[str]) -> None:
        """Ask the class. The votes are counted by `ClassQuestion.counts`."""
        bounds, given = self.bounds, tuple(each.strip() for each in options if each.strip())
        if not text.strip() or len(text) > bounds.question:
            raise NotPossible(f"A question has 1 to {bounds.question} characters")
        if not FEWEST_OPTIONS <= len(given) <= bounds.options or any(len(each) > bounds.option for each in given):
            raise NotPossible(
                f"A question has {FEWEST_OPTIONS} to {bounds.options} options of at most {bounds.option} characters"
            )
        self.question = ClassQuestion(text.strip(), given)

    def ask_about_next_message(self) -> None:
        """Ask whether the attacker will read the next message. The attacker itself decides what is right."""
        self.question = ClassQuestion(WATCHED, YES_OR_NO, is_watched=True)

    def vote(self, seat: Seat, option: int) -> None:
        """Take the vote of a person; the last one counts while the question is open."""
        question = self.question
        if question is None or not question.is_open:
            raise NotPossible("The question is closed")
        if not 0 <= option < len(question.options):
            raise NotPossible("There is no such option")
        question.votes[seat.name] = option

    def close(self, answer: int | None = None) -> None:
        """Close the question and show its counts, with the option that is right if there is one."""
        question = self.question
        if question is None:
            raise NotPossible("There is no question")
        if answer is not None and not 0 <= answer < len(question.options):
            raise NotPossible("There is no such option")
        question.is_open, question.answer = False, answer

    # Delivering

    def deliver(self, seat: Seat) -> None:
        """Let a device fetch what has come, unless its page is closed or the lecturer holds it back."""
        if not seat.receives:
            return
        self._due.pop(seat, None)
        if seat is self.lecturer:
            self._overhear()
        seat.lines.extend([*self._fetched(seat)])
        if seat is self.lecturer:
            self._tell_reads()

    def _fetched(self, seat: Seat) -> Iterator[ScreenLine]:
        before = self.state_of(seat)
        if before is None or not before.active:
            yield from self._joined(seat, before)
        state = self.state_of(seat)
        if state is None or not state.active:
            return
        for event in seat.device.fetch(self.group_id):
            yield from _lines(event)
        if seat.device.device_state.groups[self.group_id].before is not None:
            seat.device.confirm_removal(self.group_id)  # the people of a class take their removal at its word

    def _joined(self, seat: Seat, before: GroupState | None) -> Iterator[ScreenLine]:
        """Accept the Welcome, if it has come. What was sent before cannot be read."""
        for event in seat.device.accept_invitations(self.group_id):
            if event.kind == "joined":
                seat.waits = False
                came = "came in with" if before is None else "came back in"
                words = f"{device_of(seat.name)} {came} epoch {event.epoch}. What was sent before cannot be read here."
                yield ScreenLine("boundary", words)
            else:
                yield from _lines(event)

    def _something_came(self) -> None:
        """Something was sent: each device has to fetch. The device of the lecturer reports it first."""
        self._due[self.lecturer] = None
        self._due |= dict.fromkeys(self.seats.values())

    def look(self) -> None:
        """Let the lecturer's device fetch. If a device elsewhere has sent something, the others fetch it too."""
        before = self._heard
        self.deliver(self.lecturer)
        if self._heard != before:
            self._something_came()

    def _overhear(self) -> None:
        """Let the attacker hear what is new in the log."""
        for entry in self.lecturer.transport.entries(self.group_id, self._heard):
            self._heard = entry.index + 1
            if entry.content_type is None:
                continue
            self.attacker.hear(entry.message)
            if entry.content_type is ContentType.application:
                self.messages += 1
                self._decide()

    def _decide(self) -> None:
        """The message that was just heard decides a question about it."""
        question = self.question
        if question is not None and question.is_watched and question.is_open:
            reads = self.attacker.reads()
            has_read = bool(reads) and reads[-1].index == len(self.attacker.heard) - 1
            self.close(0 if has_read else 1)

    def _tell_reads(self) -> None:
        """Note what the attacker has read since the last look."""
        reads = self.attacker.reads()
        if len(reads) > self._told:
            told = " ".join(f"“{each.data.decode(errors='replace')}”" for each in reads[self._told :])
            self._note(f"The attacker has read {told}")
            self._told = len(reads)

    def _note(self, words: str) -> None:
        self.lecturer.lines.append(ScreenLine("attacker", words))

    def _required(self, name: str) -> Seat:
        if name not in self.seats:
            raise NotPossible(f"There is no device of {as_name(name)} in this room")
        return self.seats[name]

    def _require_other_than_lecturer(self, seat: Seat | None) -> None:
        if seat is self.lecturer:
            raise NotPossible("The device of the lecturer stays: it adds the others")


def _lines(event: Event) -> Iterator[ScreenLine]:
    """The lines of a screen for what a device has learned."""
    if event.kind == "message":
        yield ScreenLine("message", event.data.decode(errors="replace"), event.actor, event.epoch)
    elif event.kind in {"refused", "waiting"}:
        yield ScreenLine("refused", event.text)
    elif event.kind != "sent":
        for sentence in event.readable or (event.text,):
            yield ScreenLine("end" if event.kind == "removed" else "event", sentence)
