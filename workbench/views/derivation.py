"""The view of a derivation: how the attacker gets to know one secret or message, with a place for each fact.

There are two arrangements: one with every step, and one in which steps that only turn one secret into the next are
folded into one arrow. Places are in pixels, so that the live picture and the still figure draw the same lines.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias, TypedDict

from workbench.adversary.derivation import Derivation, Words
from workbench.adversary.leak import Leak
from workbench.adversary.verdict import Verdict
from workbench.inspect.names import brief_name, counted, upper_first
from workbench.inspect.trace_rules import Fact, Rule, RuleKind, message_place
from workbench.views.layered import Item, Room, places, ranks, route
from workbench.views.trace_replay import text_of

if TYPE_CHECKING:
    import networkx as nx

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
"""The RFC's name for each recorded operation, and the section of the RFC."""
LABELLED: Collection[str] = ("derive_secret", "expand_with_label", "derive_tree_secret")


class LeakWordsView(TypedDict):
    """A leak in words, and in one short line."""

    words: str
    brief: str


class DerivedFactView(TypedDict):
    """A secret, or the content of a message: `name` and `place` are two short lines, `words` is the long form.

    `leak` is the leak that has the fact, null if it was derived. `value` is hexadecimal for a secret and text for a
    message, null if it was not recorded. `source` is a sentence that says how the attacker knows the fact.
    """

    kind: str
    name: str
    place: str
    words: str
    value: str | None
    leak: LeakWordsView | None
    source: str


class CallView(TypedDict):
    """One step: the RFC's name of the operation, its section ("" if it has none), and the fact that it gives."""

    call: str
    section: str
    gives: FactNumber


class LineView(TypedDict):
    """A line from one premise, as an SVG path. It ends where the lines of the same arrow meet."""

    premise: FactNumber
    path: str


class ArrowView(TypedDict):
    """One step, or several steps folded into one: all premises together give the conclusion.

    `sealed` is true if the step opens a ciphertext. Then `label` is the start of the public key to which it is sealed,
    if there is one. The lines meet at `x` and `y`, and a stem leads from there down to the conclusion.
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
    """The place of a fact in the picture; `rank` is its row."""

    fact: FactNumber
    rank: int
    x: int
    y: int


class ArrangementView(TypedDict):
    """An arrangement of the derivation: places by row and from left to right, arrows in the order of the derivation."""

    width: int
    height: int
    places: list[PlaceView]
    arrows: list[ArrowView]


class DerivationView(TypedDict):
    """How the attacker knows the fact `goal`, in two arrangements; `summary` is a sentence about the whole picture."""

    format: str
    version: int
    title: str
    goal: FactNumber
    facts: list[DerivedFactView]
    summary: str
    folded: ArrangementView
    full: ArrangementView


def derivation_view(verdict: Verdict, fact: Fact) -> DerivationView:
    """The view of the derivation of a fact; raises `KeyError` if the attacker does not know the fact."""
    return _Writer(Derivation.of(verdict, fact)).view()


HALF = 15
"""Half the height of a mark."""
ROW, TOP, FOOT, SIDE = 112, 40, 44, 12
STEM, BELOW = 52, 30
"""How far above a mark the lines of its arrow meet, and how far below a mark lines may turn, in pixels."""
LETTER, BOLD = 7.1, 8.1
"""The approximate width of a letter, and of a bold letter in a name, in pixels."""
SEALED: Collection[RuleKind] = ("open", "randomness", "read")


@dataclass(frozen=True, slots=True)
class _Step:
    """One rule, or several rules in a row, and the label of their arrow. The last rule has the conclusion."""

    rules: tuple[Rule, ...]
    label: str

    @property
    def conclusion(self) -> Fact:
        return self.rules[-1].conclusion

    @property
    def premises(self) -> tuple[Fact, ...]:
        return self.rules[0].premises


class _Writer:
    """Writes the view of a derivation. It numbers the facts in the order of the derivation."""

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
        return f"How the attacker knows {self._words.of(self._derivation.fact)}"

    def _summary(self) -> str:
        leaked, steps = len(self._derivation.leaks), len(self._derivation.steps)
        goal = self._words.of(self._derivation.fact)
        if not steps:
            return f"{upper_first(goal)} leaked: the attacker does not have to compute it."
        secrets, lead = ("secret that leaked", "leads") if leaked == 1 else ("secrets that leaked", "lead")
        return f"{leaked} {secrets} {lead} to {goal}, in {counted(steps, 'step')}."

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
        """The label of an arrow: that of the operation, or for a ciphertext the start of the public key."""
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

    # Places

    def _arrangement(self, steps: Sequence[_Step]) -> ArrangementView:
        import networkx as nx  # noqa: PLC0415 - it takes a quarter of the time in which the pictures are imported

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
        """The space for a fact: its words are to the right of the mark, and the label of its arrow is above them."""
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
    """The steps in runs. Steps that only turn one secret into the next are one run, unless a secret has another use."""
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
    return f"leaked: {brief_name(leak.device)}, step {leak.at + 1}"


def _line(source: int, target: int, rank: Mapping[int, int], x: Mapping[Item, int]) -> str:
    """The SVG path from a premise down to the point where the premises meet, through the rows between."""
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
