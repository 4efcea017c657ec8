"""Findings about the policy, and about bad practice that breaks no rule: lifetimes, reused keys, stale members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from workbench.inspect.carving import CarvedObject
from workbench.inspect.names import credential_name, shown, upper_first
from workbench.mls import KeyPackage, LeafNode, Policy, PublicGroup, is_last_resort
from workbench.mls.errors import MLSError
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.when import When
from workbench.mls.wire.code_points import is_grease
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import Add, Commit, Proposal, ProposalByValue, PublicMessage
from workbench.mls.wire.tree import BasicCredential, KeyPackageSource
from workbench.review.findings import AuditFinding, Certainty, FindingKind, Severity

STALE_AFTER = 10
"""The epochs without new keys after which a member is reported: keys that leaked before still open them (§16.6)."""


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
            yield from _practice(group_id, epochs[-1], trusts=trusts)


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
        yield _finding(severity, FindingKind.HYGIENE, title, sentence, where=where, section="§10")


def _reused_keys(
    added: Sequence[tuple[CarvedObject, KeyPackage]], objects: Iterable[CarvedObject]
) -> Iterator[AuditFinding]:
    """HPKE keys that two different key packages have in common."""
    packages = {encode(key_package): (found, key_package) for found, key_package in added}
    for found in objects:
        if isinstance(found.content, KeyPackage):
            packages.setdefault(encode(found.content), (found, found.content))
    owners: defaultdict[bytes, list[tuple[str, CarvedObject]]] = defaultdict(list)
    for found, key_package in packages.values():
        owners[key_package.init_key].append(("init key", found))
        owners[key_package.leaf_node.encryption_key].append(("encryption key", found))
    for uses in owners.values():
        if len(uses) > 1:
            what = " and ".join(dict.fromkeys(name for name, _ in uses))
            where = " and ".join(dict.fromkeys(found.where for _, found in uses))
            sentence = (
                f"{len(uses)} key packages have one HPKE key in common, as {what}. Each key package needs new keys."
            )
            yield _finding(
                Severity.WARNING, FindingKind.HYGIENE, "reused HPKE key", sentence, where=where, section="§10"
            )


def _stale(group_id: bytes, epochs: Sequence[PublicGroup]) -> Iterator[AuditFinding]:
    """Members whose leaf node has not changed for many epochs."""
    last = epochs[-1]
    names = []
    for leaf, leaf_node in last.tree.leaves():
        since = last.epoch
        for public in reversed(epochs):
            if public.tree.leaf_count <= leaf or public.tree.leaf(leaf) != leaf_node:
                break
            since = public.epoch
        if last.epoch - since >= STALE_AFTER:
            names.append(f"{credential_name(leaf_node) or f'leaf {leaf}'} (since epoch {since})")
    if names:
        few = ", ".join(names[:5]) + (f" and {len(names) - 5} others" if len(names) > 5 else "")  # noqa: PLR2004
        title = f"{len(names)} member{'' if len(names) == 1 else 's'} without an update for {STALE_AFTER} epochs"
        sentence = f"Keys of these members that leaked before still open the group: {few}."
        yield _finding(
            Severity.NOTE, FindingKind.HYGIENE, title, sentence, section="§16.6", group_id=group_id, epoch=last.epoch
        )


def _practice(group_id: bytes, public: PublicGroup, *, trusts: bool) -> Iterator[AuditFinding]:
    leaves = [leaf_node for _, leaf_node in public.tree.leaves()]
    basic = sum(isinstance(leaf_node.credential.credential, BasicCredential) for leaf_node in leaves)
    place: dict[str, bytes | int] = {"group_id": group_id, "epoch": public.epoch}
    if not trusts:
        sentence = (
            f"{basic} of {len(leaves)} members show basic credentials, which prove nothing by themselves. The audit "
            "does not check identities."
        )
        yield _finding(
            Severity.NOTE, FindingKind.HYGIENE, "identities are not authenticated", sentence, section="§5.3.1", **place
        )
    senders = external_senders_in(public.context.extensions)
    if senders:
        title = f"{len(senders)} external sender{'' if len(senders) == 1 else 's'} may propose changes"
        sentence = "They are not members. The group commits their proposals, unless a member checks them first."
        yield _finding(Severity.NOTE, FindingKind.HYGIENE, title, sentence, section="§12.1.8.1", **place)
    if leaves and not any(is_grease(value) for leaf_node in leaves for value in leaf_node.capabilities.extensions):
        sentence = "No member lists a GREASE value. So nobody notices early that a client fails on unknown values."
        yield _finding(Severity.NOTE, FindingKind.HYGIENE, "no GREASE", sentence, section="§13.5", **place)
