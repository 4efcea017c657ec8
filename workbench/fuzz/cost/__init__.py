"""What the worst megabyte costs: every list as long as it can be, at every entry point, in CPU seconds.

Read `lists.py` (all lists that the structs of the wire have), `inputs.py` (messages with one of them filled, and who is
given them), `special.py` (costly inputs that no repeated item makes), `measure.py` (the seconds, and how they grow) and
`report.py`. `costs()` yields a row for each input.
"""

from workbench.fuzz.cost.inputs import CostlyInput
from workbench.fuzz.cost.measure import LIMIT, CostRow, all_inputs, costs
from workbench.fuzz.cost.report import costs_as_json, costs_to_table

__all__ = ["LIMIT", "CostRow", "CostlyInput", "all_inputs", "costs", "costs_as_json", "costs_to_table"]
