from __future__ import annotations

import pytest

from workbench.mls.errors import InvalidExtension, Malformed
from workbench.mls.tree.extensions import Place, check_extensions, demanded_of_members
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.codec import encode
from workbench.mls.wire.extensions import ApplicationId, ExternalPub, ExternalSenders, RequiredCapabilities
from workbench.mls.wire.tree import Extension

CONTENT = {
    ExtensionType.application_id: encode(ApplicationId(b"id")),
    ExtensionType.ratchet_tree: b"not looked into",
    ExtensionType.required_capabilities: encode(RequiredCapabilities((), (), ())),
    ExtensionType.external_pub: encode(ExternalPub(b"key")),
    ExtensionType.external_senders: encode(ExternalSenders(())),
}
HOME: dict[ExtensionType, Place] = {
    ExtensionType.application_id: "a leaf node",
    ExtensionType.ratchet_tree: "a GroupInfo",
    ExtensionType.required_capabilities: "a GroupContext",
    ExtensionType.external_pub: "a GroupInfo",
    ExtensionType.external_senders: "a GroupContext",
}
PLACES: tuple[Place, ...] = ("a leaf node", "a key package", "a GroupInfo", "a GroupContext")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ExtensionType)
def test_an_extension_of_the_rfc_stands_where_the_rfc_puts_it_and_nowhere_else(
    kind: ExtensionType, place: Place
) -> None:
    extension = Extension(kind, CONTENT[kind])
    if place == HOME[kind]:
        check_extensions((extension,), place)
    else:
        with pytest.raises(InvalidExtension, match=f"{kind.name} belongs in {HOME[kind]}, not in {place}"):
            check_extensions((extension,), place)


@pytest.mark.parametrize("kind", [kind for kind in ExtensionType if kind != ExtensionType.ratchet_tree])
def test_an_extension_has_the_content_of_its_type(kind: ExtensionType) -> None:
    with pytest.raises(Malformed):
        check_extensions((Extension(kind, CONTENT[kind] + b"more"),), HOME[kind])


def test_an_unknown_extension_may_say_anything_but_only_once() -> None:
    grease = Extension(0x3A3A, b"anything")
    check_extensions((grease, Extension(0x4A4A, b"")), "a GroupInfo")
    with pytest.raises(InvalidExtension, match="a GroupInfo has more than one extension of type 0x3a3a"):
        check_extensions((grease, grease), "a GroupInfo")


def test_members_must_know_what_is_demanded_and_what_is_in_use_but_for_what_everybody_knows() -> None:
    demanded = RequiredCapabilities((0xF001, 1), (0xF002, 3), (1,))
    extensions = (
        Extension(ExtensionType.required_capabilities, encode(demanded)),
        Extension(0xF000, b""),
    )
    assert demanded_of_members(extensions) == RequiredCapabilities((0xF000, 0xF001), (0xF002,), (1,))
    assert demanded_of_members(()) == RequiredCapabilities((), (), ())
