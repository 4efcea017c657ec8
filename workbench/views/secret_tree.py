"""The view of the secret tree: the secrets and message keys of each epoch that each device has after each step.

They are those of the recorded states. A secret that a state no longer has was deleted, and a device that has opened a
parent has replaced its secret by those of the children (RFC 9420 §9.2). The attacker deletes nothing: it has what
leaked to it and what it computed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, Literal, TypedDict

from workbench.adversary.group_history import EpochRecord, GroupHistory
from workbench.inspect.trace_format import HolderId, SecretId, Trace, TraceSecret
from workbench.mls import Policy
from workbench.mls.tree.tree_math import root
from workbench.views.crowds import CrowdNumber, Crowds
from workbench.views.ratchet_tree import members_of, ratchet_tree_view, viewers_of
from workbench.views.schema import Hex, MemberView, RatchetTreeView, ViewerView
from workbench.views.secret_holders import attacker_learns
from workbench.views.trace_replay import ATTACKER, text_of

FORMAT: Final = "mls-workbench/secret-tree-view"
VERSION: Final = 1

NODES: Final = ("encryption_secret", "tree_node_secret")
RATCHETS: Final[tuple[Literal["handshake", "application"], ...]] = ("handshake", "application")
NAMES: Final = frozenset(
    (*NODES, *(f"{ratchet}_ratchet_{kind}" for ratchet in RATCHETS for kind in ("secret", "key", "nonce")))
)

TreeSecretNumber = int
"""An index of the view's `secrets`."""


class TreeSecretView(TypedDict):
    """A secret of a secret tree: its RFC name, its node, and for ratchets the generation.

    The encryption_secret is at the root. A ratchet secret of generation 3 gives key 3 and all later ones.
    """

    name: str
    epoch: int
    node: int
    generation: int | None
    value: Hex | None


class TreeChangeView(TypedDict):
    """The secrets that some viewers learned and deleted in a step, all of them alike."""

    holders: CrowdNumber
    learned: list[TreeSecretNumber]
    deleted: list[TreeSecretNumber]


class SecretTreeStepView(TypedDict):
    """One step of the history; `leaked` are those of the attacker's new secrets that leaked to it."""

    epoch: int
    title: str
    changes: list[TreeChangeView]
    leaked: list[TreeSecretNumber]


class TreeEpochView(TypedDict):
    """The shape of an epoch's tree: its number of leaves, a power of two, and the members by leaf index in decimal."""

    step: int
    leaf_count: int
    members: dict[str, HolderId]


class ReadingView(TypedDict):
    """Viewers that encrypted or decrypted a message in a step."""

    step: int
    readers: CrowdNumber


class KeyedMessageView(TypedDict):
    """A PrivateMessage, and the ratchet and the generation of its key. `text` is what it says, if that was recorded.

    `index` is its place among the messages of its step.
    """

    step: int
    index: int
    kind: str
    text: str
    sender: HolderId | None
    epoch: int
    leaf: int
    ratchet: Literal["handshake", "application"]
    generation: int
    readings: list[ReadingView]


class LimitsView(TypedDict):
    """The limits of the devices, which the RFC leaves to the application (RFC 9420 §15.3).

    A message may skip `forward` keys, a skipped key is kept for `behind` generations, and the late messages of
    `past_epochs` epochs can still be read.
    """

    forward: int
    behind: int
    past_epochs: int


class SecretTreeView(TypedDict):
    """The secret trees of a group through time. `crowds` has the sets of viewers, each as indices of `viewers`.

    `limits` is null if the material does not say which limits the devices have.
    """

    format: Literal["mls-workbench/secret-tree-view"]
    version: Literal[1]
    title: str
    suite: str
    members: list[MemberView]
    viewers: list[ViewerView]
    crowds: list[list[int]]
    limits: LimitsView | None
    secrets: list[TreeSecretView]
    epochs: dict[str, TreeEpochView]
    steps: list[SecretTreeStepView]
    messages: list[KeyedMessageView]


def secret_tree_view(
    group_history: GroupHistory,
    policy: Policy | None = None,
    title: str | None = None,
    *,
    tree: RatchetTreeView | None = None,
) -> SecretTreeView:
    """The view of a group's history.

    `policy` is that of its devices, None if it is unknown. `tree` is the view of its ratchet tree, if made.
    """
    trace = group_history.trace
    tree = tree or ratchet_tree_view(trace)
    crowds, table = Crowds(viewers_of(trace)), _Table(group_history)
    steps = [
        _step(tree["steps"][number]["title"], trace, number, learned, table, crowds)
        for number, learned in enumerate(attacker_learns(trace))
    ]
    messages = list(_messages(group_history, crowds))
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": title or tree["title"],
        "suite": trace["suite"],
        "members": members_of(trace),
        "viewers": viewers_of(trace),
        "crowds": crowds.written(),
        "limits": None if policy is None else _limits(policy),
        "secrets": table.entries,
        "epochs": {str(epoch): _epoch(record) for epoch, record in group_history.epochs.items()},
        "steps": steps,
        "messages": messages,
    }


