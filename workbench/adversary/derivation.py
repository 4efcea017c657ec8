"""How the attacker gets from leaked bytes and messages to a secret or a text, as sentences and as a graph.

Most steps of a derivation expand one secret to the next. The sentences leave such steps out. They name what leaked,
what it opens, and the steps that need several secrets.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from workbench.adversary.group_history import GroupHistory
from workbench.adversary.leak import Leak
from workbench.adversary.verdict import Verdict
from workbench.inspect.names import listed, shortened, shown, upper_first
from workbench.inspect.trace_format import SecretId
from workbench.inspect.trace_rules import Fact, Rule, is_of, message_place

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, repr=False)
class Derivation:
    """The steps that lead to one known fact, in order: each step comes after the steps that give its premises."""

    verdict: Verdict
    fact: Fact
    steps: tuple[Rule, ...]

    @classmethod
    def of(cls, verdict: Verdict, fact: Fact) -> Derivation:
        """The derivation of a fact; raises `KeyError` if the attacker does not know it."""
        return cls(verdict, fact, verdict.knowledge.derivation(fact))

    @classmethod
    def of_epoch(cls, verdict: Verdict, epoch: int) -> Derivation:
        """The derivation of an epoch's secrets; raises `KeyError` if the attacker does not know them."""
        return cls.of(verdict, verdict.recorded.group_history.epochs[epoch].secrets["epoch_authenticator"])

    @cached_property
    def leaks(self) -> Mapping[Fact, Leak]:
        """The leaked facts from which the derivation starts, each with the first leak that contains it."""
        derived = {rule.conclusion for rule in self.steps}
        needed = {self.fact, *(premise for rule in self.steps for premise in rule.premises)} - derived
        by_leak = [(leak, self.verdict.recorded.leaked(leak)) for leak in self.verdict.leaks]
        return {fact: next(leak for leak, facts in by_leak if fact in facts) for fact in sorted(needed)}

    def graph(self) -> nx.DiGraph[Fact]:
        """The derivation as an acyclic graph: facts are nodes, and edges go from each premise to the conclusion.

        A node has `words`, a `rank` (the number of steps on the longest way from a leaked fact) and its `leak`, None if
        it did not leak. An edge has the `kind`, `operation` and `label` of its rule.
        """
        import networkx as nx  # noqa: PLC0415 - it takes a quarter of the time in which the pictures are imported

        graph: nx.DiGraph[Fact] = nx.DiGraph()
        words = Words(*self.verdict.recorded.group_histories)
        for fact, leak in self.leaks.items():
            graph.add_node(fact, words=words.of(fact), leak=str(leak), rank=0)
        for rule in self.steps:
            rank = 1 + max(graph.nodes[premise]["rank"] for premise in rule.premises)
            graph.add_node(rule.conclusion, words=words.of(rule.conclusion), leak=None, rank=rank)
            for premise in rule.premises:
                graph.add_edge(premise, rule.conclusion, kind=rule.kind, operation=rule.operation, label=rule.label)
        return graph

    def sentences(self) -> tuple[str, ...]:
        """The derivation in words: one sentence for each step that `Words.matters` selects."""
        words = Words(*self.verdict.recorded.group_histories)
        told = tuple(words.sentence(rule, self.leaks) for rule in self.steps if words.matters(rule))
        if told:
            return told
        source = next(iter(self.leaks.values()))
        verb = "leaked" if self.fact in self.leaks else "follows from what leaked"
        return (f"{upper_first(words.of(self.fact))} {verb} with {source}.",)

    def __str__(self) -> str:
        return " ".join(self.sentences())

    def __repr__(self) -> str:
        return "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(self.sentences(), start=1))


SAID = {
    "private_key": "the key of node {node} that commit {epoch} made",
    "path_secret": "the path secret of node {node} in commit {epoch}",
    "commit_secret": "the commit secret of commit {epoch}",
    "group_secrets": "what a Welcome to epoch {epoch} seals",
    "randomness": "what a device drew from its random generator",
    "extracted_secret": "what becomes the joiner secret of epoch {epoch}",
    "member_secret": "the secrets of epoch {epoch}",
}
"""Words for secrets that do not belong to the key schedule of an epoch.

An `extracted_secret` and a `member_secret` each give one thing only, so they are named after it.
"""


