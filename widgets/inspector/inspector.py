"""An inspector of bytes as a widget: paste or upload them, and see each MLS object with every field."""

from __future__ import annotations

from typing import ClassVar

import traitlets

from widgets.inspector.examples import examples
from widgets.inspector.findings import LARGEST, NO_AUDIT, NO_FINDINGS, NOTHING_SAVED, NOTHING_SHOWN, Finder
from widgets.shared.assemble import STYLES, WIRE_STYLES, module, stylesheet
from widgets.shared.kernel_work import KernelWork
from widgets.shared.live_output import Announced
from widgets.shared.long_work import NO_PROGRESS
from workbench.inspect.dissect import KINDS, STRUCTS


class Inspector(Announced):
    """A field for bytes, the MLS objects in them, and the fields of the chosen object.

    `asked` is what the reader gave: `text`, or `upload` in base64 with a `name`, the struct `kind`, and the
    `states` of members in base64. `chosen` is the number of an object in `found`, whose bytes are in `shown`. `asked`
    with `do` asks for an audit of the bytes (`audited`), or for its report as a file (`saved`). `progress` says how far
    an audit is, and `cancelled` is the number in `asked` that the reader has cancelled. `examples` are for a reader who
    has no bytes at hand.
    """

    _module: ClassVar[str] = "inspector/inspector.js"
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES, *WIRE_STYLES, "report/report.css", "inspector/inspector.css")

    kinds = traitlets.List(traitlets.Unicode(), default_value=[*KINDS, *STRUCTS]).tag(sync=True)
    largest = traitlets.Int(LARGEST).tag(sync=True)
    examples = traitlets.List(default_value=[*map(dict, examples())]).tag(sync=True)
    asked = traitlets.Dict(default_value={"number": 0}).tag(sync=True)
    chosen = traitlets.Int(0).tag(sync=True)
    found = traitlets.Dict(default_value=NO_FINDINGS).tag(sync=True)
    shown = traitlets.Dict(default_value=NOTHING_SHOWN).tag(sync=True)

    audited = traitlets.Dict(default_value=NO_AUDIT).tag(sync=True)
    saved = traitlets.Dict(default_value=NOTHING_SAVED).tag(sync=True)
    progress = traitlets.Dict(default_value=dict(NO_PROGRESS)).tag(sync=True)
    cancelled = traitlets.Int(0).tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self._finder = Finder()
        self._work = KernelWork(self)
        self.observe(self._answer, names="asked")
        self.observe(self._show, names="chosen")

    def __repr__(self) -> str:
        return "Inspector()"

    def _answer(self, _change: object) -> None:
        asked = self.asked
        self._work.do(lambda advance: self._finder.answer(asked, advance))

    def _show(self, _change: object) -> None:
        self.set_trait("shown", self._finder.show(self.chosen))
