"""The cases and exercises of lesson 07: an epoch broken by hand, with nothing but leaked bytes and the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from workbench.adversary.evidence import Evidence, read_evidence, write_evidence
from workbench.adversary.recovery import recover
from workbench.lab import World
from workbench.lab.leaks import evidence_of
from workbench.lessons.exercise import Correct, ExerciseCase, Judgement, Wrong, exercise, judge_function, judge_value
from workbench.mls import LeafIndex, NodeIndex, cipher_suite, encode
from workbench.mls.schedule.key_schedule import next_epoch
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.tree.tree_math import is_leaf, leaf_to_node, node_width
from workbench.mls.tree.update_path import open_path, path_recipients
from workbench.mls.wire.messages import PublicMessage
from workbench.mls.wire.proposals import Commit

CASES = BREAKABLE, DAVE_COMMITTED, WITH_PSK, WITHOUT_BOB = 1, 2, 3, 4
"""In the first the epoch can be broken, in each of the others one thing is otherwise."""

BOB, DAVE = LeafIndex(1), LeafIndex(3)
INGREDIENTS = ("init_secret", "commit_secret", "psk_secret")
BROKEN = 3
"""The epoch that is to be broken, in every evidence: the one that Bob's commit began."""


@cache
def hand_over(number: int) -> str:
    """The file of a evidence: what leaked, and what was on the wire."""
    world = World.of(["Alice", "Bob", "Carol", "Dave"], seed=70)
    world.commit("Alice")
    leaks = [] if number == WITHOUT_BOB else [world.leak("Bob")]
    if number == WITH_PSK:
        world.share_psk("lunch", "Alice", "Bob", "Carol", "Dave")
    world.commit("Bob", psks=["lunch"] if number == WITH_PSK else [])
    world.send("Carol", "The old mill, at nine. Bring the map.")
    world.commit("Alice")
    if number == DAVE_COMMITTED:
        world.commit("Dave")
    leaks.append(world.leak("Dave", what="backup"))
    return write_evidence(evidence_of(world, leaks))


@exercise(
    "07.1",
    hints=[
        "`before.tree.node(x).encryption_key` is the public key of node x; `case.private_keys` has those that leaked.",
        "`{x for x in range(7) if (node := before.tree.node(x)) and node.encryption_key in evidence.private_keys}`",
    ],
    source="answer_1 = {1, 2, 3, 6}",
)
def question_1(answer: object, evidence: Evidence) -> Judgement:
    """Of which nodes of the tree before the commit the private keys leak."""
    width = node_width(evidence.groups[BROKEN - 1].tree.leaf_count)
    held = {x for x in range(width) if _is_leaked(evidence, NodeIndex(x))}

    def accept(nodes: set[object]) -> Judgement:
        if nodes == held:
            return Correct("All of Bob's, up to the root, and Dave's leaf.")
        if nodes == {x for x in held if is_leaf(NodeIndex(x))}:
            return Wrong("These are the leaves. A member also holds private keys of nodes above its leaf.")
        if nodes - held:
            return Wrong(f"Not node {min(map(str, nodes - held))}: its private key is not in the leaked secrets.")
        return Wrong("There are more. Try each node from 0 to 6.")

    return judge_value(answer, set, accept)


@exercise(
    "07.2",
    hints=[
        "`readers` has a row for each node of the path, and in it the nodes whose keys the ciphertexts are sealed to.",
        "Of the nodes in `readers`, only Dave's leaf, node 6, is in your answer to exercise 1. Count from 0.",
    ],
    source="answer_2 = (1, 1)",
)
def question_2(answer: object, evidence: Evidence) -> Judgement:
    """Which ciphertext of the path opens for a leaked key: its row, and its place in the row."""
    right = [
        (row, place)
        for row, nodes in enumerate(_readers(evidence))
        for place, node in enumerate(nodes)
        if _is_leaked(evidence, node)
    ]

    def accept(where: tuple[object, ...]) -> Judgement:
        if where in right:
            return Correct("It is sealed to Dave's leaf key, and that is in what leaked the second time.")
        if where in {(place, row) for row, place in right} | {(row + 1, place + 1) for row, place in right}:
            return Wrong("Give the row first, then the place in it, and count both from 0.")
        return Wrong("Whose key is that one sealed to? It has to be a key that leaked.")

    return judge_value(answer, tuple, accept)


@exercise(
    "07.3",
    hints=[
        "Lesson 02 again: each path secret gives the next one up, by a derivation with the label `path`.",
        "What would come after the root's is the commit secret (RFC 9420 §7.4): `suite.derive_secret(…, …)`.",
    ],
    source="""
        def commit_secret(suite, path_secret):
            return suite.derive_secret(path_secret, "path")
    """,
)
def question_3(answer: object) -> Judgement:
    """The commit secret from the path secret of the root."""
    suite = cipher_suite(1)

    def explain(path_secret: bytes) -> ExerciseCase:
        expected = suite.derive_secret(path_secret, "path")
        fault = {
            path_secret: "That is the path secret of the root itself. The commit secret is one step above it.",
            suite.derive_secret(path_secret, "node"): "That is the node secret: it leads to the key pair of the root.",
            suite.derive_secret(expected, "path"): "That is one step too many.",
        }
        return ExerciseCase(
            "commit_secret(suite, path_secret)",
            (suite, path_secret),
            expected,
            lambda result: fault.get(result, "Use the cipher suite's `derive_secret` with the right label."),
        )

    cases = [explain(bytes([number]) * suite.hash_length) for number in (1, 2)]
    return judge_function(answer, cases, "The root's path secret is the last on the path; this is what follows it.")


