"""The subjects of the fuzzer: the messages that it changes, their layers, and their receivers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

from workbench.fuzz.chains import x509_chain
from workbench.fuzz.edits import Donors
from workbench.fuzz.insider import (
    PathForCarol,
    Sealer,
    WelcomeForger,
    public_message,
    signed_group_info,
    signed_key_package,
    signed_leaf,
)
from workbench.fuzz.others import late, observed, stored, successors
from workbench.fuzz.scene import CUSTOM, NOW, POLICY, PSKS, FuzzScene, scene, welcome_of
from workbench.fuzz.subject import ENTROPY, Layer, Subject, check_sound
from workbench.mls import (
    CIPHER_SUITES,
    Add,
    CipherSuite,
    ExternalPSK,
    GroupContextExtensions,
    KeyPackage,
    LeafNode,
    MLSMessage,
    PendingExternalCommit,
    PreSharedKey,
    PreSharedKeyID,
    ProposalQueued,
    RatchetTree,
    RatchetTreeExtension,
    ReInit,
    Remove,
    SigningKey,
    Update,
    create_commit,
    decode,
    encode,
    external_commit,
    group_info,
    join,
    process,
    propose,
    propose_external,
    propose_self_add,
    propose_update,
    validate_key_package,
)
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.tree.tree_validation import validate_tree
from workbench.mls.when import When
from workbench.mls.wire.code_points import ContentType, ExtensionType, ProtocolVersion, WireFormat
from workbench.mls.wire.messages import (
    ApplicationData,
    FramedContent,
    GroupInfo,
    GroupSecrets,
    PathSecret,
    PrivateMessageContent,
    PublicMessage,
    SenderData,
)
from workbench.mls.wire.proposals import Commit, CustomProposal, Proposal

HEAD_OF_GROUP_INFO = ProtocolVersion.mls10.to_bytes(2, "big") + WireFormat.mls_group_info.to_bytes(2, "big")


@cache
def subjects(suite_id: int) -> tuple[Subject, ...]:
    """All types of messages, in one cipher suite."""
    at = scene(suite_id)
    inside = (*_proposals(at), _commit(at), *_from_outside(at), *_private(at))
    alone = (*_joining(at), *_public_objects(at), x509_chain())
    return (*inside, *alone, *successors(at), *observed(at, (*inside, *alone)), *late(at, inside), *stored(at))


@cache
def genuine(suite_id: int) -> frozenset[bytes]:
    """The unchanged messages."""
    return frozenset(subject.wire.data for subject in subjects(suite_id))


@cache
def donors(suite_id: int) -> Donors:
    """The fields of all messages of this suite and the next, by shape."""
    found: defaultdict[Any, list[bytes]] = defaultdict(list)
    for number in (suite_id, suite_id % len(CIPHER_SUITES) + 1):
        for subject in subjects(number):
            for layer in subject.layers:
                for part in layer.parts().walk():
                    found[part.shape].append(part.encoded())
    return MappingProxyType({shape: tuple(dict.fromkeys(encodings)) for shape, encodings in found.items()})


# Within the group


def _to_carol(at: FuzzScene) -> Callable[[CipherSuite, bytes], object]:
    """Let Carol process the message and commit a proposal, then check her state."""

    def feed(suite: CipherSuite, data: bytes) -> object:
        carol = replace(at.carol, public=replace(at.carol.public, suite=suite))
        state, received = process(carol, data, now=NOW, psks=PSKS)
        if isinstance(received, ProposalQueued):
            state = create_commit(state, entropy=ENTROPY, now=NOW, psks=PSKS).next
        if suite is at.suite:
            check_sound(state)
        return received

    return feed


def _proposals(at: FuzzScene) -> Iterator[Subject]:
    """Each kind of proposal as a PublicMessage of Mallory."""
    suite, mallory = at.suite, at.mallory
    psk = PreSharedKeyID(ExternalPSK(b"over lunch"), bytes(suite.hash_length))
    extensions = mallory.context.extensions
    reinit = ReInit(b"the next group", ProtocolVersion.mls10, suite.id, extensions)
    custom = CustomProposal(CUSTOM.number, b"a new name for the group")
    for proposal in (Remove(at.carol.own_leaf), PreSharedKey(psk), GroupContextExtensions(extensions), reinit, custom):
        yield _public(at, propose(mallory, proposal, entropy=ENTROPY, now=NOW).message)
    yield _public(at, propose(mallory, Add(at.grace.key_package), entropy=ENTROPY, now=NOW).message)
    yield _public(at, propose_update(mallory, entropy=ENTROPY, now=NOW).message)


def _public(at: FuzzScene, message: MLSMessage, private_key: SigningKey | None = None) -> Subject:
    """A proposal that its sender changes and signs; the sender is Mallory unless `private_key` is given."""
    content = _content(message)
    if not isinstance(content.content, Proposal):
        raise TypeError("a proposal is expected")
    proposal = content.content.proposal
    signer = private_key or at.mallory.signature_private_key

    def framed(data: bytes) -> bytes:
        return public_message(at.mallory, data, None, signer)

    def reframed(changed: AnyProposal) -> bytes:
        return framed(encode(replace(content, content=Proposal(changed))))

    layers = [
        Layer("wire", MLSMessage, encode(message)),
        Layer("content", FramedContent, encode(content), framed),
    ]
    if isinstance(proposal, Add):
        key = at.grace.signature_private_key
        layers.append(
            Layer(
                "key package",
                KeyPackage,
                encode(proposal.key_package),
                lambda data: reframed(Add(signed_key_package(at.suite, key, data))),
            )
        )
    if isinstance(proposal, Update):
        leaf = encode(proposal.leaf_node)
        layers.append(Layer("leaf node", LeafNode, leaf, lambda data: reframed(Update(signed_leaf(at.mallory, data)))))
    sender = "" if private_key is None else f" of {content.sender.sender.TAG.name}"
    return Subject(f"PublicMessage {type(proposal).__name__}{sender}", tuple(layers), _to_carol(at))


def _content(message: MLSMessage) -> FramedContent:
    if not isinstance(message.message, PublicMessage):
        raise TypeError("a PublicMessage is expected")
    return message.message.content


def _commit(at: FuzzScene) -> Subject:
    """Mallory's commit: it adds Grace, mixes in a PSK, contains Carol's Update by reference, and has a path."""
    content, tag = _content(at.committed.message), at.committed.next.confirmation_tag
    commit = content.content
    if not isinstance(commit, Commit) or commit.path is None:
        raise TypeError("a commit with a path is expected")
    path, for_carol = commit.path, PathForCarol(at, commit)

    def framed(data: bytes) -> bytes:
        return public_message(at.mallory, data, tag, at.mallory.signature_private_key)

    def reframed(changed: Commit) -> bytes:
        return framed(encode(replace(content, content=changed)))

    layers = (
        Layer("wire", MLSMessage, encode(at.committed.message)),
        Layer("content", FramedContent, encode(content), framed),
        Layer(
            "leaf node",
            LeafNode,
            encode(path.leaf_node),
            lambda data: reframed(replace(commit, path=replace(path, leaf_node=signed_leaf(at.mallory, data)))),
        ),
        Layer(
            "path secret",
            PathSecret,
            encode(PathSecret(for_carol.secret())),
            lambda data: reframed(for_carol.resealed(decode(PathSecret, data).path_secret)),
        ),
    )
    return Subject("PublicMessage Commit", layers, _to_carol(at))


def _from_outside(at: FuzzScene) -> Iterator[Subject]:
    """Messages from outside the group: two kinds of proposals, and an external commit."""
    suite, carol = at.suite, at.carol
    key = at.grace.signature_private_key
    remove = Remove(at.mallory.own_leaf)
    proposed = propose_external(
        suite, carol.group_id, carol.epoch, remove, now=NOW, sender_index=0, signature_private_key=at.overseer
    )
    yield _public(at, proposed, at.overseer)
    yield _public(at, propose_self_add(at.grace.key_package, key, suite, carol.group_id, carol.epoch, now=NOW), key)
    committed = _external_commit(at, suite, encode(group_info(at.mallory)))
    content, tag = _content(committed.message), committed.next.confirmation_tag
    layers = (
        Layer("wire", MLSMessage, encode(committed.message)),
        Layer("content", FramedContent, encode(content), lambda data: public_message(at.mallory, data, tag, key)),
    )
    yield Subject("PublicMessage external Commit", layers, _to_carol(at))


def _external_commit(at: FuzzScene, suite: CipherSuite, info: bytes) -> PendingExternalCommit:
    """Let Grace join by an external commit with this GroupInfo."""
    credential, key = at.grace.key_package.leaf_node.credential, at.grace.signature_private_key
    return external_commit(info, credential, key, entropy=ENTROPY, now=NOW, suite=suite)


def _private(at: FuzzScene) -> Iterator[Subject]:
    """The three types of content as PrivateMessages of Mallory."""
    commit, tag = _content(at.committed.message).content, at.in_private.next.confirmation_tag
    contents: tuple[tuple[type, Any, bytes | None], ...] = (
        (ApplicationData, ApplicationData(b"good morning"), None),
        (Proposal, Proposal(Add(at.grace.key_package)), None),
        (Commit, commit, tag),
    )
    for cls, body, confirmation_tag in contents:
        yield _sealed(at, cls, encode(body), confirmation_tag)


def _sealed(at: FuzzScene, cls: Any, body: bytes, tag: bytes | None) -> Subject:
    sealer = Sealer(at.mallory, cls.TAG)
    inside = sealer.inside(body, tag)
    layers = (
        Layer("wire", MLSMessage, sealer.sealed(inside)),
        Layer("plaintext", PrivateMessageContent, inside, sealer.sealed, {"content_type": cls.TAG}),
        Layer("content", cls, body, lambda data: sealer.sealed(sealer.inside(data, tag))),
        Layer("sender data", SenderData, sealer.sender_data(), lambda data: sealer.sealed(inside, data)),
    )
    return Subject(f"PrivateMessage {ContentType(cls.TAG).name}", layers, _to_carol(at))


# Into the group


def _joining(at: FuzzScene) -> Iterator[Subject]:
    """A Welcome that contains the tree, and a Welcome with a separate tree."""
    host = WelcomeForger(at.suite, at.committed, at.grace, at.mallory.signature_private_key, (PSKS[b"over lunch"],))
    info = host.group_info
    without = replace(
        info, extensions=tuple(each for each in info.extensions if each.extension_type != ExtensionType.ratchet_tree)
    )
    tree = encode(RatchetTreeExtension(at.committed.next.tree.to_nodes()))

    def feed(suite: CipherSuite, data: bytes, ratchet_tree: RatchetTreeExtension | None = None) -> object:
        state = join(data, at.grace, now=NOW, psks=PSKS, policy=POLICY, suite=suite, ratchet_tree=ratchet_tree)
        if suite is at.suite:
            check_sound(state)
        return state

    welcome = MLSMessage(ProtocolVersion.mls10, welcome_of(at.committed))
    layers = (
        Layer("wire", MLSMessage, encode(welcome)),
        Layer("secrets", GroupSecrets, encode(host.secrets), lambda data: host.welcome(group_secrets=data)),
        Layer("info", GroupInfo, encode(info), lambda data: host.welcome(group_info=host.signed(data))),
        Layer("tree", RatchetTreeExtension, tree, lambda data: host.welcome(group_info=host.with_tree(data))),
    )
    yield Subject("Welcome", layers, feed, sealed=False)
    bare = host.welcome(group_info=host.signed(encode(without)))

    def feed_tree(suite: CipherSuite, data: bytes) -> object:
        return feed(suite, bare, decode(RatchetTreeExtension, data))

    yield Subject("ratchet_tree at a Welcome", (Layer("wire", RatchetTreeExtension, tree),), feed_tree, sealed=False)


# Objects that stand by themselves


def _public_objects(at: FuzzScene) -> Iterator[Subject]:
    """Objects outside of messages: a key package, a ratchet tree, a GroupInfo."""
    key_package = at.grace.key_package

    def wrapped(data: bytes) -> bytes:
        signed = signed_key_package(at.suite, at.grace.signature_private_key, data)
        return encode(MLSMessage(ProtocolVersion.mls10, signed))

    def feed_key_package(suite: CipherSuite, data: bytes) -> object:
        given = decode(MLSMessage, data).message
        if isinstance(given, KeyPackage):
            validate_key_package(suite, given, now=NOW)
        return given

    message = encode(MLSMessage(ProtocolVersion.mls10, key_package))
    layers = (Layer("wire", MLSMessage, message), Layer("signed", KeyPackage, encode(key_package), wrapped))
    yield Subject("KeyPackage", layers, feed_key_package, sealed=False)

    def feed_tree(suite: CipherSuite, data: bytes) -> object:
        tree = RatchetTree.from_nodes(decode(RatchetTreeExtension, data).ratchet_tree, suite)
        validate_tree(tree, at.carol.group_id, at.carol.context.extensions, when=When.at(NOW))
        return tree.hash()

    nodes = encode(RatchetTreeExtension(at.carol.tree.to_nodes()))
    yield Subject("ratchet_tree", (Layer("wire", RatchetTreeExtension, nodes),), feed_tree, sealed=False)

    info = group_info(at.mallory)

    def signed_info(data: bytes) -> bytes:
        return HEAD_OF_GROUP_INFO + signed_group_info(at.suite, at.mallory.signature_private_key, data)

    def feed_info(suite: CipherSuite, data: bytes) -> object:
        return _external_commit(at, suite, data)

    layers = (Layer("wire", MLSMessage, encode(info)), Layer("signed", GroupInfo, encode(info.message), signed_info))
    yield Subject("GroupInfo", layers, feed_info)
