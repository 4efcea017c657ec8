"""Names of secrets: the RFC name, the epoch and the node follow from the operation that made a secret.

The label of a derivation gives the name of its output; the input gives its epoch and its node. A path secret gets the
node whose public key was derived from it.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench.inspect.trace import RecordedOperation
from workbench.inspect.trace_format import HolderId, SecretId, TraceOperation, TraceSecret
from workbench.inspect.trace_walk import Found
from workbench.mls import Malformed, NodeIndex, decode
from workbench.mls.schedule.secret_tree import OpenedParentSecrets, Ratchet, Ratchets, SecretTree, Subtree
from workbench.mls.tree.tree_math import left, right, root
from workbench.mls.wire.messages import GroupContext, GroupSecrets

EPOCH_SECRETS = {
    "sender data": "sender_data_secret",
    "encryption": "encryption_secret",
    "exporter": "exporter_secret",
    "external": "external_secret",
    "confirm": "confirmation_key",
    "membership": "membership_key",
    "resumption": "resumption_psk",
    "authentication": "epoch_authenticator",
    "init": "init_secret",
}
"""The labels of derivations from the epoch_secret, and the names of their outputs (RFC 9420 §8, table 4)."""

OTHER_SECRETS = {
    "joiner": "joiner_secret",
    "welcome": "welcome_secret",
    "epoch": "epoch_secret",
    "path": "path_secret",
    "node": "node_secret",
    "tree": "tree_node_secret",
    "handshake": "handshake_ratchet_secret",
    "application": "application_ratchet_secret",
    "derived psk": "psk_input",
    "exported": "exported_secret",
    "UpdatePathNode": "path_secret",
    "Welcome": "group_secrets",
    "external init secret": "external_init_secret",
}
EXTRACTED = {
    "init_secret": "extracted_secret",
    "external_init_secret": "extracted_secret",
    "joiner_secret": "member_secret",
    "psk_input": "psk_secret",
    None: "psk_extracted",
}
"""The name of the output of `KDF.Extract`, by the name of its salt; None is the all-zero salt."""

DRAWN = {"path secret": "path_secret", "epoch secret": "epoch_secret"}
"""The names of random secrets that are not seeds of key pairs, by their purpose."""

KEY_PAIRS = {"derive_key_pair": "private_key", "signature_key_pair": "signature_private_key"}
FOUND = {
    "private_keys": "private_key",
    "update_keys": "private_key",
    "update_signature_keys": "signature_private_key",
    "encryption_private_key": "private_key",
    "resumption_psks": "resumption_psk",
    "psks": "psk",
    "root": "encryption_secret",
}
"""The names of secrets in a state, for fields that have another name."""

VISIBLE = {"mac", "seal", "open", "encrypt_with_label"}
"""Operations whose outputs are not secrets: they are tags, ciphertexts, and contents of messages."""


class SecretTable:
    """All recorded secrets by id, and the operations that derive them from each other.

    An id is `prefix` and a number.
    """

    def __init__(self, prefix: str = "s") -> None:
        self._prefix = prefix
        self.entries: dict[SecretId, TraceSecret] = {}
        self.changed: dict[SecretId, TraceSecret] = {}
        self._by_value: dict[bytes, SecretId] = {}
        self._by_public: dict[bytes, SecretId] = {}
        self._origins: dict[SecretId, list[SecretId | None]] = {}
        self._nodes: dict[bytes, int] = {}
        self._leaf_counts: dict[int, int] = {}

    def take_changes(self) -> dict[SecretId, TraceSecret]:
        """The entries that are new or have changed since the last call."""
        taken, self.changed = self.changed, {}
        return taken

    def id_of(self, secret: bytes) -> SecretId:
        """The id of a recorded secret."""
        return self._by_value[secret]

    # What is known of the tree

    def key_at(self, node: int, public_key: bytes, epoch: int) -> SecretId:
        """The id of a node's key pair, whether its private key is known or not."""
        self._nodes[public_key] = node
        known = self.key_of(public_key, epoch)
        self._place(known, node)
        return known

    def key_of(self, public_key: bytes, epoch: int | None) -> SecretId:
        """The id of the private key of a public key, whether the private key is known or not."""
        entry: TraceSecret = {"name": "private_key", "value": None, "epoch": epoch, "node": None}
        return self._by_public.get(public_key) or self._new(entry, public=public_key)

    def epoch_has(self, epoch: int, leaf_count: int) -> None:
        """Register the number of leaves of an epoch's tree, which gives the secret tree its shape."""
        self._leaf_counts[epoch] = leaf_count

    # What was found in a state

    def found(self, found: Found, epoch: int | None) -> SecretId:
        """The id of a secret in a state; a secret that no operation made gets its name from the field that holds it."""
        known = self._by_value.get(found.secret)
        if known is not None:
            return known
        name = FOUND.get(found.name, found.name)
        public = found.key if found.name == "update_keys" and isinstance(found.key, bytes) else None
        node = found.key if found.name == "private_keys" and isinstance(found.key, int) else None
        return self._new(
            {"name": name, "value": found.secret.hex(), "epoch": epoch, "node": node}, found.secret, public
        )

    def is_private_key_of(self, private_key: bytes, public_key: bytes) -> None:
        """Register a key pair that was given, not derived."""
        if public_key not in self._by_public:
            entry: TraceSecret = {"name": "private_key", "value": private_key.hex(), "epoch": None, "node": None}
            self._new(entry, private_key, public_key)

    def secret_tree_is(self, tree: SecretTree, epoch: int) -> None:
        """Name the secrets of a secret tree that is partly opened already when the record begins."""
        waiting: list[tuple[int, Subtree]] = [(root(tree.leaf_count), tree.root)]
        while waiting:
            node, part = waiting.pop()
            match part:
                case OpenedParentSecrets():
                    waiting += [(right(NodeIndex(node)), part.right), (left(NodeIndex(node)), part.left)]
                case Ratchets():
                    for kind in ("handshake", "application"):
                        self._ratchet_is(f"{kind}_ratchet", getattr(part, kind), node, epoch)
                case bytes():
                    name = "encryption_secret" if part is tree.root else "tree_node_secret"
                    self._is(name, part, node, epoch)

    def _ratchet_is(self, name: str, ratchet: Ratchet, node: int, epoch: int) -> None:
        self._is(f"{name}_secret", ratchet.secret, node, epoch, ratchet.generation)
        for each in ratchet.skipped:
            self._is(f"{name}_key", each.key, node, epoch, each.generation)
            self._is(f"{name}_nonce", each.nonce, node, epoch, each.generation)

    def _is(self, name: str, secret: bytes, node: int, epoch: int, generation: int | None = None) -> None:
        entry: TraceSecret = {"name": name, "value": secret.hex(), "epoch": epoch, "node": node}
        if generation is not None:
            entry["generation"] = generation
        if secret not in self._by_value:
            self._new(entry, secret)

    # What was done

    def record(self, operations: Iterable[RecordedOperation], by: HolderId, epoch: int | None) -> list[TraceOperation]:
        """The operations of a holder in order, with ids for secrets; `epoch` is the holder's epoch after them."""
        entries: list[TraceOperation] = []
        for operation in operations:
            inputs = [self._input(operation, secret, epoch) for secret in operation.inputs if secret]
            output = None if operation.name in VISIBLE else self._output(operation, inputs, epoch)
            entry: TraceOperation = {
                "name": operation.name,
                "label": operation.label,
                "inputs": inputs,
                "output": output,
                "caller": operation.caller,
                "by": [by],
            }
            if operation.name in {"encrypt_with_label", "decrypt_with_label"}:
                entry["public"] = operation.public.hex()
            if operation.to:
                entry["to"] = self.key_of(operation.to, epoch)
            if operation.seed in self._by_value:
                entry["seed"] = self._by_value[operation.seed]
            if operation.label == "Welcome":
                entries += self._group_secrets(operation, entry, epoch)
            else:
                entries.append(entry)
            if output is not None:
                self._origins[output] = inputs
                self._learn_node(output, operation)
        return entries

    def _input(self, operation: RecordedOperation, secret: bytes, epoch: int | None) -> SecretId | None:
        if not any(secret):
            return None
        known = self._by_value.get(secret)
        if known is None:
            name = _input_name(operation)
            known = self._new({"name": name, "value": secret.hex(), "epoch": epoch, "node": None}, secret)
        entry = self.entries[known]
        if operation.name == "extract" and secret == operation.inputs[1] and entry["name"] == "path_secret":
            self._change(known, name="commit_secret", node=None)
        return known

    def _output(self, operation: RecordedOperation, inputs: list[SecretId | None], epoch: int | None) -> SecretId:
        known = self._by_value.get(operation.output)
        if known is not None:
            return known
        parent = None if not inputs or inputs[0] is None else self.entries[inputs[0]]
        entry: TraceSecret = {
            "name": _output_name(operation, parent),
            "value": operation.output.hex(),
            "epoch": _epoch_of(operation, parent, epoch),
            "node": None,
        }
        if operation.name == "derive_tree_secret":
            entry["generation"] = int.from_bytes(operation.context) + (operation.label == "secret")
        public = operation.public if operation.name.endswith("key_pair") else None
        return self._new(entry, operation.output, public)

    def _group_secrets(
        self, operation: RecordedOperation, entry: TraceOperation, epoch: int | None
    ) -> list[TraceOperation]:
        """A GroupSecrets and the secrets in it (RFC 9420 §12.4.3.1)."""
        sealing = operation.name == "encrypt_with_label"
        plaintext = operation.inputs[0] if sealing else operation.output
        group_secrets = decode(GroupSecrets, plaintext)
        inside = [(group_secrets.joiner_secret, "joiner_secret")]
        if group_secrets.path_secret is not None:
            inside.append((group_secrets.path_secret.path_secret, "path_secret"))
        whole = self._by_value[plaintext]
        parts: list[SecretId | None] = [
            self._by_value.get(secret)
            or self._new({"name": name, "value": secret.hex(), "epoch": epoch, "node": None}, secret)
            for secret, name in inside
        ]
        if sealing:
            return [_step("encode", parts, whole, entry), entry]
        for part in parts:
            if part is not None:
                self._origins.setdefault(part, [whole])
        return [entry, *(_step("decode", [whole], part, entry) for part in parts)]

    def _learn_node(self, output: SecretId, operation: RecordedOperation) -> None:
        parent = self._origins[output][0] if self._origins[output] else None
        if operation.name == "derive_key_pair" and operation.public in self._nodes:
            self._place(output, self._nodes[operation.public])
        elif self.entries[output]["node"] is not None:
            return
        elif operation.label in {"tree", "handshake", "application"} and parent is not None:
            above = self._secret_tree_node(parent)
            if above is not None and operation.label == "tree":
                above = (left if operation.context == b"left" else right)(NodeIndex(above))
            self._place(output, above)
        elif operation.name == "derive_tree_secret" and parent is not None:
            self._place(output, self.entries[parent]["node"])

    def _secret_tree_node(self, secret: SecretId) -> int | None:
        """The node of a secret of the secret tree, whose root is the encryption_secret (RFC 9420 §9)."""
        entry = self.entries[secret]
        if entry["name"] == "encryption_secret" and entry["node"] is None and entry["epoch"] in self._leaf_counts:
            self._place(secret, root(self._leaf_counts[entry["epoch"]]))
        return self.entries[secret]["node"]

    def _place(self, secret: SecretId, node: int | None) -> None:
        """Note the node of a secret. The path secret from which a private key was derived has the same node."""
        if node is None:
            return
        if self.entries[secret]["node"] != node:
            self._change(secret, node=node)
        if self.entries[secret]["name"] in {"private_key", "node_secret"}:
            for origin in self._origins.get(secret, ()):
                if origin is not None and self.entries[origin]["name"] in {"node_secret", "path_secret"}:
                    self._place(origin, node)

    # Entries

    def _new(self, entry: TraceSecret, secret: bytes | None = None, public: bytes | None = None) -> SecretId:
        known = None if public is None else self._by_public.get(public)
        if known is not None and secret is not None:
            self._by_value[secret] = known
            # until now only the public key was known, so that the name could not say what the key is for
            self._change(known, value=secret.hex(), name=entry["name"])
            return known
        name = f"{self._prefix}{len(self.entries)}"
        if public is not None:
            entry["public"] = public.hex()
            self._by_public[public] = name
            if public in self._nodes:
                entry["node"] = self._nodes[public]
        if secret is not None:
            self._by_value[secret] = name
        self.entries[name] = self.changed[name] = entry
        return name

    def _change(self, secret: SecretId, **changes: str | int | None) -> None:
        entry: TraceSecret = {**self.entries[secret], **changes}  # type: ignore[typeddict-item] # the keys are those of a Secret
        self.entries[secret] = self.changed[secret] = entry


