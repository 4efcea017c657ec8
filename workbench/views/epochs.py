"""The epochs of a group as a graph. In a fork, one epoch has two next epochs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from workbench.adversary.group_history import EpochRecord, GroupHistory
from workbench.adversary.verdict import Standing, Verdict
from workbench.inspect.names import shortened
from workbench.views.ratchet_tree import ratchet_tree_view

if TYPE_CHECKING:
    import networkx as nx

EpochId: TypeAlias = tuple[int, str]
"""The number and the epoch authenticator of an epoch. After a fork two epochs may have the same number."""
PRIME = "′"


@dataclass(frozen=True)
class EpochHistory:
    """The epochs of one group as an acyclic `networkx` graph, with an edge from each epoch to the next ones.

    A node has its `label` (12, or 12′ on the second side of a fork), its `members`, its `standing`, the `leaks` during
    the epoch, and the names of the `reopeners`, whose compromise would open it again. An edge has the `words` of the
    commit.
    """

    graph: nx.DiGraph[EpochId]

    @classmethod
    def of(cls, *verdicts: Verdict) -> EpochHistory:
        """The history of a group from one verdict for each side of its fork, or from one verdict if it did not fork.

        A key from before the fork opens ciphertexts on all sides, so each side is judged under the leaks of all sides.
        An epoch before the fork is readable if it is readable on one side. Raises `ValueError` for different groups.
        """
        if len({verdict.recorded.group_history.trace["group_id"] for verdict in verdicts}) != 1:
            raise ValueError("The verdicts are on different groups: an epoch history needs verdicts on one group")
        import networkx as nx  # noqa: PLC0415 - it takes a quarter of the time in which the pictures are imported

        graph: nx.DiGraph[EpochId] = nx.DiGraph()
        leaks = [leak for verdict in verdicts for leak in verdict.leaks]
        for branch, verdict in enumerate(verdicts):
            own = _add(graph, verdict.recorded.judge(leaks), PRIME * branch)
            for leak in verdict.leaks:
                epoch = verdict.recorded.group_history.trace["steps"][leak.at]["epoch"]
                graph.nodes[own[epoch]]["leaks"].append(str(leak))
        return cls(graph)


def _add(graph: nx.DiGraph[EpochId], verdict: Verdict, primes: str) -> dict[int, EpochId]:
    """Add the epochs of one side of a fork, without those that are there already; returns all its epochs by number."""
    group_history = verdict.recorded.group_history
    names = {holder["id"]: shortened(holder["name"]) for holder in group_history.trace["holders"]}
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
    """The value of the epoch authenticator in hexadecimal; an empty text if it was not recorded."""
    secret = group_history.secrets.get(record.secrets.get("epoch_authenticator", ""))
    return (secret and secret["value"]) or ""


WORST_LAST: tuple[Standing, ...] = ("closed", "healed", "readable")
