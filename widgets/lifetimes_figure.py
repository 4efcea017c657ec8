"""The still picture of lifetimes, for pages where nothing runs: what widgets/lifetimes_picture.js draws, by Python."""

from __future__ import annotations

import math
from base64 import b64encode
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal, TypeAlias

from widgets.assemble import stylesheet
from workbench.views.theft import Theft, fate, instant, name_of, outcome, table_rows, theft_of, theft_sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workbench.views.lifetimes import Bar, KeyLifetimesView, KindId, Span

# The measures of lifetimes_geometry.js and lifetimes_picture.js.
_WIDTH, _NAMES = 720, 160
_HEAD, _ROW, _FOOT, _MARGIN = 48, 24, 24, 10
_NARROWEST, _SHORT_OF, _OPEN_AT_MOST = 18, 6, 3
_EVENTS, _ROOM_FOR_EPOCH, _ROOM_FOR_NUMBER, _ROOM_FOR_COUNT = 37, 66, 14, 11
_ENVELOPE, _OPENED = "M-7-5h14v10h-14zM-7-5 0 1 7-5", "M-7-4h14v9h-14zM-7-4 0-9 7-4"
_DIAMOND, _STRIKE, _FLAG = "M0-5.5 5.5 0 0 5.5-5.5 0z", "M-4 7 4-7", "M0 5v-10l7 2.5-7 2.5"

