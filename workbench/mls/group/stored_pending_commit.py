"""Writing a pending commit down and reading it back, for a client that stops before its commit is accepted.

Without it, the client would lose the keys of a commit that may have been accepted. It is written in the form of a state
(`stored_state.py`), and in the clear too.
"""

from __future__ import annotations

from workbench.mls.arguments import checks_arguments
from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.crypto.signer import FindSigner
from workbench.mls.group.commit import PendingCommit
from workbench.mls.group.public_commit import EpochAdvanced
from workbench.mls.group.public_group import DEFAULT_POLICY, Policy
from workbench.mls.group.stored_state import (
    enclosed,
    opened,
    proposal_from,
    state_from,
    stored_proposal,
    stored_state,
)
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.wire.codec import decode
from workbench.mls.wire.stored import StoredPendingCommit


@checks_arguments
def write_pending_commit(committed: PendingCommit) -> bytes:
    """A pending commit with both its states, private keys and secrets in the clear."""
    advanced = committed.advanced
    stored = StoredPendingCommit(
        message=committed.message,
        welcome=committed.welcome,
        current=stored_state(committed.current),
        next=stored_state(committed.next),
        proposals=tuple(map(stored_proposal, advanced.proposals)),
        added=advanced.added,
        updated=advanced.updated,
        removed=advanced.removed,
        with_path=int(advanced.with_path),
    )
    return enclosed(stored, committed.current.suite.id)


@checks_arguments
def read_pending_commit(
    data: bytes,
    *,
    policy: Policy = DEFAULT_POLICY,
    suite: CipherSuite | None = None,
    signer: FindSigner | None = None,
) -> PendingCommit:
    """The pending commit that was written, to be applied or forgotten. Takes `signer` and raises as `read_state`."""
    suite, content = opened(data, StoredPendingCommit, suite)
    stored = decode(StoredPendingCommit, content, custom=policy.custom)
    return PendingCommit(
        message=stored.message,
        welcome=stored.welcome,
        current=state_from(stored.current, policy, suite, signer),
        next=state_from(stored.next, policy, suite, signer),
        advanced=EpochAdvanced(
            committer=LeafIndex(stored.current.own_leaf),
            proposals=tuple(map(proposal_from, stored.proposals)),
            added=tuple(map(LeafIndex, stored.added)),
            updated=tuple(map(LeafIndex, stored.updated)),
            removed=tuple(map(LeafIndex, stored.removed)),
            with_path=bool(stored.with_path),
        ),
    )
