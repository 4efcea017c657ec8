"""Forward secrecy of values: what was consumed is in no part of the next state (RFC 9420 §9.2).

A recording suite notes every secret that is ever derived, by its label; a walk over a state finds every value that
can be reached from it, caches included.
"""

from __future__ import annotations

import gc
import types
from collections import defaultdict
from dataclasses import dataclass, field, fields

from tests.mls.group.scenario import NOW, Scenario, with_public
from workbench.mls import (
    Add,
    CipherSuite,
    GroupState,
    NodeIndex,
    PendingCommit,
    Policy,
    ReadableEpoch,
    Remove,
    cipher_suite,
    create_commit,
    create_group,
    encode,
    join,
    process,
)

KEPT_FOR_THE_EPOCH = (
    "sender data",
    "exporter",
    "external",
    "confirm",
    "membership",
    "resumption",
    "authentication",
    "init",
    "encryption",
)
"""The labels of the secrets that a member needs in an epoch in which nobody has said anything yet (RFC 9420 §8)."""

GONE_WITH_THE_STEP = ("joiner", "epoch", "welcome", "path", "node", "extracted")
"""The labels of those that are only on the way to others (RFC 9420 §9.2); `extracted` are all HKDF extractions."""


@dataclass(frozen=True, eq=False, repr=False)
class RecordingSuite(CipherSuite):
    """A suite that remembers what it derived, by label."""

    derived: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def expand_with_label(self, secret: bytes, label: str, context: bytes, length: int) -> bytes:
        output = super().expand_with_label(secret, label, context, length)
        self.derived[label].append(output)
        return output

    def extract(self, salt: bytes, ikm: bytes) -> bytes:
        output = super().extract(salt, ikm)
        self.derived["extracted"].append(output)
        return output

    def forget(self) -> None:
        """Start a new page: what is derived from here on belongs to the next step."""
        self.derived.clear()


def secrets_in(state: GroupState | ReadableEpoch) -> set[bytes]:
    """Every byte string that can be reached from a state, but for what its recording suite has noted."""
    found: set[bytes] = set()
    seen = {id(state.suite if isinstance(state, GroupState) else state.secret_tree.suite)}
    waiting: list[object] = [state]
    while waiting:
        value = waiting.pop()
        if id(value) in seen or isinstance(value, type | types.ModuleType | types.FunctionType):
            continue
        seen.add(id(value))
        if isinstance(value, bytes):
            found.add(value)
        waiting += gc.get_referents(value)
    return found


def recorded_group() -> tuple[Scenario, RecordingSuite]:
    """Alice and Bob, with Bob's derivations recorded; nobody has sent anything in the epoch."""
    plain = cipher_suite(1)
    recorder = RecordingSuite(plain.algorithms)
    scenario = Scenario(plain)
    scenario.states["Alice"] = create_group(
        scenario.bundle("Alice"), b"the group", entropy=next(scenario.entropy), now=NOW
    )
    bundle = scenario.bundle("Bob")
    committed = scenario.commit("Alice", Add(bundle.key_package))
    scenario.states["Bob"] = join(encode(committed.welcome), bundle, now=NOW, suite=recorder)
    return scenario, recorder


def commit_and_follow(scenario: Scenario) -> tuple[PendingCommit, GroupState]:
    committed = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW)
    following, _ = process(scenario.states["Bob"], encode(committed.message), now=NOW)
    return committed, following


def test_a_fresh_epoch_holds_what_it_needs_and_nothing_that_led_to_it() -> None:
    scenario, recorder = recorded_group()
    recorder.forget()
    _, bob = commit_and_follow(scenario)
    held = secrets_in(bob)
    for label in KEPT_FOR_THE_EPOCH:
        assert set(recorder.derived[label]) <= held, label
    for label in GONE_WITH_THE_STEP:
        assert recorder.derived[label], f"nothing was derived with {label}: the test would prove nothing"
        assert not set(recorder.derived[label]) & held, label


def test_the_old_epoch_is_gone_but_for_its_resumption_psk() -> None:
    scenario, _ = recorded_group()
    before = scenario.states["Bob"]
    _, after = commit_and_follow(scenario)
    old = {value for value in secrets_in(before) if len(value) == 32}
    old -= {value for value in secrets_in(after) if value in old}
    for name in [each.name for each in fields(before.secrets)]:
        secret = getattr(before.secrets, name)
        assert (secret in old) == (name != "resumption_psk"), name
    assert before.secret_tree.root in old


def test_replaced_private_keys_are_gone() -> None:
    scenario, _ = recorded_group()
    alice = scenario.states["Alice"]
    committed, bob = commit_and_follow(scenario)
    shared_before = set(alice.private_keys.values())
    assert not shared_before & secrets_in(committed.next)
    root_before = scenario.states["Bob"].private_keys[NodeIndex(1)]
    assert root_before not in secrets_in(bob)


