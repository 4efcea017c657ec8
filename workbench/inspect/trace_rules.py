"""What follows from what: the recorded history of a group as rules, for whoever hears every message.

A rule says: who has all its premises can compute its conclusion. There is one for each recorded operation on secrets,
and two for each ciphertext on the wire, which opens for its private key, and for the randomness that it was made
with. They are Horn rules, with several premises and one conclusion: what an attacker has is their closure
(`workbench.adversary.knowledge`), which is not reachability in a graph.

Some conclusions are no secrets but messages. All else that a rule needs is taken to be public: group contexts, trees,
and public messages. What a private commit says is a message like any other, without which nobody follows it: whom it
removes keeps the init secret of the last epoch, and has used up the key of the commit. The same is true of a private
proposal of a pre-shared key, whose nonce goes into the key schedule (RFC 9420 §8.4); a Welcome names the nonce, too.

Groups of the same people have a trace each. What one of them gives away of another follows, too: a secret that several
know has an id in each, and whoever has it under one has it under all.

Rules are integers in flat arrays, so that a browser can compute on them too. Entry `n` of `facts` is fact number
`n`: the id of a secret, or that of a message (`message_fact`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, TypeAlias, get_args

from workbench.inspect.trace_format import Hex, HolderId, SecretId, Trace, TraceOperation, TraceSecret, custom_types
from workbench.inspect.trace_messages import commits_in
from workbench.mls import PreSharedKey, decode
from workbench.mls.wire.messages import Proposal, ProposalByReference

Fact: TypeAlias = str
"""A secret, by its id, or a message, by `message_fact`."""

RuleKind: TypeAlias = Literal["derive", "open", "randomness", "decode", "read", "same"]
RULE_KINDS: tuple[RuleKind, ...] = get_args(RuleKind)


@dataclass(frozen=True, slots=True)
class Rule:
    """Whoever has all premises can have the conclusion; `operation` stands in step `step` of the trace.

    A rule of the kind `same` says nothing but that two groups call one secret by two ids.
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
    """The step and the number of the message that a fact is, None if it is a secret."""
    if not fact.startswith("message "):
        return None
    step, _, message = fact.split()[1].partition(".")
    return int(step), int(message)


def message_fact(trace: Trace, step: int, message: int) -> Fact:
    """What message `message` of step `step` says."""
    return f"message {step}.{message} of {trace['group_id']}"


def is_of(fact: Fact, trace: Trace) -> bool:
    """Whether a fact is a message of this group."""
    return fact.endswith(f" of {trace['group_id']}")


def rules_of(*traces: Trace, ignoring: HolderId | None = "attacker") -> Rules:
    """The rules of a trace, or of those of several groups together.

    What `ignoring` alone has done is left out: it is to be predicted, not repeated.
    """
    own = chain.from_iterable(_all_rules(trace, ignoring) for trace in traces)
    return numbered(chain(own, _same_secrets(traces) if len(traces) > 1 else ()))


def numbered(all_rules: Iterable[Rule]) -> Rules:
    """Rules as arrays of numbers; a rule that says nothing new is left out."""
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
"""Labels of operations on what a commit carries, or on the context that it makes."""


def _epoch_of(operation: TraceOperation, secrets: Mapping[SecretId, TraceSecret]) -> int | None:
    """The epoch of what an operation makes, or seals: whoever was held back makes it in a later step."""
    made = operation["inputs"][0] if operation["output"] is None else operation["output"]
    return None if made is None else secrets[made]["epoch"]


def _private_commits(trace: Trace) -> dict[int | None, tuple[Fact, ...]]:
    """What the private commits say, by the epochs that they lead to."""
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
    """What somebody has to know to mix in the pre-shared keys of a commit, by the `member_secret` that comes of it.

    A commit names a proposal by a reference that says nothing of what is proposed: whoever follows the commit has to
    know what each private proposal of a pre-shared key says. A Welcome, which holds the joiner secret, says it again.
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
    """Each epoch, and the private proposals of pre-shared keys to which the commit refers that led there."""
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
    """A key pair that is known by either half, or a pre-shared key, is the same in all groups."""
    first: dict[str, SecretId] = {}
    for trace in traces:
        for key, secret in secrets_of(trace).items():
            for known_by in (secret["value"], secret.get("public")):
                other = key if known_by is None else first.setdefault(known_by, key)
                if other != key:
                    yield Rule((other,), key, "same", 0, "same", "")
                    yield Rule((key,), other, "same", 0, "same", "")


def secrets_of(trace: Trace) -> dict[SecretId, TraceSecret]:
    """All secrets of a trace, as they are known at its end."""
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
