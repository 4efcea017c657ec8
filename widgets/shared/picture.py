"""The base class of all pictures. A notebook keeps a picture as a figure and a player, for readers without a kernel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Final

from widgets.shared.assemble import STYLES
from widgets.shared.growing import GrowingWidget
from widgets.shared.lighter import BYTES, without_bytes
from widgets.shared.live_output import shown
from widgets.shared.page import kept, page
from widgets.shared.still import NotDrawn, Still, still, words_alone

SAVED: Final = "Saved with the notebook. To connect this picture with Python, run this cell again."


class Picture(GrowingWidget):
    """A widget that a notebook keeps, and that `to_html` writes as a page.

    `_module` is the JavaScript file of the live picture, `_still_module` that of the still picture, and `_still_styles`
    are the stylesheets of the still picture. `_styles` are those of the live picture.
    """

    _module: ClassVar[str]
    _still_module: ClassVar[str]
    _still_styles: ClassVar[tuple[str, ...]]
    _styles: ClassVar[tuple[str, ...]] = STYLES

    def to_html(self, path: str | Path) -> None:
        """Write the picture with its player as one page that needs no kernel and no network."""
        text = page(self._module, self._shown(), self._figure(), title=self.view["title"], styles=self._styles)
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
        return kept(self._module, self._versions(), self._figure(), self._styles)

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
