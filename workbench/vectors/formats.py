"""The formats of vectors, and how the format of a file is recognised from its content.

A file has the format that shares the largest part of its field names with the cases, and at least half of them. So a
case that lacks a field is still a (failing) case of its format. The three passive-client files have one format in the
specification; here they have three names, by the length of the history in their cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from workbench.vectors.case import VectorCase
from workbench.vectors.crypto import crypto_basics
from workbench.vectors.encoding import deserialization, messages
from workbench.vectors.framing import message_protection
from workbench.vectors.joining import passive_client, welcome
from workbench.vectors.schedule import key_schedule, psk_secret, secret_tree, transcript_hashes
from workbench.vectors.tree import tree_math, tree_operations, tree_validation
from workbench.vectors.treekem import treekem


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of vector: its name, the fields of a case, and the check of one case."""

    name: str
    fields: frozenset[str]
    check: Callable[[VectorCase], None]

    @property
    def by_suite(self) -> bool:
        """Whether a case is for one cipher suite."""
        return "cipher_suite" in self.fields


def _format(name: str, check: Callable[[VectorCase], None], fields: str) -> Format:
    return Format(name, frozenset(fields.split()), check)


PASSIVE_CLIENT = _format(
    "passive-client",
    passive_client,
    "cipher_suite external_psks key_package signature_priv encryption_priv init_priv welcome ratchet_tree"
    " initial_epoch_authenticator epochs",
)

FORMATS = (
    _format("tree-math", tree_math, "n_leaves n_nodes root left right parent sibling"),
    _format("deserialization", deserialization, "vlbytes_header length"),
    _format(
        "crypto-basics",
        crypto_basics,
        "cipher_suite ref_hash expand_with_label derive_secret derive_tree_secret sign_with_label encrypt_with_label",
    ),
    _format("secret-tree", secret_tree, "cipher_suite sender_data encryption_secret leaves"),
    _format(
        "message-protection",
        message_protection,
        "cipher_suite group_id epoch tree_hash confirmed_transcript_hash signature_priv signature_pub"
        " encryption_secret sender_data_secret membership_key proposal proposal_pub proposal_priv"
        " commit commit_pub commit_priv application application_priv",
    ),
    _format("key-schedule", key_schedule, "cipher_suite group_id initial_init_secret epochs"),
    _format("psk_secret", psk_secret, "cipher_suite psks psk_secret"),
    _format(
        "transcript-hashes",
        transcript_hashes,
        "cipher_suite confirmation_key authenticated_content interim_transcript_hash_before"
        " confirmed_transcript_hash_after interim_transcript_hash_after",
    ),
    _format("welcome", welcome, "cipher_suite init_priv signer_pub key_package welcome"),
    _format(
        "tree-operations",
        tree_operations,
        "cipher_suite tree_before proposal proposal_sender tree_hash_before tree_after tree_hash_after",
    ),
    _format("tree-validation", tree_validation, "cipher_suite tree group_id resolutions tree_hashes"),
    _format(
        "treekem",
        treekem,
        "cipher_suite group_id epoch confirmed_transcript_hash ratchet_tree leaves_private update_paths",
    ),
    _format(
        "messages",
        messages,
        "mls_welcome mls_group_info mls_key_package ratchet_tree group_secrets add_proposal update_proposal"
        " remove_proposal pre_shared_key_proposal re_init_proposal external_init_proposal"
        " group_context_extensions_proposal commit public_message_application public_message_proposal"
        " public_message_commit private_message",
    ),
    PASSIVE_CLIENT,
)


def tell_format(cases: Sequence[object]) -> Format | None:
    """The format of a file's cases; None if the format is unknown."""
    found = frozenset[str]().union(*(case for case in cases if isinstance(case, dict)))
    likeliest = max(FORMATS, key=lambda each: _likeness(each.fields, found))
    if _likeness(likeliest.fields, found) < 1 / 2:
        return None
    return _by_length_of_history(cases) if likeliest is PASSIVE_CLIENT else likeliest


def _likeness(fields: frozenset[str], found: frozenset[str]) -> float:
    return len(fields & found) / len(fields | found)


LONG_HISTORY = 10
"""The cases of a passive-client file with more epochs than this are random histories."""


def _by_length_of_history(cases: Sequence[object]) -> Format:
    histories = [case.get("epochs") for case in cases if isinstance(case, dict)]
    longest = max(len(history) if isinstance(history, list) else 0 for history in histories)
    kind = "welcome" if longest == 0 else "handling-commit" if longest <= LONG_HISTORY else "random"
    return replace(PASSIVE_CLIENT, name=f"{PASSIVE_CLIENT.name}-{kind}")
