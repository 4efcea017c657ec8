"""An attacker reads what it can really decrypt: no more than was sealed to the keys that it has, and no less."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.adversary import Attacker, Learned, Opened
from workbench.adversary.recovery import recover
from workbench.lab import World
from workbench.lab.leaks import evidence_of
from workbench.lab.world import GROUP_ID
from workbench.mls import GroupState, MLSMessage, create_commit, encode
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.messages import PublicMessage


def four(handshakes: str = "public") -> World:
    """Alice, Bob, Carol and Dave in epoch 1."""
    if handshakes == "private":
        return World.of(["Alice", "Bob", "Carol", "Dave"], handshakes="private")
    return World.of(["Alice", "Bob", "Carol", "Dave"])


def texts(world: World) -> list[str]:
    return [read.data.decode() for read in world.reads()]


def epochs(world: World) -> list[int]:
    return list(world.attacker.epochs())


def states(world: World) -> list[GroupState]:
    """All states that any member ever had."""
    return [
        state
        for history_step in world.history
        for name in history_step.device_states
        if (state := history_step.state(name)) is not None
    ]


def check_every_claim(world: World) -> None:
    """Every epoch that the attacker claims is the members' own, and so is every private key."""
    authenticators = {state.epoch: state.secrets.epoch_authenticator for state in states(world)}
    for number, secrets in world.attacker.epochs().items():
        assert secrets.epoch_authenticator == authenticators[number]
    for public_key, private_key in world.attacker.private_keys.items():
        assert world.suite.hpke_public_key(private_key) == public_key


def test_without_leaks_it_has_nothing() -> None:
    world = four()
    world.send("Alice", "hello")
    world.commit("Bob")
    assert (texts(world), epochs(world), world.attacker.private_keys, world.attacker.findings) == ([], [], {}, [])


def test_it_reads_what_the_victim_could_read() -> None:
    world = four()
    world.compromise("Bob")
    world.send("Alice", "one")
    world.commit("Alice")
    world.send("Bob", "two")
    world.send("Carol", "three")
    assert texts(world) == ["one", "two", "three"]
    assert epochs(world) == [1, 2]
    check_every_claim(world)


@pytest.mark.parametrize("handshakes", ["public", "private"])
def test_a_commit_by_the_victim_heals(handshakes: str) -> None:
    world = four(handshakes)
    world.compromise("Bob")
    world.commit("Bob")
    world.send("Alice", "secret")
    world.commit("Alice")
    world.send("Bob", "secret")
    assert (texts(world), epochs(world)) == ([], [1])


@pytest.mark.parametrize("handshakes", ["public", "private"])
def test_a_commit_by_another_does_not_heal(handshakes: str) -> None:
    world = four(handshakes)
    world.compromise("Bob")
    for committer in ("Alice", "Carol", "Dave"):
        world.commit(committer)
        world.send(committer, f"after {committer}")
    assert texts(world) == ["after Alice", "after Carol", "after Dave"]
    assert epochs(world) == [1, 2, 3, 4]
    check_every_claim(world)


@pytest.mark.parametrize("handshakes", ["public", "private"])
def test_an_update_of_the_victim_heals_once_another_has_committed_it(handshakes: str) -> None:
    world = four(handshakes)
    world.compromise("Bob")
    world.update("Bob")
    assert epochs(world) == [1]
    world.commit("Carol")
    world.send("Carol", "secret")
    assert (texts(world), epochs(world)) == ([], [1])


def test_an_update_that_was_pending_when_it_was_leaked_heals_nothing() -> None:
    world = four()
    world.update("Bob")
    world.compromise("Bob")
    world.commit("Carol")
    world.send("Carol", "read")
    assert texts(world) == ["read"]
    check_every_claim(world)


def test_the_removal_of_the_victim_heals() -> None:
    world = four()
    world.compromise("Bob")
    world.remove("Alice", "Bob")
    world.send("Alice", "secret")
    assert (texts(world), epochs(world)) == ([], [1])


def test_a_removed_member_that_is_compromised_later_gives_nothing_of_what_came_after() -> None:
    world = four()
    world.send("Alice", "before")
    world.remove("Alice", "Dave")
    world.send("Alice", "secret")
    world.commit("Bob")
    world.compromise("Dave")
    assert (texts(world), epochs(world)) == ([], [1])


