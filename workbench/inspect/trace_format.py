"""The trace of a group: everything that was recorded, as JSON (docs/trace.md).

Bytes are lower-case hexadecimal. Nodes are node indices, in decimal if they are keys. Equal bytes are the same secret
and have one id, which does not change. A value that was not recorded is null.
"""

from __future__ import annotations

from typing import Final, Literal, NotRequired, TypeAlias, TypedDict

FORMAT: Final = "mls-workbench/trace"
VERSION: Final = 1

Hex: TypeAlias = str
NodeKey: TypeAlias = str
SecretId: TypeAlias = str
HolderId: TypeAlias = str

HolderKind: TypeAlias = Literal["member", "server", "attacker"]
StepKind: TypeAlias = Literal[
    "create", "found", "key_package", "share", "propose", "commit", "process", "join", "message", "compromise"
]
MessageKind: TypeAlias = Literal["application", "proposal", "commit", "welcome", "key_package", "group_info"]


class TraceHolder(TypedDict):
    """A possible holder of secrets: a device, the delivery service (which never holds any) or the attacker.

    `recorded` is false for a member whose device was not recorded: its secrets are unknown, not absent.
    """

    id: HolderId
    name: str
    kind: HolderKind
    recorded: bool


class TraceSecret(TypedDict):
    """A secret with its RFC name; a later entry with the same id replaces the earlier one.

    `value` is null for a private key of which only the public key was recorded. `node` is the secret's node in the
    ratchet tree or in the secret tree. `generation` is its step in a ratchet. `public` is the public key of a private
    key.
    """

    name: str
    value: Hex | None
    epoch: int | None
    node: int | None
    generation: NotRequired[int]
    public: NotRequired[Hex]


class TraceOperation(TypedDict):
    """One operation of the cipher suite: it derives its output from its inputs.

    An input is null if it is a public constant, such as the all-zero string. The output is null if it is public: a
    tag or a ciphertext. `public` is the KEM output of an encryption, which identifies the ciphertext. `to` is the
    private key that opens the ciphertext, and `seed` the randomness of the encryption, which opens it too. `by` are
    the holders that performed the operation. `encode` and `decode` are not operations of the suite: they say which
    secrets are in a GroupSecrets (RFC 9420 §12.4.3.1).
    """

    name: str
    label: str
    inputs: list[SecretId | None]
    output: SecretId | None
    public: NotRequired[Hex]
    to: NotRequired[SecretId]
    seed: NotRequired[SecretId]
    caller: str
    by: list[HolderId]


class TraceMessage(TypedDict):
    """A message on the wire.

    `content` is the encoded Proposal, Commit or ApplicationData in a PrivateMessage. It is null if no recorded device
    has opened the message, and left out if the message is public. `reference` is the hash by which a commit refers to
    a private Proposal (RFC 9420 §5.2).
    """

    kind: MessageKind
    sender: HolderId | None
    wire: Hex
    content: NotRequired[Hex | None]
    reference: NotRequired[Hex]


class TraceRead(TypedDict):
    """The holders that can read a PrivateMessage from this step on: message number `message` of step `step`.

    `key` is the id of the key that encrypted the message.
    """

    step: int
    message: int
    key: SecretId
    by: list[HolderId]


class TraceProposal(TypedDict):
    """A proposal that is sent or committed: its type, the sender's leaf if there is one, and the leaf it concerns.

    The type is the RFC's name, or a number such as "0xf001" if the RFC does not define the type. `name` is the name of
    the newcomer of an Add, or of the pre-shared key.
    """

    type: str
    sender: int | None
    leaf: int | None
    name: str | None


class TracePathNode(TypedDict):
    """A node above the committer's leaf; its path secret is encrypted to the keys of the nodes in `to`, in order.

    `filtered` is true for a node that the filtered direct path leaves out (RFC 9420 §4.1.2); it gets no key.
    """

    node: int
    copath: int
    filtered: bool
    to: list[int]


class TraceAdded(TypedDict):
    """A leaf that a commit added; a Welcome refers to its key package by the reference (RFC 9420 §12.4.3.1)."""

    leaf: int
    key_package_ref: Hex


class TraceCommit(TypedDict):
    """The effects of a commit: its proposals, the leaves it changed, and the path (empty without an UpdatePath).

    In an `external` commit the committer is a newcomer; its new leaf is not listed in `added`.
    """

    committer: int
    external: bool
    proposals: list[TraceProposal]
    added: list[TraceAdded]
    updated: list[int]
    removed: list[int]
    with_path: bool
    path: list[TracePathNode]


class TraceTree(TypedDict):
    """The whole ratchet tree in the keyframe; in any other step only its changes.

    `nodes` are encoded Nodes (RFC 9420 §12.4.3.3), `keys` are the ids of their key pairs, `members` are the owners of
    leaves, `hashes` are tree hashes (§7.8). Nodes beyond the last leaf no longer exist.
    """

    leaf_count: int
    nodes: dict[NodeKey, Hex]
    keys: dict[NodeKey, SecretId]
    members: dict[NodeKey, HolderId]
    blank: list[int]
    hashes: dict[NodeKey, Hex]


class TracePlace(TypedDict):
    """The leaf and the epoch of a holder in the group; `leaf` is null for the attacker, which is not a member."""

    leaf: int | None
    epoch: int


class TraceStep(TypedDict):
    """One recorded step and all its changes; `epoch` is the group's epoch after the step.

    `places` has the devices that joined, changed their epoch, or left the group (null). `keys_learned` are the secrets
    that are in a holder's state only after the step, `keys_deleted` those that are in it only before the step. An
    output of an operation that no holder learns was used and deleted within the step. `leaked` are the secrets that an
    attacker got, and `victim` is the member whose device it compromised. `shared` is the name of a pre-shared key that
    was given out, and `between` are its holders.
    """

    kind: StepKind
    actor: HolderId | None
    now: int
    epoch: int
    tree: TraceTree | None
    context: Hex | None
    places: dict[HolderId, TracePlace | None]
    messages: list[TraceMessage]
    reads: list[TraceRead]
    proposals: list[TraceProposal]
    commit: TraceCommit | None
    secrets: dict[SecretId, TraceSecret]
    operations: list[TraceOperation]
    keys_learned: dict[HolderId, list[SecretId]]
    keys_deleted: dict[HolderId, list[SecretId]]
    leaked: NotRequired[list[SecretId]]
    victim: NotRequired[HolderId]
    shared: NotRequired[str]
    between: NotRequired[list[HolderId]]


class Trace(TypedDict):
    """The record of a group from its first recorded epoch: step 0 is the keyframe, all other steps are deltas."""

    format: Literal["mls-workbench/trace"]
    version: Literal[1]
    suite: str
    group_id: Hex
    holders: list[TraceHolder]
    steps: list[TraceStep]


def custom_types(step: TraceStep) -> frozenset[int]:
    """The custom proposal types in a step, which are needed to decode its messages."""
    proposals = [*step["proposals"], *(step["commit"]["proposals"] if step["commit"] else ())]
    return frozenset(int(each["type"], 16) for each in proposals if each["type"].startswith("0x"))
