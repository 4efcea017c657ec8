"""The timed steps, and the floor of each: the primitive operations that the step cannot avoid.

The counts are only in this file. The page prints them, the floor is measured with them, and a test compares them with
the operations of our engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Primitive: TypeAlias = Literal["sign", "verify", "seal", "open", "generate", "hash", "derive", "aead"]

PRIMITIVES: Mapping[Primitive, str] = {
    "sign": "make an Ed25519 signature, from the bytes of the private key",
    "verify": "verify an Ed25519 signature, from the bytes of the public key",
    "seal": "seal a secret to an X25519 key with HPKE, from the bytes of the public key",
    "open": "open such a ciphertext, from the bytes of the private key",
    "generate": "make an X25519 key pair from 32 secret bytes",
    "hash": "hash 200 bytes with SHA-256, about as much as a node of the tree",
    "derive": "derive a secret of 32 bytes with HKDF-Expand",
    "aead": "seal 1 KiB with AES-128-GCM",
}
"""The operations of which a floor consists."""

Tree: TypeAlias = Literal["blank", "full"]

TREES: Mapping[Tree, str] = {
    "blank": "all others were added by one commit without a path, so that every parent is blank",
    "full": "members have committed, so that no parent with members on both sides is blank",
}


def depth(size: int) -> int:
    """The depth of the tree of a group with `size` members."""
    return (size - 1).bit_length()


@dataclass(frozen=True, slots=True)
class Count:
    """How often a step needs an operation: a sum of multiples of the group's quantities."""

    members: int = 0
    levels: int = 0
    leaves: int = 0
    always: int = 0

    def of(self, size: int) -> int:
        """The count in a group of `size` members."""
        levels = depth(size)
        return self.members * size + self.levels * levels + self.leaves * (1 << levels) + self.always

    def __str__(self) -> str:
        terms = ((self.leaves, "L"), (self.members, "N"), (self.levels, "d"), (self.always, ""))
        text = "".join(
            f" {'−' if factor < 0 else '+'} {'' if symbol and abs(factor) == 1 else abs(factor)}{symbol}"
            for factor, symbol in terms
            if factor
        )
        return text.removeprefix(" + ")


@dataclass(frozen=True, slots=True)
class BenchStep:
    """A timed step, its kind of tree, and the operations that it needs at least."""

    name: str
    what: str
    floor: Mapping[Primitive, Count]
    tree: Tree | None = None

    @property
    def id(self) -> str:
        """The name of the row; a step on both kinds of tree has two rows."""
        return self.name if self.tree is None else f"{self.name}, {self.tree} tree"


def _times(count: int) -> Count:
    return Count(always=count)


# The key schedule of an epoch: twelve secrets, and the keys of other ciphertexts
_EPOCH = _times(12)
_WITH_WELCOME = _times(14)
_WITH_OPENED_PATH = _times(14)

_MADE_PATH: Mapping[Primitive, Count] = {
    "sign": _times(2),
    "generate": Count(levels=1, always=1),
    "derive": Count(levels=2, always=12),
}
"""A commit with a path: two signatures (leaf, commit), and on each level up to the root two secrets and a key pair."""

_FOLLOWED_PATH: Mapping[Primitive, Count] = {
    "verify": _times(2),
    "open": _times(1),
    "generate": _times(1),
    "derive": _WITH_OPENED_PATH,
}
"""A receiver in the other half of the tree: it verifies two signatures and learns only the key of the root."""

_ADDED_ONE: Mapping[Primitive, Count] = {
    "sign": _times(2),
    "verify": _times(2),
    "seal": _times(1),
    "hash": Count(levels=1, always=4),
    "derive": _WITH_WELCOME,
    "aead": _times(1),
}
_FOLLOWED_ADD: Mapping[Primitive, Count] = {
    "verify": _times(3),
    "hash": Count(levels=1, always=3),
    "derive": _EPOCH,
}
_ONE_PATH = Count(levels=2, always=3)
_ONE_PATH_AND_A_BLANK_ONE = Count(levels=3, always=2)
_JOINED: Mapping[Primitive, Count] = {
    "verify": Count(members=1, always=1),
    "open": _times(1),
    "derive": _WITH_WELCOME,
    "aead": _times(1),
}
_MESSAGE: Mapping[Primitive, Count] = {"derive": _times(5), "aead": _times(2)}

