"""What signs: the bytes of a private key, or a keystore that keeps them and signs when asked (RFC 9420 §5.1.2).

Every call that signs takes either. A key that is given as bytes stands in the states that it signs for, as all secrets
do: who gets such a state can sign. A `Signer` is a reference, so a state that leaks gives no signature key away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import TypeAlias

from workbench.mls.errors import Misuse
from workbench.mls.value import value


@value
class Signer:
    """A signature key that is held elsewhere: its public key, and the operation `SignWithLabel` (RFC 9420 §5.1.2).

    `sign` takes a label and the content, and gives the signature. Two signers with the same public key are equal.
    """

    public_key: bytes
    sign: Callable[[str, bytes], bytes] = field(repr=False, compare=False)


SigningKey: TypeAlias = bytes | Signer
"""A signature private key, or the signer that holds it."""

FindSigner: TypeAlias = Callable[[bytes], Signer]
"""Gives the signer with a public key, for a state that is read back and does not hold its signature key."""


def private_key_in(key: SigningKey) -> bytes:
    """The bytes of a signature private key; `Misuse` for a key that a signer holds (RFC 9420 §5.1.2)."""
    if isinstance(key, Signer):
        raise Misuse("§5.1.2", f"the private key of {key.public_key.hex()} is held elsewhere, and is not given away")
    return key
