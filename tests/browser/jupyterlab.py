"""A JupyterLab for tests: on this host only, without news, with a folder and settings of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
from playwright.sync_api import Page

SECONDS_TO_START = 180  # on a machine that does other things as well
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    }
}

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}

READY = """async () => {
  const until = async (what) => { while (!what()) await new Promise((go) => setTimeout(go, 50)); return what(); };
  const shell = await until(() => window.jupyterapp?.shell);
  const panel = await until(() => shell.currentWidget?.context && shell.currentWidget);
  await panel.revealed;
  await panel.context.ready;
  await panel.sessionContext.ready;
}"""
_RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
_EVALUATE = """async (code) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const content = { code: "", user_expressions: { value: code }, store_history: false };
  const { value } = (await kernel.requestExecute(content).done).content.user_expressions;
  return value.status === "ok" ? value.data["text/plain"] : value.evalue;
}"""


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, and the folder that it shows. Each file of tests has a folder there."""

    address: str
    folder: Path

    def put(self, name: str, *cells: Any) -> None:
        """Write a notebook, `folder/name.ipynb`, with code as text or with cells."""
        made = [nbformat.v4.new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=KERNEL), path)

    def copy(self, path: Path, name: str) -> None:
        """Copy a notebook to `folder/name.ipynb`."""
        (self.folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(path, self.folder / name)

    def open(self, page: Page, name: str) -> None:
        """Open a notebook in a page and wait for its kernel."""
        page.goto(f"{self.address}/lab/tree/{name}?reset")
        page.evaluate(READY)


@contextmanager
def jupyterlab(folder: Path, home: Path) -> Iterator[Lab]:
    """JupyterLab for the notebooks in `folder`, keeping all that it writes in `home`."""
    config = home / "config"
    (config / "labconfig").mkdir(parents=True)
    (config / "labconfig" / "default_setting_overrides.json").write_text(json.dumps(SETTINGS), "utf-8")
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    # Without a token, because nobody but this test can reach it, for the minute that it lives.
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
    command += [f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True"]
    command += ["--KernelManager.shutdown_wait_time=0.5"]
    places = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("DATA", "RUNTIME")}
    environment = {**os.environ, **places, "JUPYTER_CONFIG_DIR": str(config), "IPYTHONDIR": str(home / "ipython")}
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait_until_up(server, address, home / "log")
            yield Lab(address, folder)
        finally:
            server.terminate()
            server.wait(timeout=20)


def reload(page: Page) -> None:
    """Load the page anew, with the same notebook and its kernel, and wait for both."""
    page.reload()
    page.evaluate(READY)


def save(page: Page) -> None:
    """Save the open notebook."""
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")


def run_all_cells(page: Page) -> None:
    """Run all cells of the open notebook; returns when they have run."""
    page.evaluate(_RUN_ALL)


def in_kernel(page: Page, code: str) -> Any:
    """What an expression is in the kernel of the open notebook, as its repr."""
    return page.evaluate(_EVALUATE, code)


def comes_to_be(page: Page, code: str, expected: str) -> None:
    """Wait for a value in the kernel: JupyterLab sends changes one after the other, each when the last has arrived."""
    found = None
    for _ in range(100):
        found = in_kernel(page, code)
        if found == expected:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{code} is {found}, not {expected}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_up(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(SECONDS_TO_START * 10):
        if server.poll() is not None:
            break
        try:
            with urlopen(f"{address}/api", timeout=5):  # noqa: S310 - the address above
                return
        except URLError:
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not come up:\n{log.read_text('utf-8', errors='replace')}")
