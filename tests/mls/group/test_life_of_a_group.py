"""What a group is for: all members agree, newcomers get in, the removed are out (RFC 9420 §11 to §15)."""

from __future__ import annotations

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.scenario import NOW, group_of
from workbench.mls import (
    CIPHER_SUITES,
    Add,
    ApplicationMessage,
    ExternalPSK,
    Framing,
    GroupContextExtensions,
    PreSharedKey,
    PreSharedKeyID,
    Remove,
    Removed,
    ResumptionPSK,
    create_commit,
    encode,
    group_info,
    join,
    process,
)
from workbench.mls.errors import GroupInactive, InvalidProposalList, KeyAlreadyUsed, OwnMessage, WrongEpoch
from workbench.mls.tree.tree_math import leaf_to_node
from workbench.mls.wire.code_points import ResumptionPSKUsage
from workbench.mls.wire.messages import GroupInfo, PublicMessage
from workbench.mls.wire.proposals import Commit
from workbench.mls.wire.tree import RatchetTreeExtension


@pytest.mark.parametrize("suite", sorted(CIPHER_SUITES))
def test_a_group_lives_through_adds_updates_removes_and_messages_in_every_suite(suite: int) -> None:
    scenario = group_of("Alice", "Bob", "Carol", suite=suite)
    assert_agreement(scenario)
    scenario.commit("Bob")
    assert_agreement(scenario)
    scenario.propose_update("Carol")
    scenario.commit("Alice", adds=["Dave"])
    assert_agreement(scenario)
    scenario.commit("Dave", Remove(scenario.leaf("Bob")))
    assert_agreement(scenario)
    received = scenario.deliver(scenario.send("Carol", b"hello"), "Carol")
    said = ApplicationMessage(scenario.leaf("Carol"), b"hello", b"", scenario.states["Carol"].epoch)
    assert received == {"Alice": said, "Dave": said}


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
def test_handshake_messages_travel_in_the_clear_or_sealed(*, private: bool) -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    scenario.propose_update("Carol", framing=Framing(private=private, padding=32))
    scenario.commit("Bob", framing=Framing(private=private, padding=16))
    assert_agreement(scenario)


def test_a_newcomer_joins_with_the_tree_from_elsewhere() -> None:
    scenario = group_of("Alice", "Bob")
    bundle = scenario.bundle("Carol")
    committed = scenario.commit("Alice", Add(bundle.key_package), ratchet_tree=False)
    tree = RatchetTreeExtension(committed.next.tree.to_nodes())
    scenario.states["Carol"] = join(encode(committed.welcome), bundle, ratchet_tree=tree, now=NOW)
    assert_agreement(scenario)


def test_a_commit_of_adds_alone_may_leave_out_the_path() -> None:
    scenario = group_of("Alice", "Bob")
    committed = scenario.commit("Alice", adds=["Carol"], path=False)
    public = committed.message.message
    assert isinstance(public, PublicMessage)
    assert isinstance(public.content.content, Commit)
    assert public.content.content.path is None
    assert_agreement(scenario)
    scenario.commit("Carol")
    assert_agreement(scenario)


def test_a_path_that_the_proposals_need_is_never_left_out() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    assert scenario.commit("Alice", path=False).advanced.with_path
    scenario.propose("Bob", Remove(scenario.leaf("Carol")))
    assert scenario.commit("Alice", path=False).advanced.with_path
    assert_agreement(scenario)


def test_of_the_pending_proposals_those_are_committed_that_are_named_in_their_order() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    dave, erin, frank = (scenario.bundle(name) for name in ("Dave", "Erin", "Frank"))
    for bundle in (dave, erin, frank):
        scenario.propose("Bob", Add(bundle.key_package))
    _, second, third = scenario.states["Alice"].proposals
    committed = scenario.commit("Alice", by_reference=[third, second])
    assert [sent.proposal for sent in committed.advanced.proposals] == [Add(frank.key_package), Add(erin.key_package)]
    assert_agreement(scenario)
    assert not scenario.states["Bob"].proposals


def test_proposals_that_are_named_must_all_fit() -> None:
    scenario = group_of("Alice", "Bob")
    scenario.propose_update("Alice")
    with pytest.raises(InvalidProposalList):
        scenario.commit("Alice", by_reference=[*scenario.states["Alice"].proposals])
    assert not scenario.commit("Alice").advanced.proposals


