"""Every struct, enum and registry of RFC 9420 against ours: the loop is over the RFC's, not over ours."""

from __future__ import annotations

import re

import pytest

from tests.mls.wire.conformance import differences
from tests.mls.wire.presentation import BLOCK, Declared, Presentation
from tests.mls.wire.strategies import STRUCTS
from workbench.mls.wire import code_points
from workbench.mls.wire.code_points import (
    is_grease,
)
from workbench.mls.wire.extensions import ApplicationId, ExternalSenders
from workbench.mls.wire.shapes import (
    Enum8,
    Enum16,
    is_inline_variant,
)
from workbench.mls.wire.tree import (
    RatchetTreeExtension,
)

NOT_STRUCTS_OF_OURS = {
    "optional<T>": "a part of the language itself: `T | None`",
    "StructWithVectors": "the example that explains vectors",
}

BARE = {
    "application_id": ApplicationId,
    "external_senders": ExternalSenders,
    "ratchet_tree": RatchetTreeExtension,
}
"""What the RFC declares outside any struct, as contents of extensions: with us, structs of one field."""

DELIBERATE = {
    "Capabilities field 0: RFC ProtocolVersion versions<V>, ours uint16 versions<V>": (
        "a client may list versions that we do not know, and §7.2 has us ignore them"
    ),
    "ReInit field 1: RFC ProtocolVersion version, ours uint16 version": (
        "a group may move on to a version that we do not know: a matter of its rules, not of its bytes"
    ),
    "TreeHashInput[leaf] field 1: RFC LeafNodeHashInput leaf_node, "
    "ours LeafNodeHashInput leaf_node_hash_input": "never on the wire, so that nobody sees the name",
    "TreeHashInput[parent] field 1: RFC ParentNodeHashInput parent_node, "
    "ours ParentNodeHashInput parent_node_hash_input": "as for the leaf",
}

REGISTRIES = {
    "WireFormat": "MLS Wire Formats",
    "ExtensionType": "MLS Extension Types",
    "ProposalType": "MLS Proposal Types",
    "CredentialType": "MLS Credential Types",
}


def test_the_reading_of_the_rfc_misses_no_declaration(rfc: Presentation, rfc9420: str) -> None:
    blocks = "\n".join(BLOCK.findall(rfc9420))
    assert len(rfc.structs) == len(re.findall(r"^struct \{", blocks, re.MULTILINE)) == 61
    assert len(rfc.enums) == len(re.findall(r"^enum \{", blocks, re.MULTILINE)) == 8
    assert len(BLOCK.findall(rfc9420)) == rfc9420.count("~~~ tls-presentation")


def test_every_struct_of_the_rfc_has_the_same_fields_here(rfc: Presentation) -> None:
    found = {
        difference
        for name in rfc.structs.keys() - NOT_STRUCTS_OF_OURS
        for difference in differences(name, rfc, STRUCTS[name])
    }
    assert found == DELIBERATE.keys()


def test_what_the_rfc_declares_outside_structs_is_one_field_here(rfc: Presentation) -> None:
    assert {name for name in rfc.others if name.islower()} == BARE.keys()
    for name, cls in BARE.items():
        alone = Presentation({cls.__name__: [rfc.others[name]]}, others=rfc.others)
        assert list(differences(cls.__name__, alone, cls)) == []


def test_every_struct_of_ours_is_one_of_the_rfc_or_a_case_that_has_no_name_there(rfc: Presentation) -> None:
    named = {name for name, cls in STRUCTS.items() if not is_inline_variant(cls)}
    bare = {cls.__name__ for cls in BARE.values()}
    assert named - bare == rfc.structs.keys() - NOT_STRUCTS_OF_OURS
    assert not (STRUCTS.keys() - named) & rfc.structs.keys()


@pytest.mark.parametrize("name", [name for name, cls in STRUCTS.items() if not is_inline_variant(cls)])
def test_every_docstring_names_the_section_that_declares_the_struct(name: str, rfc: Presentation) -> None:
    bare = {cls.__name__: rfc.sections[field] for field, cls in BARE.items()}
    section = (rfc.sections | bare)[name]
    assert f"(RFC 9420 {section})." in (STRUCTS[name].__doc__ or "").partition("\n")[0]


def test_every_enum_of_the_rfc_has_the_same_members_here(rfc: Presentation) -> None:
    for name, members in rfc.enums.items():
        enum = getattr(code_points, name)
        assert issubclass(enum, Enum8 if members[""] == 255 else Enum16)
        assert {"reserved": 0, "": members[""]} | {m.name: m.value for m in enum} == members


@pytest.mark.parametrize("name", REGISTRIES)
def test_every_registered_code_point_is_known_here(name: str, rfc: Presentation, rfc9420: str) -> None:
    registered, grease = registry(rfc9420, REGISTRIES[name])
    enum = getattr(code_points, name)
    assert issubclass(enum, Enum16)
    assert rfc.others[name].type == "uint16"
    assert {member.name: member.value for member in enum} == registered
    assert grease <= code_points.GREASE


def test_the_registries_reserve_exactly_the_values_that_count_as_grease(rfc9420: str) -> None:
    for title in ("MLS Cipher Suites", "MLS Extension Types", "MLS Proposal Types", "MLS Credential Types"):
        _, grease = registry(rfc9420, title)
        assert {value for value in range(0x20000) if is_grease(value)} == grease


def test_the_values_that_section_13_5_lists_are_grease_and_fafa_is_not(rfc9420: str) -> None:
    sentence = rfc9420.partition("The following values are reserved in each registry:")[2].partition("(The")[0]
    listed = {int(value, 16) for value in re.findall(r"`(0x\w{4})`", sentence)}
    assert len(listed) == 15
    assert all(map(is_grease, listed))
    assert not is_grease(0xFAFA)


def registry(rfc9420: str, title: str) -> tuple[dict[str, int], set[int]]:
    """The names and values that a registry of §17 starts with, and its GREASE values."""
    section = rfc9420[rfc9420.index(f"\n## {title}\n") :]
    rows = re.findall(r"^\| 0x(\w{4}) +\| (\w+) ", section[: section.index("{: title=")], re.MULTILINE)
    named = {name: int(value, 16) for value, name in rows if name not in {"RESERVED", "GREASE"}}
    return named, {int(value, 16) for value, name in rows if name == "GREASE"}


def test_fields_of_a_named_type_carry_its_name(rfc: Presentation) -> None:
    aliases = {name for name in rfc.others if name[0].isupper()} - REGISTRIES.keys() - {"CipherSuite"}
    for name in rfc.structs.keys() - NOT_STRUCTS_OF_OURS:
        for member in rfc.structs[name]:
            if isinstance(member, Declared) and member.type in aliases:
                assert member.type in STRUCTS[name].__annotations__[member.name]
