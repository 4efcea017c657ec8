"""The work of `workbench validate`."""

from __future__ import annotations

import argparse
import json

from workbench.commands.colour import painted
from workbench.commands.source import Material
from workbench.commands.work.held import policy_and_secrets
from workbench.inspect.carving import carve
from workbench.mls.wire.messages import GroupInfo
from workbench.mls.wire.tree import RatchetTreeExtension
from workbench.review.checks import Outcome
from workbench.review.evidence import ReviewEvidence
from workbench.review.groups import public_groups
from workbench.review.verify import Verification, verify


def run(arguments: argparse.Namespace) -> int:
    """Verify each object in the files and print its checks."""
    given = policy_and_secrets(arguments, "validate")
    if given is None:
        return 2
    policy, secrets = given
    material = Material(arguments, "validate")
    objects = [each for pieces in material for each in carve(pieces)]
    trees = [each.content for each in objects if isinstance(each.content, RatchetTreeExtension)]
    infos = [each.content for each in objects if isinstance(each.content, GroupInfo)]
    evidence = ReviewEvidence(
        groups=public_groups(infos, (*secrets.trees, *trees)),
        states={(state.group_id, state.epoch): state for state in secrets.states},
        bundles=secrets.bundles,
        psks=secrets.psks,
        trees=(*secrets.trees, *trees),
        policy=policy,
        now=arguments.now,
        trusts_credentials=arguments.trust is not None,
    )
    if not objects and not material.status:
        material.tell_nothing_found()
    status = material.status or int(not objects)
    for found in objects:
        verification = verify(found, evidence)
        print(json.dumps(verification.as_json(), ensure_ascii=False) if arguments.json else text_of(verification))
        status = max(status, 1) if verification.failures else status
    return status


MARKS = {"passed": "passed", "failed": "FAILED", "not checkable": "not checkable"}


def text_of(verification: Verification) -> str:
    """The checks of one object as a table, for a terminal."""
    lines = [f"{verification.object.where}: {verification.object.kind}", f"  {verification.scope}"]
    for check in verification.checks:
        rule = f" {check.rule}" if check.rule else ""
        mark = painted(f"{MARKS[check.outcome.value]:13}", "red" if check.outcome is Outcome.FAILED else None)
        lines.append(f"  {mark}  {check.name} ({check.section}{rule})")
        if check.reason:
            lines.append(f"{'':17}{check.reason}, in {check.field}")
        if check.missing:
            lines.append(f"{'':17}needs {check.missing}")
    return "\n".join(lines)
