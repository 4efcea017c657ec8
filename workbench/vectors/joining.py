"""Vectors for new members: welcome, and the passive clients (RFC 9420 §12.4)."""

from __future__ import annotations

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.errors import Malformed
from workbench.mls.group.bundle import KeyPackageBundle
from workbench.mls.group.group import process
from workbench.mls.group.public_commit import EpochAdvanced, ProposalQueued
from workbench.mls.group.public_group import Policy
from workbench.mls.group.signatures import verify_group_info
from workbench.mls.group.state import GroupState
from workbench.mls.group.welcome import join, open_group_info, open_group_secrets
from workbench.mls.schedule.key_schedule import epoch_from_joiner_secret, welcome_secret
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.schedule.transcript import confirmation_tag
from workbench.mls.tree.leaf_node import ANY_LIFETIME
from workbench.mls.wire.codec import decode, encode
from workbench.mls.wire.messages import MLSMessage, Welcome
from workbench.mls.wire.tree import KeyPackage, RatchetTreeExtension
from workbench.vectors.case import CaseFailed, VectorCase, expect, expect_equal, located


def welcome(case: VectorCase) -> None:
    """Check that a Welcome opens with its key package, and its signature and confirmation tag (RFC 9420 §12.4.3.1)."""
    suite = case.suite()
    sent = _welcome_in(case)
    secrets = open_group_secrets(suite, sent, _key_package_in(case), case.data("init_priv"))
    if secrets.psks:
        raise CaseFailed("the Welcome asks for pre-shared keys, which the format does not have")
    no_psk = psk_secret(suite, ())
    group_info = open_group_info(suite, sent, welcome_secret(suite, secrets.joiner_secret, no_psk))
    verify_group_info(suite, group_info, case.data("signer_pub"))
    context = group_info.group_context
    epoch = epoch_from_joiner_secret(suite, secrets.joiner_secret, no_psk, encode(context), leaf_count=1)
    tag = confirmation_tag(suite, epoch.secrets.confirmation_key, context.confirmed_transcript_hash)
    expect_equal("the confirmation tag of the epoch", tag, group_info.confirmation_tag)


NO_TIME = 0
"""The time of a case; it has no effect, because a case has no time and `POLICY` does not check lifetimes."""

POLICY = Policy(lifetimes=ANY_LIFETIME, kept_resumption_psks=1_000_000)
"""Cases have no clock, and some key packages in them live for ever; a commit may name the resumption PSK of any epoch
that the client was in."""


def passive_client(case: VectorCase) -> None:
    """Check that a member that never sends joins, and reaches the expected epoch after each commit (RFC 9420 §12.4)."""
    suite = case.suite()
    bundle = _bundle_in(suite, case)
    psks = {given.data("psk_id"): given.data("psk") for given in case.each("external_psks")}
    tree = None
    if case.optional_data("ratchet_tree") is not None:
        tree = case.decoded(RatchetTreeExtension, "ratchet_tree")
    with located("welcome"):
        state = join(_welcome_in(case), bundle, ratchet_tree=tree, psks=psks, policy=POLICY, now=NO_TIME)
    _expect_authenticator(state, case, "initial_epoch_authenticator")
    for epoch in case.each("epochs"):
        for where, proposal in epoch.each_data("proposals"):
            with located(where):
                state, received = process(state, proposal, now=NO_TIME, psks=psks)
            expect(f"{where} is a proposal", isinstance(received, ProposalQueued))
        with located(epoch.where("commit")):
            state, received = process(state, epoch.data("commit"), now=NO_TIME, psks=psks)
        expect(f"{epoch.where('commit')} leads to a new epoch", isinstance(received, EpochAdvanced))
        _expect_authenticator(state, epoch, "epoch_authenticator")


def _expect_authenticator(state: GroupState, case: VectorCase, name: str) -> None:
    expect_equal(case.where(name), state.secrets.epoch_authenticator, case.data(name))


def _bundle_in(suite: CipherSuite, case: VectorCase) -> KeyPackageBundle:
    """The key package and its private keys; each private key must fit its public key."""
    key_package = _key_package_in(case)
    bundle = KeyPackageBundle(
        key_package, case.data("init_priv"), case.data("encryption_priv"), case.data("signature_priv")
    )
    leaf_node = key_package.leaf_node
    init_key = suite.hpke_public_key(bundle.init_private_key)
    expect_equal("the public key of init_priv", init_key, key_package.init_key)
    encryption_key = suite.hpke_public_key(bundle.encryption_private_key)
    expect_equal("the public key of encryption_priv", encryption_key, leaf_node.encryption_key)
    signature_key = suite.signature_public_key(bundle.signature_private_key)
    expect_equal("the public key of signature_priv", signature_key, leaf_node.signature_key)
    return bundle


def _key_package_in(case: VectorCase) -> KeyPackage:
    """A key package: in an MLSMessage, as in the official files, or bare, as in their description."""
    try:
        message = decode(MLSMessage, case.data("key_package")).message
    except Malformed:
        return case.decoded(KeyPackage, "key_package")
    if not isinstance(message, KeyPackage):
        raise CaseFailed(f"key_package is a {type(message).__name__}")
    return message


def _welcome_in(case: VectorCase) -> Welcome:
    message = case.decoded(MLSMessage, "welcome").message
    if not isinstance(message, Welcome):
        raise CaseFailed(f"welcome is a {type(message).__name__}")
    return message
