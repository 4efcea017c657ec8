"""What a step did, in words: a title with the person first, and a sentence."""

from __future__ import annotations

from workbench.inspect.names import commit_words
from workbench.inspect.trace_format import Proposal, Step
from workbench.views.scene import Scene


def title_of(scene: Scene, step: Step, names: dict[int, str]) -> str:
    """What happened, in a few words; `names` are the members by leaf, those who have just left included."""
    actor = "Somebody" if step["actor"] is None else scene.names[step["actor"]]
    commit = step["commit"]
    if commit is not None:
        about = commit["proposals"]
        return commit_words(
            names[2 * commit["committer"]],
            added=[each["name"] or f"leaf {each['leaf']}" for each in about if each["type"] == "add"],
            removed=[names[2 * leaf] for leaf in commit["removed"]],
            updated=[names[2 * leaf] for leaf in commit["updated"]],
            others=[_other(each["type"]) for each in about if each["type"] not in {"add", "remove", "update"}],
        )
    match step["kind"]:
        case "create":
            words = f"{actor} created the group"
        case "join":
            words = f"{actor} joined the group"
        case "process":
            words = f"{actor} caught up"
        case "message":
            words = f"{actor} sent a message"
        case "theft":
            words = f"The thief took all that is on {scene.names[step.get('victim', '')]}'s device"
        case _:
            words = f"{actor} proposed {' and '.join(proposal_text(each, names) for each in step['proposals'])}"
    return words


def sentence_of(scene: Scene, step: Step, names: dict[int, str]) -> str:
    """What happened, in a sentence, with what there is to count."""
    title = title_of(scene, step, names)
    match step["kind"]:
        case "commit":
            return f"{title}: epoch {step['epoch']} begins."
        case "create":
            return f"{title}, alone in epoch {step['epoch']}."
        case "join" | "process":
            return f"{title}, in epoch {step['epoch']}."
        case "propose":
            return f"{title}. It takes effect when somebody commits it."
        case "message":
            return f"{title} of {len(step['messages'][0]['wire']) // 2} bytes."
        case _:
            return f"{title}."


def proposal_text(proposal: Proposal, names: dict[int, str]) -> str:
    """What a proposal asks for."""
    leaf = proposal["leaf"]
    name = proposal["name"] or (None if leaf is None else names.get(2 * leaf, f"leaf {leaf}"))
    match proposal["type"]:
        case "add":
            return f"to add {name or 'somebody'}"
        case "remove":
            return f"to remove {name}"
        case "update":
            return "a fresh leaf key"
        case other:
            return f"a {_other(other)}"


def _other(proposal_type: str) -> str:
    return f"proposal of type {proposal_type}" if proposal_type.startswith("0x") else proposal_type
