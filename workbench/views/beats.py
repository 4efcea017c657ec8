"""The beats of a step: its parts, each with one sentence and the nodes and edges that it is about."""

from __future__ import annotations

from workbench.inspect.names import as_subject, briefly, counted, listed, shortened
from workbench.inspect.trace_format import HolderId, TraceCommit, TraceStep
from workbench.views.describe import nodes_in_words
from workbench.views.schema import BeatKind, BeatView, PathNodeView, PathView, StepView
from workbench.views.trace_replay import ATTACKER, TraceReplay, counted_names, text_of

Edges = list[tuple[int, int]]


def beats_of(
    replay: TraceReplay, recorded: TraceStep, step: StepView, names: dict[int, str], keyed_before: dict[int, str]
) -> list[BeatView]:
    """The beats of one step; `names` are the members by leaf, `keyed_before` the keys of all nodes before the step."""
    match recorded["kind"]:
        case "commit":
            return _commit_beats(replay, recorded, step, names, keyed_before)
        case "compromise":
            return _compromise_beats(replay, recorded, step)
        case "create" | "found" | "join" | "process":
            nodes, actor = _leaves_of(replay, recorded["actor"]), recorded["actor"]
            beats = [_beat("epoch", step["sentence"], nodes=nodes)]
            return beats + [_beat("message", words, nodes=nodes) for words in _late_readings(replay, recorded, actor)]
        case "share":
            nodes = [node for holder in recorded.get("between", ()) for node in _leaves_of(replay, holder)]
            return [_beat("message", step["sentence"], nodes=nodes)]
        case _:
            sender = _leaves_of(replay, recorded["actor"])
            edges = [(at, to) for at in sender for to in sorted(replay.at_leaf) if to != at]
            return [_beat("message", step["sentence"], nodes=sender, edges=edges)]


def _beat(
    kind: BeatKind,
    sentence: str,
    *,
    nodes: list[int] | None = None,
    edges: Edges | None = None,
    shows: list[int] | None = None,
    blanks: list[int] | None = None,
    known_to: list[HolderId] | None = None,
) -> BeatView:
    beat: BeatView = {
        "kind": kind,
        "sentence": sentence,
        "nodes": nodes or [],
        "edges": edges or [],
        "known_to": known_to,
    }
    if shows:
        beat["shows"] = shows
    if blanks:
        beat["blanks"] = blanks
    return beat


def _leaves_of(replay: TraceReplay, holder: HolderId | None) -> list[int]:
    return [node for node, member in replay.at_leaf.items() if member == holder]


# A commit


def _commit_beats(
    replay: TraceReplay, recorded: TraceStep, step: StepView, names: dict[int, str], keyed_before: dict[int, str]
) -> list[BeatView]:
    commit, path = recorded["commit"], step["path"]
    if commit is None:
        return [_beat("epoch", step["sentence"])]
    beats = []
    if commit["external"]:
        beats.append(_external_init_beat(recorded, names[2 * commit["committer"]]))
    if any(each["type"] != "external_init" for each in commit["proposals"]):
        beats.append(_proposals_beat(replay, commit, step, names, keyed_before))
    if path is not None:
        beats += _path_beats(replay, path, step, names)
    if "welcome" in step:
        beats.append(_welcome_beat(replay, step))
    return beats + _schedule_beats(replay, recorded, commit, step)


def _proposals_beat(
    replay: TraceReplay, commit: TraceCommit, step: StepView, names: dict[int, str], keyed_before: dict[int, str]
) -> BeatView:
    """The part in which the proposals change the tree: leaves are added or removed, nodes become blank (§12.3)."""
    added = [2 * joiner["leaf"] for joiner in commit["added"]]
    removed, updated = ([2 * leaf for leaf in commit[which]] for which in ("removed", "updated"))
    on_path = {2 * commit["committer"], *(at["node"] for at in commit["path"])}
    changed = {int(node) for node in step["set"]}
    blanked = {
        above
        for leaf in (*removed, *updated)
        if leaf < 2 * replay.leaf_count
        for above in replay.above(leaf)
        if above in keyed_before
    } | {leaf for leaf in removed if leaf < 2 * replay.leaf_count}
    actions = []
    if updated:
        who = briefly([names[leaf] for leaf in updated])
        actions.append(f"{who} gets a fresh leaf key" if len(updated) == 1 else f"{who} get fresh leaf keys")
    if removed:
        gone = briefly([names[leaf] for leaf in removed])
        are = "is" if len(removed) == 1 else "are"
        actions.append(f"{gone}'s old leaf is removed" if commit["external"] else f"{gone} {are} removed")
    if removed or updated:
        actions.append("the nodes above become blank, and their keys are no longer used")
    if added:
        actions.append(f"{replay.in_names(added)} take{'s' if len(added) == 1 else ''} {nodes_in_words(added)}")
    mixed_in = [each["name"] or "a pre-shared key" for each in commit["proposals"] if each["type"] == "psk"]
    if mixed_in:
        actions.append(f"{briefly(mixed_in)} {'is' if len(mixed_in) == 1 else 'are'} mixed in")
    words = ", ".join(actions) or "nothing changes in the tree"
    return _beat(
        "proposals",
        f"The proposals apply: {words}.",
        nodes=[*removed, *updated, *added] if replay.leaf_count else [],
        shows=sorted((changed - on_path) | (changed & set(added))),
        blanks=sorted(blanked & (changed | set(step["blank"]))),
    )


