"""What the kernel of a lesson says when cells are run twice, late, or before those above them.

`begin()` stands in the first code cell of each lesson: run again, it forgets all that the lesson has made. `watch()` is
called at the start of each kernel of this environment (`ipython_startup.py`), and by `begin()` for those elsewhere. It
is silent in notebooks that are no lesson, that is, where no cell calls `begin()`.

Two things are noticed. A lesson works when it is run from the top, so a cell of it that fails was run out of order:
the reader gets a sentence in place of a traceback. And a cell that acts in a group out of order has led the group to
another epoch than the one of which the text below speaks. Cells of the reader's own may do as they like.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from IPython.core.getipython import get_ipython
from IPython.display import display

from workbench.lessons.note import Note, Tone
from workbench.lessons.progress import progress

if TYPE_CHECKING:
    from types import TracebackType

REMEDY = "Choose “Run All Above Selected Cell” in the menu “Run”, then run this cell again."


@dataclass(frozen=True)
class Cell:
    """A code cell of a notebook."""

    id: str
    source: str

    @cached_property
    def _body(self) -> list[ast.stmt]:
        try:
            return ast.parse(self.source).body
        except (SyntaxError, ValueError):
            return []

    @cached_property
    def makes(self) -> frozenset[str]:
        """The names that are there after the cell has run."""
        walked = [node for statement in self._body for node in ast.walk(statement)]
        defined = {one.name for one in self._body if isinstance(one, ast.FunctionDef | ast.ClassDef)}
        imported = {
            alias.asname or alias.name.partition(".")[0]
            for one in walked
            if isinstance(one, ast.Import | ast.ImportFrom)
            for alias in one.names
        }
        assigned = {one.id for one in walked if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        return frozenset(defined | imported | assigned)

    def calls(self, names: frozenset[str]) -> frozenset[str]:
        """The variables of which the cell calls a method of one of these names."""
        calls = (node.func for one in self._body for node in ast.walk(one) if isinstance(node, ast.Call))
        methods = (function for function in calls if isinstance(function, ast.Attribute) and function.attr in names)
        return frozenset(each.value.id for each in methods if isinstance(each.value, ast.Name))

    @property
    def begins(self) -> bool:
        """Whether this is the cell with which a lesson begins."""
        return any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "begin"
            for one in self._body
            for node in ast.walk(one)
        )


def cells_of(path: Path) -> tuple[Cell, ...]:
    """The code cells of a notebook file; none if it cannot be read."""
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        return tuple(
            Cell(str(cell.get("id", "")), "".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ()


@dataclass
class Watch:
    """What has run in a kernel, and what there is to say about it."""

    shell: Any
    present: Cell = Cell("", "")
    ran: list[Cell] = field(default_factory=list)
    """The cells that have run since the lesson began, the present one too."""
    acted: WeakKeyDictionary[Any, list[Cell]] = field(default_factory=WeakKeyDictionary)
    """For each group, the cells that have acted in it, in the order in which they ran."""

    def lesson(self) -> tuple[Cell, ...]:
        """The code cells of the lesson to which the present cell belongs; none if it belongs to no lesson."""
        # Jupyter's server names the notebook; a kernel runs in the notebook's folder.
        named = Path(Path(os.environ.get("JPY_SESSION_NAME", "")).name)
        for candidate in [named] if named.is_file() else sorted(Path().glob("*.ipynb")):
            cells = cells_of(candidate)
            if any(cell.begins for cell in cells) and _place(self.present, cells) is not None:
                return cells
        return ()

    def before(self, info: Any) -> None:
        """Remember the cell that is about to run."""
        self.present = Cell(str(info.cell_id or ""), info.raw_cell)
        self.ran.append(self.present)
        # Not imported for this: most kernels of an environment never open the lab.
        if lab := sys.modules.get("workbench.lab.progress"):
            lab.show_with(progress)

    def after(self, result: Any) -> None:
        """Say so when the present cell has acted in a group out of order."""
        lab, actions = sys.modules.get("workbench.lab"), sys.modules.get("workbench.lab.actions")
        if lab is None or actions is None:
            return
        names = frozenset(actions.ACTIONS) - {"device"}  # which gives the same device each time
        there = {name: self.shell.user_ns.get(name) for name in sorted(self.present.calls(names))}
        touched = {name: value for name, value in there.items() if isinstance(value, lab.World)}
        cells = self.lesson() if touched else ()
        place = _place(self.present, cells)
        if place is None:
            return
        for name, world in touched.items():
            done = self.acted.setdefault(world.group, [])
            done.append(cells[place])
            # A cell that has failed has said its sentence.
            if result.success and (reason := _out_of_order(done, _acting_in(name, cells, place, names))):
                self.say("Out of order.", f"{reason} What follows no longer fits the text. {REMEDY}")

    def failed(
        self,
        shell: Any,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType,
        tb_offset: int | None = None,
    ) -> None:
        """Put a sentence in place of the traceback when a cell of a lesson fails; elsewhere leave all as it is."""
        cells = self.lesson()
        place = _place(self.present, cells)
        missing = error.name if isinstance(error, NameError) else None
        is_missing = any(missing in cell.makes for cell in cells)
        is_as_written = place is not None and cells[place].source.strip() == self.present.source.strip()
        if place is None or self._is_in_order(cells, place) or not (is_missing or is_as_written):
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        elif is_missing:
            self.say("Not yet.", f"`{missing}` is made by a cell above, which has not run. {REMEDY}")
        else:
            said = str(error).rstrip(".") or kind.__name__
            self.say("Out of order.", f"This cell needs each cell above to have run once. It stopped: {said}. {REMEDY}")

    def _is_in_order(self, cells: Sequence[Cell], place: int) -> bool:
        """Whether every cell down to a place has run once, from the top: then a failure has another cause."""
        known = (_place(cell, cells) for cell in self.ran)
        return [number for number in known if number is not None] == [*range(place + 1)]

    def say(self, heading: str, words: str) -> None:
        """Show a note under the present cell."""
        display(Note(heading, words, Tone.wrong))  # type: ignore[no-untyped-call]


def _place(cell: Cell, cells: Sequence[Cell]) -> int | None:
    """Which of the cells of a lesson a cell is: by its id, or where that is not known there, by its source."""
    by_id = (number for number, one in enumerate(cells) if cell.id and one.id == cell.id)
    by_source = (number for number, one in enumerate(cells) if one.source.strip() == cell.source.strip())
    return next(chain(by_id, by_source), None)


def _acting_in(name: str, cells: Sequence[Cell], place: int, names: frozenset[str]) -> list[Cell]:
    """The cells that act on a variable while it stands for the same as at a place, in order."""
    first = max((number for number in range(place + 1) if name in cells[number].makes), default=0)
    following = (number for number in range(place + 1, len(cells)) if name in cells[number].makes)
    last = next(following, len(cells))
    return [cell for cell in cells[first:last] if name in cell.calls(names)]


def _out_of_order(done: Sequence[Cell], expected: Sequence[Cell]) -> str:
    """Why the cells that have acted in a group are not the first ones that should; empty if they are."""
    if list(done) == list(expected[: len(done)]):
        return ""
    if done[-1] in done[:-1]:
        return "This cell has acted in the group before, and now once more."
    if any(cell not in done for cell in expected[: expected.index(done[-1])]):
        return "Cells above that act in this group have not run."
    return "Cells that act in this group have run in another order."


def watch() -> Watch | None:
    """Watch the cells of this kernel from now on; None where there is no IPython."""
    shell: Any = get_ipython()
    if shell is None:
        return None
    present: Watch | None = getattr(shell, "_mls_workbench_watch", None)
    if present is None:
        present = Watch(shell)
        shell._mls_workbench_watch = present  # noqa: SLF001 - ours, kept where the kernel keeps it
        shell.events.register("pre_run_cell", present.before)
        shell.events.register("post_run_cell", present.after)
        shell.set_custom_exc((Exception,), present.failed)
    return present


def begin() -> Note | None:
    """Begin a lesson, or begin again: what its cells have made is forgotten, but for what this cell makes itself.

    Gives a note when there was something to forget, to be shown under the cell.
    """
    watching = watch()
    if watching is None:
        return None
    shell = watching.shell
    forgotten = [
        name
        for name, value in shell.user_ns.items()
        if not name.startswith("_") and name not in {*shell.user_ns_hidden, *watching.present.makes}
        # A module says nothing of a lesson, and what runs a notebook may have imported some before it.
        if not isinstance(value, ModuleType)
    ]
    for name in forgotten:
        del shell.user_ns[name]
    watching.acted.clear()
    watching.ran = [watching.present]
    if not forgotten:
        return None
    return Note(
        "Begun again.", "All that the lesson had made is forgotten. Run the cells from here on, one after the other."
    )
