"""What those who receive or read something refuse without an optional argument."""

from __future__ import annotations

from functools import partial

from tests.mls.group.changed_objects import PSK
from tests.mls.group.company import TRUST, company
from tests.mls.group.scenario import NOW, WEEKS_8, Scenario, group_of
from tests.mls.group.test_custom_proposals import LUNCH, POLICY, polling_group
from tests.mls.group.test_signers import signing_pair
from tests.mls.group.twins.twin import (
    BOTH_KEYS,
    DAY,
    EXPIRED,
    FRESH,
    LATE,
    NO_ANCHOR,
    NO_PSK,
    NO_RESUMPTION_PSK,
    NO_TREE,
    RESUMPTION,
    WEEK,
    Twin,
    Twins,
    adding_carol,
    alice_and_bob,
    branched,
    carol,
    twin,
    without_tree,
)
from workbench.mls import (
    Add,
    LifetimePolicy,
    RatchetTreeExtension,
    create_commit,
    create_group,
    create_key_package,
    decode,
    encode,
    group_info,
    join,
    new_lifetime,
    observe,
    process,
    public_group,
    read_bundle,
    read_pending_commit,
    read_state,
    validate_key_package,
    write_bundle,
    write_pending_commit,
    write_state,
)
from workbench.mls import errors as refused
from workbench.mls.wire.proposals import Proposal

RECEIVERS: Twins = {}


@twin(RECEIVERS, "decode.custom")
def _() -> Twin:
    data = encode(Proposal(LUNCH))
    return Twin(partial(decode, Proposal, data), POLICY.custom, refused.Malformed, "§2.1", "proposal_type")


@twin(RECEIVERS, "join.sent_at")
def _() -> Twin:
    made, bundle = adding_carol()
    return Twin(partial(join, encode(made.welcome), bundle, now=LATE + WEEK), LATE + DAY, *EXPIRED, stricter=True)


@twin(RECEIVERS, "join.ratchet_tree")
def _() -> Twin:
    made, bundle = adding_carol(ratchet_tree=False)
    tree = RatchetTreeExtension(made.next.tree.to_nodes())
    return Twin(partial(join, encode(made.welcome), bundle, now=NOW), tree, *NO_TREE)


@twin(RECEIVERS, "join.psks")
def _() -> Twin:
    made, bundle = adding_carol(RESUMPTION, PSK, psks=BOTH_KEYS)
    return Twin(partial(join, encode(made.welcome), bundle, now=NOW), BOTH_KEYS, *NO_RESUMPTION_PSK)


@twin(RECEIVERS, "join.old_group")
def _() -> Twin:
    made, bob, old = branched()
    call = partial(join, encode(made.welcome), bob, now=NOW)
    return Twin(call, old, refused.Misuse, "§12.4.3.1", "its last state is needed as old_group")


@twin(RECEIVERS, "join.policy")
def _() -> Twin:
    scenario = company(1, "Alice", "Bob")
    bundle = scenario.bundle("Carol")
    made = create_commit(scenario.states["Alice"], [Add(bundle.key_package)], **FRESH)
    return Twin(partial(join, encode(made.welcome), bundle, now=NOW), TRUST, *NO_ANCHOR)


@twin(RECEIVERS, "new_lifetime.seconds")
def _() -> Twin:
    def call(*, seconds: int = 10 * 365 * 24 * 3600) -> object:
        people = Scenario(group_of("Alice").suite)
        who = people.suite, people.credential("Alice"), people.signature_private_key("Alice")
        bundle = create_key_package(*who, lifetime=new_lifetime(NOW, seconds), entropy=b"k" * 32)
        return create_group(bundle, b"a group", **FRESH)

    return Twin(call, WEEKS_8, refused.RefusedByPolicy, "§7.2", "longest")


@twin(RECEIVERS, "observe.sent_at")
def _() -> Twin:
    alice, _ = alice_and_bob()
    seen = public_group(encode(group_info(alice)), now=NOW)
    message = encode(create_commit(alice, [Add(carol().key_package)], **FRESH).message)
    return Twin(partial(observe, seen, message, now=LATE + WEEK), LATE + DAY, *EXPIRED, stricter=True)


@twin(RECEIVERS, "process.sent_at")
def _() -> Twin:
    alice, bob = alice_and_bob()
    message = encode(create_commit(alice, [Add(carol().key_package)], **FRESH).message)
    return Twin(partial(process, bob, message, now=LATE + WEEK), LATE + DAY, *EXPIRED, stricter=True)


@twin(RECEIVERS, "process.psks")
def _() -> Twin:
    alice, bob = alice_and_bob()
    message = encode(create_commit(alice, [PSK, RESUMPTION], **FRESH, psks=BOTH_KEYS).message)
    return Twin(partial(process, bob, message, now=NOW), BOTH_KEYS, *NO_PSK)


@twin(RECEIVERS, "process.pending")
def _() -> Twin:
    made = create_commit(alice_and_bob()[0], **FRESH)
    call = partial(process, made.current, encode(made.message), now=NOW)
    return Twin(call, made, refused.OwnMessage, "§12.4.2", "sent the message itself")


@twin(RECEIVERS, "public_group.ratchet_tree")
def _() -> Twin:
    info, tree = without_tree(alice_and_bob()[0])
    return Twin(partial(public_group, info, now=NOW), tree, *NO_TREE)


@twin(RECEIVERS, "public_group.policy")
def _() -> Twin:
    info = encode(group_info(company(1, "Alice", "Bob").states["Alice"]))
    return Twin(partial(public_group, info, now=NOW), TRUST, *NO_ANCHOR)


@twin(RECEIVERS, "read_state.policy")
def _() -> Twin:
    scenario = polling_group("Alice", "Bob")
    scenario.propose("Alice", LUNCH)
    data = write_state(scenario.states["Bob"])
    return Twin(partial(read_state, data), POLICY, refused.Malformed, "§2.1", "proposal_type")


@twin(RECEIVERS, "read_pending_commit.policy")
def _() -> Twin:
    data = write_pending_commit(create_commit(polling_group("Alice", "Bob").states["Alice"], [LUNCH], **FRESH))
    return Twin(partial(read_pending_commit, data), POLICY, refused.Malformed, "§2.1", "proposal_type")


HELD_ELSEWHERE = refused.Misuse, "§5.1.2", "is held elsewhere: give its `signer`"


@twin(RECEIVERS, "read_state.signer")
def _() -> Twin:
    scenario = signing_pair()
    return Twin(partial(read_state, write_state(scenario.states["Bob"])), scenario.find, *HELD_ELSEWHERE)


@twin(RECEIVERS, "read_bundle.signer")
def _() -> Twin:
    scenario = signing_pair()
    return Twin(partial(read_bundle, write_bundle(scenario.bundle("Bob"))), scenario.find, *HELD_ELSEWHERE)


@twin(RECEIVERS, "read_pending_commit.signer")
def _() -> Twin:
    scenario = signing_pair()
    data = write_pending_commit(create_commit(scenario.states["Bob"], **FRESH))
    return Twin(partial(read_pending_commit, data), scenario.find, *HELD_ELSEWHERE)


@twin(RECEIVERS, "validate_key_package.lifetimes")
def _() -> Twin:
    bundle = carol()
    call = partial(validate_key_package, group_of("Alice").suite, bundle.key_package, now=LATE + WEEK)
    return Twin(call, LifetimePolicy(leeway=2 * WEEK), refused.InvalidLeafNode, "§7.3", "not within the lifetime")
