"""Print the version of the workbench, of Python and of the cryptography library, for a bug report.

Examples:
  workbench version
  workbench --version
"""

from __future__ import annotations

import argparse
import platform

import cryptography

import workbench


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the exit status; the command has no arguments."""
    parser.epilog = "exit status: 0"


def run(_arguments: argparse.Namespace) -> int:
    """Print the versions."""
    print(
        f"mls-workbench {workbench.__version__}, "
        f"Python {platform.python_version()}, cryptography {cryptography.__version__}"
    )
    return 0
