"""Every validation rule of RFC 9420, with where it is checked and the tests that hold it."""

from __future__ import annotations

from tests.mls.group import test_external_commits, test_joining, test_key_package_lifetimes, test_key_packages
from tests.mls.group.test_insiders import test_a_commit_that_breaks_none_is_followed
from tests.mls.tree import test_leaf_node
from tests.rfc.rules import authentication, commits, joining, objects, own_output, proposals, trees
from tests.rfc.rules.rule import Allowance, Check, ForApplications, Rule, case, refuses
from workbench.mls.crypto import certificates
from workbench.mls.errors import (
    BeforeJoining,
    EpochDeleted,
    InvalidCommit,
    InvalidCredential,
    InvalidGroupInfo,
    InvalidMessage,
    InvalidProposal,
    InvalidTag,
    KeyExpired,
    RefusedByPolicy,
    TooManyProposals,
)
from workbench.mls.group import framing, proposal_list, public_commit, public_observer
from workbench.mls.schedule import secret_tree

GROUPS: dict[str, tuple[Rule, ...]] = {
    "Bytes": objects.BYTES,
    "Credentials": authentication.CREDENTIALS,
    "When a credential is validated": authentication.AUTHENTICATION,
    "Leaf nodes": objects.LEAF_NODES,
    "Key packages": objects.KEY_PACKAGES,
    "Extensions": objects.EXTENSIONS,
    "Ratchet trees": trees.TREES,
    "Paths": trees.PATHS,
    "Proposals, one by one": proposals.ALONE,
    "Proposals of a member's commit": proposals.TOGETHER,
    "Proposals of a newcomer's commit": proposals.BY_A_NEWCOMER,
    "Framing": commits.FRAMING,
    "Commits": commits.COMMITS,
    "GroupInfo": joining.GROUP_INFOS,
    "Welcome": joining.WELCOMES,
    "Groups that come from another": joining.SUCCESSORS,
    "What we send ourselves": own_output.OWN_OUTPUT,
}

X509 = "what this Authentication Service asks of a certificate, beyond MLS"
POLICY = "what an application decides"

RULES: dict[str, Rule] = {rule.name: rule for rules in GROUPS.values() for rule in rules}

ALLOWANCES = (
    Allowance(
        "§12.2",
        "A newcomer's commit holds any number of pre-shared keys.",
        test_external_commits.test_a_newcomer_may_commit_what_is_its_own_to_commit,
        openmls=("0403",),
    ),
    Allowance(
        "§7.2",
        "Capabilities hold values that nobody knows.",
        test_leaf_node.test_capabilities_that_we_do_not_know_are_no_fault,
    ),
    Allowance(
        "§13.4",
        "A leaf node has extensions that nobody but its client knows.",
        test_leaf_node.test_a_leaf_node_may_have_extensions_that_it_says_it_supports,
    ),
    Allowance(
        "§13.4",
        "A key package has extensions that only its client knows.",
        test_key_packages.test_a_key_package_may_have_extensions_that_only_its_client_knows,
    ),
    Allowance(
        "§13.4",
        "A key package has extensions that its capabilities do not list: who receives it ignores them.",
        case(test_a_commit_that_breaks_none_is_followed, name="an Add with extensions that its client does not list"),
    ),
    Allowance(
        "§7.3",
        "A member reads late what was sent in time.",
        test_key_package_lifetimes.test_a_member_that_was_away_for_eight_days_follows_past_the_end_of_a_newcomer,
    ),
    Allowance(
        "§13.4",
        "A GroupInfo has extensions that its reader does not know.",
        test_joining.test_extensions_of_a_group_info_that_we_do_not_know_are_ignored,
    ),
    Allowance(
        "§12.2",
        "A client is added in the commit that removes its old leaf.",
        case(test_a_commit_that_breaks_none_is_followed, name="a member that goes and comes back"),
    ),
)

