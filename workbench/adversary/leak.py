"""A leak: the secrets of one part of a device, after one step of the history. A scenario has one leak or several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from workbench.adversary.group_history import GroupHistory
from workbench.adversary.leaked_secrets import (
    Item,
    LeakedSecrets,
    Part,
    PrivateKey,
    Randomness,
    UsedKey,
    leaked_secrets_of,
)
from workbench.client import DeviceState
from workbench.inspect.names import brief_name
from workbench.inspect.trace_format import HolderId, SecretId
from workbench.inspect.trace_rules import Fact
from workbench.inspect.trace_walk import walk
from workbench.mls import PublicGroup
from workbench.mls.schedule.secret_tree import MessageKey
from workbench.mls.wire.code_points import ContentType


@dataclass(frozen=True, slots=True)
class Leak:
    """The bytes of one part of a device, as they were after step `at` of the history, or as they were used in it.

    `at` is an index and starts at 0. In words and pictures the first step is step 1. `facts` are what leaked according
    to a record that has no states (`leak_in_record`).
    """

    device: HolderId
    at: int
    what: Part
    leaked_secrets: LeakedSecrets = field(repr=False)
    facts: frozenset[Fact] = field(default=frozenset(), repr=False)

    def __str__(self) -> str:
        return f"{self.taken} after step {self.at + 1}"

    @property
    def taken(self) -> str:
        """What leaked, and from whom: "everything of Bob"."""
        whole = {"state": "everything", "enclave held": "everything but the signature key"}
        return f"{whole.get(self.what, f'the {self.what}')} of {brief_name(self.device)}"


def leak(group_history: GroupHistory, device_state: DeviceState, device: HolderId, at: int, what: Part) -> Leak:
    """The leak of a part of a device. `device_state` is the state of the device after step `at`."""
    used = tuple(_used(group_history, device, at)) if what in {"message keys", "randomness"} else ()
    taken = tuple(item for item in used if isinstance(item, Randomness) == (what == "randomness"))
    return Leak(device, at, what, leaked_secrets_of(device_state, what) + taken)


def leak_in_record(group_history: GroupHistory, device: HolderId, at: int) -> Leak:
    """The leak of all that a device held after step `at`, by a record alone.

    The rules and the theorem can judge it. An attacker needs the bytes of a state. Raises ValueError if there is no
    such step, or no such device whose secrets were recorded.
    """
    steps = range(len(group_history.held))
    if at not in steps:
        raise ValueError(f"this history has no step {at}; its steps are 0 to {len(steps) - 1}")
    if device not in group_history.held[at]:
        raise ValueError(f"no secret of {device!r} is in the record after step {at}: what it held is unknown")
    return Leak(device, at, "state", (), group_history.held[at][device])


def leaked_facts(group_history: GroupHistory, leaked: Leak) -> frozenset[Fact]:
    """The ids of all secrets in a leak, and the facts of the private proposals that wait in a leaked state.

    A secret that no device used again has no id. A private key that no recorded device held, such as the attacker's own
    key, is found by its public key.
    """
    values = (secret.hex() for secret in secrets_in(leaked.leaked_secrets) if any(secret))
    public = (item.public_key.hex() for item in leaked.leaked_secrets if isinstance(item, PrivateKey))
    states = (item for item in leaked.leaked_secrets if isinstance(item, PublicGroup))
    waiting = (reference.hex() for state in states for reference in state.proposals)
    return leaked.facts | frozenset(
        (
            *(group_history.private_proposals[each] for each in waiting if each in group_history.private_proposals),
            *(group_history.by_value[value] for value in values if value in group_history.by_value),
            *(group_history.by_public[key] for key in public if key in group_history.by_public),
        )
    )


def secrets_in(leaked_secrets: LeakedSecrets) -> Iterator[bytes]:
    """Every secret in leaked secrets."""
    for item in leaked_secrets:
        yield from (found.secret for found in walk(item) if found.name not in PUBLIC)


PUBLIC = frozenset({"public_key", "psk_id", "group_id"})
"""The fields of leaked items that are public."""


DRAWING = frozenset({"fresh", "signature_key_pair"})
"""The operations that make a secret from randomness that the device drew."""


def _used(group_history: GroupHistory, device: HolderId, at: int) -> Iterator[Item]:
    """The randomness and the message keys that a device used in a step. The device deleted them, the trace has them."""
    step, secrets = group_history.trace["steps"][at], group_history.secrets
    group_id = bytes.fromhex(group_history.trace["group_id"])
    drawn = dict[SecretId, None]()
    for operation in step["operations"]:
        if operation["name"] in DRAWING and device in operation["by"]:
            drawn |= dict.fromkeys(secret for secret in operation["inputs"] if secret is not None)
    yield from (Randomness(bytes.fromhex(secrets[secret]["value"] or "")) for secret in drawn)
    nonces = {
        (entry["name"], entry["epoch"], entry["node"], entry.get("generation")): entry["value"]
        for entry in secrets.values()
        if entry["name"].endswith("_nonce")
    }
    for read in step["reads"]:
        if device not in read["by"]:
            continue
        key = secrets[read["key"]]
        epoch, node, generation = key["epoch"], key["node"], key.get("generation")
        nonce = nonces.get((key["name"].removesuffix("key") + "nonce", epoch, node, generation))
        if epoch is not None and node is not None and generation is not None and nonce and key["value"]:
            kind = ContentType[group_history.trace["steps"][read["step"]]["messages"][read["message"]]["kind"]]
            message_key = MessageKey(generation, bytes.fromhex(key["value"]), bytes.fromhex(nonce))
            yield UsedKey(group_id, epoch, node // 2, kind, message_key)
