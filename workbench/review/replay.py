"""Replay the messages of one group as far as the material allows, from each state and each GroupInfo in it.

A line of history starts at a member's state, or at a GroupInfo with its tree, and goes on with each commit that is
valid there. Two valid commits of one epoch are a fork, and both lines go on. A line ends where no commit is valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from workbench.inspect.carving import CarvedObject
from workbench.mls import GroupState, MLSMessage, Policy, PublicGroup, Received, Removed, decode, observe, process
from workbench.mls.errors import KeyAlreadyUsed, Misuse, MLSError, OwnMessage
from workbench.mls.group.pre_shared_keys import HeldPSKs
from workbench.mls.group.public_observer import EncryptedApplicationData, EncryptedHandshake, Observed
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.messages import GroupInfo, PublicMessage
from workbench.mls.wire.tree import RatchetTreeExtension
from workbench.review.checks import OTHER_MEMBER
from workbench.review.groups import start_from

View: TypeAlias = GroupState | PublicGroup
"""The knowledge with which a line of history is followed: a member's state, or the public part of the group."""


@dataclass(frozen=True, slots=True)
class ReplayedMessage:
    """The outcome of one message in one line: the view before it, and the error if it was refused.

    `missing` says what it would take to check a message that this line cannot check.
    """

    object: CarvedObject
    view: View
    error: MLSError | None = None
    missing: str = ""

    @property
    def is_verified(self) -> bool:
        """Whether the message was checked and accepted."""
        return self.error is None and not self.missing


@dataclass
class HistoryLine:
    """One line of history: where it starts, what was processed, and the views of its epochs.

    `begun` has the view at the beginning of each epoch, and `views` the view at its end, after its messages.
    `ended` says in a sentence why the line goes no further; "" if it has come to the end of the material.
    """

    start: str
    messages: list[ReplayedMessage] = field(default_factory=list)
    begun: dict[int, View] = field(default_factory=dict)
    views: dict[int, View] = field(default_factory=dict)
    commits: list[CarvedObject] = field(default_factory=list)
    ended: str = ""
    diverged_at: CarvedObject | None = None

    @property
    def last_epoch(self) -> int:
        """The last epoch of the line."""
        return max(self.views)


@dataclass
class Replay:
    """All lines of one group; `forks` are the epochs with two valid commits, with these commits.

    `psks` are the pre-shared keys with which the lines were followed.
    """

    group_id: bytes
    psks: HeldPSKs = field(repr=False)
    lines: list[HistoryLine] = field(default_factory=list)
    forks: list[tuple[int, tuple[CarvedObject, ...]]] = field(default_factory=list)

    def outcomes(self) -> dict[int, ReplayedMessage]:
        """The best outcome of each message, by the `id` of its object: verified in a line, refused, or neither."""
        best: dict[int, ReplayedMessage] = {}
        for line in self.lines:
            for each in line.messages:
                known = best.get(id(each.object))
                if known is None or _rank(each) > _rank(known):
                    best[id(each.object)] = each
        return best

    def views(self) -> dict[int, View]:
        """The view at the end of each epoch that a line has reached; a member's state, if there is one."""
        return _merged(line.views for line in self.lines)

    def begun(self) -> dict[int, View]:
        """The view at the beginning of each epoch, before any of its keys was used."""
        return _merged(line.begun for line in self.lines)


def whole_lines(lines: Sequence[HistoryLine]) -> list[HistoryLine]:
    """The lines, of which those that begin at a fork get the epochs before it from the line that they leave."""
    whole: list[HistoryLine] = []
    for line in lines:
        first = min(line.begun)
        before = _commits_until(line, first)
        parent = next(
            (each for each in whole if first - 1 in each.begun and _commits_until(each, first - 1) == before[:-1]), None
        )
        if parent is None or not before or before[-1].epoch != first - 1:
            whole.append(line)
            continue
        begun, views = (
            {epoch: view for epoch, view in known.items() if epoch < first} for known in (parent.begun, parent.views)
        )
        whole.append(replace(line, begun=begun | line.begun, views=views | line.views))
    return whole


