"""The laboratory: a world of devices in which everything is real, repeatable and written down.

`environment` has what groups have in common: people with devices, the delivery service, the clock. `group` is one group
and its `record`, `actions` all that can be done in it, each told once, and `world` the front of these. `replay` follows
a recorded group of others, `export` makes such a record. What leaks and what comes of it is in `compromise`, and
`scenarios` have names. `action_log` is what was done, action by action, and `counterfactual` does it again otherwise.
`attacks` are what an attacker does who does not only listen.
"""

from workbench.lab.errors import NotPossible
from workbench.lab.record import HistoryStep
from workbench.lab.replay import replay
from workbench.lab.scenarios import SCENARIOS, scenario
from workbench.lab.world import World

__all__ = ["SCENARIOS", "HistoryStep", "NotPossible", "World", "replay", "scenario"]
