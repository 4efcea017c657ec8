"""The 34 calls: a function for each takes the store and the request, and returns the fields of the response.

A state changes its epoch only in HandleCommit, HandlePendingCommit and the like, never in Commit. Its id stays the
same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeAlias

from workbench.interop import described, joining, member, reinit_and_branch
from workbench.interop.described import (
    Fields,
    credential_of,
    encoded_tree,
    encoded_welcome,
    message_of,
    tree_of,
)
from workbench.interop.member import POLICY, InteropMember, now
from workbench.interop.refusal import Refusal
from workbench.interop.store import ExternalSigner, ObjectStore
from workbench.mls import (
    CIPHER_SUITES,
    Add,
    GroupContextExtensions,
    KeyPackage,
    Remove,
    cipher_suite,
    encode,
    export_secret,
    group_info,
    propose_external,
    public_group,
)
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.wire.extensions import ExternalSender
from workbench.mls.wire.messages import GroupInfo

Call: TypeAlias = Callable[[ObjectStore, Any], Fields]

NOTHING: Fields = MappingProxyType({})


# The implementation


def name(_store: ObjectStore, _request: Any) -> Fields:
    """The name of this implementation."""
    return {"name": "MLS Workbench"}


def supported_ciphersuites(_store: ObjectStore, _request: Any) -> Fields:
    """The cipher suites that this implementation supports."""
    return {"ciphersuites": list(CIPHER_SUITES)}


# Within an epoch


def group_info_of(store: ObjectStore, request: Any) -> Fields:
    """Make a GroupInfo for clients outside the group."""
    state = store.get(InteropMember, request.state_id).state
    return {
        "group_info": encode(group_info(state, ratchet_tree=not request.external_tree)),
        "ratchet_tree": encoded_tree(state.tree, wanted=request.external_tree),
    }


def state_auth(store: ObjectStore, request: Any) -> Fields:
    """Return the epoch authenticator."""
    state = store.get(InteropMember, request.state_id).state
    return {"state_auth_secret": state.secrets.epoch_authenticator}


def export(store: ObjectStore, request: Any) -> Fields:
    """Export a secret for the application."""
    state = store.get(InteropMember, request.state_id).state
    return {"exported_secret": export_secret(state, request.label, request.context, request.key_length)}


def protect(store: ObjectStore, request: Any) -> Fields:
    """Protect application data."""
    said, ciphertext = member.say(
        store.get(InteropMember, request.state_id), request.plaintext, request.authenticated_data
    )
    store.put(request.state_id, said)
    return {"ciphertext": ciphertext}


def unprotect(store: ObjectStore, request: Any) -> Fields:
    """Decrypt application data."""
    heard, message = member.hear(store.get(InteropMember, request.state_id), request.ciphertext)
    store.put(request.state_id, heard)
    return {"authenticated_data": message.authenticated_data, "plaintext": message.application_data}


def store_psk(store: ObjectStore, request: Any) -> Fields:
    """Store a pre-shared key of the application for a member or for a client that will join."""
    number = request.state_or_transaction_id
    holder = store.get_client(number)
    store.put(number, replace(holder, psks={**holder.psks, request.psk_id: request.psk_secret}))
    return NOTHING


# Proposals by members


def add_proposal(store: ObjectStore, request: Any) -> Fields:
    """Propose to add a client."""
    return _offered(store, request, Add(message_of(KeyPackage, request.key_package)))


def update_proposal(store: ObjectStore, request: Any) -> Fields:
    """Propose new keys for the member itself."""
    offered, message = member.offer_update(store.get(InteropMember, request.state_id))
    store.put(request.state_id, offered)
    return {"proposal": message}


def remove_proposal(store: ObjectStore, request: Any) -> Fields:
    """Propose to remove the member with an identity."""
    tree = store.get(InteropMember, request.state_id).state.tree
    return _offered(store, request, Remove(described.member_called(request.removed_id, tree)))


def external_psk_proposal(store: ObjectStore, request: Any) -> Fields:
    """Propose to mix in a pre-shared key of the application."""
    suite = store.get(InteropMember, request.state_id).state.suite
    return _offered(store, request, described.external_psk(suite, request.psk_id))


def resumption_psk_proposal(store: ObjectStore, request: Any) -> Fields:
    """Propose to mix in the resumption PSK of a past epoch."""
    state = store.get(InteropMember, request.state_id).state
    return _offered(store, request, described.resumption_psk(state.suite, state.group_id, request.epoch_id))


def group_context_extensions_proposal(store: ObjectStore, request: Any) -> Fields:
    """Propose other extensions for the group."""
    return _offered(store, request, GroupContextExtensions(described.extensions_of(request.extensions)))


def reinit_proposal(store: ObjectStore, request: Any) -> Fields:
    """Propose that a new group replaces this group (ReInit)."""
    return _offered(store, request, described.reinit(request))


def add_external_signer(store: ObjectStore, request: Any) -> Fields:
    """Propose a new external sender."""
    context = store.get(InteropMember, request.state_id).state.context
    return _offered(store, request, described.with_external_sender(context, request.external_sender))


def _offered(store: ObjectStore, request: Any, proposal: AnyProposal) -> Fields:
    offered, message = member.offer(store.get(InteropMember, request.state_id), proposal)
    store.put(request.state_id, offered)
    return {"proposal": message}


# From one epoch to the next


def commit(store: ObjectStore, request: Any) -> Fields:
    """Make a pending commit; a commit of a ReInit is made in the same way."""
    committer = store.get(InteropMember, request.state_id)
    by_value = [described.proposal_of(each, committer.state.public) for each in request.by_value]
    waiting, committed = member.commit(
        committer, request.by_reference, by_value, path=request.force_path, ratchet_tree=not request.external_tree
    )
    store.put(request.state_id, waiting)
    return {
        "commit": encode(committed.message),
        "welcome": encoded_welcome(committed),
        "ratchet_tree": encoded_tree(committed.next.tree, wanted=request.external_tree),
    }


def handle_commit(store: ObjectStore, request: Any) -> Fields:
    """Process another member's commit, with the proposals that it refers to."""
    followed = member.follow(store.get(InteropMember, request.state_id), request.proposal, request.commit)
    return _entered(store, request, followed)


