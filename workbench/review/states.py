"""States for a reviewer: the contents of a state, with its keys as fingerprints, and where two states part."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final, NamedTuple

from workbench.inspect.carving import CarvedObject
from workbench.inspect.names import counted, credential_name, name_of, shown
from workbench.inspect.values import code_point
from workbench.mls import GroupState, RatchetTreeExtension
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.wire.messages import GroupContext
from workbench.mls.wire.tree import Extension, LeafNode, Node
from workbench.review.groups import lenient
from workbench.review.replay import HistoryLine, replay, whole_lines


def fingerprint(value: bytes) -> str:
    """A name for a key that does not reveal it: eight bytes of its SHA-256."""
    return hashlib.sha256(value).digest()[:8].hex(":")


class StateMember(NamedTuple):
    """A member in the tree of a state: its leaf, its name and the fingerprint of its signature key."""

    leaf: int
    name: str
    signature_key: str


@dataclass(frozen=True, slots=True)
class StateDescription:
    """What is in a state. `secrets` are by name: fingerprints, or hexadecimal if that was asked for."""

    group_id: bytes
    epoch: int
    cipher_suite: int
    own_leaf: int
    is_active: bool
    tree_hash: str
    confirmed_transcript_hash: str
    epoch_authenticator: str
    extensions: tuple[str, ...]
    members: tuple[StateMember, ...]
    tree: tuple[str, ...]
    waiting_proposals: int
    secrets: dict[str, str] = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """The description for programs; docs/review.md describes the keys."""
        described = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**described, "group_id": self.group_id.hex(), "members": [each._asdict() for each in self.members]}


def describe(state: GroupState, *, show_secrets: bool = False) -> StateDescription:
    """What is in a state: its tree, its hashes, and its secrets as fingerprints unless they are asked for."""
    context, tell = state.context, bytes.hex if show_secrets else fingerprint
    secrets = {each.name: getattr(state.secrets, each.name) for each in fields(state.secrets)}
    secrets |= {f"private key of node {node}": key for node, key in state.private_keys.items()}
    secrets |= {f"resumption PSK of epoch {epoch}": psk for epoch, psk in state.resumption_psks.items()}
    signing = state.signature_private_key
    secrets |= {"signature private key": signing} if isinstance(signing, bytes) else {}
    return StateDescription(
        group_id=state.group_id,
        epoch=state.epoch,
        cipher_suite=state.suite.id,
        own_leaf=state.own_leaf,
        is_active=state.active,
        tree_hash=context.tree_hash.hex(),
        confirmed_transcript_hash=context.confirmed_transcript_hash.hex(),
        epoch_authenticator=fingerprint(state.secrets.epoch_authenticator),
        extensions=tuple(f"{each.extension_type:#06x}" for each in context.extensions),
        members=tuple(
            StateMember(leaf, name_of(state.tree, leaf), fingerprint(leaf_node.signature_key))
            for leaf, leaf_node in state.tree.leaves()
        ),
        tree=tuple(_node_lines(state)),
        waiting_proposals=len(state.proposals),
        secrets={name: tell(value) for name, value in secrets.items() if isinstance(value, bytes)},
    )


def _node_lines(state: GroupState) -> Iterator[str]:
    """A line for each node of the tree, in the order of the array."""
    nodes = RatchetTreeExtension(state.tree.to_nodes()).ratchet_tree
    return (f"node {index}: {node_words(index, entry)}" for index, entry in enumerate(nodes))


def node_words(index: int, entry: Node | None) -> str:
    """A node of a ratchet tree in words: whose it is, and its content."""
    if entry is None:
        return "blank"
    if isinstance(entry.node, LeafNode):
        return f"leaf {index // 2}, {credential_name(entry.node) or 'no readable name'}, {content_words(entry)}"
    return f"parent, {content_words(entry)}"


def content_words(entry: Node) -> str:
    """The content of a node in words: its public key as a fingerprint, and how a leaf came or who is unmerged."""
    key = f"key {fingerprint(entry.node.encryption_key)}"
    if isinstance(entry.node, LeafNode):
        return f"{key}, from {entry.node.leaf_node_source.TAG.name}"
    unmerged = ", ".join(map(str, entry.node.unmerged_leaves))
    return f"{key}{f', unmerged leaves {unmerged}' if unmerged else ''}"


# Two states


class StateDifference(NamedTuple):
    """One thing in which two states differ."""

    what: str
    first: str
    second: str


def differences(first: GroupState, second: GroupState) -> tuple[StateDifference, ...]:
    """The differences between two states of a group, the most important first; none if they agree on the epoch."""
    facts, others = facts_of(first.context), facts_of(second.context)
    pairs = [(name, facts[name], others[name]) for name in facts]
    authenticators = [fingerprint(state.secrets.epoch_authenticator) for state in (first, second)]
    return (
        *(StateDifference(*pair) for pair in pairs if pair[1] != pair[2]),
        *([StateDifference(EPOCH_AUTHENTICATOR, *authenticators)] if authenticators[0] != authenticators[1] else []),
        *(StateDifference(f"node {index}", *lines) for index, lines in _different_nodes(first, second)),
    )


EPOCH_AUTHENTICATOR: Final = "epoch authenticator"
"""The fact of an epoch that is secret, and is compared by its fingerprint (RFC 9420 §8.7)."""


def facts_of(context: GroupContext) -> dict[str, str]:
    """The fields of a group context by their names, as text, in the order in which differences are told."""
    return {
        "group": shown(context.group_id),
        "epoch": str(context.epoch),
        "cipher suite": code_point("cipher_suite", context.cipher_suite),
        "confirmed transcript hash": context.confirmed_transcript_hash.hex(),
        "tree hash": context.tree_hash.hex(),
        "extensions": ", ".join(map(_extension_words, context.extensions)) or "none",
    }


def _extension_words(extension: Extension) -> str:
    name = code_point("extension_type", extension.extension_type)
    return f"{name}: {len(extension.extension_data)} bytes, {fingerprint(extension.extension_data)}"


def _different_nodes(first: GroupState, second: GroupState) -> Iterator[tuple[int, tuple[str, str]]]:
    ours, theirs = list(_node_lines(first)), list(_node_lines(second))
    longest = max(len(ours), len(theirs))
    for index, pair in enumerate(zip(_padded(ours, longest), _padded(theirs, longest), strict=True)):
        if pair[0] != pair[1]:
            yield index, pair


def _padded(lines: Sequence[str], length: int) -> list[str]:
    return [*lines, *["no such node"] * (length - len(lines))]


def parting(first: GroupState, second: GroupState, objects: Sequence[CarvedObject]) -> str:
    """A sentence that says where two states part, from material with the commits of both sides.

    The material needs a GroupInfo with its tree of an epoch before the two parted.
    """
    if first.group_id != second.group_id:
        return "The states are of different groups."
    if first.context == second.context:
        return "The states are in the same epoch of one history."
    line, other_line = lines_to((first, second), objects)
    if line is None or other_line is None:
        which = "neither state" if line is other_line else "the first state" if line is None else "the second state"
        return f"The commits in the material do not lead to {which}: the place where they part is not known."
    ours, theirs = line.commits, other_line.commits
    for one, other in zip(ours, theirs, strict=False):
        if one.data != other.data:
            return (
                f"They part at the commit of epoch {one.epoch}: the first has processed the one in {one.where}, the "
                f"second the one in {other.where}."
            )
    ahead = abs(len(ours) - len(theirs))
    which = "second" if len(ours) < len(theirs) else "first"
    return f"They are on one line of history: the {which} is {counted(ahead, 'commit')} ahead."


def lines_to(states: Sequence[GroupState], objects: Sequence[CarvedObject]) -> list[HistoryLine | None]:
    """For each state the line of history in some material that leads to its epoch, and ends there; None if none does.

    The states are of one group. The material needs a GroupInfo with its tree of an epoch before they parted.
    """
    group_id = states[0].group_id
    found = [each for each in objects if each.group_id == group_id]
    lines = whole_lines(replay(group_id, found, (), policy=lenient(DEFAULT_POLICY), psks={}).lines)
    return [_line_to(state, lines) for state in states]


def _line_to(state: GroupState, lines: Sequence[HistoryLine]) -> HistoryLine | None:
    for line in lines:
        view = line.begun.get(state.epoch)
        if view is not None and view.context == state.context:
            return HistoryLine(
                line.start,
                begun={epoch: view for epoch, view in line.begun.items() if epoch <= state.epoch},
                views={epoch: view for epoch, view in line.views.items() if epoch <= state.epoch},
                commits=[each for each in line.commits if each.epoch is not None and each.epoch < state.epoch],
            )
    return None
