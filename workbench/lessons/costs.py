"""What one commit costs, measured: groups of any size in the best shape and in the worst, and pairwise beside them.

The groups are real, but only one member of each is kept running: enough to commit, and fast enough for hundreds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

from workbench.inspect.trace import RecordedOperation, TracedSuite
from workbench.lab import World
from workbench.mls import (
    Add,
    BasicCredential,
    Credential,
    GroupState,
    KeyPackageBundle,
    LeafIndex,
    Lifetime,
    Policy,
    cipher_suite,
    create_commit,
    create_group,
    create_key_package,
    encode,
)

NOW = 1_700_000_000
_SUITE = cipher_suite(1)


@dataclass(frozen=True, slots=True)
class Cost:
    """What it takes to give a group of so many members a fresh secret."""

    members: int
    encryptions: int
    wire_bytes: int


def commit_cost(state: GroupState) -> Cost:
    """The cost of an empty commit with a path by the owner of a state: what it seals, and what it sends.

    Only what is sealed to members is counted; the state itself stays as it was.
    """
    traced = TracedSuite.of(state.suite)
    committed = create_commit(
        replace(state, public=replace(state.public, suite=traced)), entropy=_entropy("the measured commit"), now=NOW
    )
    sealed = _sealed(traced.recorder.take())
    return Cost(state.tree.member_count, len(sealed), len(encode(committed.message)))


def pairwise_cost(state: GroupState) -> Cost:
    """The cost of the same without a tree: a fresh secret sealed to the leaf key of each other member."""
    traced = TracedSuite.of(state.suite)
    secret = _entropy("the pairwise secret")
    copies = [
        traced.encrypt_with_label(
            leaf_node.encryption_key, "UpdatePathNode", b"", secret, entropy=_entropy(f"pairwise {leaf}")
        )
        for leaf, leaf_node in state.tree.leaves()
        if leaf != state.own_leaf
    ]
    sealed = _sealed(traced.recorder.take())
    return Cost(state.tree.member_count, len(sealed), sum(len(encode(copy)) for copy in copies))


def new_group(members: int) -> GroupState:
    """The creator's state right after it has added everybody in one commit: most parents are blank."""
    creator = _bundle(0)
    state = create_group(creator, b"new", entropy=_entropy("new"), now=NOW, policy=Policy())
    added = [Add(_bundle(number).key_package) for number in range(1, members)]
    return create_commit(state, added, entropy=_entropy("add all"), now=NOW).next


def full_group(members: int) -> GroupState:
    """The state of the last committer in a group without blank parents; `members` is a power of two.

    Every second member commits as soon as it has been added, adding the next two: its path fills what is above it.
    """
    state = create_group(_bundle(0), b"full", entropy=_entropy("full"), now=NOW)
    for number in range(0, members, 2):
        following = [_bundle(index) for index in range(number + 1, min(number + 3, members))]
        committed = create_commit(
            state, [Add(bundle.key_package) for bundle in following], entropy=_entropy(f"commit {number}"), now=NOW
        )
        state = committed.next
        if number + 2 < members:
            # The members of an epoch differ only in their own keys. A join would check each leaf of the tree again.
            signing = following[1].signature_private_key
            state = replace(state, own_leaf=LeafIndex(number + 2), private_keys={}, signature_private_key=signing)
    return state


def blank_parents(state: GroupState) -> int:
    """How many parents of the tree are blank."""
    return state.tree.leaf_count - 1 - sum(1 for _ in state.tree.parents())


def _sealed(operations: tuple[RecordedOperation, ...]) -> list[RecordedOperation]:
    return [each for each in operations if each.name == "encrypt_with_label" and each.label == "UpdatePathNode"]


def _bundle(number: int) -> KeyPackageBundle:
    return create_key_package(
        _SUITE,
        Credential(BasicCredential(f"member {number}".encode())),
        _SUITE.signature_key_pair(_entropy(f"signature key {number}")).private_key,
        lifetime=Lifetime(NOW - 1, NOW + 1),
        entropy=_entropy(f"key package {number}"),
    )


def _entropy(purpose: str) -> bytes:
    """The same bytes each time: the lessons show the same figures on every machine."""
    return sha256(b"a lesson's costs: " + purpose.encode()).digest()


@dataclass(frozen=True, slots=True)
class CostOfUpdating:
    """What an interval between updates costs: messages that an attacker reads, and bytes that the updates take."""

    messages_read: int
    wire_bytes: int


def cost_of_updating(every: int, messages: int = 24) -> CostOfUpdating:
    """What it costs a group of four if all members get fresh keys after every so many messages.

    A device is compromised once, right at the beginning: no attacker that comes once can read more.
    """
    world = World.of(["Alice", "Bob", "Carol", "Dave"], seed=10)
    world.compromise("Bob")
    begun = len(world.history)
    for number in range(1, messages + 1):
        world.send("Alice", f"Message {number}.")
        if number % every == 0:
            for name in ("Bob", "Carol", "Dave"):
                world.update(name)
            world.commit("Alice")
    steps = [step for step in world.trace()["steps"][begun:] if step["kind"] != "message"]
    sizes = (len(bytes.fromhex(message["wire"])) for step in steps for message in step["messages"])
    return CostOfUpdating(len(world.reads()), sum(sizes))
