"""Replays a trace: the state of the group after each step, and the operations of one step by who did them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.inspect.names import listed, shortened
from workbench.inspect.trace_format import (
    HolderId,
    SecretId,
    Trace,
    TraceMessage,
    TraceOperation,
    TracePlace,
    TraceSecret,
    TraceStep,
)
from workbench.mls import NodeIndex, decode
from workbench.mls.tree.tree_math import direct_path, node_width
from workbench.mls.wire.messages import ApplicationData

SERVER = "server"
ATTACKER = "attacker"
NAMED_AT_MOST = 4


@dataclass(slots=True)
class TraceReplay:
    """The group after the steps so far: the member at each leaf, the key of each node, the epoch of each holder.

    `names` are for sentences: long ones are cut.
    """

    trace: Trace
    names: dict[HolderId, str]
    viewers: list[HolderId]
    leaf_count: int = 1
    epoch: int = 0
    at_leaf: dict[int, HolderId] = field(default_factory=dict)
    key_at: dict[int, SecretId] = field(default_factory=dict)
    places: dict[HolderId, TracePlace | None] = field(default_factory=dict)
    secrets: dict[SecretId, TraceSecret] = field(default_factory=dict)
    readable: set[int | None] = field(default_factory=set)
    """The epochs whose secrets the recorded attacker has: it took them or computed them."""
    is_compromised: bool = False

    @classmethod
    def of(cls, trace: Trace) -> TraceReplay:
        """The group before the first step."""
        names = {holder["id"]: shortened(holder["name"]) for holder in trace["holders"]}
        return cls(trace, names, [holder["id"] for holder in trace["holders"] if holder["recorded"]])

    def apply(self, step: TraceStep) -> None:
        """Apply the next step of the trace."""
        self.epoch = step["epoch"]
        self.places |= step["places"]
        self.secrets |= step["secrets"]
        self.is_compromised |= step["kind"] == "compromise"
        gained = [self.secrets[key] for key in step["keys_learned"].get(ATTACKER, ())]
        self.readable |= {each["epoch"] for each in gained if each["name"] == "epoch_authenticator"}
        tree = step["tree"]
        if tree is None:
            return
        self.leaf_count = tree["leaf_count"]
        self.key_at |= {int(node): key for node, key in tree["keys"].items()}
        self.at_leaf |= {int(node): holder for node, holder in tree["members"].items()}
        gone = {*tree["blank"], *(node for node in self.key_at if node >= node_width(self.leaf_count))}
        for node in gone:
            self.key_at.pop(node, None)
            self.at_leaf.pop(node, None)

    def name_at(self, node: int) -> str:
        """The name of the member at a leaf, given by node index."""
        return self.names[self.at_leaf[node]]

    def above(self, node: int) -> tuple[NodeIndex, ...]:
        """All nodes above a node, the root last."""
        return direct_path(NodeIndex(node), self.leaf_count)

    def in_names(self, nodes: list[int]) -> str:
        """The names of the members at some leaves in words. More than four members are only counted."""
        return counted_names([self.name_at(node) for node in nodes])


def continues(trace: Trace, steps: Sequence[TraceStep]) -> bool:
    """Whether a trace begins with these very steps. What is known of them then stands: a written step never changes."""
    first = trace["steps"][: len(steps)]
    return len(first) == len(steps) and all(one is other for one, other in zip(first, steps, strict=True))


class StepOperations:
    """The operations of one step. `made` has them by the secret that they gave.

    `knowers` has, for each secret, the holders who used or made it. `openers` has, for each public key, the holders who
    opened a ciphertext sealed to it.
    """

    def __init__(self, step: TraceStep) -> None:
        self.made: defaultdict[SecretId, list[TraceOperation]] = defaultdict(list)
        self.knowers: defaultdict[SecretId, list[HolderId]] = defaultdict(list)
        self.openers: defaultdict[str, list[HolderId]] = defaultdict(list)
        for operation in step["operations"]:
            if operation["output"] is not None:
                self.made[operation["output"]].append(operation)
            if operation["name"] == "decrypt_with_label" and "public" in operation:
                _extend(self.openers[operation["public"]], operation["by"])
            for secret in (*operation["inputs"], operation["output"]):
                if secret is not None:
                    _extend(self.knowers[secret], operation["by"])

    def roots(self, holder: HolderId, secret: SecretId) -> list[tuple[TraceOperation, SecretId]]:
        """The operations that gave a secret to a holder in this step, the last one first, each with its output."""
        chain: list[tuple[TraceOperation, SecretId]] = []
        current: SecretId | None = secret
        while current is not None:
            operation = next((each for each in self.made[current] if holder in each["by"]), None)
            if operation is None or len(chain) > len(self.made):
                break
            chain.append((operation, current))
            current = operation["inputs"][0] if operation["inputs"] else None
        return chain


def counted_names(names: list[str]) -> str:
    """Names in words. More than four are only counted."""
    return listed(names) if len(names) <= NAMED_AT_MOST else f"{len(names)} members"


def text_of(message: TraceMessage) -> str | None:
    """The content of an application message: as text if it is UTF-8, else in hexadecimal; None if it is unknown."""
    content = message.get("content")
    if message["kind"] != "application" or content is None:
        return None
    data = decode(ApplicationData, bytes.fromhex(content)).application_data
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.hex()


def _extend(known: list[HolderId], more: list[HolderId]) -> None:
    known += [holder for holder in more if holder not in known]
