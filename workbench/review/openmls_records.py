"""The storage records of OpenMLS 0.8: a member's state in JSON, one record a part, which give a state of ours.

A record has a label ("MessageSecrets"), a key (the JSON of a group id) and a value. `MemoryStorage` keeps all of them
in one table of bytes, and gbp-stack exports that table; `openmls_sqlite_storage` keeps them in tables of SQLite.

Secrets of past epochs are left out, because OpenMLS keeps no tree with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.mls import (
    CIPHER_SUITES,
    CipherSuite,
    GroupState,
    KeyPackage,
    KeyPackageBundle,
    LeafIndex,
    Policy,
    RatchetTree,
    RatchetTreeExtension,
    cipher_suite,
    decode,
)
from workbench.mls.group.public_group import public_epoch
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.schedule.secret_tree import (
    MessageKey,
    OpenedParentSecrets,
    Ratchet,
    RatchetLimits,
    Ratchets,
    SecretTree,
    Subtree,
)
from workbench.mls.tree.tree_math import NodeIndex
from workbench.mls.wire.lengths import vector
from workbench.mls.wire.messages import GroupContext

VERSION = b"\0\1"
"""What each key of a record ends with: the version of the storage format."""

SQLITE_NAMES = {
    "tree": "Tree",
    "interim_transcript_hash": "InterimTranscriptHash",
    "context": "GroupContext",
    "confirmation_tag": "ConfirmationTag",
    "group_state": "GroupState",
    "message_secrets": "MessageSecrets",
    "resumption_psk_store": "ResumptionPsk",
    "own_leaf_index": "OwnLeafNodeIndex",
    "group_epoch_secrets": "EpochSecrets",
    "join_group_config": "MlsGroupJoinConfig",
}
"""The labels of the records by their names in the column `data_type` of `openmls_group_data`."""


def records_in_export(raw: bytes) -> OpenMLSRecords | None:
    """The records in what gbp-stack exports: lengths and counts of four bytes, little endian; None for other bytes."""
    length, count = (int.from_bytes(raw[at : at + 4], "little") for at in (0, 4))
    if not (len(raw) >= length + 4 and 0 < count <= len(raw) // 8 and raw[12:13].isalpha()):
        return None
    records: dict[tuple[str, bytes], bytes] = {}
    at = 8
    for _ in range(count):
        parts = []
        for _ in range(2):
            size = int.from_bytes(raw[at : at + 4], "little")
            parts.append(raw[at + 4 : at + 4 + size])
            at += 4 + size
        name, data = parts
        label = name[: len(name) - len(name.lstrip(_LETTERS))].decode()
        if at > length + 4 or not name.endswith(VERSION):
            return None
        records[label, name[len(label) : -len(VERSION)]] = data
    return OpenMLSRecords(records)


_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class OpenMLSRecords:
    """The records of one client: the value of each, in JSON, by its label and its key."""

    records: Mapping[tuple[str, bytes], bytes] = field(repr=False)

    def states(self, policy: Policy) -> tuple[GroupState, ...]:
        """The state of each group for which all parts are there, that of the latest epoch first.

        OpenMLS exports its records in an order that differs from time to time.

        Raises ValueError for a tree without the tree hash of its epoch, and what a part that is missing or has another
        form raises: `MLSError`, KeyError, IndexError, TypeError or AttributeError.
        """
        groups = [key for label, key in self.records if label == "MessageSecrets"]
        states = (self._state(group, policy) for group in groups)
        return tuple(sorted(states, key=lambda state: (-state.epoch, state.group_id)))

    def bundles(self) -> tuple[KeyPackageBundle, ...]:
        """The key packages that wait for a Welcome, with their private keys. Raises as `states` does."""
        return tuple(map(self._bundle, self._all("KeyPackage")))

    def _state(self, group: bytes, policy: Policy) -> GroupState:
        message = self._value("MessageSecrets", group)["message_secrets"]
        context = decode(GroupContext, bytes(message["serialized_context"]))
        suite = cipher_suite(context.cipher_suite)
        tree = _tree(self._value("Tree", group)["tree"], suite)
        if tree.hash() != context.tree_hash:
            raise ValueError("the ratchet tree in the records of OpenMLS does not have the tree hash of the epoch")
        own_leaf = LeafIndex(self._value("OwnLeafNodeIndex", group))
        secrets = {name: _bytes(value) for name, value in self._value("EpochSecrets", group).items()}
        psks = self._value("ResumptionPsk", group)["resumption_psk"]
        tag = _bytes(self._value("ConfirmationTag", group))
        return GroupState(
            public=public_epoch(suite, context, tree, tag, self._policy(group, policy)),
            own_leaf=own_leaf,
            private_keys=dict(self._private_keys(group, context.epoch, own_leaf, tree)),
            signature_private_key=self._signature_key(tree.member(own_leaf).signature_key),
            secrets=EpochSecrets(
                sender_data_secret=_bytes(message["sender_data_secret"]),
                membership_key=_bytes(message["membership_key"]),
                confirmation_key=_bytes(message["confirmation_key"]),
                **secrets,
            ),
            secret_tree=_secret_tree(message["secret_tree"], suite),
            confirmation_tag=tag,
            resumption_psks={epoch: _bytes(psk) for epoch, psk in psks} | {context.epoch: secrets["resumption_psk"]},
            first_epoch=context.epoch,
            active=self._value("GroupState", group) == "Operational",
        )

    def _policy(self, group: bytes, policy: Policy) -> Policy:
        """The policy of the device: the given one, with the limits that are stored with the group."""
        if ("MlsGroupJoinConfig", group) not in self.records:
            return policy
        stored = self._value("MlsGroupJoinConfig", group)
        ratchets = stored["sender_ratchet_configuration"]
        return replace(
            policy,
            ratchets=RatchetLimits(ratchets["maximum_forward_distance"], ratchets["out_of_order_tolerance"]),
            past_epochs=stored["max_past_epochs"],
        )

    def _private_keys(
        self, group: bytes, epoch: int, own_leaf: LeafIndex, tree: RatchetTree
    ) -> Iterator[tuple[NodeIndex, bytes]]:
        """The HPKE private keys of the member's leaf and of the nodes above it, by their nodes."""
        pairs = self._value("EpochKeyPairs", group + str(epoch).encode() + str(own_leaf).encode())
        private = {_bytes(pair["public_key"]): _bytes(pair["private_key"]) for pair in pairs}
        places = [(NodeIndex(2 * leaf), node.encryption_key) for leaf, node in tree.leaves() if leaf == own_leaf]
        places += [(each.index, parent.encryption_key) for each, parent in tree.parents()]
        yield from ((node, private[key]) for node, key in places if key in private)

    def _signature_key(self, public_key: bytes) -> bytes:
        """The signature private key of a member. Raises KeyError if the records have another client's."""
        found = {bytes(pair["public"]): bytes(pair["private"]) for pair in self._all("SignatureKeyPair")}
        return found[public_key]

    def _bundle(self, value: Any) -> KeyPackageBundle:
        package = value["key_package"]
        payload = package["payload"]
        suite = _number(payload["ciphersuite"], _suites())
        encoded = (
            _u16(_number(payload["protocol_version"], _VERSIONS))
            + _u16(suite)
            + vector(_bytes(payload["init_key"]))
            + _leaf_node(payload["leaf_node"])
            + _extensions(payload["extensions"])
            + vector(_bytes(package["signature"]))
        )
        key_package = decode(KeyPackage, encoded)
        return KeyPackageBundle(
            key_package,
            _bytes(value["private_init_key"]),
            _bytes(value["private_encryption_key"]),
            self._signature_key(key_package.leaf_node.signature_key),
        )

    def _value(self, label: str, key: bytes) -> Any:
        return json.loads(self.records[label, key])

    def _all(self, label: str) -> Iterator[Any]:
        return (json.loads(value) for (name, _), value in self.records.items() if name == label)


