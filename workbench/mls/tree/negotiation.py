"""The capabilities that clients share, and those that some lack, before a group changes (RFC 9420 §7.2, §11.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from workbench.mls.arguments import checks_arguments
from workbench.mls.tree.extensions import DEFAULT_EXTENSIONS, DEFAULT_PROPOSALS
from workbench.mls.wire.extensions import RequiredCapabilities
from workbench.mls.wire.tree import Capabilities, LeafNode

Client = TypeVar("Client")


@checks_arguments
def shared_capabilities(own: Capabilities, others: Collection[LeafNode]) -> Capabilities:
    """The capabilities that we and all others have, in our order of preference (RFC 9420 §7.2).

    `own` are the capabilities that the application really supports, without GREASE (§13.5), and not those that it has
    published. Extensions and proposals that every client supports are not listed in capabilities, so they are not in
    the result either.
    """
    shared = own
    for can in (leaf_node.capabilities for leaf_node in others):
        shared = Capabilities(
            versions=_both(shared.versions, can.versions),
            cipher_suites=_both(shared.cipher_suites, can.cipher_suites),
            extensions=_both(shared.extensions, can.extensions),
            proposals=_both(shared.proposals, can.proposals),
            credentials=_both(shared.credentials, can.credentials),
        )
    return shared


@checks_arguments
def lacking(clients: Mapping[Client, LeafNode], required: RequiredCapabilities) -> dict[Client, RequiredCapabilities]:
    """For each client that lacks some of the requirements, those that it lacks (RFC 9420 §11.1).

    The clients may be the members of a group: `dict(tree.leaves())`.
    """
    found = {}
    for client, leaf_node in clients.items():
        can = leaf_node.capabilities
        missing = RequiredCapabilities(
            _without(required.extension_types, DEFAULT_EXTENSIONS.union(can.extensions)),
            _without(required.proposal_types, DEFAULT_PROPOSALS.union(can.proposals)),
            _without(required.credential_types, frozenset(can.credentials)),
        )
        if missing != RequiredCapabilities((), (), ()):
            found[client] = missing
    return found


def _both(ours: tuple[int, ...], theirs: tuple[int, ...]) -> tuple[int, ...]:
    listed = frozenset(theirs)
    return tuple(value for value in ours if value in listed)


def _without(wanted: tuple[int, ...], listed: frozenset[int]) -> tuple[int, ...]:
    return tuple(value for value in wanted if value not in listed)
