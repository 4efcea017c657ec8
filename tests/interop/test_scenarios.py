"""All configurations of the working group's tests, between two servers of ours."""

from __future__ import annotations

import itertools

import pytest

from tests.interop.peer import METHODS, Peer
from tests.interop.play import ACTIONS, Play, casts
from tests.interop.script_format import actors_in
from tests.interop.scripts import CONFIGURATIONS, Writer, written
from workbench.mls import CIPHER_SUITES

pytestmark = pytest.mark.slow

SCRIPTS = [writer for writers in CONFIGURATIONS.values() for writer in writers]
FORMS = list(itertools.product(sorted(CIPHER_SUITES), (False, True)))


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
@pytest.mark.parametrize("suite", sorted(CIPHER_SUITES))
@pytest.mark.parametrize("writer", SCRIPTS, ids=lambda writer: writer.__name__)
def test_members_on_two_servers_agree(peers: tuple[Peer, Peer], writer: Writer, suite: int, private: bool) -> None:  # noqa: FBT001 - a parameter
    """Each assignment of the actors to the servers has its turn in one of the suites and forms.

    The servers are alike, so that the first actor may stay on the first.
    """
    script = written(writer)
    assigned = [cast for cast in casts(actors_in(script), peers) if cast["alice"] is peers[0]]
    turn = FORMS.index((suite, private))
    for cast in assigned[turn :: len(FORMS)] or [assigned[turn % len(assigned)]]:
        Play(cast, suite, private=private, thorough=True).run(script)


def test_the_scripts_have_every_action_and_make_every_call(peers: tuple[Peer, Peer]) -> None:
    scripts = [written(writer) for writer in SCRIPTS]
    assert {step["action"] for script in scripts for step in script} == set(ACTIONS)
    for peer in peers:
        peer.calls.clear()
    assert peers[0].call("Name").name == "MLS Workbench"
    for script in scripts:
        (cast, *_) = casts(actors_in(script), peers)
        Play(cast, 1, private=False, thorough=True).run(script)
    assert set.union(*(peer.calls for peer in peers)) == set(METHODS)
