"""The features that are tried between two implementations: each one is a scene with an actor and another client.

Every scene is played twice: with the workbench as the actor and the peer as the other, and with the roles exchanged. At
its end all members of the group have to agree on everything that they can tell of the group, and read each other's
messages. A scene raises `NotOffered` if one of the two packages lacks a call that the scene needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from workbench.interop.peers.member import (
    AddMember,
    Change,
    ExternalPsk,
    Form,
    NotOfferedByPeer,
    PastEpochPsk,
    PeerCommit,
    PeerImplementation,
    PeerMember,
    RemoveMember,
    SetExtensions,
    UpdateMember,
    identity_of,
)
from workbench.mls import BasicCredential, Credential, RequiredCapabilities, cipher_suite, encode
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.extensions import ExternalSender, ExternalSenders

Value = TypeVar("Value")

GROUP_ID = b"a group of several implementations"
PSK_ID, PSK = b"psk", bytes(range(32))


@dataclass
class Scene:
    """Two implementations and a cipher suite; `actor` and `other` are clients of them that are in no group yet."""

    acting: PeerImplementation
    answering: PeerImplementation
    suite: int
    actor: PeerMember = field(init=False)
    other: PeerMember = field(init=False)

    def __post_init__(self) -> None:
        self.actor = self.acting.member(self.suite, identity_of("actor"))
        self.other = self.answering.member(self.suite, identity_of("other"))

    def third(self) -> PeerMember:
        """One more client, of the same implementation as `other`."""
        return self.answering.member(self.suite, identity_of("third"))

    def third_that_has_committed(self) -> PeerMember:
        """One more member, at leaf 2; it has committed if it can: some packages name a member by what it has sent."""
        third = self.third()
        third.join(self.commits(self.actor, AddMember(third.key_package())).welcome)
        agree(self.actor, self.other, third)
        try:
            commit = third.commit(form=self.form()).commit
        except NotOfferedByPeer:
            return third
        for member in (self.actor, self.other):
            member.process(commit)
        return third

    def form(self) -> Form:
        """The form of handshake messages that both send and read; public if there is a choice."""
        for form in ("public", "private"):
            if all(form in member.sends & member.reads for member in (self.actor, self.other)):
                return form
        raise NotOfferedByPeer

    def begin(self) -> None:
        """A group in which the actor, at leaf 0, has added the other, at leaf 1."""
        self.actor.create(GROUP_ID)
        self.other.join(self.actor.commit(AddMember(self.other.key_package()), form=self.form()).welcome)

    def commits(
        self, author: PeerMember, *changes: Change, form: Form | None = None, to: tuple[PeerMember, ...] = ()
    ) -> PeerCommit:
        """`author` commits, and the other of the two and those in `to` process it."""
        sent = author.commit(*changes, form=form or self.form())
        for member in (self.other if author is self.actor else self.actor, *to):
            member.process(sent.commit)
        return sent


# What must hold in the end


def agree(*members: PeerMember) -> None:
    """Check that all members tell the same of their epoch, and read each other's messages."""
    label, context = _exports(*members)[0]
    told: tuple[Callable[[PeerMember], object], ...] = (
        PeerMember.epoch,
        PeerMember.epoch_authenticator,
        lambda member: member.export(label, context, 32),
    )
    for each in told:
        assert len({_if_offered(each, member) for member in members} - {None}) <= 1
    for speaker in members:
        hear(speaker, *(member for member in members if member is not speaker))


def hear(speaker: PeerMember, *listeners: PeerMember) -> None:
    """Check that others read a message of a member, unless its package cannot send messages."""
    said = b"from " + speaker.identity
    try:
        message = speaker.protect(said)
    except NotOfferedByPeer:
        return
    for listener in listeners:
        assert listener.process(message) == (said if listener.shows_plaintext else None)


def _exports(*members: PeerMember) -> list[tuple[str, bytes]]:
    """Labels and contexts with which all of them export."""
    fixed = {member.exports_only for member in members} - {None}
    return [each for each in fixed if each] or [("interop", b"context"), ("", b""), ("long", bytes(100))]


