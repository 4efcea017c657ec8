"""Open the lessons in JupyterLab.

The command copies the lessons of `notebooks/` into a folder of your own, starts a Jupyter server there, and opens the
first lesson in the browser. It never overwrites your changes in that folder, and it does not change the project's
files. Arguments after `--` go to JupyterLab (`workbench lab -- --no-browser --port 9999`).

Examples:
  workbench lab
  workbench lab --folder ~/lessons -- --no-browser --port 9999
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

LESSONS = Path("notebooks")
FIRST_LESSON = LESSONS / "00_start_here.ipynb"
READERS_FOLDER = Path("my-lessons")

# By default JupyterLab asks two other hosts for news, and opens a dialogue about it. These settings turn that off. They
# are only defaults, so a reader who wants news can switch them on.
SETTINGS = Path(__file__).parent / "jupyter"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the lesson to open, the folder for the lessons, and the options for JupyterLab."""
    parser.add_argument("--notebook", type=Path, default=FIRST_LESSON, help="default: %(default)s")
    parser.add_argument(
        "--folder",
        type=Path,
        default=READERS_FOLDER,
        help="the folder for your copies of the lessons (default: %(default)s)",
    )
    parser.add_argument("jupyter", nargs="*", metavar="...", help="options for JupyterLab, after --")
    parser.epilog = "exit status: that of JupyterLab; 2 if JupyterLab is not installed or the notebook does not exist"


def run(arguments: argparse.Namespace) -> int:
    """Copy the lessons, start JupyterLab and wait until it is stopped."""
    notebook, folder = arguments.notebook, arguments.folder.resolve()
    if not notebook.is_file() or notebook.parent.resolve() != LESSONS.resolve():
        return _complain(f"there is no lesson {notebook} in this folder; run it in the project's.")
    if folder == LESSONS.resolve():
        return _complain("give another --folder: notebooks/ holds the original lessons.")
    if importlib.util.find_spec("jupyterlab") is None:
        return _complain("JupyterLab is missing; install it: pip install 'mls-workbench[lab]'")
    from workbench.lessons.folder import bring  # noqa: PLC0415 - needs what comes with JupyterLab

    try:
        left = bring(LESSONS.resolve(), folder)
    except OSError as problem:
        return _complain(f"the lessons could not be brought into {folder}: {problem}")
    for sentence in left:
        print(f"workbench lab: {sentence}", file=sys.stderr)
    # In a container the user is root, which JupyterLab refuses without this option.
    root = ("--allow-root",) if os.geteuid() == 0 else ()
    # An address and not a file, so that JupyterLab also prints it for readers who open it by hand.
    lesson = f"--LabApp.default_url=/lab/tree/{quote(notebook.name)}"
    place = f"--ServerApp.root_dir={folder}"
    command = [sys.executable, "-m", "jupyterlab", lesson, place, *root, *arguments.jupyter]
    return subprocess.run(command, check=False, env=_environment()).returncode  # noqa: S603 - the caller's own words


def _environment() -> dict[str, str]:
    """The environment for JupyterLab: our settings are added to the other folders with settings."""
    places = [place for place in (os.environ.get("JUPYTER_CONFIG_PATH"), str(SETTINGS)) if place]
    return {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(places)}


def _complain(what: str) -> int:
    print(f"workbench lab: {what}", file=sys.stderr)
    return 2