def _external_init_beat(recorded: TraceStep, newcomer: str) -> BeatView:
    """The part in which a newcomer makes an init secret, because it has no secret of the group (§8.3)."""
    return _beat(
        "proposals",
        f"{newcomer} makes a fresh init secret and seals it to the group's external key, which all members of "
        f"epoch {recorded['epoch'] - 1} can open.",
    )


def _path_beats(replay: TraceReplay, path: PathView, step: StepView, names: dict[int, str]) -> list[BeatView]:
    leaf = path["committer"]
    name = names[leaf]
    beats = [_beat("leaf_key", f"{name} makes a fresh leaf key.", nodes=[leaf], shows=[leaf])]
    keyed = [at for at in path["nodes"] if not at["filtered"]]
    below, edges, passed = leaf, [], []
    for at in path["nodes"]:
        edges.append((below, at["node"]))
        below = at["node"]
        if at["filtered"]:
            passed.append(at["node"])
            continue
        beats.append(_climb_beat(at, edges, passed, step, first=at is keyed[0]))
        edges, passed = [], []
    beats += [
        _beat("seal", f"The path secret of node {at['node']} is sealed to {_readers(at)}.", nodes=[at["node"]])
        for at in keyed
        if at["envelopes"]
    ]
    members = [viewer for viewer in replay.viewers if viewer in replay.at_leaf.values()]
    beats += _open_beats(replay, path, name, members)
    root = path["nodes"][-1] if path["nodes"] else None
    secrets = {secret["name"]: secret["known_to"] for secret in step.get("secrets", ())}
    last = f"The path secret above that of node {keyed[-1]['node']}" if keyed else "A fresh secret"
    beats.append(
        _beat(
            "root",
            f"{last} is the commit secret.",
            nodes=[root["node"] if root else leaf],
            known_to=secrets.get("commit_secret", []),
        )
    )
    return beats


def _climb_beat(at: PathNodeView, edges: Edges, passed: list[int], step: StepView, *, first: bool) -> BeatView:
    start = "A fresh path secret gives" if first else "The next path secret follows from it and gives"
    skipped = (
        f" {nodes_in_words(passed).capitalize()} get{'s' if len(passed) == 1 else ''} no key: no member is below on the"
        " other side."
        if passed
        else ""
    )
    return _beat(
        "climb",
        f"{start} node {at['node']} a new key pair.{skipped}",
        nodes=[at["node"]],
        edges=edges,
        shows=[at["node"]],
        blanks=[node for node in passed if node in step["blank"]],
        known_to=at["known_to"],
    )


def _readers(at: PathNodeView) -> str:
    return nodes_in_words([envelope["to"] for envelope in at["envelopes"]])


def _open_beats(replay: TraceReplay, path: PathView, committer: str, members: list[HolderId]) -> list[BeatView]:
    """The parts in which path secrets are opened: first by the members, then by the attacker."""
    beats = []
    for openers, start in ((members, None), ([ATTACKER], "The attacker opens")):
        opened = [
            envelope["to"]
            for at in path["nodes"]
            for envelope in at["envelopes"]
            if any(opener in envelope["opened_by"] for opener in openers)
        ]
        by = {opener for at in path["nodes"] for each in at["envelopes"] for opener in each["opened_by"]}
        if not opened:
            continue
        edges = list(dict.fromkeys(edge for node in opened for edge in _up_from(replay, node)))
        if start is None:
            who = [replay.names[member] for member in members if member in by]
            sentence = (
                f"{counted_names(who)} open{'s' if len(who) == 1 else ''} what is sealed to {nodes_in_words(opened)}, "
                f"and learn{'s' if len(who) == 1 else ''} all path secrets from there up."
            )
            beats.append(_beat("open", sentence, nodes=opened, edges=edges))
        else:
            what = f"what {committer} sealed to {nodes_in_words(opened)}"
            sentence = f"{start} {what}, and derives all path secrets above."
            beats.append(_beat("open", sentence, nodes=opened, edges=edges, known_to=[ATTACKER]))
    return beats


def _up_from(replay: TraceReplay, node: int) -> Edges:
    above = replay.above(node)
    return list(zip((node, *above), above, strict=False))


