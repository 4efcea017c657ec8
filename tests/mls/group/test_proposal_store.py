"""The store of proposals that wait for a commit: a value like a dict, which shares its parts with the next one."""

from __future__ import annotations

import pytest

from workbench.mls import LeafIndex, Remove, SentProposal
from workbench.mls.group.proposal_store import ProposalStore
from workbench.mls.wire.messages import NewMemberProposalSender


def sent(number: int) -> SentProposal:
    """The proposals of two members by turns, and one in ten of somebody outside."""
    outside = number % 10 == 0
    return SentProposal(Remove(number), NewMemberProposalSender() if outside else LeafIndex(number % 2))


def named(number: int) -> bytes:
    return b"reference %d" % number


def stores(count: int) -> list[ProposalStore]:
    """The store after each proposal."""
    found = [ProposalStore({})]
    for number in range(count):
        found.append(found[-1].having(named(number), sent(number)))
    return found


def test_each_store_is_equal_to_the_dict_in_the_same_order() -> None:
    for count, store in enumerate(stores(70)):
        expected = {named(number): sent(number) for number in range(count)}
        assert store == expected
        assert expected == store
        assert (len(store), list(store.items()), repr(store)) == (count, list(expected.items()), repr(expected))
        for sender in (LeafIndex(0), LeafIndex(1), NewMemberProposalSender()):
            assert store.number_from(sender) == sum(each.sender == sender for each in expected.values())


def test_two_stores_that_come_from_one_do_not_disturb_each_other() -> None:
    before = stores(5)[-1]
    one, other = before.having(b"one", sent(1)), before.having(b"other", sent(2))
    assert (len(before), b"one" in other, b"other" in one) == (5, False, False)


def test_a_proposal_that_comes_again_changes_nothing() -> None:
    store = stores(3)[-1]
    assert store.having(named(1), sent(1)) is store


def test_a_reference_that_nobody_sent_is_not_in_it() -> None:
    with pytest.raises(KeyError):
        stores(3)[-1][b"another reference"]


def test_a_dict_becomes_a_store_once() -> None:
    store = ProposalStore.of({named(1): sent(1)})
    assert dict(store) == {named(1): sent(1)}
    assert store.number_from(LeafIndex(1)) == 1
    assert ProposalStore.of(store) is store


def test_so_many_proposals_copy_few_entries() -> None:
    """A dict for each state would hold half a million entries in all."""
    kept = stores(1000)
    parts = {id(part): len(part.proposals) for store in kept for part in store._parts}
    assert sum(parts.values()) < 12_000
