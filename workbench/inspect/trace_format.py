"""The trace of a group: what was recorded, as JSON (docs/trace.md).

Bytes are lower-case hexadecimal. Nodes are node indices, written in decimal where they are keys. A secret, once it has
an id, keeps it: the same bytes are the same secret, whoever holds them. What was not recorded is null; nothing
is made up.
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
    """Somebody who can hold secrets: a device, the delivery service (which never does) or the attacker.

    `recorded` is false for a member whose device was not watched: what it holds is unknown, not nothing.
    """

    id: HolderId
    name: str
    kind: HolderKind
    recorded: bool


class TraceSecret(TypedDict):
    """A secret under its RFC name; an entry under an id that was there before replaces it.

    `value` is null if only its public key was ever seen. `node` is the node of the ratchet tree or of the secret
    tree that it belongs to, `generation` its step of a ratchet, `public` the public key if it is a private key.
    """

    name: str
    value: Hex | None
    epoch: int | None
    node: int | None
    generation: NotRequired[int]
    public: NotRequired[Hex]


class TraceOperation(TypedDict):
    """One operation of the cipher suite: where its output came from.

    An input is null if it is a public constant, such as the all-zero string. The output is null if it is for
    everybody to see: a tag, or a ciphertext. `public` is the KEM output of an encryption, which names the ciphertext;
    `to` is the private key that opens it, and `seed` the randomness behind it, which opens it too.
    `by` are those who did it. The suite does not do `encode` and `decode`: they say which secrets are inside of a
    GroupSecrets (RFC 9420 §12.4.3.1).
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
    """What went over the wire.

    `content` is the encoded Proposal, Commit or ApplicationData that a PrivateMessage holds, null if nobody who was
    watched has opened it; it is left out if everybody can see it in `wire`. `reference` is what a commit calls such a
    Proposal by (RFC 9420 §5.2).
    """

    kind: MessageKind
    sender: HolderId | None
    wire: Hex
    content: NotRequired[Hex | None]
    reference: NotRequired[Hex]


class TraceRead(TypedDict):
    """Who could read the content of a PrivateMessage from this step on: message `message` of step `step`.

    `key` is the key with which it was sealed.
    """

    step: int
    message: int
    key: SecretId
    by: list[HolderId]


class TraceProposal(TypedDict):
    """A proposal that is sent or committed: its type, the leaf that sent it, if any, and the one it concerns.

    The type has the RFC's name; one that the RFC does not define has its number, as in "0xf001". `name` is what it
    brings: the newcomer of an Add, the pre-shared key.
    """

    type: str
    sender: int | None
    leaf: int | None
    name: str | None


class TracePathNode(TypedDict):
    """A node above the committer's leaf; `to` are the nodes to whose keys its path secret is sealed, in order.

    A node that the filtered direct path leaves out (RFC 9420 §4.1.2) gets no key: `filtered`.
    """

    node: int
    copath: int
    filtered: bool
    to: list[int]


class TraceAdded(TypedDict):
    """A leaf that a commit added; the reference is what a Welcome calls its key package by (RFC 9420 §12.4.3.1)."""

    leaf: int
    key_package_ref: Hex


class TraceCommit(TypedDict):
    """What a commit did: its proposals, the leaves it touched, and the path (empty without an UpdatePath).

    In an `external` commit the committer is a newcomer at its new leaf, which is not among those `added`.
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
    """The ratchet tree: all of it in the keyframe, what changed in a step.

    `nodes` are encoded Nodes (RFC 9420 §12.4.3.3), `keys` the ids of their key pairs, `members` whose leaves they
    are, `hashes` tree hashes (§7.8). Nodes beyond the last leaf are gone.
    """

    leaf_count: int
    nodes: dict[NodeKey, Hex]
    keys: dict[NodeKey, SecretId]
    members: dict[NodeKey, HolderId]
    blank: list[int]
    hashes: dict[NodeKey, Hex]


class TracePlace(TypedDict):
    """How far somebody has followed the group. `leaf` is null for the attacker, which is no member."""

    leaf: int | None
    epoch: int


class TraceStep(TypedDict):
    """One thing that happened, and all that it changed. `epoch` is the group's after it.

    `places` holds the devices that entered, moved on, or left the group (null). `keys_learned` and `keys_deleted` say
    which secrets are in a holder's state after the step and were not before, and the other way round; what an operation
    puts out that nobody gains was used and deleted within the step. `leaked` is what an attacker took, and from whom;
    `shared` names a pre-shared key that was given out, and `between` whom.
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
    """A group from its first recorded epoch on: step 0 is the keyframe, all others are deltas."""

    format: Literal["mls-workbench/trace"]
    version: Literal[1]
    suite: str
    group_id: Hex
    holders: list[TraceHolder]
    steps: list[TraceStep]


def custom_types(step: TraceStep) -> frozenset[int]:
    """The custom proposal types that a step speaks of: what must be known to decode its messages."""
    proposals = [*step["proposals"], *(step["commit"]["proposals"] if step["commit"] else ())]
    return frozenset(int(each["type"], 16) for each in proposals if each["type"].startswith("0x"))