def _bytes(value: Any) -> bytes:
    """The bytes in a value: JSON names each type around them, as in {"secret": {"value": {"vec": [1, 2]}}}."""
    while isinstance(value, dict):
        (value,) = value.values()
    return bytes(value)


# The ratchet tree, written as RFC 9420 §12.4.3.3 does, and read by our decoder

_VERSIONS = {"Mls10": 1}
_CREDENTIALS = {"Basic": 1, "X509": 2}
_EXTENSIONS = {
    "ApplicationId": 1,
    "RatchetTree": 2,
    "RequiredCapabilities": 3,
    "ExternalPub": 4,
    "ExternalSenders": 5,
    "LastResort": 10,
}
_PROPOSALS = {
    "Add": 1,
    "Update": 2,
    "Remove": 3,
    "PreSharedKey": 4,
    "Reinit": 5,
    "ExternalInit": 6,
    "GroupContextExtensions": 7,
    "SelfRemove": 10,
}


def _tree(value: Mapping[str, Any], suite: CipherSuite) -> RatchetTree:
    nodes = []
    for at, leaf in enumerate(value["leaf_nodes"]):
        nodes.append(b"\0" if leaf["node"] is None else b"\1\1" + _leaf_node(leaf["node"]))
        parent = value["parent_nodes"][at]["node"] if at < len(value["parent_nodes"]) else None
        nodes.append(b"\0" if parent is None else b"\1\2" + _parent_node(parent))
    while nodes[-1] == b"\0":
        nodes.pop()
    return RatchetTree.from_nodes(decode(RatchetTreeExtension, vector(b"".join(nodes))).ratchet_tree, suite)


