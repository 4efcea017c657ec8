"""The 34 calls: for each a function from what is kept and the request to the fields of the response.

A state moves only in HandleCommit and HandlePendingCommit and their kin, never in Commit; its id stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeAlias

from workbench.interop import described, member
from workbench.interop.described import (
    credential_of,
    encoded_key_package,
    encoded_tree,
    message_of,
    new_bundle,
    private_keys,
    tree_of,
)
from workbench.interop.member import POLICY, Member, fresh, now
from workbench.interop.refusal import Refusal
from workbench.interop.store import Ended, Joining, Signer, Store
from workbench.mls import (
    CIPHER_SUITES,
    Add,
    Committed,
    GroupContextExtensions,
    KeyPackage,
    Remove,
    Welcome,
    branch_group,
    cipher_suite,
    create_group,
    encode,
    export_secret,
    external_commit,
    group_info,
    join,
    propose_external,
    propose_self_add,
    public_group,
    reinit_group,
)
from workbench.mls.group.state import AnyProposal
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.wire.messages import ExternalSender, GroupInfo

Fields: TypeAlias = Mapping[str, object]
Call: TypeAlias = Callable[[Store, Any], Fields]

NOTHING: Fields = MappingProxyType({})


# Who is asked


def name(_store: Store, _request: Any) -> Fields:
    """By what name we go."""
    return {"name": "MLS Workbench"}


def supported_ciphersuites(_store: Store, _request: Any) -> Fields:
    """All that are built."""
    return {"ciphersuites": list(CIPHER_SUITES)}


# Ways into a group


def create_a_group(store: Store, request: Any) -> Fields:
    """A group of one."""
    bundle = new_bundle(cipher_suite(request.cipher_suite), credential_of(request.identity))
    state = create_group(bundle, request.group_id, entropy=fresh(), now=now(), policy=POLICY)
    return {"state_id": store.add(Member(state, request.encrypt_handshake))}


def create_key_package(store: Store, request: Any) -> Fields:
    """A key package, and the wait for a Welcome."""
    bundle = new_bundle(cipher_suite(request.cipher_suite), credential_of(request.identity))
    transaction_id = store.add(Joining(bundle))
    return {"transaction_id": transaction_id, "key_package": encoded_key_package(bundle), **private_keys(bundle)}


def join_group(store: Store, request: Any) -> Fields:
    """The end of that wait; the key package is used up."""
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
    state_id = store.add(Member(state, request.encrypt_handshake, psks=joining.psks))
    return {"state_id": state_id, "epoch_authenticator": state.secrets.epoch_authenticator}


def external_join(store: Store, request: Any) -> Fields:
    """A commit with which its maker joins, in place of an old leaf of the same identity if it is told so."""
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
        "state_id": store.add(Member(made.next, request.encrypt_handshake, psks=psks)),
        "commit": encode(made.message),
        "epoch_authenticator": made.next.secrets.epoch_authenticator,
    }


# Within an epoch


def group_info_of(store: Store, request: Any) -> Fields:
    """The group described for those outside."""
    state = store.get(Member, request.state_id).state
    return {
        "group_info": encode(group_info(state, ratchet_tree=not request.external_tree)),
        "ratchet_tree": encoded_tree(state.tree, wanted=request.external_tree),
    }


def state_auth(store: Store, request: Any) -> Fields:
    """The epoch authenticator."""
    state = store.get(Member, request.state_id).state
    return {"state_auth_secret": state.secrets.epoch_authenticator}


def export(store: Store, request: Any) -> Fields:
    """A secret for the application."""
    state = store.get(Member, request.state_id).state
    return {"exported_secret": export_secret(state, request.label, request.context, request.key_length)}


def protect(store: Store, request: Any) -> Fields:
    """Application data on its way out."""
    said, ciphertext = member.say(store.get(Member, request.state_id), request.plaintext, request.authenticated_data)
    store.put(request.state_id, said)
    return {"ciphertext": ciphertext}


def unprotect(store: Store, request: Any) -> Fields:
    """Application data that came in."""
    heard, message = member.hear(store.get(Member, request.state_id), request.ciphertext)
    store.put(request.state_id, heard)
    return {"authenticated_data": message.authenticated_data, "plaintext": message.application_data}


def store_psk(store: Store, request: Any) -> Fields:
    """A key that the application has, for a member or for somebody about to join."""
    number = request.state_or_transaction_id
    holder = store.get_client(number)
    store.put(number, replace(holder, psks={**holder.psks, request.psk_id: request.psk_secret}))
    return NOTHING


# Proposals by members


def add_proposal(store: Store, request: Any) -> Fields:
    """Somebody is to come in."""
    return _offered(store, request, Add(message_of(KeyPackage, request.key_package)))


def update_proposal(store: Store, request: Any) -> Fields:
    """Fresh keys for the member itself."""
    offered, message = member.offer_update(store.get(Member, request.state_id))
    store.put(request.state_id, offered)
    return {"proposal": message}


def remove_proposal(store: Store, request: Any) -> Fields:
    """Somebody is to go, named by identity."""
    tree = store.get(Member, request.state_id).state.tree
    return _offered(store, request, Remove(described.member_called(request.removed_id, tree)))


def external_psk_proposal(store: Store, request: Any) -> Fields:
    """A key that the application has is to be mixed in."""
    suite = store.get(Member, request.state_id).state.suite
    return _offered(store, request, described.external_psk(suite, request.psk_id))


def resumption_psk_proposal(store: Store, request: Any) -> Fields:
    """The key of a past epoch is to be mixed in."""
    state = store.get(Member, request.state_id).state
    return _offered(store, request, described.resumption_psk(state.suite, state.group_id, request.epoch_id))


def group_context_extensions_proposal(store: Store, request: Any) -> Fields:
    """Other extensions for the group."""
    return _offered(store, request, GroupContextExtensions(described.extensions_of(request.extensions)))


def _offered(store: Store, request: Any, proposal: AnyProposal) -> Fields:
    offered, message = member.offer(store.get(Member, request.state_id), proposal)
    store.put(request.state_id, offered)
    return {"proposal": message}


# From one epoch to the next


def commit(store: Store, request: Any) -> Fields:
    """A commit, which waits until it is handled; that of a ReInit is made in the same way."""
    committer = store.get(Member, request.state_id)
    by_value = [described.proposal_of(each, committer.state.public) for each in request.by_value]
    waiting, committed = member.commit(
        committer, request.by_reference, by_value, path=request.force_path, ratchet_tree=not request.external_tree
    )
    store.put(request.state_id, waiting)
    return {
        "commit": encode(committed.message),
        "welcome": _welcome(committed),
        "ratchet_tree": encoded_tree(committed.next.tree, wanted=request.external_tree),
    }


def handle_commit(store: Store, request: Any) -> Fields:
    """Somebody's commit, with the proposals that it names."""
    followed = member.follow(store.get(Member, request.state_id), request.proposal, request.commit)
    return _entered(store, request, followed)


