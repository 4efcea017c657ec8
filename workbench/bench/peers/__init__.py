"""The implementations that can be timed: our engine, and others whose packages are installed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from workbench.bench.client import Implementation
from workbench.bench.results import OURS

_CLASSES: Mapping[str, str] = {
    OURS: "workbench.bench.ours:Ours",
    "mls-rs": "workbench.bench.peers.mls_rs:MlsRs",
    "rine-mls": "workbench.bench.peers.rine:Rine",
    "OpenMLS": "workbench.bench.peers.openmls:OpenMls",
    "rfc9420": "workbench.bench.peers.rfc9420:Rfc9420",
    "ts-mls": "workbench.bench.peers.ts_mls:TsMls",
}
"""The module that adapts each implementation, by name; it is imported only when it is asked for."""

PEERS = tuple(name for name in _CLASSES if name != OURS)


def implementation(name: str) -> Implementation:
    """The implementation with a name."""
    module, _, chosen = _CLASSES[name].partition(":")
    made: Implementation = getattr(import_module(module), chosen)()
    return made