class Words:
    """Words for the facts and rules of a group's history, and for those of other groups of the same people."""

    def __init__(self, group_history: GroupHistory, *beside: GroupHistory) -> None:
        self._beside = beside
        self.secrets = ChainMap(*(dict(each.secrets) for each in (group_history, *beside)))
        self._leaf_of: dict[SecretId, str] = {}
        for each in (group_history, *beside):
            names = {holder["id"]: shortened(holder["name"]) for holder in each.trace["holders"]}
            for record in each.epochs.values():
                for leaf, member in record.members.items():
                    self._leaf_of.setdefault(record.keys[2 * leaf], names[member])

    def of(self, fact: Fact) -> str:
        """A fact in words: "the path secret of node 3 in commit 4"."""
        beside = (each for each in self._beside if fact in each.secrets or is_of(fact, each.trace))
        elsewhere = next((f" in group {shown(bytes.fromhex(each.trace['group_id']))}" for each in beside), "")
        return self._here(fact) + elsewhere

    def _here(self, fact: Fact) -> str:
        place = message_place(fact)
        if place is not None:
            return f"what message {place[1] + 1} of step {place[0] + 1} says"
        if fact in self._leaf_of:
            return f"{self._leaf_of[fact]}'s leaf key"
        entry = self.secrets[fact]
        name, epoch, node = entry["name"], entry["epoch"], entry["node"]
        if name == "private_key" and node is None:
            return "the init key of a key package"
        if "ratchet" in name:
            return f"the {name.replace('_', ' ')} {entry.get('generation', 0)} of node {node} in epoch {epoch}"
        said = SAID.get(name, f"the {name.replace('_', ' ')} of epoch {{epoch}}")
        return said.format(node=node, epoch=epoch)

    def brief(self, fact: Fact) -> tuple[str, str]:
        """A fact in two short lines, the RFC's name and the place: "path_secret", "node 3, epoch 4"."""
        place = message_place(fact)
        if place is not None:
            return "message", f"{place[1] + 1} of step {place[0] + 1}"
        entry = self.secrets[fact]
        name, node, public = entry["name"], entry["node"], entry.get("public")
        key = [f"key {public[:4]}"] if public else []
        if fact in self._leaf_of:
            return f"{self._leaf_of[fact]}'s leaf key", ", ".join((f"node {node}", *key))
        if name == "private_key" and node is None:
            return "init key", ", ".join(key)
        belongs = [("node", node), ("generation", entry.get("generation")), ("epoch", None if key else entry["epoch"])]
        return name, ", ".join([f"{what} {number}" for what, number in belongs if number is not None] + key)

    def matters(self, rule: Rule) -> bool:
        """Whether the sentences tell this step: it decrypts something, or it needs several premises."""
        return rule.kind in {"open", "randomness", "read", "same"} or len(rule.premises) > 1

    def sentence(self, rule: Rule, leaks: Mapping[Fact, Leak], *, steps: int = 1) -> str:
        """One step as a sentence, or `steps` steps in one: "Dave's leaf key opens the path secret of node 3"."""
        premises = [self._with_source(premise, leaks) for premise in rule.premises]
        verb = {"open": "opens", "read": "opens", "randomness": "gives away", "same": "is"}.get(rule.kind, "gives")
        plural = {"opens": "open", "gives": "give", "gives away": "give away", "is": "are"}
        said = plural[verb] if len(premises) > 1 or premises[0].startswith("the secrets ") else verb
        passing = f", in {steps} steps," if steps > 1 else ""
        return f"{upper_first(listed(premises))} {said}{passing} {self.of(rule.conclusion)}."

    def _with_source(self, fact: Fact, leaks: Mapping[Fact, Leak]) -> str:
        return f"{self.of(fact)} (leaked with {leaks[fact]})" if fact in leaks else self.of(fact)
