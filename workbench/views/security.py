"""The security view of a history: which secrets each device held after each step, and the rules of deduction.

The view has the rules as integer arrays, so that a page without a kernel can compute what any leaks open. A test holds
the closure in the browser (`widgets/shared/closure.js`) equal to Python's. The view also has the words for facts.

A fact is a number: an index of `facts`. A leak is a list of facts. The facts that a device holds are given as changes
from step to step, because few of them change in one step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NotRequired, TypeAlias, TypedDict

from workbench.adversary.derivation import Words
from workbench.adversary.group_history import EpochRecord, GroupHistory, MessageRecord
from workbench.adversary.leak import Leak
from workbench.adversary.leaked_secrets import Part
from workbench.adversary.verdict import RecordedHistory
from workbench.inspect.trace_format import HolderId, Trace
from workbench.inspect.trace_rules import RULE_KINDS, message_place
from workbench.views.ratchet_tree import members_of, ratchet_tree_view
from workbench.views.schema import MemberView, RatchetTreeView
from workbench.views.trace_replay import text_of

FORMAT: Final = "mls-workbench/security-view"
VERSION: Final = 1

FactNumber: TypeAlias = int
"""An index of `facts`."""


class FactView(TypedDict):
    """Something that can be known: a secret or the content of a message. `value` is null if it was not recorded."""

    words: str
    name: str
    value: str | None


class RuleArraysView(TypedDict):
    """Rule `r` concludes `conclusions[r]` from `premises[starts[r]:starts[r + 1]]`; `kinds` index `rule_kinds`."""

    starts: list[int]
    premises: list[FactNumber]
    conclusions: list[FactNumber]
    kinds: list[int]


class SecurityStepView(TypedDict):
    """One step: what happened in words, and the changes of the facts that each device holds."""

    epoch: int
    kind: str
    title: str
    sentence: str
    keys_learned: dict[HolderId, list[FactNumber]]
    keys_deleted: dict[HolderId, list[FactNumber]]


class SeatView(TypedDict):
    """A member in an epoch: its leaf, the fact of its private leaf key, and the fact of its private signature key."""

    member: HolderId
    leaf: int
    key: FactNumber
    signature_key: FactNumber | None


class SecurityEpochView(TypedDict):
    """An epoch: the step that led to it, the fact of its epoch authenticator, and its members."""

    epoch: int
    step: int
    authenticator: FactNumber | None
    seats: list[SeatView]


class SecurityMessageView(TypedDict):
    """An application message, as a fact."""

    fact: FactNumber | None
    step: int
    epoch: int
    sender: HolderId | None
    text: str


class NamedLeakView(TypedDict):
    """A named leak that the picture offers, as a list of facts; `at` is the step after which it leaked."""

    name: str
    device: HolderId
    at: int
    what: Part
    words: str
    facts: list[FactNumber]


class SecurityView(TypedDict):
    """A history as the security matrix and the lifetimes need it: steps, epochs, messages, leaks, facts and rules.

    `unrecorded` are the members whose devices were not recorded, if there are any: what they hold is unknown.
    """

    format: str
    version: int
    title: str
    members: list[MemberView]
    steps: list[SecurityStepView]
    epochs: list[SecurityEpochView]
    messages: list[SecurityMessageView]
    facts: list[FactView]
    rules: RuleArraysView
    rule_kinds: list[str]
    leaks: list[NamedLeakView]
    unrecorded: NotRequired[list[HolderId]]


def security_view(
    recorded: RecordedHistory,
    leaks: Mapping[str, Leak] | None = None,
    title: str | None = None,
    *,
    tree: RatchetTreeView | None = None,
) -> SecurityView:
    """The view of a recorded history. The picture offers `leaks` by their names, and the compromise of any device.

    `tree` may give the view of its ratchet tree, which is made otherwise.
    """
    return _Writer(recorded).view(leaks or {}, tree or ratchet_tree_view(recorded.group_history.trace, title))


class _Writer:
    """Writes the view. It gives numbers to facts: first to the facts of the rules, then to the others."""

    def __init__(self, recorded: RecordedHistory) -> None:
        self._recorded = recorded
        self._group_history: GroupHistory = recorded.group_history
        self._numbers = dict(recorded.deduction_rules.numbers)

    def view(self, leaks: Mapping[str, Leak], shown: RatchetTreeView) -> SecurityView:
        trace, rules = self._group_history.trace, self._recorded.deduction_rules.rules
        steps = [
            self._step(trace, number, each["title"], each["sentence"]) for number, each in enumerate(shown["steps"])
        ]
        epochs = [self._epoch(record) for record in self._group_history.epochs.values()]
        messages = [self._message(each) for each in self._group_history.messages]
        named = [self._named(name, leak) for name, leak in leaks.items()]
        words = Words(*self._recorded.group_histories)
        unrecorded = self._group_history.unrecorded
        view: SecurityView = {
            "format": FORMAT,
            "version": VERSION,
            "title": shown["title"],
            "members": members_of(trace),
            "steps": steps,
            "epochs": epochs,
            "messages": messages,
            "facts": [self._fact(fact, words) for fact in self._numbers],
            "rules": {
                "starts": list(rules.starts),
                "premises": list(rules.premises),
                "conclusions": list(rules.conclusions),
                "kinds": [RULE_KINDS.index(rule.kind) for rule in rules.rules],
            },
            "rule_kinds": list(RULE_KINDS),
            "leaks": named,
        }
        return {**view, "unrecorded": [*unrecorded]} if unrecorded else view

    def _number(self, fact: str) -> FactNumber:
        return self._numbers.setdefault(fact, len(self._numbers))

    def _all(self, facts: Iterable[str]) -> list[FactNumber]:
        return [self._number(fact) for fact in facts]

    def _fact(self, fact: str, words: Words) -> FactView:
        entry = words.secrets.get(fact)
        name = "message" if entry is None else entry["name"]
        return {"words": words.of(fact), "name": name, "value": None if entry is None else entry["value"]}

    def _step(self, trace: Trace, number: int, title: str, sentence: str) -> SecurityStepView:
        step = trace["steps"][number]
        people = [holder["id"] for holder in trace["holders"] if holder["kind"] == "member"]
        group_history = self._group_history
        held, before = group_history.held[number], group_history.held[number - 1] if number else {}
        keys_learned, keys_deleted = (
            {name: list(step[change].get(name, ())) for name in people} for change in ("keys_learned", "keys_deleted")
        )
        for name in people:  # A device holds secrets, and the content of the private proposals that wait in its state.
            now, earlier = held.get(name, frozenset()), before.get(name, frozenset())
            keys_learned[name] += sorted(each for each in now - earlier if message_place(each) is not None)
            keys_deleted[name] += sorted(each for each in earlier - now if message_place(each) is not None)
        return {
            "epoch": step["epoch"],
            "kind": step["kind"],
            "title": title,
            "sentence": sentence,
            "keys_learned": {name: self._all(facts) for name, facts in keys_learned.items() if facts},
            "keys_deleted": {name: self._all(facts) for name, facts in keys_deleted.items() if facts},
        }

    def _epoch(self, record: EpochRecord) -> SecurityEpochView:
        authenticator = record.secrets.get("epoch_authenticator")
        signature_keys = {leaf: self._group_history.signers.get(key) for leaf, key in record.signature_keys.items()}
        return {
            "epoch": record.epoch,
            "step": record.step,
            "authenticator": None if authenticator is None else self._number(authenticator),
            "seats": [
                {
                    "member": member,
                    "leaf": leaf,
                    "key": self._number(record.keys[2 * leaf]),
                    "signature_key": None if (key := signature_keys[leaf]) is None else self._number(key),
                }
                for leaf, member in sorted(record.members.items())
            ],
        }

    def _message(self, message: MessageRecord) -> SecurityMessageView:
        return {
            "fact": self._number(message.fact),
            "step": message.step,
            "epoch": message.epoch,
            "sender": message.sender,
            "text": text_of(self._group_history.trace["steps"][message.step]["messages"][message.message]) or "",
        }

    def _named(self, name: str, leak: Leak) -> NamedLeakView:
        facts = self._all(sorted(self._recorded.leaked(leak)))
        return {
            "name": name,
            "device": leak.device,
            "at": leak.at,
            "what": leak.what,
            "words": str(leak),
            "facts": facts,
        }
