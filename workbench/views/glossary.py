"""The terms of MLS that pictures and lessons use, each explained once.

    glossary("path secret, commit secret")     these terms, under a cell

`make docs` writes them all to docs/glossary.md, and for the pictures to `widgets/shared/glossary.js`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

_RFC = "https://www.rfc-editor.org/rfc/rfc9420"


@dataclass(frozen=True, slots=True)
class Term:
    """A term, what it means in a sentence or two, and the section of RFC 9420 that introduces it."""

    name: str
    meaning: str
    section: str

    @property
    def link(self) -> str:
        """The address of the section."""
        return f"{_RFC}#section-{self.section}"


def _terms(*rows: tuple[str, str, str]) -> Mapping[str, Term]:
    return MappingProxyType({name: Term(name, meaning, section) for name, section, meaning in rows})


TERMS = _terms(
    ("epoch", "2", "The time between two commits, in which the members and the keys of a group stay the same."),
    ("proposal", "12.1", "A wish to change the group. It takes effect when somebody commits it."),
    ("commit", "12.4", "The message that changes a group and begins a new epoch."),
    ("Update", "12.1.2", "The proposal of a member to replace its own leaf key."),
    (
        "key package",
        "10",
        "The public keys that a newcomer leaves with the server, so that others can add it while it is offline.",
    ),
    ("Welcome", "12.4.3.1", "The message that brings a newcomer the secrets of the group."),
    ("GroupInfo", "12.4.3", "The public description of a group, signed by a member."),
    ("external commit", "12.4.3.2", "A commit by which somebody outside joins without being added."),
    ("ratchet tree", "4.1", "The tree of key pairs of a group: its leaves are the members."),
    ("leaf key", "7.2", "The key pair at the leaf of a member. The member alone knows its private key."),
    ("blank", "4.1.1", "A node without a key."),
    ("unmerged leaves", "7.1", "Members below a node who do not know its private key yet."),
    ("resolution", "4.1.1", "The fewest nodes with keys that together reach everybody below a node."),
    ("direct path", "4.1.2", "The nodes above a leaf, up to the root."),
    ("copath", "4.1.2", "The siblings of a leaf and of the nodes on its direct path."),
    ("filtered direct path", "4.1.2", "The direct path without each node whose child on the copath has no members."),
    ("path", "7.6", "The part of a commit that brings fresh keys, from the committer's leaf to the root."),
    ("path secret", "7.4", "The secret from which the key pair of a node follows, and the path secret above it."),
    ("node secret", "7.4", "The secret behind the key pair of a node. It is derived from the node's path secret."),
    ("commit secret", "7.4", "The path secret above that of the root, new in each epoch. Without a path, zeros."),
    (
        "init secret",
        "8",
        "The secret that an epoch hands on to the next one. It is deleted once the next epoch has begun.",
    ),
    (
        "external init secret",
        "8.3",
        "The secret that replaces the init secret in an external commit.",
    ),
    ("pre-shared key", "8.4", "A secret from elsewhere that members mix into an epoch."),
    ("psk secret", "8.4", "All pre-shared keys of a commit in one value; zeros if there are none."),
    ("extracted secret", "8", "The init secret and the commit secret in one. The RFC gives it no name."),
    ("joiner secret", "8", "What the extracted secret becomes; a Welcome brings it to newcomers."),
    ("member secret", "8", "The joiner secret and the psk secret in one. The RFC gives it no name."),
    ("welcome secret", "8", "The source of the key that opens the GroupInfo in a Welcome."),
    ("epoch secret", "8", "The secret from which all other secrets of an epoch are derived."),
    ("encryption secret", "9", "The root of the secret tree, from which the keys of all messages of an epoch follow."),
    ("secret tree", "9", "A tree that gives each sender a ratchet of its own."),
    ("ratchet", "9.1", "A chain of secrets: each turn gives one message key, and there is no way back."),
    ("sender data secret", "6.3.2", "The secret whose keys hide the sender of a message. It serves the whole epoch."),
    ("exporter secret", "8.5", "The secret from which an application derives its own keys."),
    ("external secret", "8.3", "The secret behind the key pair to which an external commit seals."),
    ("confirmation key", "8", "The key of the confirmation tag."),
    ("confirmation tag", "6.1", "A MAC in each commit. Only members of the new epoch can make and check it."),
    ("membership key", "6.2", "The key of the MAC by which a public message proves that a member has sent it."),
    (
        "epoch authenticator",
        "8.7",
        "A value that members compare, for example aloud. In one epoch it is the same for all.",
    ),
    ("resumption PSK", "8.6", "A pre-shared key that a past epoch has left."),
    ("signature key", "5.1.2", "The key with which a member signs. It lasts as long as its credential, over epochs."),
    ("init key", "10", "The key in a key package to which a Welcome is sealed. It is for one use."),
)


@dataclass(frozen=True, slots=True)
class Glossary:
    """Some terms, as text, and as HTML for a notebook."""

    terms: tuple[Term, ...]

    def __repr__(self) -> str:
        return "\n".join(f"{term.name} (§{term.section}): {term.meaning}" for term in self.terms)

    def _repr_html_(self) -> str:
        # A plain list: JupyterLab sets the terms and the meanings of a definition list side by side, over each other.
        rows = (
            f'<li><dfn>{escape(term.name)}</dfn> (<a href="{term.link}">§{term.section}</a>): '
            f"{escape(term.meaning)}</li>"
            for term in self.terms
        )
        return f"<ul>{''.join(rows)}</ul>"


def glossary(*names: str) -> Glossary:
    """Explain these terms, or all of them; several may stand in one string, with commas between.

    Raises `ValueError` for a term that is not in the glossary.
    """
    chosen = [name for several in names for name in several.split(", ")]
    if strangers := [name for name in chosen if name not in TERMS]:
        raise ValueError(f"{strangers[0]!r} is not in the glossary; it has: {', '.join(TERMS)}")
    return Glossary(tuple(TERMS[name] for name in chosen or TERMS))