def _if_offered(told: Callable[[PeerMember], Value], member: PeerMember) -> Value | None:
    try:
        return told(member)
    except NotOfferedByPeer:
        return None


# Ways into a group


def adds_one_by_a_welcome(scene: Scene) -> None:
    scene.begin()
    agree(scene.actor, scene.other)


def adds_one_to_a_group_that_is_there(scene: Scene) -> None:
    scene.begin()
    third = scene.third()
    third.join(scene.commits(scene.actor, AddMember(third.key_package())).welcome)
    agree(scene.actor, scene.other, third)


def joins_by_an_external_commit(scene: Scene) -> None:
    scene.other.create(GROUP_ID)
    third = scene.third()
    third.join(scene.other.commit(AddMember(third.key_package()), form=scene.form()).welcome)
    commit = scene.actor.external_commit(scene.other.group_info())
    for member in (scene.other, third):
        member.process(commit)
    agree(scene.actor, scene.other, third)


def comes_back_by_an_external_commit(scene: Scene) -> None:
    """Resync: the same commit removes the old leaf."""
    scene.other.create(GROUP_ID)
    scene.actor.join(scene.other.commit(AddMember(scene.actor.key_package()), form=scene.form()).welcome)
    scene.other.process(scene.actor.external_commit(scene.other.group_info(), resync=True))
    agree(scene.actor, scene.other)


def asks_to_be_added(scene: Scene) -> None:
    scene.other.create(GROUP_ID)
    scene.other.process(scene.actor.ask_to_be_added(scene.other.group_info()))
    scene.actor.join(scene.other.commit(form=scene.form()).welcome)
    agree(scene.actor, scene.other)


# Within a group


def sends_messages_that_arrive_out_of_order(scene: Scene) -> None:
    scene.begin()
    said = [b"first", b"second", b"third"]
    messages = [scene.actor.protect(each) for each in said]
    for number in (2, 0, 1):
        read = scene.other.process(messages[number])
        assert read == (said[number] if scene.other.shows_plaintext else None)
    agree(scene.actor, scene.other)


def commits(form: Form, scene: Scene) -> None:
    scene.begin()
    scene.commits(scene.actor, form=form)
    agree(scene.actor, scene.other)


def removes_one(scene: Scene) -> None:
    scene.begin()
    third = scene.third_that_has_committed()
    commit = scene.commits(scene.actor, RemoveMember(2, third.identity)).commit
    agree(scene.actor, scene.other)
    is_out(third, commit, said_by_one_of(scene.actor, scene.other))


def said_by_one_of(*members: PeerMember) -> bytes:
    """An application message of the first who can send one."""
    for member in members:
        try:
            return member.protect(b"without the third")
        except NotOfferedByPeer:
            continue
    raise NotOfferedByPeer


def is_out(removed: PeerMember, commit: bytes, message: bytes) -> None:
    """A removed member, whether or not it takes its removal in, reads nothing of what comes after it."""
    for taken in (commit, message):
        try:
            read = removed.process(taken)
        except removed.errors:
            continue
        assert read is None


def proposes_an_add(scene: Scene) -> None:
    """The actor proposes an Add, and the other client commits it by reference."""
    scene.begin()
    third = scene.third()
    scene.other.process(scene.actor.propose(AddMember(third.key_package()), form=scene.form()))
    third.join(scene.commits(scene.other).welcome)
    agree(scene.actor, scene.other, third)


def proposes_an_update(scene: Scene) -> None:
    scene.begin()
    scene.other.process(scene.actor.propose(UpdateMember(), form=scene.form()))
    scene.commits(scene.other)
    agree(scene.actor, scene.other)


def proposes_a_remove(scene: Scene) -> None:
    scene.begin()
    third = scene.third_that_has_committed()
    scene.other.process(scene.actor.propose(RemoveMember(2, third.identity), form=scene.form()))
    scene.commits(scene.other)
    agree(scene.actor, scene.other)


