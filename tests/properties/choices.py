"""What the steps of a history choose among: who, how many, which kinds, keys and extensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from tests.properties.clients import APPLICATIONS_OWN, EXTERNAL_PSKS, Clients
from workbench.mls import (
    Extension,
    ExternalPSK,
    GroupState,
    PreSharedKey,
    PreSharedKeyID,
    ResumptionPSK,
    encode,
)
from workbench.mls.wire.code_points import CredentialType, ExtensionType, ResumptionPSKUsage
from workbench.mls.wire.extensions import RequiredCapabilities

T = TypeVar("T")

NAMES = ("Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi")
LARGEST = 6
GROUPS = 2
"""As many members as a group gets, and as many groups as there are at once: what is small is cheap."""

KINDS = ("add", "remove", "psk", "extensions", "reinit")
"""What may be proposed, beside an Update."""


class NothingToDo(Exception):
    """A step that cannot be taken here and now."""


def need(*conditions: object) -> None:
    """Go on only if all of this holds."""
    if not all(conditions):
        raise NothingToDo


def pick(options: Sequence[T], number: int) -> T:
    need(options)
    return options[number % len(options)]


def psk(clients: Clients, state: GroupState, number: int) -> PreSharedKey:
    """A pre-shared key of the application, of a past epoch, or of another group."""
    names: list[ExternalPSK | ResumptionPSK] = [ExternalPSK(name) for name in EXTERNAL_PSKS]
    for group_id, epoch in list(clients.resumption)[-4:]:
        names.append(ResumptionPSK(ResumptionPSKUsage.application, group_id, epoch))
    nonce = clients.entropy().ljust(state.suite.hash_length, b".")[: state.suite.hash_length]
    return PreSharedKey(PreSharedKeyID(pick(names, number), nonce))


def extensions(clients: Clients, number: int) -> list[tuple[Extension, ...]]:
    """The extensions that a group may have, in cipher suite `number`."""
    required = RequiredCapabilities((APPLICATIONS_OWN,), (), (CredentialType.basic,))
    return [
        (),
        (clients.external_senders(number),),
        (
            clients.external_senders(number),
            Extension(ExtensionType.required_capabilities, encode(required)),
            Extension(APPLICATIONS_OWN, b"topic"),
        ),
    ]
