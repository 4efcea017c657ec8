"""The verdict on a history and its leaks: the epochs and messages that are readable, why, and who has to act.

The verdict is computed from the deductive closure of the leaked secrets (`knowledge.py`). "Healed" is true only for
what leaked so far: the verdict also names the members whose later compromise would open a healed epoch again.
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
from workbench.inspect.names import brief_names, counted, few, listed
from workbench.inspect.trace_format import HolderId, SecretId
from workbench.inspect.trace_rules import Fact, rules_of
from workbench.mls import Policy
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.tree.tree_math import NodeIndex, direct_path

Standing: TypeAlias = Literal["closed", "readable", "healed"]
"""An epoch is `readable` if its secrets are known, `healed` if not but an earlier epoch is readable, else `closed`."""


@dataclass(frozen=True, repr=False)
class RecordedHistory:
    """A recorded history of a group, prepared to be judged under any leaks.

    `beside` are other groups of the same people, because secrets of one group may help in another.
    """

    group_history: GroupHistory
    deduction_rules: DeductionRules
    beside: tuple[GroupHistory, ...] = ()

    @classmethod
    def of(cls, group_history: GroupHistory, *beside: GroupHistory) -> RecordedHistory:
        """The recorded history of a group, with the rules of this group and of the groups `beside` it."""
        rules = rules_of(group_history.trace, *(each.trace for each in beside))
        records = [record for each in (group_history, *beside) for record in each.epochs.values()]
        opening = (record.secrets.get("epoch_authenticator") for record in records)
        return cls(group_history, DeductionRules(rules, tuple(each for each in opening if each)), beside)

    @property
    def group_histories(self) -> tuple[GroupHistory, ...]:
        """The histories of all groups of these people, this group first."""
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
        """The history as it was after a step. It keeps the rules of later steps, which open nothing earlier."""
        group_history = self.group_history
        past = replace(
            group_history,
            epochs={number: record for number, record in group_history.epochs.items() if record.step <= step},
            messages=tuple(message for message in group_history.messages if message.step <= step),
            held=group_history.held[: step + 1],
        )
        return replace(self, group_history=past)

    def judge(self, leaks: Iterable[Leak]) -> Verdict:
        """The verdict on these leaks together."""
        return Verdict(self, tuple(leaks))


@dataclass(frozen=True, repr=False)
class Verdict:
    """What an attacker with these leaks and all messages knows. Its text has one line for each epoch."""

    recorded: RecordedHistory
    leaks: tuple[Leak, ...]

    @cached_property
    def knowledge(self) -> Knowledge:
        """All facts that follow from the leaks."""
        return self._known(self.leaks)

    @cached_property
    def epochs(self) -> Mapping[int, Standing]:
        """Every epoch by its number, and whether it is readable, healed or closed."""
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
        """A smallest set of leaks that makes the epoch readable; empty if the epoch is not readable.

        It starts with all leaks. From the last to the first, each leak is dropped if the others are enough.
        """
        needed = self.leaks if epoch in self.readable_epochs else ()
        for leak in reversed(needed):
            others = tuple(each for each in needed if each is not leak)
            if _opens(self.recorded.group_history, self._known(others), epoch):
                needed = others
        return needed

    @cached_property
    def runs(self) -> tuple[tuple[int, int], ...]:
        """The first and the last epoch of each unbroken run of readable epochs."""
        runs: list[tuple[int, int]] = []
        for epoch in self.readable_epochs:
            if runs and runs[-1][1] == epoch - 1:
                runs[-1] = runs[-1][0], epoch
            else:
                runs.append((epoch, epoch))
        return tuple(runs)

    @cached_property
    def reopeners(self) -> Mapping[int, tuple[HolderId, ...]]:
        """For each healed epoch, the members whose compromise now would make it readable again.

        A member counts if its leaf key opens the epoch. It also counts if the secrets of its device open the epoch
        together with the leaks, but not without them: each device can open the epoch that it is in, and that says
        nothing about healing. Other things that may leak, such as an external PSK, do not count. Devices that were not
        recorded are left out, because what they would open is unknown.
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
        """The healed epochs that a later leak made readable again, each with that leak.

        An epoch that the later leak opens without the earlier leaks does not count.
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
        """A smallest set of members whose updates now would shut the attacker out; empty if it is out already.

        These are the members whose leaf keys the attacker knows. If it knows the key of a parent node but of no leaf
        below that node, one member below the node is added.
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
            return f"readable, by {listed(few([str(leak) for leak in self.leaks_behind(epoch)]))}"
        if standing == "closed":
            return "closed"
        again, unknown = self.reopeners[epoch], self.recorded.group_history.unrecorded
        told = f"healed so far; {_devices(again)} could open it again: {brief_names(again)}" if again else "healed"
        return f"{told}, as far as is known without {_devices(unknown)}" if unknown else told

    def impersonation(self, policy: Policy = DEFAULT_POLICY) -> Mapping[int, Impersonation]:
        """For each epoch, the members whom the attacker could impersonate while it lasted, under the group's policy."""
        group_history, found = self.recorded.group_history, dict[int, Impersonation]()
        known = dict[int, frozenset[Fact]]()  # by the number of leaks until then
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
        """The facts in each leak, in the order of the leaks."""
        return tuple(self.recorded.leaked(leak) for leak in self.leaks)

    def _known(self, leaks: Sequence[Leak]) -> Knowledge:
        wanted = {id(leak) for leak in leaks}
        facts = (facts for leak, facts in zip(self.leaks, self._leaked, strict=True) if id(leak) in wanted)
        return self.recorded.deduction_rules.deductive_closure(frozenset().union(*facts))


def _devices(names: Sequence[HolderId]) -> str:
    return counted(len(names), "device")


def _opens(group_history: GroupHistory, knowledge: Knowledge, epoch: int) -> bool:
    """Whether the secrets of an epoch are known. Its `epoch_authenticator` is known if and only if they are."""
    return group_history.epochs[epoch].secrets.get("epoch_authenticator", "") in knowledge


def _standings(group_history: GroupHistory, knowledge: Knowledge) -> dict[int, Standing]:
    standings: dict[int, Standing] = {}
    for epoch in sorted(group_history.epochs):
        earlier: Standing = "healed" if "readable" in standings.values() else "closed"
        standings[epoch] = "readable" if _opens(group_history, knowledge, epoch) else earlier
    return standings
