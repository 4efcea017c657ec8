"""Evidence as a file: the leaked secrets and all messages on the wire, as JSON with bytes in hexadecimal.

The file is the only input of the attacker's program (`recovery`). A learner who breaks an epoch by hand gets the same
file. `public` has the tree and the context of each epoch: the server knows them, and the attacker controls the server.
`beside` has other groups of the same people, because a secret of one group may help in another.

Each leaked secret is an object. Its field `is` names its class, and the other fields are those of the class. A wire
struct is written as its encoding.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any, TypeAlias, get_args, get_type_hints

from workbench.adversary.leaked_secrets import EpochKeys, Item, LeakedSecrets, PrivateKey
from workbench.mls import (
    CipherSuite,
    KeyPackage,
    LeafIndex,
    MLSMessage,
    PublicGroup,
    RatchetTree,
    RatchetTreeExtension,
    ReInit,
    SentProposal,
    Welcome,
    cipher_suite,
    decode,
    encode,
)
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.schedule.secret_tree import MessageKey, OpenedParentSecrets, Ratchet, Ratchets, SecretTree
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.messages import GroupContext, GroupInfo, MemberSender, PrivateMessage, PublicMessage, Sender
from workbench.mls.wire.proposals import Proposal

FORMAT = "mls-workbench/evidence"

OnTheWire: TypeAlias = PublicMessage | PrivateMessage | Welcome | GroupInfo | KeyPackage
JSON: TypeAlias = Any
"""What `json` reads and writes."""


@dataclass(frozen=True, slots=True, repr=False)
class GroupEvidence:
    """What everybody can know of one group: the public part of its epochs, and every message in order."""

    suite: CipherSuite
    group_id: bytes
    public: tuple[PublicGroup, ...]
    wire: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.wire)} messages on the wire)"

    @property
    def groups(self) -> Mapping[int, PublicGroup]:
        """The public part of each epoch, by the number of the epoch."""
        return {group.context.epoch: group for group in self.public}

    @property
    def messages(self) -> tuple[OnTheWire, ...]:
        """The messages on the wire, decoded."""
        return tuple(decode(MLSMessage, message).message for message in self.wire)


@dataclass(frozen=True, slots=True, repr=False)
class Evidence(GroupEvidence):
    """What the attacker has: one group, the leaked secrets, and the other groups of the same people (`beside`)."""

    leaked_secrets: LeakedSecrets
    beside: tuple[GroupEvidence, ...] = ()

    def __repr__(self) -> str:
        return f"Evidence({len(self.leaked_secrets)} leaked items, {len(self.wire)} messages on the wire)"

    @property
    def private_keys(self) -> Mapping[bytes, bytes]:
        """The leaked private keys of leaves and other nodes, by their public keys."""
        return {item.public_key: item.private_key for item in self.leaked_secrets if isinstance(item, PrivateKey)}

    @property
    def secrets(self) -> Mapping[int, EpochSecrets]:
        """The leaked epoch secrets, by the number of the epoch."""
        return {item.epoch: item.secrets for item in self.leaked_secrets if isinstance(item, EpochKeys)}


class InvalidEvidence(Exception):
    """A file that does not have the format of `write_evidence`; the message says what is wrong."""


def write_evidence(evidence: Evidence) -> str:
    """Write evidence as JSON."""
    return json.dumps({"format": FORMAT, **_written(evidence)}, indent=1)


def read_evidence(text: str) -> Evidence:
    """Read evidence from JSON. Raises `InvalidEvidence`, or the engine's error if a wire struct does not decode."""
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise InvalidEvidence(f"The format is {content['format']!r}, not {FORMAT!r}")
        return Evidence(
            *_group(content),
            tuple(_item(each) for each in content["leaked_secrets"]),
            tuple(GroupEvidence(*_group(each)) for each in content["beside"]),
        )
    except (ValueError, TypeError, RecursionError) as problem:
        raise InvalidEvidence(f"This is not evidence in JSON: {problem}") from None
    except KeyError as problem:
        raise InvalidEvidence(f"Evidence needs {problem}, and this has none there") from None


