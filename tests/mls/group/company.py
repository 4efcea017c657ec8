"""A group whose members show X.509 certificates from one office."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mls.crypto.authority import DAY, TODAY, Authority, credential, loaded, root_authority
from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from workbench.mls import (
    Credential,
    Extension,
    GroupState,
    MLSMessage,
    Policy,
    TrustAnchors,
    cipher_suite,
    encode,
    process,
)
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.extensions import ExternalSender, ExternalSenders

ROOT = root_authority()
OFFICE = ROOT.certify_authority("office")
ELSEWHERE = root_authority("stranger").certify_authority("elsewhere")
REVOKED = TODAY + 29 * DAY
"""The end of the certificates that the office has revoked."""

TRUST = Policy(authentication=TrustAnchors((ROOT.certificate,)))
SUITES = pytest.mark.parametrize("suite", [1, 2])
NAMES = ("Alice", "Bob", "Carol", "Dave", "HR")


def shown(
    name: str,
    suite: int,
    *,
    subject: str = "",
    key: str = "",
    issuer: Authority = OFFICE,
    since: Any = TODAY - DAY,
    until: Any = TODAY + 30 * DAY,
) -> Credential:
    """The credential of a client with its usual signature key, from the office, unless something is changed."""
    private_key = Scenario(cipher_suite(suite)).signature_private_key(key or name)
    certificate = issuer.certify(subject or name, loaded(private_key, suite), since=since, until=until)
    return credential(certificate, issuer.certificate)


def current() -> Policy:
    """Trust with revocation lists of today."""
    revoked = [OFFICE.certify(name, OFFICE.key, until=REVOKED) for name in NAMES]
    lists = (ROOT.revoke(), OFFICE.revoke(*revoked))
    return Policy(authentication=TrustAnchors((ROOT.certificate,), revocation_lists=lists))


def company(suite: int, *names: str, policy: Policy | None = None, **others: Credential) -> Scenario:
    """A group of members with certificates; `others` show something else than usual when they come."""
    credentials = {name: shown(name, suite) for name in NAMES} | others
    return group_of(*names, suite=suite, policy=policy or current(), credentials=credentials)


class Believer:
    """An Authentication Service that believes everything: who has it can do what others must refuse."""

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        pass


LAX = Policy(authentication=Believer())


def lax(scenario: Scenario, name: str) -> GroupState:
    return with_public(scenario.states[name], policy=LAX)


def arrives(scenario: Scenario, message: MLSMessage) -> None:
    process(scenario.states["Alice"], encode(message), now=NOW)


LATER = NOW + 40 * 24 * 3600


def senders(scenario: Scenario, *credentials: Credential) -> tuple[Extension, ...]:
    key = scenario.suite.signature_public_key(scenario.signature_private_key("HR"))
    listed = ExternalSenders(tuple(ExternalSender(key, each) for each in credentials))
    return (Extension(ExtensionType.external_senders, encode(listed)),)