def _commits_until(line: HistoryLine, epoch: int) -> list[CarvedObject]:
    return [each for each in line.commits if each.epoch is not None and each.epoch < epoch]


def _merged(lines: Iterable[dict[int, View]]) -> dict[int, View]:
    found: dict[int, View] = {}
    for views in lines:
        for epoch, view in views.items():
            if epoch not in found or (isinstance(view, GroupState) and not isinstance(found[epoch], GroupState)):
                found[epoch] = view
    return found


def _rank(each: ReplayedMessage) -> int:
    return 2 if each.is_verified else 1 if each.error is not None else 0


OLDER_STATE = "an older state of the member: this one has used and deleted the key"

MOST_LINES = 64
"""How many lines are followed: each fork makes one more, and hostile material can hold many."""


def replay(
    group_id: bytes,
    objects: Sequence[CarvedObject],
    states: Iterable[tuple[str, GroupState]],
    *,
    policy: Policy,
    trees: Sequence[RatchetTreeExtension] = (),
    psks: HeldPSKs,
    now: int = 0,
    progress: Callable[[], None] = lambda: None,
) -> Replay:
    """Follow a group from each of the `states`, each with the name of its source, and from each GroupInfo.

    `objects` are all objects of the group, in the order of the material. The policy should not refuse what other
    members may have accepted; other checks apply the application's own policy.
    """
    done = Replay(group_id, psks)
    follower = _Follower(done, objects, policy, now, progress)
    for name, state in sorted(states, key=lambda each: each[1].epoch):
        follower.follow(HistoryLine(name), replace(state, public=replace(state.public, policy=policy)))
    infos = [each for each in objects if isinstance(each.content, GroupInfo)]
    for found in sorted(infos, key=lambda each: each.content.group_context.epoch):
        if found.content.group_context.epoch in done.views():
            continue
        start = start_from(found.content, trees, policy, now)
        if start is not None:
            follower.follow(HistoryLine(f"the GroupInfo in {found.where}"), start)
    return done


