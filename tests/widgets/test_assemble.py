"""Modules put together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.widgets.views import REPOSITORY, node
from widgets.shared.assemble import STYLES, inlined, module, stylesheet

PICTURES = [
    "derivation_graph",
    "group_diff",
    "key_lifetimes",
    "key_schedule",
    "playground",
    "ratchet_tree",
    "room",
    "secret_tree",
    "security_matrix",
    "server_knowledge",
    "wire_inspector",
    "timeline",
]
WIDGETS = [
    *(f"{name}/{name}.js" for name in PICTURES),
    "compromise/compromise.js",
    "inspector/inspector.js",
    "prediction/prediction.js",
    "shared/live_output.js",
]
ENTRIES = [
    *WIDGETS,
    *(f"{name}/still.js" for name in PICTURES),
    "shared/still.js",
    "shared/standalone_model.js",
    "shared/workspace_widget.js",
    "app/host.js",
    "app/room.js",
]


def scopes_of(entry: str) -> list[str]:
    """The modules that an assembled module holds, by their paths."""
    scopes = re.findall(r"^const ([\w$]+)\$js = ", module(entry), re.MULTILINE)
    return [f"{scope.replace('$', '/')}.js" for scope in scopes]


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_assembled_module_imports_nothing(entry: str) -> None:
    assert not re.search(r"^\s*import\b|\bimport\(", module(entry), re.MULTILINE)


@pytest.mark.parametrize("entry", ENTRIES)
def test_each_module_is_in_it_once(entry: str) -> None:
    assert len(scopes_of(entry)) == len(set(scopes_of(entry)))


def test_every_module_of_the_folder_has_a_place_in_a_widget() -> None:
    widgets = REPOSITORY / "widgets"
    files = {path.relative_to(widgets).as_posix() for path in widgets.rglob("*.js")}
    assert files == {scope for entry in ENTRIES for scope in scopes_of(entry)} | set(ENTRIES)


def test_a_module_stays_out_of_the_way_of_its_importers() -> None:
    text = 'import { left } from "./ratchet_tree/geometry.js";\nconst level = "mine";\nconsole.log(left(5), level);\n'
    assert node(inlined(text)) == "4 mine\n"


def test_two_modules_of_one_name_are_two(tmp_path: Path) -> None:
    """A module is known by its path, as are those that it imports from its own folder and from above."""
    texts = {
        "a/marks.js": 'import { size } from "./size.js";\nexport const mark = `a${size}`;\n',
        "a/size.js": 'import { all } from "../all.js";\nexport const size = all + 1;\n',
        "b/marks.js": 'import { size } from "../a/size.js";\nexport const mark = `b${size}`;\n',
        "all.js": "export const all = 1;\n",
    }
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    program = 'import { mark } from "./marks.js";\n'
    program += 'import { other } from "../b/other.js";\nconsole.log(mark, other);\n'
    (tmp_path / "b/other.js").write_text('import { mark } from "./marks.js";\nexport const other = mark;\n', "utf-8")
    assembled = inlined(program, "a/entry.js", tmp_path)
    assert node(assembled) == "a2 b2\n"
    assert assembled.count("all = 1") == 1


@pytest.mark.parametrize("widget", WIDGETS)
def test_the_assembled_widget_loads_and_exports_what_its_hosts_expect(widget: str, tmp_path: Path) -> None:
    file = tmp_path / "widget.mjs"
    file.write_text(module(widget), encoding="utf-8")
    load = "const widget = await import(process.argv.at(-1));"
    script = f"{load} console.log(Object.keys(widget).join(), typeof widget.default.render);"
    assert node(script, str(file)) == "default function\n"


def test_neither_module_nor_styles_name_another_host() -> None:
    text = module("ratchet_tree/ratchet_tree.js") + module("security_matrix/security_matrix.js") + stylesheet(*STYLES)
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+", text))
    assert addresses == {"https://www.rfc-editor.org", "http://www.w3.org"}, "a link for readers, a namespace"
    assert "@import" not in text
    assert "url(" not in text


def test_the_styles_use_only_tokens_for_colour() -> None:
    rules = stylesheet(*(name for name in STYLES if name != "shared/theme.css"))
    assert not re.findall(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", rules)
