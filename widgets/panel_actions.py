"""What the buttons of a control panel do to its world, and why they cannot, if they cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from workbench.lab import World

Field: TypeAlias = Literal["who", "whom", "newcomer", "outsider", "text", "psk"]


class Choices(Protocol):
    """What a reader has chosen: the group that is shown, and what stands in the fields."""

    @property
    def world(self) -> World:
        """The group that is shown."""

    def field(self, name: Field) -> str:
        """What is chosen or typed, without the spaces around it."""

    def go_to(self, world: World) -> None:
        """Show another group from now on."""


@dataclass(frozen=True)
class Action:
    """One button: what it does to the world, and why it cannot, if it cannot."""

    label: str
    hint: str
    act: Callable[[], None]
    why_not: Callable[[], str | None]


class Actions:
    """All buttons of a panel, by name, in the order in which they stand: `everyday`, and the `doors`."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self.everyday: Mapping[str, Action] = self._everyday()
        self.doors: Mapping[str, Action] = {**self._ways_in(), **self._from_outside(), **self._onward()}

    @property
    def _world(self) -> World:
        return self._choices.world

    @property
    def _who(self) -> str:
        return self._choices.field("who")

    @property
    def _whom(self) -> str:
        return self._choices.field("whom")

    def _everyday(self) -> dict[str, Action]:
        return {
            "commit": Action(
                "Commit",
                "Fresh keys from the leaf up to the root, and all pending proposals take effect",
                lambda: self._world.commit(self._who),
                lambda: self._world.can("commit", self._who),
            ),
            "update": Action(
                "Propose update",
                "A fresh leaf key, for somebody else to commit",
                lambda: self._world.update(self._who),
                lambda: self._world.can("update", self._who),
            ),
            "send": Action(
                "Send",
                "Encrypt the message to the group",
                lambda: self._world.send(self._who, self._choices.field("text")),
                lambda: self._why_untyped("text", "There is no message to send") or self._world.can("send", self._who),
            ),
            "add": Action(
                "Add newcomer",
                "Commit that the newcomer joins",
                lambda: self._world.add(self._who, self._person("newcomer")),
                lambda: self._why_no_newcomer() or self._world.can("add", self._who),
            ),
            "remove": Action(
                "Remove",
                "Commit that the other one leaves",
                lambda: self._world.remove(self._who, self._whom),
                lambda: self._world.can("remove", self._who, self._whom),
            ),
            "steal": Action(
                "Steal this device",
                "Give the thief all that is on the other one's device now",
                lambda: self._world.steal(self._whom),
                lambda: self._world.can("steal", self._whom),
            ),
        }

    def _ways_in(self) -> dict[str, Action]:
        return {
            "join": Action(
                "Join by commit",
                "The newcomer comes in by a commit of its own, uninvited",
                lambda: self._world.join(self._person("newcomer")),
                lambda: self._why_no_newcomer() or self._why_ended(),
            ),
            "request": Action(
                "Ask to join",
                "The newcomer asks to be added; a member's commit decides",
                lambda: self._world.request_to_join(self._person("newcomer")),
                lambda: self._why_no_newcomer() or self._why_ended(),
            ),
            "resync": Action(
                "Come back",
                "Whoever acts takes a new leaf in place of the old one, by a commit from outside",
                lambda: self._world.resync(self._who),
                lambda: self._world.can("resync", self._who),
            ),
            "share": Action(
                "Share key",
                "Give all members a pre-shared key by another way than the group",
                lambda: self._world.share_psk(self._choices.field("psk"), *self._world.members),
                lambda: self._why_untyped("psk", "The pre-shared key needs a name"),
            ),
            "commit_psk": Action(
                "Commit with key",
                "Mix the pre-shared key into the new epoch",
                lambda: self._world.commit(self._who, psks=[self._choices.field("psk")]),
                self._why_no_commit_with_key,
            ),
        }

    def _from_outside(self) -> dict[str, Action]:
        return {
            "external_sender": Action(
                "Listen to outsider",
                "Commit that the group takes proposals from the outsider, who is no member",
                lambda: self._world.external_sender(self._who, self._person("outsider")),
                self._why_not_listen,
            ),
            "ask_to_add": Action(
                "Outsider: add newcomer",
                "The outsider proposes that the newcomer joins",
                self._ask_to_add,
                lambda: self._why_no_newcomer() or self._why_not_by_outsider("ask_to_add"),
            ),
            "ask_to_remove": Action(
                "Outsider: remove",
                "The outsider proposes that the other one leaves",
                lambda: self._world.ask_to_remove(self._person("outsider"), self._whom),
                lambda: self._why_not_by_outsider("ask_to_remove"),
            ),
        }

    def _onward(self) -> dict[str, Action]:
        return {
            "branch": Action(
                "Branch",
                "A second group of these two, which only they can enter",
                lambda: self._choices.go_to(self._world.branch(self._who, self._whom)),
                lambda: self._world.can("branch", self._who, self._whom),
            ),
            "reinit": Action(
                "End by ReInit",
                "Commit that the group ends, to go on as another",
                lambda: self._world.reinit(self._who),
                lambda: self._world.can("reinit", self._who),
            ),
            "successor": Action(
                "Go on",
                "Found the group that the ReInit has announced, and take everybody along",
                lambda: self._choices.go_to(self._world.successor(self._who)),
                lambda: self._world.can("successor", self._who),
            ),
        }

    # What the above have in common

    def _person(self, field: Field) -> str:
        """The person whose name is typed, with a device."""
        name = self._choices.field(field)
        self._world.device(name)
        return name

    def _ask_to_add(self) -> None:
        outsider = self._choices.field("outsider")
        self._world.ask_to_add(outsider, self._person("newcomer"))

    def _why_untyped(self, field: Field, reason: str) -> str | None:
        return None if self._choices.field(field) else reason

    def _why_no_newcomer(self) -> str | None:
        name = self._choices.field("newcomer")
        if not name:
            return "Type the newcomer's name first"
        return f"{name} is in the group already" if name in self._world.members else None

    def _why_ended(self) -> str | None:
        """Whether nobody can come in any more; a member of the group tells."""
        reason = self._world.can("commit", self._world.members[0])
        return reason if reason is not None and "ended" in reason else None

    def _why_no_commit_with_key(self) -> str | None:
        psk, who = self._choices.field("psk"), self._who
        reason = self._why_untyped("psk", "The pre-shared key needs a name") or self._world.can("commit", who)
        if reason is None and psk.encode() not in self._world.devices[who].holdings.psks:
            return f"{who} does not hold the pre-shared key “{psk}”"
        return reason

    def _why_not_listen(self) -> str | None:
        name = self._choices.field("outsider")
        if not name:
            return "Type the outsider's name first"
        if name in self._world.members:
            return f"{name} is a member, and no outsider"
        known = (name,) if name in self._world.devices else ()
        return self._world.can("external_sender", self._who, *known)

    def _why_not_by_outsider(self, action: Literal["ask_to_add", "ask_to_remove"]) -> str | None:
        name = self._choices.field("outsider")
        if not name:
            return "Type the outsider's name first"
        if name not in self._world.devices:
            return f"The group does not take proposals from {name}"
        whom = (self._whom,) if action == "ask_to_remove" else ()
        return self._world.can(action, name, *whom)
