"""Export what one member received, in the format of the official passive-client test vectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict

from workbench.delivery import Entry
from workbench.lab.errors import NotPossible
from workbench.lab.group import Group
from workbench.mls import MLSMessage, encode, key_package_ref
from workbench.mls.crypto.signer import private_key_in
from workbench.mls.wire.code_points import ContentType, ProtocolVersion


class ExternalPSKEntry(TypedDict):
    """An external PSK of the client."""

    psk_id: str
    psk: str


class EpochEntry(TypedDict):
    """The proposals and the commit that lead to an epoch, and the epoch's authenticator."""

    proposals: list[str]
    commit: str
    epoch_authenticator: str


class PassiveClientCase(TypedDict):
    """A client that joins by a Welcome and then only listens; all bytes in hexadecimal."""

    cipher_suite: int
    external_psks: list[ExternalPSKEntry]
    key_package: str
    signature_priv: str
    encryption_priv: str
    init_priv: str
    welcome: str
    ratchet_tree: str | None
    initial_epoch_authenticator: str
    epochs: list[EpochEntry]


def export_vector(group: Group, name: str) -> PassiveClientCase:
    """The test case of one member, up to its epoch; raises `NotPossible` if it sent a proposal or a commit."""
    environment, group_id = group.environment, group.group_id
    membership = environment.devices[name].device_state.groups.get(group_id) if name in environment.devices else None
    bundle = group.bundle_that_joined(name)
    if membership is None or bundle is None:
        raise NotPossible(f"{name} has not joined by a Welcome")
    invitations = environment.service.invitations(key_package_ref(group.suite, bundle.key_package))
    invitation = next((each for each in invitations if each.group_id == group_id), None)
    if invitation is None:
        raise NotPossible(f"{name} has had no Welcome")
    entries = [
        entry
        for entry in environment.service.entries(group_id, invitation.next_index)
        if entry.content_type is not ContentType.application and entry.epoch < membership.state.epoch
    ]
    sent = (each for step in group.trace()["steps"] for each in step["messages"] if each["sender"] == name)
    if not {entry.message.hex() for entry in entries}.isdisjoint(each["wire"] for each in sent):
        raise NotPossible(f"{name} has sent proposals or commits; a passive client only listens")
    authenticators = {
        state.epoch: state.secrets.epoch_authenticator.hex()
        for history_step in group.history
        for member in history_step.device_states
        if (state := history_step.state(member)) is not None
    }
    (commit,) = environment.service.entries(group_id, invitation.next_index - 1)[:1]
    return {
        "cipher_suite": group.suite.id,
        "external_psks": [
            {"psk_id": psk_id.hex(), "psk": psk.hex()}
            for psk_id, psk in environment.devices[name].device_state.psks.items()
        ],
        "key_package": encode(MLSMessage(ProtocolVersion.mls10, bundle.key_package)).hex(),
        "signature_priv": private_key_in(bundle.signature_private_key).hex(),
        "encryption_priv": bundle.encryption_private_key.hex(),
        "init_priv": bundle.init_private_key.hex(),
        "welcome": invitation.welcome.hex(),
        "ratchet_tree": None,
        "initial_epoch_authenticator": authenticators[commit.epoch + 1],
        "epochs": list(_epochs(entries, authenticators)),
    }


def _epochs(entries: Sequence[Entry], authenticators: Mapping[int, str]) -> Iterator[EpochEntry]:
    """For each epoch the proposals, the commit, and the authenticator of the next epoch."""
    proposals: list[str] = []
    for entry in entries:
        if entry.content_type is ContentType.proposal:
            proposals.append(entry.message.hex())
            continue
        yield {
            "proposals": proposals,
            "commit": entry.message.hex(),
            "epoch_authenticator": authenticators[entry.epoch + 1],
        }
        proposals = []
