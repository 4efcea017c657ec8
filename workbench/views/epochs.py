"""The epochs of a group as a graph, forks included: whoever parts from the others goes on in an epoch of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import networkx as nx

from workbench.adversary.group_history import EpochRecord, GroupHistory
from workbench.adversary.verdict import Standing, Verdict
from workbench.views.ratchet_tree import ratchet_tree_view

EpochId: TypeAlias = tuple[int, str]
"""Its number and its epoch authenticator: two epochs of one number are the same only if these agree."""
PRIME = "′"


@dataclass(frozen=True)
class EpochHistory:
    """The epochs of one group as a `networkx` graph without cycles, each with an edge to those that follow it.

    A node has its `label` (12, or 12′ on the first branch that parted), its `members`, its `standing`, the `leaks` of
    its time, and the names of the `reopeners` whose compromise would open it again. An edge has the `words` of its
    commit.
    """

    graph: nx.DiGraph[EpochId]

    @classmethod
    def of(cls, *verdicts: Verdict) -> EpochHistory:
        """The history of a group that has forked or not: one verdict for each branch, with what leaked on it.

        A key from before a fork opens ciphertexts on all sides of it: each branch is judged under the leaks of all.
        An epoch that branches share is readable if it is so in one of them. Raises `ValueError` for different groups.
        """
        if len({verdict.recorded.group_history.trace["group_id"] for verdict in verdicts}) != 1:
            raise ValueError("An epoch history is that of one group, with one verdict for each of its branches")
        graph: nx.DiGraph[EpochId] = nx.DiGraph()
        leaks = [leak for verdict in verdicts for leak in verdict.leaks]
        for branch, verdict in enumerate(verdicts):
            own = _add(graph, verdict.recorded.judge(leaks), PRIME * branch)
            for leak in verdict.leaks:
                epoch = verdict.recorded.group_history.trace["steps"][leak.at]["epoch"]
                graph.nodes[own[epoch]]["leaks"].append(str(leak))
        return cls(graph)


def _add(graph: nx.DiGraph[EpochId], verdict: Verdict, primes: str) -> dict[int, EpochId]:
    """Add the epochs of a branch, and give them by number; those it shares with an earlier one are there already."""
    group_history = verdict.recorded.group_history
    names = {holder["id"]: holder["name"] for holder in group_history.trace["holders"]}
    titles = [step["title"] for step in ratchet_tree_view(group_history.trace)["steps"]]
    own: dict[int, EpochId] = {}
    for epoch, record in group_history.epochs.items():
        here = own[epoch] = epoch, _authenticator(group_history, record)
        if here not in graph:
            members = [names[member] for _, member in sorted(record.members.items())]
            graph.add_node(here, label=f"{epoch}{primes}", members=members, standing="closed", leaks=[], reopeners=[])
        node = graph.nodes[here]
        node["standing"] = max(node["standing"], verdict.epochs[epoch], key=WORST_LAST.index)
        reopeners = [names[member] for member in verdict.reopeners.get(epoch, ())]
        node["reopeners"] = list(dict.fromkeys([*node["reopeners"], *reopeners]))
        if epoch - 1 in own:
            graph.add_edge(own[epoch - 1], here, words=titles[record.step])
    return own


def _authenticator(group_history: GroupHistory, record: EpochRecord) -> str:
    """Its value; nothing if it was not recorded."""
    secret = group_history.secrets.get(record.secrets.get("epoch_authenticator", ""))
    return (secret and secret["value"]) or ""


WORST_LAST: tuple[Standing, ...] = ("closed", "healed", "readable")
