"""The view of the key schedule: the secrets of each epoch, how each is derived, and who has and who has deleted it.

All of it was recorded: the derivations are the operations that devices performed, the holders are those whose states
had the secret. A secret that no state ever had was used and deleted within one step. The attacker deletes nothing: it
has what leaked to it and what it computed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypedDict

from workbench.adversary.group_history import EpochRecord, GroupHistory
from workbench.inspect.names import psk_name
from workbench.inspect.trace_format import HolderId, SecretId, Trace, TraceOperation
from workbench.mls import decode
from workbench.mls.crypto.ciphersuite import CIPHER_SUITES, CipherSuite
from workbench.mls.schedule.key_schedule import export_secret
from workbench.mls.wire.messages import GroupSecrets
from workbench.mls.wire.proposals import PreSharedKeyID, ResumptionPSK
from workbench.views.crowds import CrowdNumber, Crowds
from workbench.views.derivation import CALLS
from workbench.views.ratchet_tree import members_of, ratchet_tree_view, viewers_of
from workbench.views.schema import Hex, MemberView, RatchetTreeView, ViewerView
from workbench.views.secret_holders import HowHeld, SecretHolders
from workbench.views.tree_step import SCHEDULE

FORMAT: Final = "mls-workbench/key-schedule-view"
VERSION: Final = 1

OUTPUTS: Final = SCHEDULE[SCHEDULE.index("epoch_secret") + 1 :]
"""The secrets that are derived from the epoch_secret, in the order of the RFC (RFC 9420 §8, table 4)."""

_ORDER: Final = (
    *("external_priv", "external_init_secret", "commit_secret", "extracted_secret", "joiner_secret", "psk"),
    *("member_secret", "welcome_secret", "welcome_key", "welcome_nonce"),
    *("epoch_secret", *OUTPUTS),
)
"""The order of the secrets of an epoch in the table; those of earlier epochs come first."""

_CONTEXTS: Final[Mapping[str, str]] = {"joiner": "GroupContext", "epoch": "GroupContext", "derived psk": "PSKLabel"}
"""What the expansion with a label is bound to; all others are bound to nothing."""

_SOURCES: Final[Mapping[str, str]] = {
    "commit_secret": "The commit's path gives it: it is the path secret above that of the root of the ratchet tree.",
}
_DRAWN: Final[Mapping[str, str]] = {
    "fresh": "It was drawn at random when the group was created (§11).",
    "export_to": "The newcomer made it by a key encapsulation to the external public key of the epoch before (§8.3).",
}
"""Where a secret comes from that is no output of the schedule, by its name, or by the operation that made it."""

_EXPORTED: Final = ("example", "", 32)
"""The export that a page without Python has for each epoch: its label, context and length."""


class TimeHeldView(TypedDict):
    """Viewers that have a secret from step `first` to the step before `end`; `end` is null if they still have it.

    If they `used` it, then `end` is `first`.
    """

    holders: CrowdNumber
    how: HowHeld
    first: int
    end: int | None


class ScheduleSecretView(TypedDict):
    """One secret of an epoch's key schedule.

    `key` identifies it within the epoch, `name` is its RFC name, and `epoch` its own epoch. `value` is null if it was
    not recorded; `length` is in bytes. `formula` is the operation that gives it in the RFC's notation, with its
    `label` and the `section` about it, and `inputs` are the keys of its inputs. A secret that comes from outside of the
    schedule has no inputs, and `source` says where it comes from. `psk` is the name of a pre-shared key, "" for others.
    `is_zero` is true for the all-zero string that the RFC puts in place of a missing secret. `welcomed` are the viewers
    that found the secret in a Welcome.
    """

    key: str
    name: str
    epoch: int | None
    value: Hex | None
    length: int
    is_zero: bool
    psk: str
    formula: str
    label: str
    section: str
    inputs: list[str]
    source: str
    welcomed: CrowdNumber
    held: list[TimeHeldView]


class EpochScheduleView(TypedDict):
    """The key schedule of one epoch, which step `step` began; `title` says what the step did.

    `kind` is "first" for the epoch with which the record begins, otherwise "commit" or "external" (an external commit).
    `group_context` is the encoded GroupContext, to which the secrets are bound (RFC 9420 §8.1).
    """

    step: int
    title: str
    kind: Literal["first", "commit", "external"]
    members: int
    group_context: Hex | None
    secrets: list[ScheduleSecretView]


class ScheduleStepView(TypedDict):
    """One step of the history: the group's epoch after it, and what it did."""

    epoch: int
    title: str


