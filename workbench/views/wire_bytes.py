"""Bytes from anywhere for the picture of their fields: carved objects, with the keys of a reviewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.inspect.carving import CarvedObject, carve
from workbench.inspect.material import Piece
from workbench.mls import MLSMessage
from workbench.mls.wire.messages import GroupInfo
from workbench.review.evidence import ReviewEvidence
from workbench.review.groups import public_groups
from workbench.review.keyring import NO_KEYS, Keyring, joined, keyring_of_evidence, keyring_of_message
from workbench.review.known_secrets import NO_SECRETS, KnownSecrets
from workbench.review.take_apart import suite_of
from workbench.views.wire import FORMAT, VERSION, WireObjectView, WireView, wire_object

MOST_FIELDS = 50_000
"""How many fields of one object are shown."""


@dataclass(frozen=True, slots=True)
class GivenObject:
    """Some bytes, the struct that they encode, and words for a list."""

    data: bytes
    struct: str | type
    words: str


class WireBytes:
    """Objects that somebody gave, with the keys that came with them."""

    def __init__(
        self, objects: Sequence[GivenObject], secrets: KnownSecrets = NO_SECRETS, title: str = "Bytes of MLS"
    ) -> None:
        self._objects = tuple(objects)
        self._title = title
        self._has_keys = secrets != NO_SECRETS
        carved = [each for given in self._objects for each in carve([Piece("", "", 0, "binary", given.data)])]
        infos = [each.content for each in carved if isinstance(each.content, GroupInfo)]
        self._evidence = ReviewEvidence(
            groups=public_groups(infos, secrets.trees),
            states={(state.group_id, state.epoch): state for state in secrets.states},
            bundles=secrets.bundles,
            psks=secrets.psks,
            trees=secrets.trees,
        )
        known = keyring_of_evidence(self._evidence)
        self._keyring = joined([known, *(_shown_by(each, known) for each in carved)])

    @classmethod
    def of(cls, data: bytes, struct: str | type = "message", secrets: KnownSecrets = NO_SECRETS) -> WireBytes:
        """One object."""
        name = struct if isinstance(struct, str) else struct.__name__
        return cls([GivenObject(data, struct, f"{name}, {len(data)} bytes")], secrets)

    def view(self) -> WireView:
        """The list of all objects."""
        name = "the keys that you gave" if self._has_keys else "nobody: no keys were given"
        return {
            "format": FORMAT,
            "version": VERSION,
            "title": self._title,
            "messages": [
                {"id": str(at), "step": -1, "words": each.words, "size": len(each.data)}
                for at, each in enumerate(self._objects)
            ],
            "viewers": [{"id": "", "name": name}],
        }

    def object(self, name: str, viewer: str = "") -> WireObjectView:
        """One object. Raises KeyError for an object or a viewer that does not exist."""
        if viewer or name not in {str(at) for at in range(len(self._objects))}:
            raise KeyError(viewer or name)
        given = self._objects[int(name)]
        return wire_object(
            given.data, given.struct, name=name, keyring=self._keyring, evidence=self._evidence, most=MOST_FIELDS
        )


def _shown_by(found: CarvedObject, known: Keyring) -> Keyring:
    """What an object shows to everybody: a key package or a proposal by its reference."""
    message: MLSMessage | None = found.message
    suite = suite_of(found.content, known)
    return NO_KEYS if message is None or suite is None else keyring_of_message(message, suite)
