"""The fuzzer: it damages fields of valid messages, and checks that receivers raise only errors of `workbench.mls`.

Read `scene.py` (a group of one cipher suite), `parts.py` (a message split into parts), `edits.py` (the changes),
`insider.py` (a member that signs and encrypts changed messages), `subject.py` and `subjects.py` (the messages that are
changed, and their receivers), `others.py` and `chains.py` (receivers that are not up-to-date members), `attempt.py`
(one attempt: damage, feed, measure, shrink) and `report.py`.
"""

from workbench.fuzz.attempt import Attempt, Find, attempt
from workbench.fuzz.report import FuzzTally, find_to_text, tally_to_table

__all__ = ["Attempt", "Find", "FuzzTally", "attempt", "find_to_text", "tally_to_table"]
