"""A group of one cipher suite with a history: blanks, unmerged leaves, extensions, pending proposals."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from workbench.mls import (
    Add,
    BasicCredential,
    CipherSuite,
    Credential,
    CustomProposalType,
    Extension,
    ExternalPSK,
    Framing,
    GroupState,
    KeyPackageBundle,
    Lifetime,
    PendingCommit,
    Policy,
    PreSharedKey,
    PreSharedKeyID,
    Remove,
    SigningKey,
    Welcome,
    cipher_suite,
    create_commit,
    create_group,
    create_key_package,
    encode,
    join,
    process,
    propose_update,
)
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.tree.own_leaf import default_capabilities
from workbench.mls.wire.code_points import CredentialType, ExtensionType
from workbench.mls.wire.extensions import ApplicationId, ExternalSender, ExternalSenders, RequiredCapabilities

NOW = 1_767_600_000
"""5 January 2026, 08:00 UTC."""

LIFETIME = Lifetime(NOW - 3600, NOW + 30 * 24 * 3600)
CUSTOM = CustomProposalType(0xF042, path_required=False, external_senders=True)
POLICY = Policy(past_epochs=1, custom_proposals=(CUSTOM,))
"""The policy of all members of the scene; it allows more than the default policy, so that more can be tested."""

PSKS: Mapping[bytes, bytes] = {b"over lunch": b"fish"}


@dataclass(frozen=True, slots=True)
class FuzzScene:
    """The states of Mallory, a dishonest member, and of Carol, an honest member; and Grace, a client to be added.

    `overseer` is the signature key of an external sender. `committed` is Mallory's commit that adds Grace, and
    `in_private` the same commit as a PrivateMessage. Carol's state is the one before this commit.
    """

    suite: CipherSuite
    mallory: GroupState
    carol: GroupState
    grace: KeyPackageBundle
    overseer: SigningKey
    committed: PendingCommit
    in_private: PendingCommit


def entropies(seed: str) -> Iterator[bytes]:
    """32 bytes for each call: different in each call, the same in each run."""
    for number in itertools.count():
        yield f"{seed} {number}".encode().ljust(32, b".")


def client(suite: CipherSuite, name: str, entropy: bytes) -> KeyPackageBundle:
    """A key package in which no field is empty."""
    keys = suite.signature_key_pair(name.encode().ljust(64, b"."))
    return create_key_package(
        suite,
        Credential(BasicCredential(name.encode())),
        keys.private_key,
        lifetime=LIFETIME,
        entropy=entropy,
        capabilities=replace(default_capabilities(), proposals=(CUSTOM.number,)),
        leaf_extensions=[Extension(ExtensionType.application_id, encode(ApplicationId(name.encode())))],
    )


@cache
def scene(suite_id: int) -> FuzzScene:
    """The scene of one suite; it is the same each time."""
    suite = cipher_suite(suite_id)
    fresh = entropies(f"scene {suite_id}")
    bundles = {name: client(suite, name, next(fresh)) for name in ("Mallory", "Bob", "Carol", "Dave", "Erin", "Frank")}
    grace = client(suite, "Grace", next(fresh))
    mallory = create_group(
        bundles["Mallory"],
        b"the group",
        entropy=next(fresh),
        now=NOW,
        extensions=_extensions(bundles["Bob"]),
        policy=POLICY,
    )
    adds = [Add(bundles[name].key_package) for name in ("Bob", "Carol", "Dave", "Erin")]
    first = create_commit(mallory, adds, entropy=next(fresh), now=NOW)
    mallory = first.next
    carol = _join(first, bundles["Carol"])
    # Carol fills her path, Dave's removal leaves a blank, and Frank is unmerged
    own = create_commit(carol, [Remove(_join(first, bundles["Dave"]).own_leaf)], entropy=next(fresh), now=NOW)
    mallory, _ = process(mallory, own.message, now=NOW)
    carol = own.next
    frank = create_commit(mallory, [Add(bundles["Frank"].key_package)], entropy=next(fresh), now=NOW, path=False)
    carol, _ = process(carol, frank.message, now=NOW)
    mallory = frank.next
    # Mallory's commit refers to the proposal of Carol
    proposed = propose_update(carol, entropy=next(fresh), now=NOW)
    carol = proposed.next
    mallory, _ = process(mallory, proposed.message, now=NOW)
    psk = PreSharedKey(PreSharedKeyID(ExternalPSK(b"over lunch"), bytes(suite.hash_length)))
    listed: tuple[AnyProposal, ...] = (Add(grace.key_package), psk)
    last = next(fresh)
    committed, in_private = (
        create_commit(mallory, listed, entropy=last, now=NOW, psks=PSKS, framing=Framing(private=private))
        for private in (False, True)
    )
    return FuzzScene(suite, mallory, carol, grace, bundles["Bob"].signature_private_key, committed, in_private)


def _extensions(sender: KeyPackageBundle) -> tuple[Extension, ...]:
    required = RequiredCapabilities((), (), (CredentialType.basic,))
    leaf_node = sender.key_package.leaf_node
    senders = ExternalSenders((ExternalSender(leaf_node.signature_key, leaf_node.credential),))
    return (
        Extension(ExtensionType.required_capabilities, encode(required)),
        Extension(ExtensionType.external_senders, encode(senders)),
    )


def welcome_of(committed: PendingCommit) -> Welcome:
    """The Welcome of a commit that adds a client."""
    if committed.welcome is None or not isinstance(committed.welcome.message, Welcome):
        raise TypeError("the commit adds nobody")
    return committed.welcome.message


def _join(committed: PendingCommit, bundle: KeyPackageBundle) -> GroupState:
    return join(welcome_of(committed), bundle, now=NOW, policy=POLICY)
