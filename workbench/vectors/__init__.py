"""The official test vectors of MLS, run on `workbench.mls`.

`case.py` reads one case. `formats.py` recognises the format of a file. `encoding.py` to `joining.py` check the formats.
`run.py` and `report.py` turn paths into results. test-vectors.md of mlswg/mls-implementations defines the formats; each
check does everything that it asks for, including objects that the checker has to make itself.
"""

from workbench.vectors.report import ProgressBar, to_json, to_table
from workbench.vectors.run import FileResult, UnreadableFile, check_file, check_paths

__all__ = ["FileResult", "ProgressBar", "UnreadableFile", "check_file", "check_paths", "to_json", "to_table"]
