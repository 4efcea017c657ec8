"""One self-contained ES module from a widget's file and the local modules that it imports.

anywidget loads a module from a blob, where `import "./dom.js"` finds nothing.  There is no third-party
JavaScript here, so a bundler would be the only build step; putting each local module into a function of its own
takes a few lines instead.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
STYLES = (
    "theme.css",
    "marks.css",
    "room.css",
    "ratchet_tree.css",
    "lifetimes_marks.css",
    "key_lifetimes.css",
    "derivation_graph.css",
    "matrix_marks.css",
    "security_matrix.css",
)
"""The styles of all widgets: a page that has several holds them once."""

_IMPORT = re.compile(r'^import \{ (.+) \} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
_EXPORTING = re.compile(r"^export (?:default .*\n)?", re.MULTILINE)
_NAMED = re.compile(r"^export (?!default\b)", re.MULTILINE)
_COMMENT = re.compile(r"^[ ]*(?:/\*\*(?:[^*]|\*(?!/))*\*/|//.*)\n", re.MULTILINE)
_STYLE_COMMENT = re.compile(r"/\*(?:[^*]|\*(?!/))*\*/\n*")


@cache
def module(name: str) -> str:
    """Give a module (such as "ratchet_tree.js") with every module that it needs.

    What has a default export is a widget, and exports that alone: anywidget warns of anything else.
    """
    text = inlined(_source(name))
    return _NAMED.sub("", text) if "\nexport default " in text else text


def inlined(text: str) -> str:
    """Give the text of a module with every module that it imports before it, each once and in a scope of its own."""
    scopes: dict[str, str] = {}
    body = _inline(text, scopes)
    return "".join(scopes.values()) + body


def _inline(text: str, scopes: dict[str, str]) -> str:
    """Give a module with its imports taken from the scopes, after adding to these what it imports."""

    def take(found: re.Match[str]) -> str:
        names, name = found[1], found[2]
        if name not in scopes:
            source = _inline(_source(f"{name}.js"), scopes)
            exports = ", ".join(_EXPORT.findall(source))
            scopes[name] = f"const {name}_js = (() => {{\n{_EXPORTING.sub('', source)}return {{ {exports} }};\n}})();\n"
        return f"const {{ {names} }} = {name}_js;\n"

    return _IMPORT.sub(take, text)


def _source(name: str) -> str:
    return _COMMENT.sub("", (HERE / name).read_text(encoding="utf-8"))


@cache
def stylesheet(*names: str) -> str:
    """Give stylesheets as one, without comments."""
    return "".join(_STYLE_COMMENT.sub("", (HERE / name).read_text(encoding="utf-8")) for name in names)