class ExportView(TypedDict):
    """A secret that was exported for an application (RFC 9420 §8.5). The context is text; the length is in bytes."""

    epoch: int
    label: str
    context: str
    length: int
    value: Hex


class KeyScheduleView(TypedDict):
    """The key schedules of all recorded epochs of a group, by epoch in decimal.

    `crowds` has the sets of viewers, each as indices of `viewers`. `exports` are the exports that a page without Python
    can show.
    """

    format: Literal["mls-workbench/key-schedule-view"]
    version: Literal[1]
    title: str
    suite: str
    members: list[MemberView]
    viewers: list[ViewerView]
    crowds: list[list[int]]
    steps: list[ScheduleStepView]
    epochs: dict[str, EpochScheduleView]
    exports: list[ExportView]


def key_schedule_view(
    group_history: GroupHistory, title: str | None = None, *, tree: RatchetTreeView | None = None
) -> KeyScheduleView:
    """The view of a group's history. `tree` may give the view of its ratchet tree, so that it is not made again."""
    return GrowingKeySchedule().view(group_history, title, tree=tree)


class GrowingKeySchedule:
    """Makes the views of a history that grows: of a longer one it reads only the new steps."""

    def __init__(self) -> None:
        self._holders = SecretHolders()

    def view(
        self, group_history: GroupHistory, title: str | None = None, *, tree: RatchetTreeView | None = None
    ) -> KeyScheduleView:
        """The view of a group's history. `tree` may give the view of its ratchet tree, so that it is not made again."""
        trace = group_history.trace
        if not self._holders.is_continued_by(trace):
            self._holders = SecretHolders()
        self._holders.read(trace)
        tree = tree or ratchet_tree_view(trace)
        crowds = Crowds(viewers_of(trace))
        writer = _Writer(group_history, suite_of(trace), _Derivations.of(trace), self._holders, crowds)
        view: KeyScheduleView = {
            "format": FORMAT,
            "version": VERSION,
            "title": title or tree["title"],
            "suite": trace["suite"],
            "members": members_of(trace),
            "viewers": viewers_of(trace),
            "crowds": [],
            "steps": [{"epoch": step["epoch"], "title": step["title"]} for step in tree["steps"]],
            "epochs": {
                str(epoch): writer.epoch(record, tree["steps"][record.step]["title"])
                for epoch, record in group_history.epochs.items()
            },
            "exports": [],
        }
        view["crowds"] = crowds.written()
        exports = (export_of(view, epoch, *_EXPORTED) for epoch in group_history.epochs)
        view["exports"] = [export for export in exports if export is not None]
        return view


def suite_of(trace: Trace) -> CipherSuite:
    """The cipher suite of the group of a trace."""
    return next(suite for suite in CIPHER_SUITES.values() if suite.name == trace["suite"])


def export_of(view: KeyScheduleView, epoch: int, label: str, context: str, length: int) -> ExportView | None:
    """Export a secret from an epoch (RFC 9420 §8.5); None if its exporter_secret was not recorded.

    The label and the context are text, the length is in bytes. Raises `Misuse` for a length that the KDF cannot give.
    """
    schedule = view["epochs"].get(str(epoch))
    secrets = () if schedule is None else schedule["secrets"]
    found = next((each["value"] for each in secrets if each["key"] == "exporter_secret"), None)
    if found is None:
        return None
    suite = next(suite for suite in CIPHER_SUITES.values() if suite.name == view["suite"])
    value = export_secret(suite, bytes.fromhex(found), label, context.encode(), length)
    return {"epoch": epoch, "label": label, "context": context, "length": length, "value": value.hex()}