def _parent_node(value: Mapping[str, Any]) -> bytes:
    unmerged = b"".join(leaf.to_bytes(4, "big") for leaf in value["unmerged_leaves"]["list"])
    return vector(_bytes(value["encryption_key"])) + vector(_bytes(value["parent_hash"])) + vector(unmerged)


def _leaf_node(value: Mapping[str, Any]) -> bytes:
    payload = value["payload"]
    credential, capabilities = payload["credential"], payload["capabilities"]
    return (
        vector(_bytes(payload["encryption_key"]))
        + vector(_bytes(payload["signature_key"]))
        + _u16(_number(credential["credential_type"], _CREDENTIALS))
        + vector(_bytes(credential["serialized_credential_content"]))
        + _numbers(capabilities["versions"], _VERSIONS)
        + _numbers(capabilities["ciphersuites"], {})
        + _numbers(capabilities["extensions"], _EXTENSIONS)
        + _numbers(capabilities["proposals"], _PROPOSALS)
        + _numbers(capabilities["credentials"], _CREDENTIALS)
        + _source(payload["leaf_node_source"])
        + _extensions(payload["extensions"])
        + vector(_bytes(value["signature"]))
    )


def _source(value: Any) -> bytes:
    match value:
        case {"KeyPackage": lifetime}:
            times = (lifetime["not_before"], lifetime["not_after"])
            return b"\1" + b"".join(time.to_bytes(8, "big") for time in times)
        case {"Commit": parent_hash}:
            return b"\3" + vector(_bytes(parent_hash))
        case _:
            return b"\2"


def _extensions(value: Mapping[str, Any]) -> bytes:
    return vector(b"".join(map(_extension, value["unique"])))


def _extension(value: Any) -> bytes:
    match value:
        case {"ApplicationId": contents}:
            return _u16(_EXTENSIONS["ApplicationId"]) + vector(vector(_bytes(contents)))
        case {"Unknown": [kind, contents]}:
            return _u16(kind) + vector(_bytes({"": contents}))
        case "LastResort" | {"LastResort": _}:
            return _u16(_EXTENSIONS["LastResort"]) + vector(b"")
    raise ValueError(f"an extension of OpenMLS is not known here: {value if isinstance(value, str) else [*value]}")


def _numbers(values: list[Any], names: Mapping[str, int]) -> bytes:
    return vector(b"".join(_u16(_number(value, names)) for value in values))


def _number(value: Any, names: Mapping[str, int]) -> int:
    """The number of a code point: OpenMLS writes a name, a number, or a name with a number ({"Grease": 2570})."""
    if isinstance(value, str):
        return names[value]
    if isinstance(value, dict):
        (value,) = value.values()
    return int(value)


def _suites() -> Mapping[str, int]:
    return {suite.name: number for number, suite in CIPHER_SUITES.items()}


def _u16(number: int) -> bytes:
    return number.to_bytes(2, "big")


# The secret tree: a secret for each node that is not opened, two ratchets for each leaf that is


def _secret_tree(value: Mapping[str, Any], suite: CipherSuite) -> SecretTree:
    secrets: dict[int, bytes] = {}
    for shift, name in enumerate(("leaf_nodes", "parent_nodes")):
        secrets |= {2 * at + shift: _bytes(node) for at, node in enumerate(value[name]) if node is not None}
    both = zip(value["handshake_sender_ratchets"], value["application_sender_ratchets"], strict=True)
    ratchets = {
        leaf: Ratchets(_ratchet(handshake), _ratchet(application))
        for leaf, (handshake, application) in enumerate(both)
        if handshake is not None and application is not None
    }
    leaf_count = (value["size"] + 1) // 2
    return SecretTree(suite, leaf_count, subtree_of(secrets, ratchets, 0, leaf_count))


def subtree_of(secrets: Mapping[int, bytes], ratchets: Mapping[int, Ratchets], first: int, width: int) -> Subtree:
    """The part of a secret tree above `width` leaves from `first` on, from its secrets by node and ratchets by leaf.

    Raises KeyError for a leaf of which there is neither a ratchet nor a secret above it.
    """
    node = 2 * first + width - 1
    if node in secrets:
        return secrets[node]
    if width == 1:
        return ratchets[first]
    half = width // 2
    left, right = (subtree_of(secrets, ratchets, at, half) for at in (first, first + half))
    return OpenedParentSecrets(left, right)


def _ratchet(value: Mapping[str, Any]) -> Ratchet:
    """A ratchet: one for sending has its secret only; one for receiving also has the skipped keys, the latest first."""
    ((_, contents),) = value.items()
    head = contents.get("ratchet_head", contents)
    generation = head["generation"]
    skipped = [
        MessageKey(generation - 1 - at, _bytes(kept[0]["value"]), bytes(kept[1]))
        for at, kept in enumerate(contents.get("past_secrets", ()))
        if kept is not None
    ]
    return Ratchet(_bytes(head["secret"]), generation, tuple(reversed(skipped)))
