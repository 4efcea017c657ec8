"""Padding: how a PrivateMessage hides the length of its content (RFC 9420 §6.3.1, §15.1).

Everybody between sender and receiver sees the length of a ciphertext, and "yes" is shorter than "no, sorry, not today".
The padding covers the whole plaintext, the signature included, because the length of an ECDSA signature varies by a
byte or two. The receiver removes the zeros, whatever the sender's rule was. Padding does not hide that a message was
sent, at what time, in which group and epoch, and its authenticated data.
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

    An eavesdropper learns only the number of steps: for messages of up to n bytes, one of n / `step` values. The
    padding is shorter than one step. That is little for long messages, and for short ones most of the ciphertext.
    """

    step: uint32

    def __post_init__(self) -> None:
        check_fields(self)
        if not 0 < self.step < MOST_PADDING:
            raise Misuse("§6.3.1", f"ToMultiple.step must be from 1 to 2^30 - 1, not {self.step}")


@value
class Padme:
    """Pad as Padmé does: round up to a length of which only the first few bits are not zero (RFC 9420 §15.1).

    The first bits of a length are kept and the others are rounded up, as in a floating-point number. For messages of up
    to n bytes an eavesdropper can distinguish about (log₂ n)² lengths, so it learns O(log log n) bits. The padding is
    less than an eighth of the message, and relatively less for longer messages.
    Source: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019.
    """


Padding: TypeAlias = uint32 | ToMultiple | Padme
"""A number of bytes that the sender has chosen, or a rule. With 0, everybody sees the length of the content."""


def padding_for(padding: Padding, length: int) -> int:
    """The number of zeros after a plaintext of `length` bytes (RFC 9420 §6.3.1)."""
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
    """The step to whose next multiple Padmé rounds a length up; `exponent` and `kept` are E and S in its paper."""
    exponent = max(length, 1).bit_length() - 1
    kept = exponent.bit_length()
    return 1 << max(exponent - kept, 0)
