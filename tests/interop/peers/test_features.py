"""Every feature between ours and each peer, in both roles; MLS_PEERS=all plays it on every suite that the peer has."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest

from tests.interop.peers.agentvault import Agentvault
from tests.interop.peers.declared import PEERS, ROLES, Declared, Lack, Role
from tests.interop.peers.features import FEATURES, Scene
from tests.interop.peers.member import Implementation, NotOffered
from tests.interop.peers.ours import OURS
from tests.interop.peers.ts_mls import TsMls

EVERY_SUITE = os.environ.get("MLS_PEERS") == "all"
CELLS = [
    pytest.param(peer, suite, role, feature, id=f"{peer.implementation.name}-suite {suite}-{role}-{feature}")
    for peer in PEERS
    for suite, role, feature in peer.cells(every_suite=EVERY_SUITE)
]
by_name = pytest.mark.parametrize("peer", PEERS, ids=[peer.implementation.name for peer in PEERS])


@pytest.mark.parametrize(("peer", "suite", "role", "feature"), CELLS)
def test_what_is_declared_of_a_peer_comes_true(
    playing: Callable[[Implementation], Implementation], peer: Declared, suite: int, role: Role, feature: str
) -> None:
    them = playing(peer.implementation)
    acting, answering = (OURS, them) if role == "ours acts" else (them, OURS)
    scene, play = Scene(acting, answering, suite), FEATURES[feature]
    match peer.exception(feature, role):
        case None:
            play(scene)
        case Lack():
            with pytest.raises(NotOffered):
                play(scene)
        case failure:
            with pytest.raises((*scene.actor.errors, *scene.other.errors), match=failure.words):
                play(scene)


@by_name
def test_a_package_has_no_call_for_what_it_is_declared_to_lack(
    playing: Callable[[Implementation], Implementation], peer: Declared
) -> None:
    calls = playing(peer.implementation).calls()
    assert any("create" in name for name in calls)
    for each in peer.exceptions:
        if isinstance(each, Lack):
            assert [name for name in sorted(calls) if re.search(each.no_call_like, name, re.IGNORECASE)] == []


def test_a_peer_that_is_not_installed_says_how_to_install_it() -> None:
    class AbsentFromNode(TsMls):
        name = "absent"
        package = "npm: absent"

    class AbsentFromPython(Agentvault):
        name = "absent"
        package = "PyPI: absent-package"
        module = "absent_package"

    assert AbsentFromNode().missing() == "absent is not in node_modules: `npm ci` installs it"
    assert AbsentFromPython().missing() == "absent is not installed: `pip install absent-package` installs it"


@by_name
def test_every_suite_and_every_feature_of_a_peer_is_played_by_default(peer: Declared) -> None:
    played = list(peer.cells(every_suite=False))
    assert {suite for suite, _, _ in played} == set(peer.implementation.suites)
    assert {(feature, role) for _, role, feature in played} == {(each, role) for each in FEATURES for role in ROLES}
    assert set(played) <= set(peer.cells(every_suite=True))
