"""The epochs of a recorded group, one after the other: who was in the tree with which keys, and how it came to be.

All of it is public but for the ids of secrets, which say which secret is meant and not what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from workbench.inspect.trace_format import (
    Hex,
    HolderId,
    SecretId,
    Trace,
    TraceCommit,
    TraceMessage,
    TraceSecret,
    TraceStep,
    TraceTree,
)
from workbench.inspect.trace_rules import Fact, message_fact, message_place, secrets_of
from workbench.mls import LeafNode, MLSMessage, decode
from workbench.mls.group.group_info import group_info_in
from workbench.mls.tree.tree_math import node_width
from workbench.mls.wire.messages import PrivateMessage
from workbench.mls.wire.tree import Node


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """One epoch. `step` is the step of the trace that led to it, `commit` the commit, None for the first epoch.

    `leaf_count` is a power of two, blank leaves included. `keys` are the key pairs of the tree by node index,
    `members` the holders by leaf index and `signature_keys` the public keys of their signatures, `secrets` those of the
    epoch by their RFC names, `psks` the pre-shared keys that its commit mixed in.
    """

    epoch: int
    step: int
    commit: TraceCommit | None
    leaf_count: int
    keys: Mapping[int, SecretId]
    members: Mapping[int, HolderId]
    signature_keys: Mapping[int, Hex]
    secrets: Mapping[str, SecretId]
    psks: tuple[SecretId, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """An application message: which one it is in the trace, who sent it, and in which epoch.

    `fact` is what it says, as a fact of the rules.
    """

    step: int
    message: int
    epoch: int
    sender: HolderId | None
    fact: Fact


@dataclass(frozen=True)
class GroupHistory:
    """What the trace of a group says about its epochs and messages, and about who held what when.

    `private_proposals` are those in PrivateMessages, by the reference that a commit calls them by. `held` is what each
    holder had after each step: secrets, and what the private proposals say that wait in its state for a commit.
    """

    trace: Trace
    secrets: Mapping[SecretId, TraceSecret]
    by_value: Mapping[str, SecretId]
    by_public: Mapping[str, SecretId]
    epochs: Mapping[int, EpochRecord]
    messages: tuple[MessageRecord, ...]
    private_proposals: Mapping[Hex, Fact]
    held: tuple[Mapping[HolderId, frozenset[Fact]], ...]

    @classmethod
    def of(cls, trace: Trace) -> GroupHistory:
        """Read a trace."""
        secrets = secrets_of(trace)
        return cls(
            trace,
            secrets,
            {entry["value"]: key for key, entry in secrets.items() if entry["value"] is not None},
            {entry["public"]: key for key, entry in secrets.items() if "public" in entry},
            _epochs(trace, secrets),
            _messages(trace),
            {
                message["reference"]: message_fact(trace, number, index)
                for number, step in enumerate(trace["steps"])
                for index, message in enumerate(step["messages"])
                if "reference" in message
            },
            _held(trace),
        )

    @cached_property
    def described(self) -> frozenset[int]:
        """The epochs of which a GroupInfo was on the wire: whoever has read it can come in by a commit."""
        wires = (
            message["wire"]
            for step in self.trace["steps"]
            for message in step["messages"]
            if message["kind"] == "group_info"
        )
        return frozenset(group_info_in(bytes.fromhex(wire)).group_context.epoch for wire in wires)

    @cached_property
    def signers(self) -> Mapping[Hex, SecretId]:
        """The private keys that members sign with, by their public keys."""
        pairs = ((entry.get("public"), key) for key, entry in self.secrets.items())
        return {public: key for public, key in pairs if public and self.secrets[key]["name"] == "signature_private_key"}

    @property
    def last(self) -> EpochRecord:
        """The epoch in which the record ends."""
        return self.epochs[max(self.epochs)]


def _epochs(trace: Trace, secrets: Mapping[SecretId, TraceSecret]) -> dict[int, EpochRecord]:
    named: dict[int, dict[str, SecretId]] = {}
    for key, entry in secrets.items():
        if entry["epoch"] is not None:
            named.setdefault(entry["epoch"], {})[entry["name"]] = key
    epochs: dict[int, EpochRecord] = {}
    keys: dict[int, SecretId] = {}
    members: dict[int, HolderId] = {}
    signature_keys: dict[int, Hex] = {}
    leaf_count = 1
    for number, step in enumerate(trace["steps"]):
        tree = step["tree"]
        if tree is not None:
            leaf_count = tree["leaf_count"]
            keys |= {int(node): key for node, key in tree["keys"].items()}
            members |= {int(node) // 2: holder for node, holder in tree["members"].items()}
            signature_keys |= dict(_signature_keys(tree))
            width = node_width(leaf_count)
            keys = {node: key for node, key in keys.items() if node < width and node not in tree["blank"]}
            members = {leaf: holder for leaf, holder in members.items() if 2 * leaf in keys}
        epoch = step["epoch"]
        if keys and epoch not in epochs:
            psks = tuple(_mixed_in(step, secrets, named.get(epoch, {}).get("member_secret")))
            epochs[epoch] = EpochRecord(
                epoch,
                number,
                step["commit"],
                leaf_count,
                dict(keys),
                dict(members),
                {leaf: signature_keys[leaf] for leaf in members},
                named.get(epoch, {}),
                psks,
            )
    return epochs


def _signature_keys(tree: TraceTree) -> Iterator[tuple[int, Hex]]:
    """Of the leaves that have changed."""
    for key, encoded in tree["nodes"].items():
        content = decode(Node, bytes.fromhex(encoded)).node
        if isinstance(content, LeafNode):
            yield int(key) // 2, content.signature_key.hex()


def _mixed_in(
    step: TraceStep, secrets: Mapping[SecretId, TraceSecret], member_secret: SecretId | None
) -> Iterator[SecretId]:
    """The pre-shared keys that went into the secrets of an epoch (RFC 9420 §8.4).

    They are told from its `member_secret` backwards: in the same step somebody may have caught up with other epochs.
    """
    made_of = {operation["output"]: operation["inputs"] for operation in step["operations"]}
    waiting = [member_secret]
    while waiting:
        made = waiting.pop()
        for source in made_of.get(made, ()):
            if source is None or made is None:
                continue
            if secrets[made]["name"] == "psk_extracted":
                yield source
            elif secrets[source]["name"] in {"psk_secret", "psk_input", "psk_extracted"}:
                waiting.append(source)


def _messages(trace: Trace) -> tuple[MessageRecord, ...]:
    return tuple(
        MessageRecord(number, index, step["epoch"], message["sender"], message_fact(trace, number, index))
        for number, step in enumerate(trace["steps"])
        for index, message in enumerate(step["messages"])
        if message["kind"] == "application"
    )


def _held(trace: Trace) -> tuple[Mapping[HolderId, frozenset[Fact]], ...]:
    """What each holder had after each step; steps share what did not change."""
    held: dict[HolderId, frozenset[Fact]] = {}
    after = []
    for step, waiting in zip(trace["steps"], _waiting(trace), strict=True):
        for holder in {*step["keys_learned"], *step["keys_deleted"], *waiting}:
            before = {each for each in held.get(holder, ()) if message_place(each) is None}
            kept = (before - {*step["keys_deleted"].get(holder, ())}) | {*step["keys_learned"].get(holder, ())}
            held[holder] = frozenset(kept | waiting.get(holder, frozenset()))
        after.append(dict(held))
    return tuple(after)


def _waiting(trace: Trace) -> Iterator[dict[HolderId, set[Fact]]]:
    """After each step: the private proposals that wait in each holder's state, which it has read in this epoch."""
    waiting: dict[HolderId, dict[Fact, int | None]] = {}
    places: dict[HolderId, int | None] = {}
    for step in trace["steps"]:
        for read in step["reads"]:
            message = trace["steps"][read["step"]]["messages"][read["message"]]
            if "reference" in message:
                epoch = _epoch_of(message)
                for holder in read["by"]:
                    fact = message_fact(trace, read["step"], read["message"])
                    waiting.setdefault(holder, {})[fact] = epoch
        places |= {holder: None if place is None else place["epoch"] for holder, place in step["places"].items()}
        yield {
            holder: {fact for fact, epoch in facts.items() if epoch == places.get(holder)}
            for holder, facts in waiting.items()
        }


def _epoch_of(message: TraceMessage) -> int | None:
    """The epoch of a PrivateMessage, which everybody can see (RFC 9420 §6.3)."""
    sent = decode(MLSMessage, bytes.fromhex(message["wire"])).message
    return sent.epoch if isinstance(sent, PrivateMessage) else None
