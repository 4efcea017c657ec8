"""Makes one self-contained ES module from a widget's file and the local modules that it imports.

anywidget loads a module from a blob, in which `import "../shared/dom.js"` finds nothing.  Our JavaScript uses no other
packages, so a bundler is not needed: a few lines put each local module into a function.
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
    "ratchet_tree/marks.css",
    "ratchet_tree/ratchet_tree.css",
    "key_lifetimes/marks.css",
    "key_lifetimes/key_lifetimes.css",
    "derivation_graph/marks.css",
    "derivation_graph/derivation_graph.css",
    "key_schedule/marks.css",
    "key_schedule/key_schedule.css",
    "secret_tree/marks.css",
    "secret_tree/secret_tree.css",
    "security_matrix/marks.css",
    "security_matrix/security_matrix.css",
    "server_knowledge/marks.css",
    "server_knowledge/server_knowledge.css",
    "room/marks.css",
    "room/room.css",
    "timeline/marks.css",
    "timeline/timeline.css",
    "group_diff/marks.css",
    "group_diff/group_diff.css",
    "prediction/prediction.css",
    "controls/controls.css",
)
"""The stylesheets of all widgets. A page with several widgets has them once."""

WIRE_STYLES = ("shared/form.css", "wire_inspector/marks.css", "wire_inspector/wire_inspector.css")
"""The further stylesheets of pictures in which bytes are inspected."""

_IMPORT = re.compile(r'^import \{ (.+) \} from "(\.\.?/[\w./]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
_EXPORTING = re.compile(r"^export (?:default .*\n)?", re.MULTILINE)
_NAMED = re.compile(r"^export (?!default\b)", re.MULTILINE)
_COMMENT = re.compile(r"^[ ]*(?:/\*\*(?:[^*]|\*(?!/))*\*/|//.*)\n", re.MULTILINE)
_STYLE_COMMENT = re.compile(r"/\*(?:[^*]|\*(?!/))*\*/\n*")


@cache
def module(path: str) -> str:
    """The text of a module (such as "ratchet_tree/ratchet_tree.js") with every module that it imports.

    A module with a default export is a widget. It exports nothing else, because anywidget warns of other exports.
    """
    text = inlined(_source(path), path)
    return _NAMED.sub("", text) if "\nexport default " in text else text


def inlined(text: str, path: str = "", folder: Path = WIDGETS) -> str:
    """The text of a module, after the modules that it imports. Each module is there once, in a scope of its own.

    `path` is the path of the module, because its imports are relative to it.
    """
    scopes: dict[str, str] = {}
    body = _inline(text, PurePosixPath(path), folder, scopes)
    return "".join(scopes.values()) + body


def _inline(text: str, path: PurePosixPath, folder: Path, scopes: dict[str, str]) -> str:
    """The text of a module whose imports are read from the scopes; adds the imported modules to the scopes."""

    def take(found: re.Match[str]) -> str:
        names, name = found[1], posixpath.normpath(path.parent / found[2])
        scope = name.replace("/", "$").replace(".", "$")
        if scope not in scopes:
            source = _inline(_source(name, folder), PurePosixPath(name), folder, scopes)
            exports = ", ".join(_EXPORT.findall(source))
            scopes[scope] = f"const {scope} = (() => {{\n{_EXPORTING.sub('', source)}return {{ {exports} }};\n}})();\n"
        return f"const {{ {names.replace(' as ', ': ')} }} = {scope};\n"

    return _IMPORT.sub(take, text)


def _source(path: str, folder: Path = WIDGETS) -> str:
    return _COMMENT.sub("", (folder / path).read_text(encoding="utf-8"))


@cache
def stylesheet(*paths: str) -> str:
    """Several stylesheets as one text, without comments."""
    return "".join(_STYLE_COMMENT.sub("", (WIDGETS / path).read_text(encoding="utf-8")) for path in paths)
