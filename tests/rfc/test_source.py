"""Taking one statement out of the protocol: exactly that one, and only for a while."""

from __future__ import annotations

import pytest

from tests.rfc.source import Reached, out_of_order, refusals, statement, without
from workbench.mls.crypto.ciphersuite import cipher_suite
from workbench.mls.errors import InvalidPreSharedKey
from workbench.mls.framing.public_content import _check_sender
from workbench.mls.schedule.psk import check_psk_nonce
from workbench.mls.wire.proposals import ExternalPSK, PreSharedKeyID

SHORT = PreSharedKeyID(ExternalPSK(b"id"), b"short")


def checked() -> None:
    check_psk_nonce(cipher_suite(1), SHORT)


def test_a_check_is_gone_while_it_is_taken_out_and_back_afterwards() -> None:
    with without(check_psk_nonce, "InvalidPreSharedKey", "psk_nonce"):
        checked()
    with pytest.raises(InvalidPreSharedKey):
        checked()


def test_a_check_is_back_even_if_something_else_fails() -> None:
    with pytest.raises(ZeroDivisionError), without(check_psk_nonce, "InvalidPreSharedKey", "psk_nonce"):
        raise ZeroDivisionError
    with pytest.raises(InvalidPreSharedKey):
        checked()


def test_another_statement_can_stand_in_its_place() -> None:
    with (
        without(check_psk_nonce, "InvalidPreSharedKey", "psk_nonce", instead="raise KeyError"),
        pytest.raises(KeyError),
    ):
        checked()


def test_a_function_out_of_order_says_that_it_was_reached() -> None:
    with out_of_order(check_psk_nonce), pytest.raises(Reached):
        checked()


@pytest.mark.parametrize(
    ("name", "words", "count"), [("InvalidMessage", "", 5), ("InvalidMessage", "no such words", 0)]
)
def test_a_pointer_that_is_stale_or_not_exact_is_refused(name: str, words: str, count: int) -> None:
    with pytest.raises(LookupError, match=f"{count} statements of _check_sender are 'InvalidMessage'"):
        statement(_check_sender, name, words)
    with pytest.raises(LookupError, match=f"{count} statements"), without(_check_sender, name, words):
        pass


def test_the_refusals_of_the_protocol_are_found_and_the_callers_faults_left_out() -> None:
    found = [each.name for each in refusals()]
    assert found.count("InvalidWelcome") >= 6
    assert not {"Misuse", "UnknownMember", "GroupInactive", "Unsupported"} & {*found}
