"""States and key packages written down and read back: exactly, at every stage of a group, or refused by name."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import REINIT, refuses
from tests.mls.group.scenario import NOW, Scenario, group_of
from tests.mls.group.test_custom_proposals import polling_group
from tests.mls.group.test_deletion_schedule import RecordingSuite
from tests.mls.group.test_external_proposals import watched_group
from workbench.mls import (
    CIPHER_SUITES,
    Add,
    ExternalPSK,
    Framing,
    GroupContextExtensions,
    GroupState,
    MLSMessage,
    Policy,
    PreSharedKey,
    PreSharedKeyID,
    Remove,
    Renewal,
    cipher_suite,
    create_commit,
    decode,
    encode,
    export_secret,
    join,
    process,
    propose_external,
    propose_self_add,
    propose_update,
    read_bundle,
    read_state,
    write_bundle,
    write_state,
)
from workbench.mls import errors as refused
from workbench.mls.errors import MLSError
from workbench.mls.group.stored_state import VERSION
from workbench.mls.schedule.secret_tree import LAST_GENERATION, OpenedParentSecrets, Ratchet, Ratchets
from workbench.mls.wire import stored
from workbench.mls.wire.proposals import CustomProposal
from workbench.mls.wire.shapes import Enum8, fields_of
from workbench.mls.wire.stored import OpenedLeaf, OpenedParent, Stored, StoredNode, StoredState, StoredSubtree
from workbench.mls.wire.tree import RatchetTreeExtension


def again(state: GroupState) -> GroupState:
    """What becomes of a state when its program ends and another begins."""
    return read_state(write_state(state), policy=state.policy)


def keeping(past_epochs: int, *names: str) -> Scenario:
    return group_of(*names, policy=Policy(past_epochs=past_epochs))


# States at every stage


def alone() -> GroupState:
    return group_of("Alice").states["Alice"]


def newly_joined() -> GroupState:
    return group_of("Alice", "Bob", "Carol").states["Carol"]


def newly_joined_by_commit() -> GroupState:
    scenario = group_of("Alice", "Bob")
    scenario.join_by_commit("Carol", via="Bob")
    return scenario.states["Carol"]


def with_blank_nodes_and_unmerged_leaves() -> GroupState:
    scenario = group_of("Alice", "Bob", "Carol", "Dave", "Eve")
    scenario.commit("Bob")
    scenario.commit("Alice", Remove(2))
    scenario.commit("Dave", adds=["Fay", "Gus"], path=False)
    return scenario.states["Eve"]


def with_proposals_of_every_kind_and_sender() -> GroupState:
    scenario = watched_group("Alice", "Bob", "Carol")
    state = scenario.states["Bob"]
    for proposal in (
        Add(scenario.bundle("Dave").key_package),
        Remove(2),
        PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), bytes(32))),
        GroupContextExtensions(state.context.extensions),
        REINIT,
    ):
        scenario.propose("Alice", proposal)
    scenario.propose_update("Carol")
    scenario.propose_update("Bob")
    newcomer = scenario.bundle("Eve")
    address = state.suite, state.group_id, state.epoch
    asked = propose_self_add(newcomer.key_package, newcomer.signature_private_key, *address, now=NOW)
    told = propose_external(
        *address, Remove(0), now=NOW, sender_index=1, signature_private_key=scenario.signature_private_key("ops")
    )
    scenario.deliver(asked, "")
    scenario.deliver(told, "")
    return scenario.states["Bob"]


def with_an_update_that_brings_another_signature_key() -> GroupState:
    scenario = group_of("Alice", "Bob")
    another = scenario.signature_private_key("Bob's new key")
    bob = scenario.states["Bob"]
    return propose_update(bob, entropy=bytes(32), now=NOW, renew=Renewal(signature_private_key=another)).next


def with_a_custom_proposal() -> GroupState:
    scenario = polling_group("Alice", "Bob")
    scenario.propose("Alice", CustomProposal(scenario.states["Alice"].policy.custom_proposals[0].number, b"tea?"))
    return scenario.states["Bob"]


def with_keys_that_were_skipped() -> GroupState:
    scenario = group_of("Alice", "Bob", "Carol", "Dave", "Eve")
    messages = [scenario.send("Carol", bytes([number])) for number in range(5)]
    state = scenario.states["Bob"]
    for message in (messages[4], messages[1]):
        state, _ = process(state, message, now=NOW)
    return state


def with_past_epochs_of_trees_that_grew_and_shrank() -> GroupState:
    scenario = keeping(6, "Alice", "Bob")
    scenario.send("Bob", b"on its way")
    scenario.commit("Alice", adds=["Carol", "Dave", "Eve"])
    scenario.commit("Alice", adds=["Fay"], path=False)
    scenario.commit("Bob", Remove(4), Remove(5))
    scenario.commit("Bob", Remove(3), Remove(2))
    scenario.commit("Alice")
    return scenario.states["Alice"]


def at_the_end_by_reinit() -> GroupState:
    scenario = keeping(1, "Alice", "Bob")
    scenario.commit("Alice", REINIT)
    return scenario.states["Bob"]


def removed() -> GroupState:
    scenario = group_of("Alice", "Bob")
    committed = create_commit(scenario.states["Alice"], [Remove(1)], entropy=bytes(32), now=NOW)
    state, _ = process(scenario.states["Bob"], committed.message, now=NOW)
    return state


def without_a_key_left() -> GroupState:
    state = alone()
    end = Ratchet(bytes(32), LAST_GENERATION + 1)
    return replace(state, secret_tree=replace(state.secret_tree, root=Ratchets(end, end)))


STAGES = (
    alone,
    newly_joined,
    newly_joined_by_commit,
    with_blank_nodes_and_unmerged_leaves,
    with_proposals_of_every_kind_and_sender,
    with_an_update_that_brings_another_signature_key,
    with_a_custom_proposal,
    with_keys_that_were_skipped,
    with_past_epochs_of_trees_that_grew_and_shrank,
    at_the_end_by_reinit,
    removed,
    without_a_key_left,
)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
def test_a_state_is_read_back_exactly(stage: Callable[[], GroupState]) -> None:
    state = stage()
    read = again(state)
    assert read == state
    assert list(read.proposals) == list(state.proposals), "a committer goes by the order in which they came"
    assert write_state(read) == write_state(state)


@pytest.mark.parametrize("suite", sorted(CIPHER_SUITES))
def test_a_state_of_every_suite_goes_on_as_if_it_had_never_been_written(suite: int) -> None:
    scenario = group_of("Alice", "Bob", "Carol", suite=suite)
    for name in ("Bob", "Alice", "Carol"):
        scenario.states = {member: again(state) for member, state in scenario.states.items()}
        scenario.propose_update(name)
        scenario.states = {member: again(state) for member, state in scenario.states.items()}
        scenario.commit("Alice" if name == "Bob" else "Bob", framing=Framing(private=True))
        assert_agreement(scenario)


def test_a_state_is_read_under_the_policy_and_with_the_suite_that_are_given() -> None:
    recorder = RecordingSuite(cipher_suite(1).algorithms)
    policy = Policy(past_epochs=2, resyncs=False)
    state = read_state(write_state(newly_joined()), policy=policy, suite=recorder)
    assert (state.policy, state.suite) == (policy, recorder)
    export_secret(state, "label", b"", 32)
    assert recorder.derived["exported"]


def test_a_key_package_is_read_back_and_still_lets_its_client_in() -> None:
    scenario = group_of("Alice")
    bundle = scenario.bundle("Bob")
    read = read_bundle(write_bundle(bundle))
    assert read == bundle
    committed = scenario.commit("Alice", Add(bundle.key_package))
    assert join(encode(committed.welcome), read, now=NOW).secrets == committed.next.secrets


# Random histories

Step = tuple[str, int, int]

steps: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(
        st.sampled_from(["commit", "update", "add", "remove", "send", "send", "arrive", "arrive"]),
        st.integers(0, 20),
        st.integers(0, 20),
    ),
    max_size=14,
)


def live(history: Sequence[Step], *, stored: bool) -> list[dict[str, GroupState]]:
    """The states of all members after each step; if `stored`, they are written and read back after each of them."""
    scenario, seen = keeping(2, "0", "1", "2"), []
    on_their_way: list[MLSMessage] = []
    for number, step in enumerate(history, 3):
        take(scenario, step, str(number), on_their_way)
        if stored:
            scenario.states = {member: again(state) for member, state in scenario.states.items()}
        seen.append(dict(scenario.states))
    return seen


def take(scenario: Scenario, step: Step, name: str, on_their_way: list[MLSMessage]) -> None:
    """One step of a history; messages are read by all when a step says so, in whatever order and epoch."""
    kind, first, second = step
    names = list(scenario.states)
    actor, other = names[first % len(names)], names[second % len(names)]
    match kind:
        case "commit":
            scenario.commit(actor, framing=Framing(private=bool(second % 2)))
        case "update":
            scenario.propose_update(actor, framing=Framing(private=bool(second % 2)))
        case "add":
            scenario.commit(actor, adds=[name])
        case "remove" if actor != other:
            scenario.commit(actor, Remove(scenario.leaf(other)))
        case "send" if not scenario.states[actor].proposals:
            on_their_way.append(scenario.send(actor, name.encode()))
        case "arrive":
            for message, reader in itertools.product(on_their_way[first % 3 :: 2], names):
                with contextlib.suppress(refused.OwnMessage, refused.KeyAlreadyUsed, refused.PastEpoch):
                    scenario.states[reader], _ = process(scenario.states[reader], message, now=NOW)


@pytest.mark.no_cover
@settings(max_examples=25)
@given(history=steps)
def test_read_states_go_on_as_those_do_that_were_never_written(history: list[Step]) -> None:
    assert live(history, stored=True) == live(history, stored=False)


# The format


def test_another_layout_needs_another_version() -> None:
    structs: list[Any] = [
        cls for _, cls in inspect.getmembers(stored, inspect.isclass) if cls.__module__ == stored.__name__
    ]
    layout = [f"{cls.__name__}: {list(cls) if issubclass(cls, Enum8) else fields_of(cls)}" for cls in structs]
    # The module in which a struct stands is no part of the layout.
    text = re.sub(r"\bworkbench(\.\w+)*\.(?=\w)", "", "\n".join(layout))
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    assert (VERSION, digest) == (2, "96f8e477f425e3d2"), "raise VERSION with a change of the structs"


# What is refused

WRITTEN = write_state(newly_joined())


FULL = write_state(with_past_epochs_of_trees_that_grew_and_shrank())


def sealed(data: bytes, **changes: Any) -> bytes:
    """The bytes with their header or content changed, and a checksum that fits."""
    whole = encode(replace(decode(Stored, data), **changes))
    return whole[:-32] + hashlib.sha256(whole[:-32]).digest()


def forged(state: GroupState, change: Callable[[StoredState], StoredState]) -> bytes:
    data = write_state(state)
    return sealed(data, content=encode(change(decode(StoredState, decode(Stored, data).content))))


def test_a_state_that_was_cut_short_or_lengthened_is_damaged() -> None:
    for length in range(len(WRITTEN)):
        with pytest.raises(refused.DamagedState):
            read_state(WRITTEN[:length])
    with refuses(refused.DamagedState, "§6.3.1", "cut short or damaged"):
        read_state(WRITTEN + b"\0")
    with refuses(refused.DamagedState, "§6.3.1", "content at byte 9: the bytes are cut short") as caught:
        read_state(WRITTEN[:-40])
    assert caught.value.path[-1] == "content"


def test_a_change_of_any_byte_is_found() -> None:
    assert read_state(WRITTEN) == newly_joined()
    for at in range(len(WRITTEN)):
        wrong = WRITTEN[:at] + bytes([WRITTEN[at] ^ 0x10]) + WRITTEN[at + 1 :]
        with pytest.raises((refused.DamagedState, refused.UnknownStateVersion)):
            read_state(wrong)


@pytest.mark.no_cover
@settings(max_examples=300)
@given(at=st.integers(0, 1 << 16), mask=st.integers(1, 255), cut=st.integers(0, 3))
def test_what_was_forged_with_a_checksum_that_fits_is_a_state_or_a_typed_error(at: int, mask: int, cut: int) -> None:
    content = bytearray(decode(Stored, FULL).content)
    content[at % len(content)] ^= mask
    with contextlib.suppress(MLSError):
        read_state(sealed(FULL, content=bytes(content[: len(content) - cut])), policy=Policy(past_epochs=6))


def test_other_bytes_are_no_state() -> None:
    for data in (b"", b"MLSX", encode(group_of("Alice").bundle("Bob").key_package)):
        with refuses(refused.DamagedState, "§6.3.1", "do not begin with MLSW"):
            read_state(data)


def test_a_state_of_another_version_is_not_guessed_at() -> None:
    for version in (1, 3):
        with refuses(
            refused.UnknownStateVersion,
            "§6.3.1",
            f"are of version {version} of the format; this workbench reads version 2",
        ):
            read_state(sealed(WRITTEN, version=version))


def test_a_state_of_another_suite_than_is_asked_for_or_built_is_refused() -> None:
    with refuses(refused.Misuse, "§6.3.1", "of cipher suite 1, not 3"):
        read_state(WRITTEN, suite=cipher_suite(3))
    with pytest.raises(refused.Unsupported):
        read_state(sealed(WRITTEN, cipher_suite=0xF000))


def test_a_key_package_is_no_state_and_a_state_no_key_package() -> None:
    bundle = write_bundle(group_of("Alice").bundle("Bob"))
    with refuses(refused.Misuse, "§6.3.1", "a key_package_bundle, not a group_state"):
        read_state(bundle)
    with refuses(refused.Misuse, "§6.3.1", "a group_state, not a key_package_bundle"):
        read_bundle(WRITTEN)


def test_a_custom_proposal_that_the_policy_does_not_know_is_named() -> None:
    data = write_state(with_a_custom_proposal())
    with pytest.raises(refused.Malformed, match="proposal_type"):
        read_state(data)


def test_a_tree_that_is_not_the_one_of_the_epoch_is_damage() -> None:
    other = group_of("Alice", "Bob").states["Bob"].tree
    with refuses(refused.DamagedState, "§6.3.1", "ratchet tree is not the one of the epoch"):
        tree = RatchetTreeExtension(other.to_nodes())
        read_state(forged(newly_joined(), lambda it: replace(it, public=replace(it.public, tree=tree))))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda parts: parts[:-1], "does not have the shape"),
        (lambda parts: (*parts, parts[-1]), "has more parts"),
        (lambda parts: (*4 * [StoredSubtree(OpenedParent())], *5 * parts[-1:]), "does not have the shape"),
        (lambda parts: tuple(each for each in parts if isinstance(each.part, OpenedLeaf)), "does not have the shape"),
    ],
    ids=["a part too few", "a part too many", "a leaf with children", "ratchets of more than a leaf"],
)
def test_a_secret_tree_of_another_shape_than_the_tree_is_damage(change: Callable[[Any], Any], reason: str) -> None:
    state = with_keys_that_were_skipped()
    assert isinstance(state.secret_tree.root, OpenedParentSecrets)

    def changed(it: StoredState) -> StoredState:
        return replace(it, secret_tree=change(it.secret_tree))

    with refuses(refused.DamagedState, "§6.3.1", reason):
        read_state(forged(state, changed))


def test_a_node_beyond_the_tree_of_a_past_epoch_is_damage() -> None:
    def changed(it: StoredState) -> StoredState:
        first, *others = it.past_epochs
        return replace(it, past_epochs=(replace(first, changed=(StoredNode(1 << 31, None),)), *others))

    with refuses(refused.DamagedState, "§6.3.1", "beyond the tree of its epoch"):
        read_state(forged(with_past_epochs_of_trees_that_grew_and_shrank(), changed))
