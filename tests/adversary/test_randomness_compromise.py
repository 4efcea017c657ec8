"""What leaked randomness gives: engine and attacker draw by the same labels, each of which is tested by what it opens.

The tests fail if the engine or the attacker changes its label alone. With other randomness nothing fits.
"""

from __future__ import annotations

import re

import pytest

from workbench.adversary.randomness_compromise import KEY_PAIRS, LEAVES, PATH_LEAF, ExpandedRandomness
from workbench.inspect.trace import Recorder, TracedSuite
from workbench.mls import (
    Add,
    BasicCredential,
    CipherSuite,
    Credential,
    GroupState,
    KeyPackageBundle,
    LeafIndex,
    MLSMessage,
    RatchetTree,
    Welcome,
    cipher_suite,
    create_commit,
    create_group,
    create_key_package,
    external_commit,
    group_info,
    propose_update,
)
from workbench.mls.group.public_commit import ProcessedPublicCommit, process_public_commit
from workbench.mls.group.welcome import open_group_secrets
from workbench.mls.schedule.key_schedule import external_init_secret, external_key_pair
from workbench.mls.tree.own_leaf import new_lifetime
from workbench.mls.when import When
from workbench.mls.wire.code_points import WireFormat
from workbench.mls.wire.messages import AuthenticatedContent, PublicMessage

NOW = 1_000_000_000
SUITE = cipher_suite(1)
LEAKED, OTHER = b"leaked randomness".ljust(32, b"."), b"of somebody else".ljust(32, b".")
"""What the attacker has, and what the device may have drawn instead."""


def bundle(name: str, entropy: bytes, suite: CipherSuite = SUITE) -> KeyPackageBundle:
    signs = suite.signature_key_pair(name.encode().ljust(32, b".")).private_key
    credential = Credential(BasicCredential(name.encode()))
    return create_key_package(suite, credential, signs, lifetime=new_lifetime(NOW), entropy=entropy)


def founded(entropy: bytes = OTHER, suite: CipherSuite = SUITE) -> GroupState:
    return create_group(bundle("Alice", OTHER[::-1], suite), b"group", entropy=entropy, now=NOW, suite=suite)


def two(suite: CipherSuite = SUITE) -> GroupState:
    """Alice's state of a group of Alice and Bob."""
    alice = founded(suite=suite)
    return create_commit(alice, [Add(bundle("Bob", OTHER).key_package)], entropy=OTHER[1:] + b"1", now=NOW).next


def followed(state: GroupState, message: MLSMessage) -> ProcessedPublicCommit:
    public = message.message
    assert isinstance(public, PublicMessage)
    content = AuthenticatedContent(WireFormat.mls_public_message, public.content, public.auth)
    return process_public_commit(state.public, content, when=When.at(NOW))


def node_keys(tree: RatchetTree) -> set[bytes]:
    return {node.encryption_key for _, node in tree.parents()}


@pytest.mark.parametrize(("entropy", "fits"), [(LEAKED, True), (OTHER, False)])
def test_the_keys_of_a_key_package_are_drawn(entropy: bytes, *, fits: bool) -> None:
    made, expanded = bundle("Erin", entropy), ExpandedRandomness(SUITE, LEAKED)
    init, leaf = (expanded.key_pairs[KEY_PAIRS.index(purpose)] for purpose in ("init key", "leaf key"))
    assert ((init.public_key, init.private_key) == (made.key_package.init_key, made.init_private_key)) == fits
    leaf_key = made.key_package.leaf_node.encryption_key
    assert ((leaf.public_key, leaf.private_key) == (leaf_key, made.encryption_private_key)) == fits


@pytest.mark.parametrize(("entropy", "fits"), [(LEAKED, True), (OTHER, False)])
def test_the_leaf_key_of_an_update_is_drawn(entropy: bytes, *, fits: bool) -> None:
    keys = ExpandedRandomness(SUITE, LEAKED).key_pairs[KEY_PAIRS.index("update leaf key")]
    made = propose_update(two(), entropy=entropy, now=NOW).next.update_keys
    assert (made == {keys.public_key: keys.private_key}) == fits


