"""Modules put together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.widgets.views import REPOSITORY, node
from widgets.assemble import STYLES, inlined, module, stylesheet

WIDGETS = ["derivation_graph.js", "key_lifetimes.js", "ratchet_tree.js", "security_matrix.js"]
ENTRIES = [
    *WIDGETS,
    "derivation_still.js",
    "lifetimes_still.js",
    "matrix_still.js",
    "ratchet_still.js",
    "still.js",
    "host.js",
]


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_assembled_module_imports_nothing(entry: str) -> None:
    assert not re.search(r"^\s*import\b|\bimport\(", module(entry), re.MULTILINE)


@pytest.mark.parametrize("entry", ENTRIES)
def test_each_module_is_in_it_once(entry: str) -> None:
    scopes = re.findall(r"^const (\w+)_js = ", module(entry), re.MULTILINE)
    assert len(scopes) == len(set(scopes))


def test_every_module_of_the_folder_has_a_place_in_a_widget() -> None:
    scopes = {scope for entry in ENTRIES for scope in re.findall(r"^const (\w+)_js = ", module(entry), re.MULTILINE)}
    files = {path.stem for path in (REPOSITORY / "widgets").glob("*.js")}
    assert files == scopes | {entry.removesuffix(".js") for entry in ENTRIES}


def test_a_module_stays_out_of_the_way_of_its_importers() -> None:
    text = inlined('import { left } from "./tree_geometry.js";\nconst level = "mine";\nconsole.log(left(5), level);\n')
    assert node(text) == "4 mine\n"


@pytest.mark.parametrize("widget", WIDGETS)
def test_the_assembled_widget_loads_and_exports_what_its_hosts_expect(widget: str, tmp_path: Path) -> None:
    file = tmp_path / "widget.mjs"
    file.write_text(module(widget), encoding="utf-8")
    load = "const widget = await import(process.argv.at(-1));"
    script = f"{load} console.log(Object.keys(widget).join(), typeof widget.default.render);"
    assert node(script, str(file)) == "default function\n"


def test_neither_module_nor_styles_name_another_host() -> None:
    text = module("ratchet_tree.js") + module("security_matrix.js") + stylesheet(*STYLES)
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+", text))
    assert addresses == {"https://www.rfc-editor.org", "http://www.w3.org"}, "a link for readers, a namespace"
    assert "@import" not in text
    assert "url(" not in text


def test_the_styles_use_only_tokens_for_colour() -> None:
    rules = stylesheet(*(name for name in STYLES if name != "theme.css"))
    assert not re.findall(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", rules)
