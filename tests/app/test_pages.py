"""The pages of the app beside the playground, and the server itself."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app.conftest import App, is_ready, serving
from tests.browser.conftest import faults_that_axe_finds
from workbench.lab import World
from workbench.mls import write_state

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visitor = Callable[..., Page]


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    """The app behind a proxy, which puts a path in front of all pages."""
    yield from serving(prefix="/user/me/mls")


def inspected(page: Page, text: str) -> Page:
    page.get_by_label("Bytes, in hexadecimal").fill(text)
    page.get_by_role("button", name="Inspect", exact=True).click()
    return page


def test_pasted_bytes_are_dissected(visitor: Visitor) -> None:
    page = visitor("inspect")
    world = World.of(["Alice", "Bob"])
    inspected(page, world.attacker.heard[-1].hex())
    expect(page.locator(".mls-wire-fields")).to_contain_text("MLSMessage", timeout=20_000)
    assert faults_that_axe_finds(page, "html") == []


def test_each_object_of_a_log_is_listed_and_can_be_chosen(visitor: Visitor) -> None:
    page = visitor("inspect")
    world = World.of(["Alice", "Bob"])
    world.send("Bob", "hello")
    lines = [
        json.dumps({"at": place, "data": base64.b64encode(wire).decode()})
        for place, wire in enumerate(world.attacker.heard)
    ]
    inspected(page, "\n".join(lines))
    expect(page.locator(".mls-found tbody tr")).to_have_count(len(lines), timeout=20_000)
    page.get_by_role("button", name="private application").click()
    expect(page.locator(".mls-wire-fields")).to_contain_text("private_message", timeout=20_000)


def test_a_state_says_whether_its_member_can_process_the_bytes(visitor: Visitor, tmp_path: Path) -> None:
    world = World.of(["Alice", "Bob"])
    world.hold("Bob")
    world.commit("Alice")
    file = tmp_path / "bob.state"
    state = world.state("Bob")
    assert state is not None
    file.write_bytes(write_state(state))
    page = visitor("inspect")
    page.get_by_label("The states of members").set_input_files(file)
    inspected(page, world.attacker.heard[-1].hex())
    expect(page.locator(".mls-explanation")).to_contain_text("Next:", timeout=20_000)


def test_damaged_material_is_audited_with_a_state_and_the_report_is_saved(visitor: Visitor, tmp_path: Path) -> None:
    world = World.of(["Alice", "Bob"])
    world.hold("Bob")
    world.commit("Alice")
    state = world.state("Bob")
    assert state is not None
    file = tmp_path / "bob.state"
    file.write_bytes(write_state(state))
    *others, commit = world.attacker.heard
    damaged = commit[:-1] + bytes([commit[-1] ^ 1])  # the last byte of the membership tag
    page = visitor("inspect")
    page.get_by_label("The states of members").set_input_files(file)
    inspected(page, "\n".join(each.hex() for each in [*others, damaged]))
    page.get_by_role("button", name="Audit", exact=True).click()
    worst = page.locator(".mls-audited .finding").first
    expect(worst).to_contain_text("membership tag of the commit: failed", timeout=20_000)
    expect(worst.locator(".tags")).to_have_text("error, proven")
    expect(worst).to_contain_text(f"rule membership-tagin what you pasted: line {len(others) + 1}, MLSMessage.public_")
    assert faults_that_axe_finds(page, "html") == []
    saved = {}
    for kind in ("a page", "JSON"):
        with page.expect_download(timeout=20_000) as download:
            page.get_by_role("button", name=f"Save the report as {kind}").click()
        saved[kind] = Path(download.value.path()).read_text("utf-8")
    report = json.loads(saved["JSON"])
    assert report["findings"][0]["rule"] == "membership-tag"
    assert "membership tag of the commit: failed" in saved["a page"]
    page.context.set_offline(offline=True)
    (tmp_path / "audit.html").write_text(saved["a page"], "utf-8")
    page.goto((tmp_path / "audit.html").as_uri())
    expect(page.get_by_role("heading", name="Evidence")).to_be_visible()


def test_an_example_shows_what_an_audit_finds_and_the_two_sides_of_a_fork(visitor: Visitor) -> None:
    page = visitor("inspect")
    page.get_by_role("button", name="a fork and a broken rule").click()
    worst = page.locator(".mls-audited .finding").first
    expect(worst).to_contain_text("failed", timeout=30_000)
    expect(page.locator(".mls-group-diff")).to_contain_text("Then they part")
    expect(page.get_by_text("a group of Tess (ts-mls)")).to_be_visible()
    assert faults_that_axe_finds(page, "html") == []
    page.get_by_role("button", name="a stolen device").click()
    expect(page.locator(".mls-audited")).to_contain_text("With a member's state", timeout=30_000)
    expect(page.locator(".mls-explanation")).to_be_visible()
    expect(page.locator(".mls-group-diff")).to_have_count(0)
    form = page.get_by_role("form", name="Inspect")
    form.get_by_label("Bytes, in hexadecimal").fill("hello")
    form.get_by_role("button", name="Inspect", exact=True).click()
    expect(page.get_by_text("No MLS object was found")).to_be_visible(timeout=20_000)
    expect(page.locator(".mls-audited")).to_be_empty()


def test_what_is_no_message_is_said_in_words(visitor: Visitor) -> None:
    page = visitor("inspect")
    for text, words in (
        ("", "Paste bytes, or choose a file."),
        ("hello", "No MLS object was found"),
        ("<img src=x onerror=alert(1)>", "No MLS object"),
    ):
        inspected(page, text)
        expect(page.locator(".mls-answer")).to_contain_text(words, timeout=20_000)


def test_a_file_beyond_the_bound_is_not_sent(visitor: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "large.bin"
    file.write_bytes(bytes(1_000_001))
    page = visitor("inspect")
    page.get_by_label("A file with bytes").set_input_files(file)
    page.get_by_role("button", name="Inspect", exact=True).click()
    expect(page.locator(".mls-answer")).to_have_text("large.bin has 1000001 bytes; at most 1000000 are inspected here.")


def test_a_compromise_is_computed_in_three_ways_that_agree(visitor: Visitor) -> None:
    page = visitor("compromise")
    agreement = page.locator(".mls-agreement")
    expect(agreement).to_have_text("The rules, the theorem and the attacker who decrypts agree.", timeout=30_000)
    page.get_by_label("Scenario").select_option("own commit")
    expect(page.locator(".mls-lesson")).to_contain_text("it heals the committer at once", timeout=30_000)
    page.locator(".mls-security-matrix [role=columnheader]").nth(2).click()
    expect(page.locator(".mls-derivation-graph .mls-sentence")).not_to_be_empty(timeout=20_000)
    page.get_by_role("button", name="Take all off").click()
    expect(page.locator(".mls-judged")).to_contain_text("has computed the secrets ofno epoch", timeout=20_000)
    expect(agreement).to_have_text("The rules, the theorem and the attacker who decrypts agree.")
    assert faults_that_axe_finds(page, "html") == []


def test_the_lessons_are_listed_and_each_is_a_page_whose_pictures_move(visitor: Visitor, repository: Path) -> None:
    page = visitor("lessons")
    notebooks = sorted(path.stem for path in (repository / "notebooks").glob("*.ipynb"))
    links = page.get_by_role("link", name="Read as a page")
    assert [link.get_attribute("href") for link in links.all()] == [f"lesson/{name}" for name in notebooks]
    assert faults_that_axe_finds(page, "html") == []
    links.first.click()
    expect(page.locator(".mls-ratchet-tree .mls-title").first).to_contain_text("Step", timeout=20_000)
    expect(page.locator(".banner")).to_contain_text("its code runs in JupyterLab: workbench lab --notebook notebooks/")
    expect(page.get_by_text("run this cell again").first).to_be_hidden()
    page.get_by_role("link", name="Playground").click()
    is_ready(page)


def test_axe_finds_nothing_in_a_lesson_with_several_pictures_of_a_kind(visitor: Visitor) -> None:
    page = visitor("lesson/05_forward_secrecy")
    expect(page.locator(".mls-key-lifetimes .mls-sentence").nth(1)).not_to_be_empty(timeout=20_000)
    assert faults_that_axe_finds(page, "html") == []


def test_the_app_works_behind_a_prefix_and_opens_at_its_root(visitor: Visitor, app: App) -> None:
    page = is_ready(visitor(""))
    assert page.url.partition("?")[0] == f"{app.root}/playground"
    page.get_by_role("button", name="Alice commits", exact=True).click()
    expect(page.locator(".mls-ratchet-tree .mls-title")).to_contain_text("of 3:", timeout=20_000)
    page.get_by_role("link", name="Lessons").click()
    expect(page.get_by_role("heading", name="Lessons")).to_be_visible()


def test_a_port_in_use_is_said_in_a_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        program = str(Path(sys.executable).with_name("workbench"))
        done = subprocess.run([program, "app", "--port", port], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"it cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_panel_is_imported_by_the_app_alone() -> None:
    program = "import sys, widgets, workbench.commands.app; print({'panel', 'bokeh', 'widgets.app'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
