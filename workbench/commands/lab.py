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
    parser.add_argument("--notebook", type=Path, default=FIRST_LESSON, help="open this one (default: %(default)s)")
    parser.add_argument("jupyter", nargs="*", metavar="...", help="options for JupyterLab, after --")
    parser.epilog = "exit status: JupyterLab's own; 2 when it is not installed or the notebook is not there"


def run(arguments: argparse.Namespace) -> int:
    """Start JupyterLab and wait until it is stopped."""
    notebook: Path = arguments.notebook
    if not notebook.is_file():
        print(f"workbench lab: no {notebook} here; run it in the project's folder.", file=sys.stderr)
        return 2
    if importlib.util.find_spec("jupyterlab") is None:
        print("workbench lab: JupyterLab is missing; install it: pip install 'mls-workbench[lab]'", file=sys.stderr)
        return 2
    return subprocess.run([sys.executable, "-m", "jupyterlab", notebook, *arguments.jupyter], check=False).returncode
