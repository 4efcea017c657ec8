"""The laboratory: a world of devices in which everything is real, repeatable and written down.

`world` acts, `doors` are its less common ways in and out, `record` writes down, `surroundings` are what several groups
have in common; `replay` follows a recorded group of others, `export` makes such a record. What leaks and what comes of
it is in `compromise`, and `scenarios` have names. `acts` is what was done, call by call, and `counterfactual` does it
again otherwise. `attacks` are what an attacker does who does not only listen.
"""

from workbench.lab.errors import NotPossible
from workbench.lab.record import Moment
from workbench.lab.replay import replay
from workbench.lab.scenarios import SCENARIOS, scenario
from workbench.lab.world import World

__all__ = ["SCENARIOS", "Moment", "NotPossible", "World", "replay", "scenario"]