def handle_pending_commit(store: Store, request: Any) -> Fields:
    """The member's own commit has been accepted."""
    return _entered(store, request, member.accept(store.get(Member, request.state_id)))


def _entered(store: Store, request: Any, entered: Member) -> Fields:
    """The new epoch's authenticator; none for a member whom the commit removes, who never gets to know it."""
    store.put(request.state_id, entered)
    state = entered.state
    known = state.active or state.reinit is not None
    return {"state_id": request.state_id, "epoch_authenticator": state.secrets.epoch_authenticator if known else b""}


def _welcome(committed: Committed) -> bytes:
    return b"" if committed.welcome is None else encode(committed.welcome)


# The whole group goes on as another


def reinit_proposal(store: Store, request: Any) -> Fields:
    """The group is to go on as another."""
    return _offered(store, request, described.reinit(request))


def handle_pending_reinit_commit(store: Store, request: Any) -> Fields:
    """The member's own commit of a ReInit has been accepted."""
    return _ended(store, request, member.accept(store.get(Member, request.state_id)))


def handle_reinit_commit(store: Store, request: Any) -> Fields:
    """Somebody's commit of a ReInit."""
    followed = member.follow(store.get(Member, request.state_id), request.proposal, request.commit)
    return _ended(store, request, followed)


def _ended(store: Store, request: Any, last: Member) -> Fields:
    """The end of the old group, and a key package for the new one."""
    state = last.state
    if state.reinit is None:
        raise Refusal("the commit holds no ReInit")
    bundle = new_bundle(cipher_suite(state.reinit.cipher_suite), state.tree.member(state.own_leaf).credential)
    store.put(request.state_id, last)
    return {
        "reinit_id": store.add(Ended(last, bundle)),
        "key_package": encoded_key_package(bundle),
        "epoch_authenticator": state.secrets.epoch_authenticator,
    }


def reinit_welcome(store: Store, request: Any) -> Fields:
    """The new group, made by the member who adds the others."""
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


def handle_reinit_welcome(store: Store, request: Any) -> Fields:
    """The new group, entered by one of the others."""
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
    state_id = store.add(Member(state, ended.member.private, psks=ended.member.psks))
    return {"state_id": state_id, "epoch_authenticator": state.secrets.epoch_authenticator}


# Some of its members branch off


