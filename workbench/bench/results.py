"""The results of a bench as values, which are written as JSON and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Literal

from workbench.bench.client import Sample

FORMAT = 1
OURS = "workbench"
FLOOR = "floor"
"""The name of the floor among the implementations."""


class UnreadableResults(Exception):
    """A file does not contain the results of a bench; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One step of one implementation in groups of one size: the time of each run, and the bytes that it sends."""

    implementation: str
    step: str
    size: int
    runs: Sequence[Sample]
    sent: int = 0

    @property
    def cpu(self) -> float:
        """Seconds of processor time, the median of all runs."""
        return median(run.cpu for run in self.runs)

    @property
    def wall(self) -> float:
        """Seconds on the clock, the median of all runs."""
        return median(run.wall for run in self.runs)

    def times(self, other: Row) -> float:
        """The processor time divided by that of another row: the median of the quotients within each run.

        The speed of a machine changes from minute to minute, but little within a run.
        """
        return median(one.cpu / another.cpu for one, another in zip(self.runs, other.runs, strict=False) if another.cpu)


@dataclass(frozen=True, slots=True)
class Timed:
    """A timed implementation: its version, and what a reader must know to compare its times."""

    name: str
    package: str
    version: str
    notes: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was not timed, and why; no step means all steps from this size on, no size means all sizes."""

    implementation: str
    reason: str
    step: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Memory:
    """The peak of memory, in bytes, of a process that imports an implementation, joins a group, and then creates one.

    `added_all` is 0 for an implementation that cannot add all members at once.
    """

    implementation: str
    size: int
    imported: int
    joined: int
    added_all: int


@dataclass(frozen=True, slots=True)
class WorstInput:
    """The costliest megabyte that anybody can send to an entry point of our engine (`workbench fuzz --cost`).

    `seconds` are processor time; `growth` is the time divided by that of half the bytes, None if the half was not
    measured.
    """

    entry_point: str
    input: str
    bytes: int
    seconds: float
    growth: float | None


@dataclass(frozen=True, slots=True)
class ServiceLoad:
    """What the delivery service did in one run (`tests/delivery/load.py`).

    `send` and `fetch` are the seconds until the answer: the median, and what 95 of 100 answers do not exceed. `at_once`
    is how many devices asked at the same time, `load` how busy the machine was before.
    """

    database: str
    workers: int
    devices: int
    at_once: int
    seconds: float
    messages: int
    send: tuple[float, float]
    fetch: tuple[float, float]
    load: str


@dataclass(frozen=True, slots=True)
class AppLoad:
    """How long visitors of the app waited in one run (`tests/app/crowd.py`).

    `waits` are in seconds: the median, what 95 of 100 do not exceed, and the longest. `megabytes` are those that the
    app's process had more at the end, for each visitor; `load` says how busy the machine was before.
    """

    what: str
    visitors: int
    count: int
    waits: tuple[float, float, float]
    megabytes: float | None
    load: str


@dataclass(frozen=True, slots=True)
class PictureTime:
    """What a picture takes (`tests/browser/frames.py`): the median, and what 95 of 100 do not exceed.

    `aim` is what `most` shall not exceed, if there is such a number. `load` says how busy the machine was before.
    """

    what: str
    members: int
    unit: Literal["ms", "bytes"]
    middle: float
    most: float
    aim: float | None
    load: str


@dataclass(slots=True)
class Results:
    """All results of one bench."""

    machine: Mapping[str, str]
    implementations: list[Timed] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    imports: dict[str, Sample] = field(default_factory=dict)
    memory: list[Memory] = field(default_factory=list)
    worst: list[WorstInput] = field(default_factory=list)
    service: list[ServiceLoad] = field(default_factory=list)
    app: list[AppLoad] = field(default_factory=list)
    pictures: list[PictureTime] = field(default_factory=list)

    @property
    def sizes(self) -> list[int]:
        """The sizes of groups that were timed."""
        return sorted({row.size for row in self.rows})

    def times_floor(self, row: Row) -> float | None:
        """The time of a row divided by its floor, or None if the floor was not timed."""
        floor = self.row(FLOOR, row.step, row.size)
        return None if floor is None else row.times(floor)

    def row(self, implementation: str, step: str, size: int) -> Row | None:
        """One row, or None if it was not timed."""
        wanted = (implementation, step, size)
        return next((row for row in self.rows if (row.implementation, row.step, row.size) == wanted), None)


def to_json(results: Results) -> dict[str, Any]:
    """The results as JSON, with the time of each run and the medians."""
    rows = [
        {**asdict(row), "cpu": row.cpu, "wall": row.wall, "times_floor": results.times_floor(row)}
        for row in results.rows
    ]
    return {"format": FORMAT, **asdict(results), "rows": rows}


def from_json(text: str | bytes) -> Results:
    """Read results from JSON. Raises `UnreadableResults`."""
    try:
        read = json.loads(text)
        if read["format"] != FORMAT:
            raise UnreadableResults(f"the results are of format {read['format']}, not {FORMAT}")
        return Results(
            machine=read["machine"],
            implementations=[Timed(**each) for each in read["implementations"]],
            rows=[_row(each) for each in read["rows"]],
            left_out=[LeftOut(**each) for each in read["left_out"]],
            imports={name: Sample(**each) for name, each in read["imports"].items()},
            memory=[Memory(**each) for each in read["memory"]],
            worst=[WorstInput(**each) for each in read["worst"]],
            service=[_load(each) for each in read.get("service", ())],
            app=[AppLoad(**{**each, "waits": tuple(each["waits"])}) for each in read.get("app", ())],
            pictures=[PictureTime(**each) for each in read.get("pictures", ())],
        )
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise UnreadableResults(f"these are not results of `workbench bench --json`: {fault!r}") from fault


def _row(read: Mapping[str, Any]) -> Row:
    runs = [Sample(**each) for each in read["runs"]]
    return Row(read["implementation"], read["step"], read["size"], runs, read["sent"])


def _load(read: Mapping[str, Any]) -> ServiceLoad:
    return ServiceLoad(**{**read, "send": tuple(read["send"]), "fetch": tuple(read["fetch"])})
