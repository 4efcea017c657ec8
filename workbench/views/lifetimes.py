"""The view of forward secrecy: how long each secret is on a device, and what a compromise after any step gets.

A secret has a bar from the step in which the device got it to the step in which the device deleted it. A lane has the
bars of secrets that replace each other, such as the init secrets of the epochs. A kind has the lanes of similar
secrets. The view also contains the security view: with its rules the picture computes what the leaked secrets open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, TypedDict, get_args

from workbench.adversary.group_history import GroupHistory
from workbench.adversary.leak import Leak
from workbench.adversary.verdict import RecordedHistory
from workbench.inspect.names import upper_first
from workbench.inspect.trace_format import HolderId, SecretId, TraceSecret
from workbench.views.schema import RatchetTreeView
from workbench.views.security import FactNumber, SecurityView, security_view

FORMAT: Final = "mls-workbench/key-lifetimes-view"
VERSION: Final = 1

KindId: TypeAlias = Literal[
    "leaf", "nodes", "init", "epoch", "tree", "messages", "psks", "packages", "signature", "others"
]


class BarView(TypedDict):
    """One secret on one device, from step `born` to the step before `died`; `died` is null if it is not deleted."""

    fact: FactNumber
    born: int
    died: int | None


class LaneView(TypedDict):
    """Secrets that replace each other: no two bars of a lane overlap."""

    name: str
    bars: list[BarView]


class SpanView(TypedDict):
    """`count` secrets of a kind are on the device from step `first` to step `end`, which deletes `deleted` of them."""

    first: int
    end: int | None
    count: int
    deleted: int


class KindView(TypedDict):
    """All secrets of one kind on one device: as lanes, and as numbers over time."""

    kind: KindId
    lanes: list[LaneView]
    band: list[SpanView]


class KindWordsView(TypedDict):
    """The name of a kind of secrets in singular and plural, and the section of the RFC about it."""

    name: str
    one: str
    many: str
    section: str


class KeyLifetimesView(TypedDict):
    """The lifetimes of all secrets on all devices. A device that never held a secret is absent."""

    format: str
    version: int
    title: str
    kinds: dict[KindId, KindWordsView]
    devices: dict[HolderId, list[KindView]]
    security: SecurityView


KINDS: Mapping[KindId, KindWordsView] = MappingProxyType(
    {
        "leaf": {"name": "Leaf key", "one": "leaf key", "many": "leaf keys", "section": "7.2"},
        "nodes": {"name": "Node keys", "one": "node key", "many": "node keys", "section": "7.1"},
        "init": {"name": "Init secret", "one": "init secret", "many": "init secrets", "section": "8"},
        "epoch": {
            "name": "Epoch secrets",
            "one": "other secret of the epoch",
            "many": "other secrets of the epoch",
            "section": "8",
        },
        "tree": {
            "name": "Secret tree",
            "one": "secret of the secret tree",
            "many": "secrets of the secret tree",
            "section": "9",
        },
        "messages": {
            "name": "Message keys",
            "one": "key or nonce of a skipped message",
            "many": "keys and nonces of skipped messages",
            "section": "9.1",
        },
        "psks": {"name": "Pre-shared keys", "one": "pre-shared key", "many": "pre-shared keys", "section": "8.4"},
        "packages": {
            "name": "Key packages",
            "one": "key of a key package",
            "many": "keys of key packages",
            "section": "10",
        },
        "signature": {"name": "Signature key", "one": "signature key", "many": "signature keys", "section": "5.1.2"},
        "others": {"name": "Other secrets", "one": "other secret", "many": "other secrets", "section": "8"},
    }
)
"""The kinds in the order in which they are shown."""

EPOCH_SECRETS = frozenset(
    {
        "sender_data_secret",
        "exporter_secret",
        "external_secret",
        "confirmation_key",
        "membership_key",
        "epoch_authenticator",
    }
)
"""The other secrets of an epoch that a device keeps (RFC 9420 §8)."""

KIND_OF: Mapping[str, KindId] = MappingProxyType(
    {
        "init_secret": "init",
        "encryption_secret": "tree",
        "tree_node_secret": "tree",
        "psk": "psks",
        "resumption_psk": "psks",
        "signature_private_key": "signature",
    }
)
"""The kinds of secrets that the name alone decides."""


def key_lifetimes_view(
    recorded: RecordedHistory,
    leaks: Mapping[str, Leak] | None = None,
    title: str | None = None,
    *,
    tree: RatchetTreeView | None = None,
) -> KeyLifetimesView:
    """The view of a recorded history. The picture offers `leaks` by their names, and the compromise of a device.

    `tree` may give the view of its ratchet tree, which is made otherwise.
    """
    security = security_view(recorded, leaks, title, tree=tree)
    names = _Names.of(recorded.group_history)
    places = [None if secret is None else names.place(secret) for secret in _facts_by_number(recorded, security)]
    held = {member["id"]: _bars(security, member["id"]) for member in security["members"]}
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": security["title"],
        "kinds": dict(KINDS),
        "devices": {device: _kinds(bars, places) for device, bars in held.items() if bars},
        "security": security,
    }


def _facts_by_number(recorded: RecordedHistory, security: SecurityView) -> list[SecretId | None]:
    """The secret that each fact number of the view stands for; None for messages, and for other groups' secrets."""
    by_value = recorded.group_history.by_value
    return [None if fact["value"] is None else by_value.get(fact["value"]) for fact in security["facts"]]


