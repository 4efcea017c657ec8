"""The verdict on a history and its leaks: what is readable, by which leak, until when; and who has to act.

Everything here is computed from the closure of what leaked (`knowledge.py`). "Healed" is always said of what leaked so
far: whose compromise would open a healed epoch again is part of the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

from workbench.adversary.group_history import GroupHistory, MessageRecord
from workbench.adversary.impersonation import Impersonation, impersonation
from workbench.adversary.knowledge import DeductionRules, Knowledge
from workbench.adversary.leak import Leak, leaked_facts
from workbench.inspect.names import listed
from workbench.inspect.trace_format import HolderId, SecretId
from workbench.inspect.trace_rules import Fact, rules_of
from workbench.mls import Policy
from workbench.mls.group.state import DEFAULT_POLICY
from workbench.mls.tree.tree_math import NodeIndex, direct_path

Standing: TypeAlias = Literal["closed", "readable", "healed"]
"""An epoch is healed if it cannot be read though one before it can."""


@dataclass(frozen=True, repr=False)
class RecordedHistory:
    """A recorded history of a group, ready to be judged under any leaks.

    `beside` are other groups of the same people: what is known there may be of use here, and is followed.
    """

    group_history: GroupHistory
    deduction_rules: DeductionRules
    beside: tuple[GroupHistory, ...] = ()

    @classmethod
    def of(cls, group_history: GroupHistory, *beside: GroupHistory) -> RecordedHistory:
        """A recorded history with the rules of all groups."""
        return cls(
            group_history, DeductionRules(rules_of(group_history.trace, *(each.trace for each in beside))), beside
        )

    @property
    def group_histories(self) -> tuple[GroupHistory, ...]:
        """Those of all groups, this one first."""
        return self.group_history, *self.beside

    def others(self) -> tuple[RecordedHistory, ...]:
        """The recorded histories of the groups beside this one, under the same rules."""
        return tuple(
            replace(self, group_history=other, beside=tuple(each for each in self.group_histories if each is not other))
            for other in self.beside
        )

    def leaked(self, leak: Leak) -> frozenset[SecretId]:
        """The ids of all secrets in a leak, in all groups."""
        return frozenset().union(*(leaked_facts(group_history, leak) for group_history in self.group_histories))

    def __repr__(self) -> str:
        return f"RecordedHistory({len(self.group_history.epochs)} epochs, {len(self.group_history.messages)} messages)"

    def until(self, step: int) -> RecordedHistory:
        """The history as it was after a step. What follows from what stays: nothing later opens what was before."""
        group_history = self.group_history
        past = replace(
            group_history,
            epochs={number: record for number, record in group_history.epochs.items() if record.step <= step},
            messages=tuple(message for message in group_history.messages if message.step <= step),
            held=group_history.held[: step + 1],
        )
        return replace(self, group_history=past)

    def judge(self, leaks: Iterable[Leak]) -> Verdict:
        """What these leaks give away, together."""
        return Verdict(self, tuple(leaks))


@dataclass(frozen=True, repr=False)
class Verdict:
    """What an attacker has who got these leaks and hears every message; it is shown as a line for each epoch."""

    recorded: RecordedHistory
    leaks: tuple[Leak, ...]

    @cached_property
    def knowledge(self) -> Knowledge:
        """All that follows from the leaks."""
        return self._known(self.leaks)

    @cached_property
    def epochs(self) -> Mapping[int, Standing]:
        """Every epoch, and whether its secrets are known."""
        return _standings(self.recorded.group_history, self.knowledge)

    @property
    def readable_epochs(self) -> tuple[int, ...]:
        """The epochs whose secrets are known."""
        return tuple(epoch for epoch, standing in self.epochs.items() if standing == "readable")

    @property
    def readable_messages(self) -> tuple[MessageRecord, ...]:
        """The application messages whose content is known."""
        return tuple(each for each in self.recorded.group_history.messages if each.fact in self.knowledge)

    def leaks_behind(self, epoch: int) -> tuple[Leak, ...]:
        """The fewest of the leaks without which the epoch would not be readable; none if it is not.

        A leak is left out if the others are enough; those that came last are tried first.
        """
        needed = self.leaks if epoch in self.readable_epochs else ()
        for leak in reversed(needed):
            others = tuple(each for each in needed if each is not leak)
            if _opens(self.recorded.group_history, self._known(others), epoch):
                needed = others
        return needed

    @cached_property
    def runs(self) -> tuple[tuple[int, int], ...]:
        """The first and last epoch of each run of readable ones."""
        runs: list[tuple[int, int]] = []
        for epoch in self.readable_epochs:
            if runs and runs[-1][1] == epoch - 1:
                runs[-1] = runs[-1][0], epoch
            else:
                runs.append((epoch, epoch))
        return tuple(runs)

    @cached_property
    def reopeners(self) -> Mapping[int, tuple[HolderId, ...]]:
        """For each healed epoch the members whose compromise now would open it again, if any.

        They are those whose leaf key opens it, and those whose device does and would not without what has leaked:
        that a device opens the epoch that it is in says nothing of healing. Of members only: what else may leak, such
        as pre-shared keys from elsewhere, is not asked about.
        """
        group_history = self.recorded.group_history
        healed = [epoch for epoch, standing in self.epochs.items() if standing == "healed"]
        found: dict[int, list[HolderId]] = {epoch: [] for epoch in healed}
        leaked = frozenset[SecretId]().union(*self._leaked)
        for leaf, member in sorted(group_history.last.members.items()):
            held = group_history.held[-1].get(member, frozenset())
            alone = self.recorded.deduction_rules.deductive_closure(held)
            together = self.recorded.deduction_rules.deductive_closure(leaked | held)
            by_leaf = self.recorded.deduction_rules.deductive_closure(leaked | {group_history.last.keys[2 * leaf]})
            for epoch in healed:
                again = _opens(group_history, together, epoch) and not _opens(group_history, alone, epoch)
                if again or _opens(group_history, by_leaf, epoch):
                    found[epoch].append(member)
        return {epoch: tuple(members) for epoch, members in found.items()}

    @cached_property
    def reopened(self) -> Mapping[int, Leak]:
        """The epochs that had healed when something leaked that opened them again, each with that leak.

        What a leak opens by itself is not opened again by it.
        """
        found: dict[int, Leak] = {}
        in_time = sorted(self.leaks, key=lambda leak: leak.at)
        before = _standings(self.recorded.group_history, self._known(()))
        for number, leak in enumerate(in_time):
            after = _standings(self.recorded.group_history, self._known(in_time[: number + 1]))
            alone = _standings(self.recorded.group_history, self._known((leak,)))
            for epoch, standing in after.items():
                had_healed = self.recorded.group_history.epochs[epoch].step <= leak.at and before[epoch] == "healed"
                is_open = standing == "readable" and alone[epoch] != "readable"
                if had_healed and is_open:
                    found[epoch] = leak
            before = after
        return {epoch: found[epoch] for epoch in sorted(found)}

    @cached_property
    def must_update(self) -> tuple[HolderId, ...]:
        """The fewest members whose fresh leaves, committed now, would shut the attacker out; none if it is out.

        They are those whose leaf keys are known. A known key higher up has a known leaf below it, or is
        replaced with that of any leaf there.
        """
        last = self.recorded.group_history.last
        if self.epochs[last.epoch] != "readable":
            return ()
        known = {node for node, key in last.keys.items() if key in self.knowledge}
        leaves = [leaf for leaf in last.members if 2 * leaf in known]
        width = last.leaf_count
        covered = {node for leaf in leaves for node in direct_path(NodeIndex(2 * leaf), width)}
        for node in sorted(node for node in known if node % 2 and node not in covered):
            if node not in covered:
                below = next(leaf for leaf in last.members if node in direct_path(NodeIndex(2 * leaf), width))
                leaves.append(below)
                covered |= {*direct_path(NodeIndex(2 * below), width)}
        return tuple(last.members[leaf] for leaf in sorted(leaves))

    def __repr__(self) -> str:
        lines = [f"epoch {epoch}: {self._told(epoch)}" for epoch in self.epochs]
        if self.recorded.group_history.messages:
            lines.append(
                f"messages: {len(self.readable_messages)} of {len(self.recorded.group_history.messages)} readable"
            )
        return "\n".join(lines)

    def _told(self, epoch: int) -> str:
        standing = self.epochs[epoch]
        if standing == "readable":
            return f"readable, by {listed([str(leak) for leak in self.leaks_behind(epoch)])}"
        if standing == "closed":
            return "closed"
        again = self.reopeners[epoch]
        devices = "1 device" if len(again) == 1 else f"{len(again)} devices"
        return f"healed so far; {devices} could open it again: {listed(again)}" if again else "healed"

    def impersonation(self, policy: Policy = DEFAULT_POLICY) -> Mapping[int, Impersonation]:
        """For each epoch the members in whose names the attacker could act while it lasted; `policy` is theirs."""
        group_history, found = self.recorded.group_history, dict[int, Impersonation]()
        known = dict[int, frozenset[Fact]]()  # by how many leaks there are until then: the earlier ones are among them
        for epoch, record in group_history.epochs.items():
            following = group_history.epochs.get(epoch + 1)
            in_time = [leak for leak in self.leaks if following is None or leak.at < following.step]
            if len(in_time) not in known:
                leaked = (self.recorded.leaked(leak) for leak in in_time)
                known[len(in_time)] = self._known(in_time).facts().union(*leaked)
            found[epoch] = impersonation(group_history, record, known[len(in_time)], policy)
        return found

    @cached_property
    def _leaked(self) -> tuple[frozenset[SecretId], ...]:
        """The secrets of each leak."""
        return tuple(self.recorded.leaked(leak) for leak in self.leaks)

    def _known(self, leaks: Sequence[Leak]) -> Knowledge:
        wanted = {id(leak) for leak in leaks}
        facts = (facts for leak, facts in zip(self.leaks, self._leaked, strict=True) if id(leak) in wanted)
        return self.recorded.deduction_rules.deductive_closure(frozenset().union(*facts))


def _opens(group_history: GroupHistory, knowledge: Knowledge, epoch: int) -> bool:
    """Whether an epoch's secrets are known: all of them are, or none that lets anybody in."""
    return group_history.epochs[epoch].secrets.get("epoch_authenticator", "") in knowledge


def _standings(group_history: GroupHistory, knowledge: Knowledge) -> dict[int, Standing]:
    standings: dict[int, Standing] = {}
    for epoch in sorted(group_history.epochs):
        earlier: Standing = "healed" if "readable" in standings.values() else "closed"
        standings[epoch] = "readable" if _opens(group_history, knowledge, epoch) else earlier
    return standings
