"""Plays scripts in the format of the working group's test runner, with members on any servers.

    python -m tests.interop.play --client localhost:50051 --client localhost:50052 CONFIG.json

plays each script of a file (mlswg/mls-implementations has some in interop/configs) in all cipher suites that servers
share, with public and private handshake messages and each assignment of the actors to servers. `--thorough` compares
more than the official runner does: after each step that ends in a new epoch, those who took part in it must agree on
its authenticator and on an exported secret, and hear one another.
"""

from __future__ import annotations

import argparse
import itertools
import json
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import grpc

from tests.interop.peer import Peer
from tests.interop.script_format import Script, Step, actors_in, extensions_of

Made: TypeAlias = dict[str, bytes]


class Play:
    """A script while it runs: the ids of each actor's objects at its server, and the results of the steps."""

    def __init__(self, cast: Mapping[str, Peer], suite: int, *, private: bool, thorough: bool) -> None:
        self.cast, self.suite, self.private, self.thorough = cast, suite, private, thorough
        self.states: dict[str, int] = {}
        self.transactions: dict[str, int] = {}
        self.signers: dict[str, int] = {}
        self.made: list[Made] = []
        self.speakers = itertools.count()

    def run(self, script: Script) -> None:
        """Play all steps, then let the servers forget what is left."""
        for step in script:
            # The official configurations spell a field now this way, now that; Go does not mind the case.
            fields = {key.replace("_", "").lower(): value for key, value in step.items()}
            self.made.append(ACTIONS[step["action"]](self, fields))
        for actor, state in self.states.items():
            self.cast[actor].call("Free", state_id=state)

    def call(self, actor: str, name: str, **fields: object) -> Any:
        return self.cast[actor].call(name, **fields)

    def on_state(self, actor: str, name: str, **fields: object) -> Any:
        """A call about the state that an actor is in."""
        return self.call(actor, name, state_id=self.states[actor], **fields)

    # Ways into a group

    def create_group(self, step: Step) -> Made:
        actor, members, group_id = step["actor"], step.get("members", []), secrets.token_hex(16).encode()
        self.states[actor] = self.call(
            actor,
            "CreateGroup",
            group_id=group_id,
            cipher_suite=self.suite,
            encrypt_handshake=self.private,
            identity=actor.encode(),
        ).state_id
        if members:
            adds = [{"proposal_type": b"add", "key_package": self.key_package(member)} for member in members]
            commit = self.on_state(actor, "Commit", by_value=adds)
            authenticator = self.handle_pending(actor)
            for member in members:
                self.join(member, commit.welcome, b"", authenticator)
        self.compare([actor, *members])
        return {"group_id": group_id}

    def key_package(self, actor: str) -> bytes:
        made = self.call(actor, "CreateKeyPackage", cipher_suite=self.suite, identity=actor.encode())
        self.transactions[actor] = made.transaction_id
        return bytes(made.key_package)

    def create_key_package(self, step: Step) -> Made:
        return {"key_package": self.key_package(step["actor"])}

    def join(self, actor: str, welcome: bytes, ratchet_tree: bytes, authenticator: bytes | None) -> None:
        joined = self.call(
            actor,
            "JoinGroup",
            transaction_id=self.transactions[actor],
            welcome=welcome,
            encrypt_handshake=self.private,
            identity=actor.encode(),
            ratchet_tree=ratchet_tree,
        )
        assert authenticator in {None, joined.epoch_authenticator}, f"{actor} has joined another epoch"
        self.states[actor] = joined.state_id

    def join_group(self, step: Step) -> Made:
        made = self.made[step["welcome"]]
        self.join(step["actor"], made["welcome"], made.get("ratchet_tree", b""), None)
        return {}

    def external_join(self, step: Step) -> Made:
        joiner, actor = step["joiner"], step["actor"]
        info = self.on_state(actor, "GroupInfo", external_tree=step.get("externaltree", False))
        psks = [{key: self.made[psk][key] for key in ("psk_id", "psk_secret")} for psk in step.get("psks", [])]
        joined = self.call(
            joiner,
            "ExternalJoin",
            group_info=info.group_info,
            ratchet_tree=info.ratchet_tree,
            encrypt_handshake=self.private,
            identity=joiner.encode(),
            remove_prior=step.get("removeprior", False),
            psks=psks,
        )
        self.states[joiner] = joined.state_id
        members = [*step.get("members", []), actor]
        for member in members:
            self.handle(member, [], joined.commit, joined.epoch_authenticator)
        self.compare([joiner, *members])
        return {"commit": joined.commit}

    # Within an epoch

    def install_external_psk(self, step: Step) -> Made:
        psk = {"psk_id": secrets.token_bytes(32), "psk_secret": secrets.token_bytes(32)}
        for actor in step["clients"]:
            holder = self.states[actor] if actor in self.states else self.transactions[actor]
            self.call(actor, "StorePSK", state_or_transaction_id=holder, **psk)
        return psk

    def group_info(self, step: Step) -> Made:
        info = self.on_state(step["actor"], "GroupInfo", external_tree=step.get("externaltree", False))
        return {"group_info": info.group_info, "ratchet_tree": info.ratchet_tree}

    def protect(self, step: Step) -> Made:
        said = {"authenticated_data": step["authenticateddata"].encode(), "plaintext": step["plaintext"].encode()}
        return {**said, "ciphertext": self.on_state(step["actor"], "Protect", **said).ciphertext}

    def unprotect(self, step: Step) -> Made:
        said = self.made[step["ciphertext"]]
        heard = self.on_state(step["actor"], "Unprotect", ciphertext=said["ciphertext"])
        assert heard.authenticated_data == said["authenticated_data"]
        assert heard.plaintext == said["plaintext"]
        return {}

    # Proposals

    def propose(self, actor: str, name: str, **fields: object) -> Made:
        return {"proposal": self.on_state(actor, name, **fields).proposal}

    def add_proposal(self, step: Step) -> Made:
        return self.propose(step["actor"], "AddProposal", key_package=self.made[step["keypackage"]]["key_package"])

    def update_proposal(self, step: Step) -> Made:
        return self.propose(step["actor"], "UpdateProposal")

    def remove_proposal(self, step: Step) -> Made:
        return self.propose(step["actor"], "RemoveProposal", removed_id=step["removed"].encode())

    def external_psk_proposal(self, step: Step) -> Made:
        return self.propose(step["actor"], "ExternalPSKProposal", psk_id=self.made[step["pskid"]]["psk_id"])

    def resumption_psk_proposal(self, step: Step) -> Made:
        return self.propose(step["actor"], "ResumptionPSKProposal", epoch_id=step["epochid"])

    def extensions_proposal(self, step: Step) -> Made:
        extensions = extensions_of(step.get("extensions", []))
        return self.propose(step["actor"], "GroupContextExtensionsProposal", extensions=extensions)

    def describe(self, description: Step) -> dict[str, object]:
        """A ProposalDescription's fields."""
        kind = description["proposalType"]
        described: dict[str, object] = {"proposal_type": kind.encode()}
        match kind:
            case "add":
                described["key_package"] = self.made[description["keyPackage"]]["key_package"]
            case "remove":
                described["removed_id"] = description["removed"].encode()
            case "externalPSK":
                described["psk_id"] = self.made[description["pskID"]]["psk_id"]
            case "resumptionPSK":
                described["epoch_id"] = description["epochID"]
            case "groupContextExtensions":
                described["extensions"] = extensions_of(description["extensions"])
            case "reinit":
                described["extensions"] = extensions_of(description.get("extensions", []))
                described["group_id"] = self.new_group_id(change=description.get("changeGroupID", False))
                described["cipher_suite"] = self.new_suite(change=description.get("changeCipherSuite", False))
        return described

    # From one epoch to the next

    def committed(self, name: str, step: Step) -> Any:
        return self.on_state(
            step["actor"],
            name,
            by_reference=self.proposals(step),
            by_value=[self.describe(description) for description in step.get("byvalue", [])],
            force_path=step.get("forcepath", False),
            external_tree=step.get("externaltree", False),
        )

    def proposals(self, step: Step) -> list[bytes]:
        return [self.made[index]["proposal"] for index in step.get("byreference", [])]

    def commit(self, step: Step) -> Made:
        commit = self.committed("Commit", step)
        assert bool(commit.ratchet_tree) == step.get("externaltree", False)
        return {"commit": commit.commit, "welcome": commit.welcome, "ratchet_tree": commit.ratchet_tree}

    def full_commit(self, step: Step) -> Made:
        actor, members, joiners = step["actor"], step.get("members", []), step.get("joiners", [])
        commit = self.commit(step)
        authenticator = self.handle_pending(actor)
        for member in members:
            self.handle(member, self.proposals(step), commit["commit"], authenticator)
        for joiner in joiners:
            self.join(joiner, commit["welcome"], commit["ratchet_tree"], authenticator)
        self.compare([actor, *members, *joiners])
        return commit

    def handle(self, member: str, proposals: list[bytes], commit: bytes, authenticator: bytes | None) -> None:
        handled = self.on_state(member, "HandleCommit", proposal=proposals, commit=commit)
        assert authenticator in {None, handled.epoch_authenticator}, f"{member} is in another epoch"
        self.states[member] = handled.state_id

    def handle_commit(self, step: Step) -> Made:
        self.handle(step["actor"], self.proposals(step), self.made[step["commit"]]["commit"], None)
        return {}

    def handle_pending(self, actor: str) -> bytes:
        handled = self.on_state(actor, "HandlePendingCommit")
        self.states[actor] = handled.state_id
        return bytes(handled.epoch_authenticator)

    def handle_pending_commit(self, step: Step) -> Made:
        self.handle_pending(step["actor"])
        return {}

    # Groups that come from others

    def new_group_id(self, *, change: bool) -> bytes:
        return self.made[0]["group_id"] + (b"++" if change else b"")

    def new_suite(self, *, change: bool) -> int:
        """The cipher suite to go on in: another one means the next that all servers have."""
        if change:
            shared = sorted(set.intersection(*(peer.suites for peer in set(self.cast.values()))))
            self.suite = shared[(shared.index(self.suite) + 1) % len(shared)]
        return self.suite

    def reinit(self, step: Step) -> Made:
        proposer, committer, welcomer = step.get("proposer"), step["committer"], step["welcomer"]
        everybody = dict.fromkeys([*filter(None, [proposer]), committer, welcomer, *step["members"]])
        group_id = self.new_group_id(change=step.get("changegroupid", False))
        suite = self.new_suite(change=step.get("changeciphersuite", False))
        if proposer is not None:
            extensions = extensions_of(step.get("extensions", []))
            described = {"cipher_suite": suite, "group_id": group_id, "extensions": extensions}
            proposal = self.propose(proposer, "ReInitProposal", **described)["proposal"]
        else:
            proposal = self.made[step["externalreinitproposal"]]["proposal"]
        # the old group ends
        commit = self.on_state(committer, "ReInitCommit", by_reference=[proposal]).commit
        ended = {committer: self.on_state(committer, "HandlePendingReInitCommit")}
        for member in everybody:
            if member != committer:
                ended[member] = self.on_state(member, "HandleReInitCommit", proposal=[proposal], commit=commit)
        assert len({each.epoch_authenticator for each in ended.values()}) == 1
        # the new one begins
        others = [member for member in everybody if member != welcomer]
        made = self.call(
            welcomer,
            "ReInitWelcome",
            reinit_id=ended[welcomer].reinit_id,
            key_package=[ended[member].key_package for member in others],
            force_path=step.get("forcepath", False),
            external_tree=step.get("externaltree", False),
        )
        self.states[welcomer] = made.state_id
        for member in others:
            entered = self.call(
                member,
                "HandleReInitWelcome",
                reinit_id=ended[member].reinit_id,
                welcome=made.welcome,
                ratchet_tree=made.ratchet_tree,
            )
            assert entered.epoch_authenticator == made.epoch_authenticator
            self.states[member] = entered.state_id
        self.compare(everybody)
        return {}

    def branch(self, step: Step) -> Made:
        actor, members = step["actor"], step["members"]
        made = self.on_state(
            actor,
            "CreateBranch",
            group_id=secrets.token_hex(16).encode(),
            extensions=extensions_of(step.get("extensions", [])),
            key_packages=[self.key_package(member) for member in members],
            force_path=step.get("forcepath", False),
            external_tree=step.get("externaltree", False),
        )
        old, self.states[actor] = {actor: self.states[actor]}, made.state_id
        for member in members:
            entered = self.on_state(
                member,
                "HandleBranch",
                transaction_id=self.transactions[member],
                welcome=made.welcome,
                ratchet_tree=made.ratchet_tree,
            )
            assert entered.epoch_authenticator == made.epoch_authenticator
            old[member], self.states[member] = self.states[member], entered.state_id
        self.compare([actor, *members])
        for member in members:
            self.call(member, "Free", state_id=old[member])
        return {}

    # From outside

    def new_member_add_proposal(self, step: Step) -> Made:
        joiner = step["joiner"]
        info = self.on_state(step["actor"], "GroupInfo")
        asked = self.call(joiner, "NewMemberAddProposal", group_info=info.group_info, identity=joiner.encode())
        self.transactions[joiner] = asked.transaction_id
        return {"proposal": asked.proposal}

    def add_external_signer(self, step: Step) -> Made:
        signer = step["signer"]
        made = self.call(signer, "CreateExternalSigner", cipher_suite=self.suite, identity=signer.encode())
        self.signers[signer] = made.signer_id
        return self.propose(step["actor"], "AddExternalSigner", external_sender=made.external_sender)

    def external_signer_proposal(self, step: Step) -> Made:
        info = self.on_state(step["member"], "GroupInfo", external_tree=True)
        made = self.call(
            step["actor"],
            "ExternalSignerProposal",
            signer_id=self.signers[step["actor"]],
            group_info=info.group_info,
            ratchet_tree=info.ratchet_tree,
            description=self.describe(step["description"]),
        )
        return {"proposal": made.proposal}

    # What the official runner does not look at

    def compare(self, members: Iterable[str]) -> None:
        """Check that the members of an epoch agree on its secrets, and that all read a message of each of them."""
        together = list(members)
        if not self.thorough:
            return
        assert len({self.on_state(member, "StateAuth").state_auth_secret for member in together}) == 1
        wanted = {"label": "interop", "context": b"test", "key_length": 24}
        assert len({self.on_state(member, "Export", **wanted).exported_secret for member in together}) == 1
        speaker = together[next(self.speakers) % len(together)]
        said = {"authenticated_data": b"by " + speaker.encode(), "plaintext": b"hello"}
        ciphertext = self.on_state(speaker, "Protect", **said).ciphertext
        for member in together:
            if member != speaker:
                heard = self.on_state(member, "Unprotect", ciphertext=ciphertext)
                assert (heard.plaintext, heard.authenticated_data) == (b"hello", b"by " + speaker.encode())


