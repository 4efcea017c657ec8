"""How a secret came to be known, as a widget."""

from widgets.derivation_graph.derivation_graph import DerivationGraph

__all__ = ["DerivationGraph"]
