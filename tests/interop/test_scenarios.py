"""All configurations of the working group's tests, between two servers of ours.

Each script is played in a few forms, and together they are all; MLS_SCRIPTS=all plays each script in all of them.
"""

from __future__ import annotations

import itertools
import os

import pytest

from tests.interop.peer import METHODS, Peer
from tests.interop.play import ACTIONS, Play, casts
from tests.interop.script_format import actors_in
from tests.interop.scripts import CONFIGURATIONS, Writer, written
from workbench.mls import CIPHER_SUITES

pytestmark = pytest.mark.slow

SCRIPTS = [writer for writers in CONFIGURATIONS.values() for writer in writers]
FORMS = list(itertools.product(sorted(CIPHER_SUITES), (False, True)))
"""Each suite, with PublicMessages and with PrivateMessages."""

LONG = os.environ.get("MLS_SCRIPTS") == "all"


def forms(writer: Writer) -> list[tuple[int, bool]]:
    """The forms in which a script is played: by default both of suite 1 and two of the others, which take turns."""
    others, place = [form for form in FORMS if form[0] != 1], SCRIPTS.index(writer)
    return FORMS if LONG else [(1, False), (1, True), others[2 * place % 12], others[(2 * place + 1) % 12]]


PLAYED = [
    pytest.param(writer, suite, private, id=f"{writer.__name__}-{suite}-{'private' if private else 'public'}")
    for writer in SCRIPTS
    for suite, private in forms(writer)
]


@pytest.mark.parametrize(("writer", "suite", "private"), PLAYED)
def test_members_on_two_servers_agree(peers: tuple[Peer, Peer], writer: Writer, suite: int, private: bool) -> None:  # noqa: FBT001 - a parameter
    """Each assignment of the actors to the servers has its turn in one of the suites and forms.

    The servers are alike, so that the first actor may stay on the first.
    """
    script = written(writer)
    assigned = [cast for cast in casts(actors_in(script), peers) if cast["alice"] is peers[0]]
    turn, turns = forms(writer).index((suite, private)), len(forms(writer))
    for cast in assigned[turn::turns] or [assigned[turn % len(assigned)]]:
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


def test_every_suite_and_every_form_is_played() -> None:
    assert {form for writer in SCRIPTS for form in forms(writer)} == set(FORMS)
