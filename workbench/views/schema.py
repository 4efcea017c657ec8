"""The view of a ratchet tree through time: the contract between Python and the picture.

A view is plain JSON.  A picture of it is a function of three things: `frame(view, step, viewer)`.  Python makes
views from recorded values of the engine; Python's static figure and the player in the browser only read them.

Rules of the format:

- Nodes are named by their node index (RFC 9420 Appendix C), written in decimal where they are JSON keys.
- Bytes are lower-case hexadecimal.
- The tree after step `s` is the keyframe changed by the deltas of steps 0 to `s`.  Step 0 is the keyframe's own
  step: it says how the group came to be there, and changes no node.
- A blank node is absent.
- A key pair has an id of its own, because a node gets a new key pair again and again: who holds which private key
  is told of key ids, never of nodes.
- The view knows everything that was recorded.  What a viewer may be shown follows from `Step.keys_learned`,
  `Step.keys_deleted`,
  `Step.unseen_by`, `Step.tree_to`, and the lists named `known_to` and `opened_by`; everything else is drawn as
  unknown.
"""

from __future__ import annotations

from typing import Final, Literal, NotRequired, TypeAlias, TypedDict

FORMAT: Final = "mls-workbench/ratchet-tree-view"
VERSION: Final = 1

Hex: TypeAlias = str
NodeId: TypeAlias = str
"""A node index in decimal, as a JSON key."""
KeyId: TypeAlias = str
ViewerId: TypeAlias = str

ViewerKind: TypeAlias = Literal["member", "server", "attacker", "observer"]
StepKind: TypeAlias = Literal[
    "create", "found", "key_package", "share", "propose", "commit", "process", "join", "message", "compromise"
]
BeatKind: TypeAlias = Literal[
    "proposals",
    "leaf_key",
    "climb",
    "seal",
    "open",
    "welcome",
    "root",
    "schedule",
    "epoch",
    "confirm",
    "message",
    "compromise",
]
How: TypeAlias = Literal["generated", "derived", "opened", "welcome", "leaked"]
"""How a viewer came by a private key.

`generated` by itself, `derived` from a path secret, `opened` from a ciphertext of an UpdatePath (and all above
it), brought by a `welcome`, or `leaked` from a device.  What an attacker has that is not `leaked` it computed from
what is.
"""
PadlockState: TypeAlias = Literal["closed", "open", "reopened", "healed"]
Source: TypeAlias = Literal["key_package", "update", "commit"]


class MemberView(TypedDict):
    """One client that is, was or will be in the group; its hue is one of eight, from 0 to 7."""

    id: str
    name: str
    initial: str
    hue: int


class ViewerView(TypedDict):
    """Somebody through whose eyes the tree can be seen; a member's viewer has the member's id."""

    id: ViewerId
    name: str
    kind: ViewerKind


class KeyView(TypedDict):
    """One HPKE key pair that some node had at some time; `private` is null if it was never recorded."""

    public: Hex
    private: Hex | None


class LeafView(TypedDict):
    """A leaf that is not blank (RFC 9420 §7.2).

    `values` holds further fields under the RFC's names, each as hexadecimal or as words: `signature_key`,
    `credential`, `lifetime`, `parent_hash`, `signature`, and so on.  The encryption key is in
    `RatchetTreeView.keys`.
    """

    kind: Literal["leaf"]
    member: str
    key: KeyId
    source: Source
    values: dict[str, str]


class ParentView(TypedDict):
    """A parent node that is not blank (RFC 9420 §7.1); `unmerged` holds node indices of leaves."""

    kind: Literal["parent"]
    key: KeyId
    unmerged: list[int]
    values: dict[str, str]


NodeView: TypeAlias = LeafView | ParentView


class KeyframeView(TypedDict):
    """The whole tree at the start.

    `leaf_count` is the number of leaves, blank ones included: a power of two.  `hashes` holds tree hashes (RFC
    9420 §7.8) by node, those of blank nodes included.  `group` holds values of the GroupContext under the RFC's
    names.  `unseen_by` names the viewers that do not see this tree.
    """

    epoch: int
    leaf_count: int
    nodes: dict[NodeId, NodeView]
    hashes: NotRequired[dict[NodeId, Hex]]
    group: dict[str, str]
    unseen_by: NotRequired[list[ViewerId]]


class LearnedKeyView(TypedDict):
    """A private key that a viewer holds from this step on."""

    key: KeyId
    how: How


class SecretView(TypedDict):
    """A secret of the epoch that the step begins, such as `commit_secret` or `epoch_authenticator` (RFC 9420 §8)."""

    name: str
    value: Hex
    known_to: list[ViewerId]


class EnvelopeView(TypedDict):
    """A path secret sealed to one public key (RFC 9420 §7.6).

    `to` is the node whose key `to_key` it is sealed to; `opened_by` names the viewers that really decrypted it.
    """

    to: int
    to_key: KeyId
    kem_output: Hex
    ciphertext: Hex
    opened_by: list[ViewerId]


