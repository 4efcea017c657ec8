"""The computed values and encrypted parts of messages to a group: PublicMessages and PrivateMessages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from workbench.mls import LeafIndex, MLSMessage, NodeIndex, RatchetTree, encode
from workbench.mls.errors import MLSError
from workbench.mls.group.signatures import signature_key_of
from workbench.mls.tree.update_path import path_recipients
from workbench.mls.wire.code_points import ContentType, SenderType, WireFormat
from workbench.mls.wire.codec import decode
from workbench.mls.wire.messages import (
    FramedContent,
    MemberSender,
    NewMemberCommitSender,
    PrivateMessage,
    PrivateMessageContent,
    PublicMessage,
    Sender,
    SenderData,
    from_inside,
)
from workbench.mls.wire.proposals import Commit, Proposal, ProposalByReference
from workbench.mls.wire.tree import KeyPackageSource, ParentNode, UpdatePath
from workbench.review.apart_objects import below, confirmation, objects_in, opaque, secret_of, verified
from workbench.review.keyring import KnownEpochKeys
from workbench.review.locks import KeyLock, MessageLock, SenderDataLock, Start, UnknownLock, kept_key, start_of
from workbench.review.recomputation import DATA, Call, Expression, Extract, Named, join
from workbench.review.taken_apart import Kind, Place, TakenApart

PROPOSAL_REF = "ProposalRef"

FAR = 8
"""How many steps of a ratchet a program shows; a key further away begins with the ratchet secret before it."""


@dataclass(frozen=True, slots=True)
class Framed:
    """A content with the places of its parts: `body` is the commit, proposal or text, and `auth` its proof.

    `framed` gives the bytes of the FramedContent. `version` and `wire_format` stand before it in what is signed.
    """

    content: FramedContent
    version: Expression
    wire_format: Expression
    framed: Expression
    body: Place
    auth: Place

    @property
    def sender(self) -> int | None:
        """The sender's leaf, None for a sender from outside."""
        sender = self.content.sender.sender
        return sender.leaf_index if isinstance(sender, MemberSender) else None


def public_message(apart: TakenApart, root: Place, message: PublicMessage) -> None:
    """A PublicMessage: everybody can read it, and members verify its tag."""
    content = message.content
    inside = below(root, "content")
    framed = Framed(
        content,
        *_header(root, WireFormat.mls_public_message),
        apart.whole(inside),
        below(inside, _body_of(content)),
        below(root, "auth"),
    )
    _content(apart, framed)
    if message.membership_tag is None:
        return
    known = apart.keyring.epoch(content.group_id, content.epoch)
    key, context = secret_of(apart, known, "membership_key", content.epoch), context_of(apart, known)
    missing = (
        f"the membership key of epoch {content.epoch}" if key is None else f"the GroupContext of epoch {content.epoch}"
    )
    expression = None
    if key is not None and context is not None:
        covered = join(framed.version, framed.wire_format, framed.framed, context, apart.whole(framed.auth))
        expression = Call("mac", (key, covered))
    tag = below(root, "membership_tag")
    apart.compute(tag, "membership tag", Kind.MAC, "§6.2", expression, expected=message.membership_tag, missing=missing)


def private_message(apart: TakenApart, root: Place, message: PrivateMessage) -> None:
    """A PrivateMessage: sender data, then the content under a key of the sender's ratchet."""
    known = apart.keyring.epoch(message.group_id, message.epoch)
    sealed_sender, sealed_content = below(root, "encrypted_sender_data"), below(root, "ciphertext")
    sender_data = None
    apart.seal(sealed_sender, SenderDataLock(message.group_id, message.epoch))
    secret = secret_of(apart, known, "sender_data_secret", message.epoch)
    if secret is not None:
        sender_data = _sender_data(apart, root, secret)
    if sender_data is None:
        words = "the key of the message, which only the sender data name"
        apart.seal(sealed_content, UnknownLock(words))
        return
    leaf, generation = sender_data.leaf_index, sender_data.generation
    lock = MessageLock(message.group_id, message.epoch, leaf, message.content_type, generation)
    apart.seal(sealed_content, lock)
    found = _message_key(apart, known, lock)
    if found is None:
        return
    key, nonce = found
    guarded = Call("xor", (nonce, apart.contents(Place("sender_data", "SenderData.reuse_guard"))))
    apart.compute(sealed_content, "message key", Kind.KEY, "§9.1", key)
    apart.compute(sealed_content, "message nonce", Kind.NONCE, "§9.1", nonce)
    apart.compute(sealed_content, "nonce with the reuse guard", Kind.NONCE, "§6.3.1", guarded)
    used = apart.book.define("message_key", key, f"the {lock}", is_secret=True)
    with_guard = apart.book.define("nonce", guarded, "the nonce of that key with the reuse guard", is_secret=True)
    aad = apart.between(below(root, "group_id"), sealed_sender)
    opened = Call("open", (used, with_guard, aad, apart.contents(sealed_content)))
    sheet = apart.open(
        "content", "the content of the message", opened, PrivateMessageContent, content_type=message.content_type
    )
    if sheet:
        _private_content(apart, root, message, sender_data, sheet)


