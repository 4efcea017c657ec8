"""The example report of docs/: a log of a group in which two things are wrong. `python -m tests.review.example`."""

from __future__ import annotations

import base64
import json

from tests.conftest import REPOSITORY
from tests.mls.group.scenario import NOW, group_of
from widgets.report import report_page
from workbench.inspect.material import pieces_in
from workbench.mls import Add, create_commit, encode, group_info
from workbench.review.audit import audit
from workbench.review.exposure import exposure
from workbench.review.known_secrets import KnownSecrets
from workbench.review.report import ReviewReport, SourceFile
from workbench.review.stated_leak import StatedLeak

PAGE = REPOSITORY / "docs" / "example-report.html"


def example_log() -> tuple[bytes, KnownSecrets]:
    """A server's log of a group, and Bob's state from its beginning.

    One proposal was changed in transit. In epoch 3 Alice and Dave both commit, and both go on: the group has forked.
    """
    scenario = group_of("Alice", "Bob", "Carol", "Dave")
    bob = scenario.states["Bob"]
    log = [encode(group_info(scenario.states["Alice"])), encode(scenario.send("Alice", b"Lunch at noon?"))]
    log += [encode(scenario.propose_update("Carol")), encode(scenario.commit("Alice").message)]
    log += [encode(scenario.send("Carol", b"Make that one o'clock."))]
    changed = bytearray(encode(scenario.propose_update("Dave")))
    changed[-60] ^= 1
    log += [bytes(changed), encode(scenario.commit("Bob", by_reference=[]).message)]
    add = Add(scenario.bundle("Erik").key_package)
    sides = [
        create_commit(scenario.states[name], [add], entropy=next(scenario.entropy), now=NOW)
        for name in ("Alice", "Dave")
    ]
    log += [encode(side.message) for side in sides]
    log += [encode(create_commit(side.next, entropy=next(scenario.entropy), now=NOW).message) for side in sides]
    lines = [
        json.dumps({"seq": at, "event": "deliver", "payload": base64.b64encode(message).decode()})
        for at, message in enumerate(log)
    ]
    return "\n".join(lines).encode(), KnownSecrets(states=(bob,))


def example_report() -> ReviewReport:
    """The report of this log, with what Bob's stolen device would give away."""
    raw, secrets = example_log()
    done = audit(list(pieces_in(raw, "server.jsonl")), secrets, policy=secrets.states[0].policy, now=NOW)
    exposed = exposure(done.groups[0].replay, done.objects, [StatedLeak("state")])
    assert exposed is not None
    command = f"workbench audit --report example-report.html --state bob.state --now {NOW} --leak state server.jsonl"
    source = SourceFile.of("server.jsonl", raw)
    return ReviewReport(done, (exposed,), (source,), command, {"mls-workbench": "0.1.0"})


if __name__ == "__main__":
    PAGE.write_text(report_page(example_report(), title="Example: an audit of a server's log"), encoding="utf-8")
