"""What a theft gets and what that opens, in numbers and in words: the same as widgets/loot.js, held equal by a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, TypeAlias

from workbench.adversary.knowledge import Theory
from workbench.inspect.names import listed
from workbench.inspect.trace_format import HolderId
from workbench.inspect.trace_rules import Rules
from workbench.views.lifetimes import Bar, KeyLifetimesView, KindId
from workbench.views.security import FactNumber, SecurityView

Fate: TypeAlias = Literal["taken", "deleted", "to come"]
"""What became of a secret by the time of a theft."""


@dataclass(frozen=True, slots=True)
class Theft:
    """A theft after a step, and what follows from it and from the other leaks that are on, which go by their names.

    `taken` counts the secrets that it gets by kind, `deleted` those that had been deleted before, and `regained` those
    of them that follow all the same. `messages` are indices of the view's.
    """

    device: HolderId
    step: int
    others: tuple[str, ...]
    taken: Mapping[KindId, int]
    known: frozenset[FactNumber]
    epochs: tuple[int, ...]
    messages: tuple[int, ...]
    deleted: int
    regained: int


def fate(bar: Bar, step: int) -> Fate:
    """What became of a secret by the time of a theft after a step."""
    if step < bar["born"]:
        return "to come"
    return "taken" if bar["died"] is None or step < bar["died"] else "deleted"


def theft_of(view: KeyLifetimesView, device: HolderId, step: int, others: Sequence[str] = ()) -> Theft:
    """The theft of all that is on a device after a step, together with other leaks of the view."""
    security = view["security"]
    taken: dict[KindId, int] = {}
    leaked, gone = list[FactNumber](), list[FactNumber]()
    for kind in view["devices"][device]:
        bars = [bar for lane in kind["lanes"] for bar in lane["bars"]]
        cut = [bar["fact"] for bar in bars if fate(bar, step) == "taken"]
        gone += [bar["fact"] for bar in bars if fate(bar, step) == "deleted"]
        leaked += cut
        if cut:
            taken[kind["kind"]] = len(cut)
    leaked += chain.from_iterable(leak["facts"] for leak in security["leaks"] if leak["name"] in others)
    known = _close(security, leaked)
    return Theft(
        device,
        step,
        tuple(others),
        taken,
        known,
        tuple(each["epoch"] for each in security["epochs"] if each["authenticator"] in known),
        tuple(index for index, each in enumerate(security["messages"]) if each["fact"] in known),
        len(gone),
        sum(fact in known for fact in gone),
    )


def _close(security: SecurityView, leaked: Sequence[FactNumber]) -> frozenset[FactNumber]:
    """What follows by the rules of a view, in which facts are called by their numbers."""
    arrays = security["rules"]
    facts = tuple(str(number) for number in range(len(security["facts"])))
    theory = Theory(Rules(facts, arrays["starts"], arrays["premises"], arrays["conclusions"], ()))
    return frozenset(theory.close(facts[number] for number in leaked).by_rule)


def name_of(view: KeyLifetimesView, device: HolderId) -> str:
    """Whose device it is."""
    return next(member["name"] for member in view["security"]["members"] if member["id"] == device)


def instant(view: KeyLifetimesView, step: int) -> str:
    """When a theft is: "after step 5 of 6, in epoch 4: Alice updated by a commit"."""
    steps = view["security"]["steps"]
    return f"after step {step + 1} of {len(steps)}, in epoch {steps[step]['epoch']}: {steps[step]['title']}"


def loot_words(view: KeyLifetimesView, theft: Theft) -> list[str]:
    """What it gets, by kind: "1 leaf key", "2 node keys"."""
    kinds = view["kinds"]
    return [_counted(number, kinds[kind]["one"], kinds[kind]["many"]) for kind, number in theft.taken.items()]


def opened_words(theft: Theft) -> str:
    """What is open then: "epochs 4 and 5 and 2 messages"."""
    said = []
    if theft.epochs:
        said.append(f"{'epoch' if len(theft.epochs) == 1 else 'epochs'} {listed(runs(theft.epochs))}")
    if theft.messages:
        said.append(_counted(len(theft.messages), "message", "messages"))
    return listed(said) or "nothing"


def theft_sentence(view: KeyLifetimesView, theft: Theft) -> str:
    """What a theft gets and opens, in two or three sentences."""
    number = _counted(sum(theft.taken.values()), "secret", "secrets")
    together = f"Together with what leaked of {listed(theft.others)} they" if theft.others else "They"
    gone = "Nothing had been deleted before."
    if theft.deleted:
        secrets = _counted(theft.deleted, "secret", "secrets")
        gone = f"{secrets} had been deleted before: {_comeback(theft.deleted, theft.regained)}."
    return (
        f"Everything on {name_of(view, theft.device)}'s device after step {theft.step + 1}: {number}. "
        f"{together} open {opened_words(theft)}. {gone}"
    )


def _comeback(deleted: int, regained: int) -> str:
    if regained == 0:
        return "it does not come back" if deleted == 1 else "none of them comes back"
    if regained == deleted:
        return "it can be computed again" if deleted == 1 else "all of them can be computed again"
    return f"{regained} of them can be computed again"


def table_rows(view: KeyLifetimesView, theft: Theft) -> list[tuple[str, str, str, str]]:
    """A row for each secret of the device: what it is, when it came, when it was deleted, what becomes of it."""
    rows = []
    for kind in view["devices"][theft.device]:
        title = view["kinds"][kind["kind"]]["name"]
        for lane in kind["lanes"]:
            name = lane["name"] if len(kind["lanes"]) == 1 or lane["name"] == title else f"{title}: {lane['name']}"
            for bar in lane["bars"]:
                died = "still there" if bar["died"] is None else f"step {bar['died'] + 1}"
                rows.append((name, f"step {bar['born'] + 1}", died, outcome(bar, theft)))
    return rows


def outcome(bar: Bar, theft: Theft) -> str:
    """What becomes of a secret in a theft, in words."""
    what = fate(bar, theft.step)
    if what == "taken":
        return "stolen"
    already = "deleted before" if what == "deleted" else "not there yet"
    return f"{already}, but can be computed" if bar["fact"] in theft.known else already


def runs(numbers: Sequence[int]) -> list[str]:
    """Numbers in a row, neighbours joined: "1", "3 to 5"."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    pairs = ([f"{first} to {last}"] if last - first > 1 else sorted({first, last}) for first, last in found)
    return [str(each) for pair in pairs for each in pair]


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
