"""A traced suite records all operations on secrets, and does not change a result."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workbench.client import Device, DeviceState
from workbench.delivery import DeliveryService
from workbench.inspect.trace import Recorder, TracedSuite
from workbench.lab.sources import START, entropy_source
from workbench.mls import CipherSuite, LeafIndex, cipher_suite
from workbench.mls.errors import DecryptionFailed
from workbench.mls.schedule.key_schedule import next_epoch

GROUP = b"group"
UNTRACED = {
    "canonical_encryption_key",
    "canonical_signature_key",
    "check_encryption_key",
    "check_signature_key",
    "hash",
    "ref_hash",
    "expand",
    "verify_mac",
    "sign_with_label",
    "verify_with_label",
    "signature_public_key",
    "hpke_public_key",
    "hpke",
}
"""Operations that derive no secret (hashes, signatures, public keys), and the parts of traced operations."""


def life(suite_of: Callable[[str], CipherSuite]) -> dict[str, DeviceState]:
    """The states of three devices after a history in which every kind of step happens once."""
    service = DeliveryService()
    devices = {
        name: Device(name, suite_of(name), service, entropy=entropy_source(0, name), clock=lambda: START)
        for name in ("Alice", "Bob", "Carol")
    }

    def deliver() -> None:
        for device in devices.values():
            device.accept_invitations()
            if GROUP in device.device_state.groups:
                device.fetch(GROUP)

    alice, bob, carol = devices.values()
    for device in devices.values():
        device.publish_key_package()
    alice.create_group(GROUP)
    alice.commit(GROUP, add=["Bob", "Carol"])
    deliver()
    bob.propose_update(GROUP)
    deliver()
    carol.commit(GROUP)
    deliver()
    bob.send(GROUP, b"hello")
    deliver()
    carol.commit(GROUP, remove=[LeafIndex(1)])
    deliver()
    return {name: device.device_state for name, device in devices.items()}


@pytest.mark.parametrize("number", range(1, 8))
def test_traced_and_untraced_runs_give_equal_states(number: int) -> None:
    recorders: dict[str, Recorder] = {}

    def traced(name: str) -> CipherSuite:
        recorders[name] = Recorder()
        return TracedSuite.of(cipher_suite(number), recorders[name])

    assert life(traced) == life(lambda _: cipher_suite(number))
    assert all(recorder.operations for recorder in recorders.values())


def test_a_traced_suite_is_equal_to_the_plain_one() -> None:
    plain = cipher_suite(1)
    traced = TracedSuite.of(plain)
    assert plain == traced
    assert hash(plain) == hash(traced)
    assert traced != cipher_suite(2)
    assert repr(traced) == repr(plain)


def test_every_operation_on_secrets_is_traced() -> None:
    public = {name for name, value in vars(CipherSuite).items() if callable(value) and not name.startswith("_")}
    traced = {name for name in vars(TracedSuite) if name in public}
    assert public - traced == UNTRACED - {"hpke"}


def test_operations_are_recorded_without_the_steps_inside_them() -> None:
    suite = TracedSuite.of(cipher_suite(1))
    suite.derive_secret(bytes(32), "init")
    (operation,) = suite.recorder.take()
    assert (operation.name, operation.label) == ("derive_secret", "init")
    assert suite.recorder.take() == ()


def test_each_operation_names_the_function_that_asked_for_it() -> None:
    suite = TracedSuite.of(cipher_suite(1))
    next_epoch(suite, b"i" * 32, b"c" * 32, bytes(32), b"context", 2)
    callers = [(operation.label, operation.caller) for operation in suite.recorder.take()][:4]
    assert callers == [
        ("", "schedule.key_schedule.next_epoch"),
        ("joiner", "schedule.key_schedule.next_epoch"),
        ("", "schedule.key_schedule.epoch_from_joiner_secret"),
        ("epoch", "schedule.key_schedule.epoch_from_joiner_secret"),
    ]


def test_equal_bytes_give_the_graph_of_the_key_schedule() -> None:
    suite = TracedSuite.of(cipher_suite(1))
    next_epoch(suite, b"i" * 32, b"c" * 32, bytes(32), b"context", 2)
    operations = suite.recorder.take()
    edges = {
        (source.label, target.label) for source in operations for target in operations if source.output in target.inputs
    }
    assert {("", "joiner"), ("joiner", ""), ("", "epoch"), ("epoch", "init"), ("epoch", "encryption")} <= edges


def test_a_failed_operation_is_not_recorded() -> None:
    suite = TracedSuite.of(cipher_suite(1))
    with pytest.raises(DecryptionFailed):
        suite.open(bytes(16), bytes(12), b"", bytes(32))
    assert suite.recorder.take() == ()


def test_recorded_secrets_are_not_printed() -> None:
    suite = TracedSuite.of(cipher_suite(1))
    secret = suite.derive_secret(b"s" * 32, "init")
    shown = repr((suite, suite.recorder, suite.recorder.operations))
    assert secret.hex() not in shown
    assert repr(secret) not in shown
