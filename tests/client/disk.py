"""A VFS of SQLite that a test can stop before each write, and that keeps what was synchronised.

The VFS is SQLite's own, but four of its operations are replaced: write, truncate, synchronise and delete. Each of these
first calls `DISK.at`, and then SQLite's own operation. After each synchronisation the content of the file is copied
beside it. `power_cut` puts these copies in the place of the files, so that all that was not synchronised is lost.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

DURABLE = ".durable"

_POINTERS = [f"p{number}" for number in range(18)]


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`: after the version come close, read, write, truncate, sync and others."""

    _fields_ = [("version", ctypes.c_int), *((name, ctypes.c_void_p) for name in _POINTERS)]


class _File(ctypes.Structure):
    _fields_ = [("methods", ctypes.POINTER(_Methods))]


class _System(ctypes.Structure):
    """`sqlite3_vfs`: after its description come open, delete and others."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("path_length", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
        ("delete", ctypes.c_void_p),
        *((f"other{number}", ctypes.c_void_p) for number in range(16)),
    ]


_FILE, _INT = ctypes.POINTER(_File), ctypes.c_int
_OPEN = ctypes.CFUNCTYPE(_INT, ctypes.POINTER(_System), ctypes.c_char_p, _FILE, _INT, ctypes.c_void_p)
_DELETE = ctypes.CFUNCTYPE(_INT, ctypes.POINTER(_System), ctypes.c_char_p, _INT)
_WRITE = ctypes.CFUNCTYPE(_INT, _FILE, ctypes.c_void_p, _INT, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(_INT, _FILE, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(_INT, _FILE, _INT)


class Disk:
    """The disk of this process: `at` is called before each write; `install` puts it under SQLite, once."""

    def __init__(self) -> None:
        self.at: Callable[[str], None] = lambda _operation: None
        self._kept: list[Any] = []
        self._paths: dict[int, Path] = {}
        self._changed: dict[int, _Methods] = {}

    def install(self) -> None:
        """Let all connections of this process that are opened from now on write through this disk."""
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_System)
        plain = library.sqlite3_vfs_find(None)
        plain_open, plain_delete = _OPEN(plain.contents.open), _DELETE(plain.contents.delete)

        def opened(_system: Any, name: bytes, file: Any, flags: int, out: Any) -> int:
            result: int = plain_open(plain, name, file, flags, out)
            if result == 0 and name:
                self._paths[ctypes.addressof(file.contents)] = Path(name.decode())
                file.contents.methods = ctypes.pointer(self._between(file.contents.methods))
            return result

        def deleted(_system: Any, name: bytes, synchronise: int) -> int:
            self.at("delete")
            Path(name.decode() + DURABLE).unlink(missing_ok=True)
            result: int = plain_delete(plain, name, synchronise)
            return result

        system = _System.from_buffer_copy(plain.contents)
        system.name = b"counted"
        system.open = self._address(_OPEN(opened))
        system.delete = self._address(_DELETE(deleted))
        self._kept.append(system)
        if library.sqlite3_vfs_register(ctypes.byref(system), 1) != 0:
            raise RuntimeError("SQLite does not take the disk of the test")

    def _address(self, function: Any) -> int | None:
        """The address of a function for C. The function stays referenced, so that Python does not delete it."""
        self._kept.append(function)
        return ctypes.cast(function, ctypes.c_void_p).value

    def _between(self, methods: Any) -> _Methods:
        """The operations of a file, four of them replaced by ours; made once for each kind of file."""
        address = ctypes.addressof(methods.contents)
        if address in self._changed:
            return self._changed[address]
        plain = methods.contents
        plain_write, plain_truncate, plain_sync = _WRITE(plain.p2), _TRUNCATE(plain.p3), _SYNC(plain.p4)

        def write(file: Any, data: Any, length: int, offset: int) -> int:
            self.at("write")
            result: int = plain_write(file, data, length, offset)
            return result

        def truncate(file: Any, length: int) -> int:
            self.at("truncate")
            result: int = plain_truncate(file, length)
            return result

        def synchronise(file: Any, flags: int) -> int:
            self.at("synchronise")
            result: int = plain_sync(file, flags)
            path = self._paths[ctypes.addressof(file.contents)]
            shutil.copyfile(path, f"{path}{DURABLE}")
            return result

        changed = _Methods.from_buffer_copy(plain)
        changed.p2 = self._address(_WRITE(write))
        changed.p3 = self._address(_TRUNCATE(truncate))
        changed.p4 = self._address(_SYNC(synchronise))
        self._changed[address] = changed
        # A file that is made of these operations keeps them when it is opened again.
        self._changed[ctypes.addressof(changed)] = changed
        return changed


DISK = Disk()


def power_cut(folder: Path) -> None:
    """Lose all that was not synchronised in a folder."""
    for path in folder.glob("device.db*"):
        if path.name.endswith(DURABLE):
            continue
        durable = Path(f"{path}{DURABLE}")
        if durable.exists():
            shutil.copyfile(durable, path)
        else:
            path.unlink()
