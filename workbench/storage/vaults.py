"""Where the root secret of a keystore rests: with the operating system, or in a file under a passphrase.

`keystore.json` in the folder of a device says which. The operating system's keystore is reached through the package
`keyring` (macOS Keychain, Windows Credential Locker, the Secret Service of a Linux desktop). Where there is none, the
root secret is sealed in the file under a key that Argon2id makes of a passphrase, with the cost that RFC 9106 (§4)
recommends for machines with little memory.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from workbench.storage.errors import KeystoreClosed
from workbench.storage.keystore import NONCE_LENGTH, ROOT_LENGTH, SoftwareKeystore

FILE = "keystore.json"
SERVICE = "MLS Workbench"
SALT_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """What a guess at the passphrase costs: passes over the memory, lanes, and memory in KiB (RFC 9106 §4)."""

    iterations: int = 3
    lanes: int = 4
    memory_cost: int = 64 * 1024


RECOMMENDED = Argon2Cost()


def create_keystore(home: Path, passphrase: str | None = None, *, cost: Argon2Cost = RECOMMENDED) -> SoftwareKeystore:
    """Make a keystore for the device in a folder: under a passphrase, or None for the operating system's keystore.

    Raises `KeystoreClosed` if there is one already, or if the operating system offers none.
    """
    path = home / FILE
    if path.exists():
        raise KeystoreClosed(f"{path} is there already: the device has a keystore")
    root = secrets.token_bytes(ROOT_LENGTH)
    if passphrase is None:
        name = secrets.token_hex(16)
        _keep_with_the_system(name, root)
        described: dict[str, object] = {"kind": "system", "name": name}
    else:
        described = {"kind": "passphrase", **_sealed(root, passphrase, cost)}
    _write(path, json.dumps(described, indent=1).encode())
    return SoftwareKeystore(root)


def open_keystore(home: Path, passphrase: str | None = None) -> SoftwareKeystore:
    """The keystore of the device in a folder; raises `KeystoreClosed`."""
    path = home / FILE
    try:
        described = json.loads(path.read_bytes())
        kind = described["kind"]
        if kind == "system":
            return SoftwareKeystore(_kept_with_the_system(described["name"]))
        if kind == "passphrase" and passphrase is not None:
            return SoftwareKeystore(_opened(described, passphrase))
    except FileNotFoundError:
        raise KeystoreClosed(f"{path} is missing: no device lives in this folder") from None
    except (ValueError, KeyError, TypeError) as error:
        raise KeystoreClosed(f"{path} is damaged: {error}") from None
    raise KeystoreClosed(f"{path} is under a passphrase, and none was given")


# Under a passphrase


def _sealed(root: bytes, passphrase: str, cost: Argon2Cost) -> dict[str, object]:
    salt, nonce = os.urandom(SALT_LENGTH), os.urandom(NONCE_LENGTH)
    sealed = nonce + AESGCM(_key(passphrase, salt, cost)).encrypt(nonce, root, None)
    return {"cost": asdict(cost), "salt": _text(salt), "sealed": _text(sealed)}


def _opened(described: dict[str, object], passphrase: str) -> bytes:
    given = described["cost"]
    if not isinstance(given, dict):
        raise TypeError("the field cost is not a JSON object")
    sealed = base64.b64decode(str(described["sealed"]), validate=True)
    key = _key(passphrase, base64.b64decode(str(described["salt"]), validate=True), Argon2Cost(**given))
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:], None)
    except InvalidTag:
        raise KeystoreClosed("the passphrase is wrong, or keystore.json was changed") from None


def _key(passphrase: str, salt: bytes, cost: Argon2Cost) -> bytes:
    return Argon2id(salt=salt, length=32, **asdict(cost)).derive(passphrase.encode())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


# With the operating system


def _keep_with_the_system(name: str, root: bytes) -> None:
    try:
        import keyring  # noqa: PLC0415 # the package may be missing
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ModuleNotFoundError:
        raise KeystoreClosed("the package `keyring` is missing: pip install 'mls-workbench[device]'") from None
    try:
        keyring.set_password(SERVICE, name, _text(root))
    except KeyringError as error:
        raise KeystoreClosed(f"the operating system offers no keystore ({error}): give a passphrase") from None


def _kept_with_the_system(name: str) -> bytes:
    try:
        import keyring  # noqa: PLC0415 # the package may be missing
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ModuleNotFoundError:
        raise KeystoreClosed("the package `keyring` is missing: pip install 'mls-workbench[device]'") from None
    try:
        kept = keyring.get_password(SERVICE, name)
    except KeyringError as error:
        raise KeystoreClosed(f"the operating system does not open its keystore: {error}") from None
    if kept is None:
        raise KeystoreClosed("the operating system's keystore has no key of this device: was the folder copied here?")
    return base64.b64decode(kept, validate=True)


# The file


def _write(path: Path, data: bytes) -> None:
    """Write a file, or leave the old one as it was. The new file is on the disk, and only its owner may read it."""
    partial = path.with_suffix(".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
