"""What the theorem allows an attacker to know: the cases of a machine-checked theorem about TreeKEM (ePrint 2025/410).

The theorem is a necessary condition: whoever has an epoch has it by one of its cases. It looks at an epoch and the
one before, and at who leaked which kind of key, and never at a ciphertext. So it may say yes where a real attacker
fails, and must never say no where one succeeds. Keys that open something count whenever they leaked, before the
epoch or after it. Keys that sign count only if they leaked before somebody was deceived with them, and so not at all
for an attacker who only listens: the cases for one who acts (3, 6, 8 and 9) are left out.

The theorem takes randomness for granted; what follows from a leak of it is added here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from workbench.adversary.group_history import EpochRecord, GroupHistory
from workbench.adversary.leak import Leak, leaked_facts
from workbench.adversary.leaked_secrets import InitKey, Item, Randomness
from workbench.inspect.trace_format import SecretId, TraceStep
from workbench.mls import KeyPackage, MLSMessage, Welcome, cipher_suite, decode, key_package_ref


class TheoremCase(Enum):
    """Why an epoch may be known: the theorem's number (0 for none), and where RFC 9750 speaks of it."""

    SECRETS_LEAKED = (1, "secrets of the epoch itself leaked", "§8.3.1")
    JOINER_LEAKED = (2, "the init key of a key package leaked, and a Welcome to the epoch is sealed to it", "§8.3.1")
    NO_PATH = (4, "the epoch before is known, and the commit brings nothing fresh", "§8.2.2")
    TREE_KEY_LEAKED = (5, "the epoch before is known, and a key of the tree leaked, then or at any time", "§8.2.2")
    STALE_LEAF = (7, "the epoch before is known, and the init key of a leaf leaked that has not committed", "§8.2.2")
    RANDOMNESS_LEAKED = (0, "randomness leaked from which its secrets were drawn", "§8.3")

    def __init__(self, number: int, sentence: str, section: str) -> None:
        self.number = number
        self.sentence = sentence
        self.section = section

    def __str__(self) -> str:
        return f"{self.sentence} (RFC 9750 {self.section})"


def allowed_by_theorem(
    group_history: GroupHistory, leaks: Sequence[Leak], beside: Sequence[GroupHistory] = ()
) -> Mapping[int, TheoremCase]:
    """The epochs that may be known after these leaks by the theorem alone, each with the case that applies.

    `beside` are other groups of the same people: an epoch that may be known there gives away its resumption PSK.
    """
    groups = (group_history, *beside)
    leaks_by_group = [_GroupLeaks(each, groups, tuple(leaks)) for each in groups]
    cases: list[dict[int, TheoremCase]] = [{} for _ in leaks_by_group]
    psks, before = set[str](), -1
    while before != len(psks):
        before = len(psks)
        for each, known in zip(leaks_by_group, cases, strict=True):
            for number, record in sorted(each.group_history.epochs.items()):
                case = known.get(number) or each.case_of(record, known, psks)
                if case is not None:
                    known[number] = case
                    psks.add(each.value("resumption_psk", record))
    return dict(sorted(cases[0].items()))


@dataclass(frozen=True)
class _GroupLeaks:
    """What the cases ask of the leaks."""

    group_history: GroupHistory
    groups: tuple[GroupHistory, ...]
    leaks: tuple[Leak, ...]

    def value(self, name: str, record: EpochRecord) -> str:
        """A secret of an epoch in hexadecimal, by which other groups know it; nothing if it was not recorded."""
        secret = record.secrets.get(name)
        return "" if secret is None else self.group_history.secrets[secret]["value"] or ""

    def case_of(
        self, record: EpochRecord, known: Mapping[int, TheoremCase], psks: AbstractSet[str]
    ) -> TheoremCase | None:
        """The first case by which an epoch may be known.

        `known` are the epochs before it that may be, `psks` the resumption PSKs of all that may be.
        """
        if record.secrets.get("epoch_authenticator") in self.leaked:
            return TheoremCase.SECRETS_LEAKED
        if not all(psk in self.leaked or self.group_history.secrets[psk]["value"] in psks for psk in record.psks):
            return None
        return self._from_outside(record) or (self._from_before(record) if record.epoch - 1 in known else None)

    def _from_outside(self, record: EpochRecord) -> TheoremCase | None:
        """A way into an epoch that does not lead through the one before."""
        commit = record.commit
        joined = self._invited[record.step]
        if joined & {_reference(package) for package in self.init_keys}:
            return TheoremCase.JOINER_LEAKED
        drawn = self._draws(self.group_history.trace["steps"][record.step])
        if commit is None or joined or commit["external"]:
            return TheoremCase.RANDOMNESS_LEAKED if drawn or (joined and self._init_key_is_drawn) else None
        return None

    def _from_before(self, record: EpochRecord) -> TheoremCase | None:
        """A way into an epoch from the one before it, which is known."""
        if record.commit is None or not record.commit["with_path"]:
            return TheoremCase.NO_PATH
        if self.leaked & {*record.keys.values()}:
            return TheoremCase.TREE_KEY_LEAKED
        in_tree = {self.group_history.secrets[key].get("public") for key in record.keys.values()}
        if in_tree & {package.leaf_node.encryption_key.hex() for package in self.init_keys}:
            return TheoremCase.STALE_LEAF
        return TheoremCase.RANDOMNESS_LEAKED if self.randomness else None

    @cached_property
    def leaked(self) -> frozenset[SecretId]:
        """All secrets that leaked."""
        return frozenset().union(*(leaked_facts(self.group_history, leak) for leak in self.leaks))

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All that leaked, by what it is."""
        return tuple(item for leak in self.leaks for item in leak.leaked_secrets)

    @cached_property
    def init_keys(self) -> tuple[KeyPackage, ...]:
        """The key packages whose init keys leaked."""
        return tuple(item.key_package for item in self.items if isinstance(item, InitKey))

    @cached_property
    def randomness(self) -> frozenset[SecretId]:
        """The randomness that leaked."""
        values = [item.entropy.hex() for item in self.items if isinstance(item, Randomness)]
        return frozenset(each.by_value[value] for each in self.groups for value in values if value in each.by_value)

    def _draws(self, step: TraceStep) -> frozenset[str]:
        """What was drawn from leaked randomness in a step, by purpose."""
        drawn = (each for each in step["operations"] if each["name"] == "fresh")
        return frozenset(each["label"] for each in drawn if self.randomness & {*each["inputs"]})

    @cached_property
    def _invited(self) -> tuple[frozenset[str], ...]:
        """Whom the Welcomes of each step are sealed to, by the references of their key packages."""
        return tuple(frozenset(_invited(step)) for step in self.group_history.trace["steps"])

    @cached_property
    def _init_key_is_drawn(self) -> bool:
        return any("init key" in self._draws(step) for each in self.groups for step in each.trace["steps"])


def _invited(step: TraceStep) -> Iterator[str]:
    for message in step["messages"]:
        if message["kind"] == "welcome":
            welcome = decode(MLSMessage, bytes.fromhex(message["wire"])).message
            if isinstance(welcome, Welcome):
                yield from (entry.new_member.hex() for entry in welcome.secrets)


def _reference(key_package: KeyPackage) -> str:
    return key_package_ref(cipher_suite(key_package.cipher_suite), key_package).hex()
