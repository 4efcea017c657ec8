"""Each sentence of RFC 9420 §4 to §15 that demands something, with the rule or the code that keeps it.

A sentence is named by its section, the hash of its text and the words around its first MUST. It is kept by rules of
the catalogue (what others send is refused), by code with a test (what is sent here is right), or it binds applications
only.
"""

from __future__ import annotations

from tests.rfc.demand import Demand
from tests.rfc.demands.extensions_and_security import EXTENSIONS_AND_SECURITY
from tests.rfc.demands.group_evolution import GROUP_EVOLUTION
from tests.rfc.demands.keys_and_groups import KEYS_AND_GROUPS
from tests.rfc.demands.messages_and_trees import MESSAGES_AND_TREES

DEMANDS: dict[str, list[Demand]] = MESSAGES_AND_TREES | KEYS_AND_GROUPS | GROUP_EVOLUTION | EXTENSIONS_AND_SECURITY
