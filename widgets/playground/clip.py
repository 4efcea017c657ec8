"""A clip: a history as one animated SVG without a script, for slides and pages.

Each scene is the ratchet tree of one step as a viewer sees it, drawn by the picture's own module, with the tree's own
sentence. The picture does not move for a reader who has asked for no motion: that reader sees one scene.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from widgets.ratchet_tree import RatchetTree
from widgets.shared.still import Still, stills
from workbench.adversary import Read
from workbench.inspect.names import listed
from workbench.lab import HistoryStep, NotPossible, World

SCENES_AT_MOST = 60
"""The most steps in one clip: longer ones are files of megabytes that nobody watches to the end."""
SECONDS = 4.0
"""How long a scene is shown."""

_LINE, _MARGIN, _WIDTH = 22, 18, 720
_LETTERS = 96
"""The most characters of a line: so many fit into the width."""
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_HEIGHT = re.compile(r'height="(\d+)"')


@dataclass(frozen=True)
class Scene:
    """One picture of a clip with the lines under it: a caption and what was said, the sentence, what was read."""

    picture: str
    lines: tuple[str, ...]

    @property
    def rows(self) -> tuple[tuple[int, str], ...]:
        """The lines in rows that fit into the width, each with the number of its line."""
        return tuple((number, row) for number, line in enumerate(self.lines) for row in (wrap(line, _LETTERS) or [""]))


def clip(
    world: World,
    *,
    viewer: str | None = None,
    steps: range | None = None,
    captions: Mapping[int, str] | None = None,
    seconds: float = SECONDS,
    standing: int | None = None,
) -> str:
    """The history of a world as an animated SVG.

    `viewer` is who looks, by default the first member. `steps` are those that are shown, from 0, by default all, and
    `captions` has words of one's own for some of them. `standing` is the step for readers who want no motion, by
    default the last. Raises `NotPossible` for too many steps, and `NotDrawn` without QuickJS.
    """
    shown = range(len(world.history)) if steps is None else steps
    found = scenes(world, viewer=viewer, steps=shown, captions=captions or {})
    return animated(found, seconds=seconds, standing=len(shown) - 1 if standing is None else shown.index(standing))


def scenes(world: World, *, viewer: str | None, steps: range, captions: Mapping[int, str]) -> list[Scene]:
    """The scenes of a clip, one for each of these steps."""
    if not 0 < len(steps) <= SCENES_AT_MOST:
        raise NotPossible(f"A clip has 1 to {SCENES_AT_MOST} steps, and these are {len(steps)}: choose some of them")
    if steps[0] < 0 or steps[-1] >= len(world.history):
        raise NotPossible(
            f"The history has the steps 1 to {len(world.history)}, not all of {steps[0] + 1} to {steps[-1] + 1}"
        )
    tree = RatchetTree.of(world) if viewer is None else RatchetTree.of(world, viewer=viewer)
    drawn = stills(tree._still_module, tree._shown(), tree._still_styles, steps)  # noqa: SLF001 - the clip is this picture
    is_attacked = any(step.kind == "compromise" for step in world.history)
    return [
        Scene(still.picture, _lines(world.history, step, still, captions.get(step, ""), is_attacked=is_attacked))
        for step, still in zip(steps, drawn, strict=True)
    ]


def _lines(
    history: Sequence[HistoryStep], step: int, still: Still, caption: str, *, is_attacked: bool
) -> tuple[str, ...]:
    now = history[step]
    said = next((event.data for events in now.events.values() for event in events if event.data), None)
    spoken = f" {now.actor}: “{said.decode(errors='replace')}”" if said else ""
    lines = (f"{caption}{spoken}".strip(), still.sentence)
    if not is_attacked:
        return lines
    found = [finding for each in history[: step + 1] for finding in each.findings if isinstance(finding, Read)]
    reads = [f"“{each.data.decode(errors='replace')}”" for each in sorted(found, key=lambda read: read.index)]
    return (*lines, f"The attacker has read: {listed(reads) or 'nothing'}")


def animated(story: Sequence[Scene], *, seconds: float, standing: int) -> str:
    """The scenes one after the other, for so many seconds each; the scene `standing` stands where nothing moves."""
    heights = [int(found[1]) for scene in story if (found := _HEIGHT.search(scene.picture))]
    rows = max(len(scene.rows) for scene in story)
    height = max(heights) + rows * _LINE + 2 * _MARGIN
    (style,) = {found[1] for scene in story if (found := _STYLE.search(scene.picture))}
    drawn = "".join(
        _scene(number, scene, top=max(heights), total=len(story), seconds=seconds, is_standing=number == standing)
        for number, scene in enumerate(story)
    )
    words = " ".join(line for scene in story for line in scene.lines[:2] if line)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mls" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" role="img"><title>{escape(words)}</title>'
        f"<style>{style}{_motion(len(story), seconds)}</style>"
        f'<rect class="mls-page" width="{_WIDTH}" height="{height}"/>{drawn}'
        f'<rect class="mls-edge" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}"/></svg>'
    )


def _scene(number: int, scene: Scene, *, top: int, total: int, seconds: float, is_standing: bool) -> str:
    texts = "".join(
        f'<text class="is-line-{line}" x="{_MARGIN}" y="{top + _MARGIN + (row + 1) * _LINE - 6}">{escape(words)}</text>'
        for row, (line, words) in enumerate(scene.rows)
    )
    count = (
        f'<text class="is-count" x="{_WIDTH - _MARGIN}" y="{top + _MARGIN + _LINE - 6}">{number + 1} of {total}</text>'
    )
    return (
        f'<g class="mls-scene{" is-standing" if is_standing else ""}" style="animation-delay: {number * seconds:.2f}s">'
        f"{_STYLE.sub('', scene.picture)}{texts}{count}</g>"
    )


def _motion(total: int, seconds: float) -> str:
    return (
        f"@keyframes mls-scene {{ 0% {{ opacity: 1 }} {100 / total:.3f}%, 100% {{ opacity: 0 }} }}\n"
        f".mls-scene {{ opacity: 0; animation: mls-scene {total * seconds:g}s step-end infinite; }}\n"
        "@media (prefers-reduced-motion: reduce) "
        "{ .mls-scene { animation: none } .mls-scene.is-standing { opacity: 1 } }\n"
        ".mls-page { fill: var(--mls-paper); } .mls-edge { fill: none; stroke: var(--mls-line); }\n"
        ".mls-scene > text { fill: var(--mls-ink); font: 14px var(--mls-font); }\n"
        ".mls-scene > .is-line-0 { font-weight: 600; } .mls-scene > .is-line-2 { fill: var(--mls-danger); }\n"
        ".mls-scene > .is-count { fill: var(--mls-muted); text-anchor: end; }\n"
    )
