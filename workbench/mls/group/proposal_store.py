"""The pending proposals of a group, by their references (RFC 9420 §5.2, §12.1).

A state is a value, so each proposal that arrives makes another state. If each state had its own dict, a thousand
proposals would copy half a million entries. So a store shares parts with the store from which it was made. Parts of
equal size are merged, like the carry of a binary number: a store of `n` proposals has about `log2(n)` parts, and one
more proposal copies about `log2(n)` entries on average.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from workbench.mls.group.public_group import ProposalSender, SentProposal


class _Part(NamedTuple):
    """Some proposals in the order of their arrival, and their number by sender."""

    proposals: Mapping[bytes, SentProposal]
    by_sender: Mapping[ProposalSender, int]

    def with_later(self, later: _Part) -> _Part:
        """One part of this one and a later one."""
        return _Part({**self.proposals, **later.proposals}, Counter(self.by_sender) + Counter(later.by_sender))


class ProposalStore(Mapping[bytes, SentProposal]):
    """Proposals by their references, in the order of their arrival; an immutable mapping."""

    def __init__(self, proposals: Mapping[bytes, SentProposal]) -> None:
        by_sender = Counter(sent.sender for sent in proposals.values())
        self._parts: tuple[_Part, ...] = (_Part(dict(proposals), by_sender),) if proposals else ()

    @classmethod
    def of(cls, proposals: Mapping[bytes, SentProposal]) -> ProposalStore:
        """A store of these proposals: the same object, if it is a store."""
        return proposals if isinstance(proposals, cls) else cls(proposals)

    def having(self, reference: bytes, sent: SentProposal) -> ProposalStore:
        """The store with one more proposal."""
        if reference in self:
            return self
        parts = list(self._parts)
        last = _Part({reference: sent}, {sent.sender: 1})
        while parts and len(parts[-1].proposals) <= len(last.proposals):
            last = parts.pop().with_later(last)
        store = ProposalStore({})
        store._parts = (*parts, last)
        return store

    def number_from(self, sender: ProposalSender) -> int:
        """The number of proposals from one sender."""
        return sum(part.by_sender.get(sender, 0) for part in self._parts)

    def __getitem__(self, reference: bytes) -> SentProposal:
        for part in self._parts:
            if reference in part.proposals:
                return part.proposals[reference]
        raise KeyError(reference)

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            yield from part.proposals

    def __len__(self) -> int:
        return sum(len(part.proposals) for part in self._parts)

    def __repr__(self) -> str:
        return repr(dict(self))
