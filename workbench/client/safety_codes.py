"""Safety codes: digits that two people compare, to know that they see the same device or the same group.

docs/safety-codes.md has the formula. A code is 40 decimal digits, in eight groups of five. It is computed from public
values alone, and each end computes it from the values that it holds itself. So a server cannot make two different
devices or groups show the same code.
"""

from __future__ import annotations

import hashlib
from typing import Final

from workbench.mls import Credential, GroupState, encode
from workbench.mls.wire.shapes import Opaque, struct, uint64

DEVICE_LABEL: Final = b"MLS Workbench device code 1"
GROUP_LABEL: Final = b"MLS Workbench group code 1"

_GROUPS: Final = 8
_BYTES: Final = 5
"""How many bytes of the hash make one group of five digits."""


@struct
class DeviceCodeInput:
    """The input from which the code of a device is computed."""

    label: Opaque
    credential: Credential
    signature_key: Opaque


@struct
class GroupCodeInput:
    """The input from which the code of a group is computed."""

    label: Opaque
    group_id: Opaque
    epoch: uint64
    epoch_authenticator: Opaque


def device_code(credential: Credential, signature_key: bytes) -> str:
    """The code of a device, from its credential and from the key with which its signatures are verified."""
    return _digits(encode(DeviceCodeInput(DEVICE_LABEL, credential, signature_key)))


def group_code(state: GroupState) -> str:
    """The code of a group in its present epoch. It differs between the sides of a fork (RFC 9420 §8.7)."""
    authenticator = state.secrets.epoch_authenticator
    return _digits(encode(GroupCodeInput(GROUP_LABEL, state.group_id, state.epoch, authenticator)))


def _digits(data: bytes) -> str:
    digest = hashlib.sha512(data).digest()
    parts = (digest[at * _BYTES : (at + 1) * _BYTES] for at in range(_GROUPS))
    return " ".join(f"{int.from_bytes(part) % 100_000:05}" for part in parts)
