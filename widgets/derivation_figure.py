"""The still picture of a derivation, for pages where nothing runs: derivation_picture.js, drawn by Python."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING

from widgets.assemble import stylesheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.views.derivation import Arrangement, Arrow, DerivationView, DerivedFact

# The measures and marks of derivation_picture.js.
_HALF = 15
_DIAMOND = "M0-15 15 0 0 15-15 0z"
_LETTER = "M-15-4 0-14 15-4V12H-15zM15-4 0 5-15-4"
_FLAG = "M-15-13v-13l10 4-10 4"
_ENVELOPE = "M-9-6H9V6H-9zM9-6 0 1-9-6"
_HEAD = "m-4-6 4 6 4-6"


def derivation_figure(view: DerivationView, *, every_step: bool) -> str:
    """Give a `<figure>`: the picture, a sentence, and the derivation in sentences."""
    shown = view["full"] if every_step else view["folded"]
    image = b64encode(derivation_picture(view, shown).encode()).decode()
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences(view, shown))
    return (
        f'<figure class="mls-figure"><img alt="{escape(view["title"])}" src="data:image/svg+xml;base64,{image}">'
        f"<figcaption>{escape(view['summary'])}</figcaption>"
        f"<details><summary>The derivation in sentences</summary><ol>{items}</ol></details></figure>"
    )


def sentences(view: DerivationView, shown: Arrangement) -> Iterator[str]:
    """Say what the picture shows: what leaked, then each arrow."""
    for place in shown["places"]:
        if view["facts"][place["fact"]]["leak"]:
            yield view["facts"][place["fact"]]["source"]
    for arrow in shown["arrows"]:
        yield arrow["sentence"]


def fact_label(fact: DerivedFact) -> str:
    """Say what a fact is, and how the attacker has it."""
    leak = fact["leak"]
    return f"{fact['words']}, leaked with {leak['words']}" if leak else f"{fact['words']}, derived by the attacker"


def derivation_picture(view: DerivationView, shown: Arrangement) -> str:
    """Give the picture as SVG, with its own styles."""
    tops = {place["fact"]: place["y"] - _HALF - 2 for place in shown["places"]}
    arrows = "".join(
        f'<g class="mls-arrow">{_arrow(arrow, tops[arrow["conclusion"]])}</g>' for arrow in shown["arrows"]
    )
    facts = "".join(_fact(view, place["fact"], place["x"], place["y"]) for place in shown["places"])
    size = f'width="{shown["width"]}" height="{shown["height"]}" viewBox="0 0 {shown["width"]} {shown["height"]}"'
    style = stylesheet("theme.css", "marks.css", "derivation_graph.css")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mls mls-picture mls-derivation-picture" {size}>'
        f'<style>{style}.mls-back{{fill:var(--mls-paper)}}</style><rect class="mls-back" width="100%" height="100%" '
        f'rx="10"/><g class="mls-arrows">{arrows}</g><g class="mls-nodes">{facts}</g></svg>'
    )


def _fact(view: DerivationView, number: int, x: int, y: int) -> str:
    fact = view["facts"][number]
    names = ["mls-node mls-fact", "has-stolen" if fact["leak"] else "has-computed"]
    if number == view["goal"]:
        names.append("is-goal")
    return (
        f'<g class="{" ".join(names)}" data-fact="{number}" transform="translate({x} {y})">'
        f"<title>{escape(fact_label(fact))}</title>{''.join(_shapes(fact))}</g>"
    )


def _shapes(fact: DerivedFact) -> Iterator[str]:
    is_message, leak = fact["kind"] == "message", fact["leak"]
    width = 56 + 7 * max(len(fact["name"]), len(fact["place"]), len(leak["brief"]) if leak else 0)
    yield f'<rect class="mls-hit" x="-21" y="-16" width="{width}" height="{50 if leak else 36}" rx="8"/>'
    yield f'<path class="mls-shape" d="{_LETTER if is_message else _DIAMOND}"/>'
    if not is_message:
        yield f'<path class="mls-hatch" d="{_hatching(is_leaked=leak is not None)}"/>'
    if leak:
        yield f'<path class="mls-flag" d="{_FLAG}"/>'
    yield f'<text class="mls-fact-name" x="24" y="{-3 if fact["place"] else 4}">{escape(fact["name"])}</text>'
    yield f'<text class="mls-fact-place" x="24" y="12">{escape(fact["place"])}</text>'
    if leak:
        yield f'<text class="mls-fact-leak" x="24" y="27">{escape(leak["brief"])}</text>'


def _hatching(*, is_leaked: bool) -> str:
    lines = []
    for at in (-10, -5, 0, 5, 10) if is_leaked else (-7.5, 0, 7.5):
        low, high = at / 2 - _HALF / 2, at / 2 + _HALF / 2
        lines.append(f"M{low:g} {high:g}L{high:g} {low:g}")
    return "".join(lines)


def _arrow(arrow: Arrow, end: int) -> str:
    x, y, sealed = arrow["x"], arrow["y"], arrow["sealed"]
    parts = [f'<path class="mls-line" d="{line["path"]}"/>' for line in arrow["lines"]]
    parts.append(f'<path class="mls-line" d="M{x} {y}V{end}{_HEAD}"/>')
    if len(arrow["lines"]) > 1:
        parts.append(f'<circle class="mls-meet" cx="{x}" cy="{y}" r="3.5"/>')
    if sealed:
        parts.append(f'<path class="mls-paper" d="{_ENVELOPE}" transform="translate({x} {y + 17})"/>')
    across = x + (15 if sealed else 9)
    parts.append(f'<text class="mls-arrow-label" x="{across}" y="{y + 21}">{escape(arrow["label"])}</text>')
    return "".join(parts)
