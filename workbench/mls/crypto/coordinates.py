"""The numbers in public keys of Curve25519 and Curve448, and those that no honest key has (RFC 7748, RFC 8032).

Such a key is one coordinate of a point. A few points have a small order: there are at most eight multiples of them,
so a secret agreed with such a point is known to all, and a signature under it fits messages that nobody signed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Coordinate:
    """How the keys of a curve write their coordinate: little-endian, in the low `bits` (RFC 7748 §5, RFC 8032 §5).

    `small_order` are the coordinates of all points of small order.
    """

    length: int
    bits: int
    prime: int
    small_order: frozenset[int]

    def number_in(self, public_key: bytes) -> int:
        """The number in the low bits, which may be beyond the prime."""
        return int.from_bytes(public_key, "little") & ((1 << self.bits) - 1)

    def is_usable_once_reduced(self, public_key: bytes) -> bool:
        """Whether key agreement can use a key: there a number beyond the prime is reduced (RFC 7748 §5, §6)."""
        return len(public_key) == self.length and self.number_in(public_key) % self.prime not in self.small_order

    def is_usable_as_written(self, public_key: bytes) -> bool:
        """Whether a signature can be checked with a key: there a number beyond the prime is none (RFC 8032 §5.1.3).

        A sign bit where the other coordinate is zero needs no look: these points are of small order.
        """
        number = self.number_in(public_key)
        return len(public_key) == self.length and number < self.prime and number not in self.small_order

    def canonical(self, public_key: bytes) -> bytes:
        """The one way to write what a key means in an agreement; bytes of another length stay as they are."""
        if len(public_key) != self.length:
            return public_key
        return (self.number_in(public_key) % self.prime).to_bytes(self.length, "little")


_P25519 = 2**255 - 19
_P448 = 2**448 - 2**224 - 1
_Y_OF_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_U_OF_ORDER_8 = 0xB8495F16056286FDB1329CEB8D09DA6AC49FF1FAE35616AEB8413B7C7AEBE0
_OTHER_U_OF_ORDER_8 = 0x57119FD0DD4E22D8868E1C58C45C44045BEF839C55B1D0B1248C50A3BC959C5F

OF_ED25519 = Coordinate(32, 255, _P25519, frozenset({0, 1, _P25519 - 1, _Y_OF_ORDER_8, _P25519 - _Y_OF_ORDER_8}))
OF_ED448 = Coordinate(57, 455, _P448, frozenset({0, 1, _P448 - 1}))
OF_X25519 = Coordinate(32, 255, _P25519, frozenset({0, 1, _P25519 - 1, _U_OF_ORDER_8, _OTHER_U_OF_ORDER_8}))
OF_X448 = Coordinate(56, 448, _P448, frozenset({0, 1, _P448 - 1}))
