"""Names of members, keys and proposals for people, and lists of words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from workbench.inspect.device_names import DeviceName
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
from workbench.mls.errors import InvalidCredential
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.wire.messages import ExternalSenderIndex


def credential_name(leaf_node: LeafNode) -> str:
    """The name in a member's credential; "" if it is not readable text."""
    return identity_name(leaf_node.credential)


def identity_name(credential: Credential) -> str:
    """The identity in a basic credential or the common name in a certificate; "" if it is not readable text."""
    match credential.credential:
        case BasicCredential(identity):
            return readable_text(identity)
        case X509Credential((own, *_)):
            return _common_name(own)
        case _:
            return ""


def _common_name(certificate: Certificate) -> str:
    # The library's X.509 code is slow to import, and most bytes have no certificate.
    from cryptography.x509 import NameOID  # noqa: PLC0415 - as above

    from workbench.mls.crypto.certificates import read_certificate  # noqa: PLC0415 - as above

    try:
        subject = read_certificate(certificate).subject
    except InvalidCredential:
        return ""
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return readable_text(str(names[0].value).encode()) if names else ""


def readable_text(data: bytes) -> str:
    """Bytes as text; "" if they are not readable text."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return ""
    return text if is_readable(text) else ""


_JOINERS: Final = "\u00ad\u200c\u200d"
"""The soft hyphen, and the characters that join or part letters: names in many languages and emoji have them."""


def is_readable(text: str) -> bool:
    """Whether people can read a text: some of its characters are visible, and none hides or reverses its neighbours.

    Spaces of all kinds are readable, ideographic ones too. Characters that change the direction of text are not.
    """
    spaces = [letter for letter in text if unicodedata.category(letter) == "Zs"]
    rest = [letter for letter in text if letter not in _JOINERS and letter not in spaces]
    return any(letter not in _BLANK for letter in rest) and "".join(rest).isprintable()


_BLANK: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Characters that count as letters or signs, and show nothing."""

_LONGEST: Final = 60
_NAMED_AT_MOST: Final = 4
_OUR_WORDS: Final = re.compile(
    r"(?:the )?(?:server|attacker)|(?:a )?newcomer|nobody|somebody.*|"
    r"(?:leaf|node|member|epoch|external sender) \d+|\d+ others",
    re.IGNORECASE,
)
_OF_SOMEBODY: Final = re.compile(r".*['\u2019\u02bc\uff07]s\s.*", re.IGNORECASE | re.DOTALL)
"""Words like "Alice's phone", which the workbench makes of a user and a device."""
_OPENING: Final = re.compile("(?:the|an?|what) ")
"""The first words of our own phrases, such as "the init secret of epoch 3"."""


def as_name(text: str) -> str:
    """An identity for people to read: "Alice's phone" for `Alice/phone`.

    A name that looks like words of the workbench, such as “leaf 3” or “Alice's phone”, gets quotes.
    """
    name = DeviceName.of(text)
    return f"{_quoted(name.user)}'s {name.device}" if name.device else _quoted(text)


def device_of(identity: str) -> str:
    """A device in a sentence: "Alice's phone", or "Bob's device" where the identity names only the user."""
    return as_name(identity) if DeviceName.of(identity).device else f"{as_name(identity)}'s device"


def _quoted(text: str) -> str:
    seen = text.strip()
    is_ours = any(pattern.fullmatch(seen) for pattern in (_OUR_WORDS, _OF_SOMEBODY)) or _OPENING.match(seen)
    return f"“{text}”" if is_ours or text != seen else text


def brief_name(text: str) -> str:
    """A name for a sentence: like `as_name`, and a long name is cut."""
    return shortened(as_name(text))


def as_subject(name: str) -> str:
    """A name at the beginning of a sentence: it stays as it is. Only words like "the server" get a capital letter."""
    return upper_first(name) if _OUR_WORDS.fullmatch(name) else name


def shortened(text: str) -> str:
    """A text for a sentence: a long text is cut, with its length. Its quotes stay (widgets/shared/words.js)."""
    whole = text[1:-1] if text[:1] == "“" and text[-1:] == "”" else text
    return text if len(whole) <= _LONGEST else text.replace(whole, f"{whole[:_LONGEST]}… ({len(whole)} characters)")


