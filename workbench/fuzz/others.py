"""Messages for observers, for members that are ahead, for stored states, and for newcomers from another group."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from workbench.fuzz.insider import Sealer, WelcomeForger
from workbench.fuzz.scene import NOW, POLICY, PSKS, FuzzScene, client, entropies, welcome_of
from workbench.fuzz.subject import ENTROPY, Layer, Subject, check_sound
from workbench.mls import (
    CipherSuite,
    GroupState,
    KeyPackageBundle,
    MLSMessage,
    PendingCommit,
    ReInit,
    branch_group,
    create_commit,
    decode,
    encode,
    join,
    observe,
    process,
    read_bundle,
    read_pending_commit,
    read_state,
    reinit_group,
    write_bundle,
    write_pending_commit,
    write_state,
)
from workbench.mls.wire.code_points import ContentType, ProtocolVersion
from workbench.mls.wire.messages import ApplicationData, GroupInfo, GroupSecrets
from workbench.mls.wire.stored import Stored, StoredBundle, StoredPendingCommit, StoredState


def observed(at: FuzzScene, subjects: Iterable[Subject]) -> Iterator[Subject]:
    """Public messages for an observer without secrets, which cannot check the tags that need keys."""

    def feed(suite: CipherSuite, data: bytes) -> object:
        return observe(replace(at.carol.public, suite=suite), data, now=NOW)

    seen = ("PublicMessage Update", "PublicMessage Commit", "PublicMessage external Commit", "GroupInfo")
    for subject in subjects:
        if subject.name in seen:
            yield Subject(f"observed {subject.name}", subject.layers, feed, sealed=False)


def late(at: FuzzScene, subjects: Iterable[Subject]) -> Iterator[Subject]:
    """A message of the previous epoch, for a member that is already in the next epoch."""
    carol, _ = process(at.carol, at.committed.message, now=NOW, psks=PSKS)

    def feed(suite: CipherSuite, data: bytes) -> object:
        return process(replace(carol, public=replace(carol.public, suite=suite)), data, now=NOW, psks=PSKS)

    for subject in subjects:
        if subject.name == "PrivateMessage application":
            yield Subject(f"late {subject.name}", subject.layers, feed)


def stored(at: FuzzScene) -> Iterator[Subject]:
    """Stored bytes of a member: its states before and after a commit, a pending commit, and a key package."""
    sealer = Sealer(at.mallory, ContentType.application)
    said = sealer.sealed(sealer.inside(encode(ApplicationData(b"good morning")), None))
    before, _ = process(at.carol, said, now=NOW)
    after, _ = process(before, at.committed.message, now=NOW, psks=PSKS)
    for name, state in (("before", before), ("after", after)):
        yield _stored(f"stored state {name} a commit", write_state(state), StoredState, _read_state)
    yield _stored("stored commit", write_pending_commit(at.committed), StoredPendingCommit, _read_commit)
    yield _stored("stored key package", write_bundle(at.grace), StoredBundle, _read_bundle)


def _read_state(suite: CipherSuite, data: bytes) -> object:
    return read_state(data, policy=POLICY, suite=suite)


def _read_commit(suite: CipherSuite, data: bytes) -> object:
    return read_pending_commit(data, policy=POLICY, suite=suite)


def _read_bundle(_suite: CipherSuite, data: bytes) -> object:
    return read_bundle(data)


def _stored(name: str, data: bytes, cls: type, feed: Callable[[CipherSuite, bytes], object]) -> Subject:
    whole = decode(Stored, data)

    def enclosed(content: bytes) -> bytes:
        head = encode(replace(whole, content=content))[: -len(whole.checksum)]
        return head + hashlib.sha256(head).digest()

    layers = (Layer("wire", Stored, data), Layer("content", cls, whole.content, enclosed))
    return Subject(name, layers, feed)


def successors(at: FuzzScene) -> Iterator[Subject]:
    """Welcomes to a branch of the group, and to the group that follows its ReInit."""
    suite, fresh = at.suite, entropies("successors")
    carol, mallory, *others = (
        client(suite, name, next(fresh)) for name in ("Carol", "Mallory", "Bob", "Erin", "Frank")
    )
    branched = branch_group(
        at.mallory, b"a branch", mallory, [carol.key_package], entropy=ENTROPY, now=NOW, policy=POLICY
    )
    yield _welcome("branch", branched, carol, mallory, at.carol)
    reinit = ReInit(b"the next group", ProtocolVersion.mls10, suite.id, at.mallory.context.extensions)
    last = create_commit(at.mallory, [reinit], by_reference=(), entropy=ENTROPY, now=NOW)
    ended, _ = process(at.carol, last.message, now=NOW)
    key_packages = [each.key_package for each in (carol, *others)]
    begun = reinit_group(last.next, mallory, key_packages, entropy=ENTROPY, now=NOW, policy=POLICY)
    yield _welcome("reinit", begun, carol, mallory, ended)


def _welcome(
    usage: str, committed: PendingCommit, carol: KeyPackageBundle, mallory: KeyPackageBundle, old_group: GroupState
) -> Subject:
    """A Welcome for Carol, who is a member of the old group."""
    psks = (old_group.resumption_psks[old_group.epoch],)
    host = WelcomeForger(old_group.suite, committed, carol, mallory.signature_private_key, psks)

    def feed(suite: CipherSuite, data: bytes) -> object:
        state = join(data, carol, now=NOW, old_group=old_group, policy=POLICY, suite=suite)
        if suite is old_group.suite:
            check_sound(state)
        return state

    layers = (
        Layer("wire", MLSMessage, encode(MLSMessage(ProtocolVersion.mls10, welcome_of(committed)))),
        Layer("secrets", GroupSecrets, encode(host.secrets), lambda data: host.welcome(group_secrets=data)),
        Layer("info", GroupInfo, encode(host.group_info), lambda data: host.welcome(group_info=host.signed(data))),
    )
    return Subject(f"Welcome by {usage}", layers, feed, sealed=False)
