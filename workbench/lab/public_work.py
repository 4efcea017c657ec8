"""The public half of each commit, done once for all devices that process it.

In a real group each device does it by itself. Here all devices are in one process, states are values, and what follows
from equal values is equal: the second device may have the first one's result. It holds nothing secret, and what is
secret each device still does by itself, with its own keys.
"""

from __future__ import annotations

from workbench.mls import encode
from workbench.mls.group.public_commit import ProcessedPublicCommit, process_public_commit
from workbench.mls.group.state import PublicGroup
from workbench.mls.when import When
from workbench.mls.wire.messages import AuthenticatedContent

KEPT = 32
"""Commits whose result is kept, the latest ones: devices that are held back for longer do the work again."""


class PublicWork:
    """`process_public_commit` for devices with the same policy, which remembers its latest results."""

    def __init__(self) -> None:
        self._processed: dict[object, ProcessedPublicCommit] = {}

    def __call__(self, group: PublicGroup, authenticated: AuthenticatedContent, *, when: When) -> ProcessedPublicCommit:
        """The result of `process_public_commit`, whoever asked for it first; raises what it raises."""
        # The context holds the hash of the tree, and the references those of the proposals.
        known = (encode(group.context), group.interim_transcript_hash, tuple(group.proposals), group.reinit)
        key = (*known, encode(authenticated), when)
        if key not in self._processed:
            self._processed[key] = process_public_commit(group, authenticated, when=when)
            if len(self._processed) > KEPT:
                del self._processed[next(iter(self._processed))]
        return self._processed[key]
