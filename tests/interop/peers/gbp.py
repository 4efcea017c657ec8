"""OpenMLS, an implementation in Rust, through the Python package gbp-stack."""

from __future__ import annotations

from tests.interop.peers.member import (
    AddMember,
    Change,
    Form,
    Link,
    Member,
    NotOffered,
    PythonImplementation,
    RemoveMember,
    Sent,
    bare,
    wrapped,
)


class GbpMember(Member):
    """A client of OpenMLS. It begins in a group of its own, whose id the package chooses."""

    sends = reads = frozenset({"private"})
    shows_plaintext = False
    errors = (OSError,)

    def __init__(self, suite: int, identity: bytes) -> None:
        super().__init__(suite, identity)
        from gbp_stack.mls_context import MlsContext

        self._context = MlsContext.create(identity.decode())

    def key_package(self) -> bytes:
        return wrapped("key_package", self._context.export_key_package())

    def create(self, group_id: bytes) -> None:
        """Do nothing: the client is in a group of its own from the beginning."""

    def join(self, welcome: bytes, ratchet_tree: bytes = b"", link: Link | None = None) -> None:
        if ratchet_tree:
            raise NotOffered
        self._context.accept_welcome(welcome)

    def commit(self, *changes: Change, form: Form = "public") -> Sent:
        if form not in self.sends:
            raise NotOffered
        match changes:
            case [AddMember(key_package)]:
                commit, welcome = self._context.invite_full(bare("key_package", key_package))
            case [RemoveMember(leaf)]:
                commit, welcome = self._remove(leaf), b""
            case _:
                raise NotOffered
        self._context.finalize_commit()
        return Sent(commit, welcome)

    def _remove(self, leaf: int) -> bytes:
        try:
            commit: bytes = self._context.remove_member(leaf)
        except OSError as problem:
            # The package counts members where it should count leaves, so it cannot name a leaf behind a blank one.
            if "out of range" in str(problem):
                raise NotOffered from problem
            raise
        return commit

    def process(self, message: bytes) -> bytes | None:
        if self._context.process_message(message) == "commit":
            self._context.finalize_commit()
        return None

    def epoch(self) -> int:
        epoch: int = self._context.epoch
        return epoch


class Gbp(PythonImplementation):
    """The package."""

    name = "OpenMLS (gbp-stack)"
    package = "PyPI: gbp-stack"
    module = "gbp_stack"
    classes = ("MlsContext",)
    engine = "OpenMLS"
    license = "Apache-2.0"
    suites = (1,)
    other_suites = "it has no call that names a suite"
    member_class = GbpMember
