"""Write the recorded steps of a group as a trace (docs/trace.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from workbench.inspect.names import as_name, credential_name
from workbench.inspect.trace import RecordedOperation
from workbench.inspect.trace_format import (
    FORMAT,
    VERSION,
    HolderId,
    HolderKind,
    MessageKind,
    SecretId,
    StepKind,
    Trace,
    TraceHolder,
    TraceMessage,
    TraceOperation,
    TracePlace,
    TraceRead,
    TraceStep,
    TraceTree,
    custom_types,
)
from workbench.inspect.trace_messages import describe_commit, describe_proposal, inviter, open_recorded
from workbench.inspect.trace_secrets import SecretTable
from workbench.inspect.trace_walk import walk
from workbench.mls import (
    CipherSuite,
    GroupState,
    LeafNode,
    MLSMessage,
    NodeIndex,
    PublicGroup,
    RatchetTree,
    SentProposal,
    Welcome,
    decode,
    encode,
)
from workbench.mls.framing.content import proposal_ref
from workbench.mls.group.public_commit import proposal_sender
from workbench.mls.tree.subtree import Leaf, Subtree
from workbench.mls.tree.tree_math import node_width
from workbench.mls.wire.messages import PrivateMessage
from workbench.mls.wire.proposals import Commit, Proposal
from workbench.mls.wire.tree import KeyPackageSource, Node, ParentNode


@dataclass(frozen=True, slots=True)
class Sent:
    """A message on the wire, and its sender."""

    kind: MessageKind
    sender: HolderId | None
    wire: bytes


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One step as it was recorded.

    `before` and `after` are states of a member that is up to date, or what an observer knows, before and after the
    step; only their public part is written. `states` and `held` have the state and the other secrets of each changed
    device; None means that the device left the group. `operations` are the recorded operations. `followers` are holders
    that follow the group without being members (the attacker), with the epoch they have reached. `victim` is the owner
    of a compromised device. `shared` is the name of a pre-shared key that was given out, and `between` are its holders.
    """

    kind: StepKind
    actor: HolderId | None
    now: int
    before: GroupState | PublicGroup | None = None
    after: GroupState | PublicGroup | None = None
    messages: tuple[Sent, ...] = ()
    states: Mapping[HolderId, GroupState | None] = field(default_factory=dict)
    held: Mapping[HolderId, object] = field(default_factory=dict)
    operations: Mapping[HolderId, tuple[RecordedOperation, ...]] = field(default_factory=dict)
    followers: Mapping[HolderId, int] = field(default_factory=dict)
    victim: HolderId | None = None
    shared: str | None = None
    between: tuple[HolderId, ...] = ()


