"""Findings about the states that a reviewer holds: windows and keys that an attacker would find on the device.

Messages do not show which keys a device keeps. A state does: by the keys in it, and, if it is one of OpenMLS, by the
settings that are stored with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from workbench.inspect.names import listed, shown
from workbench.mls import GroupState, Policy
from workbench.mls.schedule.secret_tree import OpenedParentSecrets, Ratchets, SecretTree, Subtree
from workbench.mls.wire.messages import GroupContext
from workbench.review.findings import AuditFinding, Certainty, FindingKind, Severity

USUAL_PAST_EPOCHS = 4
"""The most past epochs that implementations keep by default. A policy may allow more."""


def state_hygiene(states: Iterable[GroupState], policy: Policy) -> Iterator[AuditFinding]:
    """The findings about states, under the limits that the reviewer's policy allows."""
    for state in states:
        for title, sentence, advice in _too_much(state, policy):
            yield AuditFinding(
                Severity.WARNING,
                Certainty.PROVEN,
                FindingKind.POLICY,
                title,
                sentence,
                f"the state of leaf {state.own_leaf}",
                section="§15.3",
                group_id=state.group_id,
                epoch=state.epoch,
                advice=advice,
            )


def disagreements(states: Iterable[GroupState]) -> Iterator[AuditFinding]:
    """The findings about states of one epoch that have different group contexts: their members are on two sides."""
    sides: defaultdict[tuple[bytes, int], dict[GroupContext, GroupState]] = defaultdict(dict)
    for state in states:
        sides[state.group_id, state.epoch].setdefault(state.context, state)
    for (group_id, epoch), by_context in sides.items():
        if len(by_context) > 1:
            leaves = listed([f"leaf {state.own_leaf}" for state in by_context.values()])
            yield AuditFinding(
                Severity.ERROR,
                Certainty.PROVEN,
                FindingKind.RFC,
                "fork: states of one epoch differ",
                f"The given states of {leaves} are in epoch {epoch} of group {shown(group_id)}, and their group "
                "contexts differ. The members cannot read each other's messages.",
                section="§8.1",
                group_id=group_id,
                epoch=epoch,
                advice="`workbench state diff` says in what they differ. Let those on one side join the group anew.",
            )


def _too_much(state: GroupState, policy: Policy) -> Iterator[tuple[str, str, str]]:
    """The title, the sentence and the advice of each finding about one state."""
    own, allowed, device = state.policy.ratchets, policy.ratchets, f"The device of leaf {state.own_leaf}"
    if own.forward > allowed.forward:
        yield (
            "oversized window: skipped keys",
            (
                f"{device} accepts a message that skips {own.forward} keys, and the policy allows {allowed.forward}. A "
                "forged message makes it compute that many keys."
            ),
            "Lower the limit for skipped keys.",
        )
    kept = max(map(_most_skipped, (state.secret_tree, *(past.secret_tree for past in state.past_epochs))))
    behind = max(kept, own.behind)
    if behind > allowed.behind:
        keeps = f"keeps {kept} keys" if kept == behind else f"may keep {own.behind} keys"
        yield (
            "oversized window: kept keys",
            (
                f"{device} {keeps} of skipped messages of one sender, and the policy allows {allowed.behind}. An "
                "attacker with the device reads these messages."
            ),
            "Lower the limit, so that old keys are deleted.",
        )
    most = max(policy.past_epochs, USUAL_PAST_EPOCHS)
    past = max(len(state.past_epochs), state.policy.past_epochs)
    if past > most:
        keeps = "keeps" if len(state.past_epochs) == past else "may keep"
        yield (
            "keys of many past epochs",
            (
                f"{device} {keeps} the keys of {past} past epochs; {most} are usual. An attacker with the device reads "
                "late messages of all of them."
            ),
            "Keep as few past epochs as the delay of messages needs.",
        )
    psks = len(state.resumption_psks)
    if psks > policy.kept_resumption_psks + 1:
        yield (
            "many resumption PSKs",
            (
                f"{device} keeps the resumption PSKs of {psks} epochs. The policy allows {policy.kept_resumption_psks} "
                "beside the present one. Each can bring an attacker into a group that is built on it."
            ),
            "Delete resumption PSKs that no ReInit or branch needs.",
        )


def _most_skipped(tree: SecretTree) -> int:
    """The most skipped keys that are kept of one ratchet."""
    most, waiting = 0, list[Subtree]([tree.root])
    while waiting:
        match waiting.pop():
            case OpenedParentSecrets(left, right):
                waiting += [left, right]
            case Ratchets(handshake, application):
                most = max(most, len(handshake.skipped), len(application.skipped))
    return most
