"""What can be wrong with what a device has kept: one class for each thing that its owner can do about it."""


class StorageError(Exception):
    """What a device has kept cannot be used; the message says why, and what to do."""


class KeystoreClosed(StorageError):
    """The root secret of the keystore is not to be had: the passphrase is wrong, or the operating system refuses."""


class WrongSeal(StorageError):
    """Sealed bytes were changed, are for another purpose, or were sealed by another keystore."""


class DamagedDatabase(StorageError):
    """The records do not belong together: some are damaged, missing, or older than the others."""


class UnknownSchema(StorageError):
    """A newer workbench has written the database."""


class InUse(StorageError):
    """Another process has opened the database: a device runs once, or it would use keys twice."""
