"""The members whom an attacker can impersonate in an epoch: it can send messages that the group accepts as theirs.

The attacker needs a member's signature key, which an update does not replace, and secrets of the epoch. Members accept
messages of an epoch only while they are in it. So a leak after the end of an epoch impersonates nobody in it, although
the leak may decrypt messages of that epoch.
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
    """The members whom the attacker can impersonate in an epoch. It has the signature key of each of them.

    - `private`: the attacker can make their PrivateMessages. It has the sender data secret and a secret that leads to
      their ratchets.
    - `public`: the attacker can send proposals in their names as PublicMessages. It has the membership key.
    - `commits`: the attacker can commit in their names. It has the membership key and the init secret.
    - `takeovers`: the attacker can replace them by an external commit. It has a GroupInfo from the wire, or makes one
      itself with the external secret.
    """

    private: tuple[HolderId, ...] = ()
    public: tuple[HolderId, ...] = ()
    commits: tuple[HolderId, ...] = ()
    takeovers: tuple[HolderId, ...] = ()


def impersonation(
    group_history: GroupHistory, record: EpochRecord, known: Collection[SecretId], policy: Policy
) -> Impersonation:
    """The members whom the attacker can impersonate with the facts `known`. `policy` is the policy of the members."""
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
    """Whether a known secret gives the keys of a member's next messages (RFC 9420 §9)."""
    node = NodeIndex(2 * leaf)
    above = {("tree_node_secret", each) for each in (node, *direct_path(node, leaf_count))}
    return bool(above & {*known}) or any(
        (name, at) == ("application_ratchet_secret", node) or name == "encryption_secret" for name, at in known
    )
