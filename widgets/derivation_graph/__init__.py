"""The derivation of a secret as a widget: how the attacker knows it."""

from widgets.derivation_graph.derivation_graph import DerivationGraph

__all__ = ["DerivationGraph"]
