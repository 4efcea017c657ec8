"""The exercises of lesson 03: a reference, a tag and a key, recomputed from the bytes of a group."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from workbench.inspect.dissect import dissect
from workbench.inspect.trace_format import MessageKind, TraceMessage
from workbench.lab import World
from workbench.lessons.exercise import Correct, Judgement, Wrong, exercise, judge_value
from workbench.mls import MLSError, MLSMessage, decode, encode, key_package_ref, process
from workbench.mls.framing.private_message import open_content, open_sender_data
from workbench.mls.schedule.secret_tree import MessageKey
from workbench.mls.wire.code_points import ContentType, ProtocolVersion
from workbench.mls.wire.messages import ApplicationData, PrivateMessage, Welcome

NOT_YET = Wrong("The world of this lesson has not come so far: run the cells above, from the top.")


def wire(world: World, kind: MessageKind, number: int = -1) -> bytes:
    """The bytes of a message of this kind, by default the last one, as they passed the delivery service."""
    return bytes.fromhex(_sent(world, kind)[number]["wire"])


FIELDS: Mapping[str, str] = MappingProxyType(
    {"the group": "group_id", "the epoch": "epoch", "the sender": "sender", "the text": "application_data"}
)
"""What somebody may want to know of a message, and the field that says it."""


def read_without_keys(world: World) -> list[str]:
    """What the service reads in Alice's message: whatever is a field of the message that is not encrypted."""
    readable = {each.name for each in dissect(wire(world, "application", 0))}
    return [what for what, field in FIELDS.items() if field in readable]


def _sent(world: World, kind: MessageKind) -> list[TraceMessage]:
    return [message for step in world.trace()["steps"] for message in step["messages"] if message["kind"] == kind]


@exercise(
    "03.1",
    hints=[
        "A reference is a hash with a label: `suite.ref_hash(label, value)`. The value is the encoded KeyPackage.",
        'The label is "MLS 1.0 KeyPackage Reference", and `encode(key_package)` gives the value.',
    ],
    source="""\
answer_1 = world.suite.ref_hash(
    "MLS 1.0 KeyPackage Reference", encode(world.bundle_that_joined("Carol").key_package)
)""",
)
def question_1(answer: object, world: World) -> Judgement:
    """The reference of Carol's key package, by which the Welcome names her."""
    carol, bob = (world.bundle_that_joined(name) for name in ("Carol", "Bob"))
    if carol is None or bob is None:
        return NOT_YET
    suite, data = world.suite, encode(carol.key_package)
    named = [entry.new_member for entry in _welcome(world).secrets]

    def accept(reference: bytes) -> Judgement:
        if reference == suite.hash(data):
            return Wrong("That is the hash of the key package alone. A reference hashes a label in front of it (§5.2).")
        if reference == suite.ref_hash("MLS 1.0 KeyPackage Reference", _framed(data)):
            return Wrong("These bytes begin with the header of an MLSMessage. A reference covers the KeyPackage alone.")
        if reference == key_package_ref(suite, bob.key_package):
            return Wrong("That is an entry of the Welcome, but the one for Bob.")
        if reference not in named:
            return Wrong("No entry of the Welcome has this reference. Which label and which bytes did you hash?")
        return Correct("Carol looks for this value among the entries. So she finds hers without trying to open all.")

    return judge_value(answer, bytes, accept)


def _welcome(world: World) -> Welcome:
    message = decode(MLSMessage, wire(world, "welcome")).message
    return message if isinstance(message, Welcome) else Welcome(world.suite.id, (), b"")


def _framed(key_package: bytes) -> bytes:
    return ProtocolVersion.mls10.to_bytes(2, "big") + b"\0\5" + key_package


@exercise(
    "03.2",
    hints=[
        "The tag is a MAC: `suite.mac(key, data)`. Its key belongs to the epoch that the commit begins.",
        "Take `state.secrets.confirmation_key` and `state.context.confirmed_transcript_hash` of that epoch.",
    ],
    source="""\
answer_2 = world.suite.mac(
    world.state("Bob", 4).secrets.confirmation_key,
    world.state("Bob", 4).context.confirmed_transcript_hash,
)""",
)
def question_2(answer: object, world: World) -> Judgement:
    """The confirmation tag of Carol's commit."""
    before, after = (world.state("Bob", step) for step in (-2, -1))
    if before is None or after is None or after.epoch == before.epoch:
        return NOT_YET
    suite, hashed = world.suite, after.context.confirmed_transcript_hash

    def accept(tag: bytes) -> Judgement:
        if tag == suite.mac(before.secrets.confirmation_key, before.context.confirmed_transcript_hash):
            return Wrong(f"That is the tag of epoch {before.epoch}. A commit proves knowledge of the next.")
        if tag == suite.mac(before.secrets.confirmation_key, hashed):
            return Wrong(f"This key is of epoch {before.epoch}, which the commit ends. Take the key of the next epoch.")
        if tag == suite.mac(after.secrets.membership_key, hashed):
            return Wrong("The membership key makes the other tag of the message. Which key confirms an epoch?")
        if tag == suite.hash(hashed):
            return Wrong("Everybody can compute a hash. A tag is a MAC: it takes a key.")
        if tag != after.confirmation_tag:
            return Wrong("The commit carries another tag. Which key, and which bytes?")
        return Correct("Only who has derived the secrets of the new epoch can make this tag, or check it.")

    return judge_value(answer, bytes, accept)