@pytest.mark.parametrize(("entropy", "fits"), [(LEAKED, True), (OTHER, False)])
def test_the_path_of_a_commit_is_drawn(entropy: bytes, *, fits: bool) -> None:
    state, expanded = two(), ExpandedRandomness(SUITE, LEAKED)
    made = create_commit(state, entropy=entropy, now=NOW)
    leaf = made.next.tree.member(LeafIndex(0)).encryption_key
    assert (expanded.key_pairs[PATH_LEAF].public_key == leaf) == fits
    assert (node_keys(made.next.tree) <= {keys.public_key for keys in expanded.key_pairs}) == fits
    commit = followed(state, made.message)
    path = expanded.path(commit.commit.path, commit.tree, commit.committer)
    assert (path is not None) == fits
    if path is not None:
        own = {node: key for node, key in made.next.private_keys.items() if node % 2}
        assert path.private_keys == own


@pytest.mark.parametrize(("entropy", "fits"), [(LEAKED, True), (OTHER, False)])
def test_the_first_epoch_is_drawn(entropy: bytes, *, fits: bool) -> None:
    assert (ExpandedRandomness(SUITE, LEAKED).first_epoch.secrets == founded(entropy).secrets) == fits


@pytest.mark.parametrize(("entropy", "fits"), [(LEAKED, True), (OTHER, False)])
def test_what_a_welcome_seals_is_drawn(entropy: bytes, *, fits: bool) -> None:
    erin = bundle("Erin", OTHER[::-1])
    made = create_commit(two(), [Add(erin.key_package)], entropy=entropy, now=NOW)
    assert made.welcome is not None
    assert isinstance(made.welcome.message, Welcome)
    welcome = made.welcome.message
    (entry,) = welcome.secrets
    found = ExpandedRandomness(SUITE, LEAKED).group_secrets(erin.key_package.init_key, welcome, entry)
    really = open_group_secrets(SUITE, welcome, erin.key_package, erin.init_private_key)
    assert (found == really) == fits


@pytest.mark.parametrize(("entropy", "fits"), [(LEAKED, True), (OTHER, False)])
def test_the_init_secret_of_a_newcomer_is_drawn(entropy: bytes, *, fits: bool) -> None:
    state, erin = two(), bundle("Erin", OTHER)
    made = external_commit(
        group_info(state), Credential(BasicCredential(b"Erin")), erin.signature_private_key, entropy=entropy, now=NOW
    )
    kem_output, expanded = followed(state, made.message).kem_output, ExpandedRandomness(SUITE, LEAKED)
    assert kem_output is not None
    assert (expanded.kem_output == kem_output) == fits
    external = external_key_pair(SUITE, state.secrets.external_secret).public_key
    really = external_init_secret(SUITE, state.secrets.external_secret, kem_output)
    assert (expanded.init_secret(external) == really) == fits


def test_the_attacker_knows_every_label_by_which_the_engine_draws_a_secret() -> None:
    """The entropy of a sealed path secret is not drawn: what it seals is drawn from the same randomness."""
    recorder = Recorder()
    suite = TracedSuite.of(SUITE, recorder)
    state, erin = two(suite), bundle("Erin", OTHER[::-1], suite)
    propose_update(state, entropy=OTHER, now=NOW)
    create_commit(state, [Add(erin.key_package)], entropy=OTHER, now=NOW)
    create_commit(state, entropy=OTHER, now=NOW)
    signs = erin.signature_private_key
    external_commit(
        group_info(state), Credential(BasicCredential(b"Erin")), signs, entropy=LEAKED, now=NOW, suite=suite
    )
    drawn = {re.sub(r"\d+", "N", each.label) for each in recorder.operations if each.name == "fresh"}

    told = Recorder()
    expanded = ExpandedRandomness(TracedSuite.of(SUITE, told), LEAKED)
    assert expanded.key_pairs
    assert expanded.kem_output
    assert expanded.first_epoch.secrets.epoch_authenticator
    welcome = create_commit(two(), [Add(erin.key_package)], entropy=OTHER, now=NOW).welcome
    assert welcome is not None
    assert isinstance(welcome.message, Welcome)
    assert expanded.group_secrets(erin.key_package.init_key, welcome.message, welcome.message.secrets[0]) is None
    tried = {re.sub(r"\d+", "N", each.label) for each in told.operations if each.name == "fresh"}
    assert sum(each.label.startswith("Welcome") for each in told.operations) == LEAVES
    assert drawn - tried == {"path secret for node N"}
    assert tried <= drawn