def _welcome_beat(replay: TraceReplay, step: StepView) -> BeatView:
    envelopes = step.get("welcome", [])
    joiners = [envelope["to"] for envelope in envelopes]
    with_path = any(envelope["path_secret_of"] is not None for envelope in envelopes)
    secrets = "the joiner secret and a path secret" if with_path else "the joiner secret"
    return _beat("welcome", f"The Welcome brings {replay.in_names(joiners)} the tree, {secrets}.", nodes=joiners)


def _schedule_beats(replay: TraceReplay, recorded: TraceStep, commit: TraceCommit, step: StepView) -> list[BeatView]:
    knows = {secret["name"]: secret["known_to"] for secret in step.get("secrets", ())}
    without = "" if commit["with_path"] else " Without a path, the commit secret is all zeros."
    init = "newcomer's init secret" if commit["external"] else f"init secret of epoch {recorded['epoch'] - 1}"
    psks = ", the commit secret and the pre-shared keys" if _mixes_in(commit) else " and the commit secret"
    confirmed = [replay.names[viewer] for viewer in knows.get("confirmation_key", ()) if viewer != ATTACKER]
    tested = counted_names(confirmed) or "No recorded device"
    return [
        _beat(
            "schedule",
            f"The {init}{psks} give all secrets of epoch {recorded['epoch']}.{without}",
            known_to=knows.get("epoch_secret", []),
        ),
        _beat("epoch", f"Epoch {recorded['epoch']} begins."),
        _beat("confirm", f"{tested} checked the confirmation tag{', and it agrees' if confirmed else ''}."),
    ]


def _mixes_in(commit: TraceCommit) -> bool:
    return any(each["type"] == "psk" for each in commit["proposals"])


# A compromise


def _compromise_beats(replay: TraceReplay, recorded: TraceStep, step: StepView) -> list[BeatView]:
    """The parts of a compromise: what the attacker takes, and what it then opens. Only the attacker knows of them."""
    gains = {gain["key"]: gain["how"] for gain in step["keys_learned"].get(ATTACKER, ())}
    leaked, computed = (
        [
            node
            for node, key in sorted(replay.key_at.items())
            if (gains.get(key) == "leaked") is is_leaked and key in gains
        ]
        for is_leaked in (True, False)
    )
    taken_epochs, computed_epochs = _epochs_gained(replay, recorded)
    keys = list(gains.values()).count("leaked")
    taken = [f"{counted(keys, 'private key')} of the tree"] if keys else []
    taken += [f"the secrets of {taken_epochs}"] if taken_epochs else []
    title = step["sentence"].removesuffix(".")
    beats = [
        _beat("compromise", f"{title}: {listed(taken) or 'nothing new to it'}.", nodes=leaked, known_to=[ATTACKER])
    ]
    opened = sum(
        operation["label"] == "UpdatePathNode" and operation["name"] == "decrypt_with_label"
        for operation in recorded["operations"]
    )
    if opened:
        secrets = "a path secret" if opened == 1 else f"{opened} path secrets"
        words = f"With these keys the attacker opens {secrets} from old messages, and computes the path secrets above."
        beats.append(_beat("open", words, nodes=computed, known_to=[ATTACKER]))
    if computed_epochs:
        beats.append(_beat("schedule", f"The attacker computes the secrets of {computed_epochs}.", known_to=[ATTACKER]))
    beats += [_beat("message", words, known_to=[ATTACKER]) for words in _late_readings(replay, recorded, ATTACKER)]
    return beats


def _epochs_gained(replay: TraceReplay, recorded: TraceStep) -> tuple[str, str]:
    """The epochs whose secrets the attacker took from the device, and the epochs whose secrets it computed."""
    leaked = set(recorded.get("leaked", ()))
    epochs: dict[bool, list[str]] = {True: [], False: []}
    for key in recorded["keys_learned"].get(ATTACKER, ()):
        secret = replay.secrets[key]
        if secret["name"] == "epoch_authenticator":
            epochs[key in leaked].append(str(secret["epoch"]))
    taken, computed = (
        f"epoch{'s' if len(numbers) > 1 else ''} {listed(numbers)}" if numbers else ""
        for numbers in (epochs[True], epochs[False])
    )
    return taken, computed


def _late_readings(replay: TraceReplay, recorded: TraceStep, reader: HolderId | None) -> list[str]:
    """Sentences about messages that were sent before, and that a reader can decrypt from now on."""
    readings = []
    for read in recorded["reads"]:
        message = replay.trace["steps"][read["step"]]["messages"][read["message"]]
        text = text_of(message)
        if reader in read["by"] and text is not None and message["sender"] is not None and reader is not None:
            sender, name = replay.names[message["sender"]], as_subject(replay.names[reader])
            words = f"{name} reads what {sender} sent in step {read['step'] + 1}: “{shortened(text)}”"
            readings.append(words)
    return readings