class _Follower:
    """The replay of one group; `by_epoch` are its messages by the epoch that they name."""

    def __init__(
        self,
        done: Replay,
        objects: Sequence[CarvedObject],
        policy: Policy,
        now: int,
        progress: Callable[[], None],
    ) -> None:
        self.done = done
        self.policy = policy
        self.now = now
        self.progress = progress
        self.by_epoch: dict[int, list[CarvedObject]] = {}
        for each in objects:
            if each.epoch is not None and each.is_framed:
                self.by_epoch.setdefault(each.epoch, []).append(each)

    def follow(self, line: HistoryLine, view: View) -> None:
        """Follow a line to its end, and from each fork on the other lines too."""
        self.done.lines.append(line)
        while True:
            line.begun[view.epoch] = line.views[view.epoch] = view
            messages = self.by_epoch.get(view.epoch, [])
            view = self._before_commit(line, view, messages)
            line.views[view.epoch] = view
            commits = [each for each in messages if each.content_type is ContentType.commit]
            following = self._try_commits(line, view, commits)
            if not following:
                line.ended = self._reason_for_end(line, view, commits)
                return
            first, *others = following
            if others:
                self.done.forks.append((view.epoch, tuple(found for found, _ in following)))
            for found, next_view in others:
                if len(self.done.lines) < MOST_LINES:
                    other = HistoryLine(f"the fork at epoch {view.epoch}", commits=[*line.commits, found])
                    self.follow(other, next_view)
            line.commits.append(first[0])
            view = first[1]

    def _before_commit(self, line: HistoryLine, view: View, messages: Sequence[CarvedObject]) -> View:
        """Process all messages that do not end the epoch: proposals first, since later messages may need them."""
        order = sorted(
            (each for each in messages if each.content_type is not ContentType.commit),
            key=lambda each: each.content_type is not ContentType.proposal,
        )
        for found in order:
            taken, outcome = self._take(view, found)
            if isinstance(outcome.error, KeyAlreadyUsed) and self._was_used_before(line.begun[view.epoch], found):
                outcome = ReplayedMessage(found, view, missing=OLDER_STATE)
            line.messages.append(outcome)
            if taken is not None and outcome.is_verified:
                view = taken
        return view

    def _was_used_before(self, view: View, found: CarvedObject) -> bool:
        """Whether the given state had no key for a message: its member has read the message, or one with its key."""
        return isinstance(self._take(view, found)[1].error, KeyAlreadyUsed)

    def _try_commits(
        self, line: HistoryLine, view: View, commits: Sequence[CarvedObject]
    ) -> list[tuple[CarvedObject, View]]:
        """The commits that are valid in a view, each once, with the view after it."""
        following: list[tuple[CarvedObject, View]] = []
        seen: set[bytes] = set()
        for found in commits:
            taken, outcome = self._take(view, found)
            line.messages.append(outcome)
            if taken is not None and taken.epoch > view.epoch and found.data not in seen:
                following.append((found, taken))
            seen.add(found.data)
        return following

    def _take(self, view: View, found: CarvedObject) -> tuple[View | None, ReplayedMessage]:
        """Process one message: the view after it, None if there is none, and the outcome."""
        self.progress()
        try:
            if isinstance(view, PublicGroup) or isinstance(found.content, GroupInfo):
                return self._observe(view, found)
            after, received = process(view, self._decoded(found), now=self.now, psks=self.done.psks)
        except OwnMessage:
            return self._own(view, found)
        except Misuse as problem:
            return None, ReplayedMessage(found, view, missing=problem.reason)
        except MLSError as problem:
            return None, ReplayedMessage(found, view, problem)
        if isinstance(received, Removed):
            return self._go_on_in_public(view, found)
        return after, ReplayedMessage(found, view)

    def _decoded(self, found: CarvedObject) -> MLSMessage:
        return decode(MLSMessage, found.data, custom=self.policy.custom)

    def _observe(self, view: View, found: CarvedObject) -> tuple[View | None, ReplayedMessage]:
        public = view.public if isinstance(view, GroupState) else view
        after, observed = observe(public, self._decoded(found), now=self.now)
        missing = _sealed(observed)
        if missing:
            return None, ReplayedMessage(found, view, missing=f"{missing} of epoch {public.epoch}: a member's state")
        return (view if isinstance(view, GroupState) else after), ReplayedMessage(found, view)

    def _own(self, view: View, found: CarvedObject) -> tuple[View | None, ReplayedMessage]:
        """A message of the member whose state this is: its state after the commit is not in the material."""
        if isinstance(found.content, PublicMessage) and found.content_type is ContentType.commit:
            return self._go_on_in_public(view, found)
        return view, ReplayedMessage(found, view, missing=OTHER_MEMBER)

    def _go_on_in_public(self, view: View, found: CarvedObject) -> tuple[View | None, ReplayedMessage]:
        """Go on as an observer, where the member has no secrets of the next epoch."""
        public = view.public if isinstance(view, GroupState) else view
        try:
            return self._observe(public, found)
        except MLSError as problem:
            return None, ReplayedMessage(found, view, problem)

    def _reason_for_end(self, line: HistoryLine, view: View, commits: Sequence[CarvedObject]) -> str:
        later = [epoch for epoch in self.by_epoch if epoch > view.epoch]
        refused = [each for each in line.messages if each.object in commits and each.error is not None]
        if refused:
            line.diverged_at = refused[0].object
            return f"No commit of epoch {view.epoch} is valid: {refused[0].error}."
        if commits:
            return f"The commit of epoch {view.epoch} cannot be checked: it takes {line.messages[-1].missing}."
        if later:
            return (
                f"The commit that ends epoch {view.epoch} is not in the material; messages of epoch {min(later)} are."
            )
        return ""


def _sealed(observed: Observed | Received) -> str:
    if isinstance(observed, EncryptedHandshake | EncryptedApplicationData):
        return "the keys"
    return ""
