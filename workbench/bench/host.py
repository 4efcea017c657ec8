"""The group around the timed clients: members of our engine, whose own work is not timed.

Leaf 0 is the host, which adds all others. Two members are clients of the timed implementation: the actor at leaf 1,
which commits, and the reader, the last member, which processes messages. All other members are fillers: they only fill
the tree. All keys, signatures and commits are real. The members of an epoch differ only in their own keys, so one
state serves for all fillers, with the signature key of the filler that commits.

The host processes the commits of the actor, so a commit that other members would refuse is not timed. The reader
processes messages of the host, so every implementation has the same task.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from workbench.bench.ours import GROUP_ID, entropy, key_package_in, new_bundle, now
from workbench.bench.steps import Tree, depth
from workbench.mls import (
    Add,
    Framing,
    GroupState,
    KeyPackageBundle,
    LeafIndex,
    MLSMessage,
    PendingCommit,
    Remove,
    create_commit,
    create_group,
    encode,
    process,
    protect,
)
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.wire.code_points import ProtocolVersion

HOST, ACTOR = LeafIndex(0), LeafIndex(1)


@dataclass(frozen=True, slots=True)
class BenchInvitation:
    """The Welcome and the later commits by which the actor and the reader join, and the host's state after them."""

    actor: bytes
    actor_missed: tuple[bytes, ...]
    reader: bytes
    reader_missed: tuple[bytes, ...]
    state: GroupState


@dataclass
class BenchHost:
    """The members of our engine in groups of `size` members."""

    size: int

    @property
    def leaver(self) -> LeafIndex:
        """The leaf that is removed: the last leaf of the left half, far from the actor and from the reader."""
        return LeafIndex((1 << (depth(self.size) - 1)) - 1)

    @cached_property
    def bundles(self) -> list[KeyPackageBundle]:
        """The key packages of the host and of all fillers by leaf, and two spare ones."""
        return [new_bundle(f"filler {leaf}".encode()) for leaf in range(self.size)]

    def spare_key_packages(self) -> tuple[bytes, bytes]:
        """Two spare key packages for the places of the actor and the reader."""
        first, second = (encode(MLSMessage(ProtocolVersion.mls10, self.bundles[at].key_package)) for at in (1, -1))
        return first, second

    def key_packages(self, actor: bytes, reader: bytes) -> list[bytes]:
        """The key packages of all members that the creator at leaf 0 adds, in the order of their leaves."""
        fillers = [encode(MLSMessage(ProtocolVersion.mls10, each.key_package)) for each in self.bundles[2:-1]]
        return [actor, *fillers, reader]

    def invite(self, tree: Tree, actor: bytes, reader: bytes, *, private: bool = False) -> BenchInvitation:
        """Add the actor and the reader, by their key packages, to a group with such a tree.

        `private` is for implementations that process commits only as PrivateMessages.
        """
        return self._into_blank(actor, reader) if tree == "blank" else self._into_full(actor, reader, private=private)

    def _into_blank(self, actor: bytes, reader: bytes) -> BenchInvitation:
        state = create_group(self.bundles[HOST], GROUP_ID, entropy=entropy(), now=now())
        made = commit(state, _adds(self.key_packages(actor, reader)), path=False)
        return BenchInvitation(_welcome(made), (), _welcome(made), (), made.next)

    def _into_full(self, actor: bytes, reader: bytes, *, private: bool) -> BenchInvitation:
        """Add each client by its neighbour, whose path has the same nodes as its own, so the client is not unmerged.

        The member to be removed commits too, because some implementations remove only members that have committed. The
        host commits last, so that it holds the keys of its path.
        """
        beside_reader = LeafIndex(self.size - 2)
        first = commit(self._as_filler(HOST, self._full_without_two), _adds([actor]))
        second = commit(self._as_filler(beside_reader, first.next), _adds([reader]), private=private)
        third = commit(self._as_filler(self.leaver, second.next), private=private)
        last = commit(self._as_filler(HOST, third.next), private=private)
        commits = tuple(encode(each.message) for each in (third, last))
        return BenchInvitation(
            _welcome(first), (encode(second.message), *commits), _welcome(second), commits, last.next
        )

    @cached_property
    def _full_without_two(self) -> GroupState:
        """The state of a full group in which the leaves of the actor and the reader are blank."""
        state = create_group(self.bundles[HOST], GROUP_ID, entropy=entropy(), now=now())
        state = commit(state, [Add(each.key_package) for each in self.bundles[1:-1]], path=False).next
        for leaf in self._fillers():
            state = commit(self._as_filler(leaf, state)).next
        return commit(self._as_filler(HOST, state), [Remove(ACTOR)]).next

    def _fillers(self) -> Iterator[int]:
        """One leaf of each pair of neighbours, in an order in which their commits fill the tree with little encryption.

        The reversed bits of 0, 1, 2, ... give leaves that halve the tree, then its halves, and so on.
        """
        bits = depth(self.size) - 1
        for number in range(1 << bits):
            leaf = 2 * int(f"{number:0{bits}b}"[::-1], 2)
            if leaf < self.size - 1:
                yield leaf

    def _as_filler(self, leaf: int, state: GroupState) -> GroupState:
        """The state of a filler before its commit; the commit's path replaces the private keys in it."""
        signing = self.bundles[leaf].signature_private_key
        return replace(state, own_leaf=LeafIndex(leaf), private_keys={}, signature_private_key=signing)


def commit(
    state: GroupState, proposals: Sequence[AnyProposal] = (), *, path: bool = True, private: bool = False
) -> PendingCommit:
    """A commit by the member with this state."""
    return create_commit(state, proposals, entropy=entropy(), now=now(), path=path, framing=Framing(private=private))


def receive(state: GroupState, message: bytes) -> GroupState:
    """The host's state after a message of the actor."""
    return process(state, message, now=now())[0]


def send(state: GroupState, application_data: bytes) -> tuple[bytes, GroupState]:
    """A message of the host, and its state after that."""
    protected = protect(state, application_data, entropy=entropy())
    return encode(protected.message), protected.next


def _adds(key_packages: Sequence[bytes]) -> list[Add]:
    return [Add(key_package_in(each)) for each in key_packages]


def _welcome(made: PendingCommit) -> bytes:
    if made.welcome is None:
        raise TypeError("a commit that adds somebody has a Welcome")
    return encode(made.welcome)
