"""The glossary as a page and for the pictures: `python -m tests.house.glossary` writes both."""

from __future__ import annotations

import json
from pathlib import Path

from workbench.views.glossary import TERMS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "glossary.md"
MODULE = ROOT / "widgets" / "shared" / "glossary.js"


def page() -> str:
    """docs/glossary.md."""
    rows = (f"| {term.name} | {term.meaning} | [§{term.section}]({term.link}) |" for term in TERMS.values())
    return (
        "# Glossary\n\nThe terms of RFC 9420 that the lessons and pictures use, in the order in which they are needed. "
        "This page is written\nby `make docs` from `workbench/views/glossary.py`; pictures have them too.\n\n"
        "| term | what it means | section |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def module() -> str:
    """widgets/shared/glossary.js."""
    rows = (f"  {json.dumps(one.name)}: {json.dumps([one.meaning, one.section])}," for one in TERMS.values())
    lines = "\n".join(rows)
    return (
        "/** Generated from workbench/views/glossary.py by `make docs`. */\n\n"
        "/** Each term, with what it means and its section. @type {Record<string, [string, string]>} */\n"
        f"export const GLOSSARY = {{\n{lines}\n}};\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    MODULE.write_text(module(), "utf-8")
