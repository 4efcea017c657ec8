"""Commits and proposals in sentences for the people of a group: who added whose laptop, and whose keys are new.

`events` uses the words of the protocol. The sentences of this module stand in a timeline between messages. Users act,
and devices come, go and refresh their keys: "Alice added Bob's laptop", "Dave's phone refreshed its keys".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.client.introduction import approver_among, is_archive
from workbench.inspect.device_names import user_of
from workbench.inspect.handshake_words import proposed, proposer
from workbench.inspect.names import as_name, briefly, credential_name, device_of, name_of, psk_name
from workbench.mls import (
    Add,
    EpochAdvanced,
    GroupState,
    LeafIndex,
    LeafNode,
    PreSharedKey,
    ProposalQueued,
    ProposalSender,
    RatchetTree,
    Received,
    Remove,
    Removed,
    SentProposal,
    Update,
)
from workbench.mls.wire.messages import NewMemberProposalSender
from workbench.mls.wire.proposals import ExternalInit, GroupContextExtensions, ReInit


def narrated(before: GroupState, after: GroupState, received: Received) -> tuple[str, ...]:
    """The sentences for people about a received message, one for each change; none for an application message."""
    match received:
        case EpochAdvanced(committer, proposals, external=external):
            return tuple(_commit(before, after.tree, committer, proposals, external=external))
        case Removed(committer, proposals):
            return tuple(_removal(before, committer, proposals))
        case ProposalQueued(sender, proposal):
            if isinstance(sender, NewMemberProposalSender):
                return (f"{proposer(before, sender, proposal)} asks to be let in",)
            if isinstance(proposal, Update):
                return (f"{_device_at(before.tree, sender)} wants to refresh its keys",)
            return (f"{_user_at(before.tree, sender)} proposes {proposed(before.tree, proposal)}",)
        case _:
            return ()


def _commit(
    before: GroupState, after: RatchetTree, committer: LeafIndex, proposals: Sequence[SentProposal], *, external: bool
) -> Iterator[str]:
    """The sentences for a commit: first who came and went, then whose keys are new."""
    own = _device_at(after, committer)
    if external:
        came_back = any(isinstance(sent.proposal, Remove) for sent in proposals)
        yield f"{own} came back with new keys" if came_back else f"{own} joined by itself"
        yield from _remarks(before, after, [after.member(committer)] if not came_back else [])
        return
    added = [sent for sent in proposals if isinstance(sent.proposal, Add)]
    for sender, group in _by_sender(added):
        leaves = [sent.proposal.key_package.leaf_node for sent in group if isinstance(sent.proposal, Add)]
        yield f"{_acting(before.tree, sender, committer)} added {_devices(leaves)}"
    yield from _remarks(
        before, after, [sent.proposal.key_package.leaf_node for sent in added if isinstance(sent.proposal, Add)]
    )
    for sent in proposals:
        yield from _of_proposal(before, sent, committer)
    if not proposals:
        yield f"{own} refreshed its keys"


def _of_proposal(before: GroupState, sent: SentProposal, committer: LeafIndex) -> Iterator[str]:
    match sent.proposal:
        case Remove(removed) if removed == sent.sender:
            yield f"{name_of(before.tree, sent.sender)} left"
        case Remove(removed):
            by = _acting(before.tree, sent.sender, committer)
            yield f"{by} removed {name_of(before.tree, LeafIndex(removed))}"
        case Update():
            yield f"{_device_at(before.tree, sent.sender)} refreshed its keys"
        case PreSharedKey(psk):
            yield f"{_acting(before.tree, sent.sender, committer)} mixed in {psk_name(psk)}"
        case GroupContextExtensions():
            yield f"{_acting(before.tree, sent.sender, committer)} changed the settings of the group"
        case ReInit():
            yield f"{_acting(before.tree, sent.sender, committer)} closed this group: it goes on in a new one"


def _removal(before: GroupState, committer: ProposalSender, proposals: Sequence[SentProposal]) -> Iterator[str]:
    """The sentence on the screen of a device that was removed."""
    own = name_of(before.tree, before.own_leaf)
    if any(isinstance(sent.proposal, ExternalInit) for sent in proposals):
        yield f"{own} was replaced: somebody came back in its place"
    else:
        yield f"{_user_at(before.tree, committer)} removed {own}"


def _remarks(before: GroupState, after: RatchetTree, newcomers: Sequence[LeafNode]) -> Iterator[str]:
    """What people should know of newcomers: that one is an archive, and who has approved a further device of a user."""
    users = {user_of(credential_name(leaf_node)) for _, leaf_node in before.tree.leaves()}
    present = [leaf_node for _, leaf_node in (*before.tree.leaves(), *after.leaves())]
    for leaf_node in newcomers:
        identity = credential_name(leaf_node)
        if is_archive(leaf_node.extensions):
            yield f"{device_of(identity)} keeps all that is said from now on. It is an archive and never sends"
        approver = approver_among(before.suite, leaf_node, present)
        if approver is not None:
            yield f"{device_of(credential_name(approver))} has approved {device_of(identity)}"
        elif user_of(identity) in users:
            user = as_name(user_of(identity))
            yield f"No device of {user} has approved {device_of(identity)}: compare its safety code"


def _by_sender(proposals: Sequence[SentProposal]) -> list[tuple[ProposalSender, list[SentProposal]]]:
    found: dict[ProposalSender, list[SentProposal]] = {}
    for sent in proposals:
        found.setdefault(sent.sender, []).append(sent)
    return [*found.items()]


def _acting(tree: RatchetTree, sender: ProposalSender, committer: LeafIndex) -> str:
    """The user who acts: the sender of a proposal or, if a newcomer has asked to join, the committer who let it in."""
    return _user_at(tree, committer if isinstance(sender, NewMemberProposalSender) else sender)


def _user_at(tree: RatchetTree, sender: ProposalSender) -> str:
    leaf_node = tree.leaf(sender) if isinstance(sender, int) else None
    user = "" if leaf_node is None else user_of(credential_name(leaf_node))
    return as_name(user) or name_of(tree, sender)


def _device_at(tree: RatchetTree, sender: ProposalSender) -> str:
    """A device: "Dave's phone", or "Dave's device" if it is the user's only one."""
    leaf_node = tree.leaf(sender) if isinstance(sender, int) else None
    identity = "" if leaf_node is None else credential_name(leaf_node)
    return device_of(identity) if identity else name_of(tree, sender)


def _devices(leaves: Sequence[LeafNode]) -> str:
    return briefly([as_name(credential_name(leaf_node)) or "somebody without a readable name" for leaf_node in leaves])