Fold: TypeAlias = Literal["", "open", "closed"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the picture: a lane with bars, or a kind whose lanes are folded into a band."""

    kind: KindId
    name: str
    fold: Fold = ""
    inner: bool = False
    bars: tuple[Bar, ...] = ()
    all: tuple[Bar, ...] = ()
    band: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """Where steps are, from left to right."""

    gap: float
    steps: int

    @classmethod
    def of(cls, steps: int, room: float) -> Scale:
        """As wide as the room, but no narrower than can be read."""
        return cls(max(_NARROWEST, (room - 2 * _MARGIN) / steps), steps)

    @property
    def width(self) -> float:
        """The width of the plot."""
        return 2 * _MARGIN + self.gap * self.steps

    def x(self, step: int) -> float:
        """Where a step happens."""
        return _MARGIN + step * self.gap

    def theft_x(self, step: int) -> float:
        """Where a theft after a step is: between this step and the next."""
        return self.x(step) + self.gap / 2

    def extent(self, first: int, end: int | None) -> tuple[float, float]:
        """From where to where a bar goes; what is still there goes on to the edge."""
        return self.x(first), self.width if end is None else self.x(end) - _SHORT_OF


def rows_of(view: KeyLifetimesView, device: str, opened: Sequence[str] | None = None) -> list[Row]:
    """The rows of a device from top to bottom; without `opened` those kinds are unfolded that are small."""
    rows: list[Row] = []
    for kind in view["devices"][device]:
        name, lanes = view["kinds"][kind["kind"]]["name"], kind["lanes"]
        every = tuple(bar for lane in lanes for bar in lane["bars"])
        is_open = len(lanes) <= _OPEN_AT_MOST if opened is None else kind["kind"] in opened
        if len(lanes) == 1 or all(lane["name"] == name for lane in lanes):
            for index, lane in enumerate(lanes):
                rows.append(Row(kind["kind"], "" if index else name, bars=tuple(lane["bars"]), all=tuple(lane["bars"])))
        elif is_open:
            rows.append(Row(kind["kind"], name, "open", all=every))
            for lane in lanes:
                bars = tuple(lane["bars"])
                rows.append(Row(kind["kind"], lane["name"], inner=True, bars=bars, all=bars))
        else:
            rows.append(Row(kind["kind"], name, "closed", all=every, band=tuple(kind["band"])))
    return rows


def figure(
    view: KeyLifetimesView, device: str, step: int, leaks: Sequence[str] = (), opened: Sequence[str] | None = None
) -> str:
    """Give a `<figure>`: the picture with a theft after a step, a sentence, and the table of words."""
    theft = theft_of(view, device, step, leaks)
    label = f"How long each secret was on {name_of(view, device)}'s device, and a theft {instant(view, step)}"
    image = b64encode(picture(view, theft, opened).encode()).decode()
    return (
        f'<figure class="mls-figure"><img alt="{escape(label)}" src="data:image/svg+xml;base64,{image}">'
        f"<figcaption>{escape(theft_sentence(view, theft))}</figcaption>{_table(view, theft)}</figure>"
    )


def picture(view: KeyLifetimesView, theft: Theft, opened: Sequence[str] | None = None) -> str:
    """Give the picture as SVG, with its own styles."""
    rows = rows_of(view, theft.device, opened)
    scale = Scale.of(len(view["security"]["steps"]), _WIDTH - _NAMES)
    height, width = _HEAD + _ROW * len(rows) + _FOOT, _NAMES + scale.width
    hue = next(member["hue"] for member in view["security"]["members"] if member["id"] == theft.device)
    head = "".join((*_epochs(view, theft, scale, height), *_events(view, theft, scale)))
    lanes = "".join(_lane(view, theft, scale, row, index) for index, row in enumerate(rows))
    names = "".join(_name(row, index, theft.step) for index, row in enumerate(rows))
    at = _short(scale.theft_x(theft.step))
    line = (
        f'<g class="mls-theft-line" transform="translate({at} 0)"><path d="M0 25V{height - 14}"/>'
        f'<circle cy="{height - 10}" r="7"/><circle class="is-inner" cy="{height - 10}" r="4"/></g>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mls mls-plot" width="{_short(width)}" height="{height}" '
        f'viewBox="0 0 {_short(width)} {height}">'
        f"<style>{stylesheet('theme.css', 'lifetimes_marks.css')}</style>"
        f"<defs>{_hatching('taken', 4.5, 1.3)}{_hatching('known', 9, 1)}</defs>"
        f'<rect class="mls-back" width="100%" height="100%" rx="10"/><g class="mls-names">{names}</g>'
        f'<g class="mls-lives mls-hue-{hue}" transform="translate({_NAMES} 0)"><g class="mls-axis">{head}</g>'
        f'<g class="mls-lanes">{lanes}</g>{line}</g></svg>'
    )


def _name(row: Row, index: int, step: int) -> str:
    middle = _HEAD + _ROW * index + _ROW / 2
    taken = row.fold != "open" and any(fate(bar, step) == "taken" for bar in row.all)
    flag = f'<path class="mls-flag" d="{_FLAG}" transform="translate({_NAMES - 14} {middle:g})"/>' if taken else ""
    return f'<text x="{38 if row.inner else 26}" y="{middle + 4:g}">{escape(row.name)}</text>{flag}'


def _epochs(view: KeyLifetimesView, theft: Theft, scale: Scale, height: int) -> Iterator[str]:
    epochs = view["security"]["epochs"]
    edges = [0.0, *(scale.x(each["step"]) for each in epochs[1:]), scale.width]
    for each, first, end in zip(epochs, edges, edges[1:], strict=False):
        width = max(0.0, end - first - 3)
        words = f"epoch {each['epoch']}" if width >= _ROOM_FOR_EPOCH else str(each["epoch"])
        middle = _short(first + 2 + width / 2)
        place = f'x="{_short(first + 2)}" y="2" width="{_short(width)}" height="20" rx="5"'
        yield (
            f'<g class="mls-era{" is-open" if each["epoch"] in theft.epochs else ""}">'
            f'<path class="mls-era-line" d="M{_short(first + 0.5)} 24V{height - _FOOT}"/>'
            f'<rect class="mls-era-box" {place}/><rect class="mls-era-hatch" {place} fill="url(#taken)"/>'
            f'<text x="{middle}" y="16.5">{words if width >= _ROOM_FOR_NUMBER else ""}</text></g>'
        )


def _events(view: KeyLifetimesView, theft: Theft, scale: Scale) -> Iterator[str]:
    messages = {each["step"]: index for index, each in enumerate(view["security"]["messages"])}
    for number, step in enumerate(view["security"]["steps"]):
        at = f'transform="translate({_short(scale.x(number))} {_EVENTS})"'
        if number in messages:
            is_open = messages[number] in theft.messages
            mark = f'<path d="{_OPENED if is_open else _ENVELOPE}"/>'
            yield f'<g class="mls-tick is-message{" is-open" if is_open else ""}" {at}>{mark}</g>'
        else:
            radius = "4" if step["kind"] == "commit" else "2.5"
            mark = f'<path d="{_FLAG}"/>' if step["kind"] == "theft" else f'<circle r="{radius}"/>'
            yield f'<g class="mls-tick is-{step["kind"]}" {at}>{mark}</g>'


def _lane(view: KeyLifetimesView, theft: Theft, scale: Scale, row: Row, index: int) -> str:
    middle = _HEAD + _ROW * index + _ROW / 2
    marks = (*(_life(view, theft, scale, bar) for bar in row.bars), *(_folded(theft, scale, row, s) for s in row.band))
    return (
        f'<g class="mls-lane" data-kind="{row.kind}" transform="translate(0 {middle:g})">'
        f'<path class="mls-lane-line" d="M0 0H{_short(scale.width)}"/>{"".join(marks)}</g>'
    )


def _life(view: KeyLifetimesView, theft: Theft, scale: Scale, bar: Bar) -> str:
    first, end = scale.extent(bar["born"], bar["died"])
    what = fate(bar, theft.step)
    classes = {"taken": " is-taken", "deleted": " is-deleted", "to come": ""}[what]
    if what != "taken" and bar["fact"] in theft.known:
        classes += " is-known"
    place = f'x="{_short(first)}" y="-4.5" width="{_short(end - first)}" height="9"'
    words = f"{view['security']['facts'][bar['fact']]['words']}: {outcome(bar, theft)}"
    return (
        f'<g class="mls-span{classes}" data-fact="{bar["fact"]}"><title>{escape(words)}</title>{_body(place)}'
        f'<path class="mls-birth" d="{_DIAMOND}" transform="translate({_short(first)} 0)"/>'
        f"{'' if bar['died'] is None else _strike(end)}</g>"
    )


def _folded(theft: Theft, scale: Scale, row: Row, span: Span) -> str:
    first, end = scale.extent(span["first"], span["end"])
    bars = [bar for bar in row.all if fate(bar, span["first"]) == "taken"]
    is_cut = span["first"] <= theft.step and (span["end"] is None or theft.step < span["end"])
    stolen = sum(fate(bar, theft.step) == "taken" for bar in bars)
    known = sum(bar["fact"] in theft.known for bar in bars)
    classes = " is-taken" if is_cut else ""
    classes += " is-deleted" if all(fate(bar, theft.step) == "deleted" for bar in bars) else ""
    classes += " is-known" if not is_cut and known else ""
    place = f'x="{_short(first)}" y="-7.5" width="{_short(max(2.0, end - first))}" height="15" rx="3"'
    words = f"{row.name}: {span['count']}, of which {stolen} stolen and {known - stolen} can be computed"
    count = str(span["count"]) if end - first >= _ROOM_FOR_COUNT else ""
    return (
        f'<g class="mls-span is-band{classes}"><title>{escape(words)}</title>{_body(place)}'
        f'<text x="{_short((first + end) / 2)}" y="4.5">{count}</text>{_strike(end) if span["deleted"] else ""}</g>'
    )


def _body(place: str) -> str:
    return (
        f'<rect class="mls-span-body" {place}/><rect class="mls-span-taken" {place} fill="url(#taken)"/>'
        f'<rect class="mls-span-known" {place} fill="url(#known)"/>'
    )


def _strike(at: float) -> str:
    """What is deleted ends with a strike, never just gone."""
    return f'<path class="mls-strike" d="{_STRIKE}" transform="translate({_short(at)} 0)"/>'


def _hatching(name: str, gap: float, width: float) -> str:
    return (
        f'<pattern id="{name}" width="{gap:g}" height="{gap:g}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><path class="mls-hatch-line" d="M{gap / 2:g} 0V{gap:g}" '
        f'stroke-width="{width:g}"/></pattern>'
    )


def _table(view: KeyLifetimesView, theft: Theft) -> str:
    heads = ("Secret", "Got in", "Deleted in", "In this theft")
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in table_rows(view, theft))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<details><summary>The lifetimes as a table</summary>{table}</details>"


def _cells(row: Iterable[str]) -> str:
    return "".join(f"<td>{escape(cell)}</td>" for cell in row)


def _short(value: float) -> str:
    """Write a number with two decimals, as `short` in lifetimes_geometry.js does: halves go up."""
    return f"{math.floor(value * 100 + 0.5) / 100:.2f}".rstrip("0").rstrip(".")
