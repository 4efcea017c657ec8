"""The output of a widget in a notebook: HTML that works without the kernel, and shows the live widget if it can."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import anywidget
import ipywidgets
import traitlets

from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.page import output

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WIDGET_VIEW: Final = "application/vnd.jupyter.widget-view+json"


class Announced(anywidget.AnyWidget):
    """A widget that appears in the place that its output has for it on the page (notebook_output.js).

    `failed` says what went wrong in a callback of Python (live.js shows it), and the number in `asked` that was not
    answered. For a picture of a workspace it says also, under `workspace`, what went wrong in a callback of that.
    """

    output_id = traitlets.Unicode().tag(sync=True)
    failed = traitlets.Dict(default_value={"asked": 0, "words": ""}).tag(sync=True)

    @traitlets.default("output_id")
    def _new_output_id(self) -> str:
        return uuid4().hex

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser says. If a callback raises an error, the picture says so, and the kernel logs it.

        ipywidgets only logs the error, and a reader of a notebook sees no log.
        """
        try:
            super().set_state(sync_data)
        except Exception as error:
            number = getattr(self, "asked", {}).get("number", 0)
            self.failed = {**self.failed, "asked": number, "words": failure_words(error)}
            raise
        if self.failed["words"] and "failed" not in sync_data:
            self.failed = {**self.failed, "words": ""}


def failure_words(error: Exception) -> str:
    """What a picture says of an unexpected error in one of its callbacks."""
    return f"A callback in Python has failed: {type(error).__name__}: {error}. The log of the kernel has the traceback."


class LiveOutput(Announced):
    """Puts widgets of ipywidgets into the HTML of an output. Pictures do not need it.

    `pictures` are the pictures in `content`, in the order of the output. When the kernel is gone, their players
    continue where the live pictures were.
    """

    _esm = module("shared/live_output.js")
    _css = stylesheet(*STYLES)

    content = traitlets.Instance(ipywidgets.Widget).tag(sync=True, **ipywidgets.widget_serialization)
    pictures: traitlets.List[Any] = traitlets.List().tag(sync=True, **ipywidgets.widget_serialization)


def shown(data: Mapping[str, Any], kept: Iterable[str], *, live: str, saved: str) -> dict[str, Any]:
    """Give the MIME bundle of a widget: HTML in the place of the widget's view.

    A view stays in the notebook as a promise that only this kernel can keep: when the notebook is opened the next
    day, JupyterLab finds no widget for it and says so, whatever else the output holds.
    """
    html = output(kept, live=live, saved=saved)
    rest = {kind: value for kind, value in data.items() if kind != WIDGET_VIEW or _loads_widgets_for_views_only()}
    return rest | {"text/html": html}


def _loads_widgets_for_views_only() -> bool:
    """Whether the notebook is in VS Code or Colab: these bring no widget to the page before they meet its view."""
    in_vs_code = "VSCODE_PID" in os.environ and "JPY_SESSION_NAME" not in os.environ
    return in_vs_code or "google.colab" in sys.modules
