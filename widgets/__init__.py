"""Many eyes on one engine: each widget is a Python class and a plain ES module side by side."""

from widgets.control_panel import ControlPanel
from widgets.derivation_graph import DerivationGraph
from widgets.key_lifetimes import KeyLifetimes
from widgets.ratchet_tree import RatchetTree
from widgets.security_matrix import SecurityMatrix
from widgets.side_by_side import side_by_side

__all__ = ["ControlPanel", "DerivationGraph", "KeyLifetimes", "RatchetTree", "SecurityMatrix", "side_by_side"]