def mixes_in_an_external_psk(scene: Scene) -> None:
    scene.begin()
    for member in (scene.actor, scene.other):
        member.store_psk(PSK_ID, PSK)
    for form in sorted(scene.actor.sends & scene.other.reads):
        scene.commits(scene.actor, ExternalPsk(PSK_ID), form=form)
    agree(scene.actor, scene.other)


def mixes_in_the_psk_of_a_past_epoch(scene: Scene) -> None:
    scene.begin()
    scene.commits(scene.actor)
    scene.commits(scene.actor, PastEpochPsk(1))
    agree(scene.actor, scene.other)


def sets_required_capabilities(scene: Scene) -> None:
    scene.begin()
    nothing = encode(RequiredCapabilities((), (), ()))
    scene.commits(scene.actor, SetExtensions(((ExtensionType.required_capabilities, nothing),)))
    agree(scene.actor, scene.other)


def sets_external_senders(scene: Scene) -> None:
    scene.begin()
    key = cipher_suite(scene.suite).signature_key_pair(bytes(64)).public_key
    senders = ExternalSenders((ExternalSender(key, Credential(BasicCredential(b"somebody outside"))),))
    scene.commits(scene.actor, SetExtensions(((ExtensionType.external_senders, encode(senders)),)))
    agree(scene.actor, scene.other)


def exports_secrets(scene: Scene) -> None:
    scene.begin()
    for label, context in _exports(scene.actor, scene.other):
        for length in (16, 32, 200):
            told = {member.export(label, context, length) for member in (scene.actor, scene.other)}
            assert [len(secret) for secret in told] == [length]


def has_the_same_epoch_authenticator(scene: Scene) -> None:
    scene.begin()
    assert len({member.epoch_authenticator() for member in (scene.actor, scene.other)}) == 1


# Groups that come from others


def goes_on_as_another_group(scene: Scene) -> None:
    """ReInit: the actor ends the group and founds the next."""
    scene.begin()
    next_id = b"what comes after " + GROUP_ID
    scene.other.process(scene.actor.reinit(next_id, form=scene.form()))
    founded = scene.actor.found("reinit", next_id, [scene.other.key_package()])
    scene.other.join(founded.welcome, founded.ratchet_tree, "reinit")
    agree(scene.actor, scene.other)


def founds_a_branch(scene: Scene) -> None:
    scene.begin()
    founded = scene.actor.found("branch", b"a branch of " + GROUP_ID, [scene.other.key_package()])
    scene.other.join(founded.welcome, founded.ratchet_tree, "branch")
    agree(scene.actor, scene.other)


FEATURES: dict[str, Callable[[Scene], None]] = {
    "adds a member by a Welcome": adds_one_by_a_welcome,
    "adds another to the group": adds_one_to_a_group_that_is_there,
    "joins by an external commit": joins_by_an_external_commit,
    "comes back by an external commit (resync)": comes_back_by_an_external_commit,
    "asks to be added (new_member_proposal)": asks_to_be_added,
    "sends application messages, also out of order": sends_messages_that_arrive_out_of_order,
    "commits in a PublicMessage": partial(commits, "public"),
    "commits in a PrivateMessage": partial(commits, "private"),
    "removes a member": removes_one,
    "proposes an Add": proposes_an_add,
    "proposes an Update": proposes_an_update,
    "proposes a Remove": proposes_a_remove,
    "mixes in an external PSK": mixes_in_an_external_psk,
    "mixes in the PSK of a past epoch": mixes_in_the_psk_of_a_past_epoch,
    "sets required_capabilities": sets_required_capabilities,
    "sets external_senders": sets_external_senders,
    "goes on as another group (ReInit)": goes_on_as_another_group,
    "founds a branch": founds_a_branch,
    "exports the same secrets": exports_secrets,
    "has the same epoch authenticator": has_the_same_epoch_authenticator,
}
"""What the actor does."""
