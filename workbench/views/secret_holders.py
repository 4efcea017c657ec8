"""Who had which secret, and when: from the step that puts it into a state to the step that deletes it there.

A secret that a device uses and deletes within one step is never in a state: it was used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from workbench.inspect.trace_format import HolderId, SecretId, Trace, TraceOperation, TraceStep
from workbench.views.trace_replay import ATTACKER, continues

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


class SecretHolders:
    """Who had each secret of a trace, and when. The attacker deletes nothing.

    A trace that has grown is read on from where it was read to.
    """

    def __init__(self) -> None:
        self._read: list[TraceStep] = []
        self._over: defaultdict[SecretId, list[TimeHeld]] = defaultdict(list)
        self._since: defaultdict[SecretId, dict[HolderId, int]] = defaultdict(dict)
        self._attackers: dict[SecretId, TimeHeld] = {}

    def is_continued_by(self, trace: Trace) -> bool:
        """Whether a trace begins with the steps that were read."""
        return continues(trace, self._read)

    def read(self, trace: Trace) -> None:
        """Read the new steps of a trace that continues what was read."""
        for step in trace["steps"][len(self._read) :]:
            self._read_members(step, len(self._read))
            self._read_attacker(step, len(self._read))
            self._read.append(step)

    def of(self, secret: SecretId) -> Iterator[TimeHeld]:
        """The holders of a secret, each with the time in which it had the secret."""
        yield from self._over.get(secret, ())
        for holder, first in self._since.get(secret, {}).items():
            yield TimeHeld(holder, "held", first, None)
        if secret in self._attackers:
            yield self._attackers[secret]

    def _read_members(self, step: TraceStep, number: int) -> None:
        deleted = dict.fromkeys(_pairs(step["keys_deleted"]))
        for secret, holder in deleted:
            self._over[secret].append(TimeHeld(holder, "held", self._since[secret].pop(holder), number))
        for secret, holder in _pairs(step["keys_learned"]):
            self._since[secret][holder] = number
        for secret, holder in _pairs(used_by(step["operations"])):
            if (secret, holder) not in deleted and holder not in self._since.get(secret, ()):
                self._over[secret].append(TimeHeld(holder, "used", number, number))

    def _read_attacker(self, step: TraceStep, number: int) -> None:
        leaked = step.get("leaked", ())
        for secret in _attackers(step):
            how: HowHeld = "leaked" if secret in leaked else "computed"
            self._attackers.setdefault(secret, TimeHeld(ATTACKER, how, number, None))


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
