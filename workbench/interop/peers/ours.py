"""The workbench itself, as one of the implementations that can be asked."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence

from typing_extensions import override

from workbench import __version__
from workbench.interop.peers.member import (
    AddMember,
    Change,
    ExternalPsk,
    Form,
    Link,
    PastEpochPsk,
    PeerCommit,
    PeerImplementation,
    PeerMember,
    RemoveMember,
    SetExtensions,
    UpdateMember,
)
from workbench.mls import (
    Add,
    ApplicationMessage,
    BasicCredential,
    Credential,
    Extension,
    ExternalPSK,
    Framing,
    GroupContextExtensions,
    GroupState,
    KeyPackage,
    KeyPackageBundle,
    LeafIndex,
    Malformed,
    MLSError,
    MLSMessage,
    PendingCommit,
    Policy,
    PreSharedKey,
    PreSharedKeyID,
    RatchetTreeExtension,
    ReInit,
    Remove,
    ResumptionPSK,
    branch_group,
    cipher_suite,
    create_commit,
    create_group,
    create_key_package,
    decode,
    encode,
    export_secret,
    external_commit,
    group_info,
    join,
    new_lifetime,
    process,
    propose,
    propose_self_add,
    propose_update,
    protect,
    public_group,
    reinit_group,
)
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.wire.code_points import ProtocolVersion, ResumptionPSKUsage

POLICY = Policy(needs_approval=frozenset())


def now() -> int:
    """The present time, in seconds since 1970."""
    return int(time.time())


def entropy() -> bytes:
    """Fresh entropy for one call."""
    return secrets.token_bytes(32)


class OurMember(PeerMember):
    """A client of the workbench's engine."""

    errors = (MLSError,)
    state: GroupState

    def __init__(self, suite: int, identity: bytes) -> None:
        super().__init__(suite, identity)
        self._suite = cipher_suite(suite)
        self._credential = Credential(BasicCredential(identity))
        self._signature_private_key = self._suite.signature_key_pair(secrets.token_bytes(64)).private_key
        self._psks: dict[bytes, bytes] = {}

    def bundle(self, *, grease: bool = False) -> KeyPackageBundle:
        """A new key package of this client, with its private keys."""
        return create_key_package(
            self._suite,
            self._credential,
            self._signature_private_key,
            lifetime=new_lifetime(now()),
            entropy=entropy(),
            grease=grease,
        )

    @override
    def decode(self, message: bytes) -> None:
        decode(MLSMessage, message)

    @override
    def adopt(self, held: KeyPackageBundle) -> None:
        self._bundle = held

    @override
    def key_package(self, *, grease: bool = False) -> bytes:
        self._bundle = self.bundle(grease=grease)
        return encode(MLSMessage(ProtocolVersion.mls10, self._bundle.key_package))

    @override
    def create(self, group_id: bytes) -> None:
        self.state = create_group(self.bundle(), group_id, entropy=entropy(), now=now(), policy=POLICY)

    @override
    def join(self, welcome: bytes, ratchet_tree: bytes = b"", link: Link | None = None) -> None:
        self.state = join(
            welcome,
            self._bundle,
            now=now(),
            ratchet_tree=decode(RatchetTreeExtension, ratchet_tree) if ratchet_tree else None,
            old_group=self.state if link else None,
            psks=self._psks,
            policy=POLICY,
        )

    @override
    def external_commit(self, group_info: bytes, *, resync: bool = False) -> bytes:
        leaf = None
        if resync:
            there = public_group(group_info, now=now(), policy=POLICY)
            (leaf,) = [index for index, node in there.tree.leaves() if node.credential == self._credential]
        made = external_commit(
            group_info,
            self._credential,
            self._signature_private_key,
            entropy=entropy(),
            now=now(),
            resync=leaf,
            policy=POLICY,
        )
        self.state = made.next
        return encode(made.message)

    @override
    def ask_to_be_added(self, group_info: bytes) -> bytes:
        self._bundle = self.bundle()
        there = public_group(group_info, now=now(), policy=POLICY).context
        key_package, private_key = self._bundle.key_package, self._signature_private_key
        return encode(propose_self_add(key_package, private_key, self._suite, there.group_id, there.epoch, now=now()))

    @override
    def commit(self, *changes: Change, form: Form = "public") -> PeerCommit:
        proposals = [self._proposal(change) for change in changes]
        private = form == "private"
        return self._applied(
            create_commit(
                self.state, proposals, entropy=entropy(), now=now(), framing=Framing(private=private), psks=self._psks
            )
        )

    @override
    def propose(self, change: Change, form: Form = "public") -> bytes:
        private = form == "private"
        if isinstance(change, UpdateMember):
            proposed = propose_update(self.state, entropy=entropy(), now=now(), framing=Framing(private=private))
        else:
            proposed = propose(
                self.state, self._proposal(change), entropy=entropy(), now=now(), framing=Framing(private=private)
            )
        self.state = proposed.next
        return encode(proposed.message)

    @override
    def process(self, message: bytes) -> bytes | None:
        self.state, received = process(self.state, message, now=now(), psks=self._psks)
        return received.application_data if isinstance(received, ApplicationMessage) else None

    @override
    def protect(self, application_data: bytes) -> bytes:
        protected = protect(self.state, application_data, entropy=entropy())
        self.state = protected.next
        return encode(protected.message)

    @override
    def store_psk(self, psk_id: bytes, psk: bytes) -> None:
        self._psks[psk_id] = psk

    @override
    def group_info(self) -> bytes:
        return encode(group_info(self.state))

    @override
    def export(self, label: str, context: bytes, length: int) -> bytes:
        return export_secret(self.state, label, context, length)

    @override
    def epoch_authenticator(self) -> bytes:
        return self.state.secrets.epoch_authenticator

    @override
    def epoch(self) -> int:
        return self.state.epoch

    @override
    def reinit(self, group_id: bytes, form: Form = "public") -> bytes:
        announced = ReInit(group_id, ProtocolVersion.mls10, self.suite, ())
        private = form == "private"
        return self._applied(
            create_commit(self.state, [announced], entropy=entropy(), now=now(), framing=Framing(private=private))
        ).commit

    @override
    def found(self, link: Link, group_id: bytes, key_packages: Sequence[bytes]) -> PeerCommit:
        others = [_key_package_in(message) for message in key_packages]
        if link == "reinit":
            made = reinit_group(self.state, self.bundle(), others, entropy=entropy(), now=now(), policy=POLICY)
        else:
            made = branch_group(
                self.state, group_id, self.bundle(), others, entropy=entropy(), now=now(), policy=POLICY
            )
        return self._applied(made)

    def leaves(self) -> dict[bytes, LeafIndex]:
        """Where each identity stands in the tree."""
        credentials = {index: leaf.credential.credential for index, leaf in self.state.tree.leaves()}
        return {each.identity: index for index, each in credentials.items() if isinstance(each, BasicCredential)}

    def _applied(self, made: PendingCommit) -> PeerCommit:
        self.state = made.next
        return PeerCommit(encode(made.message), b"" if made.welcome is None else encode(made.welcome))

    def _proposal(self, change: Change) -> AnyProposal:
        match change:
            case AddMember(key_package):
                return Add(_key_package_in(key_package))
            case RemoveMember(leaf):
                return Remove(LeafIndex(leaf))
            case ExternalPsk(psk_id):
                return PreSharedKey(PreSharedKeyID(ExternalPSK(psk_id), self._nonce()))
            case PastEpochPsk(epoch):
                past = ResumptionPSK(ResumptionPSKUsage.application, self.state.group_id, epoch)
                return PreSharedKey(PreSharedKeyID(past, self._nonce()))
            case SetExtensions(extensions):
                return GroupContextExtensions(tuple(Extension(kind, data) for kind, data in extensions))
            case UpdateMember():
                raise TypeError("an Update is proposed, never committed by its own author (RFC 9420 §12.2)")

    def _nonce(self) -> bytes:
        return secrets.token_bytes(self._suite.hash_length)


def _key_package_in(message: bytes) -> KeyPackage:
    key_package = decode(MLSMessage, message).message
    if not isinstance(key_package, KeyPackage):
        raise Malformed("§10", f"a {type(key_package).__name__} is not a KeyPackage")
    return key_package


class Workbench(PeerImplementation):
    """The workbench as an implementation that can be asked."""

    name = "MLS Workbench"
    package = "mls-workbench"
    engine = "own Python"
    license = "Apache-2.0"
    member_class = OurMember

    @override
    def missing(self) -> str | None:
        return None

    @override
    def version(self) -> str:
        return __version__


OURS = Workbench()
