"""GREASE: values without a meaning, sent so that receivers keep ignoring unknown values (RFC 9420 §13.5).

They are sent when the application asks for them, drawn from the entropy of the call. Received GREASE needs no code: it
is ignored or refused like any other unknown value.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from workbench.mls.crypto.entropy import fresh
from workbench.mls.errors import Misuse
from workbench.mls.wire.code_points import GREASE, ExtensionType, is_grease
from workbench.mls.wire.codec import decode
from workbench.mls.wire.extensions import RequiredCapabilities
from workbench.mls.wire.shapes import Vector
from workbench.mls.wire.tree import Capabilities, Extension, LeafNode

LONGEST_DATA = 32
"""The most random bytes in a GREASE extension: enough to find receivers that expect a content, and still short."""


def greased(leaf_node: LeafNode, entropy: bytes) -> LeafNode:
    """An unsigned leaf node with GREASE capabilities and a GREASE extension (RFC 9420 §7.2, §13.5)."""
    can = leaf_node.capabilities
    extension = grease_extension("a leaf node", entropy, {*can.extensions})
    capabilities = Capabilities(
        versions=can.versions,
        cipher_suites=(*can.cipher_suites, _drawn("cipher suites", entropy, can.cipher_suites)),
        extensions=(*can.extensions, extension.extension_type),
        proposals=(*can.proposals, _drawn("proposals", entropy, can.proposals)),
        credentials=(*can.credentials, _drawn("credentials", entropy, can.credentials)),
    )
    return replace(leaf_node, capabilities=capabilities, extensions=(*leaf_node.extensions, extension))


def grease_extension(place: str, entropy: bytes, taken: Collection[int] = ()) -> Extension:
    """An extension without a meaning, of a GREASE type that is not in `taken` (RFC 9420 §13.5)."""
    length = fresh(entropy, f"GREASE length in {place}", 1)[0] % (LONGEST_DATA + 1)
    return Extension(_drawn(place, entropy, taken), fresh(entropy, f"GREASE data in {place}", length))


def _drawn(place: str, entropy: bytes, taken: Collection[int]) -> int:
    """A GREASE value that is not in `taken`."""
    values = sorted(GREASE.difference(taken))
    return values[int.from_bytes(fresh(entropy, f"GREASE in {place}", 4), "big") % len(values)]


def refuse_grease(extensions: Vector[Extension]) -> None:
    """Raise `Misuse` for a GREASE value in a GroupContext of our own: members would refuse it (RFC 9420 §13.5)."""
    for extension in extensions:
        if is_grease(extension.extension_type):
            reason = f"extension {extension.extension_type:#06x} is GREASE, which has no place in a GroupContext"
            raise Misuse("§13.5", reason)
        if extension.extension_type == ExtensionType.required_capabilities:
            required = decode(RequiredCapabilities, extension.extension_data)
            for value in (*required.extension_types, *required.proposal_types, *required.credential_types):
                if is_grease(value):
                    raise Misuse("§13.5", f"{value:#06x} is GREASE: no client can be required to support it")
