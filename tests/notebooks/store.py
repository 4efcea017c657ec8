"""Run the lessons and store what they show: `python -m tests.notebooks.store [NOTEBOOK...]`, all lessons by default.

A stored lesson is read without a kernel as well: on a forge, in an untrusted notebook, exported. Widgets stay as the
figure and player that are their output; the name of the live widget that stands there while its kernel runs is not
stored. Nothing is kept that says when or where the lesson ran, so that running it again changes nothing.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
REVEALS = "reveals"
"""The tag of a cell whose output gives the answer to a question above it away."""

SECONDS_A_CELL = 60
_LIVE = re.compile(r' data-live="[^"]*"')


def lessons() -> list[Path]:
    """The notebooks of all lessons, in order."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def read(path: Path) -> Any:
    """A notebook as it is stored."""
    return nbformat.read(path, as_version=4)


def run(notebook: Any, folder: Path = NOTEBOOKS) -> Any:
    """Run a notebook from a fresh kernel, in place; raises `CellExecutionError` at the first cell that fails."""
    client = NotebookClient(
        notebook,
        timeout=SECONDS_A_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    )
    client.execute()
    return notebook


def freeze(notebook: Any) -> Any:
    """Leave out, in place, what only works while the kernel runs, and what differs from run to run."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if REVEALS in cell.metadata.get("tags", ()):
            # JupyterLab folds such an output until it is asked for, or the cell is run.
            cell.metadata["jupyter"] = {"outputs_hidden": True}
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            data.pop(WIDGET_VIEW, None)
            if "text/html" in data:
                data["text/html"] = _LIVE.sub("", data["text/html"])
            if "metadata" in output:
                output.metadata = nbformat.from_dict({})
    return notebook


def text(notebook: Any) -> str:
    """A notebook as the text of its file."""
    return f"{nbformat.writes(notebook, version=nbformat.NO_CONVERT, indent=1)}\n"


def main(arguments: list[str]) -> None:
    """Store the named lessons, or all."""
    for path in [Path(argument) for argument in arguments] or lessons():
        stored = text(freeze(run(read(path), path.parent)))
        path.write_text(stored, "utf-8")
        sys.stderr.write(f"{path.name}: {len(stored.encode()) // 1000} kB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
