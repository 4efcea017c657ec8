"""The still picture of a compromise, for pages where nothing runs: what widgets/security_matrix.js draws, by Python.

Like every figure it is an image with its words beside it. Of a large group it shows a part, and says so.
"""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from widgets.assemble import stylesheet
from workbench.views.security_words import (
    HEADS,
    cell_label,
    column_label,
    matrix_label,
    name_of,
    table_rows,
    verdict_sentence,
)

if TYPE_CHECKING:
    from workbench.views.schema import Member
    from workbench.views.security_frame import Cell, Column, SecurityFrame

# The measures of matrix_marks.js and matrix_grid.js.
_LEAST_WIDTH, _MOST_WIDTH, _HEIGHT, _HEAD, _SIDE = 52, 130, 38, 62, 132
_ROOM = 720
_TOP, _BOTTOM, _INSET, _ROUND = 9, 29, 4, 7
_NARROW, _WIDE = 6.5, 13
_WORD_AT_MOST, _NAME_AT_MOST, _COUNTED_TO = 9, 11, 99
_COLUMNS_AT_MOST, _ROWS_AT_MOST = 24, 24


class Shape(NamedTuple):
    """A mark as matrix_marks.js gives it."""

    tag: str
    attributes: dict[str, str | float]
    text: str | None = None


def matrix_figure(frame: SecurityFrame) -> str:
    """Give a `<figure>`: the picture, the verdict, and the table of words."""
    image = b64encode(matrix_picture(frame).encode()).decode()
    part = _part(frame)
    label = escape(matrix_label(frame) + (f"; the picture shows {part}" if part else ""))
    return (
        f'<figure class="mls-figure"><img alt="{label}" src="data:image/svg+xml;base64,{image}">'
        f"<figcaption>{escape(verdict_sentence(frame))}</figcaption>{_table(frame)}</figure>"
    )


def matrix_picture(frame: SecurityFrame) -> str:
    """Give the picture as SVG, with its own styles."""
    columns = range(*_columns(frame))
    size = width_for(_ROOM - _SIDE, len(columns))
    members = frame.view["members"][:_ROWS_AT_MOST]
    width, height = _SIDE + size * len(columns), _HEAD + _HEIGHT * len(members)
    heads = "".join(_head(frame, index, _SIDE + size * place, size) for place, index in enumerate(columns))
    lines = "".join(_line(frame, member, row, columns, size) for row, member in enumerate(members))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mls" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><style>{stylesheet("theme.css", "marks.css", "matrix_marks.css")}'
        f".mls-back{{fill:var(--mls-paper)}}</style>"
        f'<rect class="mls-back" width="100%" height="100%" rx="10"/>{heads}{lines}</svg>'
    )


def _columns(frame: SecurityFrame) -> tuple[int, int]:
    """The columns that are shown: those up to the present one, and later ones if there is room."""
    last = max(len(frame.so_far), min(len(frame.columns), _COLUMNS_AT_MOST))
    return max(0, last - _COLUMNS_AT_MOST), last


def _part(frame: SecurityFrame) -> str:
    first, last = _columns(frame)
    rows = len(frame.view["members"])
    if last - first == len(frame.columns) and rows <= _ROWS_AT_MOST:
        return ""
    return f"epochs {frame.columns[first].epoch} to {frame.columns[last - 1].epoch}, {min(rows, _ROWS_AT_MOST)} members"


