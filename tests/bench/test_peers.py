"""Other implementations in the bench: what each offers, and what the bench says of one that is not installed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

import pytest

from workbench.bench.host import BenchHost
from workbench.bench.peers import PEERS, implementation
from workbench.bench.peers.package import Package
from workbench.bench.scenario import Measured, Outcome, RefusedByPeer, Run
from workbench.bench.steps import BY_ID
from workbench.cli import main

ALL = set(BY_ID)
UPDATES = {"update, blank tree", "update, full tree"}
FULL = {step for step in BY_ID if step.endswith("full tree")}

OFFERED = {
    "mls-rs": ALL - {"remove, blank tree"},
    "rine-mls": ALL - UPDATES,
    "OpenMLS": ALL - UPDATES - {"key_package", "create", "add_all", "protect", "read"},
    # What its members commit after that is not timed, because the other members refused its update.
    "rfc9420": ALL - FULL - {"protect", "remove, blank tree", "add_one, blank tree"},
    "ts-mls": ALL,
}

REFUSED = {
    "rfc9420": {
        "add_all": "Malformed|these 31 bytes",  # its external_pub holds the bare key
        "update, blank tree": "InvalidUpdatePath",  # its path has the leaf's old key
        "join, full tree": "invalid parent_hash",
    }
}
"""The peers' own faults, and by which words they are known; tests/interop/peers shows them in bytes."""


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_is_timed_in_all_that_it_offers(name: str) -> None:
    peer = implementation(name)
    if reason := peer.missing():
        pytest.skip(f"{name} is {reason}")
    outcomes: list[Outcome] = []
    Run(peer, BenchHost(8), BY_ID, outcomes.append).play()
    peer.close()
    refused = {each.step: each.reason for each in outcomes if isinstance(each, RefusedByPeer)}
    expected = REFUSED.get(name, {})
    assert refused.keys() == expected.keys(), refused
    assert all(re.search(words, refused[step]) for step, words in expected.items()), refused
    assert {each.step for each in outcomes if isinstance(each, Measured)} == OFFERED[name]


class Nowhere(Package):
    """An implementation whose package is not installed."""

    distribution: ClassVar[str] = "nowhere"
    module: ClassVar[str] = "nowhere_to_be_found"


def test_a_package_that_is_missing_says_how_to_get_it() -> None:
    assert Nowhere().missing() == (
        "not installed: `pip install nowhere`, or all with `pip install 'mls-workbench[peers]'`"
    )


def test_a_peer_that_is_missing_is_a_line_of_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["bench", "--sizes", "5", "--runs", "1", "--steps", "key_package", "--peers", "ts-mls"]) == 0
    assert "ts-mls: not installed: `npm install ts-mls` in the folder" in capsys.readouterr().out
