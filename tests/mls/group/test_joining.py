"""Which Welcomes a newcomer refuses: a valid one with one thing changed (RFC 9420 §12.4.3.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import NONCE, SUITE, moved, refuses
from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from workbench.mls import (
    Add,
    Extension,
    KeyPackageBundle,
    LeafIndex,
    MLSMessage,
    PreSharedKeyID,
    RatchetTreeExtension,
    ResumptionPSK,
    create_commit,
    encode,
    group_info,
    join,
)
from workbench.mls import errors as refused
from workbench.mls.errors import MLSError
from workbench.mls.group.group_info import sign_group_info
from workbench.mls.group.signatures import verify_group_info
from workbench.mls.group.welcome import open_group_info, open_group_secrets
from workbench.mls.schedule.key_schedule import welcome_key_and_nonce, welcome_secret
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.wire.code_points import ProtocolVersion, ResumptionPSKUsage
from workbench.mls.wire.messages import EncryptedGroupSecrets, GroupInfo, GroupInfoTBS, GroupSecrets, Welcome


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
        posing = replace(with_public(state, context=context), confirmation_tag=tag, own_leaf=leaf)
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
    with refuses(refused.NotForMe, "§12.4.3.1", "no entry of the Welcome"):
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
