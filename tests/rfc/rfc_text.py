"""The RFC's own text: its sections, and each sentence in which it demands something.

The text is not in this repository. What is kept of a sentence is its section, a hash, and the few words around its
first MUST, so that a change is seen and a reader finds it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

FIRST, LAST = 4, 15
"""The sections that say how the protocol works."""

DEMAND = re.compile(r"\b(?:MUST|SHALL|REQUIRED)\b")
ADVICE = re.compile(r"\b(?:SHOULD|RECOMMENDED)\b")
_HEADING = re.compile(r"(#+) (.*?)(?: \{.*\})?")
_SENTENCE = re.compile(r"(?<=[.:;])\s+(?=[A-Z*_`(])|\s+(?=\* )")


class Sentence(NamedTuple):
    """One sentence that demands something."""

    section: str
    key: str
    words: str


class Section(NamedTuple):
    """A numbered section with its paragraphs, a list being one; code is left out."""

    number: str
    title: str
    paragraphs: list[str]


def sections(text: str) -> list[Section]:
    """The sections in question, in the order of the text."""
    found: list[Section] = []
    counts = [0] * 6
    in_code, in_paragraph = False, False
    for line in text.split("--- middle", 1)[1].splitlines():
        heading = None if in_code else _HEADING.fullmatch(line)
        if line.startswith("~~~"):
            in_code = not in_code
        elif heading is not None:
            depth = len(heading[1])
            counts = [*counts[: depth - 1], counts[depth - 1] + 1, *[0] * (6 - depth)]
            found.append(Section(".".join(map(str, counts[:depth])), heading[2], []))
        elif line.strip() and not in_code and found:
            if in_paragraph:
                found[-1].paragraphs[-1] += f" {line.strip()}"
            else:
                found[-1].paragraphs.append(line.strip())
        in_paragraph = bool(line.strip()) and heading is None and not in_code and not line.startswith("~~~")
    return [each for each in found if FIRST <= int(each.number.split(".")[0]) <= LAST]


def demands(text: str, word: re.Pattern[str] = DEMAND) -> Iterator[Sentence]:
    """The sentences with one of these words, in the order of the text."""
    for section in sections(text):
        for paragraph in section.paragraphs:
            for sentence in _SENTENCE.split(paragraph):
                if word.search(sentence):
                    key = hashlib.sha256(sentence.encode()).hexdigest()[:8]
                    yield Sentence(section.number, key, _around(sentence, word))


def _around(sentence: str, wanted: re.Pattern[str]) -> str:
    """Three words before the first one that is wanted, it, and three words after it."""
    words = sentence.split()
    at = next(place for place, word in enumerate(words) if wanted.search(word))
    return " ".join(words[max(at - 3, 0) : at + 4])
