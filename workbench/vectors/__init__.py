"""The official test vectors of MLS, run on `workbench.mls`.

`case.py` reads one case, `formats.py` tells what a file holds, `encoding.py` to `joining.py` check the
formats, `run.py` and `report.py` turn paths into results. The formats are those of mlswg/mls-implementations,
test-vectors.md; each check does all that is written there, what it says to make anew included.
"""

from workbench.vectors.report import ProgressBar, to_json, to_table
from workbench.vectors.run import FileResult, UnreadableFile, check_file, check_paths

__all__ = ["FileResult", "ProgressBar", "UnreadableFile", "check_file", "check_paths", "to_json", "to_table"]
