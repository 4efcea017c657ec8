"""The laboratory: a world of devices in which everything is real, repeatable and recorded.

`environment` holds what groups share: people with devices, the delivery service, the clock. `group` is one group with
its `record`. `actions` has all that can be done in a group, each action in one place; `world` is the front of these.
`action_log` lists what was performed, and `counterfactual` performs it again with changes. `leaks` takes the bytes of a
device at any step and judges what follows from them; `scenarios` are histories with leaks that have a name. `attacks`
are those of an attacker who also sends. `replay` records a group that other software made, `export` writes one out.
"""

from workbench.lab.errors import NotPossible
from workbench.lab.record import HistoryStep
from workbench.lab.replay import replay
from workbench.lab.scenarios import SCENARIOS, scenario
from workbench.lab.world import World

__all__ = ["SCENARIOS", "HistoryStep", "NotPossible", "World", "replay", "scenario"]
