"""Hostile bytes on the wire: the attacker makes nothing of them and goes on, as the members do (RFC 9420 §16)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from tests.adversary.histories import recorded_histories
from workbench.adversary.leaked_secrets import LeakedRatchets, SenderDataKey
from workbench.adversary.recovery import recover
from workbench.lab import World
from workbench.lab.leaks import evidence_of, leak_of
from workbench.mls import (
    Add,
    BasicCredential,
    Credential,
    MLSMessage,
    create_commit,
    create_group,
    create_key_package,
    decode,
    encode,
)
from workbench.mls.group.group_info import sign_group_info
from workbench.mls.group.welcome import create_welcome
from workbench.mls.schedule.key_schedule import EpochSecrets, epoch_from_joiner_secret
from workbench.mls.schedule.secret_tree import SecretTree
from workbench.mls.tree.own_leaf import new_lifetime
from workbench.mls.wire.code_points import ContentType, ExtensionType, ProtocolVersion, WireFormat
from workbench.mls.wire.extensions import ExternalPub
from workbench.mls.wire.messages import (
    ApplicationData,
    FramedContent,
    FramedContentAuthData,
    MemberSender,
    PrivateMessage,
    PublicMessage,
    Sender,
)
from workbench.mls.wire.tree import Extension


def framed(message: PrivateMessage | PublicMessage) -> bytes:
    return encode(MLSMessage(ProtocolVersion.mls10, message))


def private(world: World, kind: ContentType) -> bytes:
    return framed(PrivateMessage(world.group_id, world.epoch or 0, kind, b"", bytes(28), bytes(80)))


def damaged(world: World, wire_format: WireFormat) -> bytes:
    """The last message of this kind on the wire, with its last byte changed: a signature, a tag or a ciphertext."""
    for wire in reversed(world.attacker.heard):
        if decode(MLSMessage, wire).message.TAG is wire_format:
            return wire[:-1] + bytes([(wire[-1] + 1) % 256])
    raise AssertionError(f"nothing of kind {wire_format.name} was sent")


HOSTILE: dict[str, Callable[[World], bytes]] = {
    "no MLS at all": lambda _: b"\0\0garbage",
    "nothing": lambda _: b"",
    "an application message": lambda world: private(world, ContentType.application),
    "a proposal": lambda world: private(world, ContentType.proposal),
    "a commit": lambda world: private(world, ContentType.commit),
    "a damaged application message": lambda world: damaged(world, WireFormat.mls_private_message),
    "a damaged commit": lambda world: damaged(world, WireFormat.mls_public_message),
    "a damaged Welcome": lambda world: damaged(world, WireFormat.mls_welcome),
    "a damaged GroupInfo": lambda world: damaged(world, WireFormat.mls_group_info),
    "a damaged key package": lambda world: damaged(world, WireFormat.mls_key_package),
}


def nothing(_world: World) -> tuple[bytes, ...]:
    return ()


def story(hostile: Callable[[World], Iterable[bytes]] = nothing) -> World:
    """Bob's device is compromised, the group goes on, and heals; before each step the attacker hears `hostile`."""
    world = World.of(["Alice", "Bob", "Carol"])
    world.commit("Bob")
    world.send("Alice", "first")
    world.attacker.hear(world.devices["Alice"].publish_group_info(world.group_id))
    steps: list[Callable[[], object]] = [
        lambda: world.compromise("Bob"),
        lambda: world.send("Alice", "after the compromise"),
        lambda: world.commit("Carol"),
        lambda: world.send("Carol", "not healed"),
        lambda: world.commit("Bob"),
        lambda: world.send("Bob", "healed"),
    ]
    for step in steps:
        for wire in hostile(world):
            world.attacker.hear(wire)
        step()
    return world


@pytest.fixture(scope="module")
def honest() -> World:
    """The story in which nobody disturbs."""
    return story()


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_the_attacker_reads_is_the_same_with_hostile_bytes_between(kind: str, honest: World) -> None:
    assert_alike(story(lambda world: [HOSTILE[kind](world)]), honest)


def test_a_forged_commit_that_comes_first_does_not_hide_the_real_one(honest: World) -> None:
    """The same seed gives the same commits, so that what is to come can be forged before it comes."""
    commits = [forged for wire in honest.attacker.heard if (forged := forged_commit(wire)) is not None]
    assert len(commits) == 4
    assert_alike(story(lambda _: commits), honest)


def test_the_attacker_says_why_it_could_not_read_a_message() -> None:
    world = World.of(["Alice", "Bob"])
    world.compromise("Bob")
    index = len(world.attacker.heard)
    world.attacker.hear(b"")
    world.attacker.hear(private(world, ContentType.application))
    world.send("Alice", "hello")
    assert [read.data for read in world.reads()] == [b"hello"]
    assert set(world.attacker.unreadable) == {index, index + 1}
    assert "was not sealed with the sender data secret" in world.attacker.unreadable[index + 1]


