"""The view of a ratchet tree that an audit has followed: foreign material, public, from where it begins."""

from __future__ import annotations

from workbench.inspect.trace_format import Trace
from workbench.views.ratchet_tree import ratchet_tree_view
from workbench.views.schema import RatchetTreeView


def followed_tree_view(trace: Trace, title: str) -> RatchetTreeView:
    """The view of a trace of `workbench.review.public_trace`; how the group began is not known, and is not told."""
    view = ratchet_tree_view(trace, title)
    first = view["steps"][0]
    first["title"] = f"Epoch {first['epoch']}"
    first["sentence"] = f"The material begins with the tree of epoch {first['epoch']}."
    first["beats"] = []
    return view
