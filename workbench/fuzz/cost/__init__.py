"""The cost of the worst megabyte: every list as long as possible, at every entry point, in CPU seconds.

Read `lists.py` (all lists in wire structs), `inputs.py` (messages with one long list, and their receivers),
`special.py` (costly inputs without repeated items), `measure.py` (the seconds, and their growth) and `report.py`.
`costs()` yields a row for each input.
"""

from workbench.fuzz.cost.inputs import CostlyInput
from workbench.fuzz.cost.measure import LIMIT, CostRow, all_inputs, costs
from workbench.fuzz.cost.report import costs_as_json, costs_to_table

__all__ = ["LIMIT", "CostRow", "CostlyInput", "all_inputs", "costs", "costs_as_json", "costs_to_table"]
