"""The view of a judged compromise: what an attacker with some leaks reads, computed in three ways.

The rules deduce it from the record. The theorem allows it, or not. And an attacker who holds only the leaked bytes and
the messages on the wire has really decrypted it. The view says whether the three agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from workbench.adversary.leak import Leak
from workbench.adversary.recovery import recover
from workbench.adversary.theorem import allowed_by_theorem
from workbench.adversary.verdict import RecordedHistory, Verdict
from workbench.inspect.names import listed
from workbench.lab import World
from workbench.lab.leaks import evidence_of
from workbench.views.derivation import DerivationView, derivation_view


class DecryptedView(TypedDict):
    """A message that the attacker has decrypted, and its epoch."""

    epoch: int
    text: str


class TheoremView(TypedDict):
    """An epoch that the theorem allows the attacker to know, and why."""

    epoch: int
    reason: str


class JudgedView(TypedDict):
    """The three answers. `lines` is the verdict in words. `derivation` says how the attacker knows the chosen epoch."""

    lines: list[str]
    computed: list[int]
    decrypted: list[DecryptedView]
    allowed: list[TheoremView]
    agreement: str
    derivation: DerivationView | None


def judged_view(
    world: World, recorded: RecordedHistory, leaks: Sequence[Leak], *, step: int, epoch: int | None
) -> JudgedView:
    """Judge the leaks that have happened until a step. `epoch` is the epoch whose derivation is wanted."""
    happened = [leak for leak in leaks if leak.at <= step]
    past = recorded.until(step)
    verdict = past.judge(happened)
    result = recover(evidence_of(world, happened))
    authenticators = {int(number): value for number, value in result["epoch_authenticators"].items()}
    known = {number: value for number, value in authenticators.items() if number in past.group_history.epochs}
    sent = {message.hex() for each in world.trace()["steps"][: step + 1] for message in _wires(each)}
    read = [each for each in result["messages"] if world.attacker.heard[each["index"]].hex() in sent]
    allowed = allowed_by_theorem(past.group_history, happened, past.beside)
    return {
        "lines": repr(verdict).splitlines(),
        "computed": sorted(known),
        "decrypted": [
            {"epoch": each["epoch"], "text": bytes.fromhex(each["application_data"]).decode("utf-8", "replace")}
            for each in read
        ],
        "allowed": [{"epoch": number, "reason": str(case)} for number, case in sorted(allowed.items())],
        "agreement": _agreement(verdict, known, len(read), set(allowed)),
        "derivation": _derivation(verdict, epoch),
    }


def _wires(step: object) -> list[bytes]:
    messages = step["messages"] if isinstance(step, dict) else []
    return [bytes.fromhex(each["wire"]) for each in messages]


def _agreement(verdict: Verdict, known: dict[int, str], read: int, allowed: set[int]) -> str:
    """Whether the three agree, in a sentence."""
    history = verdict.recorded.group_history
    names = {number: history.epochs[number].secrets["epoch_authenticator"] for number in verdict.readable_epochs}
    deduced = {number: history.secrets[name]["value"] for number, name in names.items()}
    differs = [number for number in history.epochs if deduced.get(number) != known.get(number)]
    if differs:
        epochs = listed([*map(str, differs)])
        return f"The rules and the attacker who decrypts differ in epoch {epochs}: please report this."
    if read != len(verdict.readable_messages):
        foretold = len(verdict.readable_messages)
        return f"The rules predict {foretold} messages, and the attacker reads {read}: please report this."
    if not set(known) <= allowed:
        return "The theorem does not allow what the attacker reads: please report this."
    return "The rules, the theorem and the attacker who decrypts agree."


def _derivation(verdict: Verdict, epoch: int | None) -> DerivationView | None:
    """How the attacker knows an epoch; None if it does not, or if no epoch is chosen."""
    if epoch is None or epoch not in verdict.readable_epochs:
        return None
    return derivation_view(verdict, verdict.recorded.group_history.epochs[epoch].secrets["epoch_authenticator"])
