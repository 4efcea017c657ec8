"""Groups that come from another: the end of the old, the first commit of the new, and who gets in (RFC 9420 §11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import refuses
from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from tests.rfc.source import without
from workbench.mls import (
    Add,
    ApplicationMessage,
    Extension,
    GroupState,
    KeyPackage,
    KeyPackageBundle,
    PendingCommit,
    PreSharedKey,
    PreSharedKeyID,
    RatchetTreeExtension,
    ReInit,
    Remove,
    ResumptionPSK,
    branch_group,
    cipher_suite,
    create_commit,
    create_group,
    encode,
    join,
    process,
    propose_update,
    protect,
    reinit_group,
)
from workbench.mls import errors as refused
from workbench.mls.errors import MLSError
from workbench.mls.group.commit import commit_proposals
from workbench.mls.group.pre_shared_keys import all_psks
from workbench.mls.group.public_group import AnyProposal, SentProposal
from workbench.mls.group.resumption_checks import require_first_commit
from workbench.mls.wire.code_points import ExtensionType, ProtocolVersion, ResumptionPSKUsage
from workbench.mls.wire.extensions import RequiredCapabilities

NEEDS = (Extension(ExtensionType.required_capabilities, encode(RequiredCapabilities((), (), (1,)))),)
ANNOUNCED = ReInit(b"the new group", ProtocolVersion.mls10, 3, NEEDS)


def ended(*names: str) -> Scenario:
    """A group whose last commit was a ReInit to cipher suite 3."""
    scenario = group_of(*names)
    scenario.commit(names[0], ANNOUNCED)
    return scenario


def bundles(scenario: Scenario, names: Sequence[str], suite: int = 3) -> dict[str, KeyPackageBundle]:
    """Fresh key packages of the same people for a new group."""
    people = Scenario(cipher_suite(suite), entropy=scenario.entropy)
    return {name: people.bundle(name) for name in names}


def packages(bundled: dict[str, KeyPackageBundle], maker: str) -> list[KeyPackage]:
    return [bundle.key_package for name, bundle in bundled.items() if name != maker]


def entered(old: Scenario, committed: PendingCommit, bundled: dict[str, KeyPackageBundle], maker: str) -> Scenario:
    """The new group once all others have joined with the last state of the old one."""
    new = Scenario(committed.next.suite, entropy=old.entropy)
    new.states[maker] = committed.next
    assert committed.welcome is not None
    for name, bundle in bundled.items():
        if name != maker:
            new.states[name] = join(encode(committed.welcome), bundle, now=NOW, old_group=old.states[name])
    return new


def reinitialised(old: Scenario, maker: str) -> tuple[PendingCommit, dict[str, KeyPackageBundle]]:
    bundled = bundles(old, list(old.states))
    made = reinit_group(old.states[maker], bundled[maker], packages(bundled, maker), entropy=next(old.entropy), now=NOW)
    return made, bundled


def branched(old: Scenario, maker: str, *others: str) -> tuple[PendingCommit, dict[str, KeyPackageBundle]]:
    bundled = bundles(old, [maker, *others], suite=1)
    made = branch_group(
        old.states[maker], b"the branch", bundled[maker], packages(bundled, maker), entropy=next(old.entropy), now=NOW
    )
    return made, bundled


@pytest.mark.parametrize("maker", ["Alice", "Bob"])
def test_a_group_goes_on_as_the_reinit_announced_whoever_makes_it(maker: str) -> None:
    old = ended("Alice", "Bob", "Carol")
    assert_agreement(old)
    new = entered(old, *reinitialised(old, maker), maker)
    assert_agreement(new)
    context = new.states["Carol"].context
    assert ReInit(context.group_id, context.version, context.cipher_suite, context.extensions) == ANNOUNCED
    assert context.epoch == 1
    said = new.deliver(new.send("Carol", b"we moved"), "Carol")
    assert isinstance(said["Bob"], ApplicationMessage)
    new.commit("Bob")
    assert_agreement(new)


@pytest.mark.parametrize("how", ["reinit", "branch"])
def test_the_first_commit_of_a_successor_may_do_without_a_path_and_its_welcome_without_the_tree(how: str) -> None:
    old = ended("Alice", "Bob") if how == "reinit" else group_of("Alice", "Bob")
    bundled = bundles(old, ["Alice", "Bob"], suite=3 if how == "reinit" else 1)
    options: Any = {"entropy": next(old.entropy), "now": NOW, "path": False, "ratchet_tree": False}
    alices, others = bundled["Alice"], packages(bundled, "Alice")
    if how == "reinit":
        made = reinit_group(old.states["Alice"], alices, others, **options)
    else:
        made = branch_group(old.states["Alice"], b"the branch", alices, others, **options)
    assert not made.advanced.with_path
    assert made.welcome is not None
    with refuses(refused.Misuse, "§12.4.3.1", "no ratchet tree"):
        joins(old.states["Bob"], made, bundled["Bob"])
    tree = RatchetTreeExtension(made.next.tree.to_nodes())
    bob = join(made.welcome, bundled["Bob"], now=NOW, old_group=old.states["Bob"], ratchet_tree=tree)
    assert bob.secrets == made.next.secrets


def test_nothing_is_sent_any_more_in_a_group_that_has_ended() -> None:
    old = ended("Alice", "Bob")
    for state in old.states.values():
        assert state.reinit == ANNOUNCED
        sends: list[Callable[[], object]] = [
            lambda state=state: create_commit(state, entropy=b"e" * 32, now=NOW),  # type: ignore[misc] # bound now
            lambda state=state: propose_update(state, entropy=b"e" * 32, now=NOW),  # type: ignore[misc] # bound now
            lambda state=state: protect(state, b"hello?", entropy=b"e" * 32),  # type: ignore[misc] # bound now
        ]
        for send in sends:
            with refuses(refused.GroupInactive, "§11.2", "reinitialised"):
                send()


@pytest.mark.parametrize("send", ["proposal", "commit"])
def test_a_member_that_goes_on_in_a_group_that_has_ended_is_not_followed(send: str) -> None:
    old = ended("Alice", "Bob")
    stubborn = replace(with_public(old.states["Alice"], reinit=None), active=True)
    made: Any = (create_commit if send == "commit" else propose_update)(stubborn, entropy=b"e" * 32, now=NOW)
    with refuses(refused.GroupInactive, "§11.2", "reinitialised"):
        process(old.states["Bob"], made.message, now=NOW)


def test_what_a_member_still_says_in_a_group_that_has_ended_is_read() -> None:
    """Only the sender is told to say nothing more (RFC 9420 §12.4.2)."""
    old = ended("Alice", "Bob")
    stubborn = replace(with_public(old.states["Alice"], reinit=None), active=True)
    said = protect(stubborn, b"still here", entropy=b"e" * 32)
    _, received = process(old.states["Bob"], said.message, now=NOW)
    assert isinstance(received, ApplicationMessage)
    assert received.application_data == b"still here"


def test_who_was_removed_sends_nothing() -> None:
    scenario = group_of("Alice", "Bob")
    removal = create_commit(scenario.states["Alice"], [Remove(1)], entropy=b"e" * 32, now=NOW)
    removed, _ = process(scenario.states["Bob"], removal.message, now=NOW)
    sends: list[Callable[[], object]] = [
        lambda: create_commit(removed, entropy=b"e" * 32, now=NOW),
        lambda: propose_update(removed, entropy=b"e" * 32, now=NOW),
        lambda: protect(removed, b"hello?", entropy=b"e" * 32),
    ]
    for send in sends:
        with refuses(refused.GroupInactive, "§12.4.2", "no longer in the group"):
            send()


def test_a_reinit_by_reference_waits_until_it_is_alone() -> None:
    scenario = group_of("Alice", "Bob")
    scenario.propose("Bob", ANNOUNCED)
    scenario.commit("Alice", adds=["Carol"])
    assert scenario.states["Bob"].reinit is None
    scenario.propose("Bob", ANNOUNCED)
    scenario.commit("Alice")
    assert {state.reinit for state in scenario.states.values()} == {ANNOUNCED}


def test_some_members_branch_off_and_the_old_group_lives_on() -> None:
    old = group_of("Alice", "Bob", "Carol")
    new = entered(old, *branched(old, "Bob", "Carol"), "Bob")
    assert_agreement(new)
    assert new.states["Bob"].epoch == 1
    old.commit("Carol")
    new.commit("Carol")
    assert_agreement(old)
    assert_agreement(new)


def test_a_branch_is_entered_with_the_state_of_the_epoch_that_it_left() -> None:
    old = group_of("Alice", "Bob", "Carol")
    made, bundled = branched(old, "Bob", "Carol")
    before = old.states["Carol"]
    old.commit("Alice")
    with refuses(refused.InvalidWelcome, "§12.4.3.1", "to epoch 1 of the old group, whose state is of epoch 2"):
        joins(old.states["Carol"], made, bundled["Carol"])
    joins(before, made, bundled["Carol"])


def test_a_member_that_was_removed_since_founds_no_branch() -> None:
    old = group_of("Alice", "Bob", "Mallory")
    made, bundled = branched(old, "Mallory", "Bob")
    mallory = old.states["Mallory"]
    removal = old.commit("Alice", Remove(2))
    with refuses(refused.InvalidWelcome, "§12.4.3.1", "to epoch 1 of the old group, whose state is of epoch 2"):
        joins(old.states["Bob"], made, bundled["Bob"])
    old.states["Mallory"], _ = process(mallory, removal.message, now=NOW)
    with refuses(refused.GroupInactive, "§12.4.2", "no longer in the group"):
        branched(old, "Mallory", "Bob")
    with refuses(refused.GroupInactive, "§12.4.2", "no longer in the group"):
        joins(old.states["Mallory"], *_branch_of_epoch_1())


def _branch_of_epoch_1() -> tuple[PendingCommit, KeyPackageBundle]:
    made, bundled = branched(group_of("Alice", "Bob", "Mallory"), "Alice", "Mallory")
    return made, bundled["Mallory"]


def test_a_group_that_has_ended_is_not_branched() -> None:
    with refuses(refused.GroupInactive, "§11.2", "reinitialised"):
        branched(ended("Alice", "Bob"), "Alice", "Bob")


def test_a_key_of_one_group_is_mixed_into_another() -> None:
    one, other = group_of("Alice", "Bob"), Scenario(cipher_suite(1))
    bundle, bob = other.bundle("Alice"), other.bundle("Bob")
    alone = create_group(bundle, b"another", entropy=next(other.entropy), now=NOW)
    added = create_commit(alone, [Add(bob.key_package)], entropy=b"a" * 32, now=NOW)
    assert added.welcome is not None
    bobs = join(added.welcome, bob, now=NOW)
    psk = PreSharedKeyID(ResumptionPSK(ResumptionPSKUsage.application, b"the group", 1), bytes(32))
    keys = {(b"the group", 1): one.states["Alice"].resumption_psks[1]}
    made = create_commit(added.next, [PreSharedKey(psk)], entropy=b"b" * 32, now=NOW, psks=keys)
    followed, _ = process(bobs, made.message, now=NOW, psks=keys)
    assert followed.secrets == made.next.secrets
    with refuses(refused.UnknownPreSharedKey, "§8.4", "epoch 1 of group"):
        process(bobs, made.message, now=NOW)


# What the maker is refused


def test_a_group_that_has_not_ended_is_not_made_anew() -> None:
    old = group_of("Alice", "Bob")
    with refuses(refused.Misuse, "§11.2", "no ReInit was committed"):
        reinitialised(old, "Alice")


def test_nobody_is_left_behind_by_a_reinit() -> None:
    old = ended("Alice", "Bob", "Carol")
    some = bundles(old, ["Alice", "Bob"])
    with refuses(refused.Misuse, "§11.2", "1 members of the old group have no key package"):
        reinit_group(old.states["Alice"], some["Alice"], packages(some, "Alice"), entropy=b"e" * 32, now=NOW)


def test_nobody_comes_along_into_a_branch_who_was_not_there() -> None:
    old = group_of("Alice", "Bob")
    with refuses(refused.Misuse, "§11.3", "1 of these key packages"):
        branched(old, "Alice", "Mallory")


def linking(
    state: GroupState,
    proposals: Sequence[AnyProposal],
    usage: ResumptionPSKUsage,
    psks: Mapping[tuple[bytes, int], bytes],
) -> PendingCommit:
    """A commit that links a group to an old one, as `reinit_group` and `branch_group` make their first."""
    listed = [SentProposal(proposal, state.own_leaf) for proposal in proposals]
    return commit_proposals(state, listed, entropy=b"i" * 32, now=NOW, psks=all_psks(psks), path=True, usage=usage)


@pytest.mark.parametrize("usage", [ResumptionPSKUsage.reinit, ResumptionPSKUsage.branch])
def test_only_the_first_commit_of_a_group_links_it_and_to_one_group_alone(usage: ResumptionPSKUsage) -> None:
    state = group_of("Alice").states["Alice"]
    links = [PreSharedKey(PreSharedKeyID(ResumptionPSK(usage, b"old", epoch), bytes(32))) for epoch in (1, 2)]
    keys = {(b"old", 1): b"one", (b"old", 2): b"two"}
    linking(state, links[:1], usage, keys)
    for wrong in ([], links):
        with refuses(refused.Misuse, "§12.4.3.1", "names one resumption PSK"):
            linking(state, wrong, usage, keys)
    later = create_commit(state, entropy=b"f" * 32, now=NOW).next
    with refuses(refused.Misuse, "§8.6", f"only the first commit of a group names a PSK for {usage.name}, not epoch 1"):
        linking(later, links[:1], usage, keys)


# What those who are added refuse


def joins(old: GroupState | None, made: PendingCommit, bundle: KeyPackageBundle) -> None:
    assert made.welcome is not None
    join(made.welcome, bundle, now=NOW, old_group=old)


def test_without_the_old_group_nobody_enters_the_new_one() -> None:
    old = ended("Alice", "Bob")
    made, bundled = reinitialised(old, "Alice")
    joins(old.states["Bob"], made, bundled["Bob"])
    for other in (None, group_of("Bob").states["Bob"]):
        without = other and with_public(other, context=replace(other.context, group_id=b"elsewhere"))
        with refuses(refused.UnknownPreSharedKey, "§12.4.3.1", "is needed as old_group"):
            joins(without, made, bundled["Bob"])


def test_a_group_that_was_not_ended_is_not_left_for_a_new_one() -> None:
    old = ended("Alice", "Bob")
    made, bundled = reinitialised(old, "Alice")
    bob = old.states["Bob"]
    with refuses(refused.InvalidWelcome, "§12.4.3.1", "held no ReInit"):
        joins(with_public(bob, reinit=None), made, bundled["Bob"])


def test_a_new_group_that_comes_from_another_epoch_than_the_last_is_refused() -> None:
    old = ended("Alice", "Bob")
    made, bundled = reinitialised(old, "Alice")
    bob = old.states["Bob"]
    with refuses(refused.InvalidWelcome, "§12.4.3.1", "to epoch 2 of the old group, whose state is of epoch 3"):
        joins(with_public(bob, context=replace(bob.context, epoch=bob.epoch + 1)), made, bundled["Bob"])


def test_a_group_of_the_announced_id_that_does_not_come_from_the_old_one_is_refused() -> None:
    old = ended("Alice", "Bob")
    bundled = bundles(old, ["Alice", "Bob"])
    stranger = create_group(
        bundled["Alice"], ANNOUNCED.group_id, entropy=b"g" * 32, now=NOW, extensions=ANNOUNCED.extensions
    )
    unlinked = create_commit(stranger, [Add(bundled["Bob"].key_package)], entropy=b"h" * 32, now=NOW)
    joins(group_of("Bob").states["Bob"], unlinked, bundled["Bob"])
    branch, bundled_again = forged(old, BRANCH, ["Alice", "Bob"], suite=1)
    for made, bundle in ((unlinked, bundled["Bob"]), (branch, bundled_again["Bob"])):
        with refuses(refused.InvalidWelcome, "§11.2", "no resumption PSK for reinit"):
            joins(old.states["Bob"], made, bundle)


@pytest.mark.parametrize(
    "other",
    [
        replace(ANNOUNCED, group_id=b"elsewhere"),
        replace(ANNOUNCED, version=2),
        replace(ANNOUNCED, cipher_suite=1),
        replace(ANNOUNCED, extensions=()),
    ],
)
def test_a_new_group_that_is_not_the_announced_one_is_refused(other: ReInit) -> None:
    old = ended("Alice", "Bob")
    made, bundled = reinitialised(old, "Alice")
    with refuses(refused.InvalidWelcome, "§12.4.3.1", "not the one that the ReInit announced"):
        joins(with_public(old.states["Bob"], reinit=other), made, bundled["Bob"])


def forged(
    old: Scenario, usage: ResumptionPSKUsage, names: Sequence[str], *, suite: int, epoch_0: bool = True
) -> tuple[PendingCommit, dict[str, KeyPackageBundle]]:
    """A new group made by Alice, who leaves out her own checks."""
    bundled, alice = bundles(old, names, suite), old.states["Alice"]
    state = create_group(
        bundled["Alice"],
        ANNOUNCED.group_id,
        entropy=b"g" * 32,
        now=NOW,
        extensions=ANNOUNCED.extensions if usage == ResumptionPSKUsage.reinit else (),
    )
    if not epoch_0:
        state = create_commit(state, entropy=b"h" * 32, now=NOW).next
    link = PreSharedKeyID(ResumptionPSK(usage, alice.group_id, alice.epoch), bytes(state.suite.hash_length))
    with without(require_first_commit, "Misuse", "only the first commit"):
        made = linking(
            state,
            [PreSharedKey(link), *map(Add, packages(bundled, "Alice"))],
            usage,
            {(alice.group_id, alice.epoch): alice.resumption_psks[alice.epoch]},
        )
    return made, bundled


REINIT, BRANCH = ResumptionPSKUsage.reinit, ResumptionPSKUsage.branch


@pytest.mark.parametrize(
    ("usage", "names", "changes", "error", "section", "reason"),
    [
        (REINIT, ["Alice", "Bob", "Carol"], {"epoch_0": False}, refused.InvalidWelcome, "§12.4.3.1", "not in epoch 2"),
        (REINIT, ["Alice", "Bob"], {}, refused.InvalidWelcome, "§12.4.3.1", "1 members of the old group are not in"),
        (BRANCH, ["Alice", "Bob"], {"epoch_0": False}, refused.InvalidWelcome, "§12.4.3.1", "not in epoch 2"),
        (BRANCH, ["Alice", "Bob"], {"suite": 3}, refused.InvalidWelcome, "§12.4.3.1", "version and cipher suite"),
        (BRANCH, ["Alice", "Bob", "Mallory"], {}, refused.InvalidWelcome, "§11.3", "1 members of the branch"),
    ],
)
def test_a_new_group_that_breaks_one_rule_is_refused(
    usage: ResumptionPSKUsage,
    names: list[str],
    changes: dict[str, Any],
    error: type[MLSError],
    section: str,
    reason: str,
) -> None:
    old = (ended if usage == REINIT else group_of)("Alice", "Bob", "Carol")
    suite = 3 if usage == REINIT else 1
    made, bundled = forged(old, usage, names, **{"suite": suite, **changes})
    with refuses(error, section, reason):
        joins(old.states["Bob"], made, bundled["Bob"])


@pytest.mark.parametrize(("usage", "suite"), [(REINIT, 3), (BRANCH, 1)])
def test_a_new_group_that_is_made_by_hand_and_breaks_none_is_entered(usage: ResumptionPSKUsage, suite: int) -> None:
    old = (ended if usage == REINIT else group_of)("Alice", "Bob", "Carol")
    made, bundled = forged(old, usage, ["Alice", "Bob", "Carol"], suite=suite)
    joins(old.states["Bob"], made, bundled["Bob"])
