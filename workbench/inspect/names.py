"""What members are called, and words in a row."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.x509 import NameOID

from workbench.mls import (
    BasicCredential,
    Certificate,
    Credential,
    CustomProposal,
    ExternalPSK,
    LeafNode,
    PreSharedKeyID,
    ProposalSender,
    RatchetTree,
    X509Credential,
)
from workbench.mls.crypto.certificates import read_certificate
from workbench.mls.errors import InvalidCredential
from workbench.mls.group.state import AnyProposal
from workbench.mls.wire.messages import ExternalSenderIndex


def credential_name(leaf_node: LeafNode) -> str:
    """What a member calls itself, if people can read it, else nothing."""
    return identity_name(leaf_node.credential)


def identity_name(credential: Credential) -> str:
    """The identity in a basic credential, the common name in a certificate; nothing if people cannot read it."""
    match credential.credential:
        case BasicCredential(identity):
            return readable_text(identity)
        case X509Credential((own, *_)):
            return _common_name(own)
        case _:
            return ""


def _common_name(certificate: Certificate) -> str:
    try:
        subject = read_certificate(certificate).subject
    except InvalidCredential:
        return ""
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return readable_text(str(names[0].value).encode()) if names else ""


def readable_text(data: bytes) -> str:
    """Bytes as text, nothing if people cannot read them."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""


def name_of(tree: RatchetTree, sender: ProposalSender) -> str:
    """The member at a leaf, or the leaf itself if it shows no name; what somebody outside is, who has no leaf."""
    if isinstance(sender, int):
        leaf_node = tree.leaf(sender)
        return (leaf_node and credential_name(leaf_node)) or f"leaf {sender}"
    if isinstance(sender, ExternalSenderIndex):
        return f"external sender {sender.sender_index}"
    return "a newcomer"


def psk_name(psk: PreSharedKeyID) -> str:
    """Which pre-shared key it is (RFC 9420 §8.4)."""
    key = psk.psk
    if not isinstance(key, ExternalPSK):
        return f"the resumption PSK of epoch {key.psk_epoch}"
    return f"the pre-shared key “{readable_text(key.psk_id) or key.psk_id.hex()}”"


WANTS = {
    "update": "a fresh leaf key",
    "reinit": "to end the group by a ReInit",
    "group_context_extensions": "to change the group's extensions",
    "external_init": "an init secret of the newcomer's own",
}
"""What a proposal asks for that names nobody, by its type."""


def type_name(proposal: AnyProposal) -> str:
    """The RFC's name of a proposal's type, or the number of one that it does not define: "0xf001"."""
    if isinstance(proposal, CustomProposal):
        return f"{proposal.proposal_type:#06x}"
    return proposal.TAG.name


def wanted_of(proposal_type: str) -> str:
    """What a proposal of a type asks for that names nobody."""
    return WANTS.get(proposal_type, f"a {_spelled(proposal_type)}")


def _spelled(proposal_type: str) -> str:
    return f"proposal of type {proposal_type}" if proposal_type.startswith("0x") else proposal_type


ACTION_WORDS = {
    "reinit": "ended the group by a ReInit",
    "group_context_extensions": "changed the group's extensions",
}
"""What the commit of a proposal does that is about no member, by its type."""


def commit_words(
    committer: str,
    *,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
    updated: Sequence[str] = (),
    psks: Sequence[str] = (),
    others: Sequence[str] = (),
    external: bool = False,
) -> str:
    """What a commit did, the committer first: "Alice added Bob and took in the update of Carol".

    `psks` are pre-shared keys, `others` types of other proposals. A newcomer's commit (`external`) can remove
    nobody but its own old leaf.
    """
    actions = []
    if external:
        actions.append("came back by an external commit" if removed else "joined by an external commit")
    actions += [
        f"{action} {listed(objects)}"
        for action, objects in (
            ("added", added),
            ("removed", () if external else removed),
            ("took in the update of", updated),
            ("mixed in", psks),
            ("committed", [_spelled(each) for each in others if each not in ACTION_WORDS and each != "external_init"]),
        )
        if objects
    ]
    actions += [ACTION_WORDS[each] for each in others if each in ACTION_WORDS]
    return f"{committer} {listed(actions) or 'updated by a commit'}"


def shown(group_id: bytes) -> str:
    """A group id as people may have chosen it, else in hexadecimal."""
    text = readable_text(group_id)
    return f"“{text}”" if text else group_id.hex() or "with the empty id"


def upper_first(words: str) -> str:
    """Begin a sentence with these words."""
    return words[:1].upper() + words[1:]


def listed(words: Sequence[str]) -> str:
    """Words in a row: "Bob, Carol and Dave"."""
    return " and ".join([*filter(None, [", ".join(words[:-1])]), *words[-1:]])
