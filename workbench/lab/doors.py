"""The other doors of a world: into a group without an invitation, from outside of it, and on to another group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from workbench.delivery import Refused
from workbench.inspect.names import commit_words, listed, psk_name
from workbench.inspect.trace_format import StepKind
from workbench.inspect.trace_writer import Sent
from workbench.lab.errors import NotPossible
from workbench.lab.record import THIEF
from workbench.mls import (
    Add,
    ExternalPSK,
    GroupContextExtensions,
    MLSError,
    PreSharedKeyID,
    ReInit,
    Remove,
    cipher_suite,
    encode,
)
from workbench.mls.group.state import AnyProposal
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.wire.code_points import ExtensionType, ProtocolVersion
from workbench.mls.wire.messages import ExternalSenders
from workbench.mls.wire.tree import Extension

if TYPE_CHECKING:
    from workbench.client.device import Published
    from workbench.lab.world import World


Content: TypeAlias = Literal["application", "proposal", "commit"]

# Into a group


def join(world: World, name: str, psks: Sequence[str]) -> None:
    """See `World.join`."""
    world.require("join", name)
    for psk in psks:
        require_psk(world, name, psk)
    words = commit_words(name, psks=[_psk_words(psk) for psk in psks], external=True)
    _come_in(world, name, words, psks)


def resync(world: World, name: str) -> None:
    """See `World.resync`."""
    world.require("resync", name)
    world.around.held.discard(name)
    _come_in(world, name, commit_words(name, removed=[name], external=True), ())


def _come_in(world: World, name: str, words: str, psks: Sequence[str]) -> None:
    """Some member describes the group, and with that somebody joins by a commit (RFC 9420 §12.4.3.2)."""
    before = world.record.latest()
    describe(world, hosts(world, name)[0])
    entry = world.devices[name].join_by_commit(world.group_id, psks=[psk.encode() for psk in psks])
    world.record.publish(Sent("commit", name, entry.message))
    world.record.write("commit", name, words, before=before)


def describe(world: World, host: str) -> bytes:
    """A member's description of the group for those outside, which everybody can read; it belongs to the next step."""
    group_info = world.devices[host].publish_group_info(world.group_id)
    world.record.publish(Sent("group_info", host, group_info))
    return group_info


def hosts(world: World, newcomer: str) -> list[str]:
    """The members who can describe the group as it is now."""
    states = {name: world.state(name) for name in world.members if name != newcomer and not world.is_held(name)}
    return [name for name, state in states.items() if state and state.active and state.epoch == world.epoch]


def request_to_join(world: World, name: str) -> None:
    """See `World.request_to_join`."""
    world.require("request_to_join", name)
    entry = world.devices[name].ask_to_be_added(world.group_id)
    _proposed(world, name, entry.message, f"{name} asked to be added")


def _proposed(world: World, name: str, message: bytes, words: str) -> None:
    before = world.record.latest()
    world.record.publish(Sent("proposal", name, message))
    world.record.write("propose", name, words, before=before)


# From outside of it


def external_sender(world: World, by: str, name: str) -> None:
    """See `World.external_sender`."""
    world.require("external_sender", by, name)
    extensions = world.devices[by].state(world.group_id).context.extensions
    senders = (*external_senders_in(extensions), world.devices[name].as_external_sender(world.suite.id))
    others = [each for each in extensions if each.extension_type != ExtensionType.external_senders]
    listed_now = Extension(ExtensionType.external_senders, encode(ExternalSenders(senders)))
    world.make_commit(by, proposals=[GroupContextExtensions((*others, listed_now))])


def ask_to_add(world: World, sender: str, newcomer: str) -> None:
    """See `World.ask_to_add`."""
    world.require("ask_to_add", sender, newcomer)
    world.offer_key_packages([newcomer])
    key_package = world.devices[sender].fetch_key_package(newcomer, world.suite.id)
    _ask(world, sender, Add(key_package), f"{sender} proposed to add {newcomer}")


def ask_to_remove(world: World, sender: str, member: str) -> None:
    """See `World.ask_to_remove`."""
    world.require("ask_to_remove", sender, member)
    _ask(world, sender, Remove(world.leaf(member)), f"{sender} proposed to remove {member}")


