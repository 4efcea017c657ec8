"""One log a group, one commit an epoch: the first one wins."""

from __future__ import annotations

import pytest

from workbench.delivery import (
    DeliveryService,
    Head,
    InvalidKeyPackageUpload,
    LateCommit,
    LateMessage,
    NoKeyPackage,
    Refused,
    UnknownGroup,
    WrongOrder,
)
from workbench.delivery.checks import SENDER_DATA
from workbench.delivery.log import appended
from workbench.mls import (
    BasicCredential,
    Credential,
    Malformed,
    MLSMessage,
    Welcome,
    cipher_suite,
    create_key_package,
    encode,
    new_lifetime,
)
from workbench.mls.wire.code_points import ContentType, ProtocolVersion
from workbench.mls.wire.messages import EncryptedGroupSecrets, PrivateMessage
from workbench.mls.wire.tree import HPKECiphertext

GROUP = b"group"


def message(epoch: int, content_type: ContentType, mark: bytes = b"", group_id: bytes = GROUP) -> bytes:
    sealed = PrivateMessage(group_id, epoch, content_type, b"", bytes(SENDER_DATA), mark.ljust(60))
    return encode(MLSMessage(ProtocolVersion.mls10, sealed))


def commit(epoch: int, mark: bytes = b"") -> bytes:
    return message(epoch, ContentType.commit, mark)


def welcome(reference: bytes) -> bytes:
    secrets = EncryptedGroupSecrets(reference, HPKECiphertext(b"", b""))
    return encode(MLSMessage(ProtocolVersion.mls10, Welcome(1, (secrets,), b"")))


def key_package(seed: str, *, last_resort: bool = False) -> bytes:
    suite = cipher_suite(1)
    made = create_key_package(
        suite,
        Credential(BasicCredential(b"Bob")),
        suite.signature_key_pair(b"Bob".ljust(32)).private_key,
        lifetime=new_lifetime(1_767_600_000),
        entropy=seed.encode().ljust(32),
        last_resort=last_resort,
    )
    return encode(MLSMessage(ProtocolVersion.mls10, made.key_package))


def service() -> DeliveryService:
    opened = DeliveryService()
    opened.open_group(GROUP)
    return opened


def test_the_first_commit_of_an_epoch_wins() -> None:
    delivery = service()
    first = delivery.submit(GROUP, commit(0, b"first"))
    with pytest.raises(LateCommit, match="for epoch 0, the group is in epoch 1"):
        delivery.submit(GROUP, commit(0, b"second"))
    assert delivery.entries(GROUP) == (first,)
    assert delivery.epoch(GROUP) == 1


def test_a_welcome_that_names_a_client_many_times_is_kept_for_it_once() -> None:
    delivery = service()
    secrets = EncryptedGroupSecrets(b"Bob", HPKECiphertext(b"", b""))
    repeated = encode(MLSMessage(ProtocolVersion.mls10, Welcome(1, (secrets,) * 1000, b"")))
    delivery.submit(GROUP, commit(0), repeated)
    assert [each.welcome for each in delivery.invitations(b"Bob")] == [repeated]


def test_a_message_does_not_end_the_epoch() -> None:
    entry, head = appended(Head(GROUP, 3, 7), message(3, ContentType.application))
    assert (entry.index, entry.epoch, head) == (7, 3, Head(GROUP, 3, 8, size=len(entry.message)))


@pytest.mark.parametrize("content_type", [ContentType.application, ContentType.proposal])
def test_a_message_for_an_epoch_that_is_over_is_refused_and_not_as_a_commit(content_type: ContentType) -> None:
    with pytest.raises(LateMessage) as caught:
        appended(Head(GROUP, 4), message(3, content_type))
    assert not isinstance(caught.value, LateCommit)


def test_nothing_can_be_sent_into_an_epoch_that_has_not_begun() -> None:
    with pytest.raises(WrongOrder, match="no commit has led beyond epoch 4"):
        appended(Head(GROUP, 4), commit(5))


def test_a_message_of_another_group_is_refused() -> None:
    with pytest.raises(WrongOrder, match="another group"):
        appended(Head(GROUP, 0), message(0, ContentType.application, group_id=b"other"))


