"""How a device's secrets are kept: its long-term keys in a keystore, all else sealed in a database of its own.

`keystore` signs and seals, and gives no key away; `vaults` keep its root secret, in the operating system's keystore or
in a file under a passphrase. `database` keeps sealed records, and writes all that belongs together in one transaction.
What the records mean is known only to the device (`workbench.client`).
"""

from workbench.storage.database import Record, RecordChange, SealedDatabase
from workbench.storage.errors import DamagedDatabase, InUse, KeystoreClosed, StorageError, UnknownSchema, WrongSeal
from workbench.storage.keystore import Keystore, SoftwareKeystore
from workbench.storage.vaults import create_keystore, open_keystore

__all__ = [
    "DamagedDatabase",
    "InUse",
    "Keystore",
    "KeystoreClosed",
    "Record",
    "RecordChange",
    "SealedDatabase",
    "SoftwareKeystore",
    "StorageError",
    "UnknownSchema",
    "WrongSeal",
    "create_keystore",
    "open_keystore",
]