class PathNodeView(TypedDict):
    """One node of the committer's direct path, from the leaf's parent to the root (RFC 9420 §7.6).

    `copath` is its child off the path.  A filtered node gets no key pair, hence no key, path secret or envelopes.
    `path_secret` is null if it was not recorded; `known_to` names the viewers that learned it.
    """

    node: int
    copath: int
    filtered: bool
    key: KeyId | None
    path_secret: Hex | None
    known_to: list[ViewerId]
    envelopes: list[EnvelopeView]


class PathView(TypedDict):
    """The UpdatePath of a commit; `committer` is the leaf's node index."""

    committer: int
    nodes: list[PathNodeView]


class WelcomeEnvelopeView(TypedDict):
    """The group secrets sealed to one new member's init key (RFC 9420 §12.4.3.1).

    `to` is the new leaf's node index, `path_secret_of` the lowest path node above it, whose path secret is in the
    envelope, or null if the commit had no path.
    """

    to: int
    kem_output: Hex
    ciphertext: Hex
    path_secret_of: int | None
    opened_by: list[ViewerId]


class ProposalView(TypedDict):
    """One proposal of this step: its type in the RFC's spelling, a sentence, and the node that it concerns."""

    type: str
    text: str
    node: int | None


class MessageView(TypedDict):
    """What went over the wire in this step.

    `sender` is a member's id.  `read` gives, for each viewer that could decrypt it, what the viewer read; a
    viewer that could not is absent.
    """

    sender: str
    kind: Literal["application", "proposal", "commit", "welcome", "key_package", "group_info"]
    wire: Hex
    size: int
    read: dict[ViewerId, str]


class BeatView(TypedDict):
    """One moment of a step, with one sentence.

    `nodes` are what the eye goes to, `edges` pairs of node indices in the direction in which something moves:

    - `climb`: the edges up which a path secret goes, filtered nodes included, and the node that it reaches;
    - `seal`: the path nodes whose path secrets are sealed, all of `Step.path` if there is no node;
    - `open`: the nodes that open an envelope, and the edges up which the path secrets then go;
    - `message`: an edge from the sender's leaf to each leaf that it goes to;
    - the others need no edges.

    A node of the step's delta takes its new value with the first beat that has it in `shows`, and is blank from the
    first beat that has it in `blanks` until then; a node that no beat shows changes with the first beat.  Private
    keys that a viewer `opened`, got by a `welcome` or has `leaked` are there from the first beat `open`, `welcome`
    or `compromise` on.  The epoch turns with the beat `epoch`.  `known_to` names the viewers that can know of this
    beat; null means everybody who sees the step.
    """

    kind: BeatKind
    sentence: str
    nodes: list[int]
    edges: list[tuple[int, int]]
    shows: NotRequired[list[int]]
    blanks: NotRequired[list[int]]
    known_to: list[ViewerId] | None


class StepView(TypedDict):
    """One thing that happened, and the delta it makes.

    `epoch` and `leaf_count` hold after the step (`leaf_count` is absent if it did not change).  `set` gives nodes
    their new value, `blank` removes theirs.  `hashes` and `group` hold only what changed.  `unseen_by` names the
    viewers that do not see what this step did to the tree, so that the nodes it touched become unknown to them;
    `tree_to` names those that were handed the whole tree in this step, as a Welcome does: from here on they know
    every node.  `padlock` says how the epoch stands after the step for the viewer `attacker`, once it has compromised a
    device.
    """

    kind: StepKind
    actor: str | None
    title: str
    sentence: str
    epoch: int
    leaf_count: NotRequired[int]
    set: dict[NodeId, NodeView]
    blank: list[int]
    hashes: NotRequired[dict[NodeId, Hex]]
    group: NotRequired[dict[str, str]]
    keys_learned: dict[ViewerId, list[LearnedKeyView]]
    keys_deleted: dict[ViewerId, list[KeyId]]
    unseen_by: NotRequired[list[ViewerId]]
    tree_to: NotRequired[list[ViewerId]]
    path: PathView | None
    welcome: NotRequired[list[WelcomeEnvelopeView]]
    proposals: list[ProposalView]
    message: MessageView | None
    secrets: NotRequired[list[SecretView]]
    padlock: NotRequired[PadlockView]
    beats: list[BeatView]


class PadlockView(TypedDict):
    """How an epoch stands for an attacker: under all leaks (`padlocks`), or by then (`StepView.padlock`).

    `closed` before any is open, `open`, `reopened` by a later leak, or `healed` so far. `badge` says it in few words:
    by what it is open, or how many members' compromise would open it again; `words` names them.
    """

    state: PadlockState
    badge: str
    words: str


class RatchetTreeView(TypedDict):
    """A group's ratchet tree from its first recorded epoch on, as seen by anybody.

    `padlocks` says of each epoch, written in decimal, how it stands for the viewer `leak holder`, if there is one.
    """

    format: Literal["mls-workbench/ratchet-tree-view"]
    version: Literal[1]
    title: str
    suite: str
    group_id: str
    members: list[MemberView]
    viewers: list[ViewerView]
    keyframe: KeyframeView
    keys: dict[KeyId, KeyView]
    steps: list[StepView]
    padlocks: NotRequired[dict[str, PadlockView]]
