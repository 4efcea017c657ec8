"""Every feature between ours and each peer, in both roles, on every cipher suite that the peer has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.interop.peers.declared import PEERS, ROLES, Declared, Role
from tests.interop.peers.features import FEATURES, Scene
from tests.interop.peers.member import Implementation, NotOffered, Refused
from tests.interop.peers.ours import OURS
from tests.interop.peers.ts_mls import TsMls
from workbench.mls import MLSError

CELLS = [
    pytest.param(peer, suite, role, feature, id=f"{peer.implementation.name}-suite {suite}-{role}-{feature}")
    for peer in PEERS
    for suite in peer.implementation.suites
    for role in ROLES
    for feature in FEATURES
]


@pytest.mark.parametrize(("peer", "suite", "role", "feature"), CELLS)
def test_what_is_declared_of_a_peer_comes_true(
    playing: Callable[[Implementation], Implementation], peer: Declared, suite: int, role: Role, feature: str
) -> None:
    them = playing(peer.implementation)
    acting, answering = (OURS, them) if role == "ours acts" else (them, OURS)
    scene, play = Scene(acting, answering, suite), FEATURES[feature]
    if (feature, role) in peer.not_offered:
        with pytest.raises(NotOffered):
            play(scene)
    elif (feature, role) in peer.bugs:
        with pytest.raises((MLSError, Refused), match=peer.bugs[feature, role]):
            play(scene)
    else:
        play(scene)


def test_a_peer_that_is_not_installed_says_how_to_install_it() -> None:
    class Absent(TsMls):
        name = "absent"
        package = "npm: absent"

    assert Absent().missing() == "absent is not in node_modules: `npm ci` installs it"