@exercise(
    "03.3",
    hints=[
        "Which bytes of the message does the membership tag cover? Choose the tag in the picture.",
        "The tag covers all bytes before it, and it is itself the last field.",
    ],
    source="answer_3 = 0",
)
def question_3(answer: object, world: World) -> Judgement:
    """How many bytes of the commit somebody in between can change; each byte is changed, and a member tries."""
    if len(_sent(world, "commit")) < len(("the Add of Bob and Carol", "the commit of Carol")):
        return NOT_YET
    message = wire(world, "commit")

    def accept(count: int) -> Judgement:
        if not 0 <= count <= len(message):
            return Wrong(f"The commit has {len(message)} bytes.")
        if count != _unnoticed(world):
            return Wrong("Alice's device has tried with each byte changed, and disagrees. What do the two tags cover?")
        return Correct(f"All {len(message)} bytes were changed, one at a time, and each change was refused.")

    return judge_value(answer, int, accept)


@cache
def _unnoticed(world: World) -> int:
    """Of how many bytes of the last commit Alice's device does not notice a change; it has Bob's proposal."""
    message = wire(world, "commit")
    states = [held for step in range(len(world.history)) if (held := world.state("Alice", step)) and held.epoch == 1]

    def accepts(at: int) -> bool:
        changed = bytearray(message)
        changed[at] ^= 1
        try:
            process(states[-1], bytes(changed), now=world.clock.now)
        except MLSError:
            return False
        return True

    return sum(map(accepts, range(len(message))))


@exercise(
    "03.4",
    hints=[
        "Alice is leaf 0 of four: from the root go left, and left again. Then comes her application ratchet.",
        'Each step is `suite.expand_with_label(secret, "tree", b"left", 32)`, then "application" with b"".',
        'The key is `suite.derive_tree_secret(ratchet, "key", 0, 16)`: generation 0, 16 bytes.',
    ],
    source="""\
answer_4 = world.state("Bob", 1).secret_tree.root
for label, context in (("tree", b"left"), ("tree", b"left"), ("application", b"")):
    answer_4 = world.suite.expand_with_label(answer_4, label, context, 32)
answer_4 = world.suite.derive_tree_secret(answer_4, "key", 0, 16)""",
)
def question_4(answer: object, world: World) -> Judgement:
    """The key of Alice's message, derived from the encryption secret; it is tried on the ciphertext."""
    state = world.state("Bob", 1)
    if state is None or not _sent(world, "application"):
        return NOT_YET
    suite, tree = world.suite, state.secret_tree
    used = tree.key_for(0, ContentType.application, 0)[1]
    others = (tree.key_for(leaf, ContentType.application, 0)[1].key for leaf in (1, 2))
    mistakes = {
        used.nonce: "That is the nonce: the label for the key is another one.",
        tree.key_for(0, ContentType.commit, 0)[1].key: "That is a key of Alice's handshake ratchet, for commits.",
        tree.key_for(0, ContentType.application, 1)[1].key: "That is generation 1, the key of her next message.",
        **dict.fromkeys(others, "That is a key of another member. Which way leads from the root to leaf 0?"),
    }

    def accept(key: bytes) -> Judgement:
        for value, reason in mistakes.items():
            if key == value:
                return Wrong(reason)
        if len(key) != suite.key_length:
            return Wrong(f"The AEAD of this cipher suite takes keys of {suite.key_length} bytes, this has {len(key)}.")
        text = _opened(world, MessageKey(0, key, used.nonce))
        if text is None:
            return Wrong("The ciphertext does not open with this key. Which labels did you use, and in which order?")
        return Correct(f"The ciphertext opens: “{text}”. Bob's device did this, and then deleted the key.")

    return judge_value(answer, bytes, accept)


def _opened(world: World, key: MessageKey) -> str | None:
    """What Alice's message says, opened with a key; None if it does not open."""
    message, state = decode(MLSMessage, wire(world, "application", 0)).message, world.state("Bob", 1)
    if not isinstance(message, PrivateMessage) or state is None:
        return None
    sender_data = open_sender_data(world.suite, message, state.secrets.sender_data_secret)
    try:
        content = open_content(world.suite, message, sender_data, key).content.content
    except MLSError:
        return None
    return content.application_data.decode() if isinstance(content, ApplicationData) else None
