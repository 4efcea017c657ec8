"""The messages of a history for the picture of their bytes: each opened with the keys that a viewer held then."""

from __future__ import annotations

from workbench.inspect.trace_format import Trace
from workbench.lab import World
from workbench.mls import GroupState, KeyPackageBundle
from workbench.review.evidence import NO_EVIDENCE, GroupEpoch, ReviewEvidence
from workbench.review.trace_keys import TraceKeys
from workbench.views.wire import FORMAT, VERSION, WireMessageView, WireObjectView, WireView, wire_object

KINDS = {
    "application": "application message",
    "group_info": "GroupInfo",
    "key_package": "key package",
    "welcome": "Welcome",
}
"""The kinds of messages in words, where they differ from the name of the kind."""

EVERYBODY = ""
"""The viewer that stands for the keys of all together."""


class WireHistory:
    """The messages of a trace, or of a world, whose devices' states the reviewer's desk then has as evidence."""

    def __init__(self, history: Trace | World, title: str = "") -> None:
        self._world = history if isinstance(history, World) else None
        self._trace = history.trace() if isinstance(history, World) else history
        self._keys = TraceKeys(self._trace)
        self._title = title

    def view(self) -> WireView:
        """The list of all messages and viewers."""
        viewers = [{"id": each["id"], "name": each["name"]} for each in self._trace["holders"]]
        return {
            "format": FORMAT,
            "version": VERSION,
            "title": self._title or "The messages of the group",
            "messages": [
                self._listed(step, number)
                for step, each in enumerate(self._trace["steps"])
                for number in range(len(each["messages"]))
            ],
            "viewers": [{"id": EVERYBODY, "name": "everybody together"}, *viewers],  # type: ignore[list-item] # rows of a viewer
        }

    def _listed(self, step: int, number: int) -> WireMessageView:
        message = self._keys.message(step, number)
        names = {each["id"]: each["name"] for each in self._trace["holders"]}
        kind = KINDS.get(message["kind"], message["kind"])
        sender = "" if message["sender"] is None else f" of {names[message['sender']]}"
        words = f"Step {step + 1}: {kind}{sender}"
        return {"id": f"{step}.{number}", "step": step, "words": words, "size": len(message["wire"]) // 2}

    def object(self, name: str, viewer: str = EVERYBODY) -> WireObjectView:
        """One message as a viewer can open it. Raises KeyError for a message or a viewer that does not exist."""
        step, number = self._place(name)
        holders = [each["id"] for each in self._trace["holders"]]
        if viewer not in {EVERYBODY, *holders}:
            raise KeyError(viewer)
        return wire_object(
            bytes.fromhex(self._keys.message(step, number)["wire"]),
            name=name,
            viewer=viewer,
            keyring=self._keys.keyring(step, viewer or None),
            holders=((each, self._keys.keyring(step, each)) for each in holders),
            evidence=self._evidence(step, viewer),
        )

    def _place(self, name: str) -> tuple[int, int]:
        for step, each in enumerate(self._trace["steps"]):
            for number in range(len(each["messages"])):
                if name == f"{step}.{number}":
                    return step, number
        raise KeyError(name)

    def _evidence(self, step: int, viewer: str) -> ReviewEvidence:
        """What the viewer's device held just before the step; of all devices, if everybody is the viewer."""
        if self._world is None or step == 0:
            return NO_EVIDENCE
        history, group_id = self._world.history, self._world.group_id
        before = history[step - 1].device_states
        bundles: list[KeyPackageBundle] = []
        psks: dict[bytes | tuple[bytes, int], bytes] = {}
        states: dict[GroupEpoch, GroupState] = {}
        # A sender cannot process its own message, so its state comes last.
        for name, held in sorted(before.items(), key=lambda each: each[0] == history[step].actor):
            if viewer not in {EVERYBODY, name}:
                continue
            if group_id in held.groups:
                state = held.groups[group_id].state
                states.setdefault((group_id, state.epoch), state)
            bundles += held.bundles.values()
            psks.update(held.all_psks)
        return ReviewEvidence(states=states, bundles=bundles, psks=psks, now=history[step].now)
