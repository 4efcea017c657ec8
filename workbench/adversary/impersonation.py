"""The members whom an attacker can impersonate in an epoch: what it can send that the others accept as theirs.

To impersonate a member takes its signature key, which no update replaces, and secrets of the epoch. The members accept
messages of an epoch only while they are in it. So a leak after the end of the epoch impersonates nobody there, although
it may open what was sent.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from workbench.adversary.group_history import EpochRecord, GroupHistory
from workbench.inspect.trace_format import HolderId, SecretId
from workbench.mls import Policy
from workbench.mls.tree.tree_math import NodeIndex, direct_path


@dataclass(frozen=True, slots=True)
class Impersonation:
    """The members in whose names an attacker can act in an epoch, and how.

    `private` are those whose PrivateMessages it can make: it has their signature key, the sender data secret, and what
    leads to their ratchet. `public` are those whose proposals it can send in the clear: their signature key and the
    membership key. `commits` are those as whom it can commit, with the init secret beside. `takeovers` are those in
    whose place it can come by a commit from outside: it has their signature key, and somebody has described the group
    in public, or it has the external secret and describes it itself.
    """

    private: tuple[HolderId, ...] = ()
    public: tuple[HolderId, ...] = ()
    commits: tuple[HolderId, ...] = ()
    takeovers: tuple[HolderId, ...] = ()


def impersonation(
    group_history: GroupHistory, record: EpochRecord, known: Collection[SecretId], policy: Policy
) -> Impersonation:
    """Whom the attacker can impersonate with what it knows while the epoch lasts. `policy` is that of the members."""
    keys = {group_history.secrets[fact].get("public") for fact in known if fact in group_history.secrets}
    leaked = {leaf: holder for leaf, holder in record.members.items() if record.signature_keys[leaf] in keys}

    def has(name: str) -> bool:
        return record.secrets.get(name) in known

    secrets = (group_history.secrets[fact] for fact in known if fact in group_history.secrets)
    places = {(secret["name"], secret["node"]) for secret in secrets if secret["epoch"] == record.epoch}
    speaking = [holder for leaf, holder in leaked.items() if _leads_to_ratchet(places, leaf, record.leaf_count)]
    lets_in = policy.external_commits and policy.resyncs
    described = has("external_secret") or record.epoch in group_history.described
    return Impersonation(
        private=tuple(speaking) if has("sender_data_secret") else (),
        public=tuple(leaked.values()) if has("membership_key") else (),
        commits=tuple(leaked.values()) if has("membership_key") and has("init_secret") else (),
        takeovers=tuple(leaked.values()) if described and lets_in else (),
    )


def _leads_to_ratchet(known: Collection[tuple[str, int | None]], leaf: int, leaf_count: int) -> bool:
    """Whether a secret is known from which the keys of a member's messages to come follow (RFC 9420 §9)."""
    node = NodeIndex(2 * leaf)
    above = {("tree_node_secret", each) for each in (node, *direct_path(node, leaf_count))}
    return bool(above & {*known}) or any(
        (name, at) == ("application_ratchet_secret", node) or name == "encryption_secret" for name, at in known
    )
