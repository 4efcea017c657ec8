"""Material of lesson 15, which other implementations have made; `provenance.json` says which, and how.

`tests/lessons/foreign_material.py` makes it anew.
"""

from __future__ import annotations

from importlib.resources import files


def material(name: str) -> bytes:
    """The bytes of one file: `transcript.jsonl`, `conversation.jsonl`, `olaf.openmls` or `provenance.json`."""
    return (files(__name__) / name).read_bytes()