def forged_commit(wire: bytes) -> bytes | None:
    """A public commit with another signature; None for anything else."""
    message = decode(MLSMessage, wire).message
    if not isinstance(message, PublicMessage) or message.content.content.TAG is not ContentType.commit:
        return None
    signature = bytes([message.auth.signature[0] ^ 1]) + message.auth.signature[1:]
    return framed(replace(message, auth=replace(message.auth, signature=signature)))


def assert_alike(attacked: World, honest: World) -> None:
    """The attacker has the same of both histories."""
    assert [read.data for read in attacked.reads()] == [read.data for read in honest.reads()]
    assert set(attacked.attacker.epochs()) == set(honest.attacker.epochs())
    assert set(attacked.attacker.private_keys) == set(honest.attacker.private_keys)


def test_rules_and_attacker_agree_after_a_reinit_to_another_suite_with_a_member_offline() -> None:
    """Each key that a device makes, in whichever suite, is known to the record: else the rules would miss it."""
    world = World.of(["Alice", "Bob", "Carol"])
    world.hold("Carol")
    world.reinit("Bob", 3)
    after = world.successor("Bob")
    after.send("Bob", "hello in the new group")
    groups = recorded_histories(world)
    leak = leak_of(after, "Carol", recorded=groups[after])
    results = recover(evidence_of(world, [leak]))
    for recorded, found in zip(groups.values(), (results, *results["beside"]), strict=True):
        readable = {str(epoch) for epoch, standing in recorded.judge([leak]).epochs.items() if standing == "readable"}
        assert readable == set(found["epoch_authenticators"])
        assert readable


# Forged messages that come before the real ones


def flipped_tag(wire: bytes) -> bytes | None:
    """A public commit that is signed well and has another confirmation tag; None for anything else."""
    message = decode(MLSMessage, wire).message
    if not isinstance(message, PublicMessage) or message.auth.confirmation_tag is None:
        return None
    tag = bytes([message.auth.confirmation_tag[0] ^ 1]) + message.auth.confirmation_tag[1:]
    return framed(replace(message, auth=replace(message.auth, confirmation_tag=tag)))


def test_a_commit_signed_well_with_a_wrong_confirmation_tag_does_not_hide_the_real_one(honest: World) -> None:
    """Whoever has a member's signature key and nothing else can make such a commit."""
    commits = [forged for wire in honest.attacker.heard if (forged := flipped_tag(wire)) is not None]
    assert len(commits) == 4
    attacked = story(lambda _: commits)
    assert_alike(attacked, honest)
    last = max(honest.attacker.epochs())
    assert attacked.attacker.tree(last) == honest.attacker.tree(last)


class Forger:
    """Somebody who is no member and has made a group of the same id, in which Erin's key package is added."""

    def __init__(self, world: World, epoch: int) -> None:
        suite, now = world.suite, world.clock.now
        bundle = create_key_package(
            suite,
            Credential(BasicCredential(b"Mallory")),
            suite.signature_key_pair(b"\1" * 32).private_key,
            lifetime=new_lifetime(now),
            entropy=b"\2" * 32,
        )
        self.state = create_group(bundle, world.group_id, entropy=b"\3" * 32, now=now)
        for number in range(epoch - 1):
            self.state = create_commit(self.state, entropy=bytes([number]) * 32, now=now).next
        self.erin = next(iter(world.devices["Erin"].device_state.bundles.values())).key_package
        self.committed = create_commit(self.state, [Add(self.erin)], entropy=b"\4" * 32, now=now)
        self.suite = suite

    @property
    def welcome(self) -> bytes:
        """A Welcome into that group, which its receiver cannot tell from a real one."""
        assert self.committed.welcome is not None
        return encode(self.committed.welcome)

    @property
    def welcome_with_a_wrong_tag(self) -> bytes:
        """A Welcome whose GroupInfo does not have the confirmation tag of its epoch."""
        state = self.committed.next
        epoch = epoch_from_joiner_secret(
            self.suite, b"\5" * 32, bytes(32), encode(state.context), state.tree.leaf_count
        )
        info = sign_group_info(state, ratchet_tree=True, external_pub=False)
        leaf = next(leaf for leaf, leaf_node in state.tree.leaves() if leaf_node == self.erin.leaf_node)
        welcome = create_welcome(self.suite, info, epoch, [(leaf, self.erin)], {}, (), entropy=b"\6" * 32)
        return encode(MLSMessage(ProtocolVersion.mls10, welcome))


def with_erin(*leaked: str) -> World:
    """Alice, Bob and Carol in epoch 1, with Erin still outside, and the attacker on some of their devices."""
    world = World.of(["Alice", "Bob", "Carol"])
    world.device("Erin")
    for name in leaked:
        world.compromise(name)
    return world


def members_secrets(world: World, epoch: int) -> EpochSecrets:
    """The secrets of an epoch, from a member."""
    states = (history_step.state("Alice") for history_step in world.history)
    return next(state.secrets for state in states if state is not None and state.epoch == epoch)


