"""What is on the picture of a compromise, for the static figure: what widgets/matrix_frame.js computes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from workbench.adversary.chronicle import EpochRecord
from workbench.adversary.leak import Leak, leaked_facts
from workbench.adversary.verdict import Case, Verdict
from workbench.inspect.trace_format import HolderId, SecretId
from workbench.inspect.trace_rules import Fact
from workbench.views.security import SecurityView


@dataclass(frozen=True, slots=True)
class Column:
    """An epoch and how it stands.

    `end` is its last step so far, `reopeners` are the members whose theft would open it again, and `by` is the device
    whose leak has opened it again.
    """

    epoch: int
    sentence: str
    begin: int
    end: int
    standing: Literal["later", "closed", "readable", "reopened", "healed"]
    reopeners: tuple[HolderId, ...] = ()
    by: HolderId = ""

    @property
    def is_open(self) -> bool:
        """Whether the thief reads the epoch."""
        return self.standing in {"readable", "reopened"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A member in an epoch. `starts` and `ends` say that its leaf key is of this epoch only, on either side."""

    state: Literal["later", "absent", "seated"]
    key: Literal["", "derived", "leaked"] = ""
    starts: bool = False
    ends: bool = False
    voice: bool = False
    sent: int = 0
    read: int = 0
    theft: bool = False
    open: bool = False


@dataclass(frozen=True)
class SecurityFrame:
    """A case, as it stands after a step and under the leaks until then."""

    view: SecurityView
    step: int
    verdict: Verdict

    @classmethod
    def at(cls, case: Case, view: SecurityView, leaks: Sequence[Leak], step: int) -> SecurityFrame:
        """The frame after a step."""
        return cls(view, step, case.until(step).judge(leak for leak in leaks if leak.at <= step))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every epoch of the view."""
        epochs, verdict, found = self.view["epochs"], self.verdict, list[Column]()
        following = [each["step"] for each in epochs[1:]] + [len(self.view["steps"])]
        for each, next_step in zip(epochs, following, strict=True):
            number, by = each["epoch"], verdict.reopened.get(each["epoch"])
            found.append(
                Column(
                    epoch=number,
                    sentence=self.view["steps"][each["step"]]["sentence"],
                    begin=each["step"],
                    end=min(self.step + 1, next_step) - 1,
                    standing="reopened" if by else verdict.epochs.get(number, "later"),
                    reopeners=verdict.reopeners.get(number, ()),
                    by=by.device if by else "",
                )
            )
        return tuple(found)

    @cached_property
    def so_far(self) -> tuple[Column, ...]:
        """The epochs that have begun."""
        return tuple(column for column in self.columns if column.standing != "later")

    def cell(self, member: HolderId, column: int) -> Cell:
        """A member in the epoch of a column."""
        now = self.columns[column]
        if now.standing == "later":
            return Cell("later")
        key = self._key(member, column)
        sent = [
            each for each in self.verdict.case.chronicle.messages if (each.epoch, each.sender) == (now.epoch, member)
        ]
        voice = self._voice(member, column)
        is_last = column + 1 == len(self.so_far)
        return Cell(
            state="absent" if key is None else "seated",
            key="" if key not in self._known else "leaked" if key in self._leaked else "derived",
            starts=key is not None and self._key(member, column - 1) != key,
            ends=key is not None and not is_last and self._key(member, column + 1) != key,
            voice=voice in self.voices and self.voices[voice] <= now.end,
            sent=len(sent),
            read=sum(each.fact in self._known for each in sent),
            theft=any(leak.device == member and now.begin <= leak.at <= now.end for leak in self.verdict.leaks),
            open=now.is_open,
        )

    @cached_property
    def voices(self) -> Mapping[SecretId | None, int]:
        """The signature keys that the thief has, each with the step since when."""
        chronicle, found = self.verdict.case.chronicle, dict[SecretId | None, int]()
        for voice in chronicle.signers.values():
            if voice in self._known:
                holding = [leak.at for leak, facts in self._by_leak if voice in facts]
                found[voice] = min(holding or [leak.at for leak in self.verdict.leaks])
        return found

    @cached_property
    def signed_as(self) -> tuple[str, ...]:
        """The names of whom the thief can sign as."""
        chronicle = self.verdict.case.chronicle
        stolen = {
            member
            for record in chronicle.epochs.values()
            for leaf, member in record.members.items()
            if chronicle.signers.get(record.signature_keys[leaf]) in self.voices
        }
        return tuple(member["name"] for member in self.view["members"] if member["id"] in stolen)

    def _key(self, member: HolderId, column: int) -> SecretId | None:
        """A member's leaf key in the epoch of a column."""
        leaf = self._leaf(member, column)
        return None if leaf is None else self._record(column).keys[2 * leaf]

    def _voice(self, member: HolderId, column: int) -> SecretId | None:
        """A member's signature key in the epoch of a column."""
        leaf = self._leaf(member, column)
        return (
            None if leaf is None else self.verdict.case.chronicle.signers.get(self._record(column).signature_keys[leaf])
        )

    def _leaf(self, member: HolderId, column: int) -> int | None:
        if not 0 <= column < len(self.so_far):
            return None
        return next((leaf for leaf, holder in self._record(column).members.items() if holder == member), None)

    def _record(self, column: int) -> EpochRecord:
        return self.verdict.case.chronicle.epochs[self.columns[column].epoch]

    @cached_property
    def _known(self) -> frozenset[Fact]:
        return self.verdict.knowledge.facts()

    @cached_property
    def _by_leak(self) -> tuple[tuple[Leak, frozenset[SecretId]], ...]:
        return tuple((leak, leaked_facts(self.verdict.case.chronicle, leak)) for leak in self.verdict.leaks)

    @cached_property
    def _leaked(self) -> frozenset[SecretId]:
        return frozenset[SecretId]().union(*(facts for _, facts in self._by_leak))
