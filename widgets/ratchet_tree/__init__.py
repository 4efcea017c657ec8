"""The ratchet tree as a widget: a view, a step, and a viewer."""

from widgets.ratchet_tree.ratchet_tree import RatchetTree
from widgets.ratchet_tree.side_by_side import side_by_side

__all__ = ["RatchetTree", "side_by_side"]
