"""Open the lessons in JupyterLab.

Starts a Jupyter server for the folder that holds `notebooks/` and opens the first lesson in the browser.
Any further words are handed to JupyterLab as they are (`workbench lab -- --no-browser --port 9999`).
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from pathlib import Path

FIRST_LESSON = Path("notebooks", "00_start_here.ipynb")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the lesson to open and what JupyterLab itself is told."""
    parser.add_argument("--notebook", type=Path, default=FIRST_LESSON, help="default: %(default)s")
    parser.add_argument("jupyter", nargs="*", metavar="...", help="options for JupyterLab, after --")
    parser.epilog = "exit status: JupyterLab's own; 2 when it is not installed or the notebook is not there"


def run(arguments: argparse.Namespace) -> int:
    """Start JupyterLab and wait until it is stopped."""
    if not arguments.notebook.is_file():
        return _complain(f"there is no {arguments.notebook} here; run it in the project's folder.")
    if importlib.util.find_spec("jupyterlab") is None:
        return _complain("JupyterLab is missing; install it: pip install 'mls-workbench[lab]'")
    command = [sys.executable, "-m", "jupyterlab", str(arguments.notebook), *arguments.jupyter]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - the caller's own words, no shell


def _complain(what: str) -> int:
    print(f"workbench lab: {what}", file=sys.stderr)
    return 2