def test_the_key_of_a_message_is_gone_once_it_was_read_and_so_is_all_it_came_from() -> None:
    scenario, recorder = recorded_group()
    before = scenario.states["Bob"]
    encryption_secret = before.secret_tree.root
    message = scenario.send("Alice", b"hello")
    recorder.forget()
    after, _ = process(before, encode(message), now=NOW)
    held = secrets_in(after)
    assert encryption_secret in secrets_in(before)
    assert encryption_secret not in held
    derived = recorder.derived
    assert derived["tree"]
    used_key, used_nonce = derived["key"][-1], derived["nonce"][-1]
    assert not {used_key, used_nonce} & held


def test_a_skipped_key_waits_for_its_message_and_then_is_gone() -> None:
    scenario, recorder = recorded_group()
    first, second = scenario.send("Alice", b"first"), scenario.send("Alice", b"second")
    recorder.forget()
    waiting, _ = process(scenario.states["Bob"], encode(second), now=NOW)
    skipped = set(recorder.derived["key"]) & secrets_in(waiting)
    assert len(skipped) == 1
    after, _ = process(waiting, encode(first), now=NOW)
    assert not skipped & secrets_in(after)


def test_the_sender_deletes_its_key_too() -> None:
    scenario, _ = recorded_group()
    before = scenario.states["Alice"]
    encryption_secret = before.secret_tree.root
    scenario.send("Alice", b"hello")
    assert encryption_secret in secrets_in(before)
    assert encryption_secret not in secrets_in(scenario.states["Alice"])


def test_the_key_of_an_update_is_gone_when_the_epoch_ends_without_it() -> None:
    scenario, _ = recorded_group()
    scenario.propose_update("Bob")
    (waiting,) = scenario.states["Bob"].update_keys.values()
    assert waiting in secrets_in(scenario.states["Bob"])
    scenario.commit("Alice", by_reference=())
    assert waiting not in secrets_in(scenario.states["Bob"])


def test_the_init_key_is_in_no_state() -> None:
    scenario = Scenario(cipher_suite(1))
    scenario.states["Alice"] = create_group(
        scenario.bundle("Alice"), b"the group", entropy=next(scenario.entropy), now=NOW
    )
    bundle = scenario.bundle("Bob")
    committed = scenario.commit("Alice", Add(bundle.key_package))
    bob = join(encode(committed.welcome), bundle, now=NOW)
    assert bundle.init_private_key not in secrets_in(bob)
    assert bundle.encryption_private_key in secrets_in(bob)


def test_a_removed_member_keeps_nothing_new() -> None:
    scenario, recorder = recorded_group()
    bob = scenario.states["Bob"]
    committed = create_commit(scenario.states["Alice"], [Remove(bob.own_leaf)], entropy=next(scenario.entropy), now=NOW)
    recorder.forget()
    after, _ = process(bob, encode(committed.message), now=NOW)
    assert secrets_in(after) <= secrets_in(bob)
    assert not any(recorder.derived.values())


def test_of_a_past_epoch_that_is_kept_there_is_what_its_late_messages_need_and_nothing_more() -> None:
    scenario, recorder = recorded_group()
    scenario.states["Bob"] = with_public(scenario.states["Bob"], policy=Policy(past_epochs=1))
    before = scenario.states["Bob"]
    first, _ = scenario.send("Alice", b"read in time"), scenario.send("Alice", b"not read")
    recorder.forget()
    before_the_end, _ = process(before, encode(first), now=NOW)
    used = {recorder.derived["key"][-1], recorder.derived["nonce"][-1], before.secret_tree.root}
    scenario.states["Bob"] = before_the_end
    _, after = commit_and_follow(scenario)
    held = secrets_in(after)
    for name in [each.name for each in fields(before.secrets)]:
        secret = getattr(before.secrets, name)
        assert (secret in held) == (name in {"sender_data_secret", "resumption_psk"}), name
    assert secrets_in(before_the_end.readable) <= held
    assert not used & held
    assert not set(before.private_keys.values()) & held - set(after.private_keys.values())


def test_a_past_epoch_beyond_the_limit_is_gone() -> None:
    scenario, _ = recorded_group()
    before = scenario.states["Bob"] = with_public(scenario.states["Bob"], policy=Policy(past_epochs=1))
    _, after = commit_and_follow(scenario)
    assert {before.secrets.sender_data_secret, before.secret_tree.root} <= secrets_in(after)
    scenario.commit("Alice")
    scenario.commit("Alice")
    assert not {before.secrets.sender_data_secret, before.secret_tree.root} & secrets_in(scenario.states["Bob"])