def _bars(security: SecurityView, device: HolderId) -> list[BarView]:
    """The bars of a device, in the order of birth. A secret that comes back after its deletion has a second bar."""
    bars: list[BarView] = []
    alive: dict[FactNumber, BarView] = {}
    for number, step in enumerate(security["steps"]):
        for fact in step["keys_deleted"].get(device, ()):
            alive.pop(fact)["died"] = number
        for fact in step["keys_learned"].get(device, ()):
            alive[fact] = {"fact": fact, "born": number, "died": None}
            bars.append(alive[fact])
    return bars


def _kinds(bars: list[BarView], places: Sequence[tuple[KindId, tuple[int, str]] | None]) -> list[KindView]:
    sorted_out: dict[KindId, dict[tuple[int, str], list[BarView]]] = {kind: {} for kind in get_args(KindId)}
    for bar in bars:
        place = places[bar["fact"]]
        if place is not None:
            kind, lane = place
            sorted_out[kind].setdefault(lane, []).append(bar)
    kinds: list[KindView] = []
    for kind, by_lane in sorted_out.items():
        lanes: list[LaneView] = [
            {"name": name, "bars": row} for (_, name), group in sorted(by_lane.items()) for row in _rows(group)
        ]
        if lanes:
            every = [bar for group in by_lane.values() for bar in group]
            kinds.append({"kind": kind, "lanes": lanes, "band": _band(every)})
    return kinds


def _rows(bars: list[BarView]) -> list[list[BarView]]:
    """The bars of one name, in as few lanes as possible without overlaps."""
    rows: list[list[BarView]] = []
    for bar in bars:
        free = (row for row in rows if row[-1]["died"] is not None and row[-1]["died"] <= bar["born"])
        row = next(free, None)
        if row is None:
            rows.append([bar])
        else:
            row.append(bar)
    return rows


def _band(bars: Iterable[BarView]) -> list[SpanView]:
    """The numbers of secrets between two changes of the number. Times without any secret are left out."""
    born, died = Counter[int](), Counter[int]()
    for bar in bars:
        born[bar["born"]] += 1
        if bar["died"] is not None:
            died[bar["died"]] += 1
    count, band = 0, list[SpanView]()
    for first, end in pairwise((*sorted({*born, *died}), None)):
        if first is not None:
            count += born[first] - died[first]
            if count:
                band.append({"first": first, "end": end, "count": count, "deleted": died[end] if end else 0})
    return band


@dataclass(frozen=True, slots=True)
class _Names:
    """Finds the kind of a secret, and the lane to which it belongs."""

    group_history: GroupHistory
    people: Mapping[HolderId, str]
    purposes: Mapping[SecretId, str]
    shared: Mapping[SecretId, str]

    @classmethod
    def of(cls, group_history: GroupHistory) -> _Names:
        """Collect the purposes of private keys, and the names of pre-shared keys."""
        seeds: dict[SecretId, str] = {}
        purposes: dict[SecretId, str] = {}
        shared: dict[SecretId, str] = {}
        for step in group_history.trace["steps"]:
            for operation in step["operations"]:
                output, inputs = operation["output"], operation["inputs"]
                if output is not None and operation["name"] == "fresh":
                    seeds[output] = operation["label"]
                elif output is not None and operation["name"] == "derive_key_pair" and inputs[0] in seeds:
                    purposes[output] = seeds[inputs[0]]
            if "shared" in step:
                gained = (each for secrets in step["keys_learned"].values() for each in secrets)
                shared |= dict.fromkeys(gained, step["shared"])
        people = {each["id"]: each["name"] for each in group_history.trace["holders"]}
        return cls(group_history, people, purposes, shared)

    def place(self, secret: SecretId) -> tuple[KindId, tuple[int, str]]:
        """The kind and the lane of a secret, which are the same on all devices."""
        kind = self.kind(secret)
        return kind, self.lane(secret, kind)

    def kind(self, secret: SecretId) -> KindId:
        """The kind of a secret, by its name and its purpose."""
        entry = self.group_history.secrets[secret]
        name = entry["name"]
        if name == "private_key":
            return self._private_key(secret, entry)
        if name in EPOCH_SECRETS:
            return "epoch"
        if name.endswith("_ratchet_secret"):
            return "tree"
        return "messages" if name.endswith(("_key", "_nonce")) and "ratchet" in name else KIND_OF.get(name, "others")

    def _private_key(self, secret: SecretId, entry: TraceSecret) -> KindId:
        node = entry["node"]
        if node is None:
            return "leaf" if self.purposes.get(secret) == "update leaf key" else "packages"
        return "nodes" if node % 2 else "leaf"

    def lane(self, secret: SecretId, kind: KindId) -> tuple[int, str]:
        """The lane of a secret: its place among the lanes of its kind, and its name."""
        entry = self.group_history.secrets[secret]
        name, node = entry["name"], entry["node"] or 0
        match kind:
            case "packages":
                lane = (1, "Leaf key") if self.purposes.get(secret) == "leaf key" else (0, "Init key")
            case "nodes":
                lane = node, f"Node {node}"
            case "psks":
                given = self.shared.get(secret)
                lane = (0, "Resumption PSK") if given is None else (1, upper_first(given.removeprefix("the ")))
            case "tree" | "messages" if "ratchet" in name:
                lane = 2 + node, f"{self._owner(entry['epoch'], node)}: {name.split('_')[0]}"
            case "tree":
                lane = (0, "Root") if name == "encryption_secret" else (1, "Nodes")
            case "epoch" | "others":
                lane = 0, upper_first(name.replace("_", " "))
            case _:
                lane = 0, KINDS[kind]["name"]
        return lane

    def _owner(self, epoch: int | None, node: int) -> str:
        """The member whose messages a ratchet is for."""
        record = None if epoch is None else self.group_history.epochs.get(epoch)
        holder = None if record is None else record.members.get(node // 2)
        return f"Leaf {node // 2}" if holder is None else self.people[holder]