ACTIONS: Mapping[str, Callable[[Play, Step], Made]] = {
    "createGroup": Play.create_group,
    "createKeyPackage": Play.create_key_package,
    "joinGroup": Play.join_group,
    "externalJoin": Play.external_join,
    "installExternalPSK": Play.install_external_psk,
    "groupInfo": Play.group_info,
    "addProposal": Play.add_proposal,
    "updateProposal": Play.update_proposal,
    "removeProposal": Play.remove_proposal,
    "externalPSKProposal": Play.external_psk_proposal,
    "resumptionPSKProposal": Play.resumption_psk_proposal,
    "groupContextExtensionsProposal": Play.extensions_proposal,
    "fullCommit": Play.full_commit,
    "commit": Play.commit,
    "handleCommit": Play.handle_commit,
    "handlePendingCommit": Play.handle_pending_commit,
    "protect": Play.protect,
    "unprotect": Play.unprotect,
    "reinit": Play.reinit,
    "branch": Play.branch,
    "newMemberAddProposal": Play.new_member_add_proposal,
    "addExternalSigner": Play.add_external_signer,
    "externalSignerProposal": Play.external_signer_proposal,
}


def casts(actors: Sequence[str], peers: Sequence[Peer]) -> Iterator[dict[str, Peer]]:
    """Every assignment of actors to servers."""
    for chosen in itertools.product(peers, repeat=len(actors)):
        yield dict(zip(actors, chosen, strict=True))


