"""The Python package rfc9420."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec
from typing_extensions import override

from workbench.interop.peers.member import (
    HEADERS,
    AddMember,
    Change,
    ExternalPsk,
    Form,
    Link,
    NotOfferedByPeer,
    PastEpochPsk,
    PeerCommit,
    PeerMember,
    PythonImplementation,
    RemoveMember,
    SetExtensions,
    UpdateMember,
    bare,
    is_application,
    wrapped,
)
from workbench.mls import KeyPackageBundle, decode, encode
from workbench.mls.wire.extensions import ExternalPub

if TYPE_CHECKING:
    from rfc9420.messages.data_structures import Signature
    from rfc9420.messages.key_packages import KeyPackage, LeafNode

HOUR, MONTH = 3600, 28 * 24 * 3600
SIGNATURE_KEY_SIZES = {1: 32, 3: 32, 4: 57, 6: 57}
CURVES = {2: ec.SECP256R1(), 5: ec.SECP521R1(), 7: ec.SECP384R1()}


class Rfc9420Member(PeerMember):
    """A client of rfc9420. It leaves keys and key packages to the application, which makes them here with its calls."""

    sends = reads = frozenset({"public"})

    def __init__(self, suite: int, identity: bytes) -> None:
        super().__init__(suite, identity)
        import rfc9420
        from rfc9420.extensions import extensions
        from rfc9420.messages import data_structures, key_packages, messages

        self._extensions = extensions
        self._data, self._keys, self._messages = data_structures, key_packages, messages
        self._groups: Any = rfc9420.ProtocolMLSGroup
        self.errors = (Exception,)  # those of many modules, some of them built in
        self._crypto = rfc9420.DefaultCryptoProvider(suite)
        self._signature_key = _new_signature_key(suite)
        self._psks: dict[bytes, bytes] = {}
        self._group: Any = None

    @override
    def decode(self, message: bytes) -> None:
        structs: dict[str, Any] = {
            "key_package": self._keys.KeyPackage,
            "welcome": self._data.Welcome,
            "public_message": self._messages.MLSPlaintext,
            "private_message": self._messages.MLSCiphertext,
        }
        kind = next((each for each in structs if message.startswith(HEADERS[each])), None)
        if kind is None:
            raise NotOfferedByPeer
        structs[kind].deserialize(bare(kind, message))

    @override
    def adopt(self, held: KeyPackageBundle) -> None:
        if not isinstance(held.signature_private_key, bytes):
            raise NotOfferedByPeer
        self._waiting = self._keys.KeyPackage.deserialize(encode(held.key_package))
        self._init_key, self._leaf_key = held.init_private_key, held.encryption_private_key
        self._signature_key = held.signature_private_key

    @override
    def key_package(self) -> bytes:
        return wrapped("key_package", self._new_key_package().serialize())

    @override
    def create(self, group_id: bytes) -> None:
        group = self._groups.create(group_id, self._new_key_package(), self._crypto)
        group._ratchet_tree.get_node(0).private_key = self._leaf_key  # there is no call for it
        self._enter(group)

    @override
    def join(self, welcome: bytes, ratchet_tree: bytes = b"", link: Link | None = None) -> None:
        opened = self._data.Welcome.deserialize(bare("welcome", welcome))
        old_psk = self._group.get_resumption_psk() if link else None
        joined = self._groups.from_welcome(
            opened,
            self._init_key,
            self._crypto,
            key_package=self._waiting,
            welcome_psk_resolver=lambda psk: old_psk or self._psks.get(psk.psk_id),
            encryption_private_key=self._leaf_key,
        )
        self._enter(joined)

    @override
    def external_commit(self, group_info: bytes, *, resync: bool = False) -> bytes:
        if resync:
            raise NotOfferedByPeer
        group = self._groups.from_group_info(bare("group_info", group_info), self._crypto)
        key = decode(ExternalPub, group._external_public_key).external_pub
        made = group.external_commit(self._new_key_package(), self._signature_key, key)
        group.apply_own_commit(made)
        self._enter(group)
        return wrapped("public_message", made.commit_message.serialize())

    @override
    def commit(self, *changes: Change, form: Form = "public") -> PeerCommit:
        if form not in self.sends:
            raise NotOfferedByPeer
        self._group._pending_proposals += [self._proposal(change) for change in changes]
        self._write_external_pub_as_a_vector()
        made = self._group.create_commit(self._signature_key)
        self._group.apply_own_commit(made)
        return PeerCommit(
            wrapped("public_message", made.commit_message.serialize()),
            *(wrapped("welcome", each.serialize()) for each in made.welcomes),
        )

    @override
    def propose(self, change: Change, form: Form = "public") -> bytes:
        key = self._signature_key
        match change:
            case AddMember(key_package):
                added = self._keys.KeyPackage.deserialize(bare("key_package", key_package))
                made = self._group.create_add_proposal(added, key)
            case RemoveMember(leaf):
                made = self._group.create_remove_proposal(leaf, key)
            case UpdateMember():
                made = self._group.create_update_proposal(self._updated_leaf(), key)
            case _:
                raise NotOfferedByPeer
        self._take(made)
        return wrapped("public_message", made.serialize())

    @override
    def process(self, message: bytes) -> bytes | None:
        if is_application(message):
            protected = self._messages.MLSCiphertext.deserialize(bare("private_message", message))
            application_data: bytes
            _, application_data = self._group.unprotect(protected)
            return application_data
        if not message.startswith(HEADERS["public_message"]):
            raise NotOfferedByPeer
        taken = self._messages.MLSPlaintext.deserialize(bare("public_message", message))
        content = taken.auth_content.tbs.framed_content
        if content.content_type == self._messages.ContentType.PROPOSAL:
            self._take(taken)
        elif content.sender.sender_type == self._data.SenderType.NEW_MEMBER_COMMIT:
            self._group.process_external_commit(taken)
        else:
            self._group.process_commit(taken, content.sender.sender)
        return None

    @override
    def protect(self, application_data: bytes) -> bytes:
        return wrapped("private_message", self._group.protect(application_data, self._signature_key).serialize())

    @override
    def store_psk(self, psk_id: bytes, psk: bytes) -> None:
        self._psks[psk_id] = psk

    @override
    def group_info(self, *, as_it_is: bool = False) -> bytes:
        """With an external_pub that others can read, or `as_it_is`."""
        if not as_it_is:
            self._write_external_pub_as_a_vector()
        return wrapped("group_info", self._group.export_group_info(self._signature_key))

    def leaf(self) -> bytes:
        """The leaf node in its last key package."""
        return b"" if self._waiting.leaf_node is None else self._waiting.leaf_node.serialize()

    def required_capabilities(self, extensions: list[int], proposals: list[int], credentials: list[int]) -> bytes:
        """The data of such an extension, as the package writes it."""
        return self._extensions.build_required_capabilities(extensions, proposals, credentials)

    @override
    def export(self, label: str, context: bytes, length: int, *, as_it_is: bool = False) -> bytes:
        """Of the hash of the context, as RFC 9420 says, or of the context `as_it_is`, as the package does."""
        hashed = context if as_it_is else self._crypto.hash(context)
        secret: bytes = self._group.export_secret(label.encode(), hashed, length)
        return secret

    @override
    def epoch_authenticator(self) -> bytes:
        authenticator: bytes = self._group.get_epoch_authenticator()
        return authenticator

    @override
    def epoch(self) -> int:
        epoch: int = self._group.get_epoch()
        return epoch

    @override
    def reinit(self, group_id: bytes, form: Form = "public") -> bytes:
        made = self._group.reinit_group_to(group_id, self._signature_key)
        self._group.apply_own_commit(made)
        return wrapped("public_message", made.commit_message.serialize())

    @override
    def found(self, link: Link, group_id: bytes, key_packages: Sequence[bytes]) -> PeerCommit:
        """Found a branch; the package chooses the id of the new group itself."""
        if link == "reinit":
            raise NotOfferedByPeer
        others = [self._keys.KeyPackage.deserialize(bare("key_package", each)) for each in key_packages]
        group, welcomes = self._group.create_subgroup([self._new_key_package(), *others], self._signature_key)
        self._enter(group)
        return PeerCommit(b"", *(wrapped("welcome", each.serialize()) for each in welcomes))

    def _enter(self, group: Any) -> None:
        group.set_external_psk_provider(lambda psk: self._psks.get(psk.psk_id))
        self._group = group

    def _write_external_pub_as_a_vector(self) -> None:
        """Write external_pub as a vector: the package writes the bare key, which no other implementation can read."""
        key = self._group._external_private_key
        if key is not None:
            self._group._external_public_key = encode(ExternalPub(self._crypto.hpke_public_from_private(key)))

    def _take(self, proposal: Any) -> None:
        self._group.process_proposal(proposal, proposal.auth_content.tbs.framed_content.sender)

    def _proposal(self, change: Change) -> Any:
        """For the commit itself: its own calls make those that a commit refers to."""
        match change:
            case AddMember(key_package):
                return self._data.AddProposal(bare("key_package", key_package))
            case RemoveMember(leaf):
                return self._data.RemoveProposal(leaf)
            case ExternalPsk(psk_id):
                return self._psk(self._data.PSKType.EXTERNAL, psk_id=psk_id)
            case PastEpochPsk(epoch):
                usage, group_id = self._data.ResumptionPSKUsage.APPLICATION, self._group.get_group_id()
                past = {"usage": usage, "psk_group_id": group_id, "psk_epoch": epoch}
                return self._psk(self._data.PSKType.RESUMPTION, **past)
            case SetExtensions(extensions):
                made = [self._extensions.Extension(kind, data) for kind, data in extensions]
                return self._data.GroupContextExtensionsProposal(self._extensions.serialize_extensions(made))
            case UpdateMember():
                raise NotOfferedByPeer

    def _psk(self, kind: Any, **fields: Any) -> Any:
        nonce = secrets.token_bytes(self._crypto.kdf_hash_len())
        return self._data.PreSharedKeyProposal(self._data.PreSharedKeyID(kind, psk_nonce=nonce, **fields))

    def _new_key_package(self) -> KeyPackage:
        self._init_key, init_public = self._crypto.generate_key_pair()
        self._leaf_key, leaf_public = self._crypto.generate_key_pair()
        suite = self._crypto.active_ciphersuite
        unsigned = self._keys.KeyPackage(
            cipher_suite=self._data.CipherSuite(suite.kem, suite.kdf, suite.aead, suite_id=self.suite),
            init_key=init_public,
            leaf_node=self._new_leaf(leaf_public),
        )
        self._waiting = replace(unsigned, signature=self._signed(b"KeyPackageTBS", unsigned.tbs_serialize()))
        return self._waiting

    def _new_leaf(self, encryption_key: bytes) -> LeafNode:
        public = self._crypto.signature_public_from_private(self._signature_key)
        now = int(time.time())
        unsigned = self._keys.LeafNode(
            encryption_key=encryption_key,
            signature_key=public,
            capabilities=self._extensions.build_capabilities_data([self.suite], [], include_grease=False),
            credential=self._data.Credential(self.identity, public),
            lifetime_not_before=now - HOUR,
            lifetime_not_after=now + MONTH,
        )
        return replace(unsigned, signature=self._signed(b"LeafNodeTBS", unsigned.tbs_serialize()))

    def _updated_leaf(self) -> LeafNode:
        _, public = self._crypto.generate_key_pair()
        source = self._keys.LeafNodeSource.UPDATE
        unsigned = replace(self._new_leaf(public), leaf_node_source=source)
        signed = unsigned.tbs_serialize(self._group.get_group_id(), self._group.get_own_leaf_index())
        return replace(unsigned, signature=self._signed(b"LeafNodeTBS", signed))

    def _signed(self, label: bytes, content: bytes) -> Signature:
        return self._data.Signature(self._crypto.sign_with_label(self._signature_key, label, content))


def _new_signature_key(suite: int) -> bytes:
    """It has no call that makes one."""
    if suite in SIGNATURE_KEY_SIZES:
        return secrets.token_bytes(SIGNATURE_KEY_SIZES[suite])
    curve = CURVES[suite]
    return ec.generate_private_key(curve).private_numbers().private_value.to_bytes((curve.key_size + 7) // 8, "big")


class Rfc9420Package(PythonImplementation):
    """The package rfc9420 as an implementation that can be asked."""

    name = "rfc9420"
    package = "PyPI: rfc9420"
    module = "rfc9420"
    classes = ("ProtocolMLSGroup",)
    engine = "own Python"
    license = "Apache-2.0"
    member_class = Rfc9420Member
