"""What the delivery service refuses by itself: it keeps nothing that no member can use, as far as it can tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.scenario import NOW, WEEKS_8, Scenario, group_of
from workbench.delivery import (
    DeliveryService,
    InvalidFrame,
    InvalidKeyPackageUpload,
    NoKeyPackage,
    WrongOrder,
)
from workbench.delivery.checks import LARGEST_MESSAGE, SENDER_DATA
from workbench.mls import (
    CIPHER_SUITES,
    Framing,
    KeyPackage,
    MLSMessage,
    cipher_suite,
    encode,
    propose_self_add,
)
from workbench.mls.wire.code_points import ContentType, ProtocolVersion
from workbench.mls.wire.messages import (
    ApplicationData,
    ExternalSenderIndex,
    FramedContent,
    FramedContentAuthData,
    MemberSender,
    NewMemberProposalSender,
    PrivateMessage,
    PublicMessage,
    Sender,
)
from workbench.mls.wire.proposals import Commit

GROUP = b"the group"


def framed(message: KeyPackage | PrivateMessage | PublicMessage) -> bytes:
    return encode(MLSMessage(ProtocolVersion.mls10, message))


def opened(now: int | None = NOW) -> DeliveryService:
    service = DeliveryService(clock=lambda: now)
    service.open_group(GROUP)
    return service


def key_package(suite: int = 1) -> KeyPackage:
    return Scenario(cipher_suite(suite)).bundle("Bob").key_package


# Key packages


@pytest.mark.parametrize("suite", sorted(CIPHER_SUITES))
def test_a_good_key_package_of_any_suite_is_kept_and_handed_out(suite: int) -> None:
    service = opened()
    message = framed(key_package(suite))
    service.publish_key_package("Bob", message)
    assert service.take_key_package("Bob", suite) == message


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"signature": b"forged"}, "signature"),
        ({"init_key": b""}, "not a usable public key"),
        ({"cipher_suite": 0x0A0A}, "not built here"),
        ({"cipher_suite": 3}, "signature"),
    ],
)
def test_a_key_package_that_no_group_would_accept_is_refused(changes: dict[str, Any], reason: str) -> None:
    service = opened()
    with pytest.raises(InvalidKeyPackageUpload, match=reason):
        service.publish_key_package("Bob", framed(replace(key_package(), **changes)))
    with pytest.raises(NoKeyPackage):
        service.take_key_package("Bob", 1)


@pytest.mark.parametrize("now", [NOW - 3601, NOW + WEEKS_8 + 1])
def test_a_key_package_outside_of_its_lifetime_is_refused(now: int) -> None:
    with pytest.raises(InvalidKeyPackageUpload, match="is not within the lifetime"):
        opened(now).publish_key_package("Bob", framed(key_package()))


@pytest.mark.parametrize("now", [NOW - 3600, NOW + WEEKS_8, None])
def test_a_key_package_within_its_lifetime_or_without_a_clock_is_kept(now: int | None) -> None:
    opened(now).publish_key_package("Bob", framed(key_package()))


@pytest.mark.parametrize("last_resort", [False, True])
def test_what_has_expired_since_it_came_is_not_handed_out(last_resort: bool) -> None:  # noqa: FBT001 - a parameter
    now = NOW
    service = DeliveryService(clock=lambda: now)
    bundle = Scenario(cipher_suite(1)).bundle("Bob", last_resort=last_resort)
    service.publish_key_package("Bob", framed(bundle.key_package))
    now = NOW + WEEKS_8 + 1
    with pytest.raises(NoKeyPackage, match="within its lifetime"):
        service.take_key_package("Bob", 1)


# Messages


def private(kind: ContentType, length: int, sender_data: int = SENDER_DATA) -> bytes:
    return framed(PrivateMessage(GROUP, 0, kind, b"", bytes(sender_data), bytes(length)))


@pytest.mark.parametrize(
    ("kind", "shortest"), [(ContentType.application, 26), (ContentType.proposal, 27), (ContentType.commit, 60)]
)
def test_a_ciphertext_that_is_too_short_for_its_content_is_refused(kind: ContentType, shortest: int) -> None:
    service = opened()
    with pytest.raises(InvalidFrame, match=f"{shortest} at least"):
        service.submit(GROUP, private(kind, shortest - 1))
    assert (service.entries(GROUP), service.epoch(GROUP)) == ((), 0)
    service.submit(GROUP, private(kind, shortest))
    assert service.epoch(GROUP) == (1 if kind is ContentType.commit else 0)


@pytest.mark.parametrize("length", [0, SENDER_DATA - 1, SENDER_DATA + 1])
def test_sender_data_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(InvalidFrame, match="always has 28"):
        opened().submit(GROUP, private(ContentType.application, 60, length))


def public(content: ApplicationData | Commit, sender: Sender) -> bytes:
    tag = b"tag" if isinstance(content, Commit) else None
    membership_tag = b"tag" if isinstance(sender.sender, MemberSender) else None
    made = FramedContent(GROUP, 0, sender, b"", content)
    return framed(PublicMessage(made, FramedContentAuthData(b"signature", tag), membership_tag))


@pytest.mark.parametrize("sender", [ExternalSenderIndex(0), NewMemberProposalSender()])
def test_a_commit_by_one_who_cannot_commit_does_not_end_the_epoch(
    sender: ExternalSenderIndex | NewMemberProposalSender,
) -> None:
    service = opened()
    with pytest.raises(InvalidFrame, match="sent a commit"):
        service.submit(GROUP, public(Commit((), None), Sender(sender)))
    assert service.epoch(GROUP) == 0


def test_application_data_in_the_clear_is_refused() -> None:
    with pytest.raises(InvalidFrame, match="in the clear"):
        opened().submit(GROUP, public(ApplicationData(b"hello"), Sender(MemberSender(0))))


@pytest.mark.parametrize("is_welcome", [False, True])
def test_more_bytes_than_a_group_needs_are_refused(is_welcome: bool) -> None:  # noqa: FBT001 - a parameter
    service, large = opened(), bytes(LARGEST_MESSAGE + 1)
    commit = private(ContentType.commit, 100)
    with pytest.raises(InvalidFrame, match="at most"):
        service.submit(GROUP, commit if is_welcome else large, large)
    assert service.epoch(GROUP) == 0


def test_a_welcome_comes_with_a_commit_alone() -> None:
    scenario = group_of("Alice")
    welcome = encode(scenario.commit("Alice", adds=["Bob"]).welcome)
    service = opened()
    with pytest.raises(WrongOrder, match="only a commit has one"):
        service.submit(GROUP, private(ContentType.application, 60), welcome)
    assert service.entries(GROUP) == ()


@pytest.mark.parametrize("is_private", [False, True])
@pytest.mark.parametrize("suite", sorted(CIPHER_SUITES))
def test_what_members_and_those_outside_really_send_is_kept(suite: int, is_private: bool) -> None:  # noqa: FBT001 - a parameter
    scenario = group_of("Alice", "Bob", suite=suite)
    service = DeliveryService()
    service.open_group(GROUP, 1)
    bundle = scenario.bundle("Carol")
    asked = propose_self_add(bundle.key_package, bundle.signature_private_key, scenario.suite, GROUP, 1, now=NOW)
    sent = [asked, scenario.send("Alice", b""), scenario.propose_update("Bob", framing=Framing(private=is_private))]
    sent.append(scenario.commit("Alice", framing=Framing(private=is_private)).message)
    sent.append(scenario.join_by_commit("Dave", "Bob").message)
    for message in sent:
        service.submit(GROUP, encode(message))
    assert service.epoch(GROUP) == 3
