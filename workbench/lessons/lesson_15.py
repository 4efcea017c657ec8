"""The exercises of lesson 15: a broken rule, a fork and a stolen device, in material of other implementations."""

from __future__ import annotations

from workbench.adversary.attacker import Attacker
from workbench.inspect.carving import CarvedObject
from workbench.lessons.exercise import Correct, Judgement, Wrong, exercise, judge_value
from workbench.mls import KeyPackage
from workbench.mls.wire.messages import PublicMessage
from workbench.mls.wire.proposals import Commit
from workbench.mls.wire.tree import LeafNode
from workbench.review.audit import Audit


def line_of(where: str) -> int:
    """The line of the log in a place, such as "transcript.jsonl: line 6, payload"."""
    return int(where.partition("line ")[2].partition(",")[0])


@exercise(
    "15.1",
    hints=[
        "`done.findings` has everything that the audit has found, the worst first. Which of them is a violation?",
        "`done.violations[0].where` is the place of the first one.",
    ],
    source="answer_1 = 6",
)
def question_1(answer: object, done: Audit) -> Judgement:
    """The line of the log with the commit that breaks a rule of the RFC."""
    broken = {line_of(each.where) for each in done.violations if "failed" in each.title}
    forked = {line_of(commit.where) for group in done.groups for _, commits in group.forks for commit in commits}

    def accept(line: int) -> Judgement:
        if line in broken:
            return Correct("Every check that this commit passes was made too: just one of them failed.")
        if line in forked:
            return Wrong("That commit is valid by itself. That there are two of them is the next question.")
        return Wrong("The message on that line is valid. Look for a finding with the word `failed`.")

    return judge_value(answer, int, accept)


@exercise(
    "15.2",
    hints=[
        "Compare `path.leaf_node` with `added.leaf_node`, field by field.",
        "RFC 9420 §7.5: what must a committer put into its leaf before it signs the leaf anew?",
    ],
    source='answer_2 = {"encryption_key", "signature_key", "signature"}',
)
def question_2(answer: object, commit: CarvedObject, key_package: CarvedObject) -> Judgement:
    """The keys and signatures that the leaf of the path has in common with the leaf of the key package."""
    fields = ("encryption_key", "signature_key", "signature")
    leaf, old = _leaf_of_the_path(commit), key_package.content
    if leaf is None or not isinstance(old, KeyPackage):
        return Wrong("The cells above hand over the commit and the key package: run them first.")
    same = {name for name in fields if getattr(leaf, name) == getattr(old.leaf_node, name)}

    def accept(names: set[object]) -> Judgement:
        if strangers := names - set(fields):
            return Wrong(f"Choose among {', '.join(fields)}: {sorted(map(str, strangers))} are not among them.")
        if names == {"signature_key"}:
            return Wrong("The signature key may stay the same. Which other field has the same bytes, and may not?")
        if names != same:
            return Wrong("Compare the bytes of all three fields.")
        return Correct(
            "The signature key may stay. But a path must bring a new encryption key, and the leaf must be signed anew: "
            "so this commit renews nothing."
        )

    return judge_value(answer, set, accept)


@exercise(
    "15.3",
    hints=[
        "`group.forks` has the epoch, and the commits that are valid in it.",
        "A fork begins in the epoch that both commits end.",
    ],
    source="answer_3 = (3, {8, 9})",
)
def question_3(answer: object, done: Audit) -> Judgement:
    """The epoch in which the group forks, and the lines of the commits."""
    ((epoch, commits),) = done.groups[0].forks
    lines = {line_of(each.where) for each in commits}

    def accept(told: tuple[object, ...]) -> Judgement:
        if len(told) != 2 or not isinstance(told[1], set):  # noqa: PLR2004 - an epoch and the lines
            return Wrong("Give the epoch and a set of two lines, such as `(1, {2, 3})`.")
        if told[1] != lines:
            return Wrong("Those are not two commits of one epoch that are both valid.")
        if told[0] == epoch + 1:
            return Wrong("In that epoch there are two groups already. Which epoch do both commits end?")
        if told[0] != epoch:
            return Wrong("The commits are right. Which epoch do they name?")
        return Correct("The server has delivered both. It should have refused the second one (RFC 9420 §14).")

    return judge_value(answer, tuple, accept)


@exercise(
    "15.4",
    hints=[
        "Which keys has Olaf's device deleted before it was stolen? Which keys does it still have?",
        "Olaf's commit gives his leaf a new key that was never on the stolen device.",
    ],
    source="answer_4 = {5, 7}",
)
def question_4(answer: object, attacker: Attacker) -> Judgement:
    """The lines of the log with the application messages that the attacker with Olaf's storage reads."""
    read = {each.index + FIRST_HEARD for each in attacker.reads()}

    def accept(lines: set[object]) -> Judgement:
        if not lines <= {4, 5, 7, 9}:
            return Wrong("The application messages are on the lines 4, 5, 7 and 9.")
        if 4 in lines:  # noqa: PLR2004 - a line
            return Wrong("Olaf had read that one. What does a device do with the key of a message that it has read?")
        if 9 in lines:  # noqa: PLR2004 - a line
            return Wrong("Between the theft and that message, Olaf has made a commit.")
        if lines != read:
            return Wrong("There is one more: a key that waits, or a path that is still sealed to the stolen key.")
        return Correct(
            "A key that was used is gone, a key that waits is stolen, and Olaf's own commit locks out the attacker."
        )

    return judge_value(answer, set, accept)


FIRST_HEARD = 1
"""The line of the first message that the attacker of the lesson hears."""


def _leaf_of_the_path(found: CarvedObject) -> LeafNode | None:
    """The leaf node in the path of a public commit; None for anything else."""
    content = found.content.content.content if isinstance(found.content, PublicMessage) else None
    return content.path.leaf_node if isinstance(content, Commit) and content.path is not None else None
