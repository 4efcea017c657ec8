"""Proposals that are valid one by one and not together: a committer takes those that fit, whoever sent the others."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from tests.mls.group.scenario import NOW, group_of
from tests.mls.tree.people import leaf_of, names, tree_of_members
from workbench.mls import (
    Add,
    Capabilities,
    CustomProposal,
    Extension,
    ExternalPSK,
    GroupContextExtensions,
    KeyPackage,
    LeafIndex,
    LeafNode,
    PreSharedKey,
    PreSharedKeyID,
    RatchetTree,
    Remove,
    RequiredCapabilities,
    SentProposal,
    Update,
    create_commit,
    default_capabilities,
    encode,
    propose_self_add,
)
from workbench.mls.errors import InvalidProposalList, Violation
from workbench.mls.group.applied_proposals import apply_proposals
from workbench.mls.group.proposal_selection import select_proposals, select_valid_proposals
from workbench.mls.group.public_group import AnyProposal, ProposalSender
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.messages import NewMemberProposalSender
from workbench.mls.wire.tree import UpdateSource

NEW, CUSTOM = 0xF001, 0xF042
ABLE = replace(default_capabilities(), extensions=(NEW,), proposals=(CUSTOM,))
TREE = tree_of_members(names(3))
FOUNDER = LeafIndex(0)


def asks_for(*extension_types: int) -> GroupContextExtensions:
    required = RequiredCapabilities(extension_types, (), ())
    return GroupContextExtensions((Extension(ExtensionType.required_capabilities, encode(required)),))


def client(name: str, *, keys: str | None = None, capabilities: Capabilities = ABLE) -> LeafNode:
    return leaf_of(name, keys=keys, capabilities=capabilities)


def add(leaf_node: LeafNode) -> Add:
    return Add(KeyPackage(1, 1, b"init key", leaf_node, (), b""))  # type: ignore[arg-type] # an int for its enum


def update(leaf: int, **options: str) -> Update:
    leaf_node = client(f"member {leaf}", **{"keys": f"new {leaf}", **options})  # type: ignore[arg-type] # names
    return Update(replace(leaf_node, leaf_node_source=UpdateSource()))


def sent(*proposals: AnyProposal, sender: ProposalSender = FOUNDER) -> tuple[SentProposal, ...]:
    return tuple(SentProposal(each, sender, repr(each).encode()) for each in proposals)


def selected(*pending: SentProposal, by_value: tuple[SentProposal, ...] = (), tree: RatchetTree = TREE) -> object:
    return select_valid_proposals(tree, (), pending, by_value)


def test_a_key_of_a_member_is_nobody_elses_though_its_update_keeps_it() -> None:
    own, stranger = client("stranger"), add(client("an attacker", keys="member 0"))
    (renewed,) = sent(update(1), sender=LeafIndex(1))
    (leaked,) = sent(update(2, keys="new 1"), sender=LeafIndex(2))
    kept, refused = sent(add(own), stranger)
    assert selected(renewed, leaked, kept, refused) == (renewed, kept)


def test_new_extensions_are_taken_if_the_updates_bring_what_they_ask_for_and_who_cannot_follow_is_not_added() -> None:
    updates = tuple(sent(update(leaf), sender=LeafIndex(leaf))[0] for leaf in range(3))
    able, unable = sent(add(client("able")), add(client("unable", capabilities=default_capabilities())))
    (wanted,) = sent(asks_for(NEW))
    assert selected(unable, wanted, able, *updates) == (wanted, able, *updates)
    assert selected(unable, wanted, able, *updates[1:]) == (unable, able, *updates[1:])


def test_extensions_that_are_given_by_value_leave_out_who_cannot_follow() -> None:
    tree = tree_of_members(["member 0"]).update(LeafIndex(0), client("member 0"))
    able, unable = sent(add(client("able")), add(client("unable", capabilities=default_capabilities())))
    assert selected(able, unable, by_value=sent(asks_for(NEW)), tree=tree) == (able,)


def test_a_credential_that_others_cannot_check_is_left_out() -> None:
    only_x509 = replace(ABLE, credentials=(2,))
    able, unable = sent(add(client("able")), add(client("unable", capabilities=only_x509)))
    assert selected(able, unable) == (able,)


def test_a_custom_proposal_is_left_out_if_a_member_who_stays_does_not_list_its_type() -> None:
    tree = tree_of_members(["member 0"]).update(LeafIndex(0), client("member 0"))
    custom, psk = sent(CustomProposal(CUSTOM, b""), PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), b"")))
    unfit, gone = sent(add(client("member 0")), Remove(LeafIndex(1)))
    assert selected(unfit, custom, psk, tree=tree) == (custom, psk)
    with_another, _ = tree.add(client("other", capabilities=default_capabilities()))
    assert selected(unfit, custom, psk, tree=with_another) == (psk,)
    assert selected(unfit, custom, psk, gone, tree=with_another) == (custom, psk, gone)


def test_what_the_committer_gives_by_value_comes_first() -> None:
    mine, theirs = sent(add(client("mine", keys="key")), add(client("theirs", keys="key")))
    others = sent(add(client("another")))
    assert selected(theirs, *others, by_value=(mine,)) == others
    assert selected(*others, by_value=sent(add(client("member 0")))) == ()
    alone = tree_of_members(["member 0"])
    assert selected(theirs, mine, by_value=sent(Remove(FOUNDER)), tree=alone) == ()


def test_a_commit_that_can_never_be_says_why_and_not_that_others_have_proposed_something() -> None:
    scenario = group_of("Alice")
    newcomer = scenario.bundle("Bob")
    request = propose_self_add(
        newcomer.key_package, newcomer.signature_private_key, scenario.suite, b"the group", epoch=0, now=NOW
    )
    scenario.deliver(request, "Bob")
    state = scenario.states["Alice"]
    with pytest.raises(InvalidProposalList, match="the committer removes itself"):
        create_commit(state, [Remove(LeafIndex(0))], approved=[*state.proposals], entropy=bytes(32), now=NOW)


def fits(*proposals: SentProposal) -> bool:
    try:
        apply_proposals(TREE, (), proposals)
    except Violation:
        return False
    return True


def drawn(rng: Random) -> SentProposal:
    """A proposal that may have a key, or lack a capability, of which others depend."""
    capabilities = rng.choice((ABLE, ABLE, default_capabilities(), replace(ABLE, credentials=(2,))))
    keys, name = f"key {rng.randrange(6)}", rng.choice(("member 0", *(f"client {each}" for each in range(6))))
    leaf = LeafIndex(rng.randrange(1, 3))
    match rng.randrange(6):
        case 0:
            renewed = Update(client(f"member {leaf}", keys=keys, capabilities=capabilities))
            return SentProposal(renewed, leaf, rng.randbytes(8))
        case 1 if rng.random() < 1 / 2:
            return SentProposal(Remove(leaf), FOUNDER, rng.randbytes(8))
        case 2:
            return SentProposal(asks_for(*rng.choice(((), (NEW,)))), FOUNDER, rng.randbytes(8))
        case 3:
            return SentProposal(CustomProposal(CUSTOM, b""), FOUNDER, rng.randbytes(8))
        case _:
            leaf_node = client(name, keys=keys, capabilities=capabilities)
            return SentProposal(add(leaf_node), NewMemberProposalSender(), rng.randbytes(8))


@pytest.mark.parametrize("seed", range(200))
def test_whatever_is_pending_what_is_selected_fits_and_no_further_add_would(seed: int) -> None:
    rng = Random(seed)  # noqa: S311 - to be the same each time is the point
    pending = select_proposals([drawn(rng) for _ in range(rng.randrange(1, 12))], (), FOUNDER)
    chosen = select_valid_proposals(TREE, (), pending, ())
    assert fits(*chosen)
    further = [each for each in pending if each not in chosen and isinstance(each.proposal, Add)]
    assert not any(fits(*chosen, each) for each in further)
