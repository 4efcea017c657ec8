"""The expected result of each feature with each peer: each one has to succeed unless this file names it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tests.interop.peers.features import FEATURES, Scene
from workbench.interop.peers.agentvault import AgentvaultPackage
from workbench.interop.peers.core_crypto import CoreCryptoPackage
from workbench.interop.peers.gbp import GbpPackage
from workbench.interop.peers.member import NotOfferedByPeer, PeerImplementation
from workbench.interop.peers.ours import OURS
from workbench.interop.peers.rfc9420 import Rfc9420Package
from workbench.interop.peers.rine import RinePackage
from workbench.interop.peers.ts_mls import TsMlsPackage

Role: TypeAlias = Literal["ours acts", "peer acts"]
ROLES: tuple[Role, ...] = ("ours acts", "peer acts")
Cell: TypeAlias = tuple[str, Role]


@dataclass(frozen=True)
class Lack:
    """Features for which a package has no call, so that its module raises `NotOffered`."""

    reason: str
    cells: frozenset[Cell]
    no_call_like: str
    """A regular expression that no name of a call of the package matches."""


@dataclass(frozen=True)
class Refusal:
    """Features for which a package has a call that refuses; RFC 9420 leaves the choice to it."""

    reason: str
    cells: frozenset[Cell]
    words: str
    """What it says, as a regular expression."""


@dataclass(frozen=True)
class Bug:
    """Features that fail because the package breaks RFC 9420."""

    reason: str
    cells: frozenset[Cell]
    words: str
    """What the side says that notices it, as a regular expression."""


@dataclass(frozen=True)
class Declared:
    """A peer, and all features that do not succeed with it."""

    implementation: PeerImplementation
    exceptions: tuple[Lack | Refusal | Bug, ...]

    def __post_init__(self) -> None:
        cells = [cell for each in self.exceptions for cell in each.cells]
        assert len(set(cells)) == len(cells)
        assert {feature for feature, _ in cells} <= set(FEATURES)

    def cells(self, *, every_suite: bool) -> Iterable[tuple[int, Role, str]]:
        """Suites, roles and features to play.

        `every_suite` plays all of them. Otherwise the first suite plays every feature, and the others play the first
        feature and share out the rest, so that each feature is played on two suites.
        """
        first, *others = self.implementation.suites
        for suite in self.implementation.suites:
            for number, feature in enumerate(FEATURES):
                if every_suite or suite == first or number == 0 or suite == others[number % len(others)]:
                    yield from ((suite, role, feature) for role in ROLES)

    def exception(self, feature: str, role: Role) -> Lack | Refusal | Bug | None:
        """Why a feature does not succeed in a role; None when it does."""
        return next((each for each in self.exceptions if (feature, role) in each.cells), None)


def comes_true(peer: Declared, suite: int, role: Role, feature: str) -> None:
    """Play a feature, and compare the result with the declared one."""
    acting, answering = (OURS, peer.implementation) if role == "ours acts" else (peer.implementation, OURS)
    scene, expected = Scene(acting, answering, suite), peer.exception(feature, role)
    try:
        FEATURES[feature](scene)
    except NotOfferedByPeer:
        assert isinstance(expected, Lack), "the module has no call for this, and nothing says so"
    except (*scene.actor.errors, *scene.other.errors) as problem:
        if not isinstance(expected, Refusal | Bug) or not re.search(expected.words, str(problem)):
            raise
    else:
        assert expected is None, f"this works now, though it is declared: {expected.reason}"


def ours(*features: str) -> frozenset[Cell]:
    """The cells of these features in which the workbench acts and the peer answers."""
    return _cells(features, ["ours acts"])


def theirs(*features: str) -> frozenset[Cell]:
    """The cells of these features in which the peer acts and the workbench answers."""
    return _cells(features, ["peer acts"])


def both(*features: str) -> frozenset[Cell]:
    """The cells of these features in both roles."""
    return _cells(features, ROLES)


def _cells(features: Iterable[str], roles: Iterable[Role]) -> frozenset[Cell]:
    return frozenset((feature, role) for feature in features for role in roles)


EXTERNAL = (
    "joins by an external commit",
    "comes back by an external commit (resync)",
    "asks to be added (new_member_proposal)",
)
PROPOSALS = ("proposes an Add", "proposes an Update", "proposes a Remove")
SETS_EXTENSIONS = ("sets required_capabilities", "sets external_senders")
OTHER_GROUPS = ("goes on as another group (ReInit)", "founds a branch")
OLD_GROUP = "its call for a Welcome does not look up the old group, and the calls that do are not in this package"

PEERS = (
    Declared(
        TsMlsPackage(),
        (
            Lack("it makes no Update proposals", theirs("proposes an Update"), "update"),
            Bug(
                "its external_senders is one sender, not a vector (§12.1.8.1)",
                both("sets external_senders"),
                "Could not decode external_senders",
            ),
            Bug(
                "its commit of GroupContextExtensions has no path (§17.4)",
                theirs("sets required_capabilities"),
                "the UpdatePath is missing though the proposals need one",
            ),
        ),
    ),
    Declared(
        AgentvaultPackage(),
        (
            Lack("it makes and takes no GroupInfo", both(*EXTERNAL), "external|info"),
            Lack("it stores no external PSK", both("mixes in an external PSK"), "psk|secret_store"),
            Lack(
                "it proposes and commits only Adds and Removes, and commits what others have proposed",
                theirs("proposes an Update", "mixes in the PSK of a past epoch", *SETS_EXTENSIONS, *OTHER_GROUPS),
                "update|resumption|extension|re_?init|branch|subgroup",
            ),
            Lack("its handshakes are PublicMessages", theirs("commits in a PrivateMessage"), "option|private|rules"),
            Lack("it shows no epoch authenticator", both("has the same epoch authenticator"), "authenticator"),
            Refusal(OLD_GROUP, ours(*OTHER_GROUPS), "Old group state not found"),
        ),
    ),
    Declared(
        RinePackage(),
        (
            Lack(
                "it proposes nothing, and commits one Add or one Remove in a PublicMessage",
                theirs(
                    "asks to be added (new_member_proposal)",
                    "commits in a PublicMessage",
                    "commits in a PrivateMessage",
                    *PROPOSALS,
                    "mixes in the PSK of a past epoch",
                    *SETS_EXTENSIONS,
                    *OTHER_GROUPS,
                ),
                "propos|update|private|resumption|extension|re_?init|branch",
            ),
            Lack("it stores no external PSK", both("mixes in an external PSK"), "psk"),
            Lack("it has no exporter", both("exports the same secrets"), "export|secret"),
            Lack("it shows no epoch authenticator", both("has the same epoch authenticator"), "authenticator"),
            Refusal(
                "it processes commits, but no proposals",
                ours("asks to be added (new_member_proposal)", *PROPOSALS),
                "expected a Commit message on this path",
            ),
            Refusal(OLD_GROUP, ours(*OTHER_GROUPS), "Old group state not found"),
        ),
    ),
    Declared(
        GbpPackage(),
        (
            Lack("it makes and takes no GroupInfo", both(*EXTERNAL), "external|info"),
            Lack(
                "it proposes nothing, and commits one Add or one Remove of its own in a PrivateMessage",
                both(*PROPOSALS)
                | theirs(
                    "commits in a PublicMessage",
                    "commits in a PrivateMessage",
                    "mixes in the PSK of a past epoch",
                    *SETS_EXTENSIONS,
                    *OTHER_GROUPS,
                ),
                "propos|update|public|resumption|extension|re_?init|branch",
            ),
            Lack(
                "it sends no application messages",
                theirs("sends application messages, also out of order"),
                "crypt|prot",
            ),
            Lack("it stores no external PSK", both("mixes in an external PSK"), "psk"),
            Lack("it hands out no exported secret", both("exports the same secrets"), "secret"),
            Lack("it shows no epoch authenticator", both("has the same epoch authenticator"), "authenticator"),
            Refusal(
                "it reads handshakes in PrivateMessages only",
                ours("commits in a PublicMessage"),
                "IncompatibleWireFormat",
            ),
            Refusal(
                "it keeps no secrets of past epochs",
                ours("mixes in the PSK of a past epoch"),
                r"PskError\(KeyNotFound\)",
            ),
            Refusal(
                "a client has one key package, which is used up by then", ours(*OTHER_GROUPS), "NoMatchingKeyPackage"
            ),
        ),
    ),
    Declared(
        CoreCryptoPackage(),
        (
            Lack(
                "it proposes nothing by message, and commits one Add, one Remove or a new key of its own",
                theirs(
                    "asks to be added (new_member_proposal)",
                    *PROPOSALS,
                    "mixes in the PSK of a past epoch",
                    *SETS_EXTENSIONS,
                    *OTHER_GROUPS,
                ),
                "new_?proposal|propose|resumption|psk|extension|re_?init|branch",
            ),
            Lack("its handshakes are PublicMessages", theirs("commits in a PrivateMessage"), "private"),
            Lack("it stores no external PSK", both("mixes in an external PSK"), "psk"),
            Lack("it shows no epoch authenticator", both("has the same epoch authenticator"), "authenticator"),
            Refusal(
                "its handshakes are PublicMessages",
                ours("commits in a PrivateMessage"),
                "wire format is incompatible with the group's wire format policy",
            ),
            Refusal(
                "it reads the message before the newest one, and no older one",
                ours("sends application messages, also out of order"),
                "DuplicateMessage",
            ),
            Refusal(
                "it keeps no secrets of past epochs",
                ours("mixes in the PSK of a past epoch", *OTHER_GROUPS),
                "The PSK could not be found in the key store",
            ),
        ),
    ),
    Declared(
        Rfc9420Package(),
        (
            Lack(
                "it asks for no Add of its own",
                theirs("asks to be added (new_member_proposal)"),
                "new_member|self_add",
            ),
            Lack(
                "its external commit removes no old leaf",
                theirs("comes back by an external commit (resync)"),
                "resync|rejoin",
            ),
            Lack("its handshakes are PublicMessages", both("commits in a PrivateMessage"), "handshake|private"),
            Bug(
                "the leaf of its path keeps the key and the signature of the key package (§7.5, §7.6)",
                ours("proposes an Update")
                | theirs(
                    "commits in a PublicMessage",
                    "removes a member",
                    "mixes in the PSK of a past epoch",
                    "sets external_senders",
                ),
                "a public key of the path is not new",
            ),
            Bug(
                "it keeps no private key for its own Update (§12.1.2)",
                theirs("proposes an Update"),
                "could not decrypt any path secret from UpdatePath",
            ),
            Bug(
                "its filtered direct path leaves out the members that the commit adds (§4.1.2)",
                ours("adds another to the group", "removes a member", "proposes a Remove") | theirs("proposes an Add"),
                "UpdatePath node count does not match filtered direct path length",
            ),
            Bug(
                "it treats an external committer as the member at leaf 0 (§12.4.3.2)",
                ours("joins by an external commit", "comes back by an external commit (resync)"),
                "UpdatePath LeafNode invalid: invalid signature",
            ),
            Bug(
                "it treats the last leaf of the tree as its own when it joins by an external commit (§12.4.3.2)",
                theirs("joins by an external commit"),
                "leaf node not found",
            ),
            Bug(
                "its required_capabilities has counts instead of vectors (§11.1)",
                theirs("sets required_capabilities"),
                "Failed to validate GroupContextExtensions: buffer too short",
            ),
            Bug(
                "its ReInit changes the id and the epoch of the old group (§11.2)",
                ours("goes on as another group (ReInit)"),
                "could not decrypt any path secret from UpdatePath",
            ),
            Bug(
                "its ReInit changes the id and the epoch of the old group (§11.2)",
                theirs("goes on as another group (ReInit)"),
                "the confirmation tag is not that of the epoch to which the commit leads",
            ),
            Bug(
                "it founds a branch with an invented PSK (§11.3)",
                theirs("founds a branch"),
                "the ciphertext was not sealed with this key",
            ),
        ),
    ),
)
