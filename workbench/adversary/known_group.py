"""What the attacker knows of one group: its epochs, their secrets, and private keys of its ratchet trees.

The other modules of the attacker (`welcomes`, `messages`, `commits`) write what they learn here. They find out about
each other's results by the facts (`facts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TypeAlias

from workbench.adversary.facts import (
    EpochAt,
    Facts,
    InitKeyOf,
    KeyPackageIn,
    KeyPackageOf,
    PrivateKeyOf,
    ProposalIn,
    RandomnessIn,
    ResumptionPSKOf,
    SecretsOf,
    SecretTreeOf,
    SenderDataSecretOf,
)
from workbench.adversary.findings import Entered, Finding, Learned, Way
from workbench.adversary.leaked_secrets import InitKey
from workbench.adversary.public_tracking import KnownEpoch
from workbench.adversary.randomness_compromise import ExpandedRandomness
from workbench.mls import CipherSuite, KeyPackage, NodeIndex, Policy, RatchetTree, SentProposal, encode, key_package_ref
from workbench.mls.crypto.ciphersuite import CIPHER_SUITES
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.schedule.secret_tree import SecretTree
from workbench.mls.wire.messages import GroupContext

EpochName: TypeAlias = tuple[bytes, bytes]
"""The encoded group context and the interim transcript hash. Two epochs with the same name are the same epoch."""


class KnownGroup:
    """A group as the attacker knows it.

    `understood` has the indexes of the messages that the attacker has read. `unreadable` says, by index, why it could
    not read a message.
    """

    def __init__(self, suite: CipherSuite, policy: Policy, group_id: bytes, facts: Facts) -> None:
        self.suite = suite
        self.policy = policy
        self.group_id = group_id
        self.facts = facts
        self.findings: list[Finding] = []
        self.private_keys: dict[bytes, bytes] = {}
        self.unreadable: dict[int, str] = {}
        self.understood: set[int] = set()
        self._epochs: dict[int, dict[EpochName, KnownEpoch]] = {}
        facts.each(KeyPackageIn(suite.id), self._draw_init_key)

    # Looking

    def epochs(self) -> Sequence[int]:
        """The numbers of the epochs that the attacker knows, with or without their secrets.

        If some of the epochs are known to be epochs of the members, only those are listed.
        """
        known = [(number, each) for number, rivals in self._epochs.items() for each in rivals.values()]
        of_members = any(each.is_of_members for _, each in known)
        return sorted({number for number, each in known if each.is_of_members >= of_members})

    def epoch(self, number: int) -> KnownEpoch | None:
        """The epoch of this number. Of several, one of the members comes first, then one whose secrets are known."""
        rivals = self._epochs.get(number, {}).values()
        return max(rivals, key=lambda known: (known.is_of_members, known.secrets is not None), default=None)

    def secrets(self) -> dict[int, EpochSecrets]:
        """The known epoch secrets by epoch. If two epochs have one number, the epoch of the members comes first."""
        found = {}
        for number in sorted(self._epochs):
            entered = [known for known in self._epochs[number].values() if known.secrets is not None]
            best = max(entered, key=lambda known: known.is_of_members, default=None)
            if best is not None and best.secrets is not None:
                found[number] = best.secrets
        return found

    def computed(self) -> tuple[object, ...]:
        """All epoch secrets and secret trees of the group that the attacker computed or took."""
        trees = self.facts
        return tuple(
            (known.secrets, trees.values(SecretTreeOf(self.group_id, number)))
            for number, rivals in self._epochs.items()
            for known in rivals.values()
        )

    # Learning

    def see(
        self, context: GroupContext, tree: RatchetTree, interim: bytes, *, before: KnownEpoch | None = None
    ) -> KnownEpoch:
        """Note the public part of an epoch. `before` is the epoch before it."""
        rivals = self._epochs.setdefault(context.epoch, {})
        name = encode(context), interim
        if name not in rivals:
            known = rivals[name] = KnownEpoch(self.suite, self.policy, context, tree, interim)
            self.facts.each(RandomnessIn(self.suite.id), partial(self._draw_keys, known))
            self.facts.tell(EpochAt(self.group_id, context.epoch), known)
        known = rivals[name]
        if before is not None and known.before is None:
            known.before = before
            known.is_of_members |= before.is_of_members
        return known

    def propose(self, known: KnownEpoch, sent: SentProposal, reference: bytes) -> None:
        """Note a proposal that waits for a commit in an epoch."""
        known.proposals[reference] = sent
        self.facts.tell(ProposalIn(known, reference), sent)

    def learn(self, public_key: bytes, private_key: bytes, way: Way) -> None:
        """Note a private key of the ratchet tree, and the way by which the attacker got it."""
        if public_key not in self.private_keys:
            self.private_keys[public_key] = private_key
            self.findings.append(Learned(public_key, way))
            self.facts.tell(PrivateKeyOf(self.group_id, public_key), private_key)

    def learn_all(self, tree: RatchetTree, private_keys: Mapping[NodeIndex, bytes], way: Way) -> None:
        """Note the private keys of nodes of a tree."""
        for node, private_key in private_keys.items():
            content = tree.node(node)
            if content is not None:
                self.learn(content.encryption_key, private_key, way)

    def learn_init_key(self, init_key: InitKey, way: Way) -> None:
        """Note the init key of a key package: it opens the Welcomes to this key package."""
        reference = key_package_ref(self.suite, init_key.key_package)
        self.learn(init_key.key_package.init_key, init_key.private_key, way)
        self.facts.tell(InitKeyOf(reference), init_key)

    def enter(self, known: KnownEpoch, secrets: EpochSecrets, secret_tree: SecretTree | None, way: Way) -> bool:
        """Note the secrets of an epoch. The result is False if they do not fit the epoch's confirmation tag."""
        if not known.is_confirmed_by(secrets):
            return False
        number = known.context.epoch
        if secret_tree is not None:
            self.facts.tell(SecretTreeOf(self.group_id, number), secret_tree)
        if known.secrets is None:
            known.secrets = secrets
            self.findings.append(Entered(number, way))
            self.facts.tell(SenderDataSecretOf(self.group_id, number), secrets.sender_data_secret)
            self.facts.tell(ResumptionPSKOf(self.group_id, number), secrets.resumption_psk)
            self.facts.tell(SecretsOf(known), secrets)
        return True

    # Drawing keys from leaked randomness, as the device did

    def _draw_init_key(self, key_package: KeyPackage) -> None:
        self.facts.each(RandomnessIn(self.suite.id), partial(self._draw_init_key_from, key_package))

    def _draw_init_key_from(self, key_package: KeyPackage, expanded: ExpandedRandomness) -> None:
        for keys in expanded.key_pairs:
            if keys.public_key == key_package.init_key:
                self.learn_init_key(InitKey(key_package, keys.private_key), "randomness")

    def _draw_keys(self, known: KnownEpoch, expanded: ExpandedRandomness) -> None:
        """Draw private keys of the tree, and for epoch 0 its secrets: they come from randomness only (RFC 9420 §11)."""
        for keys in expanded.key_pairs:
            if known.tree.holds_encryption_key([keys.public_key]):
                self.learn(keys.public_key, keys.private_key, "randomness")
        if known.context.epoch == 0:
            self.enter(known, expanded.first_epoch.secrets, expanded.first_epoch.secret_tree, "randomness")


def note_key_package(facts: Facts, key_package: KeyPackage) -> None:
    """Note a key package under its KeyPackageRef, by which a Welcome names it."""
    suite = CIPHER_SUITES.get(key_package.cipher_suite)
    if suite is not None:
        facts.tell(KeyPackageOf(key_package_ref(suite, key_package)), key_package)
        facts.tell(KeyPackageIn(suite.id), key_package)
