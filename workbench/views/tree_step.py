"""One step of the view of a ratchet tree. All values come from the trace; only the words are added here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeAlias

from workbench.inspect.trace_format import (
    HolderId,
    SecretId,
    TraceCommit,
    TracePlace,
    TraceStep,
    TraceTree,
    custom_types,
)
from workbench.inspect.trace_messages import commits_in
from workbench.mls import MLSMessage, NodeIndex, Welcome, decode
from workbench.mls.tree.tree_math import common_ancestor, node_width
from workbench.mls.wire.messages import GroupContext
from workbench.mls.wire.tree import (
    BasicCredential,
    CommitSource,
    KeyPackageSource,
    LeafNode,
    Lifetime,
    Node,
    ParentNode,
)
from workbench.views.beats import beats_of
from workbench.views.schema import (
    EnvelopeView,
    How,
    LearnedKeyView,
    MessageView,
    NodeView,
    PathNodeView,
    PathView,
    ProposalView,
    SecretView,
    Source,
    StepView,
    WelcomeEnvelopeView,
)
from workbench.views.sentences import padlock_of, proposal_text, sentence_of, title_of
from workbench.views.trace_replay import ATTACKER, SERVER, StepOperations, TraceReplay, text_of

Places: TypeAlias = dict[HolderId, TracePlace | None]
SCHEDULE = (
    "external_init_secret",
    "commit_secret",
    "joiner_secret",
    "psk_secret",
    "member_secret",
    "welcome_secret",
    "epoch_secret",
    "sender_data_secret",
    "encryption_secret",
    "exporter_secret",
    "external_secret",
    "confirmation_key",
    "membership_key",
    "resumption_psk",
    "epoch_authenticator",
    "init_secret",
)
"""The secrets of an epoch in the order of the key schedule (RFC 9420 §8)."""

END_OF_TIME = 253402300799
"""The last second of the year 9999. A lifetime that ends later is shown as unlimited."""


def step_view(replay: TraceReplay, recorded: TraceStep, index: int, in_tree: set[SecretId]) -> StepView:
    """One step of the view. `replay` is the state before the step; the function advances it to the state after."""
    before_places, before_leaves = dict(replay.places), dict(replay.at_leaf)
    before_keys, before_count = dict(replay.key_at), replay.leaf_count
    replay.apply(recorded)
    names_before = {node: replay.names[holder] for node, holder in before_leaves.items()}
    scene_names = names_before | {node: replay.names[holder] for node, holder in replay.at_leaf.items()}
    operations = StepOperations(recorded)
    tree, commit = recorded["tree"], recorded["commit"]
    step: StepView = {
        "kind": recorded["kind"],
        "actor": recorded["actor"],
        "title": title_of(replay, recorded, scene_names, names_before),
        "sentence": sentence_of(replay, recorded, scene_names, names_before),
        "epoch": recorded["epoch"],
        "set": {} if tree is None else _nodes(tree),
        "blank": [] if tree is None else _blanks(tree, before_keys, before_count),
        "keys_learned": learned_in(recorded, operations, in_tree),
        "keys_deleted": deleted_in(recorded, in_tree),
        "path": None if commit is None else _path(replay, recorded, commit, operations),
        "proposals": _proposals(recorded, scene_names),
        "message": _message(recorded, index),
        "beats": [],
    }
    if tree is not None:
        step["hashes"] = tree["hashes"]
        if tree["leaf_count"] != before_count or index == 0:
            step["leaf_count"] = tree["leaf_count"]
    if recorded["context"] is not None:
        step["group"] = _group(recorded["context"])
    unseen = [viewer for viewer in replay.viewers if not sees(viewer, recorded, before_places, replay.places)]
    if unseen:
        step["unseen_by"] = unseen
    if index and (handed := _handed_the_tree(recorded, before_places, replay.places)):
        step["tree_to"] = handed
    if commit is not None and (welcome := _welcome(replay, recorded, commit, operations)):
        step["welcome"] = welcome
    if recorded["kind"] in {"create", "found", "commit", "join"}:
        step["secrets"] = _secrets(recorded, operations)
    if replay.is_compromised or replay.readable:
        step["padlock"] = padlock_of(replay)
    step["beats"] = beats_of(replay, recorded, step, scene_names | names_before, before_keys)
    return step


def sees(viewer: HolderId, step: TraceStep, before: Places, after: Places) -> bool:
    """Whether a viewer learns what a step did: it acted, it is a member of the epoch, or the messages are public."""
    if viewer == step["actor"] or step["kind"] in {"process", "join"}:
        return True
    if step["kind"] in {"compromise", "create"}:
        return False
    if step["kind"] == "share":
        return viewer in step.get("between", ())
    if step["kind"] == "found":
        return after.get(viewer) is not None
    in_the_clear = all("content" not in message for message in step["messages"]) or step["kind"] == "message"
    if viewer == SERVER or (viewer == ATTACKER and in_the_clear):
        return in_the_clear
    place, was = after.get(viewer), before.get(viewer)
    left_now = place is None and was is not None and was["epoch"] + 1 == step["epoch"]
    return left_now or (place is not None and place["epoch"] == step["epoch"])


def _handed_the_tree(step: TraceStep, before: Places, after: Places) -> list[HolderId]:
    """The viewers who get the whole tree in this step: by a Welcome, by a compromise, or by catching up."""
    handed = []
    for holder in step["places"]:
        place, was = after[holder], before.get(holder)
        if place is None or place["epoch"] != step["epoch"]:
            continue
        followed = was is not None and (was["epoch"] == place["epoch"] - 1 and step["kind"] == "commit")
        if not followed:
            handed.append(holder)
    return handed


# The tree


def _nodes(tree: TraceTree) -> dict[str, NodeView]:
    nodes: dict[str, NodeView] = {}
    for index, encoded in tree["nodes"].items():
        match decode(Node, bytes.fromhex(encoded)).node:
            case LeafNode() as leaf:
                nodes[index] = {
                    "kind": "leaf",
                    "member": tree["members"][index],
                    "key": tree["keys"][index],
                    "source": _source(leaf),
                    "values": _leaf_values(leaf),
                }
            case ParentNode(_, parent_hash, unmerged):
                nodes[index] = {
                    "kind": "parent",
                    "key": tree["keys"][index],
                    "unmerged": [2 * leaf for leaf in unmerged],
                    "values": {"parent_hash": parent_hash.hex()},
                }
    return nodes


def _blanks(tree: TraceTree, keyed_before: dict[int, SecretId], leaf_count_before: int) -> list[int]:
    """The nodes that became blank in this step, and the new nodes of a grown tree that are blank."""
    new = range(node_width(leaf_count_before), node_width(tree["leaf_count"]))
    grown = [node for node in new if str(node) not in tree["nodes"]]
    return [node for node in tree["blank"] if node in keyed_before] + grown


def _source(leaf: LeafNode) -> Source:
    match leaf.leaf_node_source:
        case KeyPackageSource():
            return "key_package"
        case CommitSource():
            return "commit"
        case _:
            return "update"


def _leaf_values(leaf: LeafNode) -> dict[str, str]:
    credential = leaf.credential.credential
    values = {
        "credential": f"basic, {credential.identity.hex()}" if isinstance(credential, BasicCredential) else "x509",
        "signature_key": leaf.signature_key.hex(),
    }
    match leaf.leaf_node_source:
        case KeyPackageSource(lifetime):
            values["lifetime"] = _lifetime(lifetime)
        case CommitSource(parent_hash):
            values["parent_hash"] = parent_hash.hex()
        case _:
            pass
    return values | {"signature": leaf.signature.hex()}


def _lifetime(lifetime: Lifetime) -> str:
    first, last = (
        datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M UTC") if second <= END_OF_TIME else "for ever"
        for second in (lifetime.not_before, lifetime.not_after)
    )
    return f"{first} to {last}"


def _group(encoded: str) -> dict[str, str]:
    context = decode(GroupContext, bytes.fromhex(encoded))
    return {
        "tree_hash": context.tree_hash.hex(),
        "confirmed_transcript_hash": context.confirmed_transcript_hash.hex(),
        "extensions": ", ".join(f"{each.extension_type:#06x}" for each in context.extensions) or "none",
    }


# Keys and secrets


def learned_in(
    recorded: TraceStep, operations: StepOperations, in_tree: set[SecretId]
) -> dict[HolderId, list[LearnedKeyView]]:
    """The keys of the tree that each holder has got in a step, and how."""
    leaked = set(recorded.get("leaked", ()))
    gains: dict[HolderId, list[LearnedKeyView]] = {}
    for holder, gained in recorded["keys_learned"].items():
        keys = [key for key in gained if key in in_tree]
        if keys:
            gains[holder] = [
                {"key": key, "how": "leaked" if holder == ATTACKER and key in leaked else _how(holder, key, operations)}
                for key in keys
            ]
    return gains


def deleted_in(recorded: TraceStep, in_tree: set[SecretId]) -> dict[HolderId, list[SecretId]]:
    """The keys of the tree that each holder has deleted in a step."""
    kept = {holder: [key for key in lost if key in in_tree] for holder, lost in recorded["keys_deleted"].items()}
    return {holder: keys for holder, keys in kept.items() if keys}


def _how(holder: HolderId, key: SecretId, operations: StepOperations) -> How:
    """How a holder got a private key, by the operations that gave it."""
    chain = [operation for operation, _ in operations.roots(holder, key)]
    if any(operation["name"] == "decode" for operation in chain):
        return "welcome"
    if any(operation["name"] == "decrypt_with_label" for operation in chain):
        return "opened"
    return "derived" if any(operation["label"] == "node" for operation in chain) else "generated"


def _secrets(recorded: TraceStep, operations: StepOperations) -> list[SecretView]:
    """The secrets of the epoch that the step begins, in the order of the key schedule."""
    found: dict[str, SecretView] = {}
    holders = {secret: holder for holder, gained in recorded["keys_learned"].items() for secret in gained}
    for key, secret in recorded["secrets"].items():
        if secret["epoch"] == recorded["epoch"] and secret["name"] in SCHEDULE and secret["value"] is not None:
            known_to = operations.knowers[key] or [holders[key]] if key in holders else operations.knowers[key]
            found[secret["name"]] = {"name": secret["name"], "value": secret["value"], "known_to": known_to}
    return [found[name] for name in SCHEDULE if name in found]


# Messages


def _path(replay: TraceReplay, recorded: TraceStep, commit: TraceCommit, operations: StepOperations) -> PathView | None:
    content = next(commits_in(recorded), None)
    if content is None or content.path is None:
        return None
    path_secrets = {
        secret["node"]: key
        for key, secret in recorded["secrets"].items()
        if secret["name"] == "path_secret" and secret["epoch"] == recorded["epoch"]
    }
    nodes: list[PathNodeView] = []
    sealed = iter(content.path.nodes)
    for at in commit["path"]:
        ciphertexts = () if at["filtered"] else next(sealed).encrypted_path_secret
        envelopes: list[EnvelopeView] = [
            {
                "to": to,
                "to_key": replay.key_at[to],
                "kem_output": ciphertext.kem_output.hex(),
                "ciphertext": ciphertext.ciphertext.hex(),
                "opened_by": list(operations.openers[ciphertext.kem_output.hex()]),
            }
            for to, ciphertext in zip(at["to"], ciphertexts, strict=True)
        ]
        secret = path_secrets.get(at["node"])
        nodes.append(
            {
                "node": at["node"],
                "copath": at["copath"],
                "filtered": at["filtered"],
                "key": None if at["filtered"] else replay.key_at[at["node"]],
                "path_secret": None if secret is None else recorded["secrets"][secret]["value"],
                "known_to": [] if secret is None else list(operations.knowers[secret]),
                "envelopes": envelopes,
            }
        )
    return {"committer": 2 * commit["committer"], "nodes": nodes}


def _welcome(
    replay: TraceReplay, recorded: TraceStep, commit: TraceCommit, operations: StepOperations
) -> list[WelcomeEnvelopeView]:
    joiners = {joiner["key_package_ref"]: 2 * joiner["leaf"] for joiner in commit["added"]}
    envelopes: list[WelcomeEnvelopeView] = []
    custom = custom_types(recorded)
    for message in recorded["messages"]:
        welcome = decode(MLSMessage, bytes.fromhex(message["wire"]), custom=custom).message
        if not isinstance(welcome, Welcome):
            continue
        for secrets in welcome.secrets:
            to = joiners[secrets.new_member.hex()]
            shared = common_ancestor(NodeIndex(to), NodeIndex(2 * commit["committer"]))
            sealed = secrets.encrypted_group_secrets
            envelopes.append(
                {
                    "to": to,
                    "kem_output": sealed.kem_output.hex(),
                    "ciphertext": sealed.ciphertext.hex(),
                    "path_secret_of": shared if commit["with_path"] and shared in replay.key_at else None,
                    "opened_by": list(operations.openers[sealed.kem_output.hex()]),
                }
            )
    return envelopes


def _proposals(recorded: TraceStep, names: dict[int, str]) -> list[ProposalView]:
    commit = recorded["commit"]
    proposals = recorded["proposals"] if commit is None else commit["proposals"]
    return [
        {
            "type": proposal["type"],
            "text": proposal_text(proposal, names),
            "node": None if proposal["leaf"] is None else 2 * proposal["leaf"],
        }
        for proposal in proposals
    ]


def _message(recorded: TraceStep, index: int) -> MessageView | None:
    """The message of a step. A step with a commit shows the commit, not its proposals and its Welcome."""
    messages = recorded["messages"]
    if not messages:
        return None
    number = next((i for i, message in enumerate(messages) if message["kind"] == "commit"), 0)
    message = messages[number]
    readers = [
        reader
        for read in recorded["reads"]
        if (read["step"], read["message"]) == (index, number)
        for reader in read["by"]
    ]
    text = text_of(message)
    return {
        "sender": message["sender"] or "",
        "kind": message["kind"],
        "wire": message["wire"],
        "size": len(message["wire"]) // 2,
        "read": {} if text is None else dict.fromkeys(readers, text),
    }