def _step(name: str, inputs: list[SecretId | None], output: SecretId | None, beside: TraceOperation) -> TraceOperation:
    return {
        "name": name,
        "label": "GroupSecrets",
        "inputs": inputs,
        "output": output,
        "caller": beside["caller"],
        "by": list(beside["by"]),
    }


def _output_name(operation: RecordedOperation, parent: TraceSecret | None) -> str:
    above = None if parent is None else parent["name"]
    name = EPOCH_SECRETS.get(operation.label) or OTHER_SECRETS.get(operation.label, "secret")
    match operation.name, operation.label, above:
        case "extract", _, _:
            name = EXTRACTED.get(above, "extracted_secret")
        case "derive_key_pair", _, "external_secret":
            name = "external_priv"
        case "derive_key_pair" | "signature_key_pair", _, _:
            name = KEY_PAIRS[operation.name]
        case "fresh", purpose, _:
            name = DRAWN.get(purpose, "random_seed")
        case _, _, "exporter_secret":
            name = "derived_exporter_secret"
        case _, ("key" | "nonce") as label, str(above):
            name = f"{above.removesuffix('_secret')}_{label}"
        case _, "secret", str(above):
            name = above
        case _:
            pass
    return name


def _input_name(operation: RecordedOperation) -> str:
    """The name of a secret that no recorded operation made, from the operation that uses it."""
    match operation.name, operation.label:
        case "derive_secret", label if label in EPOCH_SECRETS:
            name = "epoch_secret"
        case (("derive_secret" | "encrypt_with_label"), ("path" | "node" | "UpdatePathNode")):
            name = "path_secret"
        case "fresh", _:
            name = "randomness"
        case (("derive_key_pair" | "signature_key_pair"), _):
            name = "random_seed"
        case (("decrypt_with_label" | "export_from"), _):
            name = "private_key"
        case "encrypt_with_label", _:
            name = "group_secrets"
        case "extract", _:
            name = "psk" if operation.caller.endswith("psk_secret") else "commit_secret"
        case _:
            name = "secret"
    return name


def _epoch_of(operation: RecordedOperation, parent: TraceSecret | None, epoch: int | None) -> int | None:
    """The epoch of an output: the epoch of the GroupContext it is bound to, otherwise the epoch of its input.

    Only the first epoch_secret of a group is random (RFC 9420 §11); it belongs to epoch 0.
    """
    if operation.name == "fresh" and operation.label == "epoch secret":
        return 0
    if operation.label in {"joiner", "epoch", "UpdatePathNode"}:
        try:
            return decode(GroupContext, operation.context).epoch
        except Malformed:
            return epoch
    if parent is None or parent["epoch"] is None or operation.name == "derive_key_pair":
        return epoch
    if operation.name == "extract" and parent["name"] == "init_secret":
        return parent["epoch"] + 1
    return epoch if operation.label == "Welcome" else parent["epoch"]
