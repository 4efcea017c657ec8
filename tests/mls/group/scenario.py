"""Groups to test with: every member is a real one, and messages go to all."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.mls import (
    Add,
    BasicCredential,
    Capabilities,
    CipherSuite,
    Credential,
    GroupState,
    KeyPackageBundle,
    LeafIndex,
    Lifetime,
    MLSMessage,
    PendingCommit,
    PendingExternalCommit,
    Policy,
    Received,
    cipher_suite,
    create_commit,
    create_group,
    create_key_package,
    default_capabilities,
    encode,
    external_commit,
    group_info,
    join,
    process,
    propose,
    propose_update,
    protect,
)
from workbench.mls.group.public_group import AnyProposal

NOW = 1_767_600_000
"""5 January 2026, 08:00 UTC."""

WEEKS_8 = 8 * 7 * 24 * 3600


def with_public(state: GroupState, **changes: Any) -> GroupState:
    """The state of a member whose public group has these fields."""
    return replace(state, public=replace(state.public, **changes))


def entropies(seed: str = "scenario") -> Iterator[bytes]:
    """32 bytes a call, never the same twice, the same in every run."""
    for number in itertools.count():
        yield f"{seed} {number}".encode().ljust(32, b".")


@dataclass
class Scenario:
    """A group whose members have all seen everything; `states` by name."""

    suite: CipherSuite
    states: dict[str, GroupState] = field(default_factory=dict)
    entropy: Iterator[bytes] = field(default_factory=entropies)
    policy: Policy = field(default_factory=Policy)
    credentials: Mapping[str, Credential] = field(default_factory=dict)
    """Who shows what; all others a basic credential."""
    capabilities: Capabilities = field(default_factory=default_capabilities)

    def bundle(self, name: str, **options: Any) -> KeyPackageBundle:
        """A fresh key package for a client of this name."""
        options.setdefault("capabilities", self.capabilities)
        return create_key_package(
            self.suite,
            self.credential(name),
            self.signature_private_key(name),
            lifetime=Lifetime(NOW - 3600, NOW + WEEKS_8),
            entropy=next(self.entropy),
            **options,
        )

    def leaf(self, name: str) -> LeafIndex:
        return self.states[name].own_leaf

    def deliver(self, message: MLSMessage, sender: str) -> dict[str, Received]:
        """Let everybody but the sender process a message, as bytes; those it removes are out of the scenario."""
        received = {}
        for name, state in self.states.items():
            if name != sender:
                self.states[name], received[name] = process(state, encode(message), now=NOW)
        for name in [name for name, state in self.states.items() if not state.active and state.reinit is None]:
            del self.states[name]
        return received

    def commit(self, name: str, *proposals: AnyProposal, adds: Sequence[str] = (), **options: Any) -> PendingCommit:
        """Commit as `name`, deliver to all, and let those who are added join."""
        bundles = {added: self.bundle(added) for added in adds}
        by_value = [*proposals, *(Add(bundle.key_package) for bundle in bundles.values())]
        committed = create_commit(self.states[name], by_value, entropy=next(self.entropy), now=NOW, **options)
        self.deliver(committed.message, name)
        self.states[name] = committed.next
        for added, bundle in bundles.items():
            assert committed.welcome is not None
            self.states[added] = join(encode(committed.welcome), bundle, now=NOW, policy=self.policy)
        return committed

    def credential(self, name: str) -> Credential:
        return self.credentials.get(name) or Credential(BasicCredential(name.encode()))

    def signature_private_key(self, name: str) -> bytes:
        return self.suite.signature_key_pair(f"signature of {name}".encode().ljust(64, b".")).private_key

    def outside(self, name: str, via: str, **options: Any) -> PendingExternalCommit:
        """A commit with which `name` would join, by what `via` tells about the group."""
        return external_commit(
            encode(group_info(self.states[via])),
            self.credential(name),
            self.signature_private_key(name),
            entropy=next(self.entropy),
            now=NOW,
            **{"policy": self.policy, "capabilities": self.capabilities, **options},
        )

    def join_by_commit(self, name: str, via: str, **options: Any) -> PendingExternalCommit:
        """Let `name` add itself, in everybody's eyes; a resync replaces its state."""
        made = self.outside(name, via, **options)
        self.states.pop(name, None)
        self.deliver(made.message, name)
        self.states[name] = made.next
        return made

    def propose(self, name: str, proposal: AnyProposal, **options: Any) -> MLSMessage:
        proposed = propose(self.states[name], proposal, entropy=next(self.entropy), now=NOW, **options)
        self.states[name] = proposed.next
        self.deliver(proposed.message, name)
        return proposed.message

    def propose_update(self, name: str, **options: Any) -> MLSMessage:
        proposed = propose_update(self.states[name], entropy=next(self.entropy), now=NOW, **options)
        self.states[name] = proposed.next
        self.deliver(proposed.message, name)
        return proposed.message

    def send(self, name: str, text: bytes, **options: Any) -> MLSMessage:
        protected = protect(self.states[name], text, entropy=next(self.entropy), **options)
        self.states[name] = protected.next
        return protected.message


def group_of(*names: str, suite: int = 1, **options: Any) -> Scenario:
    """A group in which the first has added the others, all in one commit."""
    scenario = Scenario(cipher_suite(suite), **options)
    scenario.states[names[0]] = create_group(
        scenario.bundle(names[0]), b"the group", entropy=next(scenario.entropy), now=NOW, policy=scenario.policy
    )
    if len(names) > 1:
        scenario.commit(names[0], adds=names[1:])
    return scenario
