"""One group: its members, the log of what was sent, and the checks that hold at any time."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

import pytest

from tests.mls.group.scenario import with_public
from tests.properties.clients import EXTERNAL_PSKS, NOW, POLICY, Clients
from tests.properties.witness.fields import take_apart
from tests.properties.witness.witness import Sealed, Witness, group_secrets
from workbench.mls import (
    Add,
    EpochAdvanced,
    GroupState,
    MLSError,
    PendingCommit,
    RatchetTree,
    RatchetTreeExtension,
    Received,
    Removed,
    Update,
    decode,
    encode,
    export_secret,
    join,
    process,
)
from workbench.mls.errors import OwnMessage
from workbench.mls.group.pre_shared_keys import all_psks
from workbench.mls.tree.tree_math import direct_path, leaf_to_node
from workbench.mls.wire.messages import MLSMessage


@dataclass(slots=True)
class Member:
    """A member's state and its place in the log. `private_keys` are all HPKE private keys that it has had."""

    state: GroupState
    seen: int
    private_keys: set[bytes] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Posted:
    """A handshake message in the log: who sent it, in which epoch, and the ciphertexts of its path."""

    message: bytes
    sender: str | None
    epoch: int
    sealed: tuple[Sealed, ...] = ()


@dataclass(slots=True)
class Text:
    """An application message on its way, and who has read it."""

    message: bytes
    sender: str
    epoch: int
    said: bytes
    read_by: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Attacker:
    """A removed member, who does not give up."""

    state: GroupState
    private_keys: frozenset[bytes]


@dataclass
class Group:
    """A group as its delivery service sees it, and all its members; `witness` checks all that is posted."""

    clients: Clients
    number: int
    group_id: bytes
    epoch: int
    members: dict[str, Member]
    witness: Witness | None
    log: list[Posted] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    attackers: list[Attacker] = field(default_factory=list)
    ended: bool = False
    checked: dict[str, GroupState] = field(default_factory=dict)

    # What is sent

    def post(self, sender: str | None, message: MLSMessage) -> None:
        """A proposal goes out to all."""
        data = encode(message)
        if self.witness:
            self.witness.see(data)
        self.log.append(Posted(data, sender, self.epoch))

    def post_commit(
        self,
        sender: str,
        committed: PendingCommit,
        *,
        inline_tree: bool,
        old_groups: Mapping[str, GroupState] = MappingProxyType({}),
    ) -> None:
        """The first commit of an epoch goes out to all; its sender applies it, and who is added joins."""
        added = [
            self.clients.bundles[encode(sent.proposal.key_package)]
            for sent in committed.advanced.proposals
            if isinstance(sent.proposal, Add)
        ]
        welcome = None if committed.welcome is None else encode(committed.welcome)
        welcomed = {}
        if self.witness and welcome is not None:
            for _, bundle in added:
                key_package = encode(bundle.key_package)
                secrets = group_secrets(self.witness.suite, welcome, key_package, bundle.init_private_key)
                if secrets["path_secret"].names:
                    leaf_node = take_apart(key_package, "KeyPackage")["leaf_node"].encoded
                    welcomed[leaf_node] = secrets["path_secret"]["path_secret"].body
        self._advance(sender, committed.message, committed.next, welcomed)
        tree = RatchetTreeExtension(committed.next.tree.to_nodes())
        for name, bundle in added:
            assert welcome is not None
            if self.witness:
                self.witness.check_welcome(welcome, encode(bundle.key_package), bundle.init_private_key)
            state = join(
                welcome,
                bundle,
                now=NOW,
                psks=all_psks(EXTERNAL_PSKS, self.clients.resumption),
                old_group=old_groups.get(name),
                ratchet_tree=None if inline_tree else decode(RatchetTreeExtension, encode(tree)),
                policy=POLICY,
                suite=self.clients.suite_of(self.number),
            )
            self.take_in(name, state)

    def post_external_commit(self, sender: str, message: MLSMessage, following: GroupState) -> None:
        """A newcomer's commit goes out to all."""
        self._advance(sender, message, following, {})

    def _advance(self, sender: str, message: MLSMessage, following: GroupState, welcomed: dict[bytes, bytes]) -> None:
        data = encode(message)
        self.clients.remember(following)
        if self.witness:
            self.witness.see(data, welcomed)
        self.log.append(Posted(data, sender, self.epoch, tuple(self.witness.path) if self.witness else ()))
        self.epoch += 1
        self.ended = following.reinit is not None
        self.take_in(sender, following)
        for attacker in self.attackers[-2:]:
            self.thwart(attacker, self.log[-1:])

    def take_in(self, name: str, state: GroupState) -> None:
        """The state of a member that has seen everything."""
        member = self.members.setdefault(name, Member(state, 0))
        member.state, member.seen = state, len(self.log)
        self.hold(name, state)

    def hold(self, name: str, state: GroupState) -> None:
        """Another state of a member, who keeps all keys that it ever had."""
        member = self.members[name]
        member.state = state
        member.private_keys |= {*state.private_keys.values(), *state.update_keys.values()}
        self.clients.remember(state)

    # What is received

    def processed(self, state: GroupState, message: bytes) -> tuple[GroupState, Received]:
        return process(state, message, now=NOW, psks=all_psks(EXTERNAL_PSKS, self.clients.resumption))

    def deliver(self, name: str) -> None:
        """A member takes in the next message of the log."""
        member = self.members[name]
        posted = self.log[member.seen]
        member.seen += 1
        if posted.sender == name:
            self.assert_refused(member.state, posted.message, OwnMessage)
            return
        state, received = self.processed(member.state, posted.message)
        self.hold(name, state)
        if isinstance(received, EpochAdvanced):
            assert state.epoch == posted.epoch + 1
        if isinstance(received, Removed):
            self.expel(self.members.pop(name), member.seen - 1)

    def catch_up(self, name: str) -> None:
        """A member takes in all that it has missed; it may find that it is no member any more."""
        while name in self.members and self.members[name].seen < len(self.log):
            self.deliver(name)

    def expel(self, member: Member, since: int) -> None:
        """A member is out since this message of the log, and tries to follow that and all later ones."""
        attacker = Attacker(member.state, frozenset(member.private_keys))
        self.attackers.append(attacker)
        self.thwart(attacker, self.log[since:])

    def assert_refused(self, state: GroupState, message: bytes, error: type[MLSError] = MLSError) -> None:
        """A message is refused, and nothing has changed."""
        before = snapshot(state)
        with pytest.raises(error):
            self.processed(state, message)
        assert state == before

    # What must not be

    def thwart(self, attacker: Attacker, messages: Iterable[Posted]) -> None:
        """A removed member cannot follow, whatever it claims to be and whatever key of its past it uses."""
        if self.witness is None:
            return
        for posted in messages:
            for sealed in posted.sealed:
                assert not any(self.witness.opened(sealed, key) for key in attacker.private_keys)
            if posted.sender is None:
                continue  # a proposal from outside is public: it takes no secret to check it
            context = replace(attacker.state.context, epoch=posted.epoch)
            for leaf, _ in attacker.state.tree.leaves():
                if leaf != attacker.state.own_leaf:
                    forged = replace(with_public(attacker.state, context=context), active=True, own_leaf=leaf)
                    with pytest.raises(MLSError):
                        self.processed(forged, posted.message)

    # What holds at any time

    def check(self) -> None:
        """All members of an epoch agree, each holds the keys that it should, and the witness has found the same."""
        at: defaultdict[int, list[GroupState]] = defaultdict(list)
        for name, member in self.members.items():
            at[member.state.epoch].append(member.state)
            if self.checked.get(name) is not member.state:
                self.checked[name] = member.state
                _check_keys(member.state)
        for states in at.values():
            _check_agreement(states)
        if self.witness and at[self.epoch]:
            _check_witness(self.witness, at[self.epoch][0])


