"""The keystore: it signs and seals, and no key comes out of it (R101)."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from workbench.mls import CIPHER_SUITES, cipher_suite
from workbench.storage import Keystore, KeystoreClosed, SoftwareKeystore, WrongSeal, create_keystore, open_keystore
from workbench.storage.vaults import FILE, Argon2Cost

ROOT = bytes(range(32))
CHEAP = Argon2Cost(iterations=1, lanes=1, memory_cost=64)


@pytest.mark.parametrize("number", CIPHER_SUITES)
def test_its_signatures_verify_with_the_public_key_that_it_names(number: int) -> None:
    suite = cipher_suite(number)
    signer = SoftwareKeystore(ROOT).signer(suite)
    assert suite.verify_with_label(signer.public_key, "LeafNodeTBS", b"content", signer.sign("LeafNodeTBS", b"content"))
    assert SoftwareKeystore(ROOT).signer(suite) == signer


def test_its_interface_has_three_operations_and_no_export() -> None:
    interface = {name for name, _ in inspect.getmembers(Keystore, callable) if not name.startswith("_")}
    offered = {name for name in dir(SoftwareKeystore(ROOT)) if not name.startswith("_")}
    assert interface == offered == {"signer", "seal", "open"}


def test_nothing_that_it_gives_holds_one_of_its_keys() -> None:
    keystore = SoftwareKeystore(ROOT)
    keys = {
        ROOT,
        *(
            suite.signature_key_pair(keystore._derived(f"signature key {number}")).private_key
            for number, suite in CIPHER_SUITES.items()
        ),
    }
    keys |= {keystore._derived("seal letters")}
    sealed = keystore.seal("letters", b"plaintext")
    given = [sealed, keystore.open("letters", sealed), repr(keystore).encode(), str(vars(type(keystore))).encode()]
    for suite in CIPHER_SUITES.values():
        signer = keystore.signer(suite)
        given += [signer.public_key, signer.sign("label", b"content"), repr(signer).encode()]
    assert not any(key in each or key.hex().encode() in each for key in keys for each in given)


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_copied_or_pickled(copied: object) -> None:
    assert callable(copied)
    with pytest.raises(TypeError, match="is not copied"):
        copied(SoftwareKeystore(ROOT))


def test_what_is_sealed_opens_for_its_purpose_and_in_its_keystore_only() -> None:
    keystore = SoftwareKeystore(ROOT)
    sealed = keystore.seal("group 1", b"secret")
    assert keystore.open("group 1", sealed) == b"secret"
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for other, purpose, given in (
        (keystore, "group 2", sealed),
        (SoftwareKeystore(bytes(32)), "group 1", sealed),
        (keystore, "group 1", changed),
        (keystore, "group 1", b"short"),
    ):
        with pytest.raises(WrongSeal, match="were not sealed by this keystore"):
            other.open(purpose, given)


def test_two_seals_of_the_same_bytes_differ() -> None:
    keystore = SoftwareKeystore(ROOT)
    assert keystore.seal("it", b"same") != keystore.seal("it", b"same")


def test_a_root_secret_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        SoftwareKeystore(bytes(31))


# Under a passphrase


def test_a_keystore_under_a_passphrase_opens_with_it_again(tmp_path: Path) -> None:
    made = create_keystore(tmp_path, "correct horse", cost=CHEAP)
    suite = cipher_suite(1)
    assert open_keystore(tmp_path, "correct horse").signer(suite) == made.signer(suite)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    assert made._root.hex() not in (tmp_path / FILE).read_text()


def test_a_wrong_passphrase_or_none_is_refused(tmp_path: Path) -> None:
    create_keystore(tmp_path, "correct horse", cost=CHEAP)
    with pytest.raises(KeystoreClosed, match="passphrase is wrong"):
        open_keystore(tmp_path, "battery staple")
    with pytest.raises(KeystoreClosed, match="none was given"):
        open_keystore(tmp_path)
    with pytest.raises(KeystoreClosed, match="there already"):
        create_keystore(tmp_path, "another", cost=CHEAP)


def test_the_default_cost_is_the_one_that_rfc_9106_recommends(tmp_path: Path) -> None:
    create_keystore(tmp_path, "correct horse")
    assert json.loads((tmp_path / FILE).read_text())["cost"] == {"iterations": 3, "lanes": 4, "memory_cost": 65536}
    open_keystore(tmp_path, "correct horse")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "passphrase"}', '{"kind": "passphrase", "cost": 3}'])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(KeystoreClosed, match=r"keystore\.json is damaged"):
        open_keystore(tmp_path, "it")


def test_a_folder_without_a_device_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeystoreClosed, match="no device lives"):
        open_keystore(tmp_path, "it")


# With the operating system


class Drawer(KeyringBackend):
    """An operating system's keystore, of one test."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    before, made = keyring.get_keyring(), Drawer()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_the_operating_system_keeps_the_root_secret(tmp_path: Path, drawer: Drawer) -> None:
    made, suite = create_keystore(tmp_path), cipher_suite(1)
    assert open_keystore(tmp_path).signer(suite) == made.signer(suite)
    assert len(drawer.kept) == 1
    assert "sealed" not in (tmp_path / FILE).read_text()


def test_a_folder_that_was_copied_to_another_machine_is_no_device(tmp_path: Path, drawer: Drawer) -> None:
    create_keystore(tmp_path)
    drawer.kept.clear()
    with pytest.raises(KeystoreClosed, match="was the folder copied here"):
        open_keystore(tmp_path)


def test_a_system_without_a_keystore_asks_for_a_passphrase(tmp_path: Path) -> None:
    before = keyring.get_keyring()
    from keyring.backends.fail import Keyring as NoKeyring  # noqa: PLC0415 # what keyring takes where there is none

    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call] # keyring has no types there
    try:
        with pytest.raises(KeystoreClosed, match="give a passphrase"):
            create_keystore(tmp_path)
        (tmp_path / FILE).write_text('{"kind": "system", "name": "it"}')
        with pytest.raises(KeystoreClosed, match="does not open its keystore"):
            open_keystore(tmp_path)
    finally:
        keyring.set_keyring(before)
