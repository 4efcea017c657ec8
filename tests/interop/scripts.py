"""The scripts that are played: the seven parts of the working group's interop tests, written by us.

A script is a function that is given `Steps` and takes one after the other. A step's result is its number, by which
later steps refer to what it has made: that is the format of the official runner's configurations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias


class Steps(list[dict[str, object]]):
    """A script as it is written."""

    def __call__(self, action: str, actor: str | None = None, **fields: object) -> int:
        """One more step; its number."""
        self.append({"action": action, **({} if actor is None else {"actor": actor}), **fields})
        return len(self) - 1


Writer: TypeAlias = Callable[[Steps], object]

EMPTY_LIST_OF_SENDERS = {"extension_type": 5, "extension_data": "AA=="}
NOTHING_REQUIRED = {"extension_type": 3, "extension_data": "AAAA"}
EXTENSIONS = [NOTHING_REQUIRED, EMPTY_LIST_OF_SENDERS]

FIVE = ["bob", "carol", "dave", "erin"]
"""With Alice."""


# Joining by a Welcome


def welcome_join_without_a_path(step: Steps) -> None:
    step("createGroup", "alice")
    bob = step("createKeyPackage", "bob")
    add = step("addProposal", "alice", keyPackage=bob)
    step("fullCommit", "alice", byReference=[add], joiners=["bob"])


def welcome_join_with_a_path(step: Steps) -> None:
    step("createGroup", "alice", members=["carol"])
    bob = step("createKeyPackage", "bob")
    add = step("addProposal", "carol", keyPackage=bob)
    step("fullCommit", "alice", byReference=[add], members=["carol"], joiners=["bob"], force_path=True)


def welcome_join_with_a_psk(step: Steps) -> None:
    step("createGroup", "alice")
    bob = step("createKeyPackage", "bob")
    add = step("addProposal", "alice", keyPackage=bob)
    key = step("installExternalPSK", clients=["alice", "bob"])
    mixed_in = step("externalPSKProposal", "alice", pskID=key)
    step("fullCommit", "alice", byReference=[add, mixed_in], joiners=["bob"])


def welcome_join_with_the_tree_beside_it(step: Steps) -> None:
    step("createGroup", "alice", members=["carol"])
    bob = step("createKeyPackage", "bob")
    by_value = [{"proposalType": "add", "keyPackage": bob}]
    step("fullCommit", "carol", byValue=by_value, members=["alice"], joiners=["bob"], external_tree=True)


def welcome_join_step_by_step(step: Steps) -> None:
    step("createGroup", "alice", members=["bob"])
    carol = step("createKeyPackage", "carol")
    add = step("addProposal", "bob", keyPackage=carol)
    commit = step("commit", "alice", byReference=[add], external_tree=True)
    step("handleCommit", "bob", commit=commit, byReference=[add])
    step("handlePendingCommit", "alice")
    step("joinGroup", "carol", welcome=commit)
    step("groupInfo", "carol", externalTree=True)
    step("fullCommit", "carol", members=["alice", "bob"])


# Commits


def commit_of_nothing(step: Steps) -> None:
    step("createGroup", "alice", members=["bob", "carol"])
    step("fullCommit", "bob", members=["alice", "carol"])


def commit_of_adds(step: Steps) -> None:
    step("createGroup", "alice", members=["bob"])
    carol, dave, erin = (step("createKeyPackage", name) for name in ("carol", "dave", "erin"))
    own, others = step("addProposal", "alice", keyPackage=carol), step("addProposal", "bob", keyPackage=dave)
    joiners, by_value = ["carol", "dave", "erin"], [{"proposalType": "add", "keyPackage": erin}]
    step("fullCommit", "alice", byReference=[own, others], byValue=by_value, members=["bob"], joiners=joiners)


def commit_of_adds_with_a_path(step: Steps) -> None:
    step("createGroup", "alice", members=["bob"])
    carol, dave = step("createKeyPackage", "carol"), step("createKeyPackage", "dave")
    others = step("addProposal", "bob", keyPackage=carol)
    by_value = [{"proposalType": "add", "keyPackage": dave}]
    step(
        "fullCommit",
        "alice",
        byReference=[others],
        byValue=by_value,
        members=["bob"],
        joiners=["carol", "dave"],
        force_path=True,
    )
    step("fullCommit", "dave", members=["alice", "bob", "carol"])


def commit_of_removes(step: Steps) -> None:
    step("createGroup", "alice", members=FIVE)
    own, others = step("removeProposal", "bob", removed="carol"), step("removeProposal", "alice", removed="dave")
    by_value = [{"proposalType": "remove", "removed": "erin"}]
    step("fullCommit", "bob", byReference=[own, others], byValue=by_value, members=["alice"])


def commit_of_updates(step: Steps) -> None:
    step("createGroup", "alice", members=["bob", "carol"])
    updates = [step("updateProposal", "bob"), step("updateProposal", "carol")]
    step("fullCommit", "alice", byReference=updates, members=["bob", "carol"])
    step("fullCommit", "carol", members=["alice", "bob"])


def commit_of_group_context_extensions(step: Steps) -> None:
    step("createGroup", "alice", members=["bob"])
    own = step("groupContextExtensionsProposal", "alice", extensions=EXTENSIONS)
    step("fullCommit", "alice", byReference=[own], members=["bob"])
    others = step("groupContextExtensionsProposal", "bob", extensions=[])
    step("fullCommit", "alice", byReference=[others], members=["bob"])
    by_value = [{"proposalType": "groupContextExtensions", "extensions": [NOTHING_REQUIRED]}]
    step("fullCommit", "bob", byValue=by_value, members=["alice"])


def commit_of_external_psks(step: Steps) -> None:
    step("createGroup", "alice", members=["bob"])
    first, second, third = (step("installExternalPSK", clients=["alice", "bob"]) for _ in range(3))
    for force_path in (True, False):
        named = [
            step("externalPSKProposal", "bob", pskID=first),
            step("externalPSKProposal", "alice", pskID=second),
        ]
        by_value = [{"proposalType": "externalPSK", "pskID": third}]
        step("fullCommit", "alice", byReference=named, byValue=by_value, members=["bob"], force_path=force_path)


def commit_of_resumption_psks(step: Steps) -> None:
    step("createGroup", "alice", members=["bob"])
    step("fullCommit", "bob", members=["alice"])
    step("fullCommit", "alice", members=["bob"])
    named = [
        step("resumptionPSKProposal", "alice", epochID=1),
        step("resumptionPSKProposal", "bob", epochID=2),
    ]
    by_value = [{"proposalType": "resumptionPSK", "epochID": 3}]
    step("fullCommit", "alice", byReference=named, byValue=by_value, members=["bob"])


def commit_of_everything(step: Steps) -> None:
    """Those whom it adds cannot join: they do not have the key of the past epoch."""
    step("createGroup", "alice", members=["bob", "carol", "dave"])
    keys = [step("installExternalPSK", clients=["alice", "bob"]) for _ in range(2)]
    erin, frank = step("createKeyPackage", "erin"), step("createKeyPackage", "frank")
    step("fullCommit", "alice", members=["bob", "carol", "dave"])
    named = [
        step("addProposal", "bob", keyPackage=erin),
        step("removeProposal", "alice", removed="carol"),
        step("groupContextExtensionsProposal", "bob", extensions=EXTENSIONS),
        step("updateProposal", "bob"),
        step("externalPSKProposal", "bob", pskID=keys[0]),
        step("resumptionPSKProposal", "alice", epochID=1),
    ]
    by_value = [
        {"proposalType": "add", "keyPackage": frank},
        {"proposalType": "remove", "removed": "dave"},
        {"proposalType": "externalPSK", "pskID": keys[1]},
        {"proposalType": "resumptionPSK", "epochID": 2},
    ]
    step("fullCommit", "alice", byReference=named, byValue=by_value, members=["bob"])


# Joining by a commit


def external_join(step: Steps) -> None:
    step("createGroup", "alice")
    step("externalJoin", "alice", joiner="bob")
    step("fullCommit", "bob", members=["alice"])


def external_join_with_a_psk(step: Steps) -> None:
    step("createGroup", "alice", members=["carol"])
    keys = [step("installExternalPSK", clients=["alice", "carol"]) for _ in range(2)]
    step("externalJoin", "alice", joiner="bob", members=["carol"], psks=keys)


def external_join_in_place_of_an_old_leaf(step: Steps) -> None:
    step("createGroup", "alice", members=["bob", "carol"])
    step("externalJoin", "carol", joiner="bob", members=["alice"], removePrior=True)
    step("fullCommit", "alice", members=["bob", "carol"])


def external_join_with_the_tree_beside_it(step: Steps) -> None:
    step("createGroup", "alice", members=["bob"])
    step("externalJoin", "bob", joiner="carol", members=["alice"], externalTree=True)
    step("externalJoin", "alice", joiner="bob", members=["carol"], externalTree=True, removePrior=True)


def external_join_of_many(step: Steps) -> None:
    step("createGroup", "alice", members=["bob", "carol"])
    step("externalJoin", "carol", joiner="dave", members=["alice", "bob"])
    step("externalJoin", "dave", joiner="erin", members=["alice", "bob", "carol"])


# Application data


def _said(step: Steps, actor: str, *plaintexts: str) -> list[int]:
    return [step("protect", actor, authenticatedData=f"about {each}", plaintext=each) for each in plaintexts]


def _heard(step: Steps, actor: str, said: list[int]) -> None:
    for each in said:
        step("unprotect", actor, ciphertext=each)


def application_data_in_order(step: Steps) -> None:
    step("createGroup", "alice", members=["bob", "carol"])
    said = _said(step, "alice", "one", "two", "three")
    for member in ("bob", "carol"):
        _heard(step, member, said)


def application_data_out_of_order(step: Steps) -> None:
    step("createGroup", "alice", members=["bob", "carol"])
    said = _said(step, "carol", "one", "two", "", "three")
    for member in ("alice", "bob"):
        _heard(step, member, said[::-1])


def application_data_out_of_order_across_epochs(step: Steps) -> None:
    step("createGroup", "alice", members=["bob"])
    before = _said(step, "alice", "one", "two")
    step("fullCommit", "alice", members=["bob"])
    between = _said(step, "alice", "three")
    step("fullCommit", "bob", members=["alice"])
    after = _said(step, "alice", "four", "five")
    _heard(step, "bob", [*after[::-1], *between, *before[::-1]])


# Branches


def _branched(step: Steps, **how: Any) -> None:
    step("createGroup", "alice", members=FIVE)
    step("branch", "bob", members=["alice", "dave", "erin"], **how)
    step("fullCommit", "erin", members=["alice", "bob", "dave"])


def branch(step: Steps) -> None:
    _branched(step)


def branch_with_extensions(step: Steps) -> None:
    _branched(step, extensions=EXTENSIONS)


def branch_with_the_tree_beside_the_welcome(step: Steps) -> None:
    _branched(step, externalTree=True)


def branch_with_a_path(step: Steps) -> None:
    _branched(step, forcePath=True)


# ReInit


def _reinitialised(step: Steps, **how: Any) -> None:
    step("createGroup", "alice", members=FIVE)
    step("reinit", proposer="alice", committer="bob", welcomer="carol", members=["dave", "erin"], **how)
    step("fullCommit", "dave", members=["alice", "bob", "carol", "erin"])


def reinit_with_another_cipher_suite(step: Steps) -> None:
    _reinitialised(step, changeCipherSuite=True)


def reinit_with_another_group_id(step: Steps) -> None:
    _reinitialised(step, changeGroupID=True)


def reinit_with_other_extensions(step: Steps) -> None:
    _reinitialised(step, extensions=EXTENSIONS)


def reinit_by_one_for_all(step: Steps) -> None:
    step("createGroup", "alice", members=FIVE)
    step("reinit", proposer="alice", committer="alice", welcomer="alice", members=FIVE, changeGroupID=True)


def reinit_with_the_tree_beside_the_welcome(step: Steps) -> None:
    _reinitialised(step, changeGroupID=True, externalTree=True)


def reinit_with_a_path(step: Steps) -> None:
    _reinitialised(step, changeGroupID=True, forcePath=True)


# Proposals from outside


def external_proposal_to_be_added(step: Steps) -> None:
    step("createGroup", "alice", members=["carol"])
    asked = step("newMemberAddProposal", "carol", joiner="bob")
    step("fullCommit", "alice", byReference=[asked], members=["carol"], joiners=["bob"])


def _signed_outside(step: Steps) -> None:
    step("createGroup", "alice", members=["bob", "carol"])
    listed = step("addExternalSigner", "alice", signer="signer")
    step("fullCommit", "bob", byReference=[listed], members=["alice", "carol"])


def external_proposal_to_add(step: Steps) -> None:
    _signed_outside(step)
    dave = step("createKeyPackage", "dave")
    description = {"proposalType": "add", "keyPackage": dave}
    asked = step("externalSignerProposal", "signer", member="alice", description=description)
    step("fullCommit", "carol", byReference=[asked], members=["alice", "bob"], joiners=["dave"])


def external_proposal_to_remove(step: Steps) -> None:
    _signed_outside(step)
    description = {"proposalType": "remove", "removed": "bob"}
    asked = step("externalSignerProposal", "signer", member="alice", description=description)
    step("fullCommit", "alice", byReference=[asked], members=["carol"])


def external_proposals_of_psks(step: Steps) -> None:
    _signed_outside(step)
    key = step("installExternalPSK", clients=["alice", "bob", "carol"])
    named = [
        step("externalSignerProposal", "signer", member="alice", description=description)
        for description in (
            {"proposalType": "externalPSK", "pskID": key},
            {"proposalType": "resumptionPSK", "epochID": 2},
        )
    ]
    step("fullCommit", "alice", byReference=named, members=["bob", "carol"])


def external_proposal_of_group_context_extensions(step: Steps) -> None:
    _signed_outside(step)
    description = {"proposalType": "groupContextExtensions", "extensions": [NOTHING_REQUIRED]}
    asked = step("externalSignerProposal", "signer", member="carol", description=description)
    step("fullCommit", "alice", byReference=[asked], members=["bob", "carol"])


def external_proposals_of_two(step: Steps) -> None:
    step("createGroup", "alice", members=["bob"])
    for signer in ("first", "second"):
        listed = step("addExternalSigner", "alice", signer=signer)
        step("fullCommit", "alice", byReference=[listed], members=["bob"])
    keys = [step("installExternalPSK", clients=["alice", "bob"]) for _ in range(2)]
    named = [
        step(
            "externalSignerProposal",
            signer,
            member="alice",
            description={"proposalType": "externalPSK", "pskID": key},
        )
        for signer, key in zip(("second", "first"), keys, strict=True)
    ]
    step("fullCommit", "bob", byReference=named, members=["alice"])


def external_proposal_of_reinit(step: Steps) -> None:
    _signed_outside(step)
    description = {
        "proposalType": "reinit",
        "changeGroupID": True,
        "changeCipherSuite": True,
        "extensions": [NOTHING_REQUIRED],
    }
    asked = step("externalSignerProposal", "signer", member="alice", description=description)
    step("reinit", externalReinitProposal=asked, committer="alice", welcomer="bob", members=["carol"], forcePath=True)


CONFIGURATIONS: Mapping[str, tuple[Writer, ...]] = {
    "welcome_join": (
        welcome_join_without_a_path,
        welcome_join_with_a_path,
        welcome_join_with_a_psk,
        welcome_join_with_the_tree_beside_it,
        welcome_join_step_by_step,
    ),
    "commit": (
        commit_of_nothing,
        commit_of_adds,
        commit_of_adds_with_a_path,
        commit_of_removes,
        commit_of_updates,
        commit_of_group_context_extensions,
        commit_of_external_psks,
        commit_of_resumption_psks,
        commit_of_everything,
    ),
    "external_join": (
        external_join,
        external_join_with_a_psk,
        external_join_in_place_of_an_old_leaf,
        external_join_with_the_tree_beside_it,
        external_join_of_many,
    ),
    "application": (
        application_data_in_order,
        application_data_out_of_order,
        application_data_out_of_order_across_epochs,
    ),
    "branch": (branch, branch_with_extensions, branch_with_the_tree_beside_the_welcome, branch_with_a_path),
    "reinit": (
        reinit_with_another_cipher_suite,
        reinit_with_another_group_id,
        reinit_with_other_extensions,
        reinit_by_one_for_all,
        reinit_with_the_tree_beside_the_welcome,
        reinit_with_a_path,
    ),
    "external_proposals": (
        external_proposal_to_be_added,
        external_proposal_to_add,
        external_proposal_to_remove,
        external_proposals_of_psks,
        external_proposal_of_group_context_extensions,
        external_proposals_of_two,
        external_proposal_of_reinit,
    ),
}
"""The scripts of each of the working group's configurations."""


def written(writer: Writer) -> Steps:
    """The script that a writer writes."""
    steps = Steps()
    writer(steps)
    return steps
