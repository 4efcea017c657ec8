"""Leaked secrets: the bytes of one device or of a part of it after one step, and nothing that is computed from them.

With each secret comes only what its owner needs to use it: the public key of a private key, the epoch of a message
key. The leak of a state also has the public part of the group, because the state has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from workbench.client.device_state import DeviceState
from workbench.mls import GroupState, KeyPackage, PendingCommit, PublicGroup, Signer
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.schedule.secret_tree import MessageKey, SecretTree
from workbench.mls.wire.code_points import ContentType


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """The HPKE private key of a node of the ratchet tree, or of a leaf node that no commit has put there yet."""

    public_key: bytes
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class InitKey:
    """The private init key of a key package. It opens a Welcome to the key package (RFC 9420 §10)."""

    key_package: KeyPackage = field(repr=False)
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignatureKey:
    """The private signature key of a device. It signs in the owner's name, and decrypts nothing."""

    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExternalKey:
    """A pre-shared key from outside of MLS (RFC 9420 §8.4)."""

    psk_id: bytes
    psk: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ResumptionKey:
    """The resumption PSK of an epoch (RFC 9420 §8.6)."""

    group_id: bytes
    epoch: int
    psk: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EpochKeys:
    """The secrets of an epoch that a member keeps, without the secret tree (RFC 9420 §8, table 4)."""

    group_id: bytes
    epoch: int
    secrets: EpochSecrets


@dataclass(frozen=True, slots=True)
class SenderDataKey:
    """The `sender_data_secret` of a past epoch. A device keeps it to read late messages (RFC 9420 §6.3.2)."""

    group_id: bytes
    epoch: int
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LeakedRatchets:
    """The part of an epoch's secret tree that is not deleted. It gives the keys of later messages (RFC 9420 §9)."""

    group_id: bytes
    epoch: int
    secret_tree: SecretTree = field(repr=False)


@dataclass(frozen=True, slots=True)
class UsedKey:
    """The key of one message, with the epoch, the sender's leaf and the content type (RFC 9420 §9.1)."""

    group_id: bytes
    epoch: int
    leaf: int
    content_type: ContentType
    message_key: MessageKey


@dataclass(frozen=True, slots=True)
class Randomness:
    """The 32 random bytes that a device drew for one call of the engine."""

    entropy: bytes = field(repr=False)


Item: TypeAlias = (
    PrivateKey
    | InitKey
    | SignatureKey
    | ExternalKey
    | ResumptionKey
    | EpochKeys
    | SenderDataKey
    | LeakedRatchets
    | UsedKey
    | Randomness
    | PublicGroup
)
"""One leaked item. A `PublicGroup` has no secret: it is the public part of a leaked state."""

LeakedSecrets: TypeAlias = tuple[Item, ...]

Part: TypeAlias = Literal[
    "state", "enclave held", "backup", "ratchets", "init keys", "psks", "signature key", "message keys", "randomness"
]
"""The part of a device that leaks.

- `state`: everything that the device holds.
- `enclave held`: everything except the signature key, because a hardware keystore protected it. It is also all of the
  `state` of a device whose signature key is a `Signer`.
- `backup`: what a backup of the device has: its groups and signature keys, but no key packages and no external PSKs.
- `ratchets`: the secret trees, which give the keys of later messages.
- `init keys`: the private init keys, which open the Welcomes to the device's key packages.
- `psks`: the pre-shared keys. `signature key`: the signature keys.
- `message keys`: the message keys that the device used in the step. `randomness`: the randomness that it drew in the
  step. These two are no longer in the device's state after the step.
"""

PARTS: Mapping[Part, tuple[type[Item], ...]] = MappingProxyType(
    {
        "state": (
            PrivateKey,
            InitKey,
            SignatureKey,
            ExternalKey,
            ResumptionKey,
            EpochKeys,
            SenderDataKey,
            LeakedRatchets,
            PublicGroup,
        ),
        "enclave held": (
            PrivateKey,
            InitKey,
            ExternalKey,
            ResumptionKey,
            EpochKeys,
            SenderDataKey,
            LeakedRatchets,
            PublicGroup,
        ),
        "backup": (PrivateKey, SignatureKey, ResumptionKey, EpochKeys, SenderDataKey, LeakedRatchets, PublicGroup),
        "ratchets": (LeakedRatchets,),
        "init keys": (InitKey,),
        "psks": (ExternalKey, ResumptionKey),
        "signature key": (SignatureKey,),
        "message keys": (UsedKey,),
        "randomness": (Randomness,),
    }
)
"""The classes of the items in each part."""


def leaked_secrets_of(device_state: DeviceState, part: Part = "state") -> LeakedSecrets:
    """One part of a device's state. `message keys` and `randomness` are in no state: `leak` finds them in the trace."""
    kinds = PARTS[part]
    unused = () if part == "backup" else _of_key_packages(device_state)
    items = (*_that_sign(device_state), *unused, *_of_psks(device_state), *_of_groups(device_state))
    return tuple(item for item in items if isinstance(item, kinds))


def _that_sign(device_state: DeviceState) -> Iterator[Item]:
    """The device's signature keys: one for each cipher suite that it uses, and the one of its main suite first.

    A key that a keystore holds is not on the list, because no byte of it is in the state.
    """
    keys = (device_state.signature_private_key, *device_state.other_signature_keys.values())
    yield from (SignatureKey(key) for key in keys if not isinstance(key, Signer))


def _of_key_packages(device_state: DeviceState) -> Iterator[Item]:
    for bundle in device_state.bundles.values():
        yield InitKey(bundle.key_package, bundle.init_private_key)
        yield PrivateKey(bundle.key_package.leaf_node.encryption_key, bundle.encryption_private_key)


def _of_psks(device_state: DeviceState) -> Iterator[Item]:
    yield from (ExternalKey(psk_id, psk) for psk_id, psk in device_state.psks.items())


def _of_groups(device_state: DeviceState) -> Iterator[Item]:
    """The states of a device's groups, before its removal too, and those to which its own messages lead."""
    for membership in device_state.groups.values():
        yield from _of_state(membership.state)
        if membership.pending is not None:
            yield from _of_state(membership.pending.committed.next)
        if membership.before is not None:
            yield from _of_state(membership.before)
    for unsent in device_state.outbox.values():
        yield from _of_state(unsent.accepted.next if isinstance(unsent.accepted, PendingCommit) else unsent.accepted)


def _of_state(state: GroupState) -> Iterator[Item]:
    yield state.public
    for node, private_key in state.private_keys.items():
        content = state.tree.node(node)
        if content is not None:
            yield PrivateKey(content.encryption_key, private_key)
    yield from (PrivateKey(public_key, private_key) for public_key, private_key in state.update_keys.items())
    yield EpochKeys(state.group_id, state.epoch, state.secrets)
    yield LeakedRatchets(state.group_id, state.epoch, state.secret_tree)
    for past in state.past_epochs:
        yield SenderDataKey(state.group_id, past.epoch, past.sender_data_secret)
        yield LeakedRatchets(state.group_id, past.epoch, past.secret_tree)
    yield from (ResumptionKey(state.group_id, epoch, psk) for epoch, psk in state.resumption_psks.items())
