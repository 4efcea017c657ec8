"""What members are called, and words in a row."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.mls import BasicCredential, LeafNode, ProposalSender, RatchetTree
from workbench.mls.wire.messages import ExternalSenderIndex


def credential_name(leaf_node: LeafNode) -> str:
    """The identity in a basic credential if people can read it, else nothing (RFC 9420 §5.3)."""
    credential = leaf_node.credential.credential
    if not isinstance(credential, BasicCredential):
        return ""
    try:
        name = credential.identity.decode()
    except UnicodeDecodeError:
        return ""
    return name if name.isprintable() else ""


def name_of(tree: RatchetTree, sender: ProposalSender) -> str:
    """The member at a leaf, or the leaf itself if it shows no name; what somebody outside is, who has no leaf."""
    if isinstance(sender, int):
        leaf_node = tree.leaf(sender)
        return (leaf_node and credential_name(leaf_node)) or f"leaf {sender}"
    if isinstance(sender, ExternalSenderIndex):
        return f"external sender {sender.sender_index}"
    return "a newcomer"


def commit_words(
    committer: str, *, added: Sequence[str], removed: Sequence[str], updated: Sequence[str], others: Sequence[str]
) -> str:
    """What a commit did, the committer first: "Alice added Bob and took in the update of Carol"."""
    deeds = [
        f"{deed} {listed(objects)}"
        for deed, objects in (
            ("added", added),
            ("removed", removed),
            ("took in the update of", updated),
            ("committed", others),
        )
        if objects
    ]
    return f"{committer} {listed(deeds) or 'updated by a commit'}"


def listed(words: Sequence[str]) -> str:
    """Words in a row: "Bob, Carol and Dave"."""
    return " and ".join([*filter(None, [", ".join(words[:-1])]), *words[-1:]])
