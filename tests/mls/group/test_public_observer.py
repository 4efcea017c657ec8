"""An observer follows what members follow, without a secret, and refuses forgeries by name (RFC 9420 §6.2, §12.4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mls.group.changed_objects import refuses
from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from tests.mls.group.test_external_proposals import external, watched_group
from workbench.mls import (
    Add,
    CipherSuite,
    EncryptedApplicationData,
    EncryptedHandshake,
    EpochAdvanced,
    Framing,
    KeyPackage,
    KeyPackageBundle,
    MLSMessage,
    Policy,
    PreSharedKey,
    PreSharedKeyID,
    ProposalQueued,
    PublicGroup,
    RatchetTreeExtension,
    ReInit,
    Remove,
    ResumptionPSK,
    VerifiedGroupInfo,
    cipher_suite,
    create_commit,
    decode,
    encode,
    group_info,
    join,
    observe,
    process,
    propose_self_add,
    public_group,
)
from workbench.mls import errors as refused
from workbench.mls.framing.signing import sign_content
from workbench.mls.group.public_commit import process_public_proposal
from workbench.mls.tree.leaf_node import LifetimePolicy
from workbench.mls.when import When
from workbench.mls.wire.code_points import ContentType, ProtocolVersion, ResumptionPSKUsage, WireFormat
from workbench.mls.wire.messages import AuthenticatedContent, GroupInfo, GroupInfoTBS, PublicMessage


def watch(scenario: Scenario, name: str = "Alice", **options: Any) -> PublicGroup:
    """An observer that begins with what a member tells about the group."""
    return public_group(encode(group_info(scenario.states[name])), now=NOW, **options)


def sees(group: PublicGroup, *messages: MLSMessage) -> PublicGroup:
    """The view after all of these messages."""
    for message in messages:
        group, _ = observe(group, encode(message), now=NOW)
    return group


def assert_follows(group: PublicGroup, scenario: Scenario) -> None:
    """The observer's view is the public part of every member's state."""
    for state in scenario.states.values():
        assert group == state.public
        assert group.context.confirmed_transcript_hash == state.context.confirmed_transcript_hash
        assert group.tree.hash() == state.tree.hash()


# What it follows


def add(scenario: Scenario, actor: str, _: str, newcomer: str) -> list[MLSMessage]:
    return [scenario.commit(actor, adds=[newcomer]).message]


def ask(scenario: Scenario, actor: str, _: str, newcomer: str) -> list[MLSMessage]:
    bundle, state = scenario.bundle(newcomer), scenario.states[actor]
    message = propose_self_add(
        bundle.key_package, bundle.signature_private_key, scenario.suite, state.group_id, state.epoch, now=NOW
    )
    scenario.deliver(message, "")
    return [message]


def commit(scenario: Scenario, actor: str, _: str, __: str) -> list[MLSMessage]:
    return [scenario.commit(actor).message]


def external_add(scenario: Scenario, _: str, __: str, newcomer: str) -> list[MLSMessage]:
    message = external(scenario, Add(scenario.bundle(newcomer).key_package))
    scenario.deliver(message, "")
    return [message]


def external_join(scenario: Scenario, actor: str, _: str, newcomer: str) -> list[MLSMessage]:
    return [scenario.join_by_commit(newcomer, via=actor).message]


def psk(scenario: Scenario, actor: str, _: str, __: str) -> list[MLSMessage]:
    state = scenario.states[actor]
    link = ResumptionPSK(ResumptionPSKUsage.application, state.group_id, state.epoch)
    return [scenario.commit(actor, PreSharedKey(PreSharedKeyID(link, bytes(32)))).message]


def remove(scenario: Scenario, actor: str, other: str, _: str) -> list[MLSMessage]:
    proposed = [] if actor == other else [scenario.propose(actor, Remove(scenario.leaf(other)))]
    return [*proposed, scenario.commit(actor).message]


def resync(scenario: Scenario, actor: str, other: str, newcomer: str) -> list[MLSMessage]:
    if actor == other:
        return external_join(scenario, actor, other, newcomer)
    return [scenario.join_by_commit(other, via=actor, resync=scenario.leaf(other)).message]


def say(scenario: Scenario, actor: str, _: str, __: str) -> list[MLSMessage]:
    first = [scenario.commit(actor).message] if scenario.states[actor].proposals else []
    said = scenario.send(actor, b"hello")
    scenario.deliver(said, actor)
    return [*first, said]


def update(scenario: Scenario, actor: str, _: str, __: str) -> list[MLSMessage]:
    return [scenario.propose_update(actor)]


OPERATIONS = [add, ask, commit, external_add, external_join, psk, remove, resync, say, update]
Operation: TypeAlias = Callable[[Scenario, str, str, str], list[MLSMessage]]


def operate(scenario: Scenario, operation: Operation, number: int, turn: int) -> list[MLSMessage]:
    """One thing that happens in a group of whoever is in it: every message of it, which all members have seen."""
    names = list(scenario.states)
    return operation(scenario, names[number % len(names)], names[(number + 1) % len(names)], f"Newcomer {turn}")


@pytest.mark.no_cover
@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 7)), min_size=1, max_size=8))
def test_an_observer_is_where_the_members_are_after_any_public_history(operations: list[tuple[Operation, int]]) -> None:
    scenario = watched_group("Alice", "Bob", "Carol")
    group = watch(scenario)
    for turn, (operation, number) in enumerate(operations):
        group = sees(group, *operate(scenario, operation, number, turn))
        assert_follows(group, scenario)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_observer_follows_each_kind_of_message(operation: Operation) -> None:
    scenario = watched_group("Alice", "Bob", "Carol")
    group = watch(scenario)
    assert_follows(sees(group, *operate(scenario, operation, 1, 0)), scenario)


def test_an_observer_may_begin_where_the_group_begins() -> None:
    scenario = group_of("Alice")
    group = watch(scenario)
    assert group.context.epoch == 0
    messages = [scenario.commit("Alice", adds=["Bob", "Carol"]).message, scenario.commit("Bob").message]
    assert_follows(sees(group, *messages), scenario)


def test_an_observer_may_be_given_the_tree_by_other_means() -> None:
    scenario = group_of("Alice", "Bob")
    state = scenario.states["Alice"]
    tree = RatchetTreeExtension(state.tree.to_nodes())
    info = group_info(state, ratchet_tree=False)
    assert public_group(info, now=NOW, ratchet_tree=tree) == state.public


def test_an_observer_learns_what_members_learn_of_a_commit() -> None:
    scenario = group_of("Alice", "Bob")
    group = watch(scenario)
    _, seen = observe(group, scenario.propose("Bob", Add(scenario.bundle("Carol").key_package)), now=NOW)
    assert isinstance(seen, ProposalQueued)
    group = scenario.states["Alice"].public
    committed = scenario.commit("Alice")
    assert observe(group, committed.message, now=NOW)[1] == committed.advanced


def test_an_observer_sees_nothing_of_application_data_but_that_it_goes_by() -> None:
    scenario = group_of("Alice", "Bob")
    group = watch(scenario)
    message = scenario.send("Alice", b"hello", authenticated_data=b"in the clear", padding=100)
    following, seen = observe(group, message, now=NOW)
    assert following is group
    assert isinstance(seen, EncryptedApplicationData)
    assert seen.authenticated_data == b"in the clear"
    assert seen.length > 100


def test_a_private_commit_blinds_an_observer() -> None:
    scenario = group_of("Alice", "Bob")
    group = watch(scenario)
    group, seen = observe(group, scenario.commit("Alice", framing=Framing(private=True)).message, now=NOW)
    assert isinstance(seen, EncryptedHandshake)
    assert seen.content_type is ContentType.commit
    with refuses(refused.WrongEpoch, "§6", "epoch 2"):
        observe(group, scenario.commit("Alice").message, now=NOW)
    assert_follows(watch(scenario, "Bob"), scenario)


def test_the_commit_of_a_private_proposal_names_what_an_observer_does_not_know() -> None:
    scenario = group_of("Alice", "Bob")
    group = watch(scenario)
    group, seen = observe(group, scenario.propose_update("Bob", framing=Framing(private=True)), now=NOW)
    assert isinstance(seen, EncryptedHandshake)
    assert seen.content_type is ContentType.proposal
    with refuses(refused.UnknownProposal, "§12.4.2", "has not arrived"):
        observe(group, scenario.commit("Alice").message, now=NOW)


def test_a_members_group_info_confirms_the_view() -> None:
    scenario = group_of("Alice", "Bob")
    group = watch(scenario)
    group = sees(group, scenario.commit("Bob").message)
    assert observe(group, group_info(scenario.states["Bob"]), now=NOW) == (
        group,
        VerifiedGroupInfo(scenario.leaf("Bob")),
    )


# What it cannot tell


def retagged(message: MLSMessage, **changes: Any) -> MLSMessage:
    """The message with its MACs changed, which no signature covers."""
    public = message.message
    assert isinstance(public, PublicMessage)
    if "confirmation_tag" in changes:
        public = replace(public, auth=replace(public.auth, confirmation_tag=changes["confirmation_tag"]))
    if "membership_tag" in changes:
        public = replace(public, membership_tag=changes["membership_tag"])
    return replace(message, message=public)


def test_a_wrong_confirmation_tag_is_refused_by_members_and_taken_by_an_observer_that_is_then_astray() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    group, carol = watch(scenario), scenario.states["Carol"]
    newcomers = scenario.outside("Dave", via="Alice").message
    forged = retagged(newcomers, confirmation_tag=bytes(32))
    with refuses(refused.InvalidTag, "§12.4.2", "confirmation tag"):
        process(carol, forged, now=NOW)
    assert isinstance(observe(group, forged, now=NOW)[1], EpochAdvanced)
    # The same tree and context as with the true tag; a GroupInfo tells, and so does the next commit but one.
    forged = retagged(scenario.commit("Alice").message, confirmation_tag=bytes(32))
    group = sees(group, forged)
    assert group.context == scenario.states["Bob"].context
    with refuses(refused.InvalidTag, "§8.2", "changed on its way"):
        observe(group, group_info(scenario.states["Bob"]), now=NOW)
    group = sees(group, scenario.commit("Bob").message)
    with refuses(refused.InvalidSignature, "§6.1", "signature of the message"):
        observe(group, scenario.commit("Carol").message, now=NOW)


def test_a_wrong_membership_tag_is_refused_by_members_and_taken_by_an_observer() -> None:
    scenario = group_of("Alice", "Bob")
    group, bob = watch(scenario), scenario.states["Bob"]
    forged = retagged(scenario.commit("Alice").message, membership_tag=bytes(32))
    with refuses(refused.InvalidTag, "§6.2", "membership tag"):
        process(bob, forged, now=NOW)
    assert_follows(sees(group, forged), scenario)


# What it refuses


def committed_by_alice() -> tuple[Scenario, PublicGroup, PublicMessage]:
    scenario = group_of("Alice", "Bob")
    group = watch(scenario)
    public = scenario.commit("Alice").message.message
    assert isinstance(public, PublicMessage)
    return scenario, group, public


def sent(public: PublicMessage) -> MLSMessage:
    return MLSMessage(ProtocolVersion.mls10, public)


def resigned(scenario: Scenario, group: PublicGroup, public: PublicMessage, signer: str = "Alice") -> MLSMessage:
    """The message with a signature of its changed content; its tags are not looked at by an observer."""
    key = scenario.signature_private_key(signer)
    signature = sign_content(group.suite, WireFormat.mls_public_message, public.content, key, group.context)
    return sent(replace(public, auth=replace(public.auth, signature=signature)))


def test_a_commit_that_its_sender_has_not_signed_is_refused() -> None:
    scenario, group, public = committed_by_alice()
    sees(group, resigned(scenario, group, public))
    with refuses(refused.InvalidSignature, "§6.1", "does not verify with its sender's key"):
        observe(group, resigned(scenario, group, public, signer="Bob"), now=NOW)


def test_a_commit_that_lacks_its_path_is_refused() -> None:
    scenario, group, public = committed_by_alice()
    content: Any = public.content
    pathless = replace(public, content=replace(content, content=replace(content.content, path=None)))
    with refuses(refused.InvalidCommit, "§12.4.2", "UpdatePath is missing"):
        observe(group, resigned(scenario, group, pathless), now=NOW)


def test_a_path_with_another_key_at_its_root_is_refused() -> None:
    scenario, group, public = committed_by_alice()
    content: Any = public.content
    path = content.content.path
    other = scenario.suite.derive_key_pair(b"other".ljust(32)).public_key
    nodes = (*path.nodes[:-1], replace(path.nodes[-1], encryption_key=other))
    commit = replace(content.content, path=replace(path, nodes=nodes))
    with refuses(refused.InvalidUpdatePath, "§7.9.2", "parent hash of the leaf"):
        observe(group, resigned(scenario, group, replace(public, content=replace(content, content=commit))), now=NOW)


def test_a_commit_without_a_confirmation_tag_is_refused() -> None:
    scenario, group, public = committed_by_alice()
    with refuses(refused.InvalidCommit, "§6.1", "no confirmation tag"):
        observe(group, sent(replace(public, auth=replace(public.auth, confirmation_tag=None))), now=NOW)
    assert scenario.states


def test_a_proposal_to_remove_nobody_is_refused() -> None:
    scenario = watched_group("Alice", "Bob")
    with refuses(refused.InvalidProposal, "§12.1.3", "no member at leaf 7"):
        observe(watch(scenario), external(scenario, Remove(7)), now=NOW)


def test_what_is_no_proposal_cannot_be_followed_as_one() -> None:
    _, group, public = committed_by_alice()
    authenticated = AuthenticatedContent(WireFormat.mls_public_message, public.content, public.auth)
    with refuses(refused.InvalidProposal, "§12.1", "not a proposal"):
        process_public_proposal(group, authenticated, when=When.at(NOW))


def test_a_message_of_another_group_or_epoch_is_refused() -> None:
    scenario, group, public = committed_by_alice()
    with refuses(refused.WrongGroup, "§6", "is for group"):
        observe(replace(group, context=replace(group.context, group_id=b"another")), sent(public), now=NOW)
    with refuses(refused.WrongEpoch, "§6", "of epoch 1"):
        observe(watch(scenario), sent(public), now=NOW)


def test_a_group_that_has_ended_has_no_further_messages() -> None:
    scenario = group_of("Alice", "Bob")
    group = watch(scenario)
    reinit = ReInit(b"another", ProtocolVersion.mls10, 1, ())
    group = sees(group, scenario.commit("Alice", reinit).message)
    assert group.reinit == reinit
    assert_follows(group, scenario)
    going_on = replace(with_public(scenario.states["Alice"], reinit=None), active=True)
    late = create_commit(going_on, entropy=next(scenario.entropy), now=NOW)
    with refuses(refused.GroupInactive, "§11.2", "was reinitialised"):
        observe(group, late.message, now=NOW)


def test_a_welcome_is_nothing_to_observe() -> None:
    scenario = group_of("Alice", "Bob")
    group = watch(scenario)
    welcome = scenario.commit("Alice", adds=["Carol"]).welcome
    assert welcome is not None
    with refuses(refused.Misuse, "§6", "a Welcome is not a message within a group"):
        observe(group, welcome, now=NOW)


def info_of(scenario: Scenario, **changes: Any) -> GroupInfo:
    """Bob's GroupInfo, changed and signed again."""
    info = group_info(scenario.states["Bob"]).message
    assert isinstance(info, GroupInfo)
    info = replace(info, **changes)
    content = GroupInfoTBS(info.group_context, info.extensions, info.confirmation_tag, info.signer)
    key = scenario.signature_private_key("Bob")
    return replace(info, signature=scenario.suite.sign_with_label(key, "GroupInfoTBS", encode(content)))


