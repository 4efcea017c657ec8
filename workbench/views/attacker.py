"""Adds one more viewer to the view of a ratchet tree: an attacker who has some leaks and hears every message.

This attacker looks back. Each step shows everything that follows from all leaks, also from later ones: a ciphertext is
open if a later leak opens it, and an epoch that a later leak opened again says which leak did. The knowledge is that of
the verdict on the leaks. An attacker who really decrypts with the same leaks gets the same (`workbench.adversary`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from workbench.adversary.knowledge import LEAKED, Knowledge
from workbench.adversary.leak import Leak
from workbench.adversary.verdict import Verdict
from workbench.inspect.names import brief_names
from workbench.inspect.trace_format import SecretId
from workbench.inspect.trace_rules import message_fact
from workbench.mls import NodeIndex
from workbench.mls.tree.tree_math import direct_path
from workbench.views.describe import LEAK_HOLDER, nodes_in_words
from workbench.views.ratchet_tree import ratchet_tree_view
from workbench.views.schema import BeatView, How, PadlockView, RatchetTreeView, StepView, ViewerView
from workbench.views.trace_replay import text_of


def tree_under_attack(verdict: Verdict, title: str | None = None) -> RatchetTreeView:
    """The view of a ratchet tree, with an attacker who has the leaks of a verdict as one more viewer."""
    view = ratchet_tree_view(verdict.recorded.group_history.trace, title)
    attacker = _Attacker(verdict, verdict.knowledge, view["keyframe"]["leaf_count"])
    viewer: ViewerView = {"id": LEAK_HOLDER, "name": "the attacker with these leaks", "kind": "attacker"}
    view["viewers"].append(viewer)
    for number, step in enumerate(view["steps"]):
        keys = [node["key"] for node in (view["keyframe"]["nodes"] if number == 0 else step["set"]).values()]
        attacker.look_at(number, step, keys)
    view["padlocks"] = {str(epoch): _padlock(verdict, epoch) for epoch in verdict.epochs}
    return view


@dataclass(slots=True)
class _Attacker:
    """Adds what the attacker knows to each step of a view, from the first step to the last."""

    verdict: Verdict
    knowledge: Knowledge
    leaf_count: int
    keys: set[SecretId] = field(default_factory=set)

    def look_at(self, number: int, step: StepView, keys: Sequence[SecretId]) -> None:
        """Add to a step what the attacker knows of it; `keys` are the key pairs that the step puts into the tree."""
        self.leaf_count = step.get("leaf_count", self.leaf_count)
        known = [key for key in dict.fromkeys(keys) if self._knows(key) and key not in self.keys]
        self.keys.update(known)
        if known:
            step["keys_learned"][LEAK_HOLDER] = [{"key": key, "how": self._how(key)} for key in known]
        if number and self._comes_in(step):
            step["tree_to"] = [*step.get("tree_to", ()), LEAK_HOLDER]
        elif not self._sees(number, step):
            step["unseen_by"] = [*step.get("unseen_by", ()), LEAK_HOLDER]
        self._open(number, step)
        self._read(number, step)
        self._tell(step)
        step["beats"] += [_leak_beat(leak) for leak in self.verdict.leaks if leak.at == number]

    def _knows(self, fact: str) -> bool:
        return fact in self.knowledge

    def _knows_value(self, value: str | None) -> bool:
        secret = None if value is None else self.verdict.recorded.group_history.by_value.get(value)
        return secret is not None and self._knows(secret)

    def _how(self, key: SecretId) -> How:
        """How the attacker got a private key: it leaked, or the rules say how it was computed."""
        rules, fact = self.knowledge.deduction_rules.rules, self.knowledge.deduction_rules.numbers[key]
        if self.knowledge.by_rule[fact] == LEAKED:
            return "leaked"
        while (rule := self.knowledge.by_rule[fact]) != LEAKED:
            if rules.rules[rule].kind == "decode":
                return "welcome"
            if rules.rules[rule].kind == "open":
                return "opened"
            fact = rules.premises[rules.starts[rule]]
        return "derived"

    def _sees(self, number: int, step: StepView) -> bool:
        """Whether the attacker learns what a step did to the group."""
        return step["kind"] not in {"compromise", "share"} and _can_read(self.verdict, self.knowledge, number)

    def _comes_in(self, step: StepView) -> bool:
        """Whether a commit leads to the first readable epoch: then the attacker has the tree from the leaked state."""
        epoch, standings = step["epoch"], self.verdict.epochs
        begins = step["kind"] in {"commit", "found"}
        return begins and standings.get(epoch) == "readable" and standings.get(epoch - 1) != "readable"

    def _open(self, number: int, step: StepView) -> None:
        """Mark the ciphertexts that the attacker's private keys open."""
        for at in step["path"]["nodes"] if step["path"] else ():
            if self._knows_value(at["path_secret"]):
                at["known_to"].append(LEAK_HOLDER)
            for envelope in at["envelopes"]:
                if self._knows(envelope["to_key"]):
                    envelope["opened_by"].append(LEAK_HOLDER)
        operations = self.verdict.recorded.group_history.trace["steps"][number]["operations"]
        sealed_to = {each["public"]: each["to"] for each in operations if "public" in each and "to" in each}
        for welcome in step.get("welcome", ()):
            if self._knows(sealed_to.get(welcome["kem_output"], "")):
                welcome["opened_by"].append(LEAK_HOLDER)

    def _read(self, number: int, step: StepView) -> None:
        """Mark the secrets of the epoch and the message that the attacker knows."""
        for secret in step.get("secrets", ()):
            if self._knows_value(secret["value"]):
                secret["known_to"].append(LEAK_HOLDER)
        message, trace = step["message"], self.verdict.recorded.group_history.trace
        if message is not None and message["kind"] == "application" and self._knows(message_fact(trace, number, 0)):
            message["read"][LEAK_HOLDER] = text_of(trace["steps"][number]["messages"][0]) or ""

    def _tell(self, step: StepView) -> None:
        """Mark the beats that the attacker can know of, and add a beat in which it opens ciphertexts."""
        path_known = (
            {at["node"] for at in step["path"]["nodes"] if LEAK_HOLDER in at["known_to"]} if step["path"] else set()
        )
        secrets = {each["name"] for each in step.get("secrets", ()) if LEAK_HOLDER in each["known_to"]}
        for beat in step["beats"]:
            learns = {
                "climb": any(node in path_known for node in beat["nodes"]),
                "root": "commit_secret" in secrets,
                "schedule": self.verdict.epochs.get(step["epoch"]) == "readable",
            }.get(beat["kind"], False)
            if learns and step["kind"] == "commit" and beat["known_to"] is not None:
                beat["known_to"] = [*beat["known_to"], LEAK_HOLDER]
        opened = [] if step["path"] is None else [*_opened(step)]
        if opened:
            at = max(place for place, beat in enumerate(step["beats"]) if beat["kind"] in {"seal", "open"}) + 1
            step["beats"].insert(at, self._open_beat(opened))

    def _open_beat(self, opened: Sequence[int]) -> BeatView:
        ways = ((node, *direct_path(NodeIndex(node), self.leaf_count)) for node in opened)
        edges = dict.fromkeys(edge for way in ways for edge in pairwise(way))
        what = f"The attacker opens the path secrets that are sealed to {nodes_in_words(opened)}"
        return {
            "kind": "open",
            "sentence": f"{what}, and derives all path secrets above.",
            "nodes": [*opened],
            "edges": [*edges],
            "known_to": [LEAK_HOLDER],
        }


