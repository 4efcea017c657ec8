"""What somebody holds that opens messages and recomputes their values: public epochs, secrets, and private keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TypeAlias

from workbench.mls import CipherSuite, GroupState, KeyPackage, KeyPackageBundle, PublicGroup, RatchetTree, encode
from workbench.mls.crypto.ciphersuite import CIPHER_SUITES
from workbench.mls.framing.content import proposal_ref
from workbench.mls.group.key_package import key_package_ref
from workbench.mls.group.pre_shared_keys import HeldPSKs
from workbench.mls.schedule.secret_tree import MessageKey, SecretTree
from workbench.mls.wire.code_points import ContentType, WireFormat
from workbench.mls.wire.messages import AuthenticatedContent, GroupContext, MLSMessage, PublicMessage
from workbench.mls.wire.proposals import Proposal
from workbench.review.evidence import GroupEpoch, ReviewEvidence

MessageKeyName: TypeAlias = tuple[bytes, int, int, int, int]
"""Group id, epoch, leaf, content type and generation of a message key."""


@dataclass(frozen=True, slots=True)
class RatchetSecret:
    """A secret of a ratchet, from which the key of its generation and all later ones follow (RFC 9420 §9.1)."""

    leaf: int
    content_type: ContentType
    generation: int
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KnownEpochKeys:
    """What is known of one epoch: its public part, its secrets by their RFC names, and secrets of its secret tree.

    A member's state has a secret tree. A trace has single secrets: those of nodes by their index, and of ratchets.
    """

    context: GroupContext | None = None
    tree: RatchetTree | None = None
    interim_transcript_hash: bytes | None = None
    secrets: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    secret_tree: SecretTree | None = field(default=None, repr=False)
    tree_secrets: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    ratchet_secrets: tuple[RatchetSecret, ...] = ()

    def __or__(self, other: KnownEpochKeys) -> KnownEpochKeys:
        """What both know; where both know something, this one stays."""
        return KnownEpochKeys(
            self.context or other.context,
            self.tree or other.tree,
            self.interim_transcript_hash or other.interim_transcript_hash,
            {**other.secrets, **self.secrets},
            self.secret_tree or other.secret_tree,
            {**other.tree_secrets, **self.tree_secrets},
            (*self.ratchet_secrets, *other.ratchet_secrets),
        )

    def without_secrets(self) -> KnownEpochKeys:
        """The public part alone."""
        return KnownEpochKeys(self.context, self.tree, self.interim_transcript_hash)


UNKNOWN_EPOCH = KnownEpochKeys()


@dataclass(frozen=True, slots=True)
class Keyring:
    """What somebody knows of groups.

    `private_keys` are HPKE private keys by their public keys: of nodes, of leaves and of key packages. `key_packages`
    and `proposals` are objects by their references; a proposal is an encoded AuthenticatedContent. `message_keys` are
    keys of single messages that are known without the secrets before them.
    """

    epochs: Mapping[GroupEpoch, KnownEpochKeys] = field(default_factory=dict)
    private_keys: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    key_packages: Mapping[bytes, KeyPackage] = field(default_factory=dict)
    proposals: Mapping[bytes, bytes] = field(default_factory=dict)
    message_keys: Mapping[MessageKeyName, MessageKey] = field(default_factory=dict, repr=False)
    psks: HeldPSKs = field(default_factory=dict, repr=False)

    def __or__(self, other: Keyring) -> Keyring:
        """What both know together; where both know something, this one comes first."""
        epochs = dict(other.epochs)
        for name, known in self.epochs.items():
            epochs[name] = known | epochs[name] if name in epochs else known
        return Keyring(
            epochs,
            {**other.private_keys, **self.private_keys},
            {**other.key_packages, **self.key_packages},
            {**other.proposals, **self.proposals},
            {**other.message_keys, **self.message_keys},
            {**other.psks, **self.psks},
        )

    def epoch(self, group_id: bytes, epoch: int) -> KnownEpochKeys:
        """What is known of an epoch of a group."""
        return self.epochs.get((group_id, epoch), UNKNOWN_EPOCH)

    def without_secrets(self) -> Keyring:
        """What everybody can know who sees the public messages."""
        epochs = {name: known.without_secrets() for name, known in self.epochs.items()}
        return Keyring(epochs, key_packages=self.key_packages, proposals=self.proposals)


NO_KEYS = Keyring()


def keyring_of_state(state: GroupState) -> Keyring:
    """What the state of a member holds."""
    epochs = {
        (state.group_id, past.epoch): KnownEpochKeys(
            past.context, past.tree, None, {"sender_data_secret": past.sender_data_secret}, past.secret_tree
        )
        for past in state.past_epochs
    }
    secrets = {each.name: getattr(state.secrets, each.name) for each in fields(state.secrets)}
    present = keyring_of_group(state.public)
    epochs[state.group_id, state.epoch] = replace(
        present.epoch(state.group_id, state.epoch), secrets=secrets, secret_tree=state.secret_tree
    )
    private_keys = {
        node.encryption_key: private_key
        for at, private_key in state.private_keys.items()
        if (node := state.tree.node(at)) is not None
    }
    return Keyring(epochs, {**private_keys, **state.update_keys}, psks=state.own_psks, proposals=present.proposals)


def keyring_of_group(group: PublicGroup) -> Keyring:
    """What the public part of a group shows."""
    known = KnownEpochKeys(group.context, group.tree, group.interim_transcript_hash)
    return Keyring({(group.group_id, group.epoch): known})


def keyring_of_bundle(bundle: KeyPackageBundle) -> Keyring:
    """The private keys of a key package."""
    key_package = bundle.key_package
    private_keys = {
        key_package.init_key: bundle.init_private_key,
        key_package.leaf_node.encryption_key: bundle.encryption_private_key,
    }
    return Keyring(private_keys=private_keys) | keyring_of_key_package(key_package)


def keyring_of_key_package(key_package: KeyPackage) -> Keyring:
    """A key package by its reference, if its cipher suite is known here."""
    suite = CIPHER_SUITES.get(key_package.cipher_suite)
    return NO_KEYS if suite is None else Keyring(key_packages={key_package_ref(suite, key_package): key_package})


def keyring_of_message(message: MLSMessage, suite: CipherSuite) -> Keyring:
    """What a public message shows to everybody: a key package or a proposal, by its reference."""
    match message.message:
        case KeyPackage() as key_package:
            return keyring_of_key_package(key_package)
        case PublicMessage(content, auth) if isinstance(content.content, Proposal):
            sent = AuthenticatedContent(WireFormat.mls_public_message, content, auth)
            return Keyring(proposals={proposal_ref(suite, sent): encode(sent)})
        case _:
            return NO_KEYS


def keyring_of_evidence(evidence: ReviewEvidence) -> Keyring:
    """What a reviewer holds."""
    parts = [
        *map(keyring_of_state, evidence.states.values()),
        *map(keyring_of_group, evidence.groups.values()),
        *map(keyring_of_bundle, evidence.bundles),
    ]
    return joined(parts) | Keyring(psks=evidence.psks)


def joined(keyrings: Iterable[Keyring]) -> Keyring:
    """All keyrings together; what stands earlier comes first."""
    whole = NO_KEYS
    for each in keyrings:
        whole = whole | each
    return whole
