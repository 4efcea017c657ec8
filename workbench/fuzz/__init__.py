"""Fuzzing: valid messages of live groups, damaged where their fields are, to see that nothing escapes.

Read `scene.py` (a live group of one cipher suite), `parts.py` (a message taken apart), `edits.py` (what can be done to
it), `insider.py` (a member that signs and seals what it likes), `subject.py` and `subjects.py` (what is damaged, and
who is given it), `others.py` and `chains.py` (the same for other receivers than a member of today), `attempt.py` (one
try: damage, feed, measure, shrink) and `report.py`.
"""

from workbench.fuzz.attempt import Attempt, Find, attempt
from workbench.fuzz.report import FuzzTally, find_to_text, tally_to_table

__all__ = ["Attempt", "Find", "FuzzTally", "attempt", "find_to_text", "tally_to_table"]
