"""The calls by which a client founds or joins a group, or asks to be added."""

from __future__ import annotations

from typing import Any

from workbench.interop import described
from workbench.interop.described import (
    Fields,
    credential_of,
    encoded_key_package,
    message_of,
    new_bundle,
    private_keys,
    tree_of,
)
from workbench.interop.member import POLICY, InteropMember, fresh, now
from workbench.interop.refusal import Refusal
from workbench.interop.store import Joining, ObjectStore
from workbench.mls import (
    Welcome,
    cipher_suite,
    encode,
    external_commit,
    join,
    propose_self_add,
    public_group,
)
from workbench.mls import create_group as group_of_one
from workbench.mls.wire.messages import GroupInfo


def create_group(store: ObjectStore, request: Any) -> Fields:
    """Create a group with this client as its only member."""
    bundle = new_bundle(cipher_suite(request.cipher_suite), credential_of(request.identity))
    state = group_of_one(bundle, request.group_id, entropy=fresh(), now=now(), policy=POLICY)
    return {"state_id": store.add(InteropMember(state, request.encrypt_handshake))}


def create_key_package(store: ObjectStore, request: Any) -> Fields:
    """Make a key package; the client then waits for a Welcome."""
    bundle = new_bundle(cipher_suite(request.cipher_suite), credential_of(request.identity))
    transaction_id = store.add(Joining(bundle))
    return {"transaction_id": transaction_id, "key_package": encoded_key_package(bundle), **private_keys(bundle)}


def join_group(store: ObjectStore, request: Any) -> Fields:
    """Join by a Welcome; the key package is deleted."""
    joining = store.get(Joining, request.transaction_id)
    if joining.bundle.key_package.leaf_node.credential != credential_of(request.identity):
        raise Refusal("the key package of this transaction is of another identity")
    state = join(
        message_of(Welcome, request.welcome),
        joining.bundle,
        now=now(),
        ratchet_tree=tree_of(request.ratchet_tree),
        psks=joining.psks,
        policy=POLICY,
    )
    store.remove(request.transaction_id)
    state_id = store.add(InteropMember(state, request.encrypt_handshake, psks=joining.psks))
    return {"state_id": state_id, "epoch_authenticator": state.secrets.epoch_authenticator}


def external_join(store: ObjectStore, request: Any) -> Fields:
    """Join by an external commit, in place of the client's old leaf if the request says so."""
    info = message_of(GroupInfo, request.group_info)
    suite, tree = cipher_suite(info.group_context.cipher_suite), tree_of(request.ratchet_tree)
    resync = None
    if request.remove_prior:
        group = public_group(info, now=now(), ratchet_tree=tree, policy=POLICY)
        resync = described.member_called(request.identity, group.tree)
    psks = {each.psk_id: each.psk_secret for each in request.psks}
    made = external_commit(
        info,
        credential_of(request.identity),
        described.new_signature_keys(suite).private_key,
        entropy=fresh(),
        now=now(),
        ratchet_tree=tree,
        resync=resync,
        proposals=[described.external_psk(suite, psk_id) for psk_id in psks],
        psks=psks,
        policy=POLICY,
    )
    return {
        "state_id": store.add(InteropMember(made.next, request.encrypt_handshake, psks=psks)),
        "commit": encode(made.message),
        "epoch_authenticator": made.next.secrets.epoch_authenticator,
    }


def new_member_add_proposal(store: ObjectStore, request: Any) -> Fields:
    """Propose to add this client, which then waits for a Welcome.

    The GroupInfo is not checked: with a wrong one, the proposal is of no use to any group.
    """
    context = message_of(GroupInfo, request.group_info).group_context
    suite = cipher_suite(context.cipher_suite)
    bundle = new_bundle(suite, credential_of(request.identity))
    message = propose_self_add(
        bundle.key_package, bundle.signature_private_key, suite, context.group_id, context.epoch, now=now()
    )
    return {"transaction_id": store.add(Joining(bundle)), "proposal": encode(message), **private_keys(bundle)}
