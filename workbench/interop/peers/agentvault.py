"""mls-rs, an implementation in Rust, through the Python package agentvault-mls-rs-uniffi."""

from __future__ import annotations

from typing import Any

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
    committer_of,
)


class AgentvaultMember(PeerMember):
    """A client of mls-rs. It names another member by an object, which it gets with a commit of that member."""

    sends = frozenset({"public"})

    def __init__(self, suite: int, identity: bytes) -> None:
        super().__init__(suite, identity)
        import mls_rs_uniffi as mls

        self._mls = mls
        self.errors = (mls.Error,)
        config = mls.client_config_default()
        config.use_ratchet_tree_extension = True
        keys = mls.generate_signature_keypair(mls.CipherSuite.CURVE25519_AES128)
        self._client = mls.Client(identity, keys, config)
        self._group: Any = None
        self._met: dict[int, Any] = {}
        """The members whose commits it processed, by their leaf."""

    @override
    def decode(self, message: bytes) -> None:
        self._message(message)

    @override
    def key_package(self) -> bytes:
        return self._bytes(self._client.generate_key_package_message())

    @override
    def create(self, group_id: bytes) -> None:
        self._group = self._client.create_group(group_id)

    @override
    def join(self, welcome: bytes, ratchet_tree: bytes = b"", link: Link | None = None) -> None:
        tree = self._mls.RatchetTree(bytes=ratchet_tree) if ratchet_tree else None
        self._group = self._client.join_group(tree, self._message(welcome)).group

    @override
    def commit(self, *changes: Change, form: Form = "public") -> PeerCommit:
        if form not in self.sends:
            raise NotOfferedByPeer
        match changes:
            case []:
                made = self._group.commit()
            case [AddMember(key_package)]:
                made = self._group.add_members([self._message(key_package)])
            case [RemoveMember(leaf)]:
                made = self._group.remove_members([self._whom(leaf)])
            case _:
                raise NotOfferedByPeer
        self._group.process_incoming_message(made.commit_message)
        welcome = made.welcome_message
        return PeerCommit(self._bytes(made.commit_message), b"" if welcome is None else self._bytes(welcome))

    @override
    def propose(self, change: Change, form: Form = "public") -> bytes:
        if form not in self.sends:
            raise NotOfferedByPeer
        match change:
            case AddMember(key_package):
                (message,) = self._group.propose_add_members([self._message(key_package)])
            case RemoveMember(leaf):
                (message,) = self._group.propose_remove_members([self._whom(leaf)])
            case _:
                raise NotOfferedByPeer
        return self._bytes(message)

    @override
    def process(self, message: bytes) -> bytes | None:
        received = self._group.process_incoming_message(self._message(message))
        if received.is_commit() and (leaf := committer_of(message)) is not None:
            self._met[leaf] = received.committer
        return received.data if received.is_application_message() else None

    @override
    def protect(self, application_data: bytes) -> bytes:
        return self._bytes(self._group.encrypt_application_message(application_data))

    @override
    def export(self, label: str, context: bytes, length: int) -> bytes:
        secret: bytes = self._group.export_secret(label.encode(), context, length)
        return secret

    def _whom(self, leaf: int) -> Any:
        if leaf not in self._met:
            raise NotOfferedByPeer
        return self._met[leaf]

    def _message(self, encoded: bytes) -> Any:
        return self._mls.Message.from_bytes(encoded)

    def _bytes(self, message: Any) -> bytes:
        encoded: bytes = message.to_bytes()
        return encoded


class AgentvaultPackage(PythonImplementation):
    """The package agentvault-mls-rs-uniffi as an implementation that can be asked."""

    name = "mls-rs (agentvault)"
    package = "PyPI: agentvault-mls-rs-uniffi"
    module = "mls_rs_uniffi"
    classes = ("Client", "Group")
    engine = "mls-rs"
    license = "Apache-2.0 or MIT"
    suites = (1,)
    other_suites = "its list of suites has one entry"
    member_class = AgentvaultMember