# Writing


def _written(value: object) -> JSON:
    written: JSON = value
    match value:
        case bytes():
            written = value.hex()
        case CipherSuite():
            written = value.id
        case RatchetTree():
            written = encode(RatchetTreeExtension(value.to_nodes())).hex()
        case SentProposal(proposal, sender):
            framed = Sender(MemberSender(sender)) if isinstance(sender, int) else Sender(sender)
            written = {"proposal": _written(Proposal(proposal)), "sender": _written(framed)}
        case Enum():
            written = value.name
        case tuple():
            written = [_written(each) for each in value]
        case Mapping():
            written = {_written(key): _written(each) for key, each in value.items()}
        case _ if type(value).__module__.startswith("workbench.mls.wire."):
            written = encode(value).hex()
        case _ if is_dataclass(value):
            named = {each.name: _written(getattr(value, each.name)) for each in fields(value) if each.name != "policy"}
            written = {"is": type(value).__name__, **named}
    return written


# Reading


def _group(written: JSON) -> tuple[CipherSuite, bytes, tuple[PublicGroup, ...], tuple[bytes, ...]]:
    return (
        cipher_suite(written["suite"]),
        bytes.fromhex(written["group_id"]),
        tuple(_public_group(each) for each in written["public"]),
        tuple(bytes.fromhex(message) for message in written["wire"]),
    )


ITEMS: Mapping[str, type[Any]] = {item.__name__: item for item in get_args(Item)}
"""The classes of leaked secrets, by name."""


def _item(written: JSON) -> Item:
    if written["is"] == PublicGroup.__name__:
        return _public_group(written)
    cls = ITEMS[written["is"]]
    item: Item = cls(**{name: _field(hint, written[name]) for name, hint in get_type_hints(cls).items()})
    return item


def _field(hint: object, written: JSON) -> object:
    if hint is bytes:
        return bytes.fromhex(written)
    if hint is KeyPackage:
        return decode(KeyPackage, bytes.fromhex(written))
    if hint is ContentType:
        return ContentType[written]
    if hint is SecretTree:
        return SecretTree(cipher_suite(written["suite"]), written["leaf_count"], _subtree(written["root"]))
    if hint in {EpochSecrets, MessageKey}:
        return _secrets(hint, written)
    return written


def _secrets(cls: Any, written: JSON) -> Any:
    return cls(**{name: _field(hint, written[name]) for name, hint in get_type_hints(cls).items()})


def _subtree(written: JSON) -> bytes | OpenedParentSecrets | Ratchets:
    if isinstance(written, str):
        return bytes.fromhex(written)
    if written["is"] == OpenedParentSecrets.__name__:
        return OpenedParentSecrets(_subtree(written["left"]), _subtree(written["right"]))
    return Ratchets(_ratchet(written["handshake"]), _ratchet(written["application"]))


def _ratchet(written: JSON) -> Ratchet:
    skipped = tuple(_secrets(MessageKey, each) for each in written["skipped"])
    return Ratchet(bytes.fromhex(written["secret"]), written["generation"], skipped)


def _public_group(written: JSON) -> PublicGroup:
    suite = cipher_suite(written["suite"])
    nodes = decode(RatchetTreeExtension, bytes.fromhex(written["tree"])).ratchet_tree
    return PublicGroup(
        suite,
        decode(GroupContext, bytes.fromhex(written["context"])),
        RatchetTree.from_nodes(nodes, suite),
        bytes.fromhex(written["interim_transcript_hash"]),
        {bytes.fromhex(reference): _sent(reference, each) for reference, each in written["proposals"].items()},
        reinit=None if written["reinit"] is None else decode(ReInit, bytes.fromhex(written["reinit"])),
    )


def _sent(reference: str, written: JSON) -> SentProposal:
    sender = decode(Sender, bytes.fromhex(written["sender"])).sender
    proposal = decode(Proposal, bytes.fromhex(written["proposal"])).proposal
    leaf = LeafIndex(sender.leaf_index) if isinstance(sender, MemberSender) else sender
    return SentProposal(proposal, leaf, bytes.fromhex(reference))
