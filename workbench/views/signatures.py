"""Who signed each message of a trace, and who has checked it: the engine here, or the devices that decrypted it.

A public message is checked here again, with the signature key of the leaf that it names and the group context of its
epoch. The signature of a private message is inside the ciphertext: only a device that decrypts it can check it, and a
device that shows the content has done so (RFC 9420 §6.3.1). What nobody could check is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypedDict

from workbench.inspect.names import as_name, as_subject, briefly, credential_name, shortened, upper_first
from workbench.inspect.trace_format import HolderId, MessageKind, Trace, TraceMessage, TraceStep, custom_types
from workbench.mls import CIPHER_SUITES, CipherSuite, LeafNode, MLSMessage, decode
from workbench.mls.errors import MLSError
from workbench.mls.framing.content import verify_content
from workbench.mls.framing.public_content import read_public
from workbench.mls.group.signatures import verify_group_info
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.tree.tree_math import node_width
from workbench.mls.wire.messages import (
    ExternalSenderIndex,
    FramedContent,
    GroupContext,
    GroupInfo,
    MemberSender,
    PrivateMessage,
    PublicMessage,
    Welcome,
)
from workbench.mls.wire.proposals import Add, Commit, Proposal
from workbench.mls.wire.tree import Node, UpdatePath

SignatureState = Literal["verified", "decrypted", "failed", "unknown"]
CHECKED_AT_MOST = 5_000
"""So many public messages of one trace are checked again."""
KINDS: Mapping[MessageKind, str] = {
    "application": "message",
    "proposal": "proposal",
    "commit": "commit",
    "welcome": "Welcome",
    "key_package": "key package",
    "group_info": "GroupInfo",
}


class SignatureView(TypedDict):
    """A signature of a message, in words: whose it is, the start of the public key, and who has checked it.

    `state` is "verified" (checked here by the engine), "decrypted" (by the devices that decrypted the message),
    "failed" or "unknown". `kind` is that of the message. `section` is the section of RFC 9420 with the check.
    """

    kind: str
    state: SignatureState
    by: str
    key: str
    words: str
    section: str


@dataclass(slots=True)
class SignatureChecks:
    """The checks of one trace, step by step: `leaves` are the leaves of the tree as it is after the steps so far."""

    suite: CipherSuite
    names: Mapping[HolderId, str]
    leaves: dict[int, LeafNode] = field(default_factory=dict)
    contexts: dict[int, tuple[GroupContext, dict[int, LeafNode]]] = field(default_factory=dict)
    checked: int = 0

    @classmethod
    def of(cls, trace: Trace) -> SignatureChecks:
        """The checks of a trace before its first step."""
        suite = next(suite for suite in CIPHER_SUITES.values() if suite.name == trace["suite"])
        return cls(suite, {holder["id"]: shortened(holder["name"]) for holder in trace["holders"]})

    def apply(self, step: TraceStep, index: int) -> list[SignatureView]:
        """Check what a step sent, and go on to the state after the step."""
        custom = custom_types(step)
        decoded = [decode(MLSMessage, bytes.fromhex(each["wire"]), custom=custom).message for each in step["messages"]]
        before = [self._of_framed(step, index, place, message) for place, message in enumerate(decoded)]
        self._advance(step)
        after = [self._of_tree(step, place, message) for place, message in enumerate(decoded)]
        return [one for one in (*before, *after) if one is not None]

    def _advance(self, step: TraceStep) -> None:
        tree = step["tree"]
        if tree is not None:
            self.leaves = {
                leaf: node for leaf, node in self.leaves.items() if 2 * leaf < node_width(tree["leaf_count"])
            }
            for node in tree["blank"]:
                self.leaves.pop(node // 2, None) if node % 2 == 0 else None
            for node_index, encoded in tree["nodes"].items():
                match decode(Node, bytes.fromhex(encoded)).node:
                    case LeafNode() as leaf_node:
                        self.leaves[int(node_index) // 2] = leaf_node
        if step["context"] is not None:
            self.contexts[step["epoch"]] = decode(GroupContext, bytes.fromhex(step["context"])), dict(self.leaves)

    # Proposals, commits and application messages (RFC 9420 §6.1)

    def _of_framed(self, step: TraceStep, index: int, place: int, decoded: object) -> SignatureView | None:
        message = step["messages"][place]
        match decoded:
            case PublicMessage():
                return self._of_public(KINDS[message["kind"]], decoded)
            case PrivateMessage():
                return self._of_private(step, index, place, message)
        return None

    def _of_public(self, kind: str, public: PublicMessage) -> SignatureView:
        content = public.content
        context, leaves = self.contexts.get(content.epoch, (None, {}))
        by, key = _signer(content, context, leaves)
        if key is None or self.checked >= CHECKED_AT_MOST:
            why = "was not checked" if key is not None else "has no known key"
            return _view(kind, "unknown", by, key, f"The signature of the {kind}, from {by}, {why}.", "6.1")
        self.checked += 1
        try:
            verify_content(self.suite, read_public(public), key, context)
        except MLSError as problem:
            return _view(kind, "failed", by, key, f"The {kind} names {by} as its sender: {problem.reason}.", "6.1")
        return _view(kind, "verified", by, key, f"{as_subject(by)} signed the {kind}; the signature verifies.", "6.1")

    def _of_private(self, step: TraceStep, index: int, place: int, message: TraceMessage) -> SignatureView:
        kind, sender = KINDS[message["kind"]], message["sender"]
        readers = [
            holder
            for read in step["reads"]
            if (read["step"], read["message"]) == (index, place)
            for holder in read["by"]
            if holder != sender and holder in self.names
        ]
        if sender is None or sender not in self.names or not readers:
            by = "somebody" if sender is None else self.names.get(sender, "somebody")
            words = f"The {kind} is encrypted, and no device in this record has decrypted it: its signature is unknown."
            return _view(kind, "unknown", by, None, words, "6.3.1")
        by, who = self.names[sender], briefly([self.names[holder] for holder in readers])
        words = f"{as_subject(by)} signed the {kind}; {who} decrypted it and verified the signature."
        return _view(kind, "decrypted", by, None, words, "6.3.1")

    # GroupInfo and Welcome, whose signer is a leaf of the tree after the step (RFC 9420 §12.4.3)

    def _of_tree(self, step: TraceStep, place: int, decoded: object) -> SignatureView | None:
        message = step["messages"][place]
        match decoded:
            case GroupInfo():
                return self._of_group_info(decoded)
            case Welcome():
                joined = [
                    self.names[holder] for holder, seat in step["places"].items() if seat and holder in self.names
                ]
                sender = None if message["sender"] is None else self.names[message["sender"]]
                others = [name for name in joined if name != sender]
                if sender is None or not others:
                    return None
                words = f"{as_subject(sender)} signed the GroupInfo in the Welcome; {briefly(others)} verified it."
                return _view(KINDS["welcome"], "decrypted", sender, None, words, "12.4.3.1")
        return None

    def _of_group_info(self, info: GroupInfo) -> SignatureView:
        kind, section, signer = KINDS["group_info"], "12.4.3", self.leaves.get(info.signer)
        by = _name(signer, info.signer)
        if signer is None:
            return _view(kind, "unknown", by, None, f"The {kind} is signed by {by}, whose key is unknown.", section)
        key = signer.signature_key
        try:
            verify_group_info(self.suite, info, key)
        except MLSError as problem:
            return _view(kind, "failed", by, key, f"{upper_first(problem.reason)}.", section)
        return _view(kind, "verified", by, key, f"{as_subject(by)} signed a {kind}; the signature verifies.", section)


def _signer(
    content: FramedContent, context: GroupContext | None, leaves: Mapping[int, LeafNode]
) -> tuple[str, bytes | None]:
    """Who signed a public message according to the message, and the public key of it, None if it is not known."""
    match content.sender.sender, content.content:
        case MemberSender(leaf), _:
            signer = leaves.get(leaf)
            return _name(signer, leaf), None if signer is None else signer.signature_key
        case ExternalSenderIndex(index), _:
            allowed = () if context is None else external_senders_in(context.extensions)
            return f"external sender {index}", allowed[index].signature_key if index < len(allowed) else None
        case _, Proposal(Add(key_package)):
            return _name(key_package.leaf_node, None), key_package.leaf_node.signature_key
        case _, Commit(_, UpdatePath(leaf_node)):
            return _name(leaf_node, None), leaf_node.signature_key
    return "somebody", None


def _name(leaf_node: LeafNode | None, leaf: int | None) -> str:
    name = "" if leaf_node is None else credential_name(leaf_node)
    return shortened(as_name(name)) if name else "a newcomer" if leaf is None else f"leaf {leaf}"


def _view(kind: str, state: SignatureState, by: str, key: bytes | None, words: str, section: str) -> SignatureView:
    return {
        "kind": kind,
        "state": state,
        "by": by,
        "key": "" if key is None else key.hex(),
        "words": words,
        "section": section,
    }
