"""One run: clients of an implementation take all steps in groups of one size, and the wanted steps are timed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias, TypeVar

from workbench.bench.client import Client, Implementation, NotOffered, Sample
from workbench.bench.host import BenchHost, BenchInvitation, commit, receive, send
from workbench.bench.ours import join_as_filler, key_package_in, new_key_package
from workbench.bench.steps import TREES, Tree
from workbench.mls import Add, GroupState, Remove, encode
from workbench.mls.group.public_group import AnyProposal

Answer = TypeVar("Answer")

REPEATED = 20
"""How often steps of less than a millisecond are repeated in one run."""

MESSAGE = bytes(1024)


@dataclass(frozen=True, slots=True)
class Measured:
    """One step, taken once: its time, and the bytes that it sends."""

    step: str
    sample: Sample
    sent: int = 0


@dataclass(frozen=True, slots=True)
class RefusedByPeer:
    """A step that could not be taken: the implementation refused it, or our engine refused its message."""

    step: str
    reason: str


Outcome: TypeAlias = Measured | RefusedByPeer


@dataclass
class Run:
    """One run of an implementation, with the members of `host`; `report` gets each outcome at once.

    Only steps whose ids are in `wanted` are reported. A step that the implementation does not offer is left out.
    """

    implementation: Implementation
    host: BenchHost
    wanted: Collection[str]
    report: Callable[[Outcome], None]
    _step: str = field(default="", init=False)

    def play(self) -> None:
        """Take all wanted steps: first alone, then in both kinds of group."""
        try:
            if self._wants("key_package", "create", "add_all"):
                with self._until_refused():
                    self._found()
            for tree in TREES:
                talks = tree == "blank" and self._wants("protect", "read")
                if talks or any(step.endswith(f"{tree} tree") for step in self.wanted):
                    with self._until_refused():
                        self._meet(tree)
        finally:
            gc.unfreeze()

    # Alone

    def _found(self) -> None:
        creator = self.implementation.client(b"creator")
        for _ in range(REPEATED):
            self._take("key_package", creator.key_package, len)
        if not self._wants("create", "add_all"):
            return
        others = self.host.key_packages(*(self.implementation.client(name).key_package() for name in _PAIR))
        self._take("create", creator.create)
        if not self._wants("add_all"):
            return
        made = self._offered("add_all", lambda: creator.add(others), _sent_by_adding)
        if made is not None:
            # There is a Welcome for each client, or one for all.
            join_as_filler(made[1][min(1, len(made[1]) - 1)], self.host.bundles[2])

    # In a group

    def _meet(self, tree: Tree) -> None:
        actor, reader = map(self.implementation.client, _PAIR)
        invitation = self.host.invite(
            tree, actor.key_package(), reader.key_package(), private=self.implementation.private
        )
        self._take(f"join, {tree} tree", lambda: reader.join(invitation.reader))
        actor.join(invitation.actor)
        for client, missed in ((actor, invitation.actor_missed), (reader, invitation.reader_missed)):
            for each in missed:
                client.process(each)
        with self._until_refused():
            self._follow(tree, reader, invitation)
        self._act(tree, actor, invitation)

    def _act(self, tree: Tree, actor: Client, invitation: BenchInvitation) -> None:
        """Let the actor commit and send a message, and the host check both."""
        state, leaver = invitation.state, self.host.leaver
        if self._wants(update := f"update, {tree} tree"):
            updated = self._offered(update, actor.update, len)
            state = state if updated is None else receive(state, updated)
        if tree == "blank" and self._wants("protect"):
            with suppress(NotOffered):
                actor.protect(MESSAGE)  # the first one in an epoch takes longer
                messages = [self._take("protect", lambda: actor.protect(MESSAGE), len) for _ in range(REPEATED)]
                state = receive(state, messages[-1])
        if not self._wants(f"remove, {tree} tree", f"add_one, {tree} tree"):
            return
        removed = self._offered(f"remove, {tree} tree", lambda: actor.remove(leaver), len)
        if removed is None:
            made = commit(state, [Remove(leaver)], private=self.implementation.private)
            state = made.next
            actor.process(encode(made.message))
        else:
            state = receive(state, removed)
        if self._wants(add_one := f"add_one, {tree} tree"):
            added = self._offered(add_one, lambda: actor.add([new_key_package()]), _sent_by_adding)
            if added is not None:
                receive(state, added[0])

    def _follow(self, tree: Tree, reader: Client, invitation: BenchInvitation) -> None:
        """Let the host commit and send messages, and the reader process them."""
        state = invitation.state
        proposals: dict[str, list[AnyProposal]] = {
            "process_update": [],
            "process_remove": [Remove(self.host.leaver)],
            "process_add_one": [Add(key_package_in(new_key_package()))],
        }
        for name, changes in proposals.items():
            made = commit(state, changes, path=name != "process_add_one", private=self.implementation.private)
            state = made.next
            self._take(f"{name}, {tree} tree", partial(reader.process, encode(made.message)))
            if name == "process_update" and tree == "blank" and self._wants("read"):
                with suppress(NotOffered):
                    state = self._listen(reader, state)

    def _listen(self, reader: Client, state: GroupState) -> GroupState:
        """Let the host send messages repeatedly; the first message of an epoch takes longer to read."""
        message, state = send(state, MESSAGE)
        reader.read(message)
        for _ in range(REPEATED):
            message, state = send(state, MESSAGE)
            if self._take("read", partial(reader.read, message)) != MESSAGE:
                raise ValueError("the decrypted message differs from the sent one")
        return state

    # One step

    def _take(self, step: str, call: Callable[[], Answer], sent: Callable[[Answer], int] = lambda _: 0) -> Answer:
        self._step = step
        gc.freeze()  # most objects belong to the host; the garbage collector must not examine them in this step
        answer, sample = self.implementation.timed(call)
        if step in self.wanted and step not in self.implementation.untimed:
            self.report(Measured(step, sample, sent(answer)))
        return answer

    def _offered(self, step: str, call: Callable[[], Answer], sent: Callable[[Answer], int]) -> Answer | None:
        try:
            return self._take(step, call, sent)
        except NotOffered:
            return None

    def _wants(self, *steps: str) -> bool:
        return any(step in self.wanted for step in steps)

    @contextmanager
    def _until_refused(self) -> Iterator[None]:
        try:
            yield
        except NotOffered:
            pass
        except Exception as refusal:  # noqa: BLE001 - each package has errors of its own, and the others go on
            self.report(RefusedByPeer(self._step, f"{type(refusal).__name__}: {refusal}"))


_PAIR = (b"actor", b"reader")


def _sent_by_adding(made: tuple[bytes, Sequence[bytes]]) -> int:
    commit, welcomes = made
    return len(commit) + sum(map(len, welcomes))
