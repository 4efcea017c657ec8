"""Attacks that are really made, with bytes that leaked and messages that the engine made of them.

`attack` is what each comes to: who saw what, which signals went off and which not, and what ends it. `impersonation`
are those in the name of a member, `others` those of servers and insiders.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from workbench.lab.attacks import impersonation, others
from workbench.lab.attacks.attack import Attack, Signal

ATTACKS: Mapping[str, Callable[[], Attack]] = MappingProxyType(
    {
        "forged message": impersonation.forged_message,
        "forged proposal": impersonation.forged_proposal,
        "takeover": impersonation.takeover,
        "takeover refused": impersonation.takeover_refused,
        "lock-out": impersonation.lock_out,
        "clone": impersonation.clone,
        "fake key package": others.fake_key_package,
        "ghost device": others.ghost_device,
        "replay": others.replay,
        "fork": others.fork,
        "colluding insider": others.colluding_insider,
        "forging insider": others.forging_insider,
        "malicious path": others.malicious_path,
    }
)
"""The attacks by name, in the order in which they are best met."""


def attack(name: str) -> Attack:
    """Make an attack by its name; raises `KeyError` for one that there is not."""
    return ATTACKS[name]()


__all__ = ["ATTACKS", "Attack", "Signal", "attack"]
