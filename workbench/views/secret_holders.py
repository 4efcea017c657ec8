"""Who had which secret, and when: from the step that puts it into a state to the step that deletes it there.

A secret that a device uses and deletes within one step is never in a state: it was used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from workbench.inspect.trace_format import HolderId, SecretId, Trace, TraceOperation, TraceStep
from workbench.views.trace_replay import ATTACKER

HowHeld: TypeAlias = Literal["held", "used", "leaked", "computed"]
"""How holders have a secret: their states `held` it, or they `used` and deleted it within one step. To the attacker it
`leaked`, or it was `computed`."""


class TimeHeld(NamedTuple):
    """The time in which a holder had a secret: from step `first` to the step before `end`, which deleted it.

    `end` is None if the holder still has the secret, and `first` if it used and deleted the secret within one step.
    """

    holder: HolderId
    how: HowHeld
    first: int
    end: int | None


@dataclass(frozen=True, slots=True)
class SecretHolders:
    """Who had each secret of a trace, and when. The attacker deletes nothing."""

    of_secret: Mapping[SecretId, Sequence[TimeHeld]] = field(repr=False)

    @classmethod
    def of(cls, trace: Trace) -> SecretHolders:
        """Read a trace."""
        found: defaultdict[SecretId, list[TimeHeld]] = defaultdict(list)
        for secret, held in (*_of_members(trace), *_of_attacker(trace)):
            found[secret].append(held)
        return cls(found)


def _of_members(trace: Trace) -> Iterator[tuple[SecretId, TimeHeld]]:
    since: dict[tuple[SecretId, HolderId], int] = {}
    for number, step in enumerate(trace["steps"]):
        before = set(since)
        for secret, holder in _pairs(step["keys_deleted"]):
            yield secret, TimeHeld(holder, "held", since.pop((secret, holder)), number)
        since |= dict.fromkeys(_pairs(step["keys_learned"]), number)
        for used in _pairs(used_by(step["operations"])):
            if used not in before and used not in since:
                yield used[0], TimeHeld(used[1], "used", number, number)
    for (secret, holder), first in since.items():
        yield secret, TimeHeld(holder, "held", first, None)


def _of_attacker(trace: Trace) -> Iterator[tuple[SecretId, TimeHeld]]:
    for number, learned in enumerate(attacker_learns(trace)):
        leaked = trace["steps"][number].get("leaked", ())
        for secret in learned:
            yield secret, TimeHeld(ATTACKER, "leaked" if secret in leaked else "computed", number, None)


def used_by(operations: Sequence[TraceOperation]) -> Mapping[HolderId, Sequence[SecretId]]:
    """The secrets that each holder used or made in some operations, once each."""
    used: defaultdict[HolderId, dict[SecretId, None]] = defaultdict(dict)
    for operation in operations:
        for secret in (*operation["inputs"], operation["output"]):
            if secret is not None:
                for holder in operation["by"]:
                    used[holder][secret] = None
    return {holder: [*secrets] for holder, secrets in used.items()}


def attacker_learns(trace: Trace) -> Iterator[Sequence[SecretId]]:
    """The secrets that are new to the attacker in each step: what leaked to it, and what it computed."""
    known: set[SecretId] = set()
    for step in trace["steps"]:
        new = [secret for secret in _attackers(step) if secret not in known]
        known.update(new)
        yield new


def _attackers(step: TraceStep) -> Sequence[SecretId]:
    computed = used_by(step["operations"]).get(ATTACKER, ())
    return [*dict.fromkeys([*step.get("leaked", ()), *step["keys_learned"].get(ATTACKER, ()), *computed])]


def _pairs(secrets: Mapping[HolderId, Sequence[SecretId]]) -> Iterator[tuple[SecretId, HolderId]]:
    """Each secret with each member that has it."""
    yield from ((secret, holder) for holder, each in secrets.items() if holder != ATTACKER for secret in each)
