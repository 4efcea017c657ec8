"""The file of results of a bench, which other measurements write their parts into."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.bench.results import from_json, to_json


def keep(path: Path, **parts: Any) -> None:
    """Put parts, which are fields of `Results`, into a file of results. Raises `UnreadableResults`."""
    results = replace(from_json(path.read_bytes()), **parts)
    path.write_text(json.dumps(to_json(results), indent=1) + "\n", "utf-8")
