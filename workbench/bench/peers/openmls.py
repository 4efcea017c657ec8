"""OpenMLS, in Rust, through the package gbp-stack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from typing_extensions import override

from workbench.bench.client import Client, NotOffered
from workbench.bench.peers.package import KEY_PACKAGE, Package


class OpenMlsClient(Client):
    """A client of gbp-stack. It starts in its own group, adds one client at a time, and does not return plaintexts."""

    def __init__(self, identity: bytes) -> None:
        from gbp_stack.mls_context import MlsContext  # noqa: PLC0415 - it may be missing

        self._context = MlsContext.create(identity.decode())

    @override
    def create(self) -> None:
        """Do nothing: a client of gbp-stack is in a group of its own from the beginning."""

    @override
    def key_package(self) -> bytes:
        bare: bytes = self._context.export_key_package()
        return KEY_PACKAGE + bare

    @override
    def add(self, key_packages: Sequence[bytes]) -> tuple[bytes, Sequence[bytes]]:
        if len(key_packages) != 1:
            raise NotOffered
        commit, welcome = self._context.invite_full(key_packages[0].removeprefix(KEY_PACKAGE))
        self._context.finalize_commit()
        return commit, [welcome]

    @override
    def join(self, welcome: bytes) -> None:
        self._context.accept_welcome(welcome)

    @override
    def remove(self, leaf: int) -> bytes:
        commit: bytes = self._context.remove_member(leaf)
        self._context.finalize_commit()
        return commit

    @override
    def process(self, commit: bytes) -> None:
        if self._context.process_message(commit) == "commit":
            self._context.finalize_commit()


class OpenMls(Package):
    """OpenMLS, inside the package gbp-stack."""

    name: ClassVar[str] = "OpenMLS"
    package: ClassVar[str] = "PyPI: gbp-stack"
    distribution: ClassVar[str] = "gbp-stack"
    module: ClassVar[str] = "gbp_stack"
    private: ClassVar[bool] = True
    untimed: ClassVar[frozenset[str]] = frozenset({"key_package", "create"})  # both are made with the client
    notes: ClassVar[str] = "Rust; frames its commits as PrivateMessages, and adds with a path"

    @override
    def client(self, identity: bytes) -> OpenMlsClient:
        return OpenMlsClient(identity)