def _can_read(verdict: Verdict, knowledge: Knowledge, step: int) -> bool:
    """Whether the attacker can read the proposals and commits of a step: they are public, or it knows their keys."""
    trace = verdict.recorded.group_history.trace
    return all(
        message_fact(trace, step, index) in knowledge
        for index, message in enumerate(trace["steps"][step]["messages"])
        if "content" in message and message["kind"] in {"proposal", "commit"}
    )


def _opened(step: StepView) -> Iterator[int]:
    """The nodes whose ciphertexts the attacker opens."""
    for at in step["path"]["nodes"] if step["path"] else ():
        yield from (each["to"] for each in at["envelopes"] if LEAK_HOLDER in each["opened_by"])


def _leak_beat(leak: Leak) -> BeatView:
    return {
        "kind": "compromise",
        "sentence": f"After this step {leak.taken} leaks.",
        "nodes": [],
        "edges": [],
        "known_to": [LEAK_HOLDER],
    }


def _padlock(verdict: Verdict, epoch: int) -> PadlockView:
    """Whether an epoch is open, healed or closed under all leaks, and whose leak opened it or would open it."""
    standing = verdict.epochs[epoch]
    if standing == "closed":
        return {"state": "closed", "badge": "", "words": f"epoch {epoch} is closed to the attacker"}
    if standing == "readable":
        again = verdict.reopened.get(epoch)
        behind = [again] if again else verdict.leaks_behind(epoch)
        by = brief_names(dict.fromkeys(leak.device for leak in behind))
        had = "had healed and is open again" if again else "is open"
        return {
            "state": "reopened" if again else "open",
            "badge": f"{'open again' if again else 'open'}: {by}",
            "words": f"epoch {epoch} {had}, by what leaked from {by}",
        }
    reopeners = verdict.reopeners[epoch]
    if not reopeners:
        return {"state": "healed", "badge": "healed", "words": f"epoch {epoch} has healed"}
    return {
        "state": "healed",
        "badge": f"healed so far: {len(reopeners)}",
        "words": f"epoch {epoch} has healed so far: the compromise of {brief_names(reopeners, 'or')} would reopen it",
    }