@exercise(
    "07.4",
    hints=[
        "Look at the figure of the key schedule in RFC 9420 §8: of which epoch is the init secret at its top?",
        "You go from epoch 2 to epoch 3.",
    ],
    source="answer_4 = 2",
)
def question_4(answer: object, evidence: Evidence) -> Judgement:
    """Of which epoch the leaked init secret is needed: each one is tried against the confirmation tag."""
    fitting = [epoch for epoch in evidence.secrets if _fits(evidence, epoch)]

    def accept(epoch: int) -> Judgement:
        if epoch in fitting:
            return Correct("From the init secret of an epoch, and what the commit brings, follows the next epoch.")
        if epoch == BROKEN:
            return Wrong("That one is not in the leaked secrets: it is what we would get if we were in already.")
        if epoch in evidence.secrets:
            return Wrong("Tried: the confirmation tag does not fit. The key schedule runs forwards only.")
        return Wrong("No secrets of that epoch leaked. See `sorted(evidence.secrets)`.")

    return judge_value(answer, int, accept)


@exercise(
    "07.5",
    hints=[
        "One call is missing: `open_content` from `workbench.mls.framing.private_message`.",
        "`open_content(suite, message, sender_data, key).content.content.application_data`",
    ],
    source='answer_5 = b"The old mill, at nine. Bring the map."',
)
def question_5(answer: object, evidence: Evidence) -> Judgement:
    """What the message of the broken epoch says: the recovery program has read it, too."""
    (said,) = [
        bytes.fromhex(read["application_data"]) for read in recover(evidence)["messages"] if read["epoch"] == BROKEN
    ]

    def accept(data: bytes) -> Judgement:
        if data == said:
            return Correct("Carol's words, from an epoch whose secrets nobody has ever leaked.")
        if said in data:
            return Wrong("It is in there. Give only what the application has said: the bytes of `application_data`.")
        return Wrong("That is not what Carol has sent.")

    return judge_value(answer.encode() if isinstance(answer, str) else answer, bytes, accept)


@exercise(
    "07.6",
    hints=[
        "`leaked_readers(each)` says what of the path opens, `sorted(each.secrets)` of which epochs there are secrets.",
        "In one case nothing of the path opens, in one there is nothing of epoch 2. In the third both are there.",
    ],
    source='answer_6 = {2: "commit_secret", 3: "psk_secret", 4: "init_secret"}',
)
def question_6(answer: object) -> Judgement:
    """Which ingredient of epoch 3 is missing in each of the other cases."""
    right = {number: _lacking(read_evidence(hand_over(number))) for number in CASES[1:]}
    told = {
        "init_secret": "Look again for the init secret of epoch 2: was anything of that epoch leaked?",
        "commit_secret": "Look again at the path: does a leaked key open any of its ciphertexts?",
        "psk_secret": "Look again at the commit's proposals: what else goes into the epoch, and has it leaked?",
    }

    def accept(named: Mapping[object, object]) -> Judgement:
        if strangers := set(named.values()) - set(INGREDIENTS):
            return Wrong(f"Choose among {', '.join(INGREDIENTS)}: {sorted(map(str, strangers))} are not among them.")
        if set(named) != set(right):
            return Wrong("Give one of the three for each of the cases 2, 3 and 4.")
        for number, lacking in right.items():
            if named[number] != lacking:
                return Wrong(f"ExerciseCase {number}. {told[lacking or INGREDIENTS[0]]}")
        return Correct("Three ingredients, and each of them alone has kept the attacker out.")

    return judge_value(answer, dict, accept)


# What the judges try


def _commit(evidence: Evidence) -> PublicMessage:
    """The commit with which the broken epoch begins."""
    publics = (message for message in evidence.messages if isinstance(message, PublicMessage))
    return next(
        each for each in publics if isinstance(each.content.content, Commit) and each.content.epoch == BROKEN - 1
    )


def _readers(evidence: Evidence) -> tuple[tuple[NodeIndex, ...], ...]:
    """For each node of the commit's path, the nodes that its ciphertexts are sealed to."""
    return path_recipients(evidence.groups[BROKEN - 1].tree, BOB, ())


def _is_leaked(evidence: Evidence, node: NodeIndex) -> bool:
    """Whether the private key that a node had before the commit is in the leaked secrets."""
    at = evidence.groups[BROKEN - 1].tree.node(node)
    return at is not None and at.encryption_key in evidence.private_keys


def _fits(evidence: Evidence, start: int) -> bool:
    """Whether the init secret of an epoch leads into the broken one, by the confirmation tag."""
    before, after, message = evidence.groups[BROKEN - 1], evidence.groups[BROKEN], _commit(evidence)
    commit = message.content.content
    if not isinstance(commit, Commit) or commit.path is None:
        return False
    opened = open_path(
        evidence.suite,
        after.tree,
        BOB,
        commit.path,
        joined=(),
        own_leaf=DAVE,
        private_keys={leaf_to_node(DAVE): evidence.private_keys[before.tree.member(DAVE).encryption_key]},
        context=encode(replace(before.context, epoch=BROKEN, tree_hash=after.context.tree_hash)),
    )
    init_secret, context = evidence.secrets[start].init_secret, encode(after.context)
    leaf_count = after.tree.leaf_count
    epoch = next_epoch(
        evidence.suite, init_secret, opened.commit_secret, psk_secret(evidence.suite, ()), context, leaf_count
    )
    tag = message.auth.confirmation_tag or b""
    return evidence.suite.verify_mac(epoch.secrets.confirmation_key, after.context.confirmed_transcript_hash, tag)


def _lacking(evidence: Evidence) -> str:
    """What keeps an attacker out of the epoch."""
    if BROKEN - 1 not in evidence.secrets:
        return "init_secret"
    if not any(_is_leaked(evidence, node) for row in _readers(evidence) for node in row):
        return "commit_secret"
    return "psk_secret"