def test_a_forged_welcome_does_not_hide_the_epoch_of_the_members() -> None:
    world = with_erin("Bob", "Erin")
    world.attacker.hear(Forger(world, 2).welcome)
    world.add("Alice", "Erin")
    world.send("Alice", "hello")
    world.commit("Alice")
    world.send("Carol", "still")
    assert [read.data for read in world.reads()] == [b"hello", b"still"]
    assert world.attacker.epochs() == {epoch: members_secrets(world, epoch) for epoch in (1, 2, 3)}
    joined = next(state for history_step in world.history if (state := history_step.state("Erin")) is not None)
    assert world.attacker.tree(2) == joined.tree
    assert world.attacker.epoch() == 3


def test_a_forged_welcome_of_a_later_epoch_says_nothing_of_the_members() -> None:
    world = with_erin("Bob", "Erin")
    world.attacker.hear(Forger(world, 4).welcome)
    assert world.attacker.epoch() == 1


def test_real_messages_are_read_though_a_forged_welcome_gave_other_keys_of_their_epoch() -> None:
    """Without any state of a member the attacker cannot tell which Welcome is forged. It tries the keys of both."""
    world = with_erin("Erin")
    world.attacker.hear(Forger(world, 2).welcome)
    world.add("Alice", "Erin")
    world.send("Alice", "hello")
    assert [read.data for read in world.reads()] == [b"hello"]
    assert world.attacker.unreadable == {}
    world.compromise("Bob")
    assert world.attacker.epochs() == {2: members_secrets(world, 2)}


def test_a_welcome_with_a_wrong_confirmation_tag_opens_no_epoch() -> None:
    world = with_erin("Erin")
    forger = Forger(world, 2)
    world.attacker.hear(forger.welcome_with_a_wrong_tag)
    assert world.attacker.epochs() == {}
    assert world.attacker.tree(2) is None
    world.attacker.hear(forger.welcome)
    assert world.attacker.epochs() == {2: forger.committed.next.secrets}


def test_a_message_is_read_with_the_second_secret_tree_if_the_first_has_another_key_for_it() -> None:
    world = World.of(["Alice", "Bob"])
    state = world.devices["Bob"].state(world.group_id)
    forged = SecretTree(world.suite, state.tree.leaf_count, bytes(32))
    secret = SenderDataKey(world.group_id, 1, state.secrets.sender_data_secret)
    real = LeakedRatchets(world.group_id, 1, state.secret_tree)
    world.attacker.take((secret, LeakedRatchets(world.group_id, 1, forged), real))
    world.send("Alice", "hello")
    assert [read.data for read in world.reads()] == [b"hello"]


def test_a_message_is_read_with_whichever_sender_data_secret_opens_it() -> None:
    world = World.of(["Alice", "Bob"])
    state = world.devices["Bob"].state(world.group_id)
    real = state.secrets.sender_data_secret
    secrets = [SenderDataKey(world.group_id, 1, each) for each in (b"\0" * 32, real, b"\1" * 32)]
    world.attacker.take((*secrets, LeakedRatchets(world.group_id, 1, state.secret_tree)))
    world.send("Alice", "hello")
    assert [read.data for read in world.reads()] == [b"hello"]
    assert world.attacker.unreadable == {}


def test_a_forged_group_info_does_not_hide_the_key_that_a_newcomer_sealed_its_init_secret_to() -> None:
    """The randomness of the newcomer opens the epoch, whichever GroupInfo came first."""

    def entered(*, forge: bool) -> set[int]:
        world = with_erin("Bob")
        world.update("Carol")
        world.commit("Bob")
        if forge:
            world.attacker.hear(forged_group_info(world))
        world.join("Erin")
        world.attacker.take(world.leak("Erin", what="randomness").leaked_secrets)
        return set(world.attacker.epochs())

    assert entered(forge=True) == entered(forge=False) == {1, 3}


def forged_group_info(world: World) -> bytes:
    """A GroupInfo of the present epoch with another external key."""
    state = world.devices["Alice"].state(world.group_id)
    info = sign_group_info(state, ratchet_tree=True, external_pub=False)
    other = world.suite.derive_key_pair(b"\7" * 32).public_key
    extension = Extension(ExtensionType.external_pub, encode(ExternalPub(other)))
    forged = replace(info, extensions=(*info.extensions, extension))
    return encode(MLSMessage(ProtocolVersion.mls10, forged))


def test_application_data_that_is_not_encrypted_is_not_read() -> None:
    """No member takes it (RFC 9420 §6.2): it is not what somebody said to the group."""
    world = World.of(["Alice", "Bob"])
    world.compromise("Bob")
    content = FramedContent(world.group_id, 1, Sender(MemberSender(0)), b"", ApplicationData(b"in the clear"))
    public = PublicMessage(content, FramedContentAuthData(bytes(64), None), bytes(32))
    world.attacker.hear(framed(public))
    assert world.reads() == ()
    assert "not encrypted" in world.attacker.unreadable[len(world.attacker.heard) - 1]
