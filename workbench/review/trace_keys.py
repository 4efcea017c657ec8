"""What each holder of a recorded history held when a message was sent: keyrings from a trace (docs/trace.md).

The public part of each epoch, and all key packages and public proposals, are in every keyring. The secrets are those
that the holder held before the step, learned in it, or derived and deleted within it. The attacker keeps every
ciphertext, so its keyring has all that it ever learns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cached_property
from typing import Final

from workbench.inspect.trace_format import HolderId, SecretId, Trace, TraceMessage, TraceSecret, TraceStep, custom_types
from workbench.mls import Malformed, MLSMessage, RatchetTree, decode
from workbench.mls.crypto.ciphersuite import CIPHER_SUITES
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.schedule.secret_tree import MessageKey
from workbench.mls.schedule.transcript import confirmation_tag, interim_transcript_hash
from workbench.mls.tree.tree_math import node_width
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.messages import GroupContext, PublicMessage
from workbench.mls.wire.proposals import Add, Commit, Proposal, ProposalByValue
from workbench.mls.wire.tree import Node
from workbench.review.apart_framed import PROPOSAL_REF
from workbench.review.keyring import (
    NO_KEYS,
    Keyring,
    KnownEpochKeys,
    MessageKeyName,
    RatchetSecret,
    joined,
    keyring_of_key_package,
    keyring_of_message,
)
from workbench.review.recomputation import Call
from workbench.review.take_apart import take_apart

_EPOCH_SECRETS: Final = {each.name for each in fields(EpochSecrets)}
_TREE_SECRETS: Final = {"encryption_secret", "tree_node_secret"}
_RATCHET: Final = {
    "application_ratchet": (ContentType.application,),
    "handshake_ratchet": (ContentType.proposal, ContentType.commit),
}


class TraceKeys:
    """The keyrings of a trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.group_id = bytes.fromhex(trace["group_id"])
        self.suite = next(each for each in CIPHER_SUITES.values() if each.name == trace["suite"])
        self._attackers = {each["id"] for each in trace["holders"] if each["kind"] == "attacker"}
        self._keyrings: dict[tuple[int, HolderId | None], Keyring] = {}

    def message(self, step: int, number: int) -> TraceMessage:
        """A message of a step."""
        return self.trace["steps"][step]["messages"][number]

    def keyring(self, step: int, holder: HolderId | None) -> Keyring:
        """What a holder held in a step; None stands for all holders together. It is collected once."""
        if (step, holder) not in self._keyrings:
            self._keyrings[step, holder] = self._of(step, holder) | Keyring(proposals=self._private_proposals)
        return self._keyrings[step, holder]

    def _of(self, step: int, holder: HolderId | None) -> Keyring:
        return self._keyring_of(self._secrets_of(self._held(step, holder))) | self.public

    @cached_property
    def _private_proposals(self) -> dict[bytes, bytes]:
        """The proposals that were sent in PrivateMessages, by reference. A commit that refers to one is private too."""
        found = {}
        for at, step in enumerate(self.trace["steps"]):
            for message in step["messages"]:
                if "reference" in message:
                    apart = take_apart(bytes.fromhex(message["wire"]), keyring=self._of(at, None))
                    for each in apart.computed:
                        if each.name == PROPOSAL_REF and isinstance(each.expression, Call):
                            found[each.value] = apart.book.value(each.expression.arguments[1])
        return found

    def _held(self, step: int, holder: HolderId | None) -> set[SecretId]:
        steps = self.trace["steps"]
        if holder in self._attackers:
            every = range(len(steps))
            return {secret for at in every for secret in (*_learned(steps[at], holder), *_derived(steps[at], holder))}
        held: set[SecretId] = set()
        for each in steps[:step]:
            held.update(_learned(each, holder))
            if holder is not None:
                held.difference_update(each["keys_deleted"].get(holder, ()))
        return held | {*_learned(steps[step], holder), *_derived(steps[step], holder)}

    def _secrets_of(self, held: set[SecretId]) -> list[TraceSecret]:
        return [self._all_secrets[each] for each in sorted(held & self._all_secrets.keys())]

    @cached_property
    def _all_secrets(self) -> dict[SecretId, TraceSecret]:
        return {name: secret for step in self.trace["steps"] for name, secret in step["secrets"].items()}

    def _keyring_of(self, secrets: list[TraceSecret]) -> Keyring:
        by_epoch: dict[int, dict[str, bytes]] = {}
        trees: dict[int, dict[int, bytes]] = {}
        ratchets: dict[int, list[RatchetSecret]] = {}
        private_keys: dict[bytes, bytes] = {}
        parts: dict[MessageKeyName, dict[str, bytes]] = {}
        for secret in secrets:
            value, epoch, node, name = secret["value"], secret["epoch"], secret["node"], secret["name"]
            if value is None:
                continue
            data = bytes.fromhex(value)
            if "public" in secret:
                private_keys[bytes.fromhex(secret["public"])] = data
            ratchet, _, part = name.rpartition("_")
            if epoch is None:
                continue
            if name in _EPOCH_SECRETS:
                by_epoch.setdefault(epoch, {})[name] = data
            elif name in _TREE_SECRETS and node is not None:
                trees.setdefault(epoch, {})[node] = data
            elif ratchet in _RATCHET and node is not None:
                generation = secret.get("generation", 0)
                for content_type in _RATCHET[ratchet]:
                    if part == "secret":
                        found = RatchetSecret(node // 2, content_type, generation, data)
                        ratchets.setdefault(epoch, []).append(found)
                    else:
                        key = (self.group_id, epoch, node // 2, int(content_type), generation)
                        parts.setdefault(key, {})[part] = data
        epochs = {
            (self.group_id, epoch): KnownEpochKeys(
                secrets=by_epoch.get(epoch, {}),
                tree_secrets=trees.get(epoch, {}),
                ratchet_secrets=tuple(ratchets.get(epoch, ())),
            )
            for epoch in {*by_epoch, *trees, *ratchets}
        }
        message_keys = {
            key: MessageKey(key[-1], both["key"], both["nonce"])
            for key, both in parts.items()
            if {"key", "nonce"} <= both.keys()
        }
        return Keyring(epochs, private_keys, message_keys=message_keys)

    @cached_property
    def public(self) -> Keyring:
        """What everybody knows who follows the public part of the group, over its whole history."""
        epochs: dict[tuple[bytes, int], KnownEpochKeys] = {}
        nodes: dict[int, Node] = {}
        leaf_count = 0
        for step in self.trace["steps"]:
            if step["tree"] is not None:
                leaf_count = step["tree"]["leaf_count"]
                for key in step["tree"]["blank"]:
                    nodes.pop(key, None)
                nodes.update(
                    {int(key): decode(Node, bytes.fromhex(node)) for key, node in step["tree"]["nodes"].items()}
                )
            if step["context"] is not None:
                context = decode(GroupContext, bytes.fromhex(step["context"]))
                epochs[self.group_id, context.epoch] = KnownEpochKeys(
                    context, self._tree(nodes, leaf_count), self._interim(context)
                )
        return Keyring(epochs) | joined(self._objects())

    def _tree(self, nodes: dict[int, Node], leaf_count: int) -> RatchetTree:
        row = [nodes.get(at) for at in range(node_width(leaf_count))]
        while row and row[-1] is None:
            row.pop()
        return RatchetTree.from_nodes(row, self.suite)

    def _interim(self, context: GroupContext) -> bytes | None:
        """The interim transcript hash of an epoch; None if its confirmation tag cannot be recomputed."""
        for secret in self._all_secrets.values():
            if (secret["name"], secret["epoch"]) == ("confirmation_key", context.epoch) and secret["value"] is not None:
                confirmed = context.confirmed_transcript_hash
                tag = confirmation_tag(self.suite, bytes.fromhex(secret["value"]), confirmed)
                return interim_transcript_hash(self.suite, confirmed, tag)
        return None

    def _objects(self) -> Iterator[Keyring]:
        """The key packages and the proposals that the messages carry."""
        for step in self.trace["steps"]:
            for message in step["messages"]:
                yield self._object(message, custom_types(step))

    def _object(self, message: TraceMessage, custom: frozenset[int]) -> Keyring:
        try:
            framed = decode(MLSMessage, bytes.fromhex(message["wire"]), custom=custom)
            content = self._content(message, framed, custom)
        except Malformed:
            return NO_KEYS
        added = [each.key_package for each in _proposals_in(content) if isinstance(each, Add)]
        return joined([keyring_of_message(framed, self.suite), *map(keyring_of_key_package, added)])

    @staticmethod
    def _content(message: TraceMessage, framed: MLSMessage, custom: frozenset[int]) -> object:
        if isinstance(framed.message, PublicMessage):
            return framed.message.content.content
        inside = message.get("content")
        if inside is None or message["kind"] not in {"commit", "proposal"}:
            return None
        return decode(Commit if message["kind"] == "commit" else Proposal, bytes.fromhex(inside), custom=custom)


def _proposals_in(content: object) -> list[object]:
    match content:
        case Proposal(proposal):
            return [proposal]
        case Commit(proposals):
            values = [each.proposal_or_ref for each in proposals]
            return [each.proposal.proposal for each in values if isinstance(each, ProposalByValue)]
        case _:
            return []


def _learned(step: TraceStep, holder: HolderId | None) -> Iterator[SecretId]:
    for who, secrets in step["keys_learned"].items():
        if holder in {None, who}:
            yield from secrets


def _derived(step: TraceStep, holder: HolderId | None) -> Iterator[SecretId]:
    """What a holder derived in a step, or used: inputs are held too."""
    for operation in step["operations"]:
        if holder is None or holder in operation["by"]:
            yield from (each for each in (*operation["inputs"], operation["output"]) if each is not None)
