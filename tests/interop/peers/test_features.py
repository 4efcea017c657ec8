"""Every feature between ours and each peer, in both roles; MLS_PEERS=all plays it on every suite that the peer has."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest

from tests.interop.peers.declared import PEERS, ROLES, Declared, Lack, Role, both, comes_true
from tests.interop.peers.features import FEATURES
from workbench.interop.peers.agentvault import AgentvaultPackage
from workbench.interop.peers.member import PeerImplementation, identity_of
from workbench.interop.peers.ours import OURS
from workbench.interop.peers.ts_mls import TsMlsPackage
from workbench.mls import CIPHER_SUITES, KeyPackage, MLSMessage, decode

pytestmark = pytest.mark.slow

EVERY_SUITE = os.environ.get("MLS_PEERS") == "all"
CELLS = [
    pytest.param(peer, suite, role, feature, id=f"{peer.implementation.name}-suite {suite}-{role}-{feature}")
    for peer in PEERS
    for suite, role, feature in peer.cells(every_suite=EVERY_SUITE)
]
by_name = pytest.mark.parametrize("peer", PEERS, ids=[peer.implementation.name for peer in PEERS])


@pytest.mark.parametrize(("peer", "suite", "role", "feature"), CELLS)
def test_what_is_declared_of_a_peer_comes_true(
    playing: Callable[[PeerImplementation], PeerImplementation], peer: Declared, suite: int, role: Role, feature: str
) -> None:
    playing(peer.implementation)
    comes_true(peer, suite, role, feature)


def test_what_is_declared_must_come_true() -> None:
    """The workbench supports every feature with itself, so a declared failure must not come true."""
    feature = "adds a member by a Welcome"
    lack = Declared(OURS, (Lack("nothing", both(feature), "nothing"),))
    with pytest.raises(AssertionError, match="this works now"):
        comes_true(lack, 1, "ours acts", feature)


@by_name
def test_a_peer_has_no_other_suites(
    playing: Callable[[PeerImplementation], PeerImplementation], peer: Declared
) -> None:
    """It refuses them, or has no way to ask for one and makes key packages of its own."""
    them = playing(peer.implementation)
    for suite in set(CIPHER_SUITES) - set(them.suites):
        if them.refuses_other_suites:
            with pytest.raises(Exception, match=r"(?i)suite|scheme"):
                them.member(suite, identity_of("alice"))
        else:
            made = decode(MLSMessage, them.member(suite, identity_of("alice")).key_package()).message
            assert isinstance(made, KeyPackage)
            assert made.cipher_suite in them.suites
    assert (them.other_suites == "") == (set(them.suites) == set(CIPHER_SUITES))


@by_name
def test_a_package_has_no_call_for_what_it_is_declared_to_lack(
    playing: Callable[[PeerImplementation], PeerImplementation], peer: Declared
) -> None:
    calls = playing(peer.implementation).calls()
    assert any("create" in name for name in calls)
    for each in peer.exceptions:
        if isinstance(each, Lack):
            assert [name for name in sorted(calls) if re.search(each.no_call_like, name, re.IGNORECASE)] == []


def test_a_peer_that_is_not_installed_says_how_to_install_it() -> None:
    class AbsentFromNode(TsMlsPackage):
        name = "absent"
        package = "npm: absent"

    class AbsentFromPython(AgentvaultPackage):
        name = "absent"
        package = "PyPI: absent-package"
        module = "absent_package"

    assert (
        AbsentFromNode().missing() == "absent is not installed: `npm install absent` in the present folder installs it"
    )
    assert AbsentFromPython().missing() == "absent is not installed: `pip install absent-package` installs it"


@by_name
def test_every_suite_and_every_feature_of_a_peer_is_played_by_default(peer: Declared) -> None:
    played = list(peer.cells(every_suite=False))
    assert {suite for suite, _, _ in played} == set(peer.implementation.suites)
    assert {(feature, role) for _, role, feature in played} == {(each, role) for each in FEATURES for role in ROLES}
    assert set(played) <= set(peer.cells(every_suite=True))
