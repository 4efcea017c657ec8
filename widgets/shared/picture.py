"""The base class of all pictures. A notebook keeps a picture as a figure and a player, for readers without a kernel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

import traitlets

from widgets.shared.assemble import STYLES
from widgets.shared.growing import GrowingWidget
from widgets.shared.lighter import BYTES, without_bytes
from widgets.shared.live_output import shown
from widgets.shared.page import kept, page
from widgets.shared.still import NotDrawn, Still, still, words_alone
from widgets.shared.workspace import Workspace

SAVED: Final = "Saved with the notebook. To connect this picture with Python, run this cell again."


class Picture(GrowingWidget):
    """A widget that a notebook keeps, and that `to_html` writes as a page.

    `_module` is the JavaScript file of the live picture, `_still_module` that of the still picture, and `_still_styles`
    are the stylesheets of the still picture. `_styles` are those of the live picture. `_shares` names the traits that
    show a value of the `workspace`. With a workspace the picture shows what the other pictures of the workspace show.
    """

    _module: ClassVar[str]
    _still_module: ClassVar[str]
    _still_styles: ClassVar[tuple[str, ...]]
    _styles: ClassVar[tuple[str, ...]] = STYLES
    _shares: ClassVar[Mapping[str, str]] = {}

    workspace = traitlets.Instance(Workspace, allow_none=True).tag(
        sync=True, to_json=lambda workspace, _picture: workspace and workspace.address
    )

    def __init__(self, **traits: Any) -> None:
        """Show these traits; where the workspace has a value already, show that value."""
        super().__init__(**traits)
        if self.workspace is not None:
            self._join(self.workspace)

    def _join(self, workspace: Workspace) -> None:
        for name, trait in self._shares.items():
            value, own = workspace.said(name), getattr(self, trait)
            if value is not None and self._can_show(name, value):
                self.set_trait(trait, value)
            elif value is None and own != -1 and name not in workspace.address["apart"]:
                workspace.set_trait(name, own)
        workspace.observe(self._follow, names=list(self._shares))
        workspace.observe(self._show_failure, names="failed")

    def _follow(self, change: Mapping[str, Any]) -> None:
        """Show what Python has set in the workspace. What the browser says comes from this picture's model too."""
        workspace, name, value = change["owner"], change["name"], change["new"]
        if not workspace.hears_the_browser and workspace.said(name) is not None and self._can_show(name, value):
            self.set_trait(self._shares[name], value)

    def _show_failure(self, change: Mapping[str, Any]) -> None:
        """Show what went wrong in a callback of the workspace, which has no place of its own on the page."""
        self.failed = {**self.failed, "workspace": change["new"]}

    def _can_show(self, name: str, value: object) -> bool:
        """Whether this picture can show a value of its workspace: it knows only the viewers of its view."""
        return name != "viewer" or any(each["id"] == value for each in self.view["viewers"])

    def to_html(self, path: str | Path) -> None:
        """Write the picture with its player as one page that needs no kernel and no network."""
        traits, title = self._joined(self._shown()), self.view["title"]
        text = page(self._module, traits, self._figure(), title=title, styles=self._styles)
        Path(path).write_text(text, encoding="utf-8")

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Show the widget, and beside it the figure and player for readers without a kernel."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return shown(data, [self.kept()], live=self.output_id, saved=SAVED), metadata

    def kept(self) -> str:
        """The HTML that a notebook keeps of the picture."""
        versions = ((self._joined(traits), left_out) for traits, left_out in self._versions())
        return kept(self._module, versions, self._figure(), self._styles)

    def _joined(self, traits: dict[str, object]) -> dict[str, object]:
        """The traits of a player, with the workspace in which it meets the other players of its page."""
        return traits if self.workspace is None else {**traits, "workspace": self.workspace.address}

    def _shown(self) -> dict[str, object]:
        """The traits with which the player starts."""
        raise NotImplementedError

    def _versions(self) -> Iterator[tuple[dict[str, object], str]]:
        """The traits for the player, in full and in lighter forms, each with words for what is left out."""
        shown = self._shown()
        yield shown, ""
        yield {**shown, "view": without_bytes(shown["view"])}, BYTES

    def _figure(self) -> str:
        """The still picture with the present traits; without QuickJS only its words."""
        try:
            return self._still().figure()
        except NotDrawn:
            return words_alone(*self._words())

    def _still(self) -> Still:
        return still(self._still_module, self._shown(), self._still_styles)

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        """The words of the picture, without QuickJS: a sentence, and the heads and rows of a table."""
        raise NotImplementedError