def test_a_group_info_by_nobody_or_of_another_history_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    group = watch(scenario)

    def compare(info: GroupInfo) -> None:
        observe(group, MLSMessage(ProtocolVersion.mls10, info), now=NOW)

    compare(info_of(scenario))
    with refuses(refused.InvalidGroupInfo, "§12.4.3", "leaf 5, is no member"):
        compare(info_of(scenario, signer=5))
    with refuses(refused.InvalidGroupInfo, "§12.4.3", "signature of the GroupInfo"):
        compare(info_of(scenario, signer=0))
    context = replace(group.context, confirmed_transcript_hash=bytes(32))
    with refuses(refused.InvalidGroupInfo, "§12.4.3", "another history: a fork"):
        compare(info_of(scenario, group_context=context))


# What others have recorded


POLICY = Policy(lifetimes=LifetimePolicy(longest=None, in_trees=False, leeway=24 * 60 * 60))


@pytest.mark.parametrize("suite", [1, 2, 3, 4, 5, 6, 7])
def test_an_observer_follows_the_official_passive_clients(suite: int, official_vectors: Path) -> None:
    cases = json.loads((official_vectors / "passive-client-handling-commit.json").read_text("utf-8"))
    case = next(each for each in cases if each["cipher_suite"] == suite)
    bundle, now = _bundle(cipher_suite(suite), case)
    psks = {bytes.fromhex(each["psk_id"]): bytes.fromhex(each["psk"]) for each in case["external_psks"]}
    tree = case["ratchet_tree"] and decode(RatchetTreeExtension, bytes.fromhex(case["ratchet_tree"]))
    state = join(bytes.fromhex(case["welcome"]), bundle, now=now, ratchet_tree=tree, psks=psks, policy=POLICY)
    group = state.public
    for epoch in case["epochs"]:
        for message in map(bytes.fromhex, [*epoch["proposals"], epoch["commit"]]):
            state, _ = process(state, message, now=now, psks=psks)
            group, _ = observe(group, message, now=now)
            assert group == state.public
    assert case["epochs"]


def _bundle(suite: CipherSuite, case: dict[str, Any]) -> tuple[KeyPackageBundle, int]:
    key_package = decode(MLSMessage, bytes.fromhex(case["key_package"])).message
    assert isinstance(key_package, KeyPackage)
    source: Any = key_package.leaf_node.leaf_node_source
    private_keys = (bytes.fromhex(case[name]) for name in ("init_priv", "encryption_priv", "signature_priv"))
    assert suite.id == key_package.cipher_suite
    return KeyPackageBundle(key_package, *private_keys), source.lifetime.not_before + 1