def test_what_the_victim_has_read_is_not_read_again() -> None:
    world = four()
    world.send("Alice", "read and deleted")
    world.compromise("Bob")
    world.send("Alice", "read by both")
    assert texts(world) == ["read by both"]


def test_what_the_victim_has_sent_is_not_read_either() -> None:
    world = four()
    world.send("Bob", "sent and deleted")
    world.compromise("Bob")
    assert texts(world) == []


def test_a_message_that_the_victim_has_not_fetched_yet_is_read() -> None:
    world = four()
    world.hold("Bob")
    world.send("Alice", "on its way")
    world.compromise("Bob")
    assert texts(world) == ["on its way"]


def test_an_epoch_that_is_over_stays_closed() -> None:
    world = four()
    world.send("Alice", "in epoch 1")
    world.commit("Alice")
    world.compromise("Bob")
    assert (texts(world), epochs(world)) == ([], [2])


def test_an_epoch_that_it_computed_is_open_from_its_beginning() -> None:
    """The attacker derives all keys of the epoch from its encryption secret: none of them is deleted for it."""
    world = four()
    world.hold("Dave")
    world.commit("Alice")
    world.send("Alice", "recorded")
    world.commit("Bob")
    world.compromise("Dave")
    assert texts(world) == ["recorded"]
    assert epochs(world) == [1, 2, 3]
    check_every_claim(world)


def test_an_idle_member_that_is_compromised_late_reopens_what_was_healed() -> None:
    world = four()
    world.compromise("Bob")
    world.commit("Bob")
    world.send("Alice", "healed")
    world.commit("Bob")
    world.commit("Alice")
    assert (texts(world), epochs(world)) == ([], [1])
    world.compromise("Dave")
    assert (texts(world), epochs(world)) == (["healed"], [1, 2, 3, 4])
    check_every_claim(world)


def test_a_late_compromise_of_a_member_who_has_updated_reopens_nothing() -> None:
    world = four()
    world.compromise("Bob")
    world.commit("Bob")
    world.send("Alice", "healed")
    world.commit("Alice")
    world.compromise("Alice")
    assert (texts(world), epochs(world)) == ([], [1, 3])


def test_two_compromises_do_together_what_neither_does_alone() -> None:
    """Bob's init secret and Dave's old leaf key are both needed for the commit in between."""

    def after(*victims: str) -> list[int]:
        world = four()
        if "Bob" in victims:
            world.compromise("Bob")
        world.commit("Bob")
        world.commit("Alice")
        if "Dave" in victims:
            world.compromise("Dave")
        check_every_claim(world)
        return epochs(world)

    assert (after("Bob"), after("Dave"), after("Bob", "Dave")) == ([1], [3], [1, 2, 3])


@pytest.mark.parametrize(("path", "read"), [(False, ["hello"]), (True, [])])
def test_adding_somebody_heals_the_committer_only_with_a_path(path: bool, read: list[str]) -> None:  # noqa: FBT001 - a case
    world = four()
    world.compromise("Bob")
    world.device("Erin")
    world.add("Bob", "Erin", path=path)
    world.send("Erin", "hello")
    assert texts(world) == read
    check_every_claim(world)


def test_a_key_package_that_is_leaked_before_it_is_used_opens_the_welcome() -> None:
    world = four()
    world.device("Erin")
    world.compromise("Erin")
    assert epochs(world) == []
    world.add("Alice", "Erin")
    world.send("Alice", "welcome")
    assert (texts(world), epochs(world)) == (["welcome"], [2])
    check_every_claim(world)


def test_a_device_that_joins_later_is_of_no_use_before() -> None:
    world = four()
    world.send("Alice", "before Erin")
    world.device("Erin")
    world.add("Alice", "Erin")
    world.compromise("Erin")
    assert (texts(world), epochs(world)) == ([], [2])


def test_it_follows_members_that_come_and_go() -> None:
    world = four()
    world.compromise("Bob")
    world.device("Erin")
    world.add("Carol", "Erin")
    world.remove("Erin", "Dave")
    world.update("Alice")
    world.commit("Carol")
    world.send("Erin", "read")
    assert (texts(world), epochs(world)) == (["read"], [1, 2, 3, 4])
    assert world.attacker.tree(4) == world.devices["Alice"].state(GROUP_ID).tree
    check_every_claim(world)


