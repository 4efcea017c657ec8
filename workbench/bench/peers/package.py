"""Implementations that are packages of PyPI."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from typing import ClassVar

from typing_extensions import override

from workbench.bench.client import Implementation

KEY_PACKAGE = bytes.fromhex("00010005")
"""The header of an MLSMessage with a key package, for implementations that use bare key packages."""


class Package(Implementation):
    """An implementation in a Python package."""

    distribution: ClassVar[str]

    @override
    def missing(self) -> str | None:
        if find_spec(self.module) is None:
            return f"not installed: `pip install {self.distribution}`, or all with `pip install 'mls-workbench[peers]'`"
        return None

    @override
    def version(self) -> str:
        return version(self.distribution)
