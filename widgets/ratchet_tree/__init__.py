"""The ratchet tree as a widget: a view, a step, and a viewer."""

from widgets.ratchet_tree.ratchet_tree import RatchetTree

__all__ = ["RatchetTree"]
