"""The public part of processing a commit, computed once for all devices.

In a real group each device does this work itself. In the lab all devices are in one process, and states are immutable
values, so the devices can share the result. The result has no secrets: each device still does the secret part itself,
with its own keys.
"""

from __future__ import annotations

from workbench.mls import encode
from workbench.mls.group.public_commit import ProcessedPublicCommit, process_public_commit
from workbench.mls.group.public_group import PublicGroup
from workbench.mls.when import When
from workbench.mls.wire.messages import AuthenticatedContent

KEPT = 32
"""How many results are kept, the latest ones. A device that was held back for longer does the work again."""


class PublicWork:
    """`process_public_commit` with a memory of its latest results, for devices with the same policy."""

    def __init__(self) -> None:
        self._processed: dict[object, ProcessedPublicCommit] = {}

    def __call__(self, group: PublicGroup, authenticated: AuthenticatedContent, *, when: When) -> ProcessedPublicCommit:
        """The result of `process_public_commit`, computed or remembered; raises the same errors."""
        # The context has the hash of the tree, and a reference is the hash of a proposal: so this key says it all.
        known = (encode(group.context), group.interim_transcript_hash, tuple(group.proposals), group.reinit)
        key = (*known, encode(authenticated), when)
        if key not in self._processed:
            self._processed[key] = process_public_commit(group, authenticated, when=when)
            if len(self._processed) > KEPT:
                del self._processed[next(iter(self._processed))]
        return self._processed[key]
