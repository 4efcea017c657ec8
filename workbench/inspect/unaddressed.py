"""Explanations of MLSMessages that are not sent to a group: key packages, GroupInfos and Welcomes."""

from __future__ import annotations

from workbench.inspect.case import ExplainKnowledge
from workbench.inspect.explanation import UNKNOWN, Details, Explanation
from workbench.inspect.forks import vouched
from workbench.inspect.names import brief_name, counted, credential_name, name_of, shown
from workbench.inspect.reasons import ERRORS, KINDS, MessageKind, verdict_of
from workbench.mls import (
    GroupState,
    KeyPackage,
    KeyPackageBundle,
    LeafIndex,
    Welcome,
    cipher_suite,
    join,
    key_package_ref,
    validate_key_package,
)
from workbench.mls.errors import InvalidWelcome, Malformed, MLSError, RefusedByPolicy, Violation
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.wire.messages import GroupInfo


def explain_key_package(state: GroupState, key_package: KeyPackage, *, now: int) -> Explanation:
    """Whether the group of a state may add the client of a key package (RFC 9420 §10.1)."""
    name = brief_name(credential_name(key_package.leaf_node)) or "a client without a readable name"
    try:
        validate_key_package(state.suite, key_package, now=now, lifetimes=state.policy.lifetimes)
    except MLSError as error:
        sentence = f"It is the key package of {name}, but this group must not use it: {error.reason}."
        return _failed(error, sentence)
    sentence = f"It is a valid key package of {name}, which offers to be added. It is not a message to a group."
    return _of_kind(MessageKind.KEY_PACKAGE, sentence, "§10")


def explain_group_info(state: GroupState, group_info: GroupInfo, *, now: int) -> Explanation:
    """Whether a GroupInfo describes the group and the epoch of a state (RFC 9420 §12.4.3)."""
    there, here = group_info.group_context, state.context
    details = Details(group_id=there.group_id, own_group_id=here.group_id, epoch=there.epoch, own_epoch=here.epoch)
    if there.group_id != here.group_id:
        sentence = f"It is a GroupInfo of group {shown(there.group_id)}, but this is group {shown(here.group_id)}."
        return _of_kind(MessageKind.GROUP_INFO, sentence, "§12.4.3", details)
    if there.epoch != here.epoch:
        ahead = there.epoch - here.epoch
        commits = counted(abs(ahead), "commit")
        where = f"{commits} ahead of" if ahead > 0 else f"{commits} behind"
        sentence = f"It is a GroupInfo of epoch {there.epoch} of this group, {where} this member."
        return _of_kind(MessageKind.GROUP_INFO, sentence, "§12.4.3", details)
    signer = name_of(state.tree, LeafIndex(group_info.signer))
    if vouched(state.policy, state.suite, state.tree, group_info, now=now) is None:
        sentence = f"It is a GroupInfo of this epoch. It names {signer} as its signer, but the signature is wrong."
        return _of_kind(MessageKind.FAILED_CHECK, sentence, "§12.4.3", details)
    if there != here:
        sentence = (
            f"The group has forked: {signer} has signed a GroupInfo of epoch {here.epoch} that differs from this state."
        )
        return _of_kind(MessageKind.FORK, sentence, "§8.2", details)
    sentence = f"It is a GroupInfo of this epoch, signed by {signer}. It agrees with this state."
    return _of_kind(MessageKind.GROUP_INFO, sentence, "§12.4.3", details)


def explain_welcome(
    welcome: Welcome, knowledge: ExplainKnowledge, *, now: int, state: GroupState | None = None
) -> Explanation:
    """Whether a client can join with a Welcome: the function tries `join` itself (RFC 9420 §12.4.3.1).

    `state` belongs to a group that the client is already in; the new group may follow from that group.
    """
    try:
        suite = cipher_suite(welcome.cipher_suite)
        bundle = _bundle_for(welcome, knowledge)
        if bundle is None:
            return _for_others(welcome, knowledge)
        joined = join(
            welcome,
            bundle,
            now=now,
            sent_at=knowledge.sent_at,
            ratchet_tree=knowledge.ratchet_tree,
            psks=knowledge.psks,
            old_group=state,
            policy=DEFAULT_POLICY if state is None else state.policy,
            suite=suite,
        )
    except MLSError as error:
        return _unusable(error)
    details = Details(group_id=joined.group_id, epoch=joined.epoch, leaf=joined.own_leaf)
    where = f"into group {shown(joined.group_id)}, in epoch {joined.epoch}, at leaf {joined.own_leaf}"
    if state is not None and state.group_id == joined.group_id:
        sentence = (
            f"It is a Welcome for this client {where}. The client is already in this group, in epoch {state.epoch}."
        )
        step = "Join with it only if this member was removed or has lost its state. Otherwise drop it."
        return Explanation(MessageKind.WELCOME, sentence, step, "§12.4.3.1", details)
    return _of_kind(MessageKind.WELCOME, f"It is a Welcome for this client {where}.", "§12.4.3.1", details)


def _bundle_for(welcome: Welcome, knowledge: ExplainKnowledge) -> KeyPackageBundle | None:
    """The key package of this client for which the Welcome has an entry; None if there is no such key package."""
    named = {entry.new_member for entry in welcome.secrets}
    suite = cipher_suite(welcome.cipher_suite)
    fitting = (each for each in knowledge.bundles if key_package_ref(suite, each.key_package) in named)
    return next(fitting, None)


def _for_others(welcome: Welcome, knowledge: ExplainKnowledge) -> Explanation:
    references = tuple(entry.new_member.hex() for entry in welcome.secrets)
    clients = counted(len(references), "client")
    held = len(knowledge.bundles)
    given = f"{held} {'was' if held == 1 else 'were'} given"
    which = f"It has no entry for a key package of this client ({given})" if held else "No key package was given"
    sentence = f"It is a Welcome for {clients}. {which}."
    details = Details(missing=references)
    return _of_kind(MessageKind.WELCOME_FOR_OTHERS, sentence, "§12.4.3.1", details)


def _unusable(error: MLSError) -> Explanation:
    """The explanation of a Welcome that is for this client, but with which the client cannot join."""
    sentence = f"This client cannot join with the Welcome: {error.reason}."
    if isinstance(error, RefusedByPolicy) or not isinstance(error, Violation | Malformed):
        return _failed(error, sentence)
    details = Details(error=type(error).__name__)
    step = f"Fetch it again. If it is the same: {ERRORS[InvalidWelcome].next_step}"
    return Explanation(MessageKind.FAILED_CHECK, sentence, step, error.section, details, error)


def _of_kind(kind: MessageKind, sentence: str, section: str, details: Details = UNKNOWN) -> Explanation:
    return Explanation(kind, sentence, KINDS[kind].next_step, section, details)


def _failed(error: MLSError, sentence: str) -> Explanation:
    kind, step = verdict_of(error)
    details = Details(error=type(error).__name__)
    return Explanation(kind, sentence, step, error.section, details, error)
