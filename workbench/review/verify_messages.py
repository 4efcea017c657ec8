"""The checks of Welcomes and of messages to a group (RFC 9420 §6, §12.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from workbench.inspect.carving import CarvedObject
from workbench.inspect.names import shown
from workbench.mls import (
    GroupState,
    KeyPackageBundle,
    Policy,
    PublicGroup,
)
from workbench.mls.errors import Misuse, MLSError, NotForMe
from workbench.mls.framing.content import UnverifiedContent, verify_content
from workbench.mls.framing.public_content import read_public
from workbench.mls.framing.public_message import unprotect_public
from workbench.mls.group.group import process
from workbench.mls.group.key_package import key_package_ref
from workbench.mls.group.public_observer import observe
from workbench.mls.group.signatures import signature_key_of
from workbench.mls.group.welcome import join
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.messages import PrivateMessage, PublicMessage, Welcome, from_inside, from_member
from workbench.mls.wire.proposals import Commit, Proposal, ProposalByValue
from workbench.review.checks import CheckResult, Outcome, checked, failed, not_checkable
from workbench.review.evidence import ReviewEvidence
from workbench.review.verify_leaves import proposal_checks, suite_of


def verify_welcome(found: CarvedObject, root: str, evidence: ReviewEvidence) -> tuple[str, Iterator[CheckResult]]:
    """The scope and the checks of a Welcome."""
    welcome: Welcome = found.content
    suite = suite_of(welcome.cipher_suite, f"{root}.cipher_suite")
    if isinstance(suite, CheckResult):
        return "The cipher suite of the Welcome is not known here.", iter([suite])
    named = {entry.new_member for entry in welcome.secrets}
    bundle = next((each for each in evidence.bundles if key_package_ref(suite, each.key_package) in named), None)
    if bundle is None:
        missing = "the private init key of one of the key packages that it names: " + ", ".join(
            sorted(reference.hex() for reference in named)
        )
        return "A Welcome is sealed: without an init key only its envelope can be seen.", iter(
            [not_checkable("contents", f"{root}.encrypted_group_info", "§12.4.3.1", "", missing)]
        )
    field = f"{root}.encrypted_group_info"
    result = checked("joining", field, "§12.4.3.1", "", lambda: join_with(welcome, bundle, evidence))
    return "With the init key the client joins: every rule for a newcomer is checked.", iter([result])


def join_with(welcome: Welcome, bundle: KeyPackageBundle, evidence: ReviewEvidence) -> GroupState:
    """Join with a Welcome; if it has no tree, with the first tree of the material that fits. Raises as `join` does."""
    options: dict[str, Any] = {
        "now": evidence.now or 0,
        "psks": evidence.psks,
        "policy": evidence.policy if evidence.now is not None else without_clock(evidence.policy),
    }
    try:
        return join(welcome, bundle, **options)
    except Misuse as problem:
        if "no ratchet tree" not in problem.reason:
            raise
        refused: MLSError = problem
    for tree in evidence.trees:
        try:
            return join(welcome, bundle, ratchet_tree=tree, **options)
        except MLSError as problem:
            # If several trees were given and none fits, it is not known which one was meant.
            refused = problem if len(evidence.trees) == 1 else refused
    raise refused


def state_from(welcome: Welcome, evidence: ReviewEvidence) -> GroupState:
    """The state of the first client of the evidence that a Welcome is for. Raises what `join` raises."""
    refused: MLSError = NotForMe("§12.4.3.1", "no key package with private keys was given")
    for bundle in evidence.bundles:
        try:
            return join_with(welcome, bundle, evidence)
        except NotForMe as problem:
            refused = problem
    raise refused


def without_clock(policy: Policy) -> Policy:
    """The policy for material without a time: it checks how long lifetimes are, not whether they are current."""
    return replace(policy, lifetimes=replace(policy.lifetimes, clock=False))


# Messages to a group


def verify_public(found: CarvedObject, root: str, evidence: ReviewEvidence) -> tuple[str, Iterator[CheckResult]]:
    """The scope and the checks of a PublicMessage."""
    public: PublicMessage = found.content
    content = public.content
    group, state = evidence.group(content.group_id, content.epoch), evidence.state(content.group_id, content.epoch)
    if state is not None:
        scope = "With a member's state of this epoch everything but the secrets of others can be checked."
    elif group is not None:
        scope = "With the public group of this epoch signatures and proposals can be checked, and no MAC."
    else:
        scope = (
            f"Wire only: the tree and the context of epoch {content.epoch} of group {shown(content.group_id)} are not "
            "known, so nothing that is signed for a place or an epoch can be checked."
        )
    return scope, _public_checks(found, root, evidence, group, state)


def _public_checks(
    found: CarvedObject, root: str, evidence: ReviewEvidence, group: PublicGroup | None, state: GroupState | None
) -> Iterator[CheckResult]:
    public: PublicMessage = found.content
    content = public.content
    needs_group = f"the tree and the context of epoch {content.epoch}: a GroupInfo with its tree, or a state"
    yield checked("sender and content", f"{root}.content.sender", "§6", "", lambda: read_public(public))
    if from_member(content):
        yield _membership_tag(public, f"{root}.membership_tag", state)
    signature, rule = f"{root}.auth.signature", "signature-of-content"
    if group is not None:
        yield checked("signature", signature, "§6.1", rule, lambda: _verify_signature(public, group))
    elif from_inside(content):
        yield not_checkable("signature", signature, "§6.1", rule, needs_group)
    yield from _inner_checks(public, f"{root}.content", evidence)
    kind = content.content.TAG.name
    name, path = f"all rules for a {kind}", f"{root}.content.{kind}"
    if state is not None:
        yield _processed(name, root, path, found, state, evidence)
    elif group is not None:
        yield _observed(name, root, path, found, group, evidence)
    else:
        yield not_checkable(name, path, "§12.4.2", "", needs_group)
    if isinstance(content.content, Commit) and state is None:
        missing = "the secrets of the epoch: a member's state"
        yield not_checkable("confirmation tag", f"{root}.auth.confirmation_tag", "§12.4.2", "confirmation-tag", missing)


def _membership_tag(public: PublicMessage, path: str, state: GroupState | None) -> CheckResult:
    name, rule = "membership tag", "membership-tag"
    if state is None:
        missing = f"the membership key of epoch {public.content.epoch}: a member's state"
        return not_checkable(name, path, "§6.2", rule, missing)
    suite, key, context = state.suite, state.secrets.membership_key, state.context
    return checked(name, path, "§6.2", rule, lambda: unprotect_public(suite, public, key, context))


def _inner_checks(public: PublicMessage, path: str, evidence: ReviewEvidence) -> Iterator[CheckResult]:
    """The checks of the proposals in a message, each by itself."""
    match public.content.content:
        case Proposal() as proposal:
            yield from proposal_checks(proposal, f"{path}.proposal", evidence)
        case Commit(proposals):
            for at, each in enumerate(proposals):
                if isinstance(each.proposal_or_ref, ProposalByValue):
                    inner = f"{path}.commit.proposals[{at}].proposal"
                    yield from proposal_checks(each.proposal_or_ref.proposal, inner, evidence)


def _verify_signature(public: PublicMessage, group: PublicGroup) -> None:
    key = signature_key_of(public.content, group.context, group.tree)
    unverified = UnverifiedContent(WireFormat.mls_public_message, public.content, public.auth)
    verify_content(group.suite, unverified, key, group.context)


def _processed(
    name: str, root: str, path: str, found: CarvedObject, state: GroupState, evidence: ReviewEvidence
) -> CheckResult:
    """What `process` says of a message in a member's state: all rules, in the RFC's order."""
    policy = evidence.policy if evidence.now is not None else without_clock(evidence.policy)
    under = replace(state, public=replace(state.public, policy=policy))
    try:
        process(under, found.data, now=evidence.now or 0, psks=evidence.psks)
    except MLSError as error:
        return failed(name, field_of_error(root, path, error), error)
    return CheckResult(name, Outcome.PASSED, path, "§12.4.2")


def _observed(
    name: str, root: str, path: str, found: CarvedObject, group: PublicGroup, evidence: ReviewEvidence
) -> CheckResult:
    policy = evidence.policy if evidence.now is not None else without_clock(evidence.policy)
    try:
        observe(replace(group, policy=policy), found.data, now=evidence.now or 0)
    except MLSError as error:
        return failed(name, field_of_error(root, path, error), error)
    return CheckResult(name, Outcome.PASSED, path, "§12.4.2")


FIELDS: dict[tuple[str, str], str] = {
    ("InvalidTag", "§6.2"): "membership_tag",
    ("InvalidTag", "§12.4.2"): "auth.confirmation_tag",
    ("InvalidSignature", "§6.1"): "auth.signature",
    ("DecryptionFailed", "§6.3.2"): "encrypted_sender_data",
    ("DecryptionFailed", "§6.3.1"): "ciphertext",
    ("KeyAlreadyUsed", "§9.2"): "encrypted_sender_data",
    ("InvalidTag", "§12.4.3.1"): "encrypted_group_info",
}
"""The field, below a message, whose check an error stands for: its class and section."""


def field_of_error(root: str, path: str, error: MLSError) -> str:
    """The field that an error of `process` or `observe` is about; `path` is the content, for all other errors."""
    field = FIELDS.get((type(error).__name__, error.section))
    return path if field is None else f"{root}.{field}"


def verify_private(found: CarvedObject, root: str, evidence: ReviewEvidence) -> tuple[str, Iterator[CheckResult]]:
    """The scope and the checks of a PrivateMessage."""
    private: PrivateMessage = found.content
    state = evidence.state(private.group_id, private.epoch)
    if state is None:
        scope = "Private: without a member's state of its epoch only its envelope can be seen."
        missing = f"a member's state of epoch {private.epoch} of group {shown(private.group_id)}"
        return scope, iter([not_checkable("contents", f"{root}.ciphertext", "§6.3", "", missing)])
    scope = "With a member's state of this epoch the message is opened, and its signature and contents are checked."
    return scope, iter(
        [_processed("opening, signature and contents", root, f"{root}.ciphertext", found, state, evidence)]
    )
