"""One self-contained ES module from a widget's file and the local modules that it imports.

anywidget loads a module from a blob, where `import "../shared/dom.js"` finds nothing.  There is no third-party
JavaScript here, so a bundler would be the only build step; putting each local module into a function of its own
takes a few lines instead.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from pathlib import Path, PurePosixPath

WIDGETS = Path(__file__).parent.parent
STYLES = (
    "shared/theme.css",
    "shared/marks.css",
    "shared/layout.css",
    "ratchet_tree/ratchet_tree.css",
    "key_lifetimes/marks.css",
    "key_lifetimes/key_lifetimes.css",
    "derivation_graph/marks.css",
    "derivation_graph/derivation_graph.css",
    "security_matrix/marks.css",
    "security_matrix/security_matrix.css",
    "server_knowledge/marks.css",
    "server_knowledge/server_knowledge.css",
    "prediction/prediction.css",
)
"""The styles of all widgets: a page that has several holds them once."""

_IMPORT = re.compile(r'^import \{ (.+) \} from "(\.\.?/[\w./]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
_EXPORTING = re.compile(r"^export (?:default .*\n)?", re.MULTILINE)
_NAMED = re.compile(r"^export (?!default\b)", re.MULTILINE)
_COMMENT = re.compile(r"^[ ]*(?:/\*\*(?:[^*]|\*(?!/))*\*/|//.*)\n", re.MULTILINE)
_STYLE_COMMENT = re.compile(r"/\*(?:[^*]|\*(?!/))*\*/\n*")


@cache
def module(path: str) -> str:
    """Give a module (such as "ratchet_tree/ratchet_tree.js") with every module that it needs.

    What has a default export is a widget, and exports that alone: anywidget warns of anything else.
    """
    text = inlined(_source(path), path)
    return _NAMED.sub("", text) if "\nexport default " in text else text


def inlined(text: str, path: str = "", folder: Path = WIDGETS) -> str:
    """Give the text of a module with every module that it imports before it, each once and in a scope of its own.

    `path` says where the module is in the folder, because its imports are relative to it.
    """
    scopes: dict[str, str] = {}
    body = _inline(text, PurePosixPath(path), folder, scopes)
    return "".join(scopes.values()) + body


def _inline(text: str, path: PurePosixPath, folder: Path, scopes: dict[str, str]) -> str:
    """Give a module with its imports taken from the scopes, after adding to these what it imports."""

    def take(found: re.Match[str]) -> str:
        names, name = found[1], posixpath.normpath(path.parent / found[2])
        scope = name.replace("/", "$").replace(".", "$")
        if scope not in scopes:
            source = _inline(_source(name, folder), PurePosixPath(name), folder, scopes)
            exports = ", ".join(_EXPORT.findall(source))
            scopes[scope] = f"const {scope} = (() => {{\n{_EXPORTING.sub('', source)}return {{ {exports} }};\n}})();\n"
        return f"const {{ {names} }} = {scope};\n"

    return _IMPORT.sub(take, text)


def _source(path: str, folder: Path = WIDGETS) -> str:
    return _COMMENT.sub("", (folder / path).read_text(encoding="utf-8"))


@cache
def stylesheet(*paths: str) -> str:
    """Give stylesheets as one, without comments."""
    return "".join(_STYLE_COMMENT.sub("", (WIDGETS / path).read_text(encoding="utf-8")) for path in paths)
