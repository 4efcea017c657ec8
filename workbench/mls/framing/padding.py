"""Padding: how a PrivateMessage hides the length of what is in it (RFC 9420 §6.3.1, §15.1).

Everybody on the way sees how long a ciphertext is, and "yes" is shorter than "no, sorry, not today". What is padded
here is all that is sealed, the signature included: with ECDSA it is a byte or two longer one time than another.
The receiver takes off the zeros whatever the sender's rule was. What no padding hides: that a message was sent, when,
in which group and epoch, and the authenticated data.
"""

from __future__ import annotations

from typing import TypeAlias

from workbench.mls.arguments import check_fields
from workbench.mls.errors import Misuse
from workbench.mls.value import value
from workbench.mls.wire.shapes import uint32

MOST_PADDING = 1 << 30
"""More bytes than a message can have (RFC 9420 §2.1.2)."""


@value
class ToMultiple:
    """Pad to the next multiple of `step` bytes (RFC 9420 §15.1).

    Everything up to `step` bytes looks alike, and of anything longer an eavesdropper learns the length in steps: one of
    n / `step` for messages of up to n bytes. It costs less than one step a message: little for long ones, and for
    short ones as much as the step is longer than they are.
    """

    step: uint32

    def __post_init__(self) -> None:
        check_fields(self)
        if not 0 < self.step < MOST_PADDING:
            raise Misuse("§6.3.1", f"nothing can be padded to a multiple of {self.step} bytes")


@value
class Padme:
    """Pad as Padmé does: round up to a length of which only the first few bits are not zero (RFC 9420 §15.1).

    A length keeps its first bits and is rounded up behind them, as a floating-point number is; the more bits it has,
    the fewer of them it keeps, in proportion. Of messages of up to n bytes an eavesdropper tells (log₂ n)² lengths
    apart, so it learns O(log log n) bits. It costs less than an eighth, and less the longer the message is.
    Source: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019.
    """


Padding: TypeAlias = uint32 | ToMultiple | Padme
"""So many bytes as the sender has reckoned itself, or a rule. Plain 0 is none: then the length is there to see."""


def padding_for(padding: Padding, length: int) -> int:
    """How many zeros come after so many bytes (RFC 9420 §6.3.1)."""
    match padding:
        case ToMultiple(step):
            return -length % step
        case Padme():
            return -length % padme_step(length)
        case count:
            if count >= MOST_PADDING:
                raise Misuse("§6.3.1", f"{count} bytes of padding do not fit in a message")
            return count


def padme_step(length: int) -> int:
    """What Padmé rounds a length up to a multiple of; `exponent` and `kept` are E and S in its paper."""
    exponent = max(length, 1).bit_length() - 1
    kept = exponent.bit_length()
    return 1 << max(exponent - kept, 0)
