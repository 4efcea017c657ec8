"""The signature key of a client: the bytes of its private key, or a keystore that signs with it (RFC 9420 §5.1.2).

Every call that signs takes either. A key that is given as bytes is in the states of the client, as all its secrets are:
whoever gets such a state can sign. A `Signer` is a reference, so a state that leaks does not leak the signature key.
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

    `sign` takes a label and the content, and returns the signature. Two signers with the same public key are equal.
    """

    public_key: bytes
    sign: Callable[[str, bytes], bytes] = field(repr=False, compare=False)


SigningKey: TypeAlias = bytes | Signer
"""A signature private key, or the signer that holds it."""

FindSigner: TypeAlias = Callable[[bytes], Signer]
"""Returns the signer of a public key, for a state that is read back without its signature key."""


def private_key_in(key: SigningKey) -> bytes:
    """The bytes of a signature private key; `Misuse` for a key that a signer holds (RFC 9420 §5.1.2)."""
    if isinstance(key, Signer):
        raise Misuse("§5.1.2", f"the private key of {key.public_key.hex()} is held elsewhere, and is not given away")
    return key
