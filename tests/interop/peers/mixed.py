"""Groups of members of several implementations, over random histories that a seed repeats.

What a history may do follows from `declared.py`: a step is possible if its author's package can begin it and the
packages of all others who stay in the group can answer it. After each step all members agree and hear each other, and
a removed member reads nothing. `python -m tests.interop.peers.mixed --histories 100 --seed 1` plays many and prints
their seeds.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.interop.peers.declared import PEERS, Declared
from tests.interop.peers.features import PSK, PSK_ID, agree, is_out, said_by_one_of
from workbench.interop.peers.core_crypto import CoreCryptoPackage
from workbench.interop.peers.member import (
    AddMember,
    Change,
    ExternalPsk,
    Form,
    NotOfferedByPeer,
    PeerCommit,
    PeerImplementation,
    PeerMember,
    PeerRefused,
    RemoveMember,
    identity_of,
)
from workbench.interop.peers.ours import OURS, OurMember
from workbench.interop.peers.rfc9420 import Rfc9420Package
from workbench.interop.peers.rine import RinePackage
from workbench.interop.peers.ts_mls import TsMlsPackage
from workbench.mls import CIPHER_SUITES, KeyPackage, MLSMessage, decode
from workbench.mls.wire.messages import GroupInfo
from workbench.mls.wire.tree import KeyPackageSource

ADDS, REMOVES, PSKS = "adds another to the group", "removes a member", "mixes in an external PSK"
JOINS_EXTERNALLY = "joins by an external commit"
APART: dict[tuple[type[PeerImplementation], type[PeerImplementation]], frozenset[int]] = {
    # core-crypto reads messages only of those whose identity has its own form, and that of rine-mls is a key.
    (CoreCryptoPackage, RinePackage): frozenset({1}),
    # The signature keys of ts-mls on NIST curves are compressed points, which rfc9420 does not read.
    (TsMlsPackage, Rfc9420Package): frozenset({2, 5, 7}),
}
"""Two packages that cannot be in one group, and the cipher suites in which that is so."""
COMMITS: dict[Form, str] = {"public": "commits in a PublicMessage", "private": "commits in a PrivateMessage"}
LARGEST = 8
KEEPS_OUT = "non-blank intermediate node must list leaf node in its unmerged_leaves"
"""With these words ts-mls refuses some valid trees: test_bugs.py has one."""

OUR_OWN = Declared(OURS, ())


@dataclass(frozen=True)
class Player:
    """A member of the group, and what is declared of its package."""

    declared: Declared
    member: PeerMember

    @property
    def only_follows(self) -> bool:
        """Whether it never commits: rfc9420 forgets unmerged leaves then, and the others refuse what it sends."""
        return isinstance(self.declared.implementation, Rfc9420Package)

    def begins(self, feature: str) -> bool:
        return self.declared.exception(feature, "peer acts") is None

    def answers(self, feature: str) -> bool:
        return self.declared.exception(feature, "ours acts") is None


@dataclass
class MixedHistory:
    """A group in one cipher suite whose handshakes have one form; the first member is ours and stays."""

    seed: int
    suite: int
    form: Form
    packages: Sequence[Declared]
    players: list[Player] = field(init=False)
    steps: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - dice, not keys
        self.ours = OurMember(self.suite, self._identity())
        self.ours.create(b"a mixed group")
        self.players = [Player(OUR_OWN, self.ours)]

    def play(self, steps: int) -> None:
        """Add one client of every package with one commit of ours, then do random steps."""
        newcomers = [self._client(each) for each in self.random.sample(self.packages, len(self.packages))]
        sent = self.ours.commit(*(AddMember(_key_package(each)) for each in newcomers), form=self.form)
        for newcomer in newcomers:
            newcomer.member.join(sent.welcome)
        self.players += newcomers
        self._happened("adds", *newcomers)
        kinds: list[Callable[[], bool]] = [self.adds, self.joins_externally, self.removes, self.updates, self.mixes_in]
        for _ in range(steps):
            self.random.shuffle(kinds)
            assert any(kind() for kind in kinds)

    # Steps: each says whether it was possible

    def adds(self) -> bool:
        newcomer = self._client(self.random.choice([OUR_OWN, *self.packages]))
        if len(self.players) >= LARGEST or not newcomer.answers(ADDS):
            return False
        for author in self._authors(ADDS, without=None):
            sent = self._committed(author, AddMember(_key_package(newcomer)))
            if sent is not None:
                return self._joins(newcomer, sent, author)
        return False

    def _joins(self, newcomer: Player, sent: PeerCommit, author: Player) -> bool:
        """The newcomer joins; ours removes it again if a bug of its package keeps it out."""
        try:
            newcomer.member.join(sent.welcome, sent.ratchet_tree)
        except PeerRefused as problem:
            if KEEPS_OUT not in str(problem):
                raise
            leaf = self.ours.leaves()[newcomer.member.identity]
            self._committed(self.players[0], RemoveMember(leaf, newcomer.member.identity))
            return self._happened("adds and removes", author, newcomer)
        self.players.append(newcomer)
        return self._happened("adds", author, newcomer)

    def joins_externally(self) -> bool:
        newcomer = self._client(self.random.choice([OUR_OWN, *self.packages]))
        if len(self.players) >= LARGEST or not newcomer.begins(JOINS_EXTERNALLY):
            return False
        if self.form != "public" or not all(player.answers(JOINS_EXTERNALLY) for player in self.players):
            return False
        try:
            commit = newcomer.member.external_commit(self._group_info())
        except PeerRefused as problem:
            if KEEPS_OUT not in str(problem):
                raise
            return False
        for player in self.players:
            player.member.process(commit)
        self.players.append(newcomer)
        return self._happened("joins externally", newcomer)

    def removes(self) -> bool:
        if len(self.players) < 3:
            return False
        removed = self.random.choice(self.players[1:])
        leaf = self.ours.leaves()[removed.member.identity]
        for author in self._authors(REMOVES, without=removed):
            sent = self._committed(author, RemoveMember(leaf, removed.member.identity), without=removed)
            if sent is not None:
                self.players.remove(removed)
                is_out(removed.member, sent.commit, said_by_one_of(*(player.member for player in self.players)))
                return self._happened("removes", author, removed)
        return False

    def updates(self) -> bool:
        return any(
            self._committed(author) is not None and self._happened("updates", author)
            for author in self._authors(COMMITS[self.form], without=None)
        )

    def mixes_in(self) -> bool:
        for author in self._authors(PSKS, without=None):
            for player in self.players:
                player.member.store_psk(PSK_ID, PSK)
            if self._committed(author, ExternalPsk(PSK_ID)) is not None:
                return self._happened("mixes in a PSK", author)
        return False

    # What they are made of

    def _authors(self, feature: str, without: Player | None) -> Iterator[Player]:
        """In random order, the members that can begin this while all others who stay can answer it."""
        staying = [player for player in self.players if player is not without]
        for author in self.random.sample(staying, len(staying)):
            others = [player for player in staying if player is not author]
            able = self.form in author.member.sends and author.begins(feature) and not author.only_follows
            if able and all(other.answers(feature) for other in others):
                yield author

    def _committed(self, author: Player, *changes: Change, without: Player | None = None) -> PeerCommit | None:
        """Let all members that stay process a new commit; None if the author's package has no call for it."""
        try:
            sent = author.member.commit(*changes, form=self.form)
        except NotOfferedByPeer:
            return None
        for player in self.players:
            if player not in (author, without):
                player.member.process(sent.commit)
        return sent

    def _group_info(self) -> bytes:
        """The GroupInfo of a random member that can make one for this epoch; the workbench always can."""
        for player in self.random.sample(self.players, len(self.players)):
            try:
                info = player.member.group_info()
            except NotOfferedByPeer:
                continue
            body = decode(MLSMessage, info).message
            assert isinstance(body, GroupInfo)
            if body.group_context.epoch == self.ours.epoch():
                return info
        raise AssertionError("ours gives no GroupInfo")

    def _client(self, package: Declared) -> Player:
        return Player(package, package.implementation.member(self.suite, self._identity()))

    def _identity(self) -> bytes:
        return identity_of(str(self.random.random()))

    def _happened(self, what: str, *players: Player) -> bool:
        names = ", ".join(player.declared.implementation.name for player in players)
        self.steps.append(f"epoch {self.ours.epoch()}: {what}: {names}")
        agree(*(player.member for player in self.players))
        return True


