"""The history of a recorded group: its epochs with members and keys, its messages, and the secrets of each holder.

A secret is named by its id. The id does not reveal the secret.
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
    """One epoch of a group.

    `step` is the step of the trace that led to the epoch, `commit` the commit of that step (None for the first epoch).
    `leaf_count` is a power of two and counts blank leaves. `keys` are the key pairs of the tree by node index,
    `members` the holders by leaf index, `signature_keys` their public signature keys by leaf index, `secrets` the
    secrets of the epoch by their RFC names, `psks` the pre-shared keys that the commit mixed in.
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
    """An application message: its place in the trace (step and message), its epoch and its sender.

    `fact` is the fact "the content of this message is known" in the rules of deduction.
    """

    step: int
    message: int
    epoch: int
    sender: HolderId | None
    fact: Fact


@dataclass(frozen=True)
class GroupHistory:
    """What the trace of a group says about its epochs and messages, and about the secrets of each holder.

    `private_proposals` are the proposals in PrivateMessages, by their ProposalRef. `held` has what each holder had
    after each step: its secrets, and the content of the private proposals that waited in its state for a commit.
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
        """The epochs for which a GroupInfo was on the wire. Everybody who has a GroupInfo can join by a commit."""
        wires = (
            message["wire"]
            for step in self.trace["steps"]
            for message in step["messages"]
            if message["kind"] == "group_info"
        )
        return frozenset(group_info_in(bytes.fromhex(wire)).group_context.epoch for wire in wires)

    @cached_property
    def signers(self) -> Mapping[Hex, SecretId]:
        """The private signature keys of members, by their public keys."""
        pairs = ((entry.get("public"), key) for key, entry in self.secrets.items())
        return {public: key for public, key in pairs if public and self.secrets[key]["name"] == "signature_private_key"}

    @property
    def unrecorded(self) -> tuple[HolderId, ...]:
        """The members whose devices were not recorded: what they hold is unknown."""
        return tuple(each["id"] for each in self.trace["holders"] if each["kind"] == "member" and not each["recorded"])

    @property
    def last(self) -> EpochRecord:
        """The last epoch of the record."""
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
    """The public signature keys of the leaves that changed in a step."""
    for key, encoded in tree["nodes"].items():
        content = decode(Node, bytes.fromhex(encoded)).node
        if isinstance(content, LeafNode):
            yield int(key) // 2, content.signature_key.hex()


def _mixed_in(
    step: TraceStep, secrets: Mapping[SecretId, TraceSecret], member_secret: SecretId | None
) -> Iterator[SecretId]:
    """The pre-shared keys that went into the secrets of an epoch (RFC 9420 §8.4).

    The search starts at the epoch's `member_secret` and goes backwards, because devices that catch up in the same step
    may compute other epochs, with other pre-shared keys.
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
    """The facts that each holder had after each step. Steps share the sets that did not change."""
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
    """After each step, the private proposals that wait in each holder's state: those that it read in its epoch."""
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
    """The epoch of a PrivateMessage, which is not encrypted (RFC 9420 §6.3); None for any other message."""
    sent = decode(MLSMessage, bytes.fromhex(message["wire"])).message
    return sent.epoch if isinstance(sent, PrivateMessage) else None
