"""The secret tree as a widget: what a device has of it, and the keys of its messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.picture import Picture
from widgets.shared.place import check_epoch, place_in, viewer_name
from workbench.lab import World
from workbench.lab.recording import RecordedCalls
from workbench.lab.scenarios import Scenario
from workbench.review.member_history import MemberHistory
from workbench.views.judged_material import recorded_in
from workbench.views.secret_tree import secret_tree_view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.mls import Policy
    from workbench.views.judged_material import JudgedMaterial
    from workbench.views.secret_tree import SecretTreeView


class SecretTree(Picture):
    """Draws the secret tree of an epoch as one viewer has it after a step, and the two ratchets of one leaf.

    `epoch` is the epoch that is shown, by default (-1) the viewer's own. `message` is the index of a message of the
    view, which lights up its way and its generation, `leaf` the leaf whose ratchets are shown, and `selected` an item
    such as "node 3" or "application 2". All traits are shared with the browser.
    """

    _module: ClassVar[str] = "secret_tree/secret_tree.js"
    _still_module: ClassVar[str] = "secret_tree/still.js"
    _still_styles: ClassVar[tuple[str, ...]] = ("shared/theme.css", "shared/marks.css", "secret_tree/marks.css")
    _shares: ClassVar[Mapping[str, str]] = {"step": "step", "viewer": "viewer"}
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES)

    view = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    viewer = traitlets.Unicode().tag(sync=True)
    epoch = traitlets.Int(-1).tag(sync=True)
    message = traitlets.Int(-1).tag(sync=True)
    leaf = traitlets.Int(-1).tag(sync=True)
    selected = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, view: SecretTreeView, *, step: int | None = None, viewer: str | None = None, **traits: Any
    ) -> None:
        """Show a view at a step, by default the last, as a viewer sees it, by default the first.

        Raises ValueError if the view has no such step, viewer, epoch or message.
        """
        given = place_in(view, step, viewer)
        check_epoch(view, traits.get("epoch", -1))
        if (message := traits.get("message", -1)) >= len(view["messages"]):
            raise ValueError(f"this view has no message {message}; it has {len(view['messages'])} messages")
        super().__init__(view=view, **given, **traits)

    @classmethod
    def of(cls, material: JudgedMaterial, **traits: Any) -> SecretTree:
        """Show the history of a world, of recorded calls, of a scenario, of a trace, or of a member of a foreign group.

        The limits are those of the world's devices, or those with which the member's messages were processed. A trace
        does not say which limits its devices have. Raises TypeError for anything else.
        """
        group_history = recorded_in(material, cls.__name__).group_history
        return cls(secret_tree_view(group_history, _policy_of(material)), **traits)

    def __repr__(self) -> str:
        return f"SecretTree({self.view['title']!r}, {self._seen()})"

    def _seen(self) -> str:
        name = viewer_name(self.view, self.viewer)
        return f"seen by {name} after step {self.step + 1} of {len(self.view['steps'])}"

    def _shown(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in _SHOWN}

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        messages = [each for each in self.view["messages"] if each["step"] <= self.step]
        rows = [
            [f"step {each['step'] + 1}", each["kind"], f"epoch {each['epoch']}, leaf {each['leaf']}", _key(each)]
            for each in messages
        ]
        return f"The secret tree {self._seen()}.", ["Sent in", "Message", "Sender", "Key"], rows


_SHOWN = ("view", "step", "viewer", "epoch", "message", "leaf", "selected")


def _policy_of(material: JudgedMaterial) -> Policy | None:
    """The policy of the devices in some material; None if the material does not say it."""
    match material:
        case Scenario():
            return _policy_of(material.world)
        case World():
            return material.group.environment.policy
        case RecordedCalls():
            return material.policy
        case MemberHistory():
            return material.states[0].policy
    return None


def _key(message: Any) -> str:
    return f"{message['ratchet']} key {message['generation']}"