def width_for(room: int, count: int) -> int:
    """How wide columns are that share some room."""
    return max(_LEAST_WIDTH, min(_MOST_WIDTH, room // count // _WIDE * _WIDE))


def _head(frame: SecurityFrame, index: int, x: int, width: int) -> str:
    column = frame.columns[index]
    title = f"{column_label(frame, column)}. {column.sentence}"
    drawn = _drawn(head_shapes(column, name_of(frame, column.by), width))
    return (
        f'<svg class="mls-column is-{column.standing}" x="{x}" width="{width}" height="{_HEAD}">'
        f"<title>{escape(title)}</title>{drawn}</svg>"
    )


def _line(frame: SecurityFrame, member: Member, row: int, columns: range, width: int) -> str:
    y = _HEAD + _HEIGHT * row
    name = member["name"] if len(member["name"]) < _NAME_AT_MOST else f"{member['name'][:_NAME_AT_MOST]}…"
    cells = (_cell(frame, member, index, y, width, columns.start) for index in columns)
    return (
        f'<g class="mls-hue-{member["hue"]}"><g class="mls-leaf" transform="translate(23 {y + 19})">'
        f'<rect x="-12" y="-12" width="24" height="24" rx="8"/><text y="4.5">{escape(member["initial"])}</text></g>'
        f'<text class="mls-who" x="44" y="{y + 23.5:g}">{escape(name)}</text>{"".join(cells)}</g>'
    )


def _cell(frame: SecurityFrame, member: Member, index: int, y: int, width: int, first: int) -> str:
    cell = frame.cell(member["id"], index)
    names = f"mls-cell is-{cell.state}{f' has-{cell.key}' if cell.key else ''}"
    wash = f'<rect class="mls-wash" width="{width}" height="{_HEIGHT}"/>' if cell.open else ""
    title = escape(cell_label(frame, member["id"], index, cell))
    return (
        f'<svg class="{names}" x="{_SIDE + width * (index - first)}" y="{y}" width="{width}" height="{_HEIGHT}">'
        f"<title>{title}</title>{wash}{_drawn(cell_shapes(cell, width))}</svg>"
    )


def _drawn(shapes: list[Shape]) -> str:
    drawn = []
    for tag, attributes, text in shapes:
        written = "".join(f' {name}="{value}"' for name, value in attributes.items())
        drawn.append(f"<{tag}{written}>{escape(text or '')}</{tag}>")
    return "".join(drawn)


def cell_shapes(cell: Cell, width: int = _LEAST_WIDTH) -> list[Shape]:
    """Give the marks of a cell, from the bottom up."""
    shapes = []
    if cell.state == "seated":
        outline = _outline(cell, width)
        body = outline if cell.starts or cell.ends else f"M0 9H{width}V29H0z"
        shapes.append(_path("mls-life", body))
        if cell.key:
            shapes.append(_path("mls-hatch", _hatching(cell, width)))
        shapes.append(_path("mls-rim", outline))
    if cell.voice:
        waves = " ".join(["6.5 0"] * int(width / _NARROW - 1))
        shapes.append(_path("mls-voice", f"M0 33.5q3.25-4 6.5 0t{waves}"))
    if cell.sent:
        shapes += _letter(cell)
    if cell.theft:
        shapes.append(_path("mls-flag", f"M{width - 8} 29V4l-12 4.5 12 4.5"))
    return shapes


def _outline(cell: Cell, width: int) -> str:
    turn, left = width - _INSET - _ROUND, "H11a7 7 0 0 0-7 7v6a7 7 0 0 0 7 7H"
    match cell.starts, cell.ends:
        case True, True:
            return f"M{turn} 9{left}{turn}a7 7 0 0 0 7-7v-6a7 7 0 0 0-7-7z"
        case True, False:
            return f"M{width} 9{left}{width}"
        case False, True:
            return f"M0 9H{turn}a7 7 0 0 1 7 7v6a7 7 0 0 1-7 7H0"
        case _:
            return f"M{width} 9H0M0 29H{width}"


def _letter(cell: Cell) -> list[Shape]:
    flap = "M9 15l7-6 7 6" if cell.read else "M9 15l7 5 7-5"
    count = f"{cell.read}/{cell.sent}" if 0 < cell.read < cell.sent else str(cell.sent)
    letter = _path(f"mls-letter{' is-open' if cell.read else ''}", f"M9 15h14v9h-14z{flap}")
    return [letter, Shape("text", {"class": "mls-count", "x": 26, "y": 23.5}, count)] if cell.sent > 1 else [letter]


def _hatching(cell: Cell, width: int) -> str:
    """Lines that rise to the right, within the capsule."""
    step = _NARROW if cell.key == "leaked" else _WIDE
    path, foot = "", step - 2 * _WIDE
    while foot < width:
        ups = (up / 2 for up in range(2 * (_BOTTOM - _TOP) + 1))
        inside = [up for up in ups if _is_inside(foot + up, _BOTTOM - up, cell, width)]
        if len(inside) > 1:
            low, high = inside[0], inside[-1]
            path += f"M{foot + low:g} {_BOTTOM - low:g}L{foot + high:g} {_BOTTOM - high:g}"
        foot += step
    return path


def _is_inside(x: float, y: float, cell: Cell, width: int) -> bool:
    left, right = _INSET if cell.starts else 0, width - _INSET if cell.ends else width
    if not left <= x <= right:
        return False
    middle = max(left + (_ROUND if cell.starts else 0), min(right - (_ROUND if cell.ends else 0), x))
    level = max(_TOP + _ROUND, min(_BOTTOM - _ROUND, y))
    return middle == x or (x - middle) ** 2 + (y - level) ** 2 <= (_ROUND - 0.5) ** 2


def head_shapes(column: Column, by: str, width: int = _LEAST_WIDTH) -> list[Shape]:
    """Give the head of a column: the epoch, and how it stands by mark, word and band."""
    middle = width / 2
    shapes = [Shape("text", {"class": "mls-number", "x": middle, "y": 14}, str(column.epoch))]
    count = len(column.reopeners)
    if column.standing == "readable":
        shapes.append(_path("mls-eye", f"M{middle - 9:g} 30q9-9 18 0q-9 9-18 0z"))
        shapes.append(Shape("circle", {"class": "mls-pupil", "cx": middle, "cy": 30, "r": 2.6}))
    elif column.standing == "reopened":
        shapes.append(
            _path("mls-lock is-open", f"M{middle - 9:g} 27h12v9h-12zM{middle + 0.5:g} 27v-4a3.5 3.5 0 0 1 7 0v2")
        )
    elif column.standing == "healed":
        left = middle - (13 if count else 6)
        shapes.append(_path("mls-lock", f"M{left:g} 27h12v9h-12zM{left + 2.5:g} 27v-4a3.5 3.5 0 0 1 7 0v4"))
        if count:
            number = f"{_COUNTED_TO}+" if count > _COUNTED_TO else str(count)
            shapes.append(Shape("text", {"class": "mls-count", "x": middle + 4, "y": 36}, number))
    if word := _head_word(column, by):
        shapes.append(Shape("text", {"class": "mls-word", "x": middle, "y": 49}, word))
    return shapes + _band(column, width)


def _head_word(column: Column, by: str) -> str:
    match column.standing:
        case "readable":
            return "read"
        case "healed":
            return "so far" if column.reopeners else "healed"
        case "reopened":
            return f"{by[: _WORD_AT_MOST - 1]}…" if len(by) > _WORD_AT_MOST else by
        case _:
            return ""


def _band(column: Column, width: int) -> list[Shape]:
    if column.standing == "healed":
        return [_path("mls-band is-shaky" if column.reopeners else "mls-band", f"M0 57.5H{width}")]
    if not column.is_open:
        return []
    feet = [_NARROW * number for number in range(int(width / _NARROW))]
    path = "".join(f"M{foot:g} 60.5L{foot + _NARROW:g} 54" for foot in feet)
    return [_path("mls-band is-open", path)]


def _path(name: str, d: str) -> Shape:
    return Shape("path", {"class": name, "d": d})


def _table(frame: SecurityFrame) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in HEADS)
    body = "".join(f"<tr>{''.join(f'<td>{escape(part)}</td>' for part in row)}</tr>" for row in table_rows(frame))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<details><summary>The compromise as a table</summary>{table}</details>"
