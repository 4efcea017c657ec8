"""The laboratory: a world of devices in which everything is real, repeatable and written down.

`world` acts and records, `replay` follows a recorded group of others, `export` makes such a record.
"""

from workbench.lab.errors import NotPossible
from workbench.lab.replay import replay
from workbench.lab.world import Moment, World

__all__ = ["Moment", "NotPossible", "World", "replay"]
