"""The epochs that an attacker may know by a machine-checked theorem about TreeKEM (ePrint 2025/410).

The theorem is a necessary condition: if an attacker knows the secrets of an epoch, one of the theorem's cases applies.
A case looks at the epoch, at the epoch before it and at the kinds of keys that leaked. It never looks at a ciphertext.
So a case may apply where a real attacker fails. But some case must apply wherever a real attacker succeeds.

A private key that decrypts counts whether it leaked before or after the epoch. A signature key counts only if the
attacker uses it to deceive a member. The attacker here only listens, so the cases for attackers who act (3, 6, 8 and
9) are left out.

The theorem assumes good randomness. The case for leaked randomness is added here.
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
    """Why an attacker may know an epoch: the case's number in the theorem (0 for none), and the section of RFC 9750."""

    SECRETS_LEAKED = (1, "secrets of this epoch leaked", "§8.3.1")
    JOINER_LEAKED = (2, "an init key leaked, and a Welcome to this epoch is sealed to it", "§8.3.1")
    NO_PATH = (4, "the epoch before is known, and the commit has no path", "§8.2.2")
    TREE_KEY_LEAKED = (5, "the epoch before is known, and a key of the tree leaked at any time", "§8.2.2")
    STALE_LEAF = (7, "the epoch before is known, and the init key of a member leaked who has not committed", "§8.2.2")
    RANDOMNESS_LEAKED = (0, "randomness leaked, and secrets of the epoch are derived from it", "§8.3")

    def __init__(self, number: int, sentence: str, section: str) -> None:
        self.number = number
        self.sentence = sentence
        self.section = section

    def __str__(self) -> str:
        return f"{self.sentence} (RFC 9750 {self.section})"


def allowed_by_theorem(
    group_history: GroupHistory, leaks: Sequence[Leak], beside: Sequence[GroupHistory] = ()
) -> Mapping[int, TheoremCase]:
    """The epochs that an attacker with these leaks may know by the theorem alone, each with the case that applies.

    `beside` are other groups of the same people. If the attacker may know an epoch of such a group, it may also know
    the resumption PSK of that epoch.
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
    """What leaked, as the cases of the theorem ask for it, in one group."""

    group_history: GroupHistory
    groups: tuple[GroupHistory, ...]
    leaks: tuple[Leak, ...]

    def value(self, name: str, record: EpochRecord) -> str:
        """A secret of an epoch in hexadecimal, to be found in other groups; an empty text if it was not recorded."""
        secret = record.secrets.get(name)
        return "" if secret is None else self.group_history.secrets[secret]["value"] or ""

    def case_of(
        self, record: EpochRecord, known: Mapping[int, TheoremCase], psks: AbstractSet[str]
    ) -> TheoremCase | None:
        """The first case that applies to an epoch; None if no case applies.

        `known` are the earlier epochs that the attacker may know, `psks` the resumption PSKs that it may know.
        """
        if record.secrets.get("epoch_authenticator") in self.leaked:
            return TheoremCase.SECRETS_LEAKED
        if not all(psk in self.leaked or self.group_history.secrets[psk]["value"] in psks for psk in record.psks):
            return None
        return self._from_outside(record) or (self._from_before(record) if record.epoch - 1 in known else None)

    def _from_outside(self, record: EpochRecord) -> TheoremCase | None:
        """The first case that does not need the epoch before."""
        commit = record.commit
        joined = self._invited[record.step]
        if joined & {_reference(package) for package in self.init_keys}:
            return TheoremCase.JOINER_LEAKED
        drawn = self._draws(self.group_history.trace["steps"][record.step])
        if commit is None or joined or commit["external"]:
            return TheoremCase.RANDOMNESS_LEAKED if drawn or (joined and self._init_key_is_drawn) else None
        return None

    def _from_before(self, record: EpochRecord) -> TheoremCase | None:
        """The first case that needs the epoch before, when the attacker may know that epoch."""
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
        """All leaked items."""
        return tuple(item for leak in self.leaks for item in leak.leaked_secrets)

    @cached_property
    def init_keys(self) -> tuple[KeyPackage, ...]:
        """The key packages whose init keys leaked."""
        return tuple(item.key_package for item in self.items if isinstance(item, InitKey))

    @cached_property
    def randomness(self) -> frozenset[SecretId]:
        """The ids of the leaked randomness, in all groups."""
        values = [item.entropy.hex() for item in self.items if isinstance(item, Randomness)]
        return frozenset(each.by_value[value] for each in self.groups for value in values if value in each.by_value)

    def _draws(self, step: TraceStep) -> frozenset[str]:
        """The purposes for which a device used leaked randomness in a step."""
        drawn = (each for each in step["operations"] if each["name"] == "fresh")
        return frozenset(each["label"] for each in drawn if self.randomness & {*each["inputs"]})

    @cached_property
    def _invited(self) -> tuple[frozenset[str], ...]:
        """For each step, the KeyPackageRefs of the newcomers to whom its Welcomes are sealed."""
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