class TraceWriter:
    """A writer of a trace. It reads recorded values and adds no value of its own.

    The ids of its secrets start with `prefix`, so that traces of several groups can be combined.
    """

    def __init__(self, suite: CipherSuite, group_id: bytes, *, prefix: str = "s") -> None:
        self._suite = suite
        self._group_id = group_id
        self.secrets = SecretTable(prefix)
        self._holders: list[TraceHolder] = []
        self._steps: list[TraceStep] = []
        self._tree: RatchetTree | None = None
        self._context = b""
        self._epoch = 0
        self._held: dict[HolderId, dict[SecretId, None]] = {}
        self._places: dict[HolderId, TracePlace | None] = {}
        self._by_signature_key: dict[bytes, HolderId] = {}
        self._at_leaf: dict[int, HolderId] = {}
        self._ciphertexts: dict[bytes, tuple[int, int]] = {}

    def trace(self) -> Trace:
        """The trace up to the last written step."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "suite": self._suite.name,
            "group_id": self._group_id.hex(),
            "holders": list(self._holders),
            "steps": list(self._steps),
        }

    def add_holder(
        self,
        holder: HolderId,
        name: str,
        kind: HolderKind,
        *,
        recorded: bool = True,
        signature_key: bytes | None = None,
    ) -> None:
        """Register a holder whose secrets are recorded; a member is recognised by its signature key."""
        self._holders.append({"id": holder, "name": name, "kind": kind, "recorded": recorded})
        if signature_key is not None:
            self._by_signature_key[signature_key] = holder

    def write(self, recorded_step: RecordedStep) -> TraceStep:
        """Add a step."""
        after = recorded_step.after
        if after is not None:
            self._epoch = after.epoch
            self.secrets.epoch_has(after.epoch, after.tree.leaf_count)
        epoch = None if self._tree is None and after is None else self._epoch
        performed = [operation for operations in recorded_step.operations.values() for operation in operations]
        step: TraceStep = {
            "kind": recorded_step.kind,
            "actor": recorded_step.actor,
            "now": recorded_step.now,
            "epoch": self._epoch,
            "tree": None,
            "context": None,
            "places": self._place_changes(recorded_step),
            "messages": [],
            "reads": [],
            "proposals": [],
            "commit": None,
            "operations": self._operations(recorded_step.operations, epoch),
            "secrets": {},
            "keys_learned": {},
            "keys_deleted": {},
        }
        state = recorded_step.before or after
        custom = frozenset[int]() if state is None else state.policy.custom
        for sent in recorded_step.messages:
            self._add_message(step, sent, recorded_step, performed, custom)
        step["reads"] = self._reads(recorded_step.operations)
        if after is not None:
            step["tree"] = self._tree_change(after)
            self._name_senders(step, performed)
            step["context"] = self._context_change(after)
        for holder, has in recorded_step.held.items():
            self._hold(step, holder, has, epoch)
        if recorded_step.victim is not None:
            step["victim"] = recorded_step.victim
            step["leaked"] = list(self._held[recorded_step.victim])
        if recorded_step.shared is not None:
            step["shared"], step["between"] = recorded_step.shared, list(recorded_step.between)
        step["secrets"] = self.secrets.take_changes()
        self._steps.append(step)
        return step

    # Secrets

    def _operations(
        self, recorded: Mapping[HolderId, Iterable[RecordedOperation]], epoch: int | None
    ) -> list[TraceOperation]:
        """The operations of the step; an operation that several holders performed alike is written once."""
        merged: dict[tuple[object, ...], TraceOperation] = {}
        for holder, operations in recorded.items():
            for entry in self.secrets.record(operations, holder, epoch):
                public = entry.get("public")
                alike = (entry["name"], entry["label"], entry["output"], public, *entry["inputs"])
                known = merged.setdefault(alike, entry)
                if holder not in known["by"]:
                    known["by"].append(holder)
        return list(merged.values())

    def _hold(self, step: TraceStep, holder: HolderId, has: object, epoch: int | None) -> None:
        if holder not in self._held:
            self._begin_in_the_middle(has)
        before = self._held.get(holder, {})
        now = {self.secrets.found(found, epoch): None for found in walk(has) if any(found.secret)}
        self._held[holder] = now
        if gained := [secret for secret in now if secret not in before]:
            step["keys_learned"][holder] = gained
        if lost := [secret for secret in before if secret not in now]:
            step["keys_deleted"][holder] = lost

    def _begin_in_the_middle(self, has: object) -> None:
        """Name the secrets of secret trees of which a state that is given has opened a part already."""
        for state in (has, *has) if isinstance(has, tuple) else (has,):
            if isinstance(state, GroupState):
                self.secrets.secret_tree_is(state.secret_tree, state.epoch)
                for past in state.past_epochs:
                    self.secrets.secret_tree_is(past.secret_tree, past.epoch)

    # Messages

    def _add_message(
        self,
        step: TraceStep,
        sent: Sent,
        recorded_step: RecordedStep,
        performed: Iterable[RecordedOperation],
        custom: frozenset[int],
    ) -> None:
        message: TraceMessage = {"kind": sent.kind, "sender": sent.sender, "wire": sent.wire.hex()}
        decoded = decode(MLSMessage, sent.wire, custom=custom)
        authenticated = open_recorded(decoded, performed, custom)
        opened = None if authenticated is None else authenticated.content
        if isinstance(decoded.message, PrivateMessage):
            self._ciphertexts[decoded.message.ciphertext] = len(self._steps), len(step["messages"])
            message["content"] = None if opened is None else encode(opened.content).hex()
            if authenticated is not None and isinstance(authenticated.content.content, Proposal):
                message["reference"] = proposal_ref(self._suite, authenticated).hex()
        step["messages"].append(message)
        before, after = recorded_step.before, recorded_step.after
        if opened is None or before is None:
            return
        if message["sender"] is None:
            sender = proposal_sender(opened)
            message["sender"] = self._at_leaf.get(sender) if isinstance(sender, int) else None
        if isinstance(opened.content, Proposal):
            proposal = SentProposal(opened.content.proposal, proposal_sender(opened))
            step["proposals"].append(describe_proposal(proposal))
        # every member refuses this commit, so there is no effect to describe
        if isinstance(opened.content, Commit) and (after is None or after.epoch != before.epoch):
            public = before.public if isinstance(before, GroupState) else before
            step["commit"] = describe_commit(public, opened, step["now"])

    def _name_senders(self, step: TraceStep, performed: Iterable[RecordedOperation]) -> None:
        """Name the senders of commits and Welcomes from the tree after the step, which contains newcomers too."""
        for message in step["messages"]:
            if message["sender"] is None and message["kind"] == "commit" and step["commit"] is not None:
                message["sender"] = self._at_leaf[step["commit"]["committer"]]
            welcome = decode(MLSMessage, bytes.fromhex(message["wire"]), custom=custom_types(step)).message
            if message["sender"] is None and isinstance(welcome, Welcome):
                signer = inviter(welcome, performed)
                message["sender"] = None if signer is None else self._at_leaf[signer]

    def _reads(self, recorded: Mapping[HolderId, Iterable[RecordedOperation]]) -> list[TraceRead]:
        """The holders that encrypted or decrypted a PrivateMessage in this step, whenever it was sent."""
        readers: dict[tuple[int, int], TraceRead] = {}
        for holder, operations in recorded.items():
            for operation in operations:
                ciphertext = operation.output if operation.name == "seal" else operation.public
                if operation.name in {"seal", "open"} and ciphertext in self._ciphertexts:
                    step, message = self._ciphertexts[ciphertext]
                    key = self.secrets.id_of(operation.inputs[0])
                    read: TraceRead = {"step": step, "message": message, "key": key, "by": []}
                    readers.setdefault((step, message), read)["by"].append(holder)
        return list(readers.values())

    # The public state of the group

    def _tree_change(self, after: GroupState | PublicGroup) -> TraceTree | None:
        """The changes of the tree; a subtree whose tree hash is the same has not changed and is skipped."""
        before, self._tree = self._tree, after.tree
        if before is not None and before.hash() == after.tree.hash():
            return None
        self._at_leaf = {leaf: holder for leaf, holder in self._at_leaf.items() if leaf < after.tree.leaf_count}
        tree: TraceTree = {
            "leaf_count": after.tree.leaf_count,
            "nodes": {},
            "keys": {},
            "members": {},
            "blank": [],
            "hashes": {},
        }
        for subtree in _changed(before, after.tree.head):
            key, node = str(subtree.index), subtree.node
            tree["hashes"][key] = subtree.tree_hash.hex()
            old = _content_at(before, subtree.index)
            if node == old:
                continue
            if node is None:
                tree["blank"].append(subtree.index)
                if subtree.index % 2 == 0:
                    self._at_leaf.pop(subtree.index // 2, None)
                continue
            tree["nodes"][key] = encode(Node(node)).hex()
            tree["keys"][key] = self.secrets.key_at(subtree.index, node.encryption_key, after.epoch)
            if isinstance(node, LeafNode):
                tree["members"][key] = self._member_at(subtree.index // 2, node)
        return tree

    def _member_at(self, leaf: int, leaf_node: LeafNode) -> HolderId:
        """The member at a leaf; a new leaf is recognised by its signature key, a changed leaf keeps its member."""
        joined = isinstance(leaf_node.leaf_node_source, KeyPackageSource) or leaf not in self._at_leaf
        if joined and leaf_node.signature_key not in self._by_signature_key:
            name = f"member {len(self._holders)}"
            self.add_holder(
                name,
                as_name(credential_name(leaf_node)) or f"leaf {leaf}",
                "member",
                recorded=False,
                signature_key=leaf_node.signature_key,
            )
        if joined:
            self._at_leaf[leaf] = self._by_signature_key[leaf_node.signature_key]
        return self._at_leaf[leaf]

    def _context_change(self, after: GroupState | PublicGroup) -> str | None:
        before, self._context = self._context, encode(after.context)
        return None if before == self._context else self._context.hex()

    def _place_changes(self, recorded_step: RecordedStep) -> dict[HolderId, TracePlace | None]:
        changes: dict[HolderId, TracePlace | None] = {}
        places: dict[HolderId, TracePlace | None] = {
            holder: {"leaf": None, "epoch": epoch} for holder, epoch in recorded_step.followers.items()
        }
        for holder, state in recorded_step.states.items():
            active = state is not None and state.active
            places[holder] = {"leaf": state.own_leaf, "epoch": state.epoch} if state and active else None
        for holder, place in places.items():
            if self._places.get(holder) != place:
                self._places[holder] = changes[holder] = place
        return changes


def _changed(before: RatchetTree | None, now: Subtree) -> Iterator[Subtree]:
    """All nodes whose tree hash has changed, from left to right."""
    known = before is not None and now.index < node_width(before.leaf_count)
    if before is not None and known and before.hash(now.index) == now.tree_hash:
        return
    if not isinstance(now, Leaf):
        yield from _changed(before, now.left)
    yield now
    if not isinstance(now, Leaf):
        yield from _changed(before, now.right)


def _content_at(tree: RatchetTree | None, x: NodeIndex) -> LeafNode | ParentNode | None:
    return tree.node(x) if tree is not None and x < node_width(tree.leaf_count) else None
