"""What leaked: exactly the bytes of one device at one instant, or of a part of it, and nothing that follows from them.

Beside each secret stands only what its owner would need to use it: the public key of a private key, the epoch of a
message key. A state also holds what is public of the group, which whoever gets it can read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from workbench.client.device_state import DeviceState
from workbench.mls import GroupState, KeyPackage, PublicGroup
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.schedule.secret_tree import MessageKey, SecretTree
from workbench.mls.wire.code_points import ContentType


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """An HPKE private key of the ratchet tree, or of a leaf that is not in it yet."""

    public_key: bytes
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class InitKey:
    """What opens a Welcome to a key package (RFC 9420 §10)."""

    key_package: KeyPackage = field(repr=False)
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignatureKey:
    """What signs as somebody; it opens nothing."""

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
    """What a member keeps of an epoch beside the secret tree (RFC 9420 §8, table 4)."""

    group_id: bytes
    epoch: int
    secrets: EpochSecrets


@dataclass(frozen=True, slots=True)
class SenderDataKey:
    """The `sender_data_secret` of a past epoch, which is kept to read its late messages (RFC 9420 §6.3.2)."""

    group_id: bytes
    epoch: int
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LeakedRatchets:
    """What is left of the secret tree of an epoch: it gives the keys of the messages to come (RFC 9420 §9)."""

    group_id: bytes
    epoch: int
    secret_tree: SecretTree = field(repr=False)


@dataclass(frozen=True, slots=True)
class UsedKey:
    """The key of one message, and which one it is (RFC 9420 §9.1)."""

    group_id: bytes
    epoch: int
    leaf: int
    content_type: ContentType
    message_key: MessageKey


@dataclass(frozen=True, slots=True)
class Randomness:
    """32 bytes that a device drew for one call of the engine."""

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
"""One thing that leaked. A `PublicGroup` holds no secret: it is what a state says of its group in public."""

LeakedSecrets: TypeAlias = tuple[Item, ...]

Part: TypeAlias = Literal[
    "state", "enclave held", "backup", "ratchets", "init keys", "psks", "signature key", "message keys", "randomness"
]
"""How much of a device leaks.

`state` is all that it holds. `enclave held` is all but the signature key, which a keystore kept. `backup` is what one
would restore a device from: its groups, without unused key packages and pre-shared keys. `ratchets` give the keys of
messages to come. `init keys` open the Welcomes to its key packages. Two parts leak from what a device does in one
step, not from what it keeps: `message keys` are those that it used, `randomness` is what it drew.
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
"""What each part is made of."""


def leaked_secrets_of(device_state: DeviceState, part: Part = "state") -> LeakedSecrets:
    """One part of what a device holds. What leaks of a step is in no device state, and stands in the record."""
    kinds = PARTS[part]
    unused = () if part == "backup" else _of_key_packages(device_state)
    items = (*_that_sign(device_state), *unused, *_of_psks(device_state), *_of_groups(device_state))
    return tuple(item for item in items if isinstance(item, kinds))


def _that_sign(device_state: DeviceState) -> Iterator[Item]:
    """One key for each cipher suite in which the device is known, its own first."""
    yield SignatureKey(device_state.signature_private_key)
    yield from (SignatureKey(private_key) for private_key in device_state.other_signature_keys.values())


def _of_key_packages(device_state: DeviceState) -> Iterator[Item]:
    for bundle in device_state.bundles.values():
        yield InitKey(bundle.key_package, bundle.init_private_key)
        yield PrivateKey(bundle.key_package.leaf_node.encryption_key, bundle.encryption_private_key)


def _of_psks(device_state: DeviceState) -> Iterator[Item]:
    yield from (ExternalKey(psk_id, psk) for psk_id, psk in device_state.psks.items())


def _of_groups(device_state: DeviceState) -> Iterator[Item]:
    """All groups of a device, and the epochs to which its own commits lead that it has not read in the log yet."""
    for membership in device_state.groups.values():
        yield from _of_state(membership.state)
        if membership.pending is not None:
            yield from _of_state(membership.pending.committed.next)


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