def _ask(world: World, sender: str, proposal: AnyProposal, words: str) -> None:
    index = sender_index(world, sender)
    if index is None:
        raise NotPossible(f"The group does not take proposals from {sender}")
    entry = world.devices[sender].propose_from_outside(world.group_id, proposal, sender_index=index)
    _proposed(world, sender, entry.message, words)


def sender_index(world: World, name: str) -> int | None:
    """The place of somebody among the group's external senders; None if the group does not know it."""
    latest = world.record.latest()
    senders = () if latest is None else external_senders_in(latest.context.extensions)
    keys = [each.signature_key for each in senders]
    key = world.devices[name].signature_key()
    return keys.index(key) if key in keys else None


# Pre-shared keys


def share_psk(world: World, psk: str, people: Sequence[str]) -> None:
    """See `World.share_psk`."""
    for name in people:
        world.require("share_psk", name)
    for name in people:
        world.devices[name].install_psk(psk.encode(), world.around.new_psk(psk))
    words = f"{listed(people)} share {_psk_words(psk)}"
    world.record.write("share", people[0], words, shared=_psk_words(psk), between=tuple(people))


def propose_psk(world: World, by: str, psk: str | int) -> None:
    """See `World.propose_psk`."""
    require_psk(world, by, psk)
    named: bytes | int = psk if isinstance(psk, int) else psk.encode()
    entry = world.devices[by].propose_psk(world.group_id, named)
    words = f"the resumption PSK of epoch {psk}" if isinstance(psk, int) else _psk_words(psk)
    _proposed(world, by, entry.message, f"{by} proposed to mix in {words}")


def require_psk(world: World, name: str, psk: str | int) -> None:
    """Raise `NotPossible` if somebody does not hold a pre-shared key."""
    holdings = world.devices[name].holdings
    if isinstance(psk, int) and (world.group_id, psk) not in holdings.resumption_psks:
        raise NotPossible(f"{name} does not hold the resumption PSK of epoch {psk}")
    if isinstance(psk, str) and psk.encode() not in holdings.psks:
        raise NotPossible(f"{name} does not hold {_psk_words(psk)}")


def _psk_words(psk: str) -> str:
    return psk_name(PreSharedKeyID(ExternalPSK(psk.encode()), b""))


# From the attacker

STEP_KINDS: Mapping[Content, StepKind] = {"application": "message", "proposal": "propose", "commit": "commit"}


def inject(world: World, kind: Content, message: bytes, text: str) -> None:
    """See `World.inject`."""
    before = world.record.latest()
    try:
        world.service.submit(world.group_id, message)
    except (Refused, MLSError) as error:
        raise NotPossible(f"The delivery service does not take it: {error}") from None
    world.record.publish(Sent(kind, THIEF, message))
    world.record.write(STEP_KINDS[kind], THIEF, text, before=before)


# On to another group


def reinit(world: World, by: str, suite: int) -> None:
    """See `World.reinit`."""
    world.require("reinit", by)
    extensions = world.devices[by].state(world.group_id).context.extensions
    announced = ReInit(_new_group_id(world), ProtocolVersion.mls10, cipher_suite(suite).id, extensions)
    world.make_commit(by, proposals=[announced])


def successor(world: World, by: str) -> World:
    """See `World.successor`."""
    world.require("successor", by)
    announced = world.devices[by].state(world.group_id).reinit
    if announced is None:
        raise NotPossible("The group has not ended")
    others = [name for name in world.members if name != by]
    following = world.beside(announced.group_id, cipher_suite(announced.cipher_suite))
    following.offer_key_packages(others)
    return _founded(following, by, world.devices[by].reinit(world.group_id, others), others)


def branch(world: World, by: str, others: Sequence[str]) -> World:
    """See `World.branch`."""
    world.require("branch", by, *others)
    beside = world.beside(_new_group_id(world), world.suite)
    beside.offer_key_packages(others)
    return _founded(beside, by, world.devices[by].branch(world.group_id, beside.group_id, others), others)


def _founded(world: World, by: str, published: Published, others: Sequence[str]) -> World:
    world.put_on_the_wire(by, published)
    world.record.write("found", by, f"{by} founded the group and took along {listed(others)}")
    return world


def _new_group_id(world: World) -> bytes:
    """An id that no group of these people has, nor one that was announced."""
    number = world.around.next_group_number()
    return world.groups[0].group_id + f" {number}".encode()
