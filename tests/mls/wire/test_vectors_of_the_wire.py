"""The official vectors of the encoding: messages.json and deserialization.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from workbench.inspect.spans import read
from workbench.mls.errors import Malformed
from workbench.mls.wire.codec import decode, encode
from workbench.mls.wire.lengths import length_header, read_length
from workbench.mls.wire.messages import GroupInfo, GroupSecrets, MLSMessage, PrivateMessage, PublicMessage, Welcome
from workbench.mls.wire.proposals import (
    Add,
    Commit,
    ExternalInit,
    GroupContextExtensions,
    PreSharedKey,
    ReInit,
    Remove,
    Update,
)
from workbench.mls.wire.tree import KeyPackage, RatchetTreeExtension

MESSAGES: dict[str, tuple[type, type | None]] = {
    "mls_welcome": (MLSMessage, Welcome),
    "mls_group_info": (MLSMessage, GroupInfo),
    "mls_key_package": (MLSMessage, KeyPackage),
    "ratchet_tree": (RatchetTreeExtension, None),
    "group_secrets": (GroupSecrets, None),
    "add_proposal": (Add, None),
    "update_proposal": (Update, None),
    "remove_proposal": (Remove, None),
    "pre_shared_key_proposal": (PreSharedKey, None),
    "re_init_proposal": (ReInit, None),
    "external_init_proposal": (ExternalInit, None),
    "group_context_extensions_proposal": (GroupContextExtensions, None),
    "commit": (Commit, None),
    "public_message_application": (MLSMessage, PublicMessage),
    "public_message_proposal": (MLSMessage, PublicMessage),
    "public_message_commit": (MLSMessage, PublicMessage),
    "private_message": (MLSMessage, PrivateMessage),
}


Cases: TypeAlias = list[dict[str, str]]


@pytest.fixture(scope="module")
def messages(official_vectors: Path) -> Cases:
    """The cases of messages.json, each a hexadecimal string for each kind."""
    found: Cases = json.loads((official_vectors / "messages.json").read_bytes())
    return found


def test_the_messages_vectors_have_the_encodings_that_we_know(messages: Cases) -> None:
    assert len(messages) == 300
    assert all(case.keys() == MESSAGES.keys() for case in messages)


@pytest.mark.parametrize("name", MESSAGES)
def test_every_official_message_decodes_and_encodes_to_the_same_bytes(name: str, messages: Cases) -> None:
    cls, inner = MESSAGES[name]
    for case in messages:
        data = bytes.fromhex(case[name])
        value: Any = decode(cls, data)
        assert encode(value) == data
        if inner is not None:
            assert isinstance(value.message, inner)
        span, problem = read(cls, data)
        assert problem is None
        assert span.value == value


@pytest.mark.parametrize("name", MESSAGES)
def test_an_official_message_cut_short_anywhere_is_malformed(name: str, messages: Cases) -> None:
    cls, _ = MESSAGES[name]
    data = bytes.fromhex(messages[0][name])
    for length in range(len(data)):
        with pytest.raises(Malformed) as caught:
            decode(cls, data[:length])
        assert caught.value.offset <= length


def test_the_official_length_headers_read_and_write_the_same(official_vectors: Path) -> None:
    cases = json.loads((official_vectors / "deserialization.json").read_bytes())
    assert len(cases) == 14
    for case in cases:
        header = bytes.fromhex(case["vlbytes_header"])
        assert read_length(header, 0, len(header)) == (case["length"], len(header))
        assert length_header(case["length"]) == header
