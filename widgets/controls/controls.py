"""Buttons to act in a world, with the picture of its ratchet tree, and the reasons why a button cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from html import escape
from typing import Any

import ipywidgets

from widgets.ratchet_tree import RatchetTree
from widgets.shared.live_output import LiveOutput, failure_words, shown
from widgets.timeline import Timeline
from workbench.inspect.names import brief_names
from workbench.lab import NotPossible, World
from workbench.lab.actions import ACTIONS, form
from workbench.lab.actions.action import NEWCOMER, Action
from workbench.lab.group import Group
from workbench.lab.record import ATTACKER
from workbench.lab.shared_history import InvalidHistory, SharedHistory
from workbench.views.ratchet_tree import GrowingTree

FREQUENT_ACTIONS = ("commit", "update", "send", "add", "remove", "compromise")
MORE_ACTIONS = (
    *("join", "request_to_join", "approve", "resync", "share_psk", "commit_with_psk"),
    *("external_sender", "ask_to_add", "ask_to_remove", "branch", "reinit", "successor"),
)
"""The actions that have a button only under "More actions", in the order of the buttons."""
FIELDS = ("who", "whom", "newcomer", "text", "outsider", "psk")
FRAME = "2px solid var(--jp-brand-color1, currentColor)"
"""The border of the question "From here?"."""
SAVED = "Saved with the notebook, without the buttons. To act, run this cell again."


class Controls(ipywidgets.VBox):
    """The ratchet tree of a world, with buttons to act in the world.

    `tree` is the picture. It plays each new step of the history. A click on a leaf chooses its member. Each button says
    who does what to whom. A button for an action that is not possible is greyed out, and the line below says why. If
    there are several groups, `group` chooses the one that is shown.

    While the picture shows an older step, a button asks `question`: shall the action begin another branch of the
    history `from_here`, or follow the `newest` step? Both branches stay: `branch` chooses the one that is shown, and
    `timeline` draws all of them.
    """

    def __init__(self, world: World) -> None:
        """Show a world that has a group."""
        self._world = world
        self._branches = [world]
        self._is_offering = False
        # While the picture plays on after an action, its step is this one or a later one; None if it has arrived.
        self._left_at: int | None = None
        self._growing = GrowingTree()
        first = next(name for name in world.members if name in world.devices)
        self.tree = RatchetTree(self._growing.view(world.trace()), viewer=first)
        self.branch = ipywidgets.Dropdown(description="Branch")
        self.from_here, self.newest, self.cancel = (
            ipywidgets.Button(layout=ipywidgets.Layout(width="auto")) for _ in range(3)
        )
        self.from_here.on_click(self._telling(lambda _: self._answer(self._act_from_here)))
        self.newest.on_click(self._telling(lambda _: self._answer(self._perform)))
        self.cancel.on_click(self._telling(lambda _: self._answer(None)))
        self.cancel.description = "Cancel"
        self.asked = ipywidgets.HTML()
        self._asks_for = ""
        row = ipywidgets.Layout(flex_flow="row wrap")
        answers = ipywidgets.Box([self.from_here, self.newest, self.cancel], layout=row)
        frame = ipywidgets.Layout(display="none", border=FRAME, padding="4px 8px", margin="4px 2px")
        self.question = ipywidgets.VBox([self.asked, answers], layout=frame)
        self.group = ipywidgets.Dropdown(description="Group")
        self.who = ipywidgets.Dropdown(options=world.members, value=world.members[0], description="Member")
        self.whom = ipywidgets.Dropdown(description="On whom")
        self.newcomer = ipywidgets.Text(description="Newcomer", placeholder="a name", continuous_update=True)
        self.text = ipywidgets.Text(description="Message", value="Meet me at nine.", continuous_update=True)
        self.outsider = ipywidgets.Text(description="Outsider", value="HR", continuous_update=True)
        self.psk = ipywidgets.Text(description="Key", value="tea", continuous_update=True)
        self.failure = ipywidgets.HTML()
        self.older = ipywidgets.HTML()
        self.reasons = ipywidgets.HTML()
        self.join_reasons = ipywidgets.HTML()
        self.reads = ipywidgets.HTML()
        self.buttons = {name: _button(ACTIONS[name]) for name in (*FREQUENT_ACTIONS, *MORE_ACTIONS)}
        for name, button in self.buttons.items():
            button.on_click(self._telling(partial(self._act, name)))
        for field in FIELDS:
            getattr(self, field).observe(self._telling(lambda _: self._refresh()), names="value")
        self.tree.observe(self._choose, names="selected")
        self.tree.observe(lambda _: self._tell_older(), names=["view", "step", "playing"])
        self._tell_older()
        self.branch.observe(self._telling(self._change_branch), names="value")
        self.group.observe(self._telling(self._change_group), names="value")
        self.more_actions = ipywidgets.ToggleButton(
            description="More actions",
            tooltip="Join without an invitation, outsiders, pre-shared keys, new groups",
            icon="caret-right",
        )
        self.more_actions.observe(self._show_more, names="value")
        self.more = ipywidgets.VBox(
            [
                ipywidgets.Box([self.outsider, self.psk], layout=row),
                ipywidgets.Box([self.buttons[name] for name in MORE_ACTIONS], layout=row),
                self.join_reasons,
            ],
            layout=ipywidgets.Layout(display="none"),
        )
        super().__init__(
            [
                self.branch,
                self.group,
                self.tree,
                self.failure,
                self.older,
                ipywidgets.Box([self.who, self.whom], layout=row),
                ipywidgets.Box([self.newcomer, self.text], layout=row),
                ipywidgets.Box([self.buttons[name] for name in FREQUENT_ACTIONS], layout=row),
                self.question,
                self.reasons,
                self.more_actions,
                self.more,
                self.reads,
            ]
        )
        self.add_class("mls-controls")

    def __repr__(self) -> str:
        return f"Controls({self.world!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """Show the controls; readers without a kernel get the picture with its player."""
        data: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        live = LiveOutput(content=self, pictures=[self.tree])
        return shown(data, [self.tree.kept()], live=live.output_id, saved=SAVED)

    # What the buttons need to know

    @property
    def world(self) -> World:
        """The group that is shown."""
        return self._world

    def timeline(self) -> Timeline:
        """The timeline of the history that is shown, with the other branches."""
        others = [(number, world) for number, world in enumerate(self._branches, 1) if world != self._world]
        return Timeline.of(self._world, branches={f"branch {number}": world for number, world in others})

    def _chosen(self) -> dict[str, str]:
        """What is chosen or typed in each field."""
        return {name: str(getattr(self, name).value or "") for name in FIELDS}

    # What happens

    def _telling(self, act: Callable[[Any], None]) -> Callable[[Any], None]:
        """A callback whose unexpected errors are shown: ipywidgets would only log them."""

        def told(given: Any) -> None:
            try:
                act(given)
            except Exception as error:
                self.failure.value = _announced(f"<p>{escape(failure_words(error))}</p>")
                raise
            self.failure.value = ""

        return told

    def _act(self, name: str, _button: object) -> None:
        """Perform the action of a button; while an older step is shown, ask where it shall begin."""
        if not self._is_older():
            self._perform(name)
            return
        shown, last, label = self.tree.step + 1, len(self.tree.view["steps"]), self.buttons[name].description
        self._asks_for = name
        self.asked.value = _announced(
            f"From here? The picture shows step {shown} of {last}. The later steps stay in their branch."
        )
        self.from_here.description = f"{label}, from step {shown}"
        self.newest.description = f"{label}, after step {last}"
        self.question.layout.display = None

    def _answer(self, act: Callable[[str], None] | None) -> None:
        """Close the question, and act as the answer says."""
        name, self._asks_for = self._asks_for, ""
        self.question.layout.display = "none"
        if act is not None and name:
            act(name)

    def _act_from_here(self, name: str) -> None:
        """Begin another branch after the step that is shown, and act there. Without the action there is no branch."""
        try:
            past = SharedHistory.of(self.world, until=self.tree.step).play()
        except (NotPossible, InvalidHistory) as problem:
            self.reasons.value = _announced(f"<p>{escape(str(problem))}</p>")
            return
        self._perform(name, past.groups[self.world.group.number])

    def _perform(self, name: str, branch: World | None = None) -> None:
        """Perform an action in the group that is shown, or in a new branch of it, and show the result."""
        world = self.world if branch is None else branch
        try:
            result = form.perform(world.group, ACTIONS[name], self._chosen())
        except NotPossible as problem:
            self.reasons.value = _announced(f"<p>{escape(str(problem))}</p>")
            return
        if NEWCOMER in ACTIONS[name].arguments:
            self.newcomer.value = ""
        self._branches += [] if branch is None else [branch]
        if isinstance(result, Group) or branch is not None:
            self._go_to(World(group=result) if isinstance(result, Group) else world)
        else:
            if self._left_at is None and not self._is_older():
                self._left_at = self.tree.step
            self.tree.show(self._growing.view(world.trace()))
        self._offer()

    def _go_to(self, world: World) -> None:
        """Show another group, at its last step."""
        self._world = world
        view = self._growing.view(world.trace())
        with self.tree.hold_sync(), self.older.hold_sync():
            self.tree.set_trait("view", view)
            self.tree.step, self.tree.beat, self.tree.playing = len(view["steps"]) - 1, -1, False

    def _choose(self, change: dict[str, Any]) -> None:
        """Choose the member whose leaf was clicked."""
        member = self._member_at(change["new"])
        if member in self._people():
            self.who.value = member

    def _people(self) -> tuple[str, ...]:
        """The members now; while an older step is shown, also those who were members then."""
        then = () if not self._is_older() else map(self._member_at, range(0, 2 * len(self.tree.view["members"]), 2))
        return tuple(dict.fromkeys([*self.world.members, *(name for name in then if name is not None)]))

    def _member_at(self, node: int) -> str | None:
        """The member at a node after the step that is shown; None if the node is blank or not a leaf."""
        view, name = self.tree.view, str(node)
        changes = [view["keyframe"]["nodes"], *(step["set"] for step in view["steps"][: self.tree.step + 1])]
        last: dict[str, str] = next((each[name] for each in reversed(changes) if name in each), {})
        return last.get("member")

    def _change_branch(self, change: dict[str, Any]) -> None:
        if not self._is_offering and change["new"] is not None and self._branches[change["new"]] != self.world:
            self._go_to(self._branches[change["new"]])
            self._offer()

    def _is_older(self) -> bool:
        """Whether the reader has chosen an older step. A picture that is on its way to the newest step shows none."""
        step, is_on_its_way = self.tree.step, self._left_at is not None and self.tree.step >= self._left_at
        return step + 1 < len(self.tree.view["steps"]) and not self.tree.playing and not is_on_its_way

    def _tell_older(self) -> None:
        """If the picture shows an older step, say what a button does now. A question about another step is closed."""
        self._answer(None)
        shown, last = self.tree.step + 1, len(self.tree.view["steps"])
        self._left_at = None if shown == last else self._left_at
        words = f"The picture shows step {shown} of {last}. A button asks whether its action shall begin a branch here."
        self.older.value = _announced(words if self._is_older() else "")
        self._offer()

    def _show_more(self, change: dict[str, Any]) -> None:
        self.more.layout.display = None if change["new"] else "none"
        self.more_actions.icon = "caret-down" if change["new"] else "caret-right"

    def _change_group(self, change: dict[str, Any]) -> None:
        chosen = self.world.groups[change["new"]]
        if not self._is_offering and chosen != self.world:
            self._go_to(chosen)
            self._offer()

    def _offer(self) -> None:
        """Fill the choices of branches, groups and members. A chosen member who has left is not replaced by another.

        A list that gets other choices chooses its first for a moment, which is no choice of the reader.
        """
        self._is_offering = True
        self.branch.options = [
            (f"{number}: {len(world.history)} steps, until {world.history[-1].text}", number - 1)
            for number, world in enumerate(self._branches, 1)
        ]
        self.branch.value = next((at for at, world in enumerate(self._branches) if world == self.world), None)
        self.branch.layout.display = None if len(self._branches) > 1 else "none"
        groups = self.world.groups
        self.group.options = [
            (f"{number + 1}: {brief_names(each.members)}", number) for number, each in enumerate(groups)
        ]
        self.group.value = groups.index(self.world)
        self.group.layout.display = None if len(groups) > 1 else "none"
        self._is_offering = False
        members = self._people()
        for field in (self.who, self.whom):
            chosen = field.value
            field.options = members
            field.value = chosen if chosen in members else None
        self._refresh()

    def _refresh(self) -> None:
        """Grey out the buttons that cannot act, say why, and show what the attacker can read and has read."""
        self.reasons.value = self._grey_out(FREQUENT_ACTIONS)
        self.join_reasons.value = self._grey_out(MORE_ACTIONS)
        standing = self.tree.view["steps"][-1].get("padlock")
        now = "" if standing is None else f"<p>{escape(standing['words'][0].upper() + standing['words'][1:])}.</p>"
        self.reads.value = _announced(now + _items("The attacker has read", self._reads()))

    def _grey_out(self, names: Sequence[str]) -> str:
        """Grey out those of these buttons that cannot act. The result is the list of the reasons.

        While an older step is shown, a button may be able to act there.
        """
        greyed, chosen, is_older = {}, self._chosen(), self._is_older()
        for name in names:
            action, button = ACTIONS[name], self.buttons[name]
            reason = None if is_older else form.reason_against(self.world.group, action, chosen)
            button.description = form.label(action, chosen)
            button.disabled, button.tooltip = reason is not None, reason or action.hint
            if reason is not None:
                greyed[button.description] = reason
        return _announced(_items("Greyed out", greyed.items()))

    def _reads(self) -> list[tuple[str, str]]:
        """The messages that the attacker has read: the sender and the text of each."""
        messages = [step["message"] for step in self.tree.view["steps"] if step["message"] is not None]
        return [(sent["sender"], sent["read"][ATTACKER]) for sent in messages if ATTACKER in sent["read"]]


def _button(action: Action[Any, Any]) -> ipywidgets.Button:
    return ipywidgets.Button(tooltip=action.hint, layout=ipywidgets.Layout(width="auto"))


def _items(title: str, items: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<li><b>{escape(name)}</b>: {escape(text)}</li>" for name, text in items)
    return f"{title}:<ul>{rows}</ul>" if rows else ""


def _announced(text: str) -> str:
    """HTML of a text that a screen reader says when it changes."""
    return f'<div role="status" class="mls-controls-note">{text}</div>'
