"""The view of a derivation: how one secret or message came to be known, laid out to be drawn.

Facts and arrows are told twice: with every step, and with runs of steps that only turn one secret into the next folded
into one arrow. Places are in pixels, so that the live picture and the still figure draw the same lines.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, TypeAlias, TypedDict

import networkx as nx

from workbench.adversary.derivation import Derivation, Words
from workbench.adversary.leak import Leak
from workbench.adversary.verdict import Verdict
from workbench.inspect.names import upper_first
from workbench.inspect.trace_rules import Fact, Rule, RuleKind, message_place
from workbench.views.layered import Item, Room, places, ranks, route
from workbench.views.trace_replay import text_of

FORMAT: Final = "mls-workbench/derivation-view"
VERSION: Final = 1

FactNumber: TypeAlias = int
"""An index of `facts`."""

CALLS: Mapping[str, tuple[str, str]] = {
    "derive_secret": ("DeriveSecret", "8"),
    "expand_with_label": ("ExpandWithLabel", "8"),
    "extract": ("KDF.Extract", "8"),
    "derive_tree_secret": ("DeriveTreeSecret", "9"),
    "derive_key_pair": ("KEM.DeriveKeyPair", "7.4"),
    "signature_key_pair": ("signature key pair", "5.1"),
    "fresh": ("drawn at random", ""),
    "encode": ("GroupSecrets", "12.4.3.1"),
    "decode": ("GroupSecrets", "12.4.3.1"),
    "encrypt_with_label": ("DecryptWithLabel", "5.1.3"),
    "decrypt_with_label": ("DecryptWithLabel", "5.1.3"),
    "export_from": ("SetupBaseR, Context.Export", "8.3"),
    "export_to": ("SetupBaseR, Context.Export", "8.3"),
    "open": ("AEAD.Open", "6.3.1"),
    "same": ("the same secret", ""),
}
"""What the RFC calls what an operation gives, and in which section."""
LABELLED: Collection[str] = ("derive_secret", "expand_with_label", "derive_tree_secret")


class LeakWordsView(TypedDict):
    """A leak in words, and in one short line."""

    words: str
    brief: str


class DerivedFactView(TypedDict):
    """A secret or what a message says: in two short lines, and in words.

    `leak` is what it leaked with, null if it was derived. `value` is hexadecimal for a secret and text for a message,
    null if it was not recorded. `source` says in a sentence how it came to be known.
    """

    kind: str
    name: str
    place: str
    words: str
    value: str | None
    leak: LeakWordsView | None
    source: str


class CallView(TypedDict):
    """One step in the words of the RFC, its section ("" if it has none), and the fact that it gives."""

    call: str
    section: str
    gives: FactNumber


class LineView(TypedDict):
    """An edge from one premise: an SVG path to where the premises of its arrow come together."""

    premise: FactNumber
    path: str


class ArrowView(TypedDict):
    """One step, or several folded into one: from premises that are all needed to a conclusion.

    `sealed` is true if a ciphertext is opened; then `label` is that of its key, the start of the public key, if the
    key has one. `x` and `y` are where the lines meet, a stem leads from there down to the conclusion.
    """

    conclusion: FactNumber
    sealed: bool
    label: str
    calls: list[CallView]
    sentence: str
    lines: list[LineView]
    x: int
    y: int


class PlaceView(TypedDict):
    """Where a fact stands: `rank` is its row."""

    fact: FactNumber
    rank: int
    x: int
    y: int


class ArrangementView(TypedDict):
    """A picture of the derivation: places by row and from left to right, and arrows in the order of the proof."""

    width: int
    height: int
    places: list[PlaceView]
    arrows: list[ArrowView]


class DerivationView(TypedDict):
    """How the fact `goal` came to be known, laid out twice; `summary` says in a sentence what there is to see."""

    format: str
    version: int
    title: str
    goal: FactNumber
    facts: list[DerivedFactView]
    summary: str
    folded: ArrangementView
    full: ArrangementView


def derivation_view(verdict: Verdict, fact: Fact) -> DerivationView:
    """The view of how a fact is known; raises `KeyError` if it is not."""
    return _Writer(Derivation.of(verdict, fact)).view()


HALF = 15
"""Half the height of a mark."""
ROW, TOP, FOOT, SIDE = 112, 40, 44, 12
STEM, BELOW = 52, 30
"""How far above a mark its premises come together, and how far below it lines may turn."""
LETTER, BOLD = 7.1, 8.1
"""About how wide a letter is, and one of a name."""
SEALED: Collection[RuleKind] = ("open", "randomness", "read")


@dataclass(frozen=True, slots=True)
class _Step:
    """One rule, or several in a row of which the last has the conclusion, and the label of the arrow."""

    rules: tuple[Rule, ...]
    label: str

    @property
    def conclusion(self) -> Fact:
        return self.rules[-1].conclusion

    @property
    def premises(self) -> tuple[Fact, ...]:
        return self.rules[0].premises


class _Writer:
    """Facts get numbers in the order of the proof."""

    def __init__(self, derivation: Derivation) -> None:
        self._derivation = derivation
        self._words = Words(*derivation.verdict.recorded.group_histories)
        self._facts = tuple(derivation.graph())
        self._numbers = {fact: number for number, fact in enumerate(self._facts)}

    def view(self) -> DerivationView:
        steps, goal = self._derivation.steps, self._derivation.fact
        return {
            "format": FORMAT,
            "version": VERSION,
            "title": self._title(),
            "goal": self._numbers[goal],
            "facts": [self._fact(fact) for fact in self._facts],
            "summary": self._summary(),
            "folded": self._arrangement([self._step(run) for run in runs(steps, goal)]),
            "full": self._arrangement([self._step((rule,)) for rule in steps]),
        }

    def _title(self) -> str:
        words = self._words.of(self._derivation.fact)
        is_message = self._derivation.fact.startswith("message ")
        return f"How it is known {words}" if is_message else f"How {words} is known"

    def _summary(self) -> str:
        leaked, steps = len(self._derivation.leaks), len(self._derivation.steps)
        goal = self._words.of(self._derivation.fact)
        if not steps:
            return f"{upper_first(goal)} leaked itself: nothing had to be computed."
        secrets, lead = ("secret that leaked", "leads") if leaked == 1 else ("secrets that leaked", "lead")
        return f"{leaked} {secrets} {lead} to {goal}, in {steps} {'step' if steps == 1 else 'steps'}."

    def _fact(self, fact: Fact) -> DerivedFactView:
        is_message = message_place(fact) is not None
        name, place = self._words.brief(fact)
        leak = self._derivation.leaks.get(fact)
        words = self._words.of(fact)
        rule = next((rule for rule in self._derivation.steps if rule.conclusion == fact), None)
        return {
            "kind": "message" if is_message else "secret",
            "name": name,
            "place": place,
            "words": words,
            "value": self._text(fact) if is_message else self._words.secrets[fact]["value"],
            "leak": None if leak is None else {"words": str(leak), "brief": _brief(leak)},
            "source": f"{upper_first(words)} leaked with {leak}." if rule is None else self._sentence((rule,)),
        }

    def _text(self, fact: Fact) -> str | None:
        group_histories = self._derivation.verdict.recorded.group_histories
        trace, found = next(
            (each.trace, message) for each in group_histories for message in each.messages if message.fact == fact
        )
        return text_of(trace["steps"][found.step]["messages"][found.message])

    def _sentence(self, rules: tuple[Rule, ...]) -> str:
        whole = replace(rules[0], conclusion=rules[-1].conclusion)
        return self._words.sentence(whole, self._derivation.leaks, steps=len(rules))

    # Steps

    def _step(self, rules: tuple[Rule, ...]) -> _Step:
        labels = [self._label(rule) for rule in rules]
        return _Step(rules, labels[0] if len(labels) == 1 else f"{labels[0]} {'…' if labels[2:] else '·'} {labels[-1]}")

    def _label(self, rule: Rule) -> str:
        """What is written at an arrow: the label of the derivation, or that of the key that opens a ciphertext."""
        if rule.kind == "open":
            return self._words.secrets[rule.premises[0]].get("public", "")[:4] or rule.label
        if rule.kind == "read":
            return "PrivateMessage"
        label = f"“{rule.label}”" if rule.operation in LABELLED else rule.label
        return label or CALLS[rule.operation][0].rpartition(".")[2]

    def _call(self, rule: Rule) -> CallView:
        name, section = CALLS[rule.operation]
        label = f" “{rule.label}”" if rule.label and rule.label != name else ""
        return {"call": f"{name}{label}", "section": section, "gives": self._numbers[rule.conclusion]}

    # What is drawn where

    def _arrangement(self, steps: Sequence[_Step]) -> ArrangementView:
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_node(self._numbers[self._derivation.fact])
        for step in steps:
            conclusion = self._numbers[step.conclusion]
            graph.add_edges_from((self._numbers[premise], conclusion) for premise in step.premises)
        rank = ranks(graph)
        labels = {self._numbers[step.conclusion]: step.label for step in steps}
        rooms = {node: self._room(self._facts[node], labels.get(node, "")) for node in graph}
        x = {item: round(SIDE + place) for item, place in places(graph, rank, rooms).items()}
        spots: list[PlaceView] = [
            {"fact": node, "rank": rank[node], "x": x[node], "y": TOP + ROW * rank[node]} for node in graph
        ]
        spots.sort(key=lambda spot: (spot["rank"], spot["x"]))
        return {
            "width": round(SIDE + max(x[node] + rooms[node][1] for node in graph)),
            "height": TOP + ROW * max(rank.values()) + FOOT,
            "places": spots,
            "arrows": [self._arrow(step, rank, x) for step in steps],
        }

    def _room(self, fact: Fact, label: str) -> Room:
        """The words of a fact stand to the right of its mark, and above them those of its arrow."""
        leak = self._derivation.leaks.get(fact)
        name, place = self._words.brief(fact)
        lines = (place, label, "" if leak is None else _brief(leak))
        widest = max(BOLD * len(name), *(LETTER * len(line) for line in lines))
        return HALF + 8, round(HALF + 14 + widest, 1)

    def _arrow(self, step: _Step, rank: Mapping[int, int], x: Mapping[Item, int]) -> ArrowView:
        conclusion = self._numbers[step.conclusion]
        premises = [self._numbers[premise] for premise in step.premises]
        return {
            "conclusion": conclusion,
            "sealed": step.rules[0].kind in SEALED,
            "label": step.label,
            "calls": [self._call(rule) for rule in step.rules],
            "sentence": self._sentence(step.rules),
            "lines": [{"premise": each, "path": _line(each, conclusion, rank, x)} for each in premises],
            "x": x[conclusion],
            "y": TOP + ROW * rank[conclusion] - STEM,
        }


def runs(steps: Sequence[Rule], goal: Fact) -> Iterator[tuple[Rule, ...]]:
    """The steps, with what only turns one secret into the next, and is used for nothing else, in one run."""
    users: dict[Fact, list[Rule]] = {}
    for rule in steps:
        for premise in rule.premises:
            users.setdefault(premise, []).append(rule)

    def is_plain(rule: Rule) -> bool:
        return rule.kind in {"derive", "decode"} and len(rule.premises) == 1

    def goes_on(rule: Rule) -> bool:
        after = users.get(rule.conclusion, [])
        return rule.conclusion != goal and is_plain(rule) and len(after) == 1 and is_plain(after[0])

    run_to: dict[Fact, tuple[Rule, ...]] = {}
    for rule in steps:
        run = (*run_to.pop(rule.premises[0], ()), rule)
        if goes_on(rule):
            run_to[rule.conclusion] = run
        else:
            yield run


def _brief(leak: Leak) -> str:
    return f"leaked: {leak.device}, step {leak.at + 1}"


def _line(source: int, target: int, rank: Mapping[int, int], x: Mapping[Item, int]) -> str:
    """From a premise down to where the premises come together, past the rows between."""
    way = route(source, target, rank)
    row = TOP + ROW * rank[source]
    path = [f"M{x[source]} {row + HALF}"]
    for before, item in pairwise(way):
        start, end = row + BELOW, row + ROW - STEM
        if x[before] != x[item]:
            middle = (start + end) // 2
            path.append(f"V{start}C{x[before]} {middle} {x[item]} {middle} {x[item]} {end}")
        row += ROW
    return f"{''.join(path)}V{row - STEM}"