def handle_pending_commit(store: ObjectStore, request: Any) -> Fields:
    """Apply the member's own pending commit."""
    return _entered(store, request, member.accept(store.get(InteropMember, request.state_id)))


def _entered(store: ObjectStore, request: Any, entered: InteropMember) -> Fields:
    """The new epoch's authenticator; none for a member that the commit removes, because it does not enter the epoch."""
    store.put(request.state_id, entered)
    state = entered.state
    known = state.active or state.reinit is not None
    return {"state_id": request.state_id, "epoch_authenticator": state.secrets.epoch_authenticator if known else b""}


# Proposals from outside


def create_external_signer(store: ObjectStore, request: Any) -> Fields:
    """Make an external sender with a new signature key."""
    keys = described.new_signature_keys(cipher_suite(request.cipher_suite))
    sender = ExternalSender(keys.public_key, credential_of(request.identity))
    return {"signer_id": store.add(ExternalSigner(keys)), "external_sender": encode(sender)}


def external_signer_proposal(store: ObjectStore, request: Any) -> Fields:
    """Make a proposal of an external sender, which finds its index in the group's list by its key."""
    signer = store.get(ExternalSigner, request.signer_id)
    info, tree = message_of(GroupInfo, request.group_info), tree_of(request.ratchet_tree)
    group = public_group(info, now=now(), ratchet_tree=tree, policy=POLICY)
    listed = [each.signature_key for each in external_senders_in(group.context.extensions)]
    if signer.keys.public_key not in listed:
        raise Refusal("the group's external_senders do not contain the key of this external signer")
    message = propose_external(
        group.suite,
        group.context.group_id,
        group.context.epoch,
        described.proposal_of(request.description, group),
        now=now(),
        sender_index=listed.index(signer.keys.public_key),
        signature_private_key=signer.keys.private_key,
    )
    return {"proposal": encode(message)}


# The end


def free(store: ObjectStore, request: Any) -> Fields:
    """Delete the member."""
    store.get(InteropMember, request.state_id)
    store.remove(request.state_id)
    return NOTHING


CALLS: Mapping[str, Call] = MappingProxyType(
    {
        "Name": name,
        "SupportedCiphersuites": supported_ciphersuites,
        "CreateGroup": joining.create_group,
        "CreateKeyPackage": joining.create_key_package,
        "JoinGroup": joining.join_group,
        "ExternalJoin": joining.external_join,
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
        "HandlePendingReInitCommit": reinit_and_branch.handle_pending_reinit_commit,
        "HandleReInitCommit": reinit_and_branch.handle_reinit_commit,
        "ReInitWelcome": reinit_and_branch.reinit_welcome,
        "HandleReInitWelcome": reinit_and_branch.handle_reinit_welcome,
        "CreateBranch": reinit_and_branch.create_branch,
        "HandleBranch": reinit_and_branch.handle_branch,
        "NewMemberAddProposal": joining.new_member_add_proposal,
        "CreateExternalSigner": create_external_signer,
        "AddExternalSigner": add_external_signer,
        "ExternalSignerProposal": external_signer_proposal,
        "Free": free,
    }
)
"""The function for each call, by its name in `mls_client.proto`."""