def main(argv: Sequence[str] | None = None) -> int:
    """Play files of scripts on servers; the exit status is 1 if a script fails."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.interop.play", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("configs", nargs="+", type=Path, metavar="CONFIG.json")
    parser.add_argument("--client", action="append", required=True, metavar="HOST:PORT", help="a server; repeat it")
    parser.add_argument("--suite", type=int, help="only this cipher suite")
    parser.add_argument("--thorough", action="store_true", help="compare more than the official runner does")
    arguments = parser.parse_args(argv)
    peers = [Peer(address) for address in arguments.client]
    suites = sorted(set.intersection(*(peer.suites for peer in peers)))
    played = failed = 0
    for config in arguments.configs:
        scripts = json.loads(config.read_bytes())["scripts"]
        for name, script in scripts.items():
            for suite, private in itertools.product([arguments.suite] if arguments.suite else suites, (True, False)):
                for cast in casts(actors_in(script), peers):
                    played += 1
                    try:
                        Play(cast, suite, private=private, thorough=arguments.thorough).run(script)
                    except (grpc.RpcError, AssertionError) as problem:
                        failed += 1
                        reason = problem.details() if isinstance(problem, grpc.Call) else problem
                        where = ", ".join(f"{actor}: {peer.address}" for actor, peer in cast.items())
                        sys.stdout.write(f"{config.stem}/{name}, suite {suite}, {private=}, {where}: {reason}\n")
    sys.stdout.write(f"{played - failed} of {played} passed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