def _key_package(newcomer: Player) -> bytes:
    """A new one. The lifetime of mls-rs begins at once; OpenMLS wants the second in which it begins to be past."""
    message = newcomer.member.key_package()
    key_package = decode(MLSMessage, message).message
    assert isinstance(key_package, KeyPackage)
    source = key_package.leaf_node.leaf_node_source
    assert isinstance(source, KeyPackageSource)
    while time.time() < source.lifetime.not_before + 1:
        time.sleep(0.05)
    return message


def packages_for(suite: int, form: Form, seed: int) -> list[Declared]:
    """All that have the cipher suite, read this form of handshakes and read one another."""
    found = [
        each
        for each in PEERS
        if suite in each.implementation.suites and each.exception(COMMITS[form], "ours acts") is None
    ]
    for pair, suites in APART.items():
        there = {type(each.implementation) for each in found}
        if suite in suites and there.issuperset(pair):
            found = [each for each in found if not isinstance(each.implementation, pair[seed % 2])]
    return found


FORMS: tuple[Form, ...] = ("public", "private")
KINDS = [(suite, form) for suite in CIPHER_SUITES for form in FORMS]


def history_of(seed: int) -> MixedHistory:
    """The history of a seed. Seeds 2n and 2n + 1 have the same suite and form, and each has one of a pair in APART."""
    suite, form = KINDS[seed // 2 % len(KINDS)]
    return MixedHistory(seed, suite, form, packages_for(suite, form, seed))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--histories", type=int, default=2 * len(KINDS))
    arguments.add_argument("--seed", type=int, default=0, help="of the first one; the others follow")
    arguments.add_argument("--steps", type=int, default=30)
    asked = arguments.parse_args()
    for seed in range(asked.seed, asked.seed + asked.histories):
        history = history_of(seed)
        sys.stdout.write(f"seed {seed}: suite {history.suite}, {history.form} handshakes, ")
        sys.stdout.flush()
        try:
            history.play(asked.steps)
        except Exception:  # whatever fails, the steps before it are shown, and the error goes on
            sys.stdout.write("\n  ".join(["FAILED after", *history.steps, ""]))
            raise
        names = sorted({each.implementation.name for each in history.packages})
        sys.stdout.write(f"{history.ours.epoch()} epochs: ours, {', '.join(names)}\n")
    for peer in PEERS:
        peer.implementation.close()


if __name__ == "__main__":
    main()
