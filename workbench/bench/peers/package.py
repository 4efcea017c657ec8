"""Implementations that are packages of PyPI."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from typing import ClassVar

from typing_extensions import override

from workbench.bench.client import Implementation

KEY_PACKAGE = bytes.fromhex("00010005")
"""How an MLSMessage with a key package begins, for those that give and take key packages bare."""


class Package(Implementation):
    """A package that can be imported where it is installed."""

    distribution: ClassVar[str]

    @override
    def missing(self) -> str | None:
        if find_spec(self.module) is None:
            return f"not installed: `pip install {self.distribution}`, or all with `pip install 'mls-workbench[peers]'`"
        return None

    @override
    def version(self) -> str:
        return version(self.distribution)
