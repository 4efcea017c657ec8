"""Views to draw."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import cast

import pytest

from workbench.views.schema import RatchetTreeView

REPOSITORY = Path(__file__).parent.parent.parent


def node(script: str, *arguments: str) -> str:
    """What a script prints in node; it stands at the root of the repository."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("node is not installed: with it, JavaScript and Python are held against each other")
    command = [program, "--input-type=module", "--eval", script, "--", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def sample() -> RatchetTreeView:
    """The view that the tests in JavaScript are written on."""
    return cast("RatchetTreeView", json.loads(_sample()))


@cache
def _sample() -> str:
    return node('import { sample } from "./tests/javascript/sample.js"; console.log(JSON.stringify(sample()));')
