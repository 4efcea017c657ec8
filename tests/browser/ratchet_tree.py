"""The page of a ratchet tree, and how a test finds its way in it."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

from widgets.ratchet_tree import RatchetTree
from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.page import page as page_of
from workbench.views.schema import RatchetTreeView

ROOT = ".mls-ratchet-tree"


def shown(view: RatchetTreeView, **traits: object) -> str:
    """The page of a widget with these traits."""
    tree = RatchetTree(view)
    return page_of("ratchet_tree/ratchet_tree.js", tree._shown() | traits, tree._figure(), title="test")


def labels(page: Page) -> list[str]:
    """The label of each node, in order."""
    groups = page.locator(f"{ROOT} [data-node]")
    return [str(label) for label in groups.evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")]


def scrub(page: Page, step: int) -> None:
    page.get_by_label("Step", exact=True).fill(str(step))


def node(page: Page, index: int) -> Any:
    return page.locator(f"{ROOT} [data-node='{index}']")


HOST = """<!doctype html><title>host</title><style>body {{ margin: 0 }} {style}</style><div id="here"></div>
<script type="module">
const {{ default: widget }} = await import("data:text/javascript;charset=utf-8," + encodeURIComponent({module}));
const values = {traits};
const listeners = new Map();
window.calls = [];
window.model = {{
  get: (name) => values[name],
  set: (name, value) => {{ window.calls.push(["set", name, value]); values[name] = value; }},
  save_changes: () => window.calls.push(["save"]),
  on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
  off: (event, listener) => listeners.set(event, (listeners.get(event) ?? []).filter((one) => one !== listener)),
}};
window.tell = (name, value) => {{
  values[name] = value;
  for (const listener of listeners.get(`change:${{name}}`) ?? []) listener();
}};
window.listening = () => [...listeners.values()].flat().length;
window.end = widget.render({{ model: window.model, el: document.getElementById("here") }});
</script>"""


def hosted(view: RatchetTreeView, **traits: object) -> str:
    """A page with a model that reports what the widget does to it; it does not call back by itself."""
    values = RatchetTree(view)._shown() | traits
    return HOST.format(
        style=stylesheet(*STYLES),
        module=json.dumps(module("ratchet_tree/ratchet_tree.js")).replace("</", "<\\/"),
        traits=json.dumps(values),
    )
