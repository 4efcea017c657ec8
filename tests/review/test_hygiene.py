"""Each finding about policy and practice, planted: reuse, age, windows, GREASE, and who may act from outside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mls.group.scenario import NOW, group_of
from tests.review.test_audit import pieces
from workbench.mls import (
    Credential,
    Extension,
    GroupContextExtensions,
    GroupState,
    MLSMessage,
    encode,
    group_info,
    process,
)
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.schedule.secret_tree import RatchetLimits
from workbench.mls.tree.own_leaf import default_capabilities
from workbench.mls.wire.code_points import ExtensionType, ProtocolVersion, is_grease
from workbench.mls.wire.extensions import ExternalSender, ExternalSenders
from workbench.mls.wire.tree import BasicCredential
from workbench.review.audit import audit
from workbench.review.findings import AuditFinding, Certainty, FindingKind, Severity
from workbench.review.hygiene import GREASED, STALE_AFTER
from workbench.review.known_secrets import KnownSecrets
from workbench.review.state_hygiene import state_hygiene


def practice(*messages: MLSMessage) -> dict[str, AuditFinding]:
    """The findings about good practice in some messages, by their titles."""
    found = audit(pieces(*messages)).findings
    return {each.title: each for each in found if each.kind is FindingKind.HYGIENE}


def test_a_sound_group_has_notes_only_and_each_of_them_has_advice() -> None:
    scenario = group_of("Alice", "Bob")
    found = practice(group_info(scenario.states["Alice"]), scenario.commit("Alice").message)
    assert {each.severity for each in found.values()} == {Severity.NOTE}
    assert {each.certainty for each in found.values()} == {Certainty.PROVEN}
    assert all(each.advice.endswith(".") for each in found.values())


def test_members_who_never_renewed_their_keys_are_apart_from_those_who_did_long_ago() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    info = group_info(scenario.states["Alice"])
    sent = [scenario.commit("Bob").message]
    sent += [scenario.commit("Alice").message for _ in range(STALE_AFTER)]
    found = practice(info, *sent)
    never, stale = found["1 member that never renewed their keys"], found["1 member without an update for 10 epochs"]
    assert "Carol (since epoch 1)" in never.sentence
    assert "Bob (since epoch 2)" in stale.sentence
    assert not practice(info, *sent[:5]).keys() & {never.title, stale.title}


def test_a_key_of_the_tree_that_comes_back_is_bad_practice() -> None:
    """A device that is restored draws its next leaf key from the same randomness."""
    scenario = group_of("Alice", "Bob")
    info, seed = group_info(scenario.states["Alice"]), bytes(range(32))
    scenario.entropy = iter([seed, bytes(32), seed, bytes([1]) * 32])
    sent = [scenario.commit("Alice").message for _ in range(3)]
    back = practice(info, *sent)["a key of the tree comes back"]
    assert (back.severity, back.epoch) == (Severity.WARNING, 4)
    assert "restored from a backup" in back.advice
    assert "a key of the tree comes back" not in practice(info, *sent[:2])


def test_one_signature_key_of_two_clients_is_bad_practice() -> None:
    scenario = group_of("Alice")
    one, other = (scenario.bundle(name).key_package for name in ("Bob", "Carol"))
    copied = replace(other, leaf_node=replace(other.leaf_node, signature_key=one.leaf_node.signature_key))
    messages = [MLSMessage(ProtocolVersion.mls10, each) for each in (one, copied)]
    shared = practice(*messages)["one signature key of several clients"]
    assert shared.sentence.startswith("Bob and Carol have one signature key in common")
    assert shared.where == "file: m0 and file: m1"
    renewed = MLSMessage(ProtocolVersion.mls10, scenario.bundle("Bob").key_package)
    assert "one signature key of several clients" not in practice(messages[0], renewed)


def test_an_hpke_key_of_two_key_packages_is_bad_practice() -> None:
    scenario = group_of("Alice")
    one, other = (scenario.bundle(name).key_package for name in ("Bob", "Carol"))
    messages = [MLSMessage(ProtocolVersion.mls10, each) for each in (one, replace(other, init_key=one.init_key))]
    assert "2 key packages have one HPKE key in common, as init key" in practice(*messages)["reused HPKE key"].sentence


@pytest.mark.parametrize("field", ["cipher_suites", "extensions", "proposals", "credentials"])
def test_a_list_of_capabilities_without_grease_is_named(field: str) -> None:
    plain = default_capabilities()
    greased = {name: (*getattr(plain, name), 0x0A0A) for name in GREASED.values()}

    def titles(**lists: tuple[int, ...]) -> list[str]:
        scenario = group_of("Alice", "Bob", capabilities=replace(plain, **lists))
        return [title for title in practice(group_info(scenario.states["Alice"])) if "GREASE" in title]

    without = {name: tuple(each for each in values if not is_grease(each)) for name, values in greased.items()}
    assert titles(**greased) == []
    assert titles(**without) == ["no GREASE"]
    assert titles(**{**greased, field: without[field]}) == [f"no GREASE among {field.replace('_', ' ')}"]


def test_a_group_that_shows_or_gives_away_too_much_is_named() -> None:
    scenario = group_of("Alice", "Bob")
    info, shut = (group_info(scenario.states["Alice"], external_pub=each) for each in (True, False))
    found = practice(info, scenario.commit("Alice").message, scenario.propose_update("Bob"))
    assert found["the group can be joined from outside"].section == "§12.4.3.2"
    assert found["handshakes are in the clear"].sentence.startswith("2 of the members' proposals and commits")
    assert "basic credentials" in found["identities are not authenticated"].sentence
    titles = practice(shut).keys()
    assert not titles & {"the group can be joined from outside", "handshakes are in the clear"}


def test_an_external_sender_is_named() -> None:
    scenario = group_of("Alice", "Bob")
    sender = ExternalSender(b"\4" + bytes(31), Credential(BasicCredential(b"gateway")))
    extension = Extension(ExtensionType.external_senders, encode(ExternalSenders((sender,))))
    scenario.commit("Alice", GroupContextExtensions((extension,)))
    assert "1 external sender may propose changes" in practice(group_info(scenario.states["Alice"]))


# States


def told(state: GroupState) -> list[str]:
    found = list(state_hygiene([state], DEFAULT_POLICY))
    assert {(each.kind, each.severity, each.where) for each in found} <= {
        (FindingKind.POLICY, Severity.WARNING, "the state of leaf 1")
    }
    return [each.title for each in found]


def test_oversized_windows_and_old_keys_in_a_state_are_named() -> None:
    scenario = group_of("Alice", "Bob")
    state = scenario.states["Bob"]
    assert told(state) == []

    def under(**settings: object) -> list[str]:
        return told(replace(state, public=replace(state.public, policy=replace(state.policy, **settings))))  # type: ignore[arg-type] # fields of a policy

    assert under(ratchets=RatchetLimits(forward=5000)) == ["oversized window: skipped keys"]
    assert under(ratchets=RatchetLimits(behind=65)) == ["oversized window: kept keys"]
    assert under(past_epochs=5) == ["keys of many past epochs"]
    many = dict.fromkeys(range(10), b"psk" * 10)
    assert told(replace(state, resumption_psks=many)) == ["many resumption PSKs"]


def test_keys_that_a_state_really_keeps_are_named() -> None:
    scenario = group_of("Alice", "Bob")
    limits = replace(scenario.policy, ratchets=RatchetLimits(behind=100))
    state = scenario.states["Bob"]
    sent = [scenario.send("Alice", b"late") for _ in range(67)]
    state = replace(state, public=replace(state.public, policy=limits))
    kept, _ = process(state, encode(sent[-1]), now=NOW)
    kept = replace(kept, public=replace(kept.public, policy=scenario.policy))
    (found,) = state_hygiene([kept], DEFAULT_POLICY)
    assert found.sentence.startswith("The device of leaf 1 keeps 66 keys of skipped messages")
    done = audit(pieces(group_info(scenario.states["Alice"])), KnownSecrets(states=(kept,)))
    assert found in done.findings
    assert not done.is_clean
