"""What lets an attacker in when somebody joins by a commit, and what a pre-shared key keeps from it."""

from __future__ import annotations

from tests.adversary.test_attacker import check_every_claim, epochs, four, texts
from workbench.lab import World


def with_erin() -> World:
    """Alice, Bob, Carol and Dave in epoch 1, and Erin outside."""
    world = four()
    world.device("Erin")
    return world


def test_it_follows_a_newcomers_commit_with_the_leaked_external_secret() -> None:
    world = with_erin()
    world.compromise("Bob")
    world.join("Erin")
    world.send("Erin", "hello")
    assert (texts(world), epochs(world)) == (["hello"], [1, 2])
    check_every_claim(world)


def test_it_enters_a_newcomers_epoch_only_with_secrets_of_the_epoch_before() -> None:
    world = with_erin()
    world.remove("Alice", "Dave")
    world.join("Erin")
    world.compromise("Dave")
    world.send("Erin", "hello")
    assert (texts(world), epochs(world)) == ([], [1])


def test_a_newcomer_that_is_compromised_gives_nothing_of_what_was_before_it() -> None:
    world = with_erin()
    world.send("Alice", "before Erin")
    world.join("Erin")
    world.compromise("Erin")
    world.send("Alice", "after")
    assert (texts(world), epochs(world)) == (["after"], [2])
    check_every_claim(world)


def test_a_member_who_comes_back_by_an_external_commit_heals() -> None:
    world = four()
    world.compromise("Bob")
    world.resync("Bob")
    world.send("Bob", "secret")
    assert (texts(world), epochs(world)) == ([], [1])


def test_a_member_who_comes_back_heals_no_other_member() -> None:
    world = four()
    world.compromise("Carol")
    world.resync("Bob")
    world.send("Bob", "read")
    assert (texts(world), epochs(world)) == (["read"], [1, 2])
    check_every_claim(world)


def test_a_pre_shared_key_that_it_does_not_have_keeps_it_out_though_it_opens_the_path() -> None:
    world = four()
    world.compromise("Bob")
    world.share_psk("tea", *world.members)
    world.commit("Alice", psks=["tea"])
    world.send("Alice", "secret")
    assert (texts(world), epochs(world)) == ([], [1])


def test_a_pre_shared_key_that_leaks_later_lets_it_in_after_all() -> None:
    world = four()
    world.compromise("Bob")
    world.share_psk("tea", *world.members)
    world.commit("Alice", psks=["tea"])
    world.send("Alice", "not for long")
    world.compromise("Dave")
    assert (texts(world), epochs(world)) == (["not for long"], [1, 2])
    check_every_claim(world)


def test_a_resumption_psk_of_an_epoch_that_it_was_in_keeps_nobody_out() -> None:
    world = four()
    world.compromise("Bob")
    world.commit("Alice", psks=[1])
    world.send("Alice", "read")
    assert (texts(world), epochs(world)) == (["read"], [1, 2])
    check_every_claim(world)


def test_a_resumption_psk_of_an_epoch_before_it_came_keeps_it_out() -> None:
    world = with_erin()
    world.commit("Alice")
    world.add("Alice", "Erin")
    world.compromise("Erin")
    world.remove("Bob", "Erin")
    assert epochs(world) == [3]
    older = four()
    older.commit("Alice")
    older.compromise("Bob")
    older.commit("Alice", psks=[1])
    assert epochs(older) == [2, 3]


def test_a_proposal_from_outside_is_followed_too() -> None:
    world = with_erin()
    world.compromise("Bob")
    world.device("HR")
    world.external_sender("Alice", "HR")
    world.ask_to_remove("HR", "Dave")
    world.request_to_join("Erin")
    world.commit("Carol")
    world.send("Erin", "read")
    assert (texts(world), epochs(world)) == (["read"], [1, 2, 3])
    check_every_claim(world)


def test_a_branch_is_closed_to_an_attacker_with_secrets_of_the_old_group_only() -> None:
    world = four()
    world.compromise("Bob")
    branch = world.branch("Alice", "Bob")
    branch.send("Alice", "secret")
    assert (branch.reads(), epochs(branch)) == ((), [])


def test_a_key_package_leaked_with_the_old_group_opens_the_branch() -> None:
    """The Welcome into a branch takes both: the init key, and a resumption PSK of the old group."""
    world = four()
    world.group.publish_key_package("Bob")
    world.compromise("Bob")
    branch = world.branch("Alice", "Bob")
    branch.send("Alice", "read")
    assert [read.data for read in branch.reads()] == [b"read"]
    check_every_claim(branch)


def test_a_compromise_in_one_group_is_a_compromise_in_all() -> None:
    world = four()
    branch = world.branch("Alice", "Bob")
    world.compromise("Bob")
    branch.send("Alice", "read")
    assert [read.data for read in branch.reads()] == [b"read"]
    assert branch.history[1].kind == "compromise"
    check_every_claim(branch)
