"""What proposals and commits do, in words, with the names of the members that they add, update or remove."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.inspect.names import (
    as_name,
    brief_name,
    commit_words,
    credential_name,
    identity_name,
    name_of,
    psk_name,
    type_name,
    wanted_of,
)
from workbench.mls import (
    Add,
    GroupState,
    LeafIndex,
    PreSharedKey,
    ProposalSender,
    RatchetTree,
    Remove,
    SentProposal,
    Update,
)
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.wire.messages import ExternalSenderIndex


def committed(tree: RatchetTree, committer: str, proposals: Sequence[SentProposal], *, external: bool = False) -> str:
    """What a commit did: "Alice added Bob and took in the update of Carol". `tree` is the tree before the commit."""
    things = [(sent, sent.proposal) for sent in proposals]
    return commit_words(
        committer,
        added=[as_name(credential_name(thing.key_package.leaf_node)) for _, thing in things if isinstance(thing, Add)],
        removed=[name_of(tree, LeafIndex(thing.removed)) for _, thing in things if isinstance(thing, Remove)],
        updated=[name_of(tree, sent.sender) for sent, thing in things if isinstance(thing, Update)],
        psks=[psk_name(thing.psk) for _, thing in things if isinstance(thing, PreSharedKey)],
        others=[type_name(thing) for _, thing in things if not isinstance(thing, Add | Remove | Update | PreSharedKey)],
        external=external,
    )


def proposer(state: GroupState, sender: ProposalSender, proposal: AnyProposal) -> str:
    """The name of a proposal's sender: a member, an external sender, or a newcomer that asks to be added."""
    if isinstance(sender, ExternalSenderIndex):
        credential = external_senders_in(state.context.extensions)[sender.sender_index].credential
        return brief_name(identity_name(credential)) or name_of(state.tree, sender)
    if isinstance(proposal, Add) and not isinstance(sender, int):
        return brief_name(credential_name(proposal.key_package.leaf_node)) or name_of(state.tree, sender)
    return name_of(state.tree, sender)


def proposed(tree: RatchetTree, proposal: AnyProposal) -> str:
    """What a proposal asks for: "to add Bob"."""
    match proposal:
        case Add(key_package):
            return f"to add {brief_name(credential_name(key_package.leaf_node)) or 'a client without a readable name'}"
        case Remove(removed):
            return f"to remove {name_of(tree, LeafIndex(removed))}"
        case PreSharedKey(psk):
            return f"to mix in {psk_name(psk)}"
        case other:
            return wanted_of(type_name(other))
