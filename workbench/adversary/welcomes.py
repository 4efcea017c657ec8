"""How the attacker opens a Welcome: with the newcomer's init key, or the inviter's randomness (RFC 9420 §12.4.3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from workbench.adversary.facts import ExternalPSKOf, Fact, InitKeyOf, KeyPackageOf, RandomnessIn, ResumptionPSKOf
from workbench.adversary.known_group import KnownGroup
from workbench.adversary.leaked_secrets import InitKey
from workbench.adversary.randomness_compromise import ExpandedRandomness
from workbench.mls import ExternalPSK, KeyPackage, LeafIndex, PreSharedKeyID, Welcome, encode
from workbench.mls.group.group_info import verified_tree
from workbench.mls.group.welcome import open_group_info, open_group_secrets
from workbench.mls.schedule.key_schedule import epoch_from_joiner_secret, welcome_secret
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.schedule.transcript import interim_transcript_hash
from workbench.mls.tree.tree_math import common_ancestor, leaf_to_node
from workbench.mls.tree.update_path import private_keys_from
from workbench.mls.when import When
from workbench.mls.wire.messages import EncryptedGroupSecrets, GroupSecrets


@dataclass(frozen=True, slots=True)
class _Entry:
    """A Welcome, and the part of it that is sealed to one newcomer."""

    group: KnownGroup
    welcome: Welcome
    sealed: EncryptedGroupSecrets


def hear_welcome(group: KnownGroup, welcome: Welcome) -> None:
    """Open a Welcome as soon as a secret is known that opens it."""
    if welcome.cipher_suite != group.suite.id:
        return
    for sealed in welcome.secrets:
        entry = _Entry(group, welcome, sealed)
        group.facts.each(InitKeyOf(sealed.new_member), partial(_open, entry))
        group.facts.each(KeyPackageOf(sealed.new_member), partial(_wait_for_randomness, entry))


def psk_facts(psks: Sequence[PreSharedKeyID]) -> list[Fact[bytes]]:
    """The facts to wait for: the values of the pre-shared keys that a commit or a Welcome names (RFC 9420 §8.4)."""
    return [
        ExternalPSKOf(each.psk.psk_id)
        if isinstance(each.psk, ExternalPSK)
        else ResumptionPSKOf(each.psk.psk_group_id, each.psk.psk_epoch)
        for each in psks
    ]


def _open(entry: _Entry, init_key: InitKey) -> None:
    """Open the newcomer's GroupSecrets with its init key."""
    suite, key_package = entry.group.suite, init_key.key_package
    secrets = open_group_secrets(suite, entry.welcome, key_package, init_key.private_key)
    _wait_for_psks(entry, key_package, secrets)


def _wait_for_randomness(entry: _Entry, key_package: KeyPackage) -> None:
    entry.group.facts.each(RandomnessIn(entry.group.suite.id), partial(_draw, entry, key_package))


def _draw(entry: _Entry, key_package: KeyPackage, expanded: ExpandedRandomness) -> None:
    """Open the newcomer's GroupSecrets with the randomness of the inviter, unless the init key is known."""
    if not entry.group.facts.values(InitKeyOf(entry.sealed.new_member)):
        secrets = expanded.group_secrets(key_package.init_key, entry.welcome, entry.sealed)
        if secrets is not None:
            _wait_for_psks(entry, key_package, secrets)


def _wait_for_psks(entry: _Entry, key_package: KeyPackage, secrets: GroupSecrets) -> None:
    entry.group.facts.all_of(psk_facts(secrets.psks), partial(_enter, entry, key_package, secrets))


def _enter(entry: _Entry, key_package: KeyPackage, secrets: GroupSecrets, psks: Sequence[bytes]) -> None:
    """Derive the secrets of the epoch that the Welcome describes, and verify its confirmation tag."""
    group, suite = entry.group, entry.group.suite
    mixed_in = psk_secret(suite, tuple(zip(secrets.psks, psks, strict=True)))
    info = open_group_info(suite, entry.welcome, welcome_secret(suite, secrets.joiner_secret, mixed_in))
    context = info.group_context
    if context.group_id != group.group_id:
        return
    tree = verified_tree(suite, info, None, when=When.at(0), policy=group.policy)
    leaf = next((leaf for leaf, leaf_node in tree.leaves() if leaf_node == key_package.leaf_node), None)
    epoch = epoch_from_joiner_secret(suite, secrets.joiner_secret, mixed_in, encode(context), tree.leaf_count)
    confirmed = context.confirmed_transcript_hash
    if leaf is None or not suite.verify_mac(epoch.secrets.confirmation_key, confirmed, info.confirmation_tag):
        return
    if secrets.path_secret is not None:
        signer = LeafIndex(info.signer)
        shared = common_ancestor(leaf_to_node(leaf), leaf_to_node(signer))
        private_keys = private_keys_from(suite, tree, signer, shared, secrets.path_secret.path_secret)
        group.learn_all(tree, private_keys, "welcome")
    interim = interim_transcript_hash(suite, confirmed, info.confirmation_tag)
    group.enter(group.see(context, tree, interim), epoch.secrets, epoch.secret_tree, "welcome")