def test_without_handshakes_in_the_clear_it_loses_sight_of_the_tree() -> None:
    world = four("private")
    world.compromise("Bob")
    world.commit("Bob")
    world.commit("Alice")
    assert world.attacker.epoch() == 2
    in_the_clear = four()
    in_the_clear.compromise("Bob")
    in_the_clear.commit("Bob")
    in_the_clear.commit("Alice")
    assert in_the_clear.attacker.epoch() == 3


def test_it_says_which_ciphertexts_it_opened_and_which_keys_it_has() -> None:
    world = four()
    world.compromise("Bob")
    world.commit("Alice")
    opened = [finding for finding in world.history[-1].findings if isinstance(finding, Opened)]
    assert [(found.epoch, found.node, found.reader) for found in opened] == [(2, 1, 2)]
    learned = {found.public_key for found in world.history[-1].findings if isinstance(found, Learned)}
    tree = world.devices["Alice"].state(GROUP_ID).tree
    parents = {node.encryption_key for _, node in tree.parents() if node.encryption_key in world.attacker.private_keys}
    assert learned == parents


def test_it_claims_no_epoch_whose_confirmation_tag_does_not_agree() -> None:
    world = four()
    alice = world.devices["Alice"].state(GROUP_ID)
    committed = create_commit(alice, entropy=bytes(32), now=world.clock.now)
    public = committed.message.message
    assert isinstance(public, PublicMessage)
    tag = bytes(len(public.auth.confirmation_tag or b""))
    forged = replace(public, auth=replace(public.auth, confirmation_tag=tag))
    for message, reached in ((forged, [1]), (public, [1, 2])):
        attacker = Attacker(world.suite, GROUP_ID)
        attacker.compromise("Bob", world.devices["Bob"].device_state)
        attacker.hear(encode(MLSMessage(ProtocolVersion.mls10, message)))
        assert list(attacker.epochs()) == reached


def test_it_has_none_of_the_keys_of_a_group_that_has_healed() -> None:
    world = four()
    world.compromise("Bob")
    world.commit("Bob")
    tree = world.devices["Alice"].state(GROUP_ID).tree
    keys = [leaf.encryption_key for _, leaf in tree.leaves()] + [node.encryption_key for _, node in tree.parents()]
    assert not [key for key in keys if key in world.attacker.private_keys]


@pytest.mark.parametrize("suite", range(1, 8))
def test_it_works_in_every_cipher_suite(suite: int) -> None:
    world = World.of(3, suite=suite)
    world.compromise("Bob")
    world.commit("Carol")
    world.send("Alice", "read")
    world.commit("Bob")
    world.send("Alice", "secret")
    assert (texts(world), epochs(world)) == (["read"], [1, 2])
    check_every_claim(world)


def test_a_commit_is_followed_by_the_tree_that_it_leads_to_if_a_proposal_in_it_cannot_be_read() -> None:
    """Dave has used up the key of the proposal to remove him, and not that of the commit; Alice's leaf key is old."""
    world = four("private")
    world.propose_remove("Alice", "Dave")
    world.commit("Bob")
    leaks = [world.leak("Dave", what="message keys"), world.leak("Dave")]
    world.commit("Carol")
    world.commit("Carol")
    leaks.append(world.leak("Alice", what="backup"))
    assert [*recover(evidence_of(world, leaks))["epoch_authenticators"]] == ["1", "2", "3", "4"]
    assert world.judge(*leaks).readable_epochs == (1, 2, 3, 4)


def test_a_path_that_is_inside_of_a_private_commit_opens_only_for_who_can_read_the_commit() -> None:
    """Dave's leaf key would open Carol's first commit, which the attacker cannot read; and then Alice's."""
    world = four("private")
    world.commit("Carol")
    leaks = [world.leak("Alice")]
    world.commit("Alice")
    world.commit("Carol")
    leaks.append(world.leak("Dave", what="backup"))
    assert [*recover(evidence_of(world, leaks))["epoch_authenticators"]] == ["2", "4"]
    assert world.judge(*leaks).readable_epochs == (2, 4)
