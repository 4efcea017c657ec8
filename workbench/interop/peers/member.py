"""A client of any implementation, driven by bytes.

All arguments and results are bytes, and every message is an MLSMessage. If a package takes or gives a bare struct, its
module unwraps or wraps it. If an implementation does not offer a call, its module leaves it out, and the call raises
`NotOffered`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import ClassVar, Literal, TypeAlias

from typing_extensions import override

from workbench.mls import CIPHER_SUITES, KeyPackageBundle, MLSMessage, decode
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.messages import MemberSender, PrivateMessage, PublicMessage


class NotOfferedByPeer(Exception):
    """The package has no call for this."""


class PeerRefused(Exception):
    """The package has the call and answered it with an error."""


# What a commit or a proposal is about


@dataclass(frozen=True, slots=True)
class AddMember:
    """Add the client of a key package."""

    key_package: bytes


@dataclass(frozen=True, slots=True)
class RemoveMember:
    """Remove the member at a leaf. Some packages name a leaf by its number, others by the identity in it."""

    leaf: int
    identity: bytes


@dataclass(frozen=True, slots=True)
class UpdateMember:
    """Give the proposer a new leaf key."""


@dataclass(frozen=True, slots=True)
class ExternalPsk:
    """Mix in an external pre-shared key, which all members have got by `store_psk`."""

    psk_id: bytes


@dataclass(frozen=True, slots=True)
class PastEpochPsk:
    """Mix in the resumption PSK of a past epoch of the same group."""

    epoch: int


@dataclass(frozen=True, slots=True)
class SetExtensions:
    """Set these extensions of the group, by type and data."""

    extensions: tuple[tuple[int, bytes], ...]


Change: TypeAlias = AddMember | RemoveMember | UpdateMember | ExternalPsk | PastEpochPsk | SetExtensions
Link: TypeAlias = Literal["reinit", "branch"]
Form: TypeAlias = Literal["public", "private"]
BOTH: frozenset[Form] = frozenset({"public", "private"})


@dataclass(frozen=True, slots=True)
class PeerCommit:
    """A commit that its author has applied, with the Welcome for those whom it adds and the tree if that is apart."""

    commit: bytes
    welcome: bytes = b""
    ratchet_tree: bytes = b""


class PeerMember:
    """One client with one signature key, in at most one group."""

    sends: ClassVar[frozenset[Form]] = BOTH
    """The forms of handshake messages that it can be made to send."""
    reads: ClassVar[frozenset[Form]] = BOTH
    shows_plaintext: ClassVar[bool] = True
    """Whether the package hands out what an application message says, not only that it was one."""

    exports_only: ClassVar[tuple[str, bytes] | None] = None
    """The label and the context of all that the package exports; None if the caller chooses them."""

    errors: tuple[type[Exception], ...] = (PeerRefused,)
    """What it raises when it refuses."""

    def __init__(self, suite: int, identity: bytes) -> None:
        self.suite, self.identity = suite, identity

    # Without a group

    def decode(self, message: bytes) -> None:
        """Decode a message, and check nothing else of it."""
        raise NotOfferedByPeer

    # Ways into a group

    def adopt(self, held: KeyPackageBundle) -> None:
        """Take a key package of our engine with its private keys, in place of one of its own: the next join uses it."""
        raise NotOfferedByPeer

    def key_package(self) -> bytes:
        """Make a key package, with which this client is added later."""
        raise NotOfferedByPeer

    def create(self, group_id: bytes) -> None:
        """Create a group with this client as its only member."""
        raise NotOfferedByPeer

    def join(self, welcome: bytes, ratchet_tree: bytes = b"", link: Link | None = None) -> None:
        """Join by a Welcome; `link` says how the new group comes from the present one, if it does."""
        raise NotOfferedByPeer

    def external_commit(self, group_info: bytes, *, resync: bool = False) -> bytes:
        """Join by an external commit and return it; with `resync` it replaces the client's former leaf."""
        raise NotOfferedByPeer

    def ask_to_be_added(self, group_info: bytes) -> bytes:
        """Make the proposal by which a newcomer asks to be added. `join` takes the Welcome for it."""
        raise NotOfferedByPeer

    # Within a group

    def commit(self, *changes: Change, form: Form = "public") -> PeerCommit:
        """Commit these and all pending proposals, and apply the commit; without any, give the own leaf a new key."""
        raise NotOfferedByPeer

    def propose(self, change: Change, form: Form = "public") -> bytes:
        """Make a proposal, and keep it for the next commit."""
        raise NotOfferedByPeer

    def process(self, message: bytes) -> bytes | None:
        """Process a message; return the plaintext of an application message if the package shows it."""
        raise NotOfferedByPeer

    def protect(self, application_data: bytes) -> bytes:
        """Make an application message."""
        raise NotOfferedByPeer

    def store_psk(self, psk_id: bytes, psk: bytes) -> None:
        """Keep an external pre-shared key for later commits and Welcomes."""
        raise NotOfferedByPeer

    # What is known in an epoch

    def group_info(self) -> bytes:
        """The GroupInfo of the present epoch, with the tree and an external key."""
        raise NotOfferedByPeer

    def export(self, label: str, context: bytes, length: int) -> bytes:
        """An exported secret of the epoch (RFC 9420 §8.5)."""
        raise NotOfferedByPeer

    def epoch_authenticator(self) -> bytes:
        """The epoch authenticator (RFC 9420 §8.7)."""
        raise NotOfferedByPeer

    def epoch(self) -> int:
        """The number of the present epoch."""
        raise NotOfferedByPeer

    # Groups that come from others

    def reinit(self, group_id: bytes, form: Form = "public") -> bytes:
        """A commit that ends the group, for one of the same cipher suite to follow."""
        raise NotOfferedByPeer

    def found(self, link: Link, group_id: bytes, key_packages: Sequence[bytes]) -> PeerCommit:
        """The group that comes from the present one; the founder is in it then."""
        raise NotOfferedByPeer


