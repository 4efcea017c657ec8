from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.house


@pytest.fixture(scope="module")
def address(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What `workbench lab` says that one should open."""
    place = tmp_path_factory.mktemp("jupyter")
    folders = {f"JUPYTER_{kind}_DIR": str(place / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "workbench.cli", "lab", "--", "--no-browser", "--ServerApp.port=0"]
    with subprocess.Popen(
        command, cwd=repository, env=os.environ | folders, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        assert server.stderr is not None
        said = []
        for line in server.stderr:
            said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+/\S+", line):
                yield found[0]
                break
        else:
            pytest.fail("".join(said))
        os.killpg(server.pid, signal.SIGTERM)
        server.stderr.read()


def read(address: str) -> str:
    """The page; the address is printed a moment before the server listens."""
    for _ in range(100):
        try:
            with urlopen(address, timeout=30) as page:  # noqa: S310 - on this machine
                return str(page.read().decode())
        except URLError:
            time.sleep(0.1)
    pytest.fail("nobody listens at the address that was printed")


def test_the_lab_opens_the_first_lesson(address: str) -> None:
    assert "/lab/tree/notebooks/00_start_here.ipynb?token=" in address
    assert "<title>JupyterLab</title>" in read(address)


def test_the_lab_asks_no_other_host_for_news(address: str) -> None:
    assert '"news": {"disabled": true}' in read(address)