def test_a_removed_member_cannot_derive_the_next_epoch() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    bob = scenario.states["Bob"]
    committed = create_commit(
        scenario.states["Alice"], [Remove(scenario.leaf("Bob"))], entropy=next(scenario.entropy), now=NOW
    )
    after, event = process(bob, encode(committed.message), now=NOW)
    assert isinstance(event, Removed)
    assert after.epoch == bob.epoch
    with pytest.raises(GroupInactive):
        create_commit(after, entropy=next(scenario.entropy), now=NOW)
    following = create_commit(committed.next, entropy=next(scenario.entropy), now=NOW)
    with pytest.raises(WrongEpoch):
        process(after, encode(following.message), now=NOW)


def test_a_removed_member_still_reads_what_came_late_in_its_last_epoch() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    late = scenario.send("Carol", b"before you go")
    committed = create_commit(
        scenario.states["Alice"], [Remove(scenario.leaf("Bob"))], entropy=next(scenario.entropy), now=NOW
    )
    bob, _ = process(scenario.states["Bob"], encode(committed.message), now=NOW)
    _, event = process(bob, encode(late), now=NOW)
    assert isinstance(event, ApplicationMessage)
    assert event.application_data == b"before you go"


def test_messages_may_arrive_in_any_order_and_each_only_once() -> None:
    scenario = group_of("Alice", "Bob")
    messages = [scenario.send("Alice", text) for text in (b"one", b"two", b"three")]
    bob = scenario.states["Bob"]
    for message in (messages[2], messages[0], messages[1]):
        bob, _ = process(bob, encode(message), now=NOW)
    for message in messages:
        with pytest.raises(KeyAlreadyUsed):
            process(bob, encode(message), now=NOW)


def test_own_messages_are_recognised() -> None:
    scenario = group_of("Alice", "Bob")
    message = scenario.send("Alice", b"echo")
    with pytest.raises(OwnMessage):
        process(scenario.states["Alice"], encode(message), now=NOW)
    committed = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW)
    with pytest.raises(OwnMessage):
        process(scenario.states["Alice"], encode(committed.message), now=NOW)


def test_pre_shared_keys_are_mixed_in() -> None:
    scenario = group_of("Alice", "Bob")
    suite = scenario.suite
    external = PreSharedKey(PreSharedKeyID(ExternalPSK(b"over lunch"), bytes(suite.hash_length)))
    resumption = PreSharedKey(
        PreSharedKeyID(ResumptionPSK(ResumptionPSKUsage.application, b"the group", 1), bytes(suite.hash_length))
    )
    committed = create_commit(
        scenario.states["Alice"],
        [external, resumption],
        entropy=next(scenario.entropy),
        now=NOW,
        psks={b"over lunch": b"fish"},
        path=False,
    )
    followed, _ = process(scenario.states["Bob"], encode(committed.message), now=NOW, psks={b"over lunch": b"fish"})
    assert followed.secrets == committed.next.secrets


def test_the_groups_extensions_are_replaced() -> None:
    scenario = group_of("Alice", "Bob")
    scenario.commit("Alice", GroupContextExtensions(()))
    assert_agreement(scenario)


def test_an_update_by_reference_heals_its_sender() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    before = scenario.states["Bob"].private_keys
    scenario.propose_update("Bob")
    scenario.commit("Alice")
    assert_agreement(scenario)
    assert scenario.states["Bob"].private_keys[leaf_to_node(scenario.leaf("Bob"))] not in before.values()


def test_a_commit_that_lost_is_dropped_without_a_trace() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    loser = create_commit(
        scenario.states["Bob"], entropy=next(scenario.entropy), now=NOW, framing=Framing(private=True)
    )
    scenario.states["Bob"] = loser.current
    scenario.commit("Alice")
    assert_agreement(scenario)


def test_the_same_seed_makes_the_same_bytes() -> None:
    first, second = (group_of("Alice", "Bob", "Carol").commit("Bob") for _ in range(2))
    assert encode(first.message) == encode(second.message)
    assert first.next == second.next


def test_a_group_grows_and_shrinks() -> None:
    scenario = group_of("0")
    for number in range(1, 9):
        scenario.commit(str(number - 1), adds=[str(number)])
        assert_agreement(scenario)
    for number in range(8, 3, -1):
        scenario.commit("0", Remove(scenario.leaf(str(number))))
        assert_agreement(scenario)
    assert scenario.states["0"].tree.leaf_count == 4


def test_a_group_info_names_its_epoch() -> None:
    scenario = group_of("Alice", "Bob")
    info = group_info(scenario.states["Alice"]).message
    assert isinstance(info, GroupInfo)
    assert info.group_context == scenario.states["Bob"].context
