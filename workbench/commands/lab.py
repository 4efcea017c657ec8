"""Open the lessons in JupyterLab.

Starts a Jupyter server for the folder that holds `notebooks/` and opens the first lesson in the browser.
Any further words are handed to JupyterLab as they are (`workbench lab -- --no-browser --port 9999`).
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

FIRST_LESSON = Path("notebooks", "00_start_here.ipynb")

# JupyterLab by itself asks two other hosts whether there is news, and opens a dialogue about it.
QUIET = ("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the lesson to open and what JupyterLab itself is told."""
    parser.add_argument("--notebook", type=Path, default=FIRST_LESSON, help="default: %(default)s")
    parser.add_argument("jupyter", nargs="*", metavar="...", help="options for JupyterLab, after --")
    parser.epilog = "exit status: JupyterLab's own; 2 when it is not installed or the notebook is not there"


def run(arguments: argparse.Namespace) -> int:
    """Start JupyterLab and wait until it is stopped."""
    notebook, here = arguments.notebook.resolve(), Path.cwd()
    if not notebook.is_file() or not notebook.is_relative_to(here):
        return _complain(f"there is no {arguments.notebook} in this folder; run it in the project's.")
    if importlib.util.find_spec("jupyterlab") is None:
        return _complain("JupyterLab is missing; install it: pip install 'mls-workbench[lab]'")
    # In a container one is root, which JupyterLab wants to hear said.
    root = ("--allow-root",) if os.geteuid() == 0 else ()
    # An address rather than a file, so that it is also what JupyterLab prints for those who open it by hand.
    lesson = f"--LabApp.default_url=/lab/tree/{quote(notebook.relative_to(here).as_posix())}"
    command = [sys.executable, "-m", "jupyterlab", lesson, *QUIET, *root, *arguments.jupyter]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - the caller's own words, no shell


def _complain(what: str) -> int:
    print(f"workbench lab: {what}", file=sys.stderr)
    return 2
