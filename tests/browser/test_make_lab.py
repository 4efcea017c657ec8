"""What `make lab` starts, as a reader meets it: the first lesson, in a folder of the reader's own, and nothing else."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watch
from tests.browser.jupyterlab import READY
from tests.listening import wait_until_it_listens

pytestmark = [pytest.mark.browser, pytest.mark.house]

LESSON = "00_start_here.ipynb"
SHOWN = "window.jupyterapp.shell.currentWidget"


@dataclass
class Lab:
    """What `workbench lab` says on the terminal, the address that it says one should open, and the reader's folder."""

    folder: Path
    address: str = ""
    said: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def lab(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    place = tmp_path_factory.mktemp("jupyter")
    folders = {f"JUPYTER_{kind}_DIR": str(place / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    started = Lab(place / "my lessons")
    command = [sys.executable, "-m", "workbench.cli", "lab", f"--folder={started.folder}", "--", "--no-browser"]
    command += ["--ServerApp.port=0", "--LabApp.expose_app_in_browser=True"]
    environment = os.environ | folders | {"IPYTHONDIR": str(place / "ipython")}
    with subprocess.Popen(
        command, cwd=repository, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        assert server.stderr is not None
        for line in server.stderr:
            started.said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/\S+", line):
                started.address = found[0]
                wait_until_it_listens(server, int(found[1]), 60)  # the address comes a moment earlier
                break
        else:
            pytest.fail("".join(started.said))
        listener = threading.Thread(target=lambda: started.said.extend(server.stderr or ()))
        listener.start()
        yield started
        os.killpg(server.pid, signal.SIGTERM)
        listener.join()


@pytest.fixture(scope="module")
def watched() -> Watch:
    return Watch()


@pytest.fixture(scope="module")
def opened(lab: Lab, chromium: Browser, watched: Watch) -> Iterator[Page]:
    """The page at the printed address, once the kernel is ready and JupyterLab has said what it has to say."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    watched.over(context)
    page = context.new_page()
    page.goto(lab.address)
    page.evaluate(READY)
    page.evaluate("() => window.jupyterapp.restored")
    yield page
    context.close()


def test_the_lab_opens_the_first_lesson_in_the_readers_folder(lab: Lab, opened: Page, repository: Path) -> None:
    assert f"/lab/tree/{LESSON}?token=" in lab.address
    expect(opened.get_by_role("heading", name="Start here")).to_be_visible()
    shipped = {path.name: path.read_bytes() for path in (repository / "notebooks").glob("*.ipynb")}
    assert {path.name: path.read_bytes() for path in lab.folder.glob("*.ipynb")} == shipped


def test_the_lesson_is_trusted_so_that_its_pictures_move(opened: Page) -> None:
    code = f"[...{SHOWN}.model.cells].filter((cell) => cell.type === 'code')"
    trusted = opened.evaluate(f"() => {code}.map((cell) => cell.trusted)")
    assert trusted
    assert all(trusted)


def test_no_dialogue_stands_in_the_way_and_no_other_host_is_asked(opened: Page, watched: Watch) -> None:
    asked = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.wait_for_timeout(1000)
    expect(opened.locator(".Toastify__toast, .jp-Dialog")).to_have_count(0)
    assert [address for address in asked if "/lab/api/news" in address] == []
    assert watched.off_host == []


def test_the_terminal_shows_no_stack_trace(lab: Lab, opened: Page) -> None:
    expect(opened.locator(".jp-Notebook")).to_be_visible()
    said = "".join(lab.said)
    assert "Serving notebooks from local directory" in said
    for trace in ("node:internal", "Traceback", "Error:"):
        assert trace not in said, said


def test_saving_the_lesson_changes_the_readers_file_and_no_file_of_the_project(
    lab: Lab, opened: Page, repository: Path
) -> None:
    before = {path: path.read_bytes() for path in (repository / "notebooks").iterdir() if path.is_file()}
    opened.evaluate(f"() => {SHOWN}.model.sharedModel.getCell(0).setSource('# Mine')")
    opened.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    assert "# Mine" in (lab.folder / LESSON).read_text("utf-8")
    assert {path: path.read_bytes() for path in (repository / "notebooks").iterdir() if path.is_file()} == before


def test_no_file_outside_the_widgets_and_tests_makes_a_module_of_other_peoples_scripts(repository: Path) -> None:
    """A package.json with "type": "module" above .venv makes Node refuse the scripts that JupyterLab brings."""
    assert '"type"' not in (repository / "package.json").read_text("utf-8")