class PeerImplementation:
    """A package, and the clients that it has been asked for."""

    name: ClassVar[str]
    package: ClassVar[str]
    """Where it comes from, and its name there."""
    engine: ClassVar[str]
    license: ClassVar[str]
    suites: ClassVar[tuple[int, ...]] = tuple(CIPHER_SUITES)
    other_suites: ClassVar[str] = ""
    """Why it has no others, if it has not all seven."""
    refuses_other_suites: ClassVar[bool] = False
    """Whether it can be asked for them."""
    member_class: ClassVar[type[PeerMember]]

    def missing(self) -> str | None:
        """Why it cannot be played with here, or None."""
        raise NotImplementedError

    def version(self) -> str:
        """The version that is installed."""
        raise NotImplementedError

    def member(self, suite: int, identity: bytes) -> PeerMember:
        """A new client."""
        return self.member_class(suite, identity)

    def calls(self) -> frozenset[str]:
        """The names of all that can be asked of its clients and groups, whether or not its module asks it."""
        raise NotImplementedError

    def close(self) -> None:
        """End what was started for it."""


class PythonImplementation(PeerImplementation):
    """A package of PyPI."""

    module: ClassVar[str]
    """What it is imported as."""
    classes: ClassVar[tuple[str, ...]]
    """Its clients and groups."""

    @override
    def missing(self) -> str | None:
        if find_spec(self.module) is None:
            return f"{self.name} is not installed: `pip install {self._distribution}` installs it"
        return None

    @override
    def version(self) -> str:
        return version(self._distribution)

    @override
    def calls(self) -> frozenset[str]:
        module = import_module(self.module)
        return frozenset(name for each in self.classes for name in dir(getattr(module, each)) if name[0] != "_")

    @property
    def _distribution(self) -> str:
        return self.package.removeprefix("PyPI: ")


def identity_of(name: str) -> bytes:
    """The identity of a client in the form that core-crypto insists on: USER:DEVICE@DOMAIN."""
    return f"{uuid.uuid5(uuid.NAMESPACE_URL, name)}:1@mls.example".encode()


def is_application(message: bytes) -> bool:
    """Whether a message is an application message, which a PrivateMessage says in the clear."""
    body = decode(MLSMessage, message).message
    return isinstance(body, PrivateMessage) and body.content_type == ContentType.application


def committer_of(message: bytes) -> int | None:
    """The leaf of the member that sent a PublicMessage, which says it in the clear; None for any other message."""
    body = decode(MLSMessage, message).message
    if not isinstance(body, PublicMessage) or not isinstance(body.content.sender.sender, MemberSender):
        return None
    return body.content.sender.sender.leaf_index


HEADERS = {
    "public_message": bytes.fromhex("00010001"),
    "private_message": bytes.fromhex("00010002"),
    "welcome": bytes.fromhex("00010003"),
    "group_info": bytes.fromhex("00010004"),
    "key_package": bytes.fromhex("00010005"),
}


def wrapped(kind: str, bare: bytes) -> bytes:
    """The MLSMessage that frames a bare struct of a package."""
    return HEADERS[kind] + bare


def bare(kind: str, message: bytes) -> bytes:
    """The bare struct in an MLSMessage, for a package that takes bare structs."""
    if not message.startswith(HEADERS[kind]):
        raise NotOfferedByPeer
    return message.removeprefix(HEADERS[kind])