def briefly(names: Sequence[str]) -> str:
    """Names in a row; long names are cut, and of more than four only the first three stay (`few`)."""
    return listed([shortened(name) for name in few(names)])


def brief_names(names: Iterable[str], last: str = "and") -> str:
    """Names as people gave them, marked and cut, for a sentence: "Alice, Bob, Carol and 197 others"."""
    return listed(few([brief_name(name) for name in names]), last)


def few(words: Sequence[str]) -> Sequence[str]:
    """At most four things for a list: of more, the first three and "197 others"."""
    return words if len(words) <= _NAMED_AT_MOST else [*words[:3], f"{len(words) - 3} others"]


def name_of(tree: RatchetTree, sender: ProposalSender) -> str:
    """The name of the member at a leaf, or "leaf 3" if it has no readable name; a phrase for a sender outside.

    The name is for sentences: a long one is cut.
    """
    if isinstance(sender, int):
        leaf_node = tree.leaf(sender)
        return brief_name((leaf_node and credential_name(leaf_node)) or "") or f"leaf {sender}"
    if isinstance(sender, ExternalSenderIndex):
        return f"external sender {sender.sender_index}"
    return "a newcomer"


def psk_name(psk: PreSharedKeyID) -> str:
    """The name of a pre-shared key, or the epoch of a resumption PSK (RFC 9420 §8.4)."""
    key = psk.psk
    if not isinstance(key, ExternalPSK):
        return f"the resumption PSK of epoch {key.psk_epoch}"
    return f"the pre-shared key {shown(key.psk_id)}"


WANTS = {
    "update": "a fresh leaf key",
    "reinit": "to end the group by a ReInit",
    "group_context_extensions": "to change the group's extensions",
    "external_init": "an init secret of the newcomer's own",
}
"""What a proposal asks for, by its type, if it names no member and no key."""


def type_name(proposal: AnyProposal) -> str:
    """The RFC's name of a proposal type, or its number if the RFC does not define it: "0xf001"."""
    if isinstance(proposal, CustomProposal):
        return f"{proposal.proposal_type:#06x}"
    return proposal.TAG.name


def wanted_of(proposal_type: str) -> str:
    """What a proposal of this type asks for, if it names no member and no key."""
    return WANTS.get(proposal_type, f"a {_spelled(proposal_type)}")


def _spelled(proposal_type: str) -> str:
    return f"proposal of type {proposal_type}" if proposal_type.startswith("0x") else proposal_type


ACTION_WORDS = {
    "reinit": "ended the group by a ReInit",
    "group_context_extensions": "changed the group's extensions",
}
"""What a committed proposal does, by its type, if it names no member and no key."""


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
    """What a commit did: "Alice added Bob and took in the update of Carol".

    `psks` are names of pre-shared keys, `others` are types of other proposals. An external commit (`external`) can
    remove only the old leaf of its own committer.
    """
    actions = []
    if external:
        actions.append("came back by an external commit" if removed else "joined by an external commit")
    actions += [
        f"{action} {briefly(objects)}"
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
    return f"{shortened(committer)} {listed(actions) or 'updated by a commit'}"


def shown(group_id: bytes) -> str:
    """An id as text in quotes, or in hexadecimal if it is not readable text; only the beginning of a long id."""
    text = readable_text(group_id)
    if text:
        return f"“{shortened(text)}”"
    digits = group_id[: _LONGEST // 2].hex()
    rest = f"… ({len(group_id)} bytes)" if len(group_id) > _LONGEST // 2 else ""
    return f"{digits}{rest}" or "with the empty id"


def upper_first(words: str) -> str:
    """The words with a capital letter at the beginning, unless they begin with a name (widgets/shared/words.js).

    A name that begins like words of ours has quotes (`as_name`), so that it stays as it is.
    """
    begins_with_name = _OPENING.match(words) is None and "'s leaf key" in words
    return words if begins_with_name else words[:1].upper() + words[1:]


def listed(words: Sequence[str], last: str = "and") -> str:
    """A list of words: "Bob, Carol and Dave"."""
    return f" {last} ".join([*filter(None, [", ".join(words[:-1])]), *words[-1:]])


def counted(number: int, thing: str) -> str:
    """A number of things in words: "1 node", "2 nodes"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
