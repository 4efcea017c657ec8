"""What the delivery service knows of a group without any key: who sends when, how much, and to whom.

All of it comes from what the service keeps, so this is also what somebody learns who reads its database. Nothing here
decrypts. The two measures say how much a message gives away by its size and by its time; padding and delay lower them,
and cost bytes and waiting (RFC 9420 §15.1, RFC 9750 §5.2, §8.4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log2

from workbench.adversary.randomness_compromise import TAG_LENGTH
from workbench.delivery import DeliveryService, Entry
from workbench.delivery.rows import DeviceRow
from workbench.inspect.names import brief_name, credential_name, few, listed
from workbench.mls import Add, MLSMessage, Remove, decode, encode
from workbench.mls.framing.padding import Padding, padding_for
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.messages import PrivateMessage, PublicMessage
from workbench.mls.wire.proposals import Commit, Proposal, ProposalByValue

ANSWER_SECONDS = 120
"""The service takes a message for an answer if somebody else sent one so shortly before."""


@dataclass(frozen=True, slots=True)
class MetadataRow:
    """One upload as the service sees it: a line of its metadata index.

    `at` is the time in seconds since 1970, `user` the name of the device that uploaded it, "" if the device is unknown.
    `readable` is what a PublicMessage says in the clear, "" for a PrivateMessage. `invited` are the users who receive
    the group's messages from here on. `size` is in bytes.
    """

    index: int
    at: int | None
    user: str
    epoch: int
    kind: str
    size: int
    readable: str
    invited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServerKnowledge:
    """All that the service knows of one group. `waiting` says how many messages wait for each of its users."""

    group_id: bytes
    rows: tuple[MetadataRow, ...]
    waiting: Mapping[str, int]
    messages: tuple[bytes, ...]

    @classmethod
    def of(cls, service: DeliveryService, group_id: bytes) -> ServerKnowledge:
        """Read what a service keeps of a group. Raises `UnknownGroup`."""
        entries = service.entries(group_id)
        with service.store.read() as rows:
            members = rows.members(group_id)
            users = {each.device: _user(rows.device(each.device)) for each in members}
            senders = {each.sender: _user(rows.device(each.sender)) for each in entries if each.sender}
        joined: dict[int, list[str]] = {}
        for member in members:
            joined.setdefault(member.joined, []).append(users[member.device])
        return cls(
            group_id,
            tuple(
                _row(entry, senders.get(entry.sender, ""), sorted(joined.get(entry.index + 1, ()))) for entry in entries
            ),
            {users[member.device]: len(entries) - member.next_index for member in members},
            tuple(entry.message for entry in entries),
        )

    @property
    def sent(self) -> tuple[MetadataRow, ...]:
        """The application messages."""
        return tuple(row for row in self.rows if row.kind == ContentType.application.name)

    def sizes(self, padding: Padding) -> tuple[int, ...]:
        """The size of each application message, if the sender had padded it by a rule.

        The messages must have been sent without padding. Sizes are exact: the message is encoded at its new length.
        """
        return tuple(padded_size(self.messages[row.index], padding) for row in self.sent)

    def slots(self, delay: int) -> tuple[int, ...]:
        """When each application message arrives, if devices send only at multiples of `delay` seconds; 0 is at once."""
        times = (row.at or 0 for row in self.sent)
        return tuple(at if delay == 0 else -(-at // delay) * delay for at in times)

    def answers(self, delay: int = 0) -> Mapping[tuple[str, str], int]:
        """Who seems to answer whom, and how often: two messages of different users shortly one after the other.

        Messages that arrive at one instant have no order, so they are answers to nothing.
        """
        found = Counter[tuple[str, str]]()
        sent = list(zip(self.sent, self.slots(delay), strict=True))
        for (before, at), (after, then) in pairwise(sent):
            if before.user != after.user and 0 < then - at <= max(ANSWER_SECONDS, delay):
                found[after.user, before.user] += 1
        return found


def entropy(values: Iterable[object]) -> float:
    """How many bits a value tells on average: the Shannon entropy of its distribution in these values."""
    counts = Counter(values)
    total = counts.total()
    return sum(count / total * log2(total / count) for count in counts.values())


def padded_size(message: bytes, padding: Padding) -> int:
    """How many bytes a PrivateMessage without padding would have with it (RFC 9420 §6.3.1)."""
    framed = decode(MLSMessage, message)
    private = framed.message
    if not isinstance(private, PrivateMessage):
        return len(message)
    plaintext = len(private.ciphertext) - TAG_LENGTH
    longer = replace(private, ciphertext=bytes(len(private.ciphertext) + padding_for(padding, plaintext)))
    return len(encode(replace(framed, message=longer)))


def _user(device: DeviceRow | None) -> str:
    return "" if device is None else device.user


def _row(entry: Entry, user: str, invited: Sequence[str]) -> MetadataRow:
    kind = "notice" if entry.content_type is None else entry.content_type.name
    at, size = entry.sent_at, len(entry.message)
    return MetadataRow(entry.index, at, user, entry.epoch, kind, size, _readable(entry.message), tuple(invited))


def _readable(message: bytes) -> str:
    """What a PublicMessage says in the clear, in few words."""
    framed = decode(MLSMessage, message).message if message else None
    if not isinstance(framed, PublicMessage):
        return ""
    match framed.content.content:
        case Proposal(proposal):
            return _proposal_words(proposal)
        case Commit(proposals, path):
            given = (each.proposal_or_ref for each in proposals)
            words = [
                _proposal_words(each.proposal.proposal) if isinstance(each, ProposalByValue) else "a waiting proposal"
                for each in given
            ]
            return listed([*few(words), *(["fresh keys for the committer"] if path is not None else [])])
    return ""


def _proposal_words(proposal: object) -> str:
    match proposal:
        case Add(key_package):
            return f"Add of {brief_name(credential_name(key_package.leaf_node))}"
        case Remove(leaf):
            return f"Remove of leaf {leaf}"
    return type(proposal).__name__
