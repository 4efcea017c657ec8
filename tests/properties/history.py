"""A history: groups and their members, by the pure engine and in real bytes; each step is something that may happen.

A step takes small numbers, with which it chooses among what there is (which group, who, what), so that any list of
steps is a history; a step that finds nothing to choose from does nothing. `steps` holds all of them: they can be
played again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.properties.choices import GROUPS, LARGEST, NAMES, NothingToDo, extensions, need, pick, psk
from tests.properties.clients import EXTERNAL_PSKS, NOW, OVERSEER, POLICY, Clients, capabilities
from tests.properties.groups import Group, Text, new_group, snapshot
from tests.properties.witness.fields import take_apart
from workbench.mls import (
    Add,
    ApplicationMessage,
    CipherSuite,
    Framing,
    GroupContextExtensions,
    GroupState,
    LeafIndex,
    Misuse,
    PendingCommit,
    ProposalQueued,
    RatchetTreeExtension,
    ReInit,
    Remove,
    Removed,
    branch_group,
    create_commit,
    create_group,
    encode,
    external_commit,
    group_info,
    propose,
    propose_external,
    propose_self_add,
    propose_update,
    protect,
    read_state,
    reinit_group,
    write_state,
)
from workbench.mls.errors import KeyAlreadyUsed, MLSError, OwnMessage, UnknownProposal, WrongEpoch
from workbench.mls.group.pre_shared_keys import all_psks
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.wire.code_points import ExtensionType, ProtocolVersion


@dataclass
class History:
    """What has happened so far; `watched` is whether the witness looks on."""

    suite_of: Callable[[int], CipherSuite]
    watched: bool = True
    groups: list[Group] = field(default_factory=list)
    steps: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clients = Clients(self.suite_of)
        self.names = iter(range(1 << 30))

    def do(self, step: str, *numbers: Any) -> bool:
        """Let a step happen, by its name; False if it cannot be taken."""
        self.steps.append((step, numbers))
        try:
            getattr(self, step)(*numbers)
        except NothingToDo:
            return False
        return True

    # Groups that begin

    def create(self, number: int, size: int) -> None:
        """Somebody makes a group and adds others in its first commit."""
        need(len(self.groups) < GROUPS)
        clients = self.clients
        bundles = [clients.bundle(number, name) for name in NAMES[: 2 + size % 4]]
        state = create_group(
            bundles[0],
            self._group_id(),
            entropy=clients.entropy(),
            now=NOW,
            extensions=[clients.external_senders(number)],
            policy=POLICY,
            suite=self.suite_of(number),
        )
        group = new_group(clients, NAMES[0], state, watched=self.watched)
        adds = [Add(bundle.key_package) for bundle in bundles[1:]]
        committed = create_commit(state, adds, entropy=clients.entropy(), now=NOW)
        group.post_commit(NAMES[0], committed, inline_tree=True)
        self.groups.append(group)

    def branch(self, at: int, who: int, size: int) -> None:
        """Some of those who are up to date go off to a group of their own."""
        group, name = self._actor(at, who)
        need(len(self.groups) < GROUPS)
        maker = group.members[name].state
        others = [other for other in self._current(group) if other != name][: 1 + size % 3]
        need(others)
        bundles = {each: self.clients.bundle(group.number, each) for each in (name, *others)}
        committed = branch_group(
            maker,
            self._group_id(),
            bundles[name],
            [bundles[other].key_package for other in others],
            entropy=self.clients.entropy(),
            now=NOW,
            policy=POLICY,
        )
        self._begin(group, name, committed, others)

    def go_on(self, at: int, who: int) -> None:
        """After a ReInit all members go on in the new group."""
        group = pick([group for group in self.groups if group.ended], at)
        for each in list(group.members):
            group.catch_up(each)
        name = pick(list(group.members), who)
        maker = group.members[name].state
        assert maker.reinit is not None
        number = maker.reinit.cipher_suite
        others = [other for other in group.members if other != name]
        bundles = {each: self.clients.bundle(number, each) for each in (name, *others)}
        committed = reinit_group(
            maker,
            bundles[name],
            [bundles[other].key_package for other in others],
            entropy=self.clients.entropy(),
            now=NOW,
            policy=POLICY,
            suite=self.suite_of(number),
        )
        self._begin(group, name, committed, others)
        self.groups.remove(group)

    def _begin(self, old: Group, name: str, committed: PendingCommit, others: list[str]) -> None:
        """A group that comes from an old one: all but its maker join with the state that they have there."""
        group = new_group(self.clients, name, committed.current, watched=self.watched)
        states = {other: old.members[other].state for other in others}
        group.post_commit(name, committed, inline_tree=True, old_groups=states)
        assert set(group.members) == {name, *others}
        self.groups.append(group)

    # Handshakes

    def commit(self, at: int, who: int, kinds: Sequence[str], options: int) -> None:
        """A member commits what is pending, and proposals of its own."""
        group, name = self._actor(at, who)
        committed = self._committed(group, name, kinds, options)
        self._post(group, name, committed, options)
        self._spread(group, options)

    def race(self, at: int, who: int, kinds: Sequence[str], options: int) -> None:
        """Two members commit in one epoch: the first wins, the other drops what it made."""
        group, name = self._actor(at, who)
        rival = pick([each for each in self._current(group) if each != name], options)
        lost = self._committed(group, rival, (), options)
        self._post(group, name, self._committed(group, name, kinds, options), options)
        group.hold(rival, lost.current)
        group.assert_refused(group.members[name].state, encode(lost.message), WrongEpoch)

    def propose(self, at: int, who: int, kind: str, options: int) -> None:
        """A member proposes something, in public or in private."""
        group, name = self._actor(at, who)
        state = group.members[name].state
        proposal = self._proposal(group, name, kind, options)
        if proposal is None:
            raise NothingToDo
        made = propose(
            state,
            proposal,
            entropy=self.clients.entropy(),
            now=NOW,
            framing=Framing(private=bool(options & 1), padding=7),
        )
        group.hold(name, made.next)
        group.post(name, made.message)
        self._spread(group, options)

    def update(self, at: int, who: int, options: int) -> None:
        """A member proposes a fresh key of its own."""
        group, name = self._actor(at, who)
        state = group.members[name].state
        made = propose_update(
            state, entropy=self.clients.entropy(), now=NOW, framing=Framing(private=bool(options & 1))
        )
        group.hold(name, made.next)
        group.post(name, made.message)
        self._spread(group, options)

    # Joins and proposals from outside

    def external_commit(self, at: int, who: int, newcomer: int, options: int) -> None:
        """A client joins by a commit of its own; or a member that does comes back, and its old leaf goes."""
        group, via = self._actor(at, who)
        state = group.members[via].state
        name = pick(NAMES, newcomer)
        resync = None
        if name in group.members:
            need(name != via, group.members[name].seen == len(group.log))
            resync = group.members[name].state.own_leaf
        else:
            need(state.tree.member_count < LARGEST, self._leaf_of(state, name) is None)
        inline = bool(options & 1)
        info = encode(group_info(state, ratchet_tree=inline))
        if group.witness:
            group.witness.check_group_info(take_apart(info)["group_info"])
        made = external_commit(
            info,
            self.clients.credential(name),
            self.clients.signature_private_key(group.number, name),
            entropy=self.clients.entropy(),
            now=NOW,
            ratchet_tree=None if inline else RatchetTreeExtension(state.tree.to_nodes()),
            resync=resync,
            proposals=[psk(self.clients, state, options)] if options & 2 else [],
            psks=all_psks(EXTERNAL_PSKS, self.clients.resumption),
            capabilities=capabilities(),
            policy=POLICY,
            suite=self.suite_of(group.number),
        )
        left = group.members.pop(name, None)
        group.post_external_commit(name, made.message, made.next)
        if left is not None:
            left.state, received = group.processed(left.state, encode(made.message))
            assert isinstance(received, Removed)
            group.expel(left, len(group.log) - 1)
        self._spread(group, options)

    def ask_to_join(self, at: int, who: int, newcomer: int) -> None:
        """A client proposes its own Add."""
        group, via = self._actor(at, who)
        state, name = group.members[via].state, pick(NAMES, newcomer)
        need(name not in group.members, self._leaf_of(state, name) is None, state.tree.member_count < LARGEST)
        bundle = self.clients.bundle(group.number, name)
        key = bundle.signature_private_key
        group.post(None, propose_self_add(bundle.key_package, key, state.suite, group.group_id, group.epoch, now=NOW))
        self._spread(group, 0)

    def propose_from_outside(self, at: int, who: int, kind: str, options: int) -> None:
        """The overseer proposes something, if the group knows it."""
        group, via = self._actor(at, who)
        state = group.members[via].state
        proposal = self._proposal(group, via, kind, options)
        if proposal is None:
            raise NothingToDo
        key = self.clients.signature_private_key(group.number, OVERSEER)
        message = propose_external(
            state.suite, group.group_id, group.epoch, proposal, now=NOW, sender_index=0, signature_private_key=key
        )
        if any(each.extension_type == ExtensionType.external_senders for each in state.context.extensions):
            group.post(None, message)
            self._spread(group, options)
        else:
            group.assert_refused(state, encode(message))

    # Messages on their way

    def deliver(self, at: int, who: int, count: int) -> None:
        """A member takes in a few of the messages that wait for it."""
        group, name = self._member(at, who)
        need(group.members[name].seen < len(group.log))
        for _ in range(1 + count):
            if name in group.members and group.members[name].seen < len(group.log):
                group.deliver(name)

    def swap(self, at: int, who: int) -> None:
        """A proposal comes after the message that followed it, or never if that was a commit without it."""
        group, name = self._member(at, who)
        member = group.members[name]
        need(member.seen + 2 <= len(group.log))
        late, early = group.log[member.seen :][:2]
        need(late.epoch == early.epoch, name not in {late.sender, early.sender})
        try:
            state, received = group.processed(member.state, early.message)
        except UnknownProposal:
            group.assert_refused(member.state, early.message, UnknownProposal)
            return
        group.hold(name, state)
        if isinstance(received, ProposalQueued):
            state, _ = group.processed(state, late.message)
            group.hold(name, state)
        member.seen += 2
        if isinstance(received, Removed):
            group.expel(group.members.pop(name), member.seen - 1)

    def say(self, at: int, who: int, padding: int) -> None:
        """A member says something, if no proposals wait to be committed first."""
        group, name = self._member(at, who)
        state = group.members[name].state
        said = b"number %d" % len(group.texts)
        if state.proposals or not state.active:
            with pytest.raises(Misuse):
                protect(state, said, entropy=self.clients.entropy())
            return
        protected = protect(state, said, entropy=self.clients.entropy(), padding=padding)
        group.hold(name, protected.next)
        message = encode(protected.message)
        group.assert_refused(protected.next, message, OwnMessage)
        if group.witness and state.epoch == group.epoch:
            assert group.witness.see(message) == said
        group.texts.append(Text(message, name, state.epoch, said))

    def read(self, at: int, who: int, which: int) -> None:
        """A member reads something of its epoch or the one before, in whatever order; a second time it cannot."""
        group, name = self._member(at, who)
        state = group.members[name].state
        texts = [
            text for text in group.texts if state.readable_in(text.epoch) and name not in {text.sender, *text.read_by}
        ]
        text = pick(texts, which)
        after, received = group.processed(state, text.message)
        assert isinstance(received, ApplicationMessage)
        assert received.application_data == text.said
        group.hold(name, after)
        text.read_by.add(name)
        group.assert_refused(after, text.message, KeyAlreadyUsed)

    def put_away(self, at: int, who: int) -> None:
        """A member's program ends, and another goes on from what was written down."""
        group, name = self._member(at, who)
        state = group.members[name].state
        read = read_state(write_state(state), policy=state.policy, suite=state.suite)
        assert read == state
        group.hold(name, read)

    # What is refused

    def replay(self, at: int, who: int, which: int) -> None:
        """A message comes once more: it is refused, or is a proposal that is pending already."""
        group, name = self._member(at, who)
        member = group.members[name]
        posted = pick(group.log[: member.seen], which)
        before = snapshot(member.state)
        try:
            after, _ = group.processed(member.state, posted.message)
        except MLSError:
            after = member.state
        assert after == before

    def run_ahead(self, at: int, who: int, which: int) -> None:
        """A message of an epoch that a member has not reached is refused."""
        group, name = self._member(at, who)
        state = group.members[name].state
        later = [posted.message for posted in group.log if posted.epoch > state.epoch]
        later += [text.message for text in group.texts if text.epoch > state.epoch]
        group.assert_refused(state, pick(later, which), WrongEpoch)

    def damage(self, at: int, who: int, which: int, where: int, flip: int) -> None:
        """One byte of a message is another: it is refused."""
        group, name = self._member(at, who)
        member = group.members[name]
        waiting = [posted.message for posted in group.log[member.seen :]]
        waiting += [text.message for text in group.texts if text.epoch == member.state.epoch]
        data = bytearray(pick(waiting, which))
        data[where % len(data)] ^= flip
        group.assert_refused(member.state, bytes(data))

    # Who, and what

    def _member(self, at: int, who: int) -> tuple[Group, str]:
        """Any member of any group."""
        group = pick(self.groups, at)
        return group, pick(list(group.members), who)

    def _actor(self, at: int, who: int) -> tuple[Group, str]:
        """A member in the present epoch of a group that lives, who may yet have missed proposals."""
        group = pick([group for group in self.groups if not group.ended], at)
        return group, pick(self._current(group), who)

    def _current(self, group: Group) -> list[str]:
        return [name for name, member in group.members.items() if member.state.epoch == group.epoch]

    def _leaf_of(self, state: GroupState, name: str) -> LeafIndex | None:
        credential = self.clients.credential(name)
        return next((leaf for leaf, leaf_node in state.tree.leaves() if leaf_node.credential == credential), None)

    def _spread(self, group: Group, options: int) -> None:
        """Half of the time all members take in at once what is new."""
        for name in list(group.members) if not options & 8 else ():
            group.catch_up(name)

    def _group_id(self) -> bytes:
        return b"group %d" % next(self.names)

    def _committed(self, group: Group, name: str, kinds: Sequence[str], options: int) -> PendingCommit:
        state = group.members[name].state
        made = (self._proposal(group, name, kind, options) for kind in dict.fromkeys(kinds))
        proposals = [proposal for proposal in made if proposal is not None]
        if any(isinstance(proposal, ReInit) for proposal in proposals):
            proposals = [proposal for proposal in proposals if isinstance(proposal, ReInit)]
        committed = create_commit(
            state,
            proposals,
            entropy=self.clients.entropy(),
            now=NOW,
            psks=all_psks(EXTERNAL_PSKS, self.clients.resumption),
            path=not options & 1,
            by_reference=() if any(isinstance(proposal, ReInit) for proposal in proposals) else None,
            framing=Framing(private=bool(options & 2), padding=options),
            ratchet_tree=not options & 4,
        )
        assert committed.current == state or options & 2
        need(committed.next.tree.member_count > 1)  # else nobody is left to agree with
        return committed

    def _post(self, group: Group, name: str, committed: PendingCommit, options: int) -> None:
        """Let the commit be the first of its epoch."""
        group.post_commit(name, committed, inline_tree=not options & 4)
        group.assert_refused(committed.current, encode(committed.message), OwnMessage)

    def _proposal(self, group: Group, name: str, kind: str, number: int) -> AnyProposal | None:
        """Something that a member can propose, None if there is nothing of the kind."""
        state = group.members[name].state
        match kind:
            case "add":
                newcomers = [each for each in NAMES if each not in group.members and self._leaf_of(state, each) is None]
                if state.tree.member_count >= LARGEST or not newcomers:
                    return None
                return Add(self.clients.bundle(group.number, pick(newcomers, number)).key_package)
            case "remove":
                others = [leaf for leaf, _ in state.tree.leaves() if leaf != state.own_leaf]
                return Remove(pick(others, number)) if len(others) > 1 else None
            case "psk":
                return psk(self.clients, state, number)
            case "extensions":
                return GroupContextExtensions(pick(extensions(self.clients, group.number), number))
            case _:
                suite = pick((1, 3, 2, 7), number)
                return ReInit(
                    self._group_id(), ProtocolVersion.mls10, suite, pick(extensions(self.clients, suite), number)
                )
