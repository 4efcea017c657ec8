"""The facts that the attacker knows, and the attempts that wait for them. A new fact starts only the attempts on it.

An attempt names the one fact that it needs, such as the init key of a key package. It is called with each value of the
fact, now and later. An attempt that needs several facts waits for one after the other. So no attempt runs twice with
the same values, in whichever order secrets and messages arrive. A fact may have two values that contradict each other,
one honest and one forged: the attacker tries both.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from workbench.adversary.leaked_secrets import InitKey
from workbench.adversary.public_tracking import EndingCommit, KnownEpoch
from workbench.adversary.randomness_compromise import ExpandedRandomness
from workbench.mls import KeyPackage, SentProposal
from workbench.mls.errors import MLSError
from workbench.mls.schedule.key_schedule import EpochSecrets
from workbench.mls.schedule.secret_tree import MessageKey, SecretTree
from workbench.mls.wire.code_points import ContentType

Value = TypeVar("Value")


class Fact(Generic[Value]):
    """The name of a fact. A fact may have several values, because the attacker hears forged messages, too."""


@dataclass(frozen=True, slots=True)
class KeyPackageIn(Fact[KeyPackage]):
    """Any key package of a cipher suite."""

    suite: int


@dataclass(frozen=True, slots=True)
class KeyPackageOf(Fact[KeyPackage]):
    """The key package that a Welcome names by its KeyPackageRef (RFC 9420 §12.4.3)."""

    reference: bytes


@dataclass(frozen=True, slots=True)
class InitKeyOf(Fact[InitKey]):
    """The init key of the key package with this KeyPackageRef."""

    reference: bytes


@dataclass(frozen=True, slots=True)
class PrivateKeyOf(Fact[bytes]):
    """The private key of a node of a group's ratchet tree."""

    group_id: bytes
    public_key: bytes


@dataclass(frozen=True, slots=True)
class ExternalPSKOf(Fact[bytes]):
    """A pre-shared key from outside of MLS (RFC 9420 §8.4)."""

    psk_id: bytes


@dataclass(frozen=True, slots=True)
class ResumptionPSKOf(Fact[bytes]):
    """The resumption PSK of an epoch (RFC 9420 §8.6)."""

    group_id: bytes
    epoch: int


@dataclass(frozen=True, slots=True)
class RandomnessIn(Fact[ExpandedRandomness]):
    """Leaked randomness, expanded in a cipher suite."""

    suite: int


@dataclass(frozen=True, slots=True)
class EpochAt(Fact[KnownEpoch]):
    """The public part of an epoch: its tree, its context and its transcript."""

    group_id: bytes
    epoch: int


@dataclass(frozen=True, slots=True)
class SenderDataSecretOf(Fact[bytes]):
    """The secret that opens the sender data of an epoch's PrivateMessages (RFC 9420 §6.3.2)."""

    group_id: bytes
    epoch: int


@dataclass(frozen=True, slots=True)
class SecretTreeOf(Fact[SecretTree]):
    """The secret tree of an epoch, or the part of it that a device has not deleted (RFC 9420 §9)."""

    group_id: bytes
    epoch: int


@dataclass(frozen=True, slots=True)
class MessageKeyOf(Fact[MessageKey]):
    """The key of one PrivateMessage, leaked without the rest of its ratchet (RFC 9420 §9.1)."""

    group_id: bytes
    epoch: int
    leaf: int
    content_type: ContentType
    generation: int


@dataclass(frozen=True, slots=True)
class ExternalPubOf(Fact[bytes]):
    """The external public key, to which a newcomer seals its init secret (RFC 9420 §8.3); it is in a GroupInfo."""

    group_id: bytes
    epoch: int


@dataclass(frozen=True, slots=True)
class ProposalIn(Fact[SentProposal]):
    """The proposal that a commit names by its reference (RFC 9420 §5.2)."""

    known: KnownEpoch
    reference: bytes


@dataclass(frozen=True, slots=True)
class SecretsOf(Fact[EpochSecrets]):
    """The secrets of an epoch."""

    known: KnownEpoch


@dataclass(frozen=True, slots=True)
class InitSecretOf(Fact[bytes]):
    """The init secret that a commit puts into the key schedule (RFC 9420 §8)."""

    commit: EndingCommit


@dataclass(frozen=True, slots=True)
class CommitSecretOf(Fact[bytes]):
    """The commit secret of a commit (RFC 9420 §8)."""

    commit: EndingCommit


class Facts:
    """All facts that the attacker knows, in all groups of the same people, and all attempts that wait for facts.

    `attempts` counts the attempts that were made.
    """

    def __init__(self) -> None:
        self.attempts = 0
        self._values: defaultdict[Fact[Any], list[Any]] = defaultdict(list)
        self._waiting: defaultdict[Fact[Any], list[Callable[[Any], object]]] = defaultdict(list)
        self._due: deque[tuple[Callable[[Any], object], Any]] = deque()

    def values(self, fact: Fact[Value]) -> Sequence[Value]:
        """The values of a fact that are known so far."""
        return tuple(self._values.get(fact, ()))

    def tell(self, fact: Fact[Value], value: Value) -> None:
        """Add a value of a fact. `work` then calls all attempts that wait for the fact."""
        if value not in self._values[fact]:
            self._values[fact].append(value)
            self._due.extend((attempt, value) for attempt in self._waiting[fact])

    def each(self, fact: Fact[Value], attempt: Callable[[Value], object]) -> None:
        """Call an attempt once with each value of a fact, also with values that come later."""
        self._waiting[fact].append(attempt)
        self._due.extend((attempt, value) for value in self._values[fact])

    def all_of(self, facts: Sequence[Fact[Value]], attempt: Callable[[tuple[Value, ...]], object]) -> None:
        """Call an attempt once with each combination of values of several facts, in the order of the facts."""
        self._next(tuple(facts), attempt, ())

    def _next(
        self, facts: tuple[Fact[Value], ...], attempt: Callable[[tuple[Value, ...]], object], found: tuple[Value, ...]
    ) -> None:
        if facts:
            self.each(facts[0], lambda value: self._next(facts[1:], attempt, (*found, value)))
        else:
            self._due.append((attempt, found))

    def work(self) -> None:
        """Make all attempts that are due, and those that become due meanwhile, until none is left."""
        while self._due:
            attempt, value = self._due.popleft()
            self.attempts += 1
            try:
                attempt(value)
            except MLSError:  # Members refuse these bytes, too. Nothing follows from them.
                continue