def test_what_is_no_message_of_a_group_is_refused() -> None:
    with pytest.raises(WrongOrder, match="a Welcome is not a message within a group"):
        appended(Head(GROUP, 0), welcome(b"somebody"))
    with pytest.raises(Malformed):
        appended(Head(GROUP, 0), b"\0\1")


def test_a_refused_message_leaves_no_trace() -> None:
    delivery = service()
    for bad in (commit(1), message(0, ContentType.proposal, group_id=b"other")):
        with pytest.raises(WrongOrder):
            delivery.submit(GROUP, bad)
    assert (delivery.entries(GROUP), delivery.epoch(GROUP)) == ((), 0)


def test_the_log_is_read_on_from_any_index() -> None:
    delivery = service()
    sent = [delivery.submit(GROUP, message(0, ContentType.application, bytes([i]))) for i in range(3)]
    assert delivery.entries(GROUP, 1) == tuple(sent[1:])
    assert delivery.entries(GROUP, 3) == ()


def test_a_welcome_is_kept_only_if_its_commit_is_accepted() -> None:
    delivery = service()
    delivery.submit(GROUP, commit(0, b"first"), welcome(b"bob"))
    with pytest.raises(LateCommit):
        delivery.submit(GROUP, commit(0, b"second"), welcome(b"carol"))
    (invitation,) = delivery.invitations(b"bob")
    assert (invitation.group_id, invitation.next_index) == (GROUP, 1)
    assert delivery.invitations(b"carol") == ()


def test_a_commit_with_something_else_for_a_welcome_is_refused_whole() -> None:
    delivery = service()
    with pytest.raises(WrongOrder, match="where the Welcome of a commit should be"):
        delivery.submit(GROUP, commit(0), commit(0))
    assert delivery.epoch(GROUP) == 0


def test_a_group_has_one_log() -> None:
    with pytest.raises(Refused, match="already"):
        service().open_group(GROUP)
    with pytest.raises(UnknownGroup):
        DeliveryService().entries(GROUP)


def test_a_key_package_is_handed_out_once_and_the_oldest_first() -> None:
    delivery = DeliveryService()
    one, two = key_package("one"), key_package("two")
    delivery.publish_key_package("Bob", one)
    delivery.publish_key_package("Bob", two)
    assert [delivery.take_key_package("Bob", 1), delivery.take_key_package("Bob", 1)] == [one, two]
    assert delivery.key_packages_left("Bob", 1) == 0
    with pytest.raises(NoKeyPackage, match="of Bob"):
        delivery.take_key_package("Bob", 1)


def test_the_key_package_of_last_resort_is_handed_out_when_no_other_is_left_and_stays() -> None:
    delivery = DeliveryService()
    last_resort, newer, ordinary = (
        key_package("last resort", last_resort=True),
        key_package("newer", last_resort=True),
        key_package("ordinary"),
    )
    delivery.publish_key_package("Bob", last_resort)
    delivery.publish_key_package("Bob", ordinary)
    assert delivery.key_packages_left("Bob", 1) == 1
    assert [delivery.take_key_package("Bob", 1) for _ in range(3)] == [ordinary, last_resort, last_resort]
    delivery.publish_key_package("Bob", newer)
    assert [delivery.take_key_package("Bob", 1) for _ in range(2)] == [newer, newer]
    with pytest.raises(NoKeyPackage, match="of Carol"):
        delivery.take_key_package("Carol", 1)


def test_a_key_package_that_is_used_again_collects_its_welcomes() -> None:
    delivery = service()
    delivery.submit(GROUP, commit(0), welcome(b"bob"))
    delivery.submit(GROUP, commit(1), welcome(b"bob"))
    assert [invitation.next_index for invitation in delivery.invitations(b"bob")] == [1, 2]


def test_what_is_no_key_package_is_not_kept_as_one() -> None:
    with pytest.raises(InvalidKeyPackageUpload, match="a Welcome stands where a key package should be"):
        DeliveryService().publish_key_package("Bob", welcome(b"bob"))
