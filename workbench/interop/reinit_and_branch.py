"""The calls that lead to another group: a ReInit moves all members, a branch some of them."""

from __future__ import annotations

from typing import Any

from workbench.interop import described, member
from workbench.interop.described import (
    Fields,
    encoded_key_package,
    encoded_tree,
    encoded_welcome,
    message_of,
    new_bundle,
    tree_of,
)
from workbench.interop.member import POLICY, InteropMember, fresh, now
from workbench.interop.refusal import Refusal
from workbench.interop.store import Ended, Joining, ObjectStore
from workbench.mls import KeyPackage, PendingCommit, Welcome, branch_group, cipher_suite, join, reinit_group


def handle_pending_reinit_commit(store: ObjectStore, request: Any) -> Fields:
    """Apply the member's own commit of a ReInit."""
    return _ended(store, request, member.accept(store.get(InteropMember, request.state_id)))


def handle_reinit_commit(store: ObjectStore, request: Any) -> Fields:
    """Process another member's commit of a ReInit."""
    followed = member.follow(store.get(InteropMember, request.state_id), request.proposal, request.commit)
    return _ended(store, request, followed)


def _ended(store: ObjectStore, request: Any, last: InteropMember) -> Fields:
    """End the old group, and make a key package for the new group."""
    state = last.state
    if state.reinit is None:
        raise Refusal("the commit contains no ReInit proposal")
    bundle = new_bundle(cipher_suite(state.reinit.cipher_suite), state.tree.member(state.own_leaf).credential)
    store.put(request.state_id, last)
    return {
        "reinit_id": store.add(Ended(last, bundle)),
        "key_package": encoded_key_package(bundle),
        "epoch_authenticator": state.secrets.epoch_authenticator,
    }


def reinit_welcome(store: ObjectStore, request: Any) -> Fields:
    """Create the new group and add the other members."""
    ended = store.get(Ended, request.reinit_id)
    made = reinit_group(
        ended.member.state,
        ended.bundle,
        [message_of(KeyPackage, each) for each in request.key_package],
        entropy=fresh(),
        now=now(),
        path=request.force_path,
        ratchet_tree=not request.external_tree,
        policy=POLICY,
    )
    store.remove(request.reinit_id)
    return _founded(store, request, ended.member, made)


def handle_reinit_welcome(store: ObjectStore, request: Any) -> Fields:
    """Join the new group by its Welcome."""
    ended = store.get(Ended, request.reinit_id)
    state = join(
        message_of(Welcome, request.welcome),
        ended.bundle,
        now=now(),
        ratchet_tree=tree_of(request.ratchet_tree),
        psks=ended.member.psks,
        old_group=ended.member.state,
        policy=POLICY,
    )
    store.remove(request.reinit_id)
    state_id = store.add(InteropMember(state, ended.member.private, psks=ended.member.psks))
    return {"state_id": state_id, "epoch_authenticator": state.secrets.epoch_authenticator}


def create_branch(store: ObjectStore, request: Any) -> Fields:
    """Create a new group of some members; the old group continues under its own id."""
    old = store.get(InteropMember, request.state_id)
    made = branch_group(
        old.state,
        request.group_id,
        new_bundle(old.state.suite, old.state.tree.member(old.state.own_leaf).credential),
        [message_of(KeyPackage, each) for each in request.key_packages],
        entropy=fresh(),
        now=now(),
        extensions=described.extensions_of(request.extensions),
        path=request.force_path,
        ratchet_tree=not request.external_tree,
        policy=POLICY,
    )
    return _founded(store, request, old, made)


def handle_branch(store: ObjectStore, request: Any) -> Fields:
    """Join the branch by its Welcome."""
    old, joining = store.get(InteropMember, request.state_id), store.get(Joining, request.transaction_id)
    psks = {**old.psks, **joining.psks}
    state = join(
        message_of(Welcome, request.welcome),
        joining.bundle,
        now=now(),
        ratchet_tree=tree_of(request.ratchet_tree),
        psks=psks,
        old_group=old.state,
        policy=POLICY,
    )
    store.remove(request.transaction_id)
    state_id = store.add(InteropMember(state, old.private, psks=psks))
    return {"state_id": state_id, "epoch_authenticator": state.secrets.epoch_authenticator}


def _founded(store: ObjectStore, request: Any, old: InteropMember, made: PendingCommit) -> Fields:
    return {
        "state_id": store.add(InteropMember(made.next, old.private, psks=old.psks)),
        "welcome": encoded_welcome(made),
        "ratchet_tree": encoded_tree(made.next.tree, wanted=request.external_tree),
        "epoch_authenticator": made.next.secrets.epoch_authenticator,
    }
