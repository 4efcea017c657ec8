"""OpenMLS, an implementation in Rust, through the Python package gbp-stack."""

from __future__ import annotations

from typing_extensions import override

from workbench.interop.peers.member import (
    AddMember,
    Change,
    Form,
    Link,
    NotOfferedByPeer,
    PeerCommit,
    PeerMember,
    PythonImplementation,
    RemoveMember,
    bare,
    wrapped,
)


class GbpMember(PeerMember):
    """A client of OpenMLS. It begins in a group of its own, whose id the package chooses."""

    sends = reads = frozenset({"private"})
    shows_plaintext = False
    errors = (OSError,)

    def __init__(self, suite: int, identity: bytes) -> None:
        super().__init__(suite, identity)
        from gbp_stack.mls_context import MlsContext

        self._context = MlsContext.create(identity.decode())

    @override
    def key_package(self) -> bytes:
        return wrapped("key_package", self._context.export_key_package())

    @override
    def create(self, group_id: bytes) -> None:
        """Do nothing: the client is in a group of its own from the beginning."""

    @override
    def join(self, welcome: bytes, ratchet_tree: bytes = b"", link: Link | None = None) -> None:
        if ratchet_tree:
            raise NotOfferedByPeer
        self._context.accept_welcome(welcome)

    @override
    def commit(self, *changes: Change, form: Form = "public") -> PeerCommit:
        if form not in self.sends:
            raise NotOfferedByPeer
        match changes:
            case [AddMember(key_package)]:
                commit, welcome = self._context.invite_full(bare("key_package", key_package))
            case [RemoveMember(leaf)]:
                commit, welcome = self._remove(leaf), b""
            case _:
                raise NotOfferedByPeer
        self._context.finalize_commit()
        return PeerCommit(commit, welcome)

    def _remove(self, leaf: int) -> bytes:
        try:
            commit: bytes = self._context.remove_member(leaf)
        except OSError as problem:
            # The package counts members where it should count leaves, so it cannot name a leaf behind a blank one.
            if "out of range" in str(problem):
                raise NotOfferedByPeer from problem
            raise
        return commit

    @override
    def process(self, message: bytes) -> bytes | None:
        if self._context.process_message(message) == "commit":
            self._context.finalize_commit()
        return None

    @override
    def epoch(self) -> int:
        epoch: int = self._context.epoch
        return epoch


class GbpPackage(PythonImplementation):
    """The package gbp-stack as an implementation that can be asked."""

    name = "OpenMLS (gbp-stack)"
    package = "PyPI: gbp-stack"
    module = "gbp_stack"
    classes = ("MlsContext",)
    engine = "OpenMLS"
    license = "Apache-2.0"
    suites = (1,)
    other_suites = "it has no call that names a suite"
    member_class = GbpMember
