"""Words for the steps of a history: a short title that begins with the person who acts, and a sentence."""

from __future__ import annotations

from workbench.inspect.names import as_subject, briefly, commit_words, few, listed, shortened, shown, wanted_of
from workbench.inspect.trace_format import TraceProposal, TraceStep
from workbench.views.schema import PadlockView
from workbench.views.trace_replay import TraceReplay


def group_title(replay: TraceReplay, start: TraceStep, group_id: str) -> str:
    """The title of a group, from the step with which its record begins."""
    if start["actor"] is None:
        return f"group {shown(bytes.fromhex(group_id))}"
    actor = replay.names[start["actor"]]
    action = {"create": "created", "found": "founded"}.get(start["kind"], "joined")
    return f"{actor}'s group" if action == "created" else f"the group that {actor} {action}"


def title_of(replay: TraceReplay, step: TraceStep, names: dict[int, str], before: dict[int, str]) -> str:
    """The title of a step. `names` are the members by node index of their leaf after the step, `before` before it."""
    actor = "Somebody" if step["actor"] is None else as_subject(replay.names[step["actor"]])
    commit = step["commit"]
    if commit is not None:
        about = commit["proposals"]
        return commit_words(
            names[2 * commit["committer"]],
            added=[each["name"] or f"leaf {each['leaf']}" for each in about if each["type"] == "add"],
            removed=[before[2 * leaf] for leaf in commit["removed"]],
            updated=[names[2 * leaf] for leaf in commit["updated"]],
            psks=[each["name"] or "a pre-shared key" for each in about if each["type"] == "psk"],
            others=[each["type"] for each in about if each["type"] not in {"add", "remove", "update", "psk"}],
            external=commit["external"],
        )
    match step["kind"]:
        case "create":
            words = f"{actor} created the group"
        case "found":
            words = _founding(replay, step, actor)
        case "share":
            words = f"{briefly([replay.names[each] for each in step.get('between', ())])} share {step.get('shared')}"
        case "join":
            words = f"{actor} joined the group"
        case "process":
            words = f"{actor} is still behind" if _place(replay, step) < step["epoch"] else f"{actor} caught up"
        case "message":
            words = f"{actor} sent a message"
        case "commit":
            words = f"{actor} sent a commit that everybody refused"
        case "compromise":
            words = f"The attacker took all that is on {replay.names[step.get('victim', '')]}'s device"
        case _:
            words = _proposing(actor, step, names)
    return words


def _place(replay: TraceReplay, step: TraceStep) -> int:
    """The epoch in which the device that acts is after a step; that of the group for a device without a place."""
    place = None if step["actor"] is None else replay.places.get(step["actor"])
    return step["epoch"] if place is None else place["epoch"]


def _founding(replay: TraceReplay, step: TraceStep, actor: str) -> str:
    if step["actor"] is None:
        return f"The record begins in epoch {step['epoch']}"
    return f"{actor} founded the group and took along {briefly(_others(replay, step))}"


def _others(replay: TraceReplay, step: TraceStep) -> list[str]:
    """The names of all members except the one who acts."""
    return [replay.names[holder] for _, holder in sorted(replay.at_leaf.items()) if holder != step["actor"]]


def _proposing(actor: str, step: TraceStep, names: dict[int, str]) -> str:
    proposals = step["proposals"]
    if all(each["type"] == "add" and as_subject(shortened(each["name"] or "")) == actor for each in proposals):
        return f"{actor} asked to be added"
    return f"{actor} proposed {listed(few([proposal_text(each, names) for each in proposals]))}"


AFTER_THE_TITLE = {
    "commit": ": epoch {epoch} begins",
    "create": ", alone in epoch {epoch}",
    "found": ", all in epoch {epoch}",
    "share": ", which they have from outside of the group",
    "join": ", in epoch {epoch}",
    "process": ", in epoch {epoch}",
    "propose": ". It takes effect when somebody commits it",
}


def sentence_of(replay: TraceReplay, step: TraceStep, names: dict[int, str], before: dict[int, str]) -> str:
    """The sentence of a step: its title with the epoch, or with the size of the message."""
    if step["kind"] == "found" and step["actor"] is None:
        return f"The record begins with the tree of epoch {step['epoch']}: earlier steps are unknown."
    title = title_of(replay, step, names, before)
    if step["kind"] == "message":
        return f"{title} of {len(step['messages'][0]['wire']) // 2} bytes."
    if step["kind"] == "commit" and step["commit"] is None:
        return f"{title}."
    return f"{title}{AFTER_THE_TITLE.get(step['kind'], '').format(epoch=_place(replay, step))}."


def padlock_of(replay: TraceReplay) -> PadlockView:
    """Whether the attacker can read the current epoch: `healed` means not any more, `closed` that it read none yet."""
    epoch = replay.epoch
    if epoch in replay.readable:
        return {"state": "open", "badge": "readable", "words": f"the attacker can read epoch {epoch}"}
    if not replay.readable:
        return {"state": "closed", "badge": "", "words": f"the attacker cannot read epoch {epoch}"}
    words = f"the attacker is locked out: it cannot read epoch {epoch}"
    return {"state": "healed", "badge": "locked out", "words": words}


def proposal_text(proposal: TraceProposal, names: dict[int, str]) -> str:
    """A proposal in words: "to add Erin"."""
    leaf = proposal["leaf"]
    name = proposal["name"] or (None if leaf is None else names.get(2 * leaf, f"leaf {leaf}"))
    match proposal["type"]:
        case "add":
            return f"to add {shortened(name or 'somebody')}"
        case "remove":
            return f"to remove {shortened(name or 'somebody')}"
        case "psk":
            return f"to mix in {name or 'a pre-shared key'}"
        case other:
            return wanted_of(other)
