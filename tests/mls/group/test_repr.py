"""What is printed or logged by accident shows no secret: the `repr` of every value of the protocol."""

from __future__ import annotations

import gc
import re
import types
from collections.abc import Iterator

import pytest

from tests.mls.group.scenario import NOW, Scenario
from tests.mls.group.test_deletion_schedule import RecordingSuite
from workbench.mls import (
    Add,
    Policy,
    cipher_suite,
    create_commit,
    create_group,
    decode,
    join,
    process,
    propose_update,
    write_bundle,
    write_pending_commit,
    write_state,
)
from workbench.mls.crypto.signer import private_key_in
from workbench.mls.group.welcome import open_group_secrets
from workbench.mls.wire import extensions, labels, messages, proposals, stored, tree
from workbench.mls.wire.shapes import OpaqueVector, fields_of, is_struct
from workbench.mls.wire.stored import Stored, StoredBundle, StoredPendingCommit, StoredState


def values_in(*roots: object) -> Iterator[object]:
    """Every value of a class of ours that can be reached from the roots, and these themselves."""
    seen: set[int] = set()
    waiting = [*roots]
    while waiting:
        value = waiting.pop()
        if id(value) in seen or isinstance(value, type | types.ModuleType | types.FunctionType | types.MethodType):
            continue
        seen.add(id(value))
        if type(value).__module__.startswith("workbench.mls"):
            yield value
        waiting += gc.get_referents(value)


def test_no_value_of_the_protocol_shows_a_secret_in_its_repr() -> None:
    recorder = RecordingSuite(cipher_suite(1).algorithms)
    scenario = Scenario(recorder)
    alices, bobs, carols = (scenario.bundle(name) for name in ("Alice", "Bob", "Carol"))
    policy = Policy(past_epochs=2)
    alice = create_group(alices, b"g", entropy=next(scenario.entropy), now=NOW, policy=policy, suite=recorder)
    adding = create_commit(alice, [Add(bobs.key_package)], entropy=next(scenario.entropy), now=NOW)
    assert adding.welcome is not None
    bob = join(adding.welcome, bobs, now=NOW, policy=policy, suite=recorder)
    proposed = propose_update(bob, entropy=next(scenario.entropy), now=NOW)
    alice, _ = process(adding.next, proposed.message, now=NOW)
    committed = create_commit(alice, [Add(carols.key_package)], entropy=next(scenario.entropy), now=NOW)
    following, _ = process(proposed.next, committed.message, now=NOW)
    assert committed.welcome is not None
    welcome = committed.welcome.message
    stored = {
        StoredState: write_state(following),
        StoredPendingCommit: write_pending_commit(committed),
        StoredBundle: write_bundle(carols),
    }
    read: list[object] = [decode(kind, decode(Stored, data).content) for kind, data in stored.items()]
    opened = open_group_secrets(recorder, welcome, carols.key_package, carols.init_private_key)  # type: ignore[arg-type] # a Welcome
    bundles = (alices, bobs, carols)
    signing = {private_key_in(each.signature_private_key) for each in bundles}
    private = {key for each in bundles for key in (each.init_private_key, each.encryption_private_key)}
    derived = {output for label, outputs in recorder.derived.items() if label != "authentication" for output in outputs}
    secrets = {*signing, *private, *derived, *following.private_keys.values()} - {bytes(32)}
    roots = (alice, bob, following, committed, proposed, opened, *bundles, *read)
    shown = {type(value).__name__: repr(value) for value in values_in(*roots) if value is not recorder}
    assert {"GroupState", "GroupSecrets", "PathSecret", "StoredSecrets", "EpochSecrets", "PendingCommit"} <= set(shown)
    for name, text in shown.items():
        for secret in secrets:
            assert secret.hex() not in text, name
            assert repr(secret)[2:-1] not in text, name


PUBLIC = re.compile(
    r"public_key|_key_package|signature_key$|encryption_key$|init_key$|encrypted_|psk_id|psk_group_id|psk_nonce"
)
"""Names of fields that hold no secret, though they sound as if they did."""

SECRET = re.compile(r"secret|private|psk|_key\b|^key$|nonce|reuse_guard|authenticator|joiner")


def structs_of(*modules: types.ModuleType) -> Iterator[type]:
    return (each for module in modules for each in vars(module).values() if isinstance(each, type) and is_struct(each))


STRUCTS = {cls.__name__: cls for cls in structs_of(extensions, labels, messages, proposals, stored, tree)}


@pytest.mark.parametrize("cls", STRUCTS.values(), ids=STRUCTS)
def test_a_field_of_a_struct_whose_name_says_secret_is_hidden_in_its_repr(cls: type) -> None:
    for name, shape in fields_of(cls).items():
        if isinstance(shape, OpaqueVector) and SECRET.search(name) and not PUBLIC.search(name):
            assert shape.secret, f"{cls.__name__}.{name}"
