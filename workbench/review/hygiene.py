"""Findings about policy, and about bad practice that breaks no rule: lifetimes, reused keys, old leaf keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from workbench.inspect.carving import CarvedObject
from workbench.inspect.names import briefly, counted, credential_name, few, listed, shown, upper_first
from workbench.mls import KeyPackage, LeafNode, Policy, PublicGroup, is_last_resort
from workbench.mls.errors import MLSError
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.when import When
from workbench.mls.wire.code_points import ExtensionType, is_grease
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import GroupInfo, PublicMessage, from_member
from workbench.mls.wire.proposals import Add, Commit, Proposal, ProposalByValue
from workbench.mls.wire.tree import BasicCredential, KeyPackageSource
from workbench.review.findings import AuditFinding, Certainty, FindingKind, Severity

STALE_AFTER = 10
"""A member with no new keys for so many epochs is reported: its keys that leaked before open all of them (§16.6)."""


def hygiene(
    objects: Sequence[CarvedObject],
    groups: Iterable[tuple[bytes, list[PublicGroup]]],
    *,
    policy: Policy,
    now: int | None,
    trusts: bool,
) -> Iterator[AuditFinding]:
    """The findings about policy and practice in objects, and in the groups that the replay has followed."""
    added = list(_added(objects))
    followed = list(groups)
    yield from _lifetimes(added, objects, followed, policy, now)
    yield from _reused_key_packages(added)
    yield from _reused_keys(added, objects)
    for group_id, epochs in followed:
        if epochs:
            yield from _stale(group_id, epochs)
            yield from _came_back(group_id, epochs)
            yield from _practice(group_id, epochs[-1], objects, trusts=trusts)


def _finding(
    severity: Severity, kind: FindingKind, title: str, sentence: str, **place: str | bytes | int | None
) -> AuditFinding:
    return AuditFinding(severity, Certainty.PROVEN, kind, title, sentence, **place)  # type: ignore[arg-type] # the fields of a place


def _added(objects: Iterable[CarvedObject]) -> Iterator[tuple[CarvedObject, KeyPackage]]:
    """The key packages that proposals and commits add, each with its message."""
    for found in objects:
        if not isinstance(found.content, PublicMessage):
            continue
        match found.content.content.content:
            case Proposal(Add(key_package)):
                yield found, key_package
            case Commit(proposals):
                for each in proposals:
                    if isinstance(each.proposal_or_ref, ProposalByValue) and isinstance(
                        each.proposal_or_ref.proposal.proposal, Add
                    ):
                        yield found, each.proposal_or_ref.proposal.proposal.key_package


def _lifetimes(
    added: Sequence[tuple[CarvedObject, KeyPackage]],
    objects: Iterable[CarvedObject],
    groups: Iterable[tuple[bytes, list[PublicGroup]]],
    policy: Policy,
    now: int | None,
) -> Iterator[AuditFinding]:
    """Lifetimes that the policy refuses, each once."""
    leaves: dict[LeafNode, tuple[str, bytes | None]] = {}
    for found in objects:
        if isinstance(found.content, KeyPackage):
            leaves.setdefault(found.content.leaf_node, (found.where, None))
    for found, key_package in added:
        leaves.setdefault(key_package.leaf_node, (found.where, found.group_id))
    for name, epochs in groups:
        for public in epochs[-1:]:
            for leaf, leaf_node in public.tree.leaves():
                leaves.setdefault(leaf_node, (f"leaf {leaf} of group {shown(name)}", name))
    for leaf_node, (where, group_id) in leaves.items():
        source = leaf_node.leaf_node_source
        if not isinstance(source, KeyPackageSource):
            continue
        try:
            policy.lifetimes.verify(source.lifetime, None if now is None else When.at(now))
        except MLSError as error:
            yield _finding(
                Severity.WARNING,
                FindingKind.POLICY,
                f"lifetime of the leaf node of {credential_name(leaf_node) or 'a client'}",
                f"{upper_first(error.reason)}.",
                where=where,
                field="leaf_node.leaf_node_source.lifetime",
                section=error.section,
                rule="longest-lifetime" if error.section == "§7.2" else "lifetime-received",
                group_id=group_id,
                advice="Let the client publish a new key package, or a member renew its leaf by an Update or a commit.",
            )


def _reused_key_packages(added: Sequence[tuple[CarvedObject, KeyPackage]]) -> Iterator[AuditFinding]:
    """Key packages that are added in two groups or two epochs (RFC 9420 §10: each is used once)."""
    places: defaultdict[bytes, dict[tuple[bytes | None, int | None], CarvedObject]] = defaultdict(dict)
    packages = {}
    for found, key_package in added:
        encoded = encode(key_package)
        packages[encoded] = key_package
        places[encoded].setdefault((found.group_id, found.epoch), found)
    for encoded, uses in places.items():
        if len(uses) < 2:  # noqa: PLR2004 - once is how often it may be used
            continue
        key_package = packages[encoded]
        severity = Severity.NOTE if is_last_resort(key_package) else Severity.WARNING
        where = " and ".join(found.where for found in uses.values())
        name = credential_name(key_package.leaf_node) or "a client"
        sentence = (
            "A key package is for one use: an attacker with its init key reads every Welcome that was sealed to it."
        )
        title = f"the key package of {name} is used {len(uses)} times"
        advice = (
            "Let the directory hand out each key package once, and let a client delete an init key once it has joined."
        )
        yield _finding(severity, FindingKind.HYGIENE, title, sentence, where=where, section="§10", advice=advice)


def _reused_keys(
    added: Sequence[tuple[CarvedObject, KeyPackage]], objects: Iterable[CarvedObject]
) -> Iterator[AuditFinding]:
    """HPKE keys that two different key packages have in common, and signature keys of two different clients."""
    packages = {encode(key_package): (found, key_package) for found, key_package in added}
    for found in objects:
        if isinstance(found.content, KeyPackage):
            packages.setdefault(encode(found.content), (found, found.content))
    owners: defaultdict[bytes, list[tuple[str, CarvedObject]]] = defaultdict(list)
    signers: defaultdict[bytes, dict[bytes, tuple[str, CarvedObject]]] = defaultdict(dict)
    for found, key_package in packages.values():
        leaf_node = key_package.leaf_node
        owners[key_package.init_key].append(("init key", found))
        owners[leaf_node.encryption_key].append(("encryption key", found))
        named = credential_name(leaf_node) or "a client without a readable name"
        signers[leaf_node.signature_key].setdefault(encode(leaf_node.credential), (named, found))
    for uses in owners.values():
        if len(uses) > 1:
            what = " and ".join(dict.fromkeys(name for name, _ in uses))
            sentence = (
                f"{len(uses)} key packages have one HPKE key in common, as {what}. Each key package needs new keys."
            )
            yield _shared(
                "reused HPKE key", sentence, (found for _, found in uses), "§10", "Look for a faulty generator of keys."
            )
    for clients in signers.values():
        if len(clients) > 1:
            who = listed(few([name for name, _ in clients.values()]))
            sentence = f"{who} have one signature key in common, so each of them can sign as the others."
            advice = "Give each client a signature key of its own, and look for a device that was cloned."
            yield _shared(
                "one signature key of several clients", sentence, (each for _, each in clients.values()), "§5.3", advice
            )


def _shared(title: str, sentence: str, uses: Iterable[CarvedObject], section: str, advice: str) -> AuditFinding:
    where = " and ".join(dict.fromkeys(found.where for found in uses))
    return _finding(Severity.WARNING, FindingKind.HYGIENE, title, sentence, where=where, section=section, advice=advice)


def _came_back(group_id: bytes, epochs: Sequence[PublicGroup]) -> Iterator[AuditFinding]:
    """Public keys of the tree that were replaced and came back later: whoever had the old private key has them too."""
    gone: set[bytes] = set()
    before: set[bytes] = set()
    for public in epochs:
        now = {leaf_node.encryption_key for _, leaf_node in public.tree.leaves()}
        now |= {parent.encryption_key for _, parent in public.tree.parents()}
        again = now & gone
        if again:
            what = "1 key comes" if len(again) == 1 else f"{len(again)} keys come"
            yield _finding(
                Severity.WARNING,
                FindingKind.HYGIENE,
                "a key of the tree comes back",
                f"{what} back in epoch {public.epoch}, and an earlier commit had replaced it. So nothing has healed.",
                section="§16.6",
                group_id=group_id,
                epoch=public.epoch,
                advice="Look for a device that was restored from a backup, or that draws the same randomness again.",
            )
        gone = (gone | before) - now
        before = now


def _stale(group_id: bytes, epochs: Sequence[PublicGroup]) -> Iterator[AuditFinding]:
    """Members whose leaf node has not changed for many epochs: since they joined, or since their last update."""
    last = epochs[-1]
    never, stale = list[str](), list[str]()
    for leaf, leaf_node in last.tree.leaves():
        since = last.epoch
        for public in reversed(epochs):
            if public.tree.leaf_count <= leaf or public.tree.leaf(leaf) != leaf_node:
                break
            since = public.epoch
        if last.epoch - since >= STALE_AFTER:
            names = never if isinstance(leaf_node.leaf_node_source, KeyPackageSource) else stale
            names.append(f"{credential_name(leaf_node) or f'leaf {leaf}'} (since epoch {since})")
    for names, what in (
        (never, "that never renewed their keys"),
        (stale, f"without an update for {STALE_AFTER} epochs"),
    ):
        if names:
            yield _finding(
                Severity.NOTE,
                FindingKind.HYGIENE,
                f"{counted(len(names), 'member')} {what}",
                f"Keys of these members that leaked before still open the group: {briefly(names)}.",
                section="§16.6",
                group_id=group_id,
                epoch=last.epoch,
                advice="Let each member send an Update or a commit now and then, or remove those who are gone.",
            )


def _practice(
    group_id: bytes, public: PublicGroup, objects: Iterable[CarvedObject], *, trusts: bool
) -> Iterator[AuditFinding]:
    """Findings about the group itself: its members' credentials, who may act from outside, what it does not hide."""
    own = [each.content for each in objects if each.group_id == group_id]
    leaves = [leaf_node for _, leaf_node in public.tree.leaves()]
    basic = sum(isinstance(leaf_node.credential.credential, BasicCredential) for leaf_node in leaves)
    told: list[tuple[str, str, str, str]] = []
    if not trusts:
        sentence = (
            f"{basic} of {len(leaves)} members show basic credentials, which prove nothing by themselves. The audit "
            "does not check identities."
        )
        advice = "Give the trust anchors (--trust), or compare the members' signature keys in another way."
        told.append(("identities are not authenticated", sentence, "§5.3.1", advice))
    if senders := external_senders_in(public.context.extensions):
        sentence = "They are not members. The group commits their proposals, unless a member checks them first."
        title = f"{counted(len(senders), 'external sender')} may propose changes"
        told.append((title, sentence, "§12.1.8.1", "Make sure that each of them is meant to have a say."))
    if any(_lets_join(content) for content in own):
        sentence = "A GroupInfo has an external key, so each client that gets hold of it can join by a commit."
        advice = "Hand it out only to clients that may join, or leave the extension out."
        told.append(("the group can be joined from outside", sentence, "§12.4.3.2", advice))
    open_ones = sum(isinstance(content, PublicMessage) and from_member(content.content) for content in own)
    if open_ones:
        sentence = (
            f"{open_ones} of the members' proposals and commits are PublicMessages. Each server on the way sees who "
            "changes the group, and whom it adds and removes."
        )
        told.append(
            (
                "handshakes are in the clear",
                sentence,
                "§16.4.3",
                "Send PrivateMessages, unless a server has to follow the group.",
            )
        )
    if gaps := list(_grease_gaps(leaves)):
        sentence = (
            f"No member lists a GREASE value among its {listed(gaps)}. So nobody notices early that a client fails on "
            "unknown values."
        )
        title = "no GREASE" if len(gaps) == len(GREASED) else f"no GREASE among {listed(gaps)}"
        told.append((title, sentence, "§13.5", "Let clients add a GREASE value to each list of their capabilities."))
    for title, sentence, section, advice in told:
        place: dict[str, bytes | int] = {"group_id": group_id, "epoch": public.epoch}
        yield _finding(Severity.NOTE, FindingKind.HYGIENE, title, sentence, section=section, advice=advice, **place)


GREASED = {
    "cipher suites": "cipher_suites",
    "extensions": "extensions",
    "proposals": "proposals",
    "credentials": "credentials",
}
"""The lists of a leaf's capabilities that can have GREASE values, by their names in a sentence (RFC 9420 §13.5)."""


def _grease_gaps(leaves: Sequence[LeafNode]) -> Iterator[str]:
    """The lists of capabilities in which no member has a GREASE value."""
    for name, field in GREASED.items():
        if leaves and not any(is_grease(value) for leaf in leaves for value in getattr(leaf.capabilities, field)):
            yield name


def _lets_join(content: object) -> bool:
    return isinstance(content, GroupInfo) and any(
        each.extension_type == ExtensionType.external_pub for each in content.extensions
    )
