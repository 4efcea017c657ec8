"""The people of a history: their keys, their key packages, and what everybody outside knows."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from workbench.mls import (
    BasicCredential,
    CipherSuite,
    Credential,
    Extension,
    GroupState,
    KeyPackageBundle,
    Lifetime,
    Policy,
    create_key_package,
    encode,
)
from workbench.mls.tree.own_leaf import default_capabilities
from workbench.mls.wire.code_points import ExtensionType, ResumptionPSKUsage
from workbench.mls.wire.extensions import ExternalSender, ExternalSenders
from workbench.mls.wire.proposals import ExternalPSK, PreSharedKeyID, ResumptionPSK
from workbench.mls.wire.tree import Capabilities

NOW = 1_767_600_000
"""5 January 2026, 08:00 UTC."""

LIFETIME = Lifetime(NOW - 3600, NOW + 30 * 24 * 3600)
POLICY = Policy(past_epochs=1, needs_approval=frozenset())
EXTERNAL_PSKS = {b"over lunch": b"fish", b"on paper": b"correct horse"}
OVERSEER = "Overseer"
"""Somebody outside whom a group may allow to propose."""

APPLICATIONS_OWN = 0xF042
"""An extension that these clients know and the RFC does not."""


def capabilities() -> Capabilities:
    """All that is built here, and an extension of the application's."""
    return replace(default_capabilities(), extensions=(APPLICATIONS_OWN,))


@dataclass
class Clients:
    """Who may be in groups; `suite_of` gives the suite object that a client works with.

    `hpke_keys` are all private keys that anybody has had, by their public keys, and `psks` all pre-shared keys by
    their encoded names: what the witness is told. `resumption` are those of past epochs of groups.
    """

    suite_of: Callable[[int], CipherSuite]
    hpke_keys: dict[bytes, bytes] = field(default_factory=dict)
    psks: dict[bytes, bytes] = field(default_factory=dict)
    resumption: dict[tuple[bytes, int], bytes] = field(default_factory=dict)
    bundles: dict[bytes, tuple[str, KeyPackageBundle]] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        for name, psk in EXTERNAL_PSKS.items():
            self.psks[_encoded_name(ExternalPSK(name))] = psk

    def entropy(self) -> bytes:
        """32 bytes, never the same twice, the same in every run."""
        return f"history {next(self._numbers)}".encode().ljust(32, b".")

    def credential(self, name: str) -> Credential:
        return Credential(BasicCredential(name.encode()))

    def signature_private_key(self, number: int, name: str) -> bytes:
        return self.suite_of(number).signature_key_pair(f"signature of {name}".encode().ljust(64, b".")).private_key

    def bundle(self, number: int, name: str) -> KeyPackageBundle:
        """A fresh key package of a client."""
        bundle = create_key_package(
            self.suite_of(number),
            self.credential(name),
            self.signature_private_key(number, name),
            lifetime=LIFETIME,
            entropy=self.entropy(),
            capabilities=capabilities(),
        )
        self.bundles[encode(bundle.key_package)] = (name, bundle)
        self.hpke_keys[bundle.key_package.leaf_node.encryption_key] = bundle.encryption_private_key
        return bundle

    def remember(self, state: GroupState) -> None:
        """Keep what a state holds for the witness, and for those who are told its resumption PSK."""
        for x, private_key in state.private_keys.items():
            self.hpke_keys[state.tree.encryption_key(x)] = private_key
        self.hpke_keys.update(state.update_keys)
        for epoch, psk in state.resumption_psks.items():
            self.resumption[state.group_id, epoch] = psk
            for usage in ResumptionPSKUsage:
                self.psks[_encoded_name(ResumptionPSK(usage, state.group_id, epoch))] = psk

    def external_senders(self, number: int) -> Extension:
        """The extension that lets the overseer propose."""
        suite = self.suite_of(number)
        key = suite.signature_public_key(self.signature_private_key(number, OVERSEER))
        senders = ExternalSenders((ExternalSender(key, self.credential(OVERSEER)),))
        return Extension(ExtensionType.external_senders, encode(senders))


def _encoded_name(psk: ExternalPSK | ResumptionPSK) -> bytes:
    """A PreSharedKeyID without its nonce, which is the last field of it."""
    return encode(PreSharedKeyID(psk, b""))[:-1]