def _sender_data(apart: TakenApart, root: Place, secret: Expression) -> SenderData | None:
    place, ciphertext = below(root, "encrypted_sender_data"), apart.contents(below(root, "ciphertext"))
    suite = apart.book.suite
    sample = Extract(DATA, ciphertext.start, min(ciphertext.end, ciphertext.start + suite.hash_length))
    key = Call("expand_with_label", (secret, "key", sample, suite.key_length))
    nonce = Call("expand_with_label", (secret, "nonce", sample, suite.nonce_length))
    apart.compute(place, "sender data key", Kind.KEY, "§6.3.2", key)
    apart.compute(place, "sender data nonce", Kind.NONCE, "§6.3.2", nonce)
    words = "of the sender data, from a sample of the ciphertext"
    named = [
        apart.book.define("sender_data_key", key, f"the key {words}", is_secret=True),
        apart.book.define("sender_data_nonce", nonce, f"the nonce {words}", is_secret=True),
    ]
    aad = apart.between(below(root, "group_id"), below(root, "authenticated_data"))
    opened = Call("open", (*named, aad, apart.contents(place)))
    sheet = apart.open("sender_data", "the sender data", opened, SenderData)
    return decode(SenderData, apart.book.definitions[sheet].value) if sheet else None


def _message_key(apart: TakenApart, known: KnownEpochKeys, lock: MessageLock) -> tuple[Expression, Expression] | None:
    """The key and the nonce of a message, derived from the lowest known secret above; None if they are not held."""
    book, suite = apart.book, apart.book.suite
    start = start_of(known, lock)
    if start is not None:
        ratchet = _ratchet_secret(apart, start, lock)
        return (
            Call("derive_tree_secret", (ratchet, "key", lock.generation, suite.key_length)),
            Call("derive_tree_secret", (ratchet, "nonce", lock.generation, suite.nonce_length)),
        )
    kept = kept_key(apart.keyring, lock)
    if kept is None:
        return None
    return (
        book.define("kept_key", kept.key, f"{lock}, kept alone", is_secret=True),
        book.define("kept_nonce", kept.nonce, f"the nonce of {lock}, kept alone", is_secret=True),
    )


def _ratchet_secret(apart: TakenApart, start: Start, lock: MessageLock) -> Named:
    """The ratchet secret of the generation of a message."""
    book, length = apart.book, apart.book.suite.hash_length
    kind = "application" if lock.content_type is ContentType.application else "handshake"
    if start.width == 0:
        words = f"secret {start.generation} of the {kind} ratchet of leaf {lock.leaf}"
        at = book.define("ratchet_secret", start.secret, words, is_secret=True)
    else:
        above = _leaf_secret(apart, start, lock)
        first = Call("expand_with_label", (above, kind, b"", length))
        at = book.define("ratchet_secret", first, f"secret 0 of the {kind} ratchet of leaf {lock.leaf}", is_secret=True)
    for generation in range(start.generation, lock.generation):
        turned: Expression = Call("derive_tree_secret", (at, "secret", generation, length))
        if lock.generation - generation > FAR:
            turned = book.value(turned)
        words = f"secret {generation + 1} of the {kind} ratchet of leaf {lock.leaf}"
        at = book.define("ratchet_secret", turned, words, is_secret=True)
    return at