@dataclass(frozen=True, slots=True)
class _Derivations:
    """The operation that gives each secret, and the holders that found a secret in a Welcome."""

    made_by: Mapping[SecretId, TraceOperation]
    welcomed: Mapping[SecretId, Sequence[HolderId]]

    @classmethod
    def of(cls, trace: Trace) -> _Derivations:
        """Read a trace. Of an external init_secret the derivation of the members counts, not that of the newcomer."""
        made_by: dict[SecretId, TraceOperation] = {}
        welcomed: defaultdict[SecretId, list[HolderId]] = defaultdict(list)
        for operation in (operation for step in trace["steps"] for operation in step["operations"]):
            output = operation["output"]
            if output is None or operation["name"] == "encode":
                continue
            if operation["name"] == "decode":
                welcomed[output] += operation["by"]
            elif operation["name"] != "decrypt_with_label" and (
                output not in made_by or made_by[output]["name"] == "export_to"
            ):
                made_by[output] = operation
        return cls(made_by, welcomed)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the schedules of the epochs of one group."""

    group_history: GroupHistory
    suite: CipherSuite
    derivations: _Derivations
    holders: SecretHolders
    crowds: Crowds

    def epoch(self, record: EpochRecord, title: str) -> EpochScheduleView:
        """The schedule of an epoch: all secrets from which its secrets were derived."""
        ids = self._secrets(record)
        keys = self._keys(record, ids)
        step = self.group_history.trace["steps"][record.step]
        commit = record.commit
        secrets = [each for secret in ids for each in self._secret(record, secret, keys)]
        return {
            "step": record.step,
            "title": title,
            "kind": "first" if commit is None else "external" if commit["external"] else "commit",
            "members": len(record.members),
            "group_context": step["context"],
            "secrets": secrets,
        }

    def _secrets(self, record: EpochRecord) -> list[SecretId]:
        """The outputs of the schedule and all that they were derived from, in order."""
        ends = (*OUTPUTS, "welcome_secret", "welcome_key", "welcome_nonce", "epoch_secret")
        waiting = [record.secrets[name] for name in ends if name in record.secrets]
        found: dict[SecretId, None] = {}
        while waiting:
            secret = waiting.pop(0)
            if secret not in found:
                found[secret] = None
                waiting += [each for each in self._inputs(record, secret) if each is not None]
        entries = self.group_history.secrets
        order = {name: place for place, name in enumerate(_ORDER)}
        turns = self._turns(record)

        def place(secret: SecretId) -> tuple[bool, int, int]:
            is_own = entries[secret]["epoch"] == record.epoch
            if secret in turns:
                return True, order["psk"], turns[secret]
            return is_own, order.get(entries[secret]["name"], 0), 0

        return sorted(found, key=place)

    def _turns(self, record: EpochRecord) -> Mapping[SecretId, int]:
        """The place of each secret on the way from the pre-shared keys to the psk_secret: one key after the other."""
        turns: dict[SecretId, int] = {}
        names = {"psk_extracted", "psk_input", "psk_secret"}
        for operation in self.group_history.trace["steps"][record.step]["operations"]:
            output = operation["output"]
            if output is not None and self.group_history.secrets[output]["name"] in names:
                for secret in (*operation["inputs"], output):
                    if secret is not None:
                        turns.setdefault(secret, len(turns))
        return turns

    def _inputs(self, record: EpochRecord, secret: SecretId) -> Sequence[SecretId | None]:
        """The inputs of a secret within the schedule; none for a secret that comes from elsewhere."""
        entry, operation = self.group_history.secrets[secret], self.derivations.made_by.get(secret)
        is_outside = entry["name"] in {"commit_secret", "psk"} or entry["epoch"] != record.epoch
        return () if is_outside or operation is None or operation["name"] == "fresh" else operation["inputs"]

    def _keys(self, record: EpochRecord, ids: Sequence[SecretId]) -> Mapping[SecretId, str]:
        """A name for each secret that no other secret of the schedule has."""
        entries, counts = self.group_history.secrets, Counter[str]()
        keys: dict[SecretId, str] = {}
        for secret in ids:
            name, epoch = entries[secret]["name"], entries[secret]["epoch"]
            key = name if epoch == record.epoch or name == "psk" else f"{name} of epoch {epoch}"
            counts[key] += 1
            keys[secret] = key if counts[key] == 1 else f"{key} ({counts[key]})"
        return keys

    def _secret(
        self, record: EpochRecord, secret: SecretId, keys: Mapping[SecretId, str]
    ) -> Iterator[ScheduleSecretView]:
        """A secret, after the zeros from which it was derived if a part of the schedule is missing."""
        entry = self.group_history.secrets[secret]
        inputs, operation = self._inputs(record, secret), self.derivations.made_by.get(secret)
        names: list[str] = [keys[each] if each is not None else "0" for each in inputs]
        missing = {"extracted_secret": "commit_secret", "member_secret": "psk_secret"}.get(entry["name"])
        if missing is not None and names[1:] == ["0"]:
            names[1] = missing
            yield self._zeros(record.epoch, missing)
        label = "" if operation is None else operation["label"]
        value = entry["value"]
        yield {
            "key": keys[secret],
            "name": entry["name"],
            "epoch": None if entry["name"] == "psk" else entry["epoch"],
            "value": value,
            "length": self.suite.hash_length if value is None else len(value) // 2,
            "is_zero": False,
            "psk": self._psks(record).get(secret, "") if secret in record.psks else "",
            "formula": self._formula(operation, names, value) if inputs and operation else "",
            "label": label if inputs else "",
            "section": CALLS[operation["name"]][1] if inputs and operation else "",
            "inputs": [name for name in names if name != "0"],
            "source": "" if inputs else self._source(record, secret),
            "welcomed": self.crowds.number_of(self.derivations.welcomed.get(secret, ())),
            "held": self._held(secret),
        }

    def _zeros(self, epoch: int, name: str) -> ScheduleSecretView:
        what = "The commit has no path" if name == "commit_secret" else "The commit names no pre-shared key"
        return {
            "key": name,
            "name": name,
            "epoch": epoch,
            "value": bytes(self.suite.hash_length).hex(),
            "length": self.suite.hash_length,
            "is_zero": True,
            "psk": "",
            "formula": "",
            "label": "",
            "section": "8" if name == "commit_secret" else "8.4",
            "inputs": [],
            "source": f"{what}, so the all-zero string stands here, which everybody knows.",
            "welcomed": self.crowds.number_of(()),
            "held": [],
        }

    def _formula(self, operation: TraceOperation, names: Sequence[str], value: Hex | None) -> str:
        """The operation in the RFC's notation, for example `DeriveSecret(epoch_secret, "init")`."""
        call, label = CALLS[operation["name"]][0], operation["label"]
        if operation["name"] == "export_from":
            return f'SetupBaseR(kem_output, {names[0]}, "").Export("{label}", {len(value or "") // 2})'
        arguments = [*names]
        if operation["name"] in {"derive_secret", "expand_with_label"}:
            arguments.append(f'"{label}"')
        if operation["name"] == "expand_with_label":
            arguments += [_CONTEXTS.get(label, '""'), str(len(value or "") // 2)]
        return f"{call}({', '.join(arguments)})"

    def _source(self, record: EpochRecord, secret: SecretId) -> str:
        """Where a secret comes from that the schedule does not derive."""
        entry, operation = self.group_history.secrets[secret], self.derivations.made_by.get(secret)
        name = entry["name"]
        if secret in record.psks:
            return f"The commit mixes in {self._psks(record).get(secret, 'a pre-shared key')}."
        if entry["epoch"] != record.epoch:
            return f"It was derived in epoch {entry['epoch']}."
        if name not in _SOURCES and secret in self.derivations.welcomed:
            return "It came in a Welcome, and no recorded device derived it."
        made = None if operation is None else operation["name"]
        return _SOURCES.get(name) or _DRAWN.get(made or "", "No recorded device derived it.")

    def _psks(self, record: EpochRecord) -> Mapping[SecretId, str]:
        """The names of the pre-shared keys of an epoch."""
        return dict(zip(reversed(record.psks), reversed([*self._psk_names(record)]), strict=False))

    def _psk_names(self, record: EpochRecord) -> Iterator[str]:
        """The names of the pre-shared keys of a commit, from its proposals or from the GroupSecrets in its Welcome."""
        if record.commit is not None:
            yield from (each["name"] or "" for each in record.commit["proposals"] if each["type"] == "psk")
            return
        for operation in self.group_history.trace["steps"][record.step]["operations"]:
            whole = operation["output"]
            value = None if whole is None else self.group_history.secrets[whole]["value"]
            if operation["name"] == "encode" and value is not None:
                yield from (_psk_of_before(psk_id) for psk_id in decode(GroupSecrets, bytes.fromhex(value)).psks)
                return

    def _held(self, secret: SecretId) -> list[TimeHeldView]:
        together: defaultdict[tuple[int, int | None, HowHeld], list[HolderId]] = defaultdict(list)
        for holder, how, first, end in self.holders.of(secret):
            together[first, end, how].append(holder)
        return [
            {"holders": self.crowds.number_of(holders), "how": how, "first": first, "end": end}
            for (first, end, how), holders in together.items()
        ]


def _psk_of_before(psk_id: PreSharedKeyID) -> str:
    """The name of a pre-shared key of a group that was founded: a ReInit or a branch has one of the group before."""
    key, name = psk_id.psk, psk_name(psk_id)
    return f"{name} of the group before ({key.usage.name})" if isinstance(key, ResumptionPSK) else name
