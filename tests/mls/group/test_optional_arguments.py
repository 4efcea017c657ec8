"""What is refused without an optional argument, and accepted with it: no default lets in more than it should.

Each optional argument of the public functions has its twin here, or a reason why nothing could be refused for it.
"""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from tests.mls.group.changed_objects import refuses
from tests.mls.group.twins.policies import POLICIES
from tests.mls.group.twins.receivers import RECEIVERS
from tests.mls.group.twins.senders import SENDERS
from workbench import mls
from workbench.mls.schedule.secret_tree import RatchetLimits

TWINS = SENDERS | RECEIVERS | POLICIES

FORM = "how a message is framed or written: every reader accepts both"
CONTENT = "what is sent besides: without it nothing is there that could be refused"
RECORDED = "a suite that records what it does, for the one that the key package or the GroupInfo names"
NO_TWIN = {
    "authenticated_data": CONTENT,
    "extensions": "what a group or a key package says: less is never refused",
    "process_public": "the public half of a commit, checked all the same (tests/lab/test_public_work.py)",
    "grease": "values that everybody ignores",
    "last_resort": "whether the key package may be used again; the engine keeps none (twin: tests/client)",
    "leaf_extensions": "what a leaf says: less is never refused",
    "padding": FORM,
    "path": "a commit heals with it; where the proposals need one it is made anyhow",
    "private": FORM,
    "framing": FORM,
    "renew": "what a member says of itself from now on (twins of `Renewal`)",
    "proposals": CONTENT,
    "suite": RECORDED,
    "Policy.needs_approval": "who asks to be added is left out of a commit by default, not refused",
    "create_commit.approved": "who asks to be added is left out without it, not refused (test_external_proposals)",
}
"""Optional arguments without a twin, of all functions or of one, and why."""

SETTINGS = (
    mls.CustomProposalType,
    mls.Framing,
    mls.LifetimePolicy,
    mls.Policy,
    mls.Renewal,
    RatchetLimits,
    mls.TrustAnchors,
)


def optional_arguments() -> set[str]:
    """`function.argument` for all that the protocol offers, and `class.field` for its settings."""
    functions: list[Any] = [each for each in map(vars(mls).get, mls.__all__) if inspect.isfunction(each)]
    return {
        f"{each.__name__}.{argument.name}"
        for each in (*functions, *SETTINGS)
        for argument in inspect.signature(each).parameters.values()
        if argument.default is not argument.empty
    }


def test_each_optional_argument_has_a_twin_or_a_reason_why_it_has_none() -> None:
    found = optional_arguments()
    excused = {name for name in found if NO_TWIN.keys() & {name, name.partition(".")[2]}}
    assert found == TWINS.keys() | excused
    assert TWINS.keys() & excused == set()
    assert all(any(key in {name, name.partition(".")[2]} for name in found) for key in NO_TWIN)


@pytest.mark.parametrize("name", TWINS)
def test_what_an_optional_argument_lets_in_is_refused_without_it(name: str) -> None:
    twin = TWINS[name]()
    given, nothing = {name.partition(".")[2]: twin.given}, dict[str, object]()
    accepted, forbidden = (nothing, given) if twin.stricter else (given, nothing)
    twin.call(**accepted)
    with refuses(twin.error, twin.section, twin.reason):
        twin.call(**forbidden)