_EVERYBODY_ELSE = Count(members=1, always=-1)

UPDATES = "A member commits without proposals and gets fresh keys."
REMOVES = "A member commits the removal of another."
ADDS = "A member adds a client by a commit without a path, and makes its Welcome."
FOLLOWS = "Another member, in the other half of the tree, processes such a commit."

STEPS: tuple[BenchStep, ...] = (
    BenchStep("key_package", "A client makes and signs a key package.", {"sign": _times(2), "generate": _times(2)}),
    BenchStep("create", "A client makes a group of its own.", {"hash": _times(2), "derive": _times(9)}),
    BenchStep(
        "add_all",
        "The creator adds the N − 1 others in one commit without a path, and makes their Welcome.",
        {
            "sign": _times(2),
            "verify": Count(members=2, always=-2),
            "seal": _EVERYBODY_ELSE,
            "hash": Count(leaves=2, members=1, always=-1),
            "derive": _WITH_WELCOME,
            "aead": _times(1),
        },
    ),
    BenchStep(
        "join",
        "The last added client joins by the Welcome and checks the whole tree.",
        {**_JOINED, "hash": Count(leaves=2, always=1)},
        "blank",
    ),
    BenchStep(
        "join",
        "A client that its neighbour adds, with a path, joins by the Welcome and checks the whole tree.",
        {**_JOINED, "generate": _times(1), "derive": _times(15), "hash": Count(leaves=2, members=1)},
        "full",
    ),
    BenchStep("update", UPDATES, {**_MADE_PATH, "seal": _EVERYBODY_ELSE, "hash": _ONE_PATH}, "blank"),
    BenchStep("update", UPDATES, {**_MADE_PATH, "seal": Count(levels=1), "hash": _ONE_PATH}, "full"),
    BenchStep("process_update", FOLLOWS, {**_FOLLOWED_PATH, "hash": _ONE_PATH}, "blank"),
    BenchStep("process_update", FOLLOWS, {**_FOLLOWED_PATH, "hash": _ONE_PATH}, "full"),
    BenchStep(
        "remove",
        REMOVES,
        {**_MADE_PATH, "seal": Count(members=1, always=-2), "hash": _ONE_PATH_AND_A_BLANK_ONE},
        "blank",
    ),
    BenchStep(
        "remove",
        REMOVES,
        {**_MADE_PATH, "seal": Count(levels=2, always=-3), "hash": _ONE_PATH_AND_A_BLANK_ONE},
        "full",
    ),
    BenchStep("process_remove", FOLLOWS, {**_FOLLOWED_PATH, "hash": _ONE_PATH_AND_A_BLANK_ONE}, "blank"),
    BenchStep("process_remove", FOLLOWS, {**_FOLLOWED_PATH, "hash": _ONE_PATH_AND_A_BLANK_ONE}, "full"),
    BenchStep("add_one", ADDS, _ADDED_ONE, "blank"),
    BenchStep("add_one", ADDS, _ADDED_ONE, "full"),
    BenchStep("process_add_one", FOLLOWS, _FOLLOWED_ADD, "blank"),
    BenchStep("process_add_one", FOLLOWS, _FOLLOWED_ADD, "full"),
    BenchStep("protect", "A member sends 1 KiB to the group.", {"sign": _times(1), **_MESSAGE}),
    BenchStep("read", "Another member reads it.", {"verify": _times(1), **_MESSAGE}),
)

SMALLEST = 5
"""The least number of members: the host, the actor, the reader and its neighbour, and a member to remove."""

NAMES: tuple[str, ...] = (*dict.fromkeys(step.name for step in STEPS), "import", "memory")
"""The names that a user can choose: the steps, the time of an import, and memory."""

BY_ID: Mapping[str, BenchStep] = {step.id: step for step in STEPS}
