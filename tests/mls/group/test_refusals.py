"""What a member refuses, each by name: a valid thing with one thing changed (RFC 9420 §10 to §12)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.scenario import NOW, Scenario, group_of
from tests.mls.tree.people import written_otherwise
from workbench.mls import (
    Add,
    BasicCredential,
    Credential,
    Extension,
    ExternalPSK,
    GroupContextExtensions,
    KeyPackageBundle,
    LeafIndex,
    MLSMessage,
    PreSharedKey,
    PreSharedKeyID,
    RatchetTreeExtension,
    Remove,
    ResumptionPSK,
    SentProposal,
    Update,
    cipher_suite,
    create_commit,
    create_group,
    create_key_package,
    decode,
    encode,
    group_info,
    join,
    process,
    propose,
    protect,
    validate_key_package,
)
from workbench.mls import errors as refused
from workbench.mls.errors import MLSError
from workbench.mls.framing.content import sign_content, verify_content
from workbench.mls.framing.public_message import protect_public, unprotect_public
from workbench.mls.group.commit import process_commit
from workbench.mls.group.group_info import sign_group_info, verify_group_info
from workbench.mls.group.proposal_list import select_proposals, validate_proposal_list
from workbench.mls.group.proposals import validate_proposal
from workbench.mls.group.public_commit import LAST_EPOCH, follow_commit
from workbench.mls.group.welcome import open_group_info, open_group_secrets
from workbench.mls.schedule.key_schedule import welcome_key_and_nonce, welcome_secret
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.tree.own_leaf import default_capabilities, sign_leaf_node
from workbench.mls.when import When
from workbench.mls.wire.code_points import ExtensionType, ProtocolVersion, ResumptionPSKUsage, WireFormat
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    Commit,
    EncryptedGroupSecrets,
    ExternalInit,
    ExternalSenderIndex,
    FramedContent,
    FramedContentAuthData,
    GroupInfo,
    GroupInfoTBS,
    GroupSecrets,
    MemberSender,
    Proposal,
    ProposalByReference,
    ProposalOrRef,
    PublicMessage,
    ReInit,
    RequiredCapabilities,
    Sender,
    Welcome,
)
from workbench.mls.wire.tree import KeyPackage, KeyPackageTBS, Lifetime, UpdateSource

SUITE = cipher_suite(1)
NONCE = bytes(SUITE.hash_length)
REINIT = ReInit(b"another group", ProtocolVersion.mls10, 1, ())


def refuses(error: type[MLSError], section: str, reason: str) -> Any:
    """Expect one error, with its section and a part of its reason."""
    return pytest.raises(error, match=rf"{reason}.*\(RFC 9420 {section}\)")


# Key packages


def resigned(bundle: KeyPackageBundle, **changes: Any) -> KeyPackageBundle:
    """The bundle with its key package changed and signed again."""
    changed = replace(bundle.key_package, **changes)
    content = KeyPackageTBS(
        changed.version, changed.cipher_suite, changed.init_key, changed.leaf_node, changed.extensions
    )
    suite = cipher_suite(bundle.key_package.cipher_suite)
    signature = suite.sign_with_label(bundle.signature_private_key, "KeyPackageTBS", encode(content))
    return replace(bundle, key_package=replace(changed, signature=signature))


def package(**changes: Any) -> KeyPackageBundle:
    return resigned(Scenario(SUITE).bundle("Eve"), **changes)


def validate(bundle: KeyPackageBundle) -> None:
    validate_key_package(SUITE, bundle.key_package, now=NOW)


def test_a_key_package_of_another_suite_is_refused() -> None:
    validate(package())
    with refuses(refused.InvalidKeyPackage, "§10.1", "cipher suite 3"):
        validate(package(cipher_suite=3))


def test_a_key_package_whose_leaf_is_an_update_is_refused() -> None:
    bundle = package()
    leaf_node = sign_leaf_node(
        SUITE,
        replace(bundle.key_package.leaf_node, leaf_node_source=UpdateSource()),
        bundle.signature_private_key,
        group_id=b"the group",
        leaf_index=LeafIndex(1),
    )
    with refuses(refused.InvalidKeyPackage, "§7.3", "source of an update"):
        validate(resigned(bundle, leaf_node=leaf_node))


def test_an_extension_that_a_key_package_does_not_list_is_ignored() -> None:
    validate(package(extensions=(Extension(64000, b""),)))


def test_a_key_package_whose_init_key_is_its_leaf_key_is_refused() -> None:
    key = package().key_package.leaf_node.encryption_key
    for same in (key, written_otherwise(key)):
        with refuses(refused.InvalidKeyPackage, "§10.1", "init key is also"):
            validate(package(init_key=same))


def test_a_key_package_with_a_bad_signature_is_refused() -> None:
    bundle = package()
    key_package = replace(bundle.key_package, init_key=SUITE.derive_key_pair(b"other".ljust(32)).public_key)
    with refuses(refused.InvalidKeyPackage, "§10.1", "signature of the key package"):
        validate_key_package(SUITE, key_package, now=NOW)


def test_a_key_package_out_of_its_lifetime_is_refused() -> None:
    with refuses(refused.InvalidLeafNode, "§7.3", "lifetime"):
        validate_key_package(SUITE, package().key_package, now=NOW + 10**8)


def test_a_key_package_whose_init_key_is_none_is_refused() -> None:
    for no_key in (b"", bytes(31), bytes(32)):
        with refuses(refused.InvalidKey, "§5.1.1", "not a usable public key of X25519"):
            validate(package(init_key=no_key))


def test_a_key_package_may_have_extensions_that_only_its_client_knows() -> None:
    unknown = Extension(64000, b"anything")
    keys = SUITE.signature_key_pair(b"Eve".ljust(64))
    bundle = create_key_package(
        SUITE,
        Credential(BasicCredential(b"Eve")),
        keys.private_key,
        lifetime=Lifetime(NOW - 3600, NOW + 3600),
        entropy=b"e" * 32,
        capabilities=replace(default_capabilities(), extensions=(64000,)),
        extensions=(unknown,),
        leaf_extensions=(unknown,),
    )
    validate(bundle)


def test_a_key_package_of_another_version_is_refused() -> None:
    message = encode(MLSMessage(ProtocolVersion.mls10, package().key_package))
    assert isinstance(decode(MLSMessage, message).message, KeyPackage)
    with refuses(refused.Malformed, "§2.1", r"key_package.version at byte 4: 2 is no ProtocolVersion"):
        decode(MLSMessage, message[:5] + b"\2" + message[6:])


def test_nobody_commits_an_expired_key_package() -> None:
    scenario = group_of("Alice", "Bob")
    add = Add(scenario.bundle("Carol").key_package)
    create_commit(scenario.states["Alice"], [add], entropy=b"c" * 32, now=NOW)
    with refuses(refused.InvalidLeafNode, "§7.3", "is not within the lifetime"):
        create_commit(scenario.states["Alice"], [add], entropy=b"c" * 32, now=NOW + 10**8)


# Proposals by themselves


def check(scenario: Scenario, proposal: Any, sender: str = "Bob") -> None:
    state = scenario.states["Alice"]
    sent = SentProposal(proposal, scenario.leaf(sender))
    validate_proposal(state.public, sent, when=When.at(NOW))


def test_removing_nobody_is_refused() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    check(scenario, Remove(2))
    for nobody in (3, 4, 1000):
        with refuses(refused.InvalidProposal, "§12.1.3", f"no member at leaf {nobody}"):
            check(scenario, Remove(nobody))


def test_an_update_with_the_old_key_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    bob = scenario.states["Bob"]
    old = bob.tree.member(bob.own_leaf)
    for key in (old.encryption_key, written_otherwise(old.encryption_key)):
        same = sign_leaf_node(
            SUITE,
            replace(old, leaf_node_source=UpdateSource(), encryption_key=key),
            bob.signature_private_key,
            group_id=bob.group_id,
            leaf_index=bob.own_leaf,
        )
        with refuses(refused.InvalidProposal, "§7.3", "another encryption key"):
            check(scenario, Update(same))


def test_an_update_with_a_leaf_that_is_none_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    with refuses(refused.InvalidProposal, "§7.3", "source of a key package"):
        check(scenario, Update(scenario.bundle("Bob").key_package.leaf_node))


def test_a_pre_shared_key_with_a_short_nonce_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    check(scenario, PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), NONCE)))
    with refuses(refused.InvalidPreSharedKey, "§8.4", "psk_nonce has 31 bytes"):
        check(scenario, PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), NONCE[1:])))


@pytest.mark.parametrize("usage", [ResumptionPSKUsage.reinit, ResumptionPSKUsage.branch])
def test_a_resumption_key_for_another_group_is_refused_in_a_commit(usage: ResumptionPSKUsage) -> None:
    scenario = group_of("Alice", "Bob")
    with refuses(refused.InvalidProposal, "§12.1.4", usage.name):
        check(scenario, PreSharedKey(PreSharedKeyID(ResumptionPSK(usage, b"the group", 0), NONCE)))


def test_a_reinit_to_an_older_version_is_refused() -> None:
    check(group_of("Alice", "Bob"), REINIT)
    with refuses(refused.InvalidProposal, "§12.1.5", "back to version 0"):
        check(group_of("Alice", "Bob"), replace(REINIT, version=0))


def test_a_reinit_to_extensions_that_stand_twice_is_refused() -> None:
    twice = (Extension(64000, b""),) * 2
    with refuses(refused.InvalidExtension, "§13.4", "more than one"):
        check(group_of("Alice", "Bob"), replace(REINIT, extensions=twice))


def test_an_external_init_by_a_member_is_refused() -> None:
    with refuses(refused.InvalidProposal, "§12.1.6", "does not join by a commit"):
        check(group_of("Alice", "Bob"), ExternalInit(b""))


def test_group_extensions_that_stand_twice_are_refused() -> None:
    twice = (Extension(ExtensionType.required_capabilities, encode(RequiredCapabilities((), (), ()))),) * 2
    with refuses(refused.InvalidExtension, "§13.4", "more than one"):
        check(group_of("Alice", "Bob"), GroupContextExtensions(twice))


# Proposals together


def sent(proposal: Any, sender: int = 1) -> SentProposal:
    return SentProposal(proposal, LeafIndex(sender))


ADD = Add(package().key_package)
PSK = PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), NONCE))
EXTENSIONS = GroupContextExtensions(())
UPDATE = Update(package().key_package.leaf_node)


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ([sent(UPDATE, 0)], "Update of its own"),
        ([sent(Remove(0))], "removes itself"),
        ([sent(ExternalInit(b""))], "ExternalInit"),
        ([sent(REINIT), sent(ADD)], "ReInit"),
        ([sent(UPDATE), sent(Remove(1))], "same leaf, 1"),
        ([sent(ADD), sent(ADD)], "signature key twice"),
        ([sent(PSK), sent(PSK)], "pre-shared key"),
        ([sent(EXTENSIONS), sent(EXTENSIONS)], "extensions"),
    ],
)
def test_lists_that_the_rfc_forbids_are_refused(listed: list[SentProposal], reason: str) -> None:
    with refuses(refused.InvalidProposalList, "§12.2", reason):
        validate_proposal_list(listed, LeafIndex(0))


def test_a_list_with_one_of_each_is_fine() -> None:
    validate_proposal_list([sent(UPDATE), sent(Remove(2)), sent(ADD), sent(PSK), sent(EXTENSIONS)], LeafIndex(0))


def test_a_committer_takes_what_fits_together() -> None:
    newer = Update(replace(UPDATE.leaf_node, encryption_key=b"newer"))
    pending = [sent(UPDATE), sent(newer), sent(UPDATE, 0), sent(Remove(0)), sent(ADD), sent(ADD), sent(REINIT)]
    assert select_proposals(pending, [], LeafIndex(0)) == (sent(newer), sent(ADD))


def test_a_committer_prefers_a_remove_and_its_own_proposals() -> None:
    pending = [sent(UPDATE), sent(Remove(1), 2), sent(ADD), sent(UPDATE, 3)]
    assert select_proposals(pending, [sent(ADD, 0)], LeafIndex(0)) == (sent(Remove(1), 2), sent(UPDATE, 3))


def test_a_committer_takes_a_reinit_only_alone() -> None:
    assert select_proposals([sent(REINIT)], [], LeafIndex(0)) == (sent(REINIT),)


def test_adding_a_member_twice_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    with refuses(refused.InvalidRatchetTree, "§7.3", "same signature key"):
        scenario.commit("Alice", adds=["Bob"])


def test_a_proposal_of_a_key_that_one_does_not_hold_stops_ones_commit_only_if_one_names_it() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    scenario.propose("Carol", PSK)
    (reference,) = scenario.states["Alice"].proposals
    with refuses(refused.UnknownPreSharedKey, "§8.4", "external key 6964"):
        create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, by_reference=[reference])
    assert scenario.commit("Alice").advanced.proposals == ()
    scenario.propose("Carol", PSK)
    keys = {b"id": b"secret"}
    held = create_commit(scenario.states["Bob"], entropy=next(scenario.entropy), now=NOW, psks=keys)
    assert [type(sent.proposal) for sent in held.advanced.proposals] == [PreSharedKey]


def test_a_proposal_that_fits_no_tree_stops_nobodys_commit() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    scenario.propose("Bob", Add(scenario.bundle("Carol").key_package))
    needs = encode(RequiredCapabilities((64000,), (), ()))
    required = GroupContextExtensions((Extension(ExtensionType.required_capabilities, needs),))
    scenario.propose("Bob", required)
    scenario.propose_update("Carol")
    committed = scenario.commit("Alice")
    assert committed.advanced.updated == (scenario.leaf("Carol"),)
    assert not committed.advanced.added
    assert scenario.states["Bob"].secrets == scenario.states["Carol"].secrets == committed.next.secrets
    scenario.send("Alice", b"and on we go")


def test_requiring_what_a_member_cannot_do_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    needs = encode(RequiredCapabilities((64000,), (), ()))
    with refuses(refused.InvalidRatchetTree, "§7.3", "does not list 0xfa00"):
        scenario.commit("Alice", GroupContextExtensions((Extension(ExtensionType.required_capabilities, needs),)))


# Commits


def authenticated(scenario: Scenario, message: MLSMessage) -> AuthenticatedContent:
    """What Bob has once the frame and the signature of a public message are checked."""
    state, public = scenario.states["Bob"], message.message
    assert isinstance(public, PublicMessage)
    unverified = unprotect_public(SUITE, public, state.secrets.membership_key, state.context)
    return verify_content(SUITE, unverified, state.tree.member(LeafIndex(0)).signature_key, state.context)


def follow(scenario: Scenario, content: AuthenticatedContent) -> None:
    process_commit(scenario.states["Bob"], content, when=When.at(NOW))


def commit_for_bob(*proposals: Any, **options: Any) -> tuple[Scenario, AuthenticatedContent]:
    scenario = group_of("Alice", "Bob", "Carol")
    made = create_commit(scenario.states["Alice"], proposals, entropy=b"c" * 32, now=NOW, **options)
    return scenario, authenticated(scenario, made.message)


def changed(content: AuthenticatedContent, **changes: Any) -> AuthenticatedContent:
    commit = content.content.content
    assert isinstance(commit, Commit)
    return replace(content, content=replace(content.content, content=replace(commit, **changes)))


def test_a_commit_without_the_path_that_its_proposals_need_is_refused() -> None:
    scenario, content = commit_for_bob(Remove(2))
    follow(scenario, content)
    with refuses(refused.InvalidCommit, "§12.4.2", "UpdatePath is missing"):
        follow(scenario, changed(content, path=None))


def test_after_the_last_epoch_that_has_a_number_there_is_no_other() -> None:
    scenario, content = commit_for_bob()
    group = scenario.states["Bob"].public
    follow_commit(replace(group, context=replace(group.context, epoch=LAST_EPOCH - 1)), content, when=When.at(NOW))
    with refuses(refused.GroupInactive, "§8.1", "the last epoch"):
        follow_commit(replace(group, context=replace(group.context, epoch=LAST_EPOCH)), content, when=When.at(NOW))


def test_an_empty_commit_without_a_path_is_refused() -> None:
    scenario, content = commit_for_bob()
    with refuses(refused.InvalidCommit, "§12.4.2", "UpdatePath is missing"):
        follow(scenario, changed(content, path=None))


def test_a_commit_of_a_proposal_that_never_came_is_refused() -> None:
    scenario, content = commit_for_bob()
    unknown = ProposalOrRef(ProposalByReference(b"\7" * 32))
    with refuses(refused.UnknownProposal, "§12.4.2", "0707"):
        follow(scenario, changed(content, proposals=(unknown,)))


def test_a_commit_with_another_confirmation_tag_is_refused() -> None:
    scenario, content = commit_for_bob()
    for tag in (b"\0" * 32, None):
        with refuses(refused.InvalidTag, "§12.4.2", "confirmation tag"):
            follow(scenario, replace(content, auth=FramedContentAuthData(content.auth.signature, tag)))


def test_what_is_no_commit_or_by_nobody_who_may_make_one_is_refused() -> None:
    scenario, content = commit_for_bob()
    outside = replace(content.content, sender=Sender(ExternalSenderIndex(0)))
    with refuses(refused.InvalidCommit, "§12.4.2", "neither by a member nor by somebody who joins"):
        follow(scenario, replace(content, content=outside))
    with refuses(refused.InvalidCommit, "§12.4.2", "not a commit"):
        follow(scenario, replace(content, content=replace(content.content, content=Proposal(Remove(0)))))


def test_a_commit_with_a_key_that_is_not_held_is_refused() -> None:
    scenario, content = commit_for_bob(PSK, psks={b"id": b"secret"})
    with refuses(refused.UnknownPreSharedKey, "§8.4", "external key 6964"):
        follow(scenario, content)
    scenario = group_of("Alice", "Bob")
    forgotten = PreSharedKey(PreSharedKeyID(ResumptionPSK(ResumptionPSKUsage.application, b"the group", 99), NONCE))
    with refuses(refused.UnknownPreSharedKey, "§8.4", "epoch 99"):
        scenario.commit("Alice", forgotten)


def test_a_commit_by_reference_of_what_has_not_arrived_is_refused() -> None:
    with refuses(refused.UnknownProposal, "§12.4.2", "70726f70"):
        group_of("Alice", "Bob").commit("Alice", by_reference=[b"proposal"])


def test_only_so_many_resumption_keys_are_kept() -> None:
    scenario = group_of("Alice", "Bob")
    for _ in range(10):
        scenario.commit("Alice")
    assert sorted(scenario.states["Bob"].resumption_psks) == [4, 5, 6, 7, 8, 9, 10, 11]


# Framing


def test_messages_of_another_group_or_epoch_are_refused() -> None:
    scenario = group_of("Alice", "Bob")
    old = scenario.send("Alice", b"late")
    with refuses(refused.WrongGroup, "§6", "for group"):
        process(group_of("Alice", "Bob", "Carol").states["Bob"], moved(old, group_id=b"elsewhere"), now=NOW)
    scenario.commit("Alice")
    with refuses(refused.EpochDeleted, "§9.2", "of epoch 1, this state is in epoch 2"):
        process(scenario.states["Bob"], old, now=NOW)


def moved(message: MLSMessage, **changes: Any) -> MLSMessage:
    inner: Any = message.message
    return replace(message, message=replace(inner, **changes))


def test_a_key_package_is_no_message_within_a_group() -> None:
    scenario = group_of("Alice", "Bob")
    message = MLSMessage(ProtocolVersion.mls10, scenario.bundle("Carol").key_package)
    with refuses(refused.Misuse, "§6", "KeyPackage is not a message within a group"):
        process(scenario.states["Bob"], message, now=NOW)


def test_a_sender_at_a_blank_leaf_is_refused() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    alice, bob = scenario.states["Alice"], scenario.states["Bob"]
    proposal = FramedContent(bob.group_id, bob.epoch, Sender(MemberSender(3)), b"", Proposal(Remove(0)))
    form = WireFormat.mls_public_message
    signature = sign_content(SUITE, form, proposal, alice.signature_private_key, alice.context)
    content = AuthenticatedContent(form, proposal, FramedContentAuthData(signature, None))
    message = protect_public(SUITE, content, alice.secrets.membership_key, alice.context)
    with refuses(refused.InvalidMessage, "§6", "leaf 3, is no member"):
        process(bob, MLSMessage(ProtocolVersion.mls10, message), now=NOW)


def test_application_data_waits_for_pending_proposals() -> None:
    scenario = group_of("Alice", "Bob")
    scenario.propose_update("Bob")
    with refuses(refused.Misuse, "§12.4", "proposals are pending"):
        protect(scenario.states["Alice"], b"hello", entropy=b"e" * 32)


def test_a_forged_signature_is_refused_though_the_tag_is_right() -> None:
    scenario = group_of("Alice", "Bob")
    state = replace(scenario.states["Alice"], signature_private_key=scenario.states["Bob"].signature_private_key)
    forged = propose(state, Remove(1), entropy=b"e" * 32, now=NOW)
    with refuses(refused.InvalidSignature, "§6.1", "does not verify"):
        process(scenario.states["Bob"], forged.message, now=NOW)


# Joining


def welcomed() -> tuple[Scenario, KeyPackageBundle, MLSMessage]:
    scenario = group_of("Alice", "Bob")
    bundle = scenario.bundle("Carol")
    committed = scenario.commit("Alice", Add(bundle.key_package))
    assert committed.welcome is not None
    return scenario, bundle, committed.welcome


def forged_welcome(
    bundle: KeyPackageBundle,
    welcome: MLSMessage,
    change: Any,
    psks: tuple[PreSharedKeyID, ...] = (),
    *,
    path_secret: bool = True,
) -> MLSMessage:
    """The Welcome with its GroupInfo changed by somebody who knows all that Carol is told."""
    message = welcome.message
    assert isinstance(message, Welcome)
    secrets = open_group_secrets(SUITE, message, bundle.key_package, bundle.init_private_key)
    secret = welcome_secret(SUITE, secrets.joiner_secret, psk_secret(SUITE, ()))
    info = change(open_group_info(SUITE, message, secret))
    sealed = SUITE.seal(*welcome_key_and_nonce(SUITE, secret), b"", encode(info))
    opened = GroupSecrets(secrets.joiner_secret, secrets.path_secret if path_secret else None, psks)
    entry = SUITE.encrypt_with_label(bundle.key_package.init_key, "Welcome", sealed, encode(opened), entropy=b"f" * 32)
    forged = Welcome(1, (EncryptedGroupSecrets(message.secrets[0].new_member, entry),), sealed)
    return MLSMessage(ProtocolVersion.mls10, forged)


def signed_by_alice(scenario: Scenario, **changes: Any) -> Any:
    """A change of a GroupInfo that Alice, an insider, signs again."""

    def change(info: GroupInfo) -> GroupInfo:
        state = scenario.states["Alice"]
        in_context = {name: value for name, value in changes.items() if name in {"tree_hash", "cipher_suite"}}
        context = replace(info.group_context, **in_context)
        tag = changes.get("confirmation_tag", state.confirmation_tag)
        leaf = changes.get("signer", state.own_leaf)
        posing = replace(state, context=context, confirmation_tag=tag, own_leaf=leaf)
        return sign_group_info(posing, ratchet_tree=True, external_pub=False)

    return change


def test_an_honest_welcome_made_anew_lets_its_receiver_in() -> None:
    scenario, bundle, welcome = welcomed()
    state = join(forged_welcome(bundle, welcome, signed_by_alice(scenario)), bundle, now=NOW)
    assert state.secrets == scenario.states["Alice"].secrets


def test_a_welcome_without_the_path_secret_that_the_tree_demands_is_refused() -> None:
    scenario, bundle, welcome = welcomed()
    with refuses(refused.InvalidWelcome, "§12.4.3.1", "lacks the path secret that opens parent 3"):
        join(forged_welcome(bundle, welcome, signed_by_alice(scenario), path_secret=False), bundle, now=NOW)


@pytest.mark.parametrize("size", range(2, 10))
def test_a_commit_without_a_path_welcomes_without_a_path_secret_whatever_the_tree(size: int) -> None:
    names = [f"member {number}" for number in range(size)]
    scenario = group_of(*names)
    for name in names[::2]:
        scenario.commit(name)
    scenario.commit(names[1], adds=["Dave", "Eve"], path=False)
    scenario.commit(names[0], adds=["Frank"])
    for name in ("Dave", "Eve", "Frank", names[1]):
        scenario.commit(name)
    assert_agreement(scenario)


def test_a_welcome_for_somebody_else_is_refused() -> None:
    scenario, _, welcome = welcomed()
    with refuses(refused.NotForMe, "§12.4.3.1", "nothing for this key package"):
        join(welcome, scenario.bundle("Dave"), now=NOW)


def test_a_welcome_of_another_suite_is_refused() -> None:
    _, bundle, welcome = welcomed()
    with refuses(refused.InvalidWelcome, "§12.4.3.1", "cipher suite 3"):
        join(moved(welcome, cipher_suite=3), bundle, now=NOW)


def test_what_is_no_welcome_is_refused_as_one() -> None:
    scenario, bundle, _ = welcomed()
    with refuses(refused.Misuse, "§12.4.3.1", "GroupInfo is not a Welcome"):
        join(group_info(scenario.states["Alice"]), bundle, now=NOW)


@pytest.mark.parametrize(
    ("changes", "error", "reason"),
    [
        ({"tree_hash": b"\0" * 32}, refused.InvalidRatchetTree, "tree hash"),
        ({"cipher_suite": 3}, refused.InvalidGroupInfo, "version or cipher suite"),
        ({"signer": LeafIndex(3)}, refused.InvalidGroupInfo, "leaf 3, is no member"),
        ({"signer": LeafIndex(1)}, refused.InvalidGroupInfo, "signature of the GroupInfo"),
        ({"confirmation_tag": b"\0" * 32}, refused.InvalidTag, "confirmation tag"),
    ],
)
def test_a_group_info_with_one_thing_changed_is_refused(
    changes: dict[str, Any], error: type[MLSError], reason: str
) -> None:
    scenario, bundle, welcome = welcomed()
    with refuses(error, "§12.4.3(.1)?", reason):
        join(forged_welcome(bundle, welcome, signed_by_alice(scenario, **changes)), bundle, now=NOW)


def test_a_welcome_into_a_tree_without_oneself_is_refused() -> None:
    scenario, bundle, welcome = welcomed()
    other = group_of("Alice", "Bob", "Dave").states["Alice"]

    def swap(_: GroupInfo) -> GroupInfo:
        return sign_group_info(other, ratchet_tree=True, external_pub=False)

    with refuses(refused.InvalidWelcome, "§12.4.3.1", "no leaf of the tree"):
        join(forged_welcome(bundle, welcome, swap), bundle, now=NOW)
    assert scenario.states["Alice"].tree.member(LeafIndex(2)) == bundle.key_package.leaf_node


def test_a_welcome_without_a_tree_needs_one_from_elsewhere() -> None:
    scenario = group_of("Alice")
    bundle = scenario.bundle("Bob")
    committed = create_commit(
        scenario.states["Alice"], [Add(bundle.key_package)], entropy=b"e" * 32, now=NOW, ratchet_tree=False
    )
    assert committed.welcome is not None
    with refuses(refused.Misuse, "§12.4.3.1", "carries no ratchet tree"):
        join(committed.welcome, bundle, now=NOW)
    tree = RatchetTreeExtension(committed.next.tree.to_nodes())
    welcome = committed.welcome.message
    assert isinstance(welcome, Welcome)
    assert join(welcome, bundle, now=NOW, ratchet_tree=tree).epoch == 1


def test_a_welcome_that_links_to_two_old_groups_is_refused() -> None:
    scenario, bundle, welcome = welcomed()
    psk = PreSharedKeyID(ResumptionPSK(ResumptionPSKUsage.branch, b"the group", 1), NONCE)
    with refuses(refused.InvalidWelcome, "§12.4.3.1", "more than one resumption PSK"):
        join(forged_welcome(bundle, welcome, signed_by_alice(scenario), psks=(psk, psk)), bundle, now=NOW)


def test_extensions_of_a_group_info_that_we_do_not_know_are_ignored() -> None:
    scenario, bundle, welcome = welcomed()

    def grease(_: GroupInfo) -> GroupInfo:
        state = scenario.states["Alice"]
        info = sign_group_info(state, ratchet_tree=True, external_pub=True)
        extensions = (Extension(0x0A0A, b"ignore me"), *info.extensions)
        content = GroupInfoTBS(info.group_context, extensions, info.confirmation_tag, info.signer)
        signature = SUITE.sign_with_label(state.signature_private_key, "GroupInfoTBS", encode(content))
        return replace(info, extensions=extensions, signature=signature)

    assert join(forged_welcome(bundle, welcome, grease), bundle, now=NOW).epoch == scenario.states["Alice"].epoch


def test_a_group_info_signed_by_another_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    info = group_info(scenario.states["Alice"]).message
    assert isinstance(info, GroupInfo)
    with refuses(refused.InvalidGroupInfo, "§12.4.3", "signature of the GroupInfo"):
        verify_group_info(SUITE, info, scenario.states["Bob"].tree.member(LeafIndex(1)).signature_key)


def test_a_group_is_made_with_the_suite_of_its_creators_key_package() -> None:
    with refuses(refused.Misuse, "§11", "cipher suite 1, not 3"):
        create_group(package(), b"a group", entropy=b"e" * 32, now=NOW, suite=cipher_suite(3))


def test_lifetimes_are_whole_seconds_with_both_ends_included() -> None:
    bundle = Scenario(SUITE).bundle("Eve")
    source = bundle.key_package.leaf_node.leaf_node_source
    assert source.lifetime == Lifetime(NOW - 3600, NOW + 8 * 7 * 24 * 3600)  # type: ignore[union-attr] # a key package's
    for instant in (source.lifetime.not_before, source.lifetime.not_after):  # type: ignore[union-attr] # as above
        validate_key_package(SUITE, bundle.key_package, now=instant)