def _leaf_secret(apart: TakenApart, start: Start, lock: MessageLock) -> Named:
    """The secret of a leaf of the secret tree, from the lowest secret above it that is known."""
    book, width = apart.book, start.width
    words = (
        f"the encryption secret of epoch {lock.epoch}"
        if start.is_root
        else f"the secret of the node of the secret tree above leaf {lock.leaf} whose part has {width} leaves"
    )
    at = book.define("encryption_secret" if start.is_root else "tree_secret", start.secret, words, is_secret=True)
    while width > 1:
        width //= 2
        side = b"right" if lock.leaf & width else b"left"
        child = Call("expand_with_label", (at, "tree", side, book.suite.hash_length))
        at = book.define("tree_secret", child, f"the secret of the {side.decode()} child", is_secret=True)
    return at


def _private_content(
    apart: TakenApart, root: Place, message: PrivateMessage, sender_data: SenderData, sheet: str
) -> None:
    opened = Place(sheet, PrivateMessageContent.__name__)
    try:
        inside = decode(PrivateMessageContent, apart.book.definitions[sheet].value, content_type=message.content_type)
    except MLSError:
        return
    content = FramedContent(
        message.group_id,
        message.epoch,
        Sender(MemberSender(sender_data.leaf_index)),
        message.authenticated_data,
        inside.content,
    )
    body, auth = below(opened, _body_of(content)), below(opened, "auth")
    kind, data = below(root, "content_type"), below(root, "authenticated_data")
    framed = join(
        apart.between(below(root, "group_id"), kind),
        bytes([SenderType.member]),
        apart.whole(Place("sender_data", "SenderData.leaf_index")),
        apart.whole(data),
        apart.whole(kind),
        Extract(sheet, 0, apart.found(auth).offset),
    )
    _content(apart, Framed(content, *_header(root, WireFormat.mls_private_message), framed, body, auth))


def _content(apart: TakenApart, framed: Framed) -> None:
    """The signature of a content, and what is in it."""
    content = framed.content
    known = apart.keyring.epoch(content.group_id, content.epoch)
    place, needs = below(framed.auth, "signature"), f"the GroupContext and the tree of epoch {content.epoch}"
    context = context_of(apart, known) if from_inside(content) else b""
    key = _signature_key(apart, content, known)
    if context is None or key is None:
        apart.compute(place, "signature", Kind.SIGNATURE, "§6.1", None, missing=needs)
    else:
        covered = join(framed.version, framed.wire_format, framed.framed, *([context] if from_inside(content) else ()))
        verified(apart, place, "§6.1", key, "FramedContentTBS", covered)
    if isinstance(content.content, Commit):
        _commit(apart, framed, content.content, known)
    elif isinstance(content.content, Proposal):
        authenticated = join(framed.wire_format, framed.framed, apart.whole(framed.auth))
        reference = Call("ref_hash", ("MLS 1.0 Proposal Reference", authenticated))
        apart.compute(framed.body, PROPOSAL_REF, Kind.REFERENCE, "§5.2", reference)
    objects_in(apart, apart.sheets[framed.body.sheet], content.group_id, _leaf_of_sender(apart, framed))


def _commit(apart: TakenApart, framed: Framed, commit: Commit, known: KnownEpochKeys) -> None:
    content = framed.content
    after = apart.keyring.epoch(content.group_id, content.epoch + 1)
    signature = apart.whole(below(framed.auth, "signature"))
    hashed: Expression | None = None
    if known.interim_transcript_hash is not None:
        words = f"the interim transcript hash of epoch {content.epoch}"
        interim = apart.book.define("interim_transcript_hash", known.interim_transcript_hash, words)
        expression = Call("hash", (join(interim, framed.wire_format, framed.framed, signature),))
        expected = None if after.context is None else after.context.confirmed_transcript_hash
        name = "confirmed transcript hash"
        apart.compute(framed.body, name, Kind.HASH, "§8.2", expression, expected=expected)
        words = f"the confirmed transcript hash of epoch {content.epoch + 1}"
        hashed = apart.book.define("confirmed_transcript_hash", expression, words)
    elif after.context is not None:
        words = f"the confirmed transcript hash of epoch {content.epoch + 1}"
        hashed = apart.book.define("confirmed_transcript_hash", after.context.confirmed_transcript_hash, words)
    tag = below(framed.auth, "confirmation_tag")
    expected = apart.book.value(apart.contents(tag))
    if hashed is None:
        missing = f"the interim transcript hash of epoch {content.epoch}"
        apart.compute(tag, "confirmation tag", Kind.MAC, "§6.1", None, missing=missing)
    else:
        confirmation(apart, tag, after, content.epoch + 1, hashed, expected)
    for number, each in enumerate(commit.proposals):
        if isinstance(each.proposal_or_ref, ProposalByReference):
            _reference(apart, below(framed.body, f"proposals[{number}].reference"), each.proposal_or_ref.reference)
    if commit.path is not None:
        _path(apart, framed, commit.path, known, after)


