"""The view of a ratchet tree through time: the format that Python writes and the picture reads.

A view is plain JSON.  A picture of it is a function of three things: `frame(view, step, viewer)`.  Python makes
views from recorded values of the engine.  The still figure and the player in the browser only read them.

Rules of the format:

- A node is named by its node index (RFC 9420 Appendix C), written in decimal as a JSON key.
- Bytes are lower-case hexadecimal.
- The tree after step `s` is the keyframe changed by the deltas of steps 0 to `s`.  Step 0 belongs to the keyframe: it
  says how the group began, and changes no node.
- A blank node is absent.
- Each key pair has an id, because a node gets new key pairs.  The lists of private keys that a viewer holds name key
  ids, not nodes.
- The view has everything that was recorded.  `keys_learned`, `keys_deleted`, `unseen_by` and `tree_to` of the steps,
  and the lists `known_to` and `opened_by`, say what a viewer knows.  Everything else is drawn as unknown.
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
"""How a viewer got a private key.

The viewer `generated` it, or `derived` it from a path secret, or `opened` a ciphertext of an UpdatePath from which it
follows, or got it by a `welcome`, or it `leaked` from a device.  An attacker computes all keys that did not leak.
"""
PadlockState: TypeAlias = Literal["closed", "open", "reopened", "healed"]
Source: TypeAlias = Literal["key_package", "update", "commit"]


class MemberView(TypedDict):
    """One client that is in the group at any time; its hue is one of eight, from 0 to 7."""

    id: str
    name: str
    initial: str
    hue: int


class ViewerView(TypedDict):
    """A viewer: the picture can show what a viewer knows.  The viewer of a member has the member's id."""

    id: ViewerId
    name: str
    kind: ViewerKind


class KeyView(TypedDict):
    """One HPKE key pair that a node had at any time; `private` is null if it was not recorded."""

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

    `leaf_count` is the number of leaves with the blank ones: a power of two.  `hashes` has the tree hashes (RFC
    9420 §7.8) of all nodes, also of blank ones.  `group` has values of the GroupContext under the RFC's names.
    `unseen_by` has the viewers who do not see this tree.
    """

    epoch: int
    leaf_count: int
    nodes: dict[NodeId, NodeView]
    hashes: NotRequired[dict[NodeId, Hex]]
    group: dict[str, str]
    unseen_by: NotRequired[list[ViewerId]]


class LearnedKeyView(TypedDict):
    """A private key that a viewer gets in this step."""

    key: KeyId
    how: How


class SecretView(TypedDict):
    """A secret of the epoch that the step begins, such as `commit_secret` or `epoch_authenticator` (RFC 9420 §8)."""

    name: str
    value: Hex
    known_to: list[ViewerId]


class EnvelopeView(TypedDict):
    """A path secret sealed to one public key (RFC 9420 §7.6).

    It is sealed to the key `to_key` of node `to`.  `opened_by` has the viewers who decrypted it.
    """

    to: int
    to_key: KeyId
    kem_output: Hex
    ciphertext: Hex
    opened_by: list[ViewerId]


class PathNodeView(TypedDict):
    """One node of the committer's direct path, from the leaf's parent to the root (RFC 9420 §7.6).

    `copath` is its child that is not on the path.  A filtered node gets no key pair: it has no key, no path secret and
    no envelopes.  `path_secret` is null if it was not recorded.  `known_to` has the viewers who learned it.
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

    `to` is the node index of the new leaf.  `path_secret_of` is the node whose path secret is in the envelope: the
    lowest node of the path above the new leaf.  It is null if the commit has no path.
    """

    to: int
    kem_output: Hex
    ciphertext: Hex
    path_secret_of: int | None
    opened_by: list[ViewerId]


class ProposalView(TypedDict):
    """One proposal of this step: its type in the RFC's spelling, its words, and the node that it is about."""

    type: str
    text: str
    node: int | None


class MessageView(TypedDict):
    """The message of this step.

    `sender` is the id of a member.  `read` has the decrypted text for each viewer who could decrypt it.
    """

    sender: str
    kind: Literal["application", "proposal", "commit", "welcome", "key_package", "group_info"]
    wire: Hex
    size: int
    read: dict[ViewerId, str]


class BeatView(TypedDict):
    """One part of a step, with one sentence.

    `nodes` are the nodes that the sentence is about.  `edges` are pairs of node indices, in the direction in which
    something moves:

    - `climb`: the node that gets a new path secret, and the edges up to it, through filtered nodes too;
    - `seal`: the path nodes whose path secrets are sealed, or all path nodes if `nodes` is empty;
    - `open`: the nodes that open an envelope, and the edges to the nodes above;
    - `message`: an edge from the sender's leaf to each receiver's leaf;
    - the other kinds need no edges.

    A changed node shows its new value from the first beat that has it in `shows`.  It is blank from the first beat that
    has it in `blanks` until then.  A node that is in no `shows` changes with the first beat.  Private keys that a
    viewer `opened`, got by a `welcome` or took (`leaked`) appear with the first beat `open`, `welcome` or `compromise`.
    The epoch changes with the beat `epoch`.  `known_to` has the viewers who can know of this beat; null means
    everybody who sees the step.
    """

    kind: BeatKind
    sentence: str
    nodes: list[int]
    edges: list[tuple[int, int]]
    shows: NotRequired[list[int]]
    blanks: NotRequired[list[int]]
    known_to: list[ViewerId] | None


class StepView(TypedDict):
    """One step of the history, and its changes to the tree.

    `epoch` and `leaf_count` are those after the step (`leaf_count` is absent if it did not change).  `set` has the new
    values of nodes, `blank` the nodes that became blank.  `hashes` and `group` have only what changed.  `unseen_by` has
    the viewers who do not see what this step changed in the tree: the changed nodes become unknown to them.  `tree_to`
    has the viewers who get the whole tree in this step, by a Welcome for example: they know every node from then on.
    `padlock` says whether the viewer `attacker` can read the epoch after the step, if a device was compromised.  The
    view of a large tree has, where it is shorter, `seen_by` in place of `unseen_by`: no other viewer sees the step.
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
    seen_by: NotRequired[list[ViewerId]]
    tree_to: NotRequired[list[ViewerId]]
    path: PathView | None
    welcome: NotRequired[list[WelcomeEnvelopeView]]
    proposals: list[ProposalView]
    message: MessageView | None
    secrets: NotRequired[list[SecretView]]
    padlock: NotRequired[PadlockView]
    beats: list[BeatView]


class PadlockView(TypedDict):
    """Whether an attacker can read an epoch: with all leaks (`padlocks`), or with what leaked so far (`StepView`).

    An epoch is `closed` if neither it nor an earlier epoch is open. It is `open`, or `reopened` by a later leak, or
    `healed` so far. `badge` says in a few words whose leak opened it, or how many members could open it again; `words`
    says it in a sentence.
    """

    state: PadlockState
    badge: str
    words: str


class RatchetTreeView(TypedDict):
    """A group's ratchet tree from its first recorded epoch on, for all viewers.

    `padlocks` says for each epoch, written in decimal, whether the viewer `leak holder` can read it, if there is one.
    A `lean` view is that of a large tree, without long values and with the first of long lists; `widgets.RatchetTree`
    makes it, and gives the browser the values of the node that is selected. `alone` says that the tree came without its
    group, so that the epoch is unknown.
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
    lean: NotRequired[bool]
    alone: NotRequired[bool]
