"""Deduction rules: what an attacker that reads every message on the wire can compute from what it knows.

A rule says: from all its premises, its conclusion can be computed. Each recorded operation on secrets gives one rule.
Each ciphertext on the wire gives two: its private key opens it, and so does the randomness that encrypted it. The
rules are Horn clauses (several premises, one conclusion). The attacker's knowledge is the closure under the rules
(`workbench.adversary.knowledge`), not reachability in a graph.

A conclusion is a secret or a message. Everything else that a rule needs counts as public: group contexts, trees and
public messages. The content of a private commit is a message of its own, because nobody can follow the commit without
it. A removed member shows why this matters: it keeps the init secret of its last epoch, but has used the key of the
commit. The content of a private PreSharedKey proposal is a message of its own too: its nonce enters the key schedule
(RFC 9420 §8.4). A Welcome also contains that nonce.

Each group has its own trace, and the rules can cover several groups. A secret that occurs in several groups has an id
in each trace; rules of the kind `same` say that these ids stand for one secret.

Rules are integers in flat arrays, so that a browser can compute with them. Entry `n` of `facts` is fact number `n`:
the id of a secret, or of a message (`message_fact`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, TypeAlias, get_args

from workbench.inspect.trace_format import Hex, HolderId, SecretId, Trace, TraceOperation, TraceSecret, custom_types
from workbench.inspect.trace_messages import commits_in
from workbench.mls import PreSharedKey, decode
from workbench.mls.wire.proposals import Proposal, ProposalByReference

Fact: TypeAlias = str
"""A fact: a secret, named by its id, or a message, named by `message_fact`."""

RuleKind: TypeAlias = Literal["derive", "open", "randomness", "decode", "read", "same"]
RULE_KINDS: tuple[RuleKind, ...] = get_args(RuleKind)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: from all premises, the conclusion can be computed, as in the operation of step `step` of the trace.

    A rule of the kind `same` says that two ids of different groups stand for the same secret.
    """

    premises: tuple[Fact, ...]
    conclusion: Fact
    kind: RuleKind
    step: int
    operation: str
    label: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a history. Rule `r` has the premises `premises[starts[r]:starts[r + 1]]`, as fact numbers."""

    facts: Sequence[Fact]
    starts: Sequence[int]
    premises: Sequence[int]
    conclusions: Sequence[int]
    rules: Sequence[Rule]

    def __len__(self) -> int:
        return len(self.conclusions)


def message_place(fact: Fact) -> tuple[int, int] | None:
    """The step and the number of the message that a fact stands for; None if the fact is a secret."""
    if not fact.startswith("message "):
        return None
    step, _, message = fact.split()[1].partition(".")
    return int(step), int(message)


def message_fact(trace: Trace, step: int, message: int) -> Fact:
    """The fact that stands for the content of message number `message` of step `step`."""
    return f"message {step}.{message} of {trace['group_id']}"


def is_of(fact: Fact, trace: Trace) -> bool:
    """Whether a fact stands for a message of this group."""
    return fact.endswith(f" of {trace['group_id']}")


def rules_of(*traces: Trace, ignoring: HolderId | None = "attacker") -> Rules:
    """The rules of the trace of a group, or of the traces of several groups together.

    Operations that only the holder `ignoring` (the attacker) performed are left out: the rules predict its results.
    """
    own = chain.from_iterable(_all_rules(trace, ignoring) for trace in traces)
    return numbered(chain(own, _same_secrets(traces) if len(traces) > 1 else ()))


def numbered(all_rules: Iterable[Rule]) -> Rules:
    """Rules as arrays of numbers, without repeated rules and rules whose conclusion is one of their premises."""
    facts: dict[Fact, int] = {}
    starts, premises, conclusions = [0], list[int](), list[int]()
    rules, seen = list[Rule](), set[tuple[tuple[int, ...], int]]()
    for rule in all_rules:
        numbers = tuple(facts.setdefault(fact, len(facts)) for fact in dict.fromkeys(rule.premises))
        conclusion = facts.setdefault(rule.conclusion, len(facts))
        if not numbers or conclusion in numbers or (numbers, conclusion) in seen:
            continue
        seen.add((numbers, conclusion))
        premises.extend(numbers)
        starts.append(len(premises))
        conclusions.append(conclusion)
        rules.append(rule)
    return Rules(tuple(facts), starts, premises, conclusions, rules)


def _all_rules(trace: Trace, ignoring: HolderId | None) -> Iterator[Rule]:
    secrets = secrets_of(trace)
    sender_data = {entry["epoch"]: key for key, entry in secrets.items() if entry["name"] == "sender_data_secret"}
    sealed, named = _private_commits(trace), _names_of_psks(trace, secrets)
    for number, step in enumerate(trace["steps"]):
        for operation in step["operations"]:
            if operation["by"] == [ignoring]:
                continue
            beside = sealed.get(_epoch_of(operation, secrets), ()) if operation["label"] in OF_COMMITS else ()
            for premises, conclusion, kind in _operation_rules(operation):
                for psks in named.get(conclusion, ((),)):
                    more = (*premises, *beside, *psks)
                    yield Rule(more, conclusion, kind, number, operation["name"], operation["label"])
        for read in step["reads"]:
            # A PrivateMessage opens for its key if the sender data opens, too (RFC 9420 §6.3).
            epoch = secrets[read["key"]]["epoch"]
            if epoch in sender_data:
                message = message_fact(trace, read["step"], read["message"])
                yield Rule((read["key"], sender_data[epoch]), message, "read", number, "open", "")


OF_COMMITS = frozenset({"UpdatePathNode", "joiner"})
"""The labels of operations whose inputs are the content of a commit, or the GroupContext that it leads to."""


def _epoch_of(operation: TraceOperation, secrets: Mapping[SecretId, TraceSecret]) -> int | None:
    """The epoch of what an operation makes or encrypts; a member that was offline may compute it in a later step."""
    made = operation["inputs"][0] if operation["output"] is None else operation["output"]
    return None if made is None else secrets[made]["epoch"]


def _private_commits(trace: Trace) -> dict[int | None, tuple[Fact, ...]]:
    """The facts for the contents of private commits, by the epoch that each commit leads to."""
    found: dict[int | None, tuple[Fact, ...]] = {}
    reached = None
    for number, step in enumerate(trace["steps"]):
        if step["epoch"] != reached:
            messages = enumerate(step["messages"])
            found[step["epoch"]] = tuple(
                message_fact(trace, number, at)
                for at, each in messages
                if each["kind"] == "commit" and "content" in each
            )
        reached = step["epoch"]
    return found


def _names_of_psks(
    trace: Trace, secrets: Mapping[SecretId, TraceSecret]
) -> Mapping[SecretId, tuple[tuple[Fact, ...], ...]]:
    """The messages that are needed to mix in the pre-shared keys of a commit, by the resulting `member_secret`.

    A commit refers to a proposal by a hash, which does not show its content. To follow the commit, a member needs the
    content of each private PreSharedKey proposal. A Welcome, which contains the joiner secret, contains it too.
    """
    private = dict(_private_psks(trace))
    welcomes: dict[SecretId | None, dict[SecretId, None]] = {}
    found: dict[SecretId, tuple[SecretId | None, tuple[Fact, ...]]] = {}
    for operation in (operation for step in trace["steps"] if private for operation in step["operations"]):
        inputs, output = operation["inputs"], operation["output"]
        whole, parts = (inputs[0], [output]) if operation["name"] == "decode" else (output, inputs)
        if operation["name"] in {"encode", "decode"} and whole is not None:
            for part in parts:
                welcomes.setdefault(part, {})[whole] = None
        elif output is not None and secrets[output]["name"] == "member_secret":
            facts = private.get(secrets[output]["epoch"])
            if facts:
                found[output] = inputs[0], facts
    return {made: (facts, *((whole,) for whole in welcomes.get(joiner, ()))) for made, (joiner, facts) in found.items()}


def _private_psks(trace: Trace) -> Iterator[tuple[int | None, tuple[Fact, ...]]]:
    """For each epoch the private PreSharedKey proposals in the commit that led to it."""
    facts: dict[Hex, Fact] = {}
    reached = None
    for number, step in enumerate(trace["steps"]):
        for at, message in enumerate(step["messages"]):
            content = message.get("content")
            if "reference" in message and content is not None:
                proposal = decode(Proposal, bytes.fromhex(content), custom=custom_types(step)).proposal
                if isinstance(proposal, PreSharedKey):
                    facts[message["reference"]] = message_fact(trace, number, at)
        if step["epoch"] != reached and facts:
            named = (each.proposal_or_ref for commit in commits_in(step) for each in commit.proposals)
            references = [each.reference.hex() for each in named if isinstance(each, ProposalByReference)]
            yield step["epoch"], tuple(facts[each] for each in references if each in facts)
        reached = step["epoch"]


def _same_secrets(traces: Sequence[Trace]) -> Iterator[Rule]:
    """Rules for secrets that several groups share: pre-shared keys, and key pairs with the same public key."""
    first: dict[str, SecretId] = {}
    for trace in traces:
        for key, secret in secrets_of(trace).items():
            for known_by in (secret["value"], secret.get("public")):
                other = key if known_by is None else first.setdefault(known_by, key)
                if other != key:
                    yield Rule((other,), key, "same", 0, "same", "")
                    yield Rule((key,), other, "same", 0, "same", "")


def secrets_of(trace: Trace) -> dict[SecretId, TraceSecret]:
    """All secrets of a trace; each entry is the last that the trace has for its id."""
    return {key: secret for step in trace["steps"] for key, secret in step["secrets"].items()}


def _operation_rules(operation: TraceOperation) -> Iterator[tuple[tuple[SecretId, ...], SecretId, RuleKind]]:
    inputs = tuple(secret for secret in operation["inputs"] if secret is not None)
    output = operation["output"]
    if output is not None:
        yield inputs, output, "open" if operation["name"].startswith("decrypt") else "derive"
    if operation["name"] == "encode" and output is not None:
        for part in inputs:
            yield (output,), part, "decode"
    sealed = output if operation["name"] == "export_to" else inputs[0] if inputs else None
    if sealed is not None:
        if "to" in operation:
            yield (operation["to"],), sealed, "open"
        if "seed" in operation:
            yield (operation["seed"],), sealed, "randomness"
