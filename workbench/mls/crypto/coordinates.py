"""The coordinates in public keys of Curve25519 and Curve448, and those of small order (RFC 7748, RFC 8032).

Such a public key is one coordinate of a point. A point of small order has at most eight multiples. So everybody knows
the secret that is agreed with such a point, and one signature under it verifies for many messages.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Coordinate:
    """The encoding of a curve's coordinate in a key: little-endian, in the low `bits` (RFC 7748 §5, RFC 8032 §5).

    `small_order` are the coordinates of all points of small order.
    """

    length: int
    bits: int
    prime: int
    small_order: frozenset[int]

    def number_in(self, public_key: bytes) -> int:
        """The number in the low bits. It may be larger than the prime."""
        return int.from_bytes(public_key, "little") & ((1 << self.bits) - 1)

    def is_usable_once_reduced(self, public_key: bytes) -> bool:
        """Whether key agreement can use a key. It reduces a number larger than the prime (RFC 7748 §5, §6)."""
        return len(public_key) == self.length and self.number_in(public_key) % self.prime not in self.small_order

    def is_usable_as_written(self, public_key: bytes) -> bool:
        """Whether a signature can be verified with a key. A number larger than the prime is invalid (RFC 8032 §5.1.3).

        RFC 8032 also refuses a sign bit where the other coordinate is zero. These points are of small order, so they
        are refused already.
        """
        number = self.number_in(public_key)
        return len(public_key) == self.length and number < self.prime and number not in self.small_order

    def canonical(self, public_key: bytes) -> bytes:
        """The canonical encoding of a key for key agreement. Bytes of another length are returned as they are."""
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
