"""A vector has no more items than any real one, whatever fits into its bytes; what we write obeys, too."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.inspect.spans import read
from workbench.mls.errors import Malformed, Misuse
from workbench.mls.wire.codec import decode, encode
from workbench.mls.wire.extensions import ExternalSenders, RequiredCapabilities
from workbench.mls.wire.lengths import vector
from workbench.mls.wire.messages import EncryptedGroupSecrets, Welcome
from workbench.mls.wire.proposals import Commit, Proposal, ProposalByValue, ProposalOrRef, Remove
from workbench.mls.wire.shapes import FEW_ITEMS, MOST_ITEMS, VectorOf, fields_of
from workbench.mls.wire.tree import (
    Certificate,
    HPKECiphertext,
    Node,
    ParentNode,
    RatchetTreeExtension,
    UpdatePathNode,
    X509Credential,
)

pytestmark = pytest.mark.slow

PARENT = b"\1" + encode(Node(ParentNode(b"", b"", ())))

LONG: dict[str, tuple[type, str, bytes, bytes, bytes, int]] = {
    "structs that grow with the group": (Welcome, "secrets", b"\0\1", b"\0\0\0", b"\0", MOST_ITEMS),
    "structs that do not": (X509Credential, "certificates", b"", b"\0", b"", FEW_ITEMS),
    "numbers": (RequiredCapabilities, "extension_types", b"", b"\0\7", b"\0\0", MOST_ITEMS),
    "blank nodes": (RatchetTreeExtension, "ratchet_tree", b"", b"\0", b"", MOST_ITEMS),
    "nodes": (RatchetTreeExtension, "ratchet_tree", b"", PARENT, b"", MOST_ITEMS),
    "what is read lazily": (UpdatePathNode, "encrypted_path_secret", b"\0", b"\0\0", b"", MOST_ITEMS),
}
"""A struct, its vector, what stands before it, a short item, what stands behind it, and how many items it takes."""


COSTLY = ("structs that grow with the group", "nodes")


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=[pytest.mark.no_cover] * (kind in COSTLY)) for kind in LONG])
def test_a_vector_with_one_item_too_many_is_refused_by_name(kind: str) -> None:
    cls, field, before, item, behind, most = LONG[kind]
    good: object = decode(cls, before + vector(item * most) + behind)
    assert len(getattr(good, field)) == most
    assert encode(good) == before + vector(item * most) + behind
    data = before + vector(item * (most + 1)) + behind
    with pytest.raises(Malformed, match=f"more than {most} items") as refused:
        decode(cls, data)
    assert refused.value.path == (cls.__name__, field)
    assert refused.value.offset == len(data) - len(behind) - len(item)


@pytest.mark.parametrize("item", [b"\0", PARENT], ids=["a blank node", "a node"])
def test_blank_nodes_and_nodes_are_counted_together(item: bytes) -> None:
    with pytest.raises(Malformed, match="more than"):
        decode(RatchetTreeExtension, vector(PARENT + bytes(MOST_ITEMS - 1) + item))


def test_the_spans_keep_what_was_read_before() -> None:
    span, problem = read(X509Credential, vector(bytes(FEW_ITEMS + 1)))
    assert problem is not None
    assert len(span.children[0].children) == FEW_ITEMS


@pytest.mark.parametrize(
    "value",
    [
        X509Credential((Certificate(b""),) * (FEW_ITEMS + 1)),
        RatchetTreeExtension((None,) * (MOST_ITEMS + 1)),
        UpdatePathNode(b"", (HPKECiphertext(b"", b""),) * (MOST_ITEMS + 1)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_more_items_than_anybody_of_ours_would_read_are_not_written(value: Any) -> None:
    with pytest.raises(Misuse, match="items cannot hold"):
        encode(value)


@pytest.mark.no_cover
def test_a_group_of_sixteen_thousand_members_is_far_from_the_limit() -> None:
    members = 16_384
    remove = ProposalOrRef(ProposalByValue(Proposal(Remove(1))))
    secrets = EncryptedGroupSecrets(bytes(32), HPKECiphertext(bytes(32), bytes(100)))
    for value in (
        RatchetTreeExtension((Node(ParentNode(bytes(32), b"", ())),) * (2 * members - 1)),
        Welcome(1, (secrets,) * members, b""),
        Commit((remove,) * members, None),
        UpdatePathNode(b"", (secrets.encrypted_group_secrets,) * members),
        ParentNode(b"", b"", tuple(range(members))),
    ):
        assert decode(type(value), encode(value)) == value
    assert 2 * members * 4 <= MOST_ITEMS


def test_only_what_does_not_grow_with_the_group_has_the_lower_limit() -> None:
    few = fields_of(ExternalSenders)["external_senders"]
    assert isinstance(few, VectorOf)
    assert few.most == FEW_ITEMS
