"""The directory of key packages: publishing them and handing them out (RFC 9420 §16.8, RFC 9750 §5.1).

Each key package is handed out once. One of last resort stays until its device publishes another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.delivery.errors import AlreadyThere, DirectoryFull, InvalidKeyPackageUpload, NoKeyPackage
from workbench.delivery.ports import Rows
from workbench.delivery.rows import DeviceRow, KeyPackageRow
from workbench.delivery.settings import Settings
from workbench.mls.crypto.algorithms import algorithms
from workbench.mls.crypto.credentials import presented_identities
from workbench.mls.group.key_package import is_last_resort, key_package_ref
from workbench.mls.wire.tree import KeyPackage, KeyPackageSource


@dataclass(frozen=True, slots=True)
class Supply:
    """The number of key packages of a device in one cipher suite, and the number that it should `publish`."""

    cipher_suite: int
    left: int
    last_resort: bool
    publish: int


def publish(
    rows: Rows, device: str, user: str, message: bytes, key_package: KeyPackage, *, settings: Settings
) -> KeyPackageRow:
    """Store a key package that was checked.

    One of last resort replaces the one before. Raises `AlreadyThere` for a key package or init key that was published
    before, `DirectoryFull` beyond the device's quota.
    """
    suite = key_package.cipher_suite
    last_resort = is_last_resort(key_package)
    if not last_resort and rows.key_packages_left(user, device).get(suite, 0) >= settings.key_packages_per_device:
        reason = f"the directory keeps {settings.key_packages_per_device} key packages of a device in a cipher suite"
        raise DirectoryFull(f"{reason}, and has as many: publish more when some were taken")
    row = _row(device, user, message, key_package)
    if last_resort:
        rows.retire_last_resorts(device, suite)
    if not rows.add_key_package(row):
        raise AlreadyThere("the directory has had this key package, or one with its init key: make a new one")
    return row


def note_request(rows: Rows, device: str, user: str, key_package: KeyPackage) -> None:
    """Note the device whose key package a request to be added holds, so that its Welcome goes to that device.

    The key package is not handed out.
    """
    rows.add_key_package(_row(device, user, b"", key_package))


def _row(device: str, user: str, message: bytes, key_package: KeyPackage) -> KeyPackageRow:
    suite, source = algorithms(key_package.cipher_suite), key_package.leaf_node.leaf_node_source
    return KeyPackageRow(
        reference=key_package_ref(suite, key_package),
        device=device,
        user=user,
        cipher_suite=key_package.cipher_suite,
        init_key=hashlib.sha256(suite.canonical_encryption_key(key_package.init_key)).digest(),
        not_after=source.lifetime.not_after if isinstance(source, KeyPackageSource) else 0,
        last_resort=is_last_resort(key_package),
        message=message,
    )


def check_owner(device: DeviceRow, key_package: KeyPackage) -> None:
    """Refuse a key package of another device or user than the one that publishes it (RFC 9420 §5.3.1).

    Its credential must present the device's user. In the device's own cipher suite, it must be signed with the device's
    signature key; for other suites a device has other keys. Raises `InvalidKeyPackageUpload`.
    """
    leaf_node = key_package.leaf_node
    if key_package.cipher_suite == device.cipher_suite and leaf_node.signature_key != device.signature_key:
        raise InvalidKeyPackageUpload("the key package is signed with another key than the device has logged in with")
    if device.user.encode() not in presented_identities(leaf_node.credential):
        raise InvalidKeyPackageUpload(f"the key package is not of {device.user}, whose device publishes it")


def take(rows: Rows, user: str, cipher_suite: int, device: str | None = None, *, now: int | None) -> bytes:
    """Take out the oldest key package of a user; if none is left, return the one of last resort, which stays.

    Expired key packages are skipped. Raises `NoKeyPackage`.
    """
    message = rows.take_key_package(user, cipher_suite, device, now) or rows.last_resort(
        user, cipher_suite, device, now
    )
    if message is None:
        raise NoKeyPackage(f"the directory has no key package of {user} left that is within its lifetime")
    return message


def supply(left: Mapping[int, int], device: DeviceRow, *, settings: Settings, last_resort: bool) -> Supply:
    """The supply of a device in its own cipher suite; when few are left, it should publish up to its quota."""
    count = left.get(device.cipher_suite, 0)
    missing = settings.key_packages_per_device - count
    return Supply(device.cipher_suite, count, last_resort, missing if count < settings.key_packages_low else 0)