def create_branch(store: Store, request: Any) -> Fields:
    """A new group of some members, made by one of them; the old one lives on under its own id."""
    old = store.get(Member, request.state_id)
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


def handle_branch(store: Store, request: Any) -> Fields:
    """That group, entered by one of the others."""
    old, joining = store.get(Member, request.state_id), store.get(Joining, request.transaction_id)
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
    state_id = store.add(Member(state, old.private, psks=psks))
    return {"state_id": state_id, "epoch_authenticator": state.secrets.epoch_authenticator}


def _founded(store: Store, request: Any, old: Member, made: Committed) -> Fields:
    return {
        "state_id": store.add(Member(made.next, old.private, psks=old.psks)),
        "welcome": _welcome(made),
        "ratchet_tree": encoded_tree(made.next.tree, wanted=request.external_tree),
        "epoch_authenticator": made.next.secrets.epoch_authenticator,
    }


# Proposals from outside


def new_member_add_proposal(store: Store, request: Any) -> Fields:
    """A client asks to be added, and waits for a Welcome.

    What the GroupInfo says is taken as it is: at worst the question goes to no group.
    """
    context = message_of(GroupInfo, request.group_info).group_context
    suite = cipher_suite(context.cipher_suite)
    bundle = new_bundle(suite, credential_of(request.identity))
    message = propose_self_add(bundle.key_package, bundle.signature_private_key, suite, context.group_id, context.epoch)
    return {"transaction_id": store.add(Joining(bundle)), "proposal": encode(message), **private_keys(bundle)}


def create_external_signer(store: Store, request: Any) -> Fields:
    """Somebody outside with keys to sign with."""
    keys = described.new_signature_keys(cipher_suite(request.cipher_suite))
    sender = ExternalSender(keys.public_key, credential_of(request.identity))
    return {"signer_id": store.add(Signer(keys)), "external_sender": encode(sender)}


def add_external_signer(store: Store, request: Any) -> Fields:
    """The group is to listen to somebody outside."""
    context = store.get(Member, request.state_id).state.context
    return _offered(store, request, described.with_external_sender(context, request.external_sender))


def external_signer_proposal(store: Store, request: Any) -> Fields:
    """A proposal by somebody outside, who finds its place in the group's list by its key."""
    signer = store.get(Signer, request.signer_id)
    info, tree = message_of(GroupInfo, request.group_info), tree_of(request.ratchet_tree)
    group = public_group(info, now=now(), ratchet_tree=tree, policy=POLICY)
    listed = [each.signature_key for each in external_senders_in(group.context.extensions)]
    if signer.keys.public_key not in listed:
        raise Refusal("the group does not list this external signer")
    message = propose_external(
        group.suite,
        group.context.group_id,
        group.context.epoch,
        described.proposal_of(request.description, group),
        sender_index=listed.index(signer.keys.public_key),
        signature_private_key=signer.keys.private_key,
    )
    return {"proposal": encode(message)}


# The end


def free(store: Store, request: Any) -> Fields:
    """The member is needed no more."""
    store.get(Member, request.state_id)
    store.remove(request.state_id)
    return NOTHING


CALLS: Mapping[str, Call] = MappingProxyType(
    {
        "Name": name,
        "SupportedCiphersuites": supported_ciphersuites,
        "CreateGroup": create_a_group,
        "CreateKeyPackage": create_key_package,
        "JoinGroup": join_group,
        "ExternalJoin": external_join,
        "GroupInfo": group_info_of,
        "StateAuth": state_auth,
        "Export": export,
        "Protect": protect,
        "Unprotect": unprotect,
        "StorePSK": store_psk,
        "AddProposal": add_proposal,
        "UpdateProposal": update_proposal,
        "RemoveProposal": remove_proposal,
        "ExternalPSKProposal": external_psk_proposal,
        "ResumptionPSKProposal": resumption_psk_proposal,
        "GroupContextExtensionsProposal": group_context_extensions_proposal,
        "Commit": commit,
        "HandleCommit": handle_commit,
        "HandlePendingCommit": handle_pending_commit,
        "ReInitProposal": reinit_proposal,
        "ReInitCommit": commit,
        "HandlePendingReInitCommit": handle_pending_reinit_commit,
        "HandleReInitCommit": handle_reinit_commit,
        "ReInitWelcome": reinit_welcome,
        "HandleReInitWelcome": handle_reinit_welcome,
        "CreateBranch": create_branch,
        "HandleBranch": handle_branch,
        "NewMemberAddProposal": new_member_add_proposal,
        "CreateExternalSigner": create_external_signer,
        "AddExternalSigner": add_external_signer,
        "ExternalSignerProposal": external_signer_proposal,
        "Free": free,
    }
)
"""The function for each call, by its name in `mls_client.proto`."""
