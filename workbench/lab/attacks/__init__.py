"""Named attacks, carried out with leaked bytes and with messages that the engine makes from them.

`attack` records the result of an attack: what devices saw, which signals noticed it, and what ends it. `impersonation`
has the attacks in the name of a member, `others` the attacks of servers and insiders.
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
"""The attacks by name, in a good order to read them."""


def attack(name: str) -> Attack:
    """Carry out the attack of this name; raises `KeyError` if there is none."""
    return ATTACKS[name]()


__all__ = ["ATTACKS", "Attack", "Signal", "attack"]
