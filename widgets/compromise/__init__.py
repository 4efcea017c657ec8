"""A compromise: leaks that the reader chooses, and what an attacker with them reads, computed in three ways."""

from widgets.compromise.compromise import Compromise

__all__ = ["Compromise"]