def _limits(policy: Policy) -> LimitsView:
    ratchets = policy.ratchets
    return {"forward": ratchets.forward, "behind": ratchets.behind, "past_epochs": policy.past_epochs}


class _Table:
    """Numbers the secrets of the secret trees in the order in which they appear."""

    def __init__(self, group_history: GroupHistory) -> None:
        self._group_history = group_history
        self._numbers: dict[SecretId, TreeSecretNumber] = {}
        self.entries: list[TreeSecretView] = []

    def numbers_of(self, secrets: Sequence[SecretId]) -> tuple[TreeSecretNumber, ...]:
        """The numbers of those secrets that belong to a secret tree."""
        return tuple(number for each in secrets if (number := self._number_of(each)) is not None)

    def _number_of(self, secret: SecretId) -> TreeSecretNumber | None:
        entry = self._group_history.secrets[secret]
        epoch, node = entry["epoch"], self._node_of(entry)
        if entry["name"] not in NAMES or epoch is None or node is None:
            return None
        if secret not in self._numbers:
            self._numbers[secret] = len(self.entries)
            ratchet = 0 if entry["name"].endswith("_ratchet_secret") else None
            generation = entry.get("generation", ratchet)
            value = entry["value"]
            self.entries.append(
                {"name": entry["name"], "epoch": epoch, "node": node, "generation": generation, "value": value}
            )
        return self._numbers[secret]

    def _node_of(self, entry: TraceSecret) -> int | None:
        """The node of a secret. As long as no device has opened the root, no operation says where the root is."""
        record = None if entry["epoch"] is None else self._group_history.epochs.get(entry["epoch"])
        if entry["name"] == "encryption_secret" and record is not None:
            return root(record.leaf_count)
        return entry["node"]


def _step(
    title: str, trace: Trace, number: int, attackers: Sequence[SecretId], table: _Table, crowds: Crowds
) -> SecretTreeStepView:
    step = trace["steps"][number]
    alike: defaultdict[tuple[tuple[int, ...], tuple[int, ...]], list[HolderId]] = defaultdict(list)
    for holder in (*dict.fromkeys([*step["keys_learned"], *step["keys_deleted"]]), ATTACKER):
        gained = attackers if holder == ATTACKER else step["keys_learned"].get(holder, ())
        lost = () if holder == ATTACKER else step["keys_deleted"].get(holder, ())
        learned, deleted = table.numbers_of(gained), table.numbers_of(lost)
        if learned or deleted:
            alike[learned, deleted].append(holder)
    changes: list[TreeChangeView] = [
        {"holders": crowds.number_of(holders), "learned": [*learned], "deleted": [*deleted]}
        for (learned, deleted), holders in alike.items()
    ]
    new = set(attackers)
    leaked = table.numbers_of([each for each in step.get("leaked", ()) if each in new])
    return {"epoch": step["epoch"], "title": title, "changes": changes, "leaked": [*leaked]}


def _epoch(record: EpochRecord) -> TreeEpochView:
    members = {str(leaf): member for leaf, member in sorted(record.members.items())}
    return {"step": record.step, "leaf_count": record.leaf_count, "members": members}


def _messages(group_history: GroupHistory, crowds: Crowds) -> Iterator[KeyedMessageView]:
    """The private messages whose keys were recorded, in the order in which they were sent."""
    steps = group_history.trace["steps"]
    readings: defaultdict[tuple[int, int], list[ReadingView]] = defaultdict(list)
    keys: dict[tuple[int, int], TraceSecret] = {}
    for number, step in enumerate(steps):
        for read in step["reads"]:
            place = read["step"], read["message"]
            keys[place] = group_history.secrets[read["key"]]
            readings[place].append({"step": number, "readers": crowds.number_of(read["by"])})
    for place in sorted(keys):
        key, message = keys[place], steps[place[0]]["messages"][place[1]]
        epoch, node = key["epoch"], key["node"]
        if epoch is not None and node is not None:
            yield {
                "step": place[0],
                "index": place[1],
                "kind": message["kind"],
                "text": text_of(message) or "",
                "sender": message["sender"],
                "epoch": epoch,
                "leaf": node // 2,
                "ratchet": _ratchet_of(key),
                "generation": key.get("generation", 0),
                "readings": readings[place],
            }


def _ratchet_of(key: TraceSecret) -> Literal["handshake", "application"]:
    return "application" if key["name"].startswith("application") else "handshake"