FOR_APPLICATIONS = (
    ForApplications(
        "§5.3.1",
        "The identities that a credential presents are those that the application expects of a member.",
        "only the application knows whom it expects; `presented_identities` says whom a credential presents. "
        "`client.Device` compares them with the user whose key package it asked for",
    ),
    ForApplications(
        "§12.4.3.1",
        "A client is not in another group of the same id.",
        "a state is of one group; the client knows in which groups it is. `client.Device` refuses such a Welcome, "
        "and one that would take it back to an epoch before its removal",
        openmls=("1403",),
    ),
)

NO_RULES: dict[str | Check, str] = {
    "workbench/mls/wire/codec.py": "bytes that are no encoding",
    "workbench/mls/wire/lazy.py": "bytes that are no encoding",
    "workbench/mls/wire/lengths.py": "a length that is no encoding",
    "workbench/mls/wire/shapes.py": "a struct of our own that is not declared as it should be",
    "workbench/mls/value.py": "a value whose field is set after it was made",
    "workbench/mls/group/proposal_store.py": "a reference that a mapping does not have",
    "workbench/mls/group/stored_state.py": "a state that its own member has written down, and that does not read back",
    "workbench/mls/crypto/primitives.py": "a key of an algorithm that its own standard does not accept",
    refuses(certificates.validate_chain, InvalidCredential, "presents no identity"): X509,
    refuses(certificates.validate_chain, InvalidCredential, "keys that sign"): X509,
    refuses(certificates._is_for, InvalidCredential, "not readable"): X509,
    refuses(certificates.load_chain, InvalidCredential, "are read here"): "a limit, as path validation software has it",
    refuses(certificates._verified_path, InvalidCredential, "none was named"): "an application that trusts nobody",
    refuses(proposal_list._replaced_by_newcomer, RefusedByPolicy, "replaces an old leaf"): POLICY,
    refuses(proposal_list.validate_proposals, RefusedByPolicy, "joins by a commit"): POLICY,
    refuses(secret_tree._check_limits, KeyExpired, "steps behind"): POLICY,
    refuses(framing._epoch_of, BeforeJoining, "never had the keys"): "a message that the member has no key for",
    refuses(public_commit.process_public_proposal, TooManyProposals, "this is one more"): POLICY,
    refuses(framing._epoch_of, EpochDeleted, "its keys are deleted"): POLICY,
    refuses(public_observer._compare, InvalidGroupInfo, "a fork"): "an observer's view that has gone astray",
    refuses(public_observer._compare, InvalidTag, "changed on its way"): "an observer's view that has gone astray",
    refuses(
        public_commit.process_public_proposal, InvalidProposal, "is not a proposal"
    ): "content not sorted by its caller",
    refuses(public_commit.process_public_commit, InvalidCommit, "is not a commit"): "content not sorted by its caller",
    refuses(framing.sender_leaf, InvalidMessage, "only a member"): "what framing has refused before",
}
"""Refusals that are no rule of the RFC, all of a file or one statement, and what they are."""

OPENMLS: dict[str, int] = {
    "leaf node": 13,
    "key package": 5,
    "proposals of a member's commit": 12,
    "proposals of a newcomer's commit": 8,
    "Add": 1,
    "Update": 1,
    "Remove": 1,
    "PreSharedKey": 3,
    "ReInit": 1,
    "GroupContextExtensions": 1,
    "path": 1,
    "commit": 9,
    "framing": 7,
    "Welcome": 14,
    "external proposal": 4,
    "place of extensions": 4,
}
"""How many rules each group of OpenMLS's catalogue has, in the order of its numbers."""


def openmls_numbers() -> list[str]:
    """All numbers of OpenMLS's catalogue: two digits for the group, two for the rule."""
    return [f"{group:02}{rule:02}" for group, count in enumerate(OPENMLS.values(), 1) for rule in range(1, count + 1)]