def _reference(apart: TakenApart, place: Place, reference: bytes) -> None:
    """The reference of a proposal that was sent before."""
    sent = apart.keyring.proposals.get(reference)
    missing = "the proposal, which was sent before"
    expression = None
    if sent is not None:
        named = apart.book.define("proposal", sent, "the proposal that was sent before, as AuthenticatedContent")
        expression = Call("ref_hash", ("MLS 1.0 Proposal Reference", named))
    apart.compute(place, PROPOSAL_REF, Kind.REFERENCE, "§5.2", expression, expected=reference, missing=missing)


def _path(apart: TakenApart, framed: Framed, path: UpdatePath, known: KnownEpochKeys, after: KnownEpochKeys) -> None:
    """The path of a commit: each path secret is encrypted to the nodes of a resolution (RFC 9420 §7.6)."""
    nodes, tree, committer = below(framed.body, "path.nodes"), after.tree, _leaf_of_sender(apart, framed)
    if tree is None or committer is None:
        words = f"the private key of a node that only the tree of epoch {framed.content.epoch + 1} names"
        for place in _ciphertexts(apart, nodes, path):
            apart.seal(place, UnknownLock(words))
        return
    leaf = LeafIndex(committer)
    _parent_hash(apart, framed, tree, leaf)
    recipients = path_recipients(tree, leaf, _joined(known.tree, tree))
    places = [at.node for at in tree.filtered_direct_path(leaf)]
    context = _provisional_context(apart, known, after, framed.content.epoch)
    below_secret: Named | None = None
    for number, (above, readers) in enumerate(zip(places, recipients, strict=False)):
        at = below(nodes, f"[{number}]")
        own = _open_path_secret(apart, at, tree, above, readers, context)
        if own is None and below_secret is not None:
            derived = Call("derive_secret", (below_secret, "path"))
            own = apart.book.define("path_secret", derived, f"the path secret of node {above}", is_secret=True)
        key = below(at, "encryption_key")
        if own is not None and apart.has(key):
            expected = apart.book.value(apart.contents(key))
            expression = Call("public_key", (Call("derive_secret", (own, "node")),))
            apart.compute(key, f"public key of node {above}", Kind.KEY, "§7.4", expression, expected=expected)
        below_secret = own


def _ciphertexts(apart: TakenApart, nodes: Place, path: UpdatePath) -> Iterator[Place]:
    """The ciphertexts of a path that have a field of their own."""
    for at, node in enumerate(path.nodes):
        for which in range(len(node.encrypted_path_secret)):
            place = below(nodes, f"[{at}].encrypted_path_secret[{which}].ciphertext")
            if apart.has(place):
                yield place


def _open_path_secret(
    apart: TakenApart,
    at: Place,
    tree: RatchetTree,
    node: NodeIndex,
    readers: tuple[NodeIndex, ...],
    context: Expression | None,
) -> Named | None:
    """Note the ciphertexts of one path secret, and open the first for which the keyring has a key."""
    own = None
    for which, reader in enumerate(readers):
        sealed = below(at, f"encrypted_path_secret[{which}]")
        place = below(sealed, "ciphertext")
        if not apart.has(place):
            continue
        public = tree.encryption_key(reader)
        holder = f"leaf {reader // 2}" if reader % 2 == 0 else f"node {reader}"
        held = apart.seal(place, KeyLock(public, f"the private key of {holder}"))
        if not held or context is None:
            continue
        private = apart.book.define(
            "private_key", apart.keyring.private_keys[public], f"the private key of {holder}", is_secret=True
        )
        ciphertext = Call("HPKECiphertext", (apart.contents(below(sealed, "kem_output")), apart.contents(place)))
        opened = Call("decrypt_with_label", (private, "UpdatePathNode", context, ciphertext))
        sheet = apart.open("path_secret", f"the path secret of node {node}", opened, None)
        if sheet and own is None:
            own = Named(sheet)
    return own


