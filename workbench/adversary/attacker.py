"""An attacker with leaked bytes and all messages on the wire. It computes everything that it claims to know.

The attacker does not know which epochs have healed. It tries everything:

- It follows the public tree (`commits`), and opens each path secret and each Welcome (`welcomes`) for which it has a
  private key. From a path secret it derives the commit secret.
- It runs the key schedule if it has all inputs: the init secret of the epoch before (for an external commit the
  external secret) and all pre-shared keys of the commit. It checks the confirmation tag, as a member does.
- It decrypts the messages for which it has the keys (`messages`).

A key that leaks today may decrypt an old ciphertext (RFC 9420 §16.6). So the attacker keeps every ciphertext until it
has the key (`facts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from workbench.adversary.facts import (
    EpochAt,
    ExternalPSKOf,
    ExternalPubOf,
    Facts,
    MessageKeyOf,
    RandomnessIn,
    ResumptionPSKOf,
    SecretTreeOf,
    SenderDataSecretOf,
)
from workbench.adversary.findings import Compromised, Finding, Read
from workbench.adversary.known_group import KnownGroup, note_key_package
from workbench.adversary.leaked_secrets import (
    EpochKeys,
    ExternalKey,
    InitKey,
    Item,
    LeakedRatchets,
    LeakedSecrets,
    PrivateKey,
    Randomness,
    ResumptionKey,
    SenderDataKey,
    UsedKey,
    leaked_secrets_of,
)
from workbench.adversary.messages import hear_private, hear_public
from workbench.adversary.public_tracking import AcceptAllCredentials, KnownEpoch
from workbench.adversary.randomness_compromise import ExpandedRandomness
from workbench.adversary.welcomes import hear_welcome
from workbench.client.device_state import DeviceState
from workbench.mls import (
    CipherSuite,
    KeyPackage,
    MLSError,
    MLSMessage,
    Policy,
    PublicGroup,
    RatchetTree,
    Welcome,
    decode,
)
from workbench.mls.group.group_info import external_pub_of
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.tree.leaf_node import ANY_LIFETIME
from workbench.mls.wire.messages import GroupInfo, PrivateMessage, PublicMessage


class Attacker:
    """The attacker holds the leaked secrets of each compromised device and every message on the wire."""

    def __init__(
        self, suite: CipherSuite, group_id: bytes, policy: Policy = DEFAULT_POLICY, *, facts: Facts | None = None
    ) -> None:
        self.group_id = group_id
        self.compromised: list[tuple[str, DeviceState]] = []
        self.heard: list[bytes] = []
        self._policy = replace(policy, lifetimes=ANY_LIFETIME, authentication=AcceptAllCredentials())
        self._facts = Facts() if facts is None else facts
        self._group = KnownGroup(suite, self._policy, group_id, self._facts)

    def beside(self, suite: CipherSuite, group_id: bytes) -> Attacker:
        """The same attacker at another group, with all that it has learned from devices and in this group."""
        attacker = Attacker(suite, group_id, self._policy, facts=self._facts)
        for victim, device_state in self.compromised:
            attacker.compromise(victim, device_state)
        return attacker

    def __repr__(self) -> str:
        return f"Attacker(compromised {len(self.compromised)}, heard {len(self.heard)} messages)"

    # What the attacker does

    def hear(self, message: bytes) -> None:
        """Record a message from the wire, and learn from it what the known secrets allow."""
        index = len(self.heard)
        self.heard.append(message)
        try:
            self._hear(index, decode(MLSMessage, message, custom=self._policy.custom))
        except MLSError as problem:  # The bytes are hostile or damaged. The attacker skips them and goes on.
            self._group.unreadable[index] = str(problem)
        self._facts.work()

    def _hear(self, index: int, message: MLSMessage) -> None:
        match message.message:
            case PublicMessage(content) as public if content.group_id == self.group_id:
                hear_public(self._group, index, public)
            case PrivateMessage(group_id) as private if group_id == self.group_id:
                hear_private(self._group, index, private)
            case Welcome() as welcome:
                hear_welcome(self._group, welcome)
            case KeyPackage() as key_package:
                note_key_package(self._facts, key_package)
            case GroupInfo(context) as info if context.group_id == self.group_id:
                self._facts.tell(ExternalPubOf(self.group_id, context.epoch), external_pub_of(info))

    def compromise(self, victim: str, device_state: DeviceState) -> None:
        """Take all secrets that are on a device."""
        membership = device_state.groups.get(self.group_id)
        self.compromised.append((victim, device_state))
        self.findings.append(Compromised(victim, membership.state.epoch if membership else None))
        self.take(leaked_secrets_of(device_state))

    def take(self, leaked: LeakedSecrets) -> None:
        """Take leaked secrets of any device, and learn all that follows from them."""
        for item in leaked:
            self._take(item)
        self._facts.work()

    def _take(self, item: Item) -> None:
        group, facts = self._group, self._facts
        match item:
            case PrivateKey(public_key, private_key):
                group.learn(public_key, private_key, "leaked")
            case InitKey(key_package) if key_package.cipher_suite == group.suite.id:
                group.learn_init_key(item, "leaked")
            case ExternalKey(psk_id, psk):
                facts.tell(ExternalPSKOf(psk_id), psk)
            case ResumptionKey(group_id, epoch, psk):
                facts.tell(ResumptionPSKOf(group_id, epoch), psk)
            case Randomness(entropy):
                facts.tell(RandomnessIn(group.suite.id), ExpandedRandomness(group.suite, entropy))
            case PublicGroup() as public if public.context.group_id == self.group_id:
                self._see(public)
            case EpochKeys() | SenderDataKey() | LeakedRatchets() | UsedKey() if item.group_id == self.group_id:
                self._take_of_epoch(item)

    def _see(self, public: PublicGroup) -> None:
        known = self._group.see(public.context, public.tree, public.interim_transcript_hash)
        known.seen_on_device()
        for reference, sent in public.proposals.items():
            self._group.propose(known, sent, reference)

    def _take_of_epoch(self, item: EpochKeys | SenderDataKey | LeakedRatchets | UsedKey) -> None:
        at, facts = (item.group_id, item.epoch), self._facts
        match item:
            case EpochKeys(_, _, secrets):
                facts.tell(SenderDataSecretOf(*at), secrets.sender_data_secret)
                facts.each(EpochAt(*at), partial(self._enter, secrets))
            case SenderDataKey(_, _, secret):
                facts.tell(SenderDataSecretOf(*at), secret)
            case LeakedRatchets(_, _, secret_tree):
                # The leaked suite would record the attacker's operations as the victim's, so it is replaced.
                facts.tell(SecretTreeOf(*at), replace(secret_tree, suite=self._group.suite))
            case UsedKey(_, _, leaf, content_type, key):
                facts.tell(MessageKeyOf(*at, leaf, content_type, key.generation), key)

    def _enter(self, secrets: EpochSecrets, known: KnownEpoch) -> None:
        self._group.enter(known, secrets, None, "leaked")

    # What the attacker knows

    @property
    def private_keys(self) -> Mapping[bytes, bytes]:
        """The private keys that the attacker has, by their public keys."""
        return self._group.private_keys

    @property
    def findings(self) -> list[Finding]:
        """What the attacker found out, in the order in which it did."""
        return self._group.findings

    @property
    def unreadable(self) -> Mapping[int, str]:
        """The reason why the attacker cannot read a message, for each such message, by its index on the wire."""
        return self._group.unreadable

    def reads(self) -> tuple[Read, ...]:
        """The application messages that the attacker has decrypted, in the order in which they were sent."""
        found = (finding for finding in self.findings if isinstance(finding, Read))
        return tuple(sorted(found, key=lambda read: read.index))

    def epochs(self) -> Mapping[int, EpochSecrets]:
        """The secrets of the epochs that the attacker has entered, by the number of the epoch."""
        return self._group.secrets()

    def all_secrets(self) -> tuple[object, ...]:
        """All secrets of the group that the attacker has: those that leaked, and those that it computed."""
        leaked = (device_state.within(self.group_id) for _, device_state in self.compromised)
        return (*leaked, self._group.private_keys, self._group.computed())

    def epoch(self) -> int | None:
        """The last epoch whose public tree the attacker knows, with or without the epoch's secrets."""
        return max(self._group.epochs(), default=None)

    def tree(self, epoch: int) -> RatchetTree | None:
        """The ratchet tree of an epoch; None if the attacker could not follow the group to that epoch."""
        known = self._group.epoch(epoch)
        return None if known is None else known.tree
