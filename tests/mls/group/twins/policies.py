"""What the settings of a policy let in or keep out, beside their defaults."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.mls.group.company import OFFICE, ROOT, TRUST, company, shown
from tests.mls.group.scenario import NOW, WEEKS_8, Scenario, group_of, with_public
from tests.mls.group.test_custom_proposals import CAPABILITIES, LUNCH, OPEN, POLICY
from tests.mls.group.test_external_proposals import external, watched
from tests.mls.group.twins.twin import (
    DAY,
    FRESH,
    LATE,
    NO_ANCHOR,
    WEEK,
    Twin,
    Twins,
    alice_and_bob,
    carol,
    outside,
    twin,
)
from workbench.mls import (
    Add,
    Credential,
    CustomProposal,
    CustomProposalType,
    KeyPackageBundle,
    LifetimePolicy,
    Policy,
    PreSharedKey,
    PreSharedKeyID,
    ResumptionPSK,
    TrustAnchors,
    create_commit,
    create_group,
    create_key_package,
    encode,
    join,
    process,
    propose,
)
from workbench.mls import errors as refused
from workbench.mls.schedule.secret_tree import RatchetLimits
from workbench.mls.wire.code_points import ResumptionPSKUsage
from workbench.mls.wire.tree import Lifetime, X509Credential

POLICIES: Twins = {}

UNKNOWN_PROPOSAL = (refused.Malformed, "§2.1", "proposal_type")


@twin(POLICIES, "Policy.authentication")
def _() -> Twin:
    def call(**setting: Any) -> object:
        return create_group(company(1, "Alice").bundle("Bob"), b"another", **FRESH, policy=Policy(**setting))

    return Twin(call, TRUST.authentication, *NO_ANCHOR)


@twin(POLICIES, "Policy.lifetimes")
def _() -> Twin:
    bundle = lasting(NOW, NOW + 12 * WEEKS_8)

    def call(**setting: Any) -> object:
        return create_group(bundle, b"a group", **FRESH, policy=Policy(**setting))

    return Twin(call, LifetimePolicy(longest=None), refused.RefusedByPolicy, "§7.2", "LifetimePolicy.longest")


@twin(POLICIES, "Policy.ratchets")
def _() -> Twin:
    def call(**setting: Any) -> object:
        scenario = group_of("Alice", "Bob", policy=Policy(**setting))
        for _ in range(2):
            scenario.send("Alice", b"lost")
        return process(scenario.states["Bob"], encode(scenario.send("Alice", b"third")), now=NOW)

    return Twin(
        call, RatchetLimits(forward=1), refused.GenerationTooFarAhead, "§15.3", "RatchetLimits.forward", stricter=True
    )


@twin(POLICIES, "Policy.past_epochs")
def _() -> Twin:
    def call(**setting: Any) -> object:
        scenario = group_of("Alice", "Bob", policy=Policy(**setting))
        late = scenario.send("Alice", b"late")
        scenario.commit("Alice")
        return process(scenario.states["Bob"], encode(late), now=NOW)

    return Twin(call, 1, refused.EpochDeleted, "§9.2", "policy keeps those of 0 past epochs")


@twin(POLICIES, "Policy.kept_resumption_psks")
def _() -> Twin:
    def call(**setting: Any) -> object:
        scenario = group_of("Alice", "Bob", policy=Policy(**setting))
        scenario.commit("Alice")
        psk = ResumptionPSK(ResumptionPSKUsage.application, b"the group", 1)
        return create_commit(scenario.states["Bob"], [PreSharedKey(PreSharedKeyID(psk, bytes(32)))], **FRESH)

    return Twin(call, 0, refused.UnknownPreSharedKey, "§8.4", "epoch 1", stricter=True)


@twin(POLICIES, "Policy.pending_proposals")
def _() -> Twin:
    def call(**setting: Any) -> object:
        alice, bob = alice_and_bob(policy=Policy(**setting))
        generous = with_public(alice, policy=Policy())
        message = propose(generous, Add(carol().key_package), **FRESH).message
        return process(bob, encode(message), now=NOW)

    return Twin(call, 0, refused.TooManyProposals, "§12.1", "this is one more", stricter=True)


@twin(POLICIES, "Policy.external_commits")
def _() -> Twin:
    def call(**setting: Any) -> object:
        alice, bob = alice_and_bob()
        return process(with_public(bob, policy=Policy(**setting)), encode(outside(alice).message), now=NOW)

    return Twin(call, *(False, refused.RefusedByPolicy, "§12.4.3.2", "joins by a commit"), stricter=True)


@twin(POLICIES, "Policy.resyncs")
def _() -> Twin:
    def call(**setting: Any) -> object:
        alice, bob = alice_and_bob()
        return outside(alice, "Bob", resync=bob.own_leaf, policy=Policy(**setting))

    return Twin(call, *(False, refused.RefusedByPolicy, "§12.4.3.2", "replaces an old leaf"), stricter=True)


@twin(POLICIES, "Policy.custom_proposals")
def _() -> Twin:
    def call(**setting: Any) -> object:
        alice, bob = alice_and_bob(policy=POLICY, capabilities=CAPABILITIES)
        message = encode(propose(alice, LUNCH, **FRESH).message)
        return process(with_public(bob, policy=Policy(**setting)), message, now=NOW)

    return Twin(call, POLICY.custom_proposals, *UNKNOWN_PROPOSAL)


# Lifetimes


def lasting(not_before: int, not_after: int) -> KeyPackageBundle:
    people = Scenario(group_of("Alice").suite)
    who = people.suite, people.credential("Carol"), people.signature_private_key("Carol")
    return create_key_package(*who, lifetime=Lifetime(not_before, not_after), entropy=b"k" * 32)


def received(bundle: KeyPackageBundle, now: int, **setting: Any) -> object:
    """A member reads `now`, under a policy for lifetimes, that somebody has been added."""
    alice, bob = alice_and_bob()
    lenient = with_public(alice, policy=Policy(lifetimes=LifetimePolicy(longest=None, clock=False)))
    message = encode(create_commit(lenient, [Add(bundle.key_package)], **FRESH).message)
    return process(with_public(bob, policy=Policy(lifetimes=LifetimePolicy(**setting))), message, now=now)


@twin(POLICIES, "LifetimePolicy.longest")
def _() -> Twin:
    call = partial(received, lasting(NOW, NOW + 12 * WEEKS_8), NOW)
    return Twin(call, None, refused.RefusedByPolicy, "§7.2", "LifetimePolicy.longest")


@twin(POLICIES, "LifetimePolicy.leeway")
def _() -> Twin:
    call = partial(received, lasting(NOW + DAY, NOW + WEEK), NOW)
    return Twin(call, DAY, refused.RefusedByPolicy, "§7.3", "LifetimePolicy.leeway")


@twin(POLICIES, "LifetimePolicy.catch_up")
def _() -> Twin:
    call = partial(received, lasting(NOW - DAY, NOW), NOW + 40 * DAY)
    return Twin(call, 50 * DAY, refused.RefusedByPolicy, "§7.3", "LifetimePolicy.catch_up")


@twin(POLICIES, "LifetimePolicy.clock")
def _() -> Twin:
    call = partial(received, lasting(NOW - DAY, NOW), NOW + 40 * DAY)
    return Twin(call, *(False, refused.RefusedByPolicy, "§7.3", "LifetimePolicy.catch_up"))


@twin(POLICIES, "LifetimePolicy.in_trees")
def _() -> Twin:
    clockless = Policy(lifetimes=LifetimePolicy(clock=False))
    bundle = lasting(NOW, LATE + 50 * DAY)
    made = create_commit(alice_and_bob(policy=clockless)[0], [Add(bundle.key_package)], **FRESH)

    def call(**setting: Any) -> object:
        return join(
            encode(made.welcome), bundle, now=LATE + 40 * DAY, policy=Policy(lifetimes=LifetimePolicy(**setting))
        )

    return Twin(call, *(False, refused.RefusedByPolicy, "§7.3", "LifetimePolicy.in_trees"))


# Custom proposals, by those outside


def open_type(**setting: Any) -> Policy:
    """A policy that knows one type, with this setting."""
    return Policy(custom_proposals=(CustomProposalType(OPEN, **setting),))


@twin(POLICIES, "CustomProposalType.external_senders")
def _() -> Twin:
    def call(**setting: Any) -> object:
        policy = open_type(**setting)
        scenario = watched(group_of("Alice", policy=policy, capabilities=CAPABILITIES), "Bob")
        message = external(scenario, CustomProposal(OPEN, b"lunch?"))
        return process(scenario.states["Bob"], encode(message), now=NOW)

    return Twin(call, *(True, refused.InvalidProposal, "§12.1.8", ""))


@twin(POLICIES, "CustomProposalType.external_commits")
def _() -> Twin:
    def call(**setting: Any) -> object:
        scenario = group_of("Alice", policy=open_type(**setting), capabilities=CAPABILITIES)
        return scenario.outside("Bob", "Alice", proposals=[CustomProposal(OPEN, b"lunch?")])

    return Twin(call, *(True, refused.InvalidProposalList, "§12.2", ""))


@twin(POLICIES, "CustomProposalType.path_required")
def _() -> Twin:
    def call(**setting: Any) -> object:
        strict, lenient = open_type(**setting), open_type(path_required=False)
        alice, bob = alice_and_bob(policy=lenient, capabilities=CAPABILITIES)
        made = create_commit(alice, [CustomProposal(OPEN, b"lunch?")], **FRESH, path=False)
        return process(with_public(bob, policy=strict), encode(made.message), now=NOW)

    return Twin(call, *(False, refused.InvalidCommit, "§12.4.2", "UpdatePath is missing"))


# Whose certificates are believed


def believed(**setting: Any) -> object:
    trust = TrustAnchors(**{"anchors": (ROOT.certificate,)} | setting)
    return create_group(company(1, "Alice").bundle("Bob"), b"another", **FRESH, policy=Policy(authentication=trust))


@twin(POLICIES, "TrustAnchors.anchors")
def _() -> Twin:
    def call(*, anchors: Any = ()) -> object:
        return believed(anchors=anchors)

    return Twin(call, (ROOT.certificate,), *NO_ANCHOR)


@twin(POLICIES, "TrustAnchors.intermediates")
def _() -> Twin:
    short = shown("Bob", 1).credential
    assert isinstance(short, X509Credential)
    alone = Credential(X509Credential(short.certificates[:1]))

    def call(**setting: Any) -> object:
        policy = Policy(authentication=TrustAnchors((ROOT.certificate,), **setting))
        bundle = company(1, "Alice", Bob=alone).bundle("Bob")
        return create_group(bundle, b"another", **FRESH, policy=policy)

    return Twin(call, (OFFICE.certificate,), refused.InvalidCredential, "§5.3.1", "no valid path leads")


@twin(POLICIES, "TrustAnchors.revocation_lists")
def _() -> Twin:
    return Twin(believed, (), refused.RevocationUnknown, "§5.3.2", "", stricter=True)


@twin(POLICIES, "RatchetLimits.forward")
def _() -> Twin:
    def call(**setting: Any) -> object:
        scenario = group_of("Alice", "Bob", policy=Policy(ratchets=RatchetLimits(**setting)))
        scenario.send("Alice", b"lost")
        return process(scenario.states["Bob"], encode(scenario.send("Alice", b"second")), now=NOW)

    return Twin(call, 0, refused.GenerationTooFarAhead, "§15.3", "RatchetLimits.forward", stricter=True)


@twin(POLICIES, "RatchetLimits.behind")
def _() -> Twin:
    def call(**setting: Any) -> object:
        scenario = group_of("Alice", "Bob", policy=Policy(ratchets=RatchetLimits(**setting)))
        late = scenario.send("Alice", b"late")
        bob, _ = process(scenario.states["Bob"], encode(scenario.send("Alice", b"second")), now=NOW)
        return process(bob, encode(late), now=NOW)

    return Twin(call, 0, refused.KeyExpired, "§15.3", "keys are kept for 0", stricter=True)