def _parent_hash(apart: TakenApart, framed: Framed, tree: RatchetTree, leaf: LeafIndex) -> None:
    """The parent hash of the committer's leaf: it binds the leaf to the first node above (RFC 9420 §7.9)."""
    place = below(framed.body, "path.leaf_node.parent_hash")
    first = next(iter(tree.filtered_direct_path(leaf)), None)
    node = None if first is None else tree.node(first.node)
    if first is None or not isinstance(node, ParentNode) or not apart.has(place):
        return
    rest = opaque(node.parent_hash) + opaque(tree.hash(first.copath_child))
    words = f"the parent hash in node {first.node}, and the tree hash of its other child, node {first.copath_child}"
    above = apart.book.define("above_and_sibling", rest, words)
    key = apart.whole(below(framed.body, "path.nodes[0].encryption_key"))
    expected = apart.book.value(apart.contents(place))
    apart.compute(place, "parent hash", Kind.HASH, "§7.9", Call("hash", (join(key, above),)), expected=expected)


# Small answers


def context_of(apart: TakenApart, known: KnownEpochKeys) -> Expression | None:
    """The encoded GroupContext of an epoch; None if it is not known."""
    if known.context is None:
        return None
    words = f"the GroupContext of epoch {known.context.epoch}"
    return apart.book.define("group_context", encode(known.context), words)


def _provisional_context(
    apart: TakenApart, known: KnownEpochKeys, after: KnownEpochKeys, epoch: int
) -> Expression | None:
    """The GroupContext to which path secrets are bound: that of the next epoch, with the present transcript hash."""
    if known.context is None or after.context is None:
        return None
    provisional = replace(after.context, confirmed_transcript_hash=known.context.confirmed_transcript_hash)
    words = f"the GroupContext of epoch {epoch + 1} with the transcript hash of epoch {epoch} (§7.6)"
    return apart.book.define("provisional_context", encode(provisional), words)


def _signature_key(apart: TakenApart, content: FramedContent, known: KnownEpochKeys) -> Expression | None:
    if known.context is None or known.tree is None:
        return None
    try:
        key = signature_key_of(content, known.context, known.tree)
    except MLSError:
        return None
    sender = content.sender.sender
    whose = f"leaf {sender.leaf_index}, from the tree" if isinstance(sender, MemberSender) else "the sender"
    return apart.book.define("signature_key", key, f"the signature key of {whose}")


def _leaf_of_sender(apart: TakenApart, framed: Framed) -> int | None:
    """The leaf of the sender; that of an external commit is where its leaf node stands in the next tree."""
    content = framed.content
    if not isinstance(content.sender.sender, NewMemberCommitSender):
        return framed.sender
    after = apart.keyring.epoch(content.group_id, content.epoch + 1).tree
    if after is None or not isinstance(content.content, Commit) or content.content.path is None:
        return None
    own = content.content.path.leaf_node
    return next((int(leaf) for leaf, each in after.leaves() if each == own), None)


def _joined(before: RatchetTree | None, after: RatchetTree) -> list[LeafIndex]:
    """The leaves that a commit has added: their nodes come from key packages, and stood not there before."""
    if before is None:
        return []
    return [
        leaf
        for leaf, each in after.leaves()
        if isinstance(each.leaf_node_source, KeyPackageSource)
        and (leaf >= before.leaf_count or before.leaf(leaf) != each)
    ]


def _body_of(content: FramedContent) -> str:
    """The name of the field that holds what is framed."""
    match content.content:
        case Commit():
            return "commit"
        case Proposal():
            return "proposal"
        case _:
            return "application_data"


def _header(root: Place, wire_format: WireFormat) -> tuple[Expression, Expression]:
    """The version and the wire format: bytes of an MLSMessage, or written down for a bare struct."""
    if root.path.startswith(MLSMessage.__name__):
        return Extract(DATA, 0, 2), Extract(DATA, 2, 4)
    return b"\0\1", wire_format.to_bytes(2, "big")
