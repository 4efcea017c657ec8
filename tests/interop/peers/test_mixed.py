"""Groups of all packages and ours: in suite 1 with both forms of handshakes, in each other suite with public ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.interop.peers.declared import PEERS
from tests.interop.peers.mixed import KINDS, history_of, packages_for
from workbench.interop.peers.member import PeerImplementation
from workbench.mls import CIPHER_SUITES

pytestmark = pytest.mark.slow

STEPS = 6
SEEDS = [0, 1, 2, *(2 * KINDS.index((suite, "public")) for suite in CIPHER_SUITES if suite != 1)]


@pytest.mark.parametrize("seed", SEEDS)
def test_all_members_of_a_mixed_group_agree_after_each_step(
    playing: Callable[[PeerImplementation], PeerImplementation], seed: int
) -> None:
    history = history_of(seed)
    for each in history.packages:
        playing(each.implementation)
    history.play(STEPS)
    assert history.ours.epoch() > STEPS


def test_every_package_is_in_a_mixed_group() -> None:
    mixed = {each.implementation.name for seed in SEEDS for each in history_of(seed).packages}
    assert mixed == {each.implementation.name for each in PEERS}
    assert all(len(packages_for(1, form, seed=0)) >= 4 for form in ("public", "private"))
