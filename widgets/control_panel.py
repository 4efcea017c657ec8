"""Hands on a live world: buttons that act, and say why when they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from widgets.ratchet_tree import RatchetTree
from workbench.lab import NotPossible
from workbench.lab.record import THIEF
from workbench.views.ratchet_tree import ratchet_tree_view

if TYPE_CHECKING:
    from workbench.lab import World


@dataclass(frozen=True)
class _Action:
    """One button: what it does to the world, and why it cannot, if it cannot."""

    label: str
    hint: str
    act: Callable[[], None]
    why_not: Callable[[], str | None]


class ControlPanel(ipywidgets.VBox):
    """A world with its ratchet tree, and the controls to act in it.

    `tree` is the picture; it plays what each action adds to the world's history. Buttons that cannot act are
    greyed out, and the line below them says why.
    """

    def __init__(self, world: World) -> None:
        """Show a world that has a group."""
        self.world = world
        self.tree = RatchetTree.of(world)
        self.who = ipywidgets.Dropdown(description="Who acts")
        self.whom = ipywidgets.Dropdown(description="On whom")
        self.newcomer = ipywidgets.Text(description="Newcomer", placeholder="a name", continuous_update=True)
        self.text = ipywidgets.Text(description="Message", value="Meet me at nine.", continuous_update=True)
        self.reasons = ipywidgets.HTML()
        self.loot = ipywidgets.HTML()
        self.actions = self._actions()
        self.buttons = {name: _button(action) for name, action in self.actions.items()}
        for name, button in self.buttons.items():
            button.on_click(lambda _, name=name: self._act(name))
        for field in (self.who, self.whom, self.newcomer, self.text):
            field.observe(lambda _: self._refresh(), names="value")
        self._offer()
        row = ipywidgets.Layout(flex_flow="row wrap")
        super().__init__(
            [
                self.tree,
                ipywidgets.Box([self.who, self.whom], layout=row),
                ipywidgets.Box([self.newcomer, self.text], layout=row),
                ipywidgets.Box(list(self.buttons.values()), layout=row),
                self.reasons,
                self.loot,
            ]
        )
        self.add_class("mls-control-panel")

    def __repr__(self) -> str:
        return f"ControlPanel({self.world!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """Show the controls; readers without a kernel get the picture with its player."""
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        picture = self.tree._repr_mimebundle_()
        return bundle if picture is None else bundle | {"text/html": picture[0]["text/html"]}

    def _actions(self) -> dict[str, _Action]:
        world = self.world
        return {
            "commit": _Action(
                "Commit",
                "Fresh keys from the leaf up to the root, and all pending proposals take effect",
                lambda: world.commit(self._who()),
                lambda: world.can("commit", self._who()),
            ),
            "update": _Action(
                "Propose update",
                "A fresh leaf key, for somebody else to commit",
                lambda: world.update(self._who()),
                lambda: world.can("update", self._who()),
            ),
            "send": _Action(
                "Send",
                "Encrypt the message to the group",
                lambda: world.send(self._who(), self.text.value),
                lambda: world.can("send", self._who()) if self.text.value else "There is no message to send",
            ),
            "add": _Action(
                "Add newcomer",
                "Commit that the newcomer joins",
                self._add_newcomer,
                self._why_no_newcomer,
            ),
            "remove": _Action(
                "Remove",
                "Commit that the other one leaves",
                lambda: world.remove(self._who(), self._whom()),
                lambda: world.can("remove", self._who(), self._whom()),
            ),
            "steal": _Action(
                "Steal this device",
                "Give the thief all that is on the other one's device now",
                lambda: world.steal(self._whom()),
                lambda: world.can("steal", self._whom()),
            ),
        }

    def _who(self) -> str:
        return str(self.who.value)

    def _whom(self) -> str:
        return str(self.whom.value)

    def _why_no_newcomer(self) -> str | None:
        name = self.newcomer.value.strip()
        if not name:
            return "Type the newcomer's name first"
        if name in self.world.members:
            return f"{name} is in the group already"
        return self.world.can("add", self._who())

    def _add_newcomer(self) -> None:
        name = self.newcomer.value.strip()
        self.world.device(name)
        self.world.add(self._who(), name)
        self.newcomer.value = ""

    def _act(self, name: str) -> None:
        """Do what a button says, and show what came of it."""
        try:
            self.actions[name].act()
        except NotPossible as problem:
            self.reasons.value = _announced(f"<p>{escape(str(problem))}</p>")
            return
        self.tree.show(ratchet_tree_view(self.world.trace()))
        self._offer()

    def _offer(self) -> None:
        """Offer the present members, keeping the choices that still stand."""
        members = self.world.members
        for field, fallback in ((self.who, 0), (self.whom, -1)):
            chosen = field.value
            field.options = members
            field.value = chosen if chosen in members else members[fallback]
        self._refresh()

    def _refresh(self) -> None:
        """Grey out what cannot be done, say why, and show what the thief has read."""
        greyed = {}
        for name, action in self.actions.items():
            reason = action.why_not()
            self.buttons[name].disabled = reason is not None
            self.buttons[name].tooltip = reason or action.hint
            if reason is not None:
                greyed[action.label] = reason
        self.reasons.value = _announced(_items("Greyed out", greyed.items()))
        self.loot.value = _announced(_items("The thief has read", self._reads()))

    def _reads(self) -> list[tuple[str, str]]:
        """Who was overheard, and what was said."""
        messages = [step["message"] for step in self.tree.view["steps"] if step["message"] is not None]
        return [(sent["sender"], sent["read"][THIEF]) for sent in messages if THIEF in sent["read"]]


def _button(action: _Action) -> ipywidgets.Button:
    return ipywidgets.Button(description=action.label, tooltip=action.hint, layout=ipywidgets.Layout(width="auto"))


def _items(title: str, items: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<li><b>{escape(name)}</b>: {escape(text)}</li>" for name, text in items)
    return f"{title}:<ul>{rows}</ul>" if rows else ""


def _announced(text: str) -> str:
    """Text that a screen reader says when it changes."""
    return f'<div role="status" class="mls-control-panel-note">{text}</div>'
