"""Actions with pre-shared keys: people share one outside of the group, and a commit mixes it in (RFC 9420 §8.4)."""

from __future__ import annotations

from workbench.inspect.names import brief_names
from workbench.lab.actions.action import PEOPLE, PSK, WHO, action
from workbench.lab.actions.membership import commit
from workbench.lab.actions.reasons import NO_GROUP, against_member, against_psks, psk_words
from workbench.lab.group import Group


@action("Share the key {psk}", PSK, PEOPLE, reason=lambda group, *_: None if group.members else NO_GROUP)
def share_psk(group: Group, psk: str, *people: str) -> None:
    """Give a pre-shared key to people, by default to all members here. They do not get it over the group."""
    names = people or tuple(name for name in group.members if name in group.environment.devices)
    for name in names:
        group.environment.devices[name].install_psk(psk.encode(), group.environment.home.new_psk(psk))
    words = psk_words(psk)
    group.record.write("share", names[0], f"{brief_names(names)} share {words}", shared=words, between=names)


def _against_psk(group: Group, by: str, *psks: str | int) -> str | None:
    return against_member(group, by) or against_psks(group, by, *psks)


@action("{who} proposes the key {psk}", WHO, PSK, reason=_against_psk)
def propose_psk(group: Group, by: str, psk: str | int) -> None:
    """Propose to mix in a pre-shared key: an external PSK by its name, or the resumption PSK of an epoch."""
    before = group.record.latest()
    named: bytes | int = psk if isinstance(psk, int) else psk.encode()
    entry = group.environment.devices[by].propose_psk(group.group_id, named)
    words = f"the resumption PSK of epoch {psk}" if isinstance(psk, int) else psk_words(psk)
    group.deliver_proposal(by, entry.message, f"{by} proposed to mix in {words}", before)


@action("{who} commits with the key {psk}", WHO, PSK, reason=_against_psk)
def commit_with_psk(group: Group, by: str, psk: str | int) -> None:
    """Commit, and mix the pre-shared key into the new epoch."""
    commit.perform(group, by, psks=[psk])
