"""Why a member cannot process some bytes: each kind of reason, with real bytes and its evidence."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.inspect.explained import ALICE_AND_BOB, damaged, told
from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from tests.mls.group.test_past_epochs import keeping
from workbench.inspect.case import ExplainKnowledge
from workbench.inspect.explain import explain
from workbench.inspect.reasons import ERRORS, KINDS, MessageKind, table
from workbench.inspect.refusals import CLOSER
from workbench.mls import (
    Add,
    ExternalPSK,
    Framing,
    MLSMessage,
    PreSharedKey,
    PreSharedKeyID,
    Remove,
    cipher_suite,
    create_commit,
    encode,
    group_info,
    process,
    propose,
    protect,
    write_state,
)
from workbench.mls import errors as mls_errors
from workbench.mls.errors import MLSError
from workbench.mls.framing.public_message import protect_public
from workbench.mls.framing.signing import sign_content
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat
from workbench.mls.wire.messages import AuthenticatedContent, FramedContentAuthData


def every_error(family: type[MLSError] = MLSError) -> list[type[MLSError]]:
    return [family, *(each for child in family.__subclasses__() for each in every_error(child))]


# The tables


def test_every_error_of_the_engine_has_a_kind_and_a_next_step() -> None:
    assert {each for each in every_error() if each.__module__ == mls_errors.__name__} == set(ERRORS)
    for verdict in ERRORS.values():
        assert (verdict.next_step or KINDS[verdict.kind].next_step).endswith(".")
    assert set(CLOSER) <= set(ERRORS)


def test_every_kind_has_its_evidence_and_its_next_step_on_the_page(repository: Path) -> None:
    assert set(KINDS) == set(MessageKind)
    assert table() in (repository / "docs" / "explain.md").read_text("utf-8")


# What can be processed


def test_a_valid_message_is_processable() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    bob = scenario.states["Bob"]
    told(bob, scenario.send("Alice", b"Lunch?"), MessageKind.PROCESSABLE, "application message of Alice", "6 bytes")
    removal = create_commit(
        scenario.states["Alice"], [Remove(scenario.leaf("Bob"))], entropy=next(scenario.entropy), now=NOW
    )
    told(bob, removal.message, MessageKind.PROCESSABLE, "commit of Alice", "It removes this member from the group")
    told(
        bob,
        scenario.propose_update("Carol"),
        MessageKind.PROCESSABLE,
        "proposal of Carol",
        "waits for a commit: a fresh leaf key",
    )
    bob = scenario.states["Bob"]
    told(
        bob,
        scenario.commit("Alice", framing=Framing(private=True)).message,
        MessageKind.PROCESSABLE,
        "leads to epoch 2: Alice took in the update of Carol",
    )
    newcomer = scenario.outside("Dave", via="Bob").message
    told(
        scenario.states["Bob"], newcomer, MessageKind.PROCESSABLE, "leads to epoch 3: Dave joined by an external commit"
    )


def test_a_late_message_of_an_epoch_that_is_kept_is_readable() -> None:
    scenario = keeping(1)
    late = scenario.send("Alice", b"late")
    scenario.commit("Carol")
    explanation = told(scenario.states["Bob"], late, MessageKind.PROCESSABLE, "of Alice")
    assert (explanation.details.epoch, explanation.details.own_epoch) == (1, 2)


# Bytes that are not an MLSMessage


ALICE, BOB = ALICE_AND_BOB.states["Alice"], ALICE_AND_BOB.states["Bob"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no bytes"),
        (b"Lunch at noon?", "This is text"),
        ("Mittag\u00e9ssen".encode(), "This is text"),
        (b"cafe", "This is text"),
        (b'{"error": "not found"}', "This is JSON"),
        (b"\x89PNG\r\n\x1a\n", "start with 89504e47"),
        (bytes(100), "start with 00000000"),
        (b"\x05", "start with 05"),
        (
            bytes.fromhex("00020006") + bytes(6),
            "start with 00020006",
        ),  # these bytes happen to decode as a Welcome without entries
    ],
)
def test_bytes_that_are_not_mls_are_recognised(data: bytes, words: str) -> None:
    told(BOB, data, MessageKind.NOT_MLS, words)


def test_mls_that_is_written_as_text_is_decoded_and_explained() -> None:
    scenario = group_of("Alice", "Bob")
    data = encode(scenario.send("Alice", b"Lunch?"))
    bob = scenario.states["Bob"]
    for text, encoding in (
        (data.hex(), "hexadecimal"),
        (f"0x{data.hex().upper()}\n", "hexadecimal"),
        (base64.b64encode(data).decode(), "base64"),
        (base64.urlsafe_b64encode(data).decode().rstrip("="), "base64"),
        (json.dumps({"parts": [base64.b64encode(data).decode()], "id": 7}), "base64 in a string of JSON"),
    ):
        explanation = told(bob, text.encode(), MessageKind.ENCODED, "application message of Alice opens")
        assert explanation.details.encoding == encoding
        assert explanation.details.sender == "Alice"


def test_a_struct_without_an_mlsmessage_header_is_named() -> None:
    scenario = group_of("Alice", "Bob")
    bundle = scenario.bundle("Carol")
    welcome = scenario.commit("Alice", adds=["Dave"]).welcome
    assert welcome is not None
    for bare in (
        bundle.key_package,
        welcome.message,
        group_info(scenario.states["Alice"]).message,
        scenario.send("Alice", b"hello").message,
        scenario.propose_update("Alice").message,
    ):
        told(scenario.states["Bob"], encode(bare), MessageKind.UNFRAMED, f"a complete {type(bare).__name__}")
    told(
        scenario.states["Bob"], encode(bundle.key_package).hex().encode(), MessageKind.ENCODED, "a complete KeyPackage"
    )


def test_another_version_or_wire_format_is_named() -> None:
    data = encode(protect(ALICE, b"hello", entropy=bytes(32)).message)
    told(BOB, b"\x00\x02" + data[2:], MessageKind.OTHER_VERSION, "0x0002")
    told(BOB, data[:2] + b"\x00\x06" + data[4:], MessageKind.OTHER_WIRE_FORMAT, "0x0006")


def test_a_stored_state_is_recognised_with_a_warning_not_to_send_it() -> None:
    told(BOB, write_state(ALICE), MessageKind.NOT_MLS, "contains private keys")


def test_the_place_where_damaged_bytes_stop_decoding_is_named() -> None:
    data = encode(protect(ALICE, b"hello", entropy=bytes(32)).message)
    explanation = told(BOB, data[:-10], MessageKind.DAMAGED, "in MLSMessage.private_message.ciphertext")
    assert explanation.details.field == "MLSMessage.private_message.ciphertext"
    assert explanation.details.offset is not None
    assert explanation.section == "§2.1.2"
    told(
        BOB, bytes.fromhex("00010001 0000000000 01 000000"), MessageKind.DAMAGED
    )  # these bytes happen to decode as a bare PrivateMessage
    told(BOB, data[:3], MessageKind.DAMAGED, "but only 3 of the 4 bytes")
    told(BOB, data + b"\n", MessageKind.DAMAGED, "left over")
    told(
        BOB,
        data + data,
        MessageKind.DAMAGED,
        f"another message begins at byte {len(data)}",
        f"Split the bytes at byte {len(data)}",
    )


# Messages that are not sent to a group


def test_a_key_package_is_validated() -> None:
    scenario = group_of("Alice", "Bob")
    key_package = scenario.bundle("Carol").key_package
    framed = MLSMessage(ProtocolVersion.mls10, key_package)
    told(scenario.states["Bob"], framed, MessageKind.KEY_PACKAGE, "valid key package of Carol")
    late = explain(scenario.states["Bob"], framed, now=NOW + 10**9)
    assert late.kind is MessageKind.FAILED_CHECK
    assert "is not within the lifetime" in late.sentence
    assert "clocks" in late.next_step
    other = Scenario(cipher_suite(3)).bundle("Carol").key_package
    told(BOB, MLSMessage(ProtocolVersion.mls10, other), MessageKind.FAILED_CHECK, "cipher suite 3", "new one")


def test_a_group_info_is_compared_with_the_state() -> None:
    scenario = group_of("Alice", "Bob")
    bob, info = scenario.states["Bob"], group_info(scenario.states["Alice"])
    told(bob, info, MessageKind.GROUP_INFO, "signed by Alice", "agrees")
    message: Any = info.message
    forged = replace(info, message=replace(message, signature=bytes(64)))
    told(bob, forged, MessageKind.FAILED_CHECK, "the signature is wrong")
    scenario.commit("Alice")
    told(scenario.states["Bob"], info, MessageKind.GROUP_INFO, "1 commit behind")
    told(bob, group_info(scenario.states["Alice"]), MessageKind.GROUP_INFO, "1 commit ahead")
    other = replace(message, group_context=replace(message.group_context, group_id=b"\xff"))
    told(bob, replace(info, message=other), MessageKind.GROUP_INFO, "of group ff")


def test_a_welcome_is_for_this_client_or_for_others() -> None:
    scenario = group_of("Alice", "Bob")
    dave = scenario.bundle("Dave")
    psk = PreSharedKey(PreSharedKeyID(ExternalPSK(b"over lunch"), bytes(32)))
    psks = {b"over lunch": b"fish"}
    proposals: list[AnyProposal] = [Add(dave.key_package), psk]
    made = create_commit(scenario.states["Alice"], proposals, entropy=next(scenario.entropy), now=NOW, psks=psks)
    assert made.welcome is not None
    elsewhere = group_of("Eve").states["Eve"]
    elsewhere = with_public(elsewhere, context=replace(elsewhere.context, group_id=b"elsewhere"))
    told(elsewhere, made.welcome, MessageKind.WELCOME_FOR_OTHERS, "1 client", "No key package was given")
    bob = scenario.bundle("Bob")
    explanation = told(
        elsewhere,
        made.welcome,
        MessageKind.WELCOME_FOR_OTHERS,
        "(1 was given)",
        knowledge=ExplainKnowledge(bundles=[bob]),
    )
    assert len(explanation.details.missing) == 1
    told(
        elsewhere,
        made.welcome,
        MessageKind.MISSING_PSK,
        "external key",
        knowledge=ExplainKnowledge(bundles=[bob, dave]),
    )
    knows = ExplainKnowledge(bundles=[bob, dave], psks=psks)
    told(elsewhere, made.welcome, MessageKind.WELCOME, "“the group”, in epoch 2, at leaf 2", knowledge=knows)
    spoilt = damaged(made.welcome, "encrypted_group_info")
    told(elsewhere, spoilt, MessageKind.FAILED_CHECK, "cannot join", "Fetch it again", "add it again", knowledge=knows)
    told(
        scenario.states["Bob"],
        made.welcome,
        MessageKind.WELCOME,
        "already in this group, in epoch 1",
        "Otherwise drop it",
        knowledge=knows,
    )
    welcome: Any = made.welcome.message
    odd = replace(made.welcome, message=replace(welcome, cipher_suite=99))
    told(elsewhere, odd, MessageKind.UNSUPPORTED, "0x0063", knowledge=knows)


# What is missing, and what failed


@pytest.mark.parametrize("private", [False, True])
def test_a_missing_proposal_is_named(private: bool) -> None:  # noqa: FBT001 - a parameter
    scenario = group_of("Alice", "Bob", "Carol")
    carol = scenario.states["Carol"]
    scenario.propose_update("Bob")
    (reference,) = scenario.states["Alice"].proposals
    commit = scenario.commit("Alice", framing=Framing(private=private)).message
    explanation = told(carol, commit, MessageKind.MISSING_PROPOSAL, reference.hex()[:8], "Fetch the proposals")
    assert explanation.details.missing == (() if private else (reference.hex(),))


def test_a_missing_psk_is_named() -> None:
    scenario = group_of("Alice", "Bob")
    psk = PreSharedKey(PreSharedKeyID(ExternalPSK(b"over lunch"), bytes(32)))
    psks = {b"over lunch": b"fish"}
    commit = create_commit(scenario.states["Alice"], [psk], entropy=next(scenario.entropy), now=NOW, psks=psks).message
    bob = scenario.states["Bob"]
    told(bob, commit, MessageKind.MISSING_PSK, b"over lunch".hex())
    told(bob, commit, MessageKind.PROCESSABLE, knowledge=ExplainKnowledge(psks=psks))
    other = told(
        bob,
        commit,
        MessageKind.FAILED_CHECK,
        "confirmation tag",
        knowledge=ExplainKnowledge(psks={b"over lunch": b"soup"}),
    )
    assert "compare their values" in other.next_step


def test_a_failed_check_keeps_its_section_and_its_error() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    remove = propose(scenario.states["Alice"], Remove(2), entropy=next(scenario.entropy), now=NOW).message
    public: Any = remove.message
    content = replace(public.content, content=replace(public.content.content, proposal=Remove(77)))
    state = scenario.states["Alice"]
    signature = sign_content(
        state.suite, WireFormat.mls_public_message, content, state.signature_private_key, state.context
    )
    authenticated = AuthenticatedContent(WireFormat.mls_public_message, content, FramedContentAuthData(signature, None))
    message = protect_public(state.suite, authenticated, state.secrets.membership_key, state.context)
    explanation = told(
        scenario.states["Bob"],
        MLSMessage(ProtocolVersion.mls10, message),
        MessageKind.FAILED_CHECK,
        "no member at leaf 77",
    )
    assert explanation.section == "§12.1.3"
    assert explanation.details.error == "InvalidProposal"
    assert type(explanation.error) is mls_errors.InvalidProposal


# How it is shown


def test_an_explanation_is_text_json_and_html() -> None:
    scenario = group_of("Alice", "<Bob>")
    message = scenario.send("<Bob>", b"hello")
    alice, _ = process(scenario.states["Alice"], message, now=NOW)
    explanation = told(alice, message, MessageKind.KEY_USED)
    lines = str(explanation).splitlines()
    assert lines[0] == "key used (RFC 9420 §9.2)"
    assert max(map(len, lines)) <= 100
    assert "    generation: 0" in lines
    shown = json.loads(json.dumps(explanation.as_json()))
    assert shown["kind"] == "key used"
    assert shown["details"]["sender"] == "<Bob>"
    assert shown["details"]["group_id"] == b"the group".hex()
    html = explanation._repr_html_()
    assert "&lt;Bob&gt;" in html
    assert "<Bob>" not in html
    assert "mls-well" not in html.partition("</style>")[0].partition("<style>")[0]
