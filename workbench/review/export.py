"""A group of an audit as a passive client of the working group, and a test for pytest: what a vendor can run.

The passive client holds the private keys of the key package that the reviewer gave. It goes to nobody who must not have
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.inspect.carving import CarvedObject
from workbench.mls import GroupState, KeyPackageBundle, encode, key_package_ref
from workbench.mls.crypto.signer import Signer
from workbench.mls.wire.code_points import ContentType, ProtocolVersion
from workbench.mls.wire.messages import MLSMessage, Welcome
from workbench.review.audit import Audit, GroupAudit
from workbench.review.replay import HistoryLine, View

REFUSED = ""
"""The epoch authenticator of a commit that is refused: it leads to no epoch."""


def passive_client(done: Audit, group: GroupAudit) -> dict[str, Any] | None:
    """The messages of a group in the passive-client format, up to the commit that is refused, if one is.

    None if the group was not followed from a Welcome with a key package of the reviewer's.
    """
    for line in group.replay.lines:
        for found in done.objects:
            if isinstance(found.content, Welcome) and line.start == f"the Welcome in {found.where}":
                bundle = _bundle_of(line, found.content, done.secrets.bundles)
                return None if bundle is None else _client(done, group, line, found, bundle)
    return None


def _bundle_of(line: HistoryLine, welcome: Welcome, bundles: Sequence[KeyPackageBundle]) -> KeyPackageBundle | None:
    suite = line.begun[min(line.begun)].suite
    named = {entry.new_member for entry in welcome.secrets}
    return next((each for each in bundles if key_package_ref(suite, each.key_package) in named), None)


def _client(
    done: Audit, group: GroupAudit, line: HistoryLine, welcome: CarvedObject, bundle: KeyPackageBundle
) -> dict[str, Any] | None:
    signing = bundle.signature_private_key
    if isinstance(signing, Signer):
        return None
    first = line.begun[min(line.begun)]
    messages = [each for each in done.objects if each.group_id == group.group_id and each.is_framed]
    commits = {found.epoch: found for found in line.commits}
    if line.diverged_at is not None:
        commits[line.diverged_at.epoch] = line.diverged_at
    tree = next(iter(done.secrets.trees), None)
    return {
        "cipher_suite": first.suite.id,
        "external_psks": [
            {"psk_id": key.hex(), "psk": psk.hex()} for key, psk in done.secrets.psks.items() if isinstance(key, bytes)
        ],
        "key_package": encode(MLSMessage(ProtocolVersion.mls10, bundle.key_package)).hex(),
        "signature_priv": signing.hex(),
        "encryption_priv": bundle.encryption_private_key.hex(),
        "init_priv": bundle.init_private_key.hex(),
        "welcome": welcome.data.hex(),
        "ratchet_tree": None if tree is None else encode(tree).hex(),
        "initial_epoch_authenticator": _authenticator(first),
        "epochs": [
            {
                "proposals": [
                    each.data.hex()
                    for each in messages
                    if each.epoch == epoch and each.content_type is ContentType.proposal
                ],
                "commit": found.data.hex(),
                "epoch_authenticator": REFUSED if found is line.diverged_at else _authenticator(line.begun[epoch + 1]),
            }
            for epoch, found in sorted(commits.items(), key=lambda each: each[0] or 0)
            if epoch is not None and (epoch + 1 in line.begun or found is line.diverged_at)
        ],
    }


def _authenticator(view: View) -> str:
    """The epoch authenticator, which the client knows as long as it is a member."""
    return view.secrets.epoch_authenticator.hex() if isinstance(view, GroupState) else REFUSED


def pytest_of(case: str, client: Mapping[str, Any]) -> str:
    """A test for pytest that audits the passive client in the file `case` beside it; it passes if no rule is broken."""
    return PYTEST.format(case=case, epochs=len(client["epochs"]))


PYTEST = '''"""What `workbench audit` has found in a group of {epochs} commits, to run again."""

from pathlib import Path

from workbench.inspect.material import pieces_in
from workbench.review.audit import audit
from workbench.review.known_secrets import read_secrets

CASE = Path(__file__).with_name("{case}")


def test_the_messages_of_the_group_break_no_rule():
    raw = CASE.read_bytes()
    done = audit(list(pieces_in(raw, CASE.name)), read_secrets(raw))
    broken = [f"{{each.where}}: {{each.title}} ({{each.section}} {{each.rule}})" for each in done.violations]
    assert broken == []
'''
"""The text of the test."""
