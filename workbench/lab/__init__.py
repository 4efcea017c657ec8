"""The laboratory: devices that run the real engine, in groups whose history is recorded and can be repeated.

- `environment` has what the groups share: people with devices, the delivery service, the clock. `services` are the two
  kinds of delivery service: the world's own, and one elsewhere that several worlds share (`elsewhere`).
- `group` is one group, and `record` its history.
- `actions` has everything that people can do in a group, each action in one place. `World` (`world`) is the class that
  notebooks and tests use: it offers the group and all actions.
- `action_log` lists the performed actions, and `counterfactual` performs them again with changes.
- `leaks` takes the secrets of a device at any step, and gives the verdict on them.
- `scenarios` are named histories with leaks. `attacks` are named histories with an attacker who also sends.
- `recording` makes a history of anyone's own calls of the engine: `with record() as history`.
- `replay` records a group that other software made. `export` writes what one member received as a test vector.
"""

from workbench.lab.errors import NotPossible
from workbench.lab.record import HistoryStep
from workbench.lab.recording import record
from workbench.lab.replay import replay
from workbench.lab.scenarios import SCENARIOS, scenario
from workbench.lab.world import World

__all__ = ["SCENARIOS", "HistoryStep", "NotPossible", "World", "record", "replay", "scenario"]
