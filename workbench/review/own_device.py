"""The sealed folder of a device of `workbench device`, as evidence: a copy of it is opened, and it stays as it is."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from workbench.client.durable import DeviceStorage
from workbench.mls import Policy
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.review.known_secrets import KnownSecrets
from workbench.storage import StorageError


def secrets_of_device(folder: Path, passphrase: str, policy: Policy = DEFAULT_POLICY) -> KnownSecrets:
    """The states, key packages and pre-shared keys of a device, which its passphrase opens.

    Without a passphrase the keystore of the operating system is asked. Raises ValueError if the folder holds no device,
    or cannot be opened.
    """
    with TemporaryDirectory() as place:
        copy = Path(place) / "device"
        shutil.copytree(folder, copy)
        try:
            storage = DeviceStorage.open(copy, passphrase or None, policy=policy)
            try:
                held = storage.load()
            finally:
                storage.close()
        except StorageError as problem:
            raise ValueError(str(problem).replace(str(copy), str(folder))) from problem
    if held is None:
        return KnownSecrets()
    states = tuple(membership.state for membership in held.groups.values())
    psks = dict[bytes | tuple[bytes, int], bytes](held.psks.items())
    return KnownSecrets(states, tuple(held.bundles.values()), psks)
