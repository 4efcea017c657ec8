"""Recording operations on secrets, without a line for it in protocol code.

All secrets of the protocol pass through one object, the cipher suite. A `TracedSuite` gives the same results as its
suite and records each operation. A device with a `TracedSuite` therefore records every secret that it makes. If an
output and a later input are the same bytes, the later secret was derived from the earlier one (`trace_graph`).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from functools import cached_property

from typing_extensions import override

from workbench.mls import GroupState
from workbench.mls.crypto.ciphersuite import CipherSuite, HPKEKeyPair, SignatureKeyPair
from workbench.mls.schedule.secret_tree import SecretTree
from workbench.mls.wire.tree import HPKECiphertext

_PROTOCOL = "workbench.mls."


@dataclass(frozen=True, slots=True)
class RecordedOperation:
    """One operation on secrets: its inputs, its output, and the function of the protocol that called it.

    `inputs` are the secret arguments, in order. `output` is a secret, a ciphertext or a tag. `context` is the data to
    which the output is bound. `public` is the public part: the public key of a key pair, the KEM output of an
    encryption, the ciphertext of a decryption. For an encryption, `to` is the receiver's public key and `seed` the
    randomness of the ephemeral key.
    """

    name: str
    label: str
    inputs: tuple[bytes, ...] = field(repr=False)
    output: bytes = field(repr=False)
    caller: str
    context: bytes = field(default=b"", repr=False)
    public: bytes = field(default=b"", repr=False)
    to: bytes = field(default=b"", repr=False)
    seed: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class Recorder:
    """The operations of one device, in order; `take` returns them and empties the list."""

    operations: list[RecordedOperation] = field(default_factory=list, repr=False)

    def take(self) -> tuple[RecordedOperation, ...]:
        """All operations since the last call."""
        taken, self.operations = tuple(self.operations), []
        return taken


@dataclass(frozen=True, eq=False, repr=False)
class TracedSuite(CipherSuite):
    """A cipher suite that records each operation on secrets, and otherwise behaves like the suite it wraps.

    The plain suite carries out each operation. So the record has the operations that the protocol called, and not the
    steps inside them. Hashes and signatures are not recorded, because they derive no secret.
    """

    recorder: Recorder = field(default_factory=Recorder)

    @classmethod
    def of(cls, suite: CipherSuite, recorder: Recorder | None = None) -> TracedSuite:
        """A traced suite with the algorithms of `suite`."""
        return cls(suite.algorithms, recorder or Recorder())

    @cached_property
    def plain(self) -> CipherSuite:
        """The suite without the recorder."""
        return CipherSuite(self.algorithms)

    def _record(
        self,
        name: str,
        inputs: tuple[bytes, ...],
        output: bytes,
        *,
        label: str = "",
        context: bytes = b"",
        public: bytes = b"",
        to: bytes = b"",
        seed: bytes = b"",
    ) -> None:
        frame = sys._getframe(2)  # noqa: SLF001 - who asked, without having to be told
        module = frame.f_globals["__name__"].removeprefix(_PROTOCOL)
        caller = f"{module}.{frame.f_code.co_qualname.partition('.<locals>')[0]}"
        self.recorder.operations.append(
            RecordedOperation(name, label, inputs, output, caller, context, public, to, seed)
        )

    @override
    def fresh(self, entropy: bytes, purpose: str) -> bytes:
        output = self.plain.fresh(entropy, purpose)
        self._record("fresh", (entropy,), output, label=purpose)
        return output

    # §8: the KDF

    @override
    def extract(self, salt: bytes, ikm: bytes) -> bytes:
        output = self.plain.extract(salt, ikm)
        self._record("extract", (salt, ikm), output)
        return output

    @override
    def expand_with_label(self, secret: bytes, label: str, context: bytes, length: int) -> bytes:
        output = self.plain.expand_with_label(secret, label, context, length)
        self._record("expand_with_label", (secret,), output, label=label, context=context)
        return output

    @override
    def derive_secret(self, secret: bytes, label: str) -> bytes:
        output = self.plain.derive_secret(secret, label)
        self._record("derive_secret", (secret,), output, label=label)
        return output

    @override
    def derive_tree_secret(self, secret: bytes, label: str, generation: int, length: int) -> bytes:
        output = self.plain.derive_tree_secret(secret, label, generation, length)
        context = generation.to_bytes(4, "big")
        self._record("derive_tree_secret", (secret,), output, label=label, context=context)
        return output

    @override
    def mac(self, key: bytes, data: bytes) -> bytes:
        tag = self.plain.mac(key, data)
        self._record("mac", (key,), tag, context=data)
        return tag

    # §5.1: the AEAD

    @override
    def seal(self, key: bytes, nonce: bytes, aad: bytes, plaintext: bytes) -> bytes:
        ciphertext = self.plain.seal(key, nonce, aad, plaintext)
        self._record("seal", (key, nonce, plaintext), ciphertext, context=aad)
        return ciphertext

    @override
    def open(self, key: bytes, nonce: bytes, aad: bytes, ciphertext: bytes) -> bytes:
        plaintext = self.plain.open(key, nonce, aad, ciphertext)
        self._record("open", (key, nonce), plaintext, context=aad, public=ciphertext)
        return plaintext

    # §5.1.1, §5.1.3: key pairs, and encryption to them

    @override
    def signature_key_pair(self, seed: bytes) -> SignatureKeyPair:
        keys = self.plain.signature_key_pair(seed)
        self._record("signature_key_pair", (seed,), keys.private_key, public=keys.public_key)
        return keys

    @override
    def derive_key_pair(self, ikm: bytes) -> HPKEKeyPair:
        keys = self.plain.derive_key_pair(ikm)
        self._record("derive_key_pair", (ikm,), keys.private_key, public=keys.public_key)
        return keys

    @override
    def encrypt_with_label(
        self, public_key: bytes, label: str, context: bytes, plaintext: bytes, *, entropy: bytes
    ) -> HPKECiphertext:
        sealed = self.plain.encrypt_with_label(public_key, label, context, plaintext, entropy=entropy)
        self._record(
            "encrypt_with_label",
            (plaintext,),
            sealed.ciphertext,
            label=label,
            context=context,
            public=sealed.kem_output,
            to=public_key,
            seed=entropy,
        )
        return sealed

    @override
    def decrypt_with_label(self, private_key: bytes, label: str, context: bytes, ciphertext: HPKECiphertext) -> bytes:
        plaintext = self.plain.decrypt_with_label(private_key, label, context, ciphertext)
        self._record(
            "decrypt_with_label",
            (private_key,),
            plaintext,
            label=label,
            context=context,
            public=ciphertext.kem_output,
        )
        return plaintext

    @override
    def export_to(self, public_key: bytes, label: str, length: int, *, entropy: bytes) -> tuple[bytes, bytes]:
        kem_output, secret = self.plain.export_to(public_key, label, length, entropy=entropy)
        self._record("export_to", (), secret, label=label, public=kem_output, to=public_key, seed=entropy)
        return kem_output, secret

    @override
    def export_from(self, private_key: bytes, kem_output: bytes, label: str, length: int) -> bytes:
        secret = self.plain.export_from(private_key, kem_output, label, length)
        self._record("export_from", (private_key,), secret, label=label, public=kem_output)
        return secret


def with_suite(state: GroupState, suite: CipherSuite) -> GroupState:
    """A state with another cipher suite of the same number, also where it derives the keys of messages."""

    def moved(tree: SecretTree) -> SecretTree:
        return replace(tree, suite=suite)

    return replace(
        state,
        public=replace(state.public, suite=suite),
        secret_tree=moved(state.secret_tree),
        past_epochs=tuple(replace(past, secret_tree=moved(past.secret_tree)) for past in state.past_epochs),
    )
