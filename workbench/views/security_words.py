"""A compromise in words: the same words as widgets/matrix_words.js, which a test holds equal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from workbench.inspect.names import listed, upper_first
from workbench.inspect.trace_format import HolderId
from workbench.views.describe import counted
from workbench.views.security_frame import Cell, Column, SecurityFrame

_NAMED_AT_MOST = 4
_LISTED_AT_MOST = 2
_RUNS_AT_MOST = 4
_KEYS = {
    "": "leaf key unknown to the thief",
    "derived": "leaf key derived from what was stolen",
    "leaked": "leaf key stolen",
}
HEADS: Final = ("Epoch", "What began it", "How it stands", "Leaf keys known of", "Messages", "Forgeable", "Robbed")


def verdict_sentence(frame: SecurityFrame) -> str:
    """What the thief reads, what it opened again, whether the group has healed, and as whom the thief can sign."""
    if not frame.verdict.leaks:
        return "Nothing has leaked: the thief reads nothing."
    open_ = [column for column in frame.so_far if column.is_open]
    sent, read = frame.verdict.case.chronicle.messages, frame.verdict.readable_messages
    epochs = epochs_in_words([column.epoch for column in open_]) if open_ else "no epoch"
    messages = f" and {len(read)} of {counted(len(sent), 'message')}" if sent else ""
    said = [f"The thief reads {epochs}{messages}."]
    for device in dict.fromkeys(column.by for column in open_ if column.by):
        again = [column.epoch for column in open_ if column.by == device]
        had = "had healed and is open again" if len(again) == 1 else "had healed and are open again"
        said.append(f"{upper_first(epochs_in_words(again))} {had} by what leaked from {name_of(frame, device)}.")
    return " ".join([*said, *_healing(frame, open_), *_voices(frame)])


def _healing(frame: SecurityFrame, open_: Sequence[Column]) -> list[str]:
    """Whether the group has healed by the last epoch, since when, and how safely."""
    if not open_:
        return []
    last = frame.so_far[-1]
    if last.is_open:
        return ["The group has not healed."]
    healed = [column for column in frame.so_far if column.epoch > open_[-1].epoch]
    when = f"at {healed[0].epoch}, when {frame.view['steps'][healed[0].begin]['title']}"
    shaky = [column for column in healed if column.reopeners]
    if not shaky:
        return [f"Healed {when}."]
    whose = theft_of(frame, list(dict.fromkeys(member for column in shaky for member in column.reopeners)))
    what = "it" if shaky == healed[:1] else epochs_in_words([column.epoch for column in shaky])
    said = [f"Healed so far {when}: {whose} would reopen {what}."]
    if last.reopeners:
        return said
    firm = [column.epoch for column in healed if not column.reopeners]
    return [*said, f"No member's theft would reopen {epochs_in_words(firm)}."]


def _voices(frame: SecurityFrame) -> list[str]:
    names = frame.signed_as
    if not names:
        return []
    return [f"The thief can sign as {f'{len(names)} members' if len(names) > _NAMED_AT_MOST else _either(names)}."]


def standing_words(frame: SecurityFrame, column: Column) -> str:
    """How an epoch stands."""
    match column.standing:
        case "later":
            return "not yet"
        case "closed":
            return "closed to the thief"
        case "readable":
            return "read by the thief"
        case "reopened":
            return f"had healed, and is open again by what leaked from {name_of(frame, column.by)}"
        case "healed" if column.reopeners:
            return f"healed so far: {theft_of(frame, column.reopeners)} would reopen it"
        case "healed":
            return "healed"


def column_label(frame: SecurityFrame, column: Column) -> str:
    """An epoch in one line: "epoch 3, healed"."""
    return f"epoch {column.epoch}, {standing_words(frame, column)}"


def cell_label(frame: SecurityFrame, member: HolderId, column: int, cell: Cell) -> str:
    """A member in an epoch, in one line."""
    name = name_of(frame, member)
    where = f"{name} in epoch {frame.columns[column].epoch}"
    if cell.state == "later":
        return f"{where}: not yet"
    parts = [
        "not a member" if cell.state == "absent" else _KEYS[cell.key],
        messages_in_words(cell.sent, cell.read),
        f"the thief can sign as {name}" if cell.voice else "",
        "robbed in this epoch" if cell.theft else "",
    ]
    return f"{where}: {'; '.join(part for part in parts if part)}"


def matrix_label(frame: SecurityFrame) -> str:
    """Name the whole picture."""
    view = frame.view
    return (
        f"Security of {view['title']} after step {frame.step + 1} of {len(view['steps'])}: "
        f"{counted(len(view['members']), 'member')}, {counted(len(view['epochs']), 'epoch')}"
    )


def table_rows(frame: SecurityFrame) -> list[tuple[str, ...]]:
    """The picture as a table, a row for each epoch so far."""
    return [_row(frame, index) for index in range(len(frame.so_far))]


def _row(frame: SecurityFrame, index: int) -> tuple[str, ...]:
    column = frame.columns[index]
    cells = [(member["name"], frame.cell(member["id"], index)) for member in frame.view["members"]]

    def those(has: Callable[[Cell], bool]) -> str:
        return listed([name for name, cell in cells if has(cell)])

    return (
        str(column.epoch),
        column.sentence,
        standing_words(frame, column),
        those(lambda cell: cell.key != ""),
        messages_in_words(sum(cell.sent for _, cell in cells), sum(cell.read for _, cell in cells)),
        those(lambda cell: cell.voice),
        those(lambda cell: cell.theft),
    )


def messages_in_words(sent: int, read: int) -> str:
    """How many messages the thief reads: "2 messages, 1 of them read"."""
    if sent == 0:
        return ""
    if sent == 1:
        return "1 message, read" if read else "1 message, not read"
    some = {0: "none", sent: "all"}.get(read, str(read))
    return f"{sent} messages, {some} of them read"


def epochs_in_words(epochs: Sequence[int]) -> str:
    """Some epochs: "epochs 3 to 6 and 8"; many runs are only counted."""
    runs: list[list[int]] = []
    for epoch in epochs:
        if runs and runs[-1][-1] == epoch - 1:
            runs[-1].append(epoch)
        else:
            runs.append([epoch])
    if len(runs) > _RUNS_AT_MOST:
        return f"{len(epochs)} of the epochs {epochs[0]} to {epochs[-1]}"
    words = [
        word for run in runs for word in ([f"{run[0]} to {run[-1]}"] if len(run) > _LISTED_AT_MOST else map(str, run))
    ]
    return f"{'epoch' if len(epochs) == 1 else 'epochs'} {listed(words)}"


def theft_of(frame: SecurityFrame, members: Sequence[HolderId]) -> str:
    """Whose theft: "the theft of Carol or Dave"; many are only counted."""
    names = [name_of(frame, member) for member in members]
    return f"the theft of {f'any of {len(names)} members' if len(names) > _NAMED_AT_MOST else _either(names)}"


def name_of(frame: SecurityFrame, member: HolderId) -> str:
    """What a member is called."""
    return next((each["name"] for each in frame.view["members"] if each["id"] == member), member)


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else "".join(words)