def new_group(clients: Clients, name: str, state: GroupState, *, watched: bool) -> Group:
    """A group of one, to begin with."""
    clients.remember(state)
    witness = None
    if watched:
        secrets = {each.name: getattr(state.secrets, each.name) for each in fields(state.secrets)}
        assert isinstance(state.secret_tree.root, bytes)
        witness = Witness.at(
            encode(state.context),
            encode(RatchetTreeExtension(state.tree.to_nodes())),
            state.confirmation_tag,
            secrets | {"encryption_secret": state.secret_tree.root},
            keys=clients.hpke_keys,
            psks=clients.psks,
        )
    group = Group(clients, state.suite.id, state.group_id, state.epoch, {}, witness)
    group.take_in(name, state)
    return group


def snapshot(state: GroupState) -> GroupState:
    """A copy that shares nothing with the state but its cipher suite."""
    return copy.deepcopy(state, {id(state.suite): state.suite})


def _check_agreement(states: list[GroupState]) -> None:
    first = states[0]
    for state in states[1:]:
        assert state.context == first.context
        assert state.tree == first.tree
        assert state.secrets == first.secrets
        assert state.public.interim_transcript_hash == first.public.interim_transcript_hash
        assert export_secret(state, "test", b"context", 32) == export_secret(first, "test", b"context", 32)


def _check_keys(state: GroupState) -> None:
    """A member holds the private keys of its leaf and of the nodes above in which it is merged, and no others."""
    tree, leaf = state.tree, state.own_leaf
    assert tree.hash() == state.context.tree_hash
    assert RatchetTree.from_nodes(tree.to_nodes(), state.suite).hash() == state.context.tree_hash
    above = direct_path(leaf_to_node(leaf), tree.leaf_count)
    expected = {leaf_to_node(leaf)}
    for x in above:
        node = tree.node(x)
        if node is not None and leaf not in getattr(node, "unmerged_leaves", ()):
            expected.add(x)
    assert set(state.private_keys) == expected
    updates = [sent.proposal for sent in state.proposals.values() if sent.sender == leaf]
    assert set(state.update_keys) == {each.leaf_node.encryption_key for each in updates if isinstance(each, Update)}
    for x, private_key in state.private_keys.items():
        assert state.suite.hpke_public_key(private_key) == tree.encryption_key(x)


def _check_witness(witness: Witness, state: GroupState) -> None:
    assert witness.context == encode(state.context)
    assert witness.interim_transcript_hash == state.public.interim_transcript_hash
    assert witness.confirmation_tag == state.confirmation_tag
    for each in fields(state.secrets):
        assert witness.secrets[each.name] == getattr(state.secrets, each.name)
    nodes = [None if node is None else encode(node)[1:] for node in state.tree.to_nodes()]
    assert nodes == witness.tree.nodes[: len(nodes)]
    assert not any(witness.tree.nodes[len(nodes) :])
