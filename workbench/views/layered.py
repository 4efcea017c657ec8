"""Computes where the nodes of an acyclic graph are drawn: a row for each node, and a place in the row.

The method is Sugiyama's. A line that passes a row gets a place in the row, and all lines from one node share it. Each
row is ordered by the mean place of the neighbours (barycentre). Then each item moves as close to its neighbours as the
order and the sizes allow. At the end chains of nodes are placed exactly below each other.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import networkx as nx


Item: TypeAlias = Hashable
"""A node, or the place where all lines from a node pass a row: (node, row)."""
Room: TypeAlias = tuple[float, float]
"""The space that an item needs to its left and to its right, in pixels."""

SWEEPS = 32
LINE_ROOM: Room = (10, 10)
STRAIGHT = 6
"""The weight of a line's own next place, compared with the weight of a node: it keeps lines straight."""


def ranks(graph: nx.DiGraph[int]) -> dict[int, int]:
    """The row of each node: the lowest row that is above all its successors."""
    below: dict[int, int] = {}
    import networkx as nx  # noqa: PLC0415 - it takes a quarter of the time in which the pictures are imported

    for node in reversed(list(nx.topological_sort(graph))):
        below[node] = max((1 + below[after] for after in graph.successors(node)), default=0)
    deepest = max(below.values())
    return {node: deepest - distance for node, distance in below.items()}


def route(source: int, target: int, rank: Mapping[int, int]) -> list[Item]:
    """The items through which an edge goes, both ends included."""
    passed = range(rank[source] + 1, rank[target])
    return [source, *((source, row) for row in passed), target]


def places(graph: nx.DiGraph[int], rank: Mapping[int, int], rooms: Mapping[int, Room]) -> dict[Item, float]:
    """The horizontal place of each item in pixels; the leftmost item begins at 0."""
    rows, neighbours = _rows(graph, rank)
    below = _upright(rows, neighbours)
    room = {item: rooms[item] if isinstance(item, int) else LINE_ROOM for row in rows for item in row}
    at: dict[Item, float] = {}
    for row in rows:
        at |= _packed(row, [0.0] * len(row), room)
    for _ in range(SWEEPS):
        for row in (*rows, *reversed(rows)):
            wanted = {item: _wanted(item, neighbours[item], at) for item in row}
            row.sort(key=wanted.__getitem__)
            at |= _packed(row, [wanted[item] for item in row], room)
    for row in reversed(rows):
        at |= _packed(row, [at[below.get(item, item)] for item in row], room)
    left = min(place - room[item][0] for item, place in at.items())
    return {item: place - left for item, place in at.items()}


def _rows(graph: nx.DiGraph[int], rank: Mapping[int, int]) -> tuple[list[list[Item]], Mapping[Item, Sequence[Item]]]:
    """The items of each row, and for each item its neighbours in the rows above and below."""
    rows: list[list[Item]] = [[] for _ in range(1 + max(rank.values()))]
    neighbours: dict[Item, list[Item]] = {node: [] for node in graph}
    import networkx as nx  # noqa: PLC0415 - it takes a quarter of the time in which the pictures are imported

    for node in nx.lexicographical_topological_sort(graph):
        rows[rank[node]].append(node)
    for source, target in graph.edges:
        way = route(source, target, rank)
        for passed, item in zip(range(rank[source] + 1, rank[target]), way[1:-1], strict=True):
            if item not in neighbours:
                rows[passed].append(item)
                neighbours[item] = []
        for one, other in pairwise(way):
            if other not in neighbours[one]:
                neighbours[one].append(other)
                neighbours[other].append(one)
    return rows, neighbours


def _upright(rows: Sequence[Sequence[Item]], neighbours: Mapping[Item, Sequence[Item]]) -> dict[Item, Item]:
    """For each item, the item that should be exactly below it: the next part of a line, or an only successor."""
    row_of = {item: number for number, row in enumerate(rows) for item in row}
    found: dict[Item, Item] = {}
    for item, others in neighbours.items():
        after = [each for each in others if row_of[each] > row_of[item]]
        onward = [each for each in after if isinstance(item, tuple) and isinstance(each, tuple)] or after
        if len(onward) == 1 and sum(row_of[each] < row_of[onward[0]] for each in neighbours[onward[0]]) == 1:
            found[item] = onward[0]
    return found


def _packed(row: Sequence[Item], wanted: Sequence[float], room: Mapping[Item, Room]) -> dict[Item, float]:
    """Places for the items of a row that are as near as possible to the wanted ones, in this order, without overlap.

    After subtracting the least distances, the places must not fall. The nearest such places are the means of the runs
    that would fall ("pool adjacent violators").
    """
    offsets = [0.0]
    for one, other in pairwise(row):
        offsets.append(offsets[-1] + room[one][1] + room[other][0])
    pools: list[tuple[float, int]] = []
    for place, offset in zip(wanted, offsets, strict=True):
        mean, count = place - offset, 1
        while pools and pools[-1][0] > mean:
            before, many = pools.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        pools.append((mean, count))
    risen = [mean for mean, count in pools for _ in range(count)]
    return {item: place + offset for item, place, offset in zip(row, risen, offsets, strict=True)}


def _wanted(item: Item, neighbours: Sequence[Item], at: Mapping[Item, float]) -> float:
    """The place where an item wants to be: the weighted mean of the places of its neighbours."""
    pulls = [(STRAIGHT if isinstance(item, tuple) and isinstance(each, tuple) else 1, at[each]) for each in neighbours]
    return sum(pull * place for pull, place in pulls) / sum(pull for pull, _ in pulls) if pulls else at[item]
