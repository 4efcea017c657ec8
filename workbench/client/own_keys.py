"""The keys of one device: its signature key for each cipher suite, and its key packages.

The keys are in the device's state or in a keystore (`DeviceState`); this part makes them when they are needed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from workbench.client.introduction import DeviceApproval, approve_device, capabilities_for
from workbench.client.journal import Journal
from workbench.delivery.ports import Sign
from workbench.mls import (
    BasicCredential,
    CipherSuite,
    Credential,
    KeyPackageBundle,
    SigningKey,
    create_key_package,
    key_package_ref,
    new_lifetime,
)


class OwnKeys:
    """The keys of the device of a user. `new` makes the signature key for a suite; `suites` gives suites by number."""

    def __init__(
        self,
        user: str,
        suite: CipherSuite,
        journal: Journal,
        *,
        suites: Callable[[int], CipherSuite],
        new: Callable[[CipherSuite], SigningKey],
    ) -> None:
        self.credential = Credential(BasicCredential(user.encode()))
        self._suite = suite
        self._journal = journal
        self._suites = suites
        self._new = new

    def suite(self, number: int | None) -> CipherSuite:
        """The device's own object for a cipher suite, so that a tracing suite records all operations of the device."""
        return self._suite if number in {None, self._suite.id} else self._suites(number)

    def private_key(self, suite: CipherSuite) -> SigningKey:
        """The signature key for a cipher suite. Keys for other suites than the device's own are made when needed."""
        state = self._journal.state
        if suite.id == self._suite.id:
            return state.signature_private_key
        if suite.id not in state.other_signature_keys:
            self._journal.put(state.with_signature_key(suite.id, self._new(suite)))
        return self._journal.state.other_signature_keys[suite.id]

    def public_key(self, number: int | None = None) -> bytes:
        """The public signature key for a cipher suite, by number; by default for the device's own."""
        suite = self.suite(number)
        return suite.signature_public_key(self.private_key(suite))

    def sign(self, suite: CipherSuite) -> Sign:
        """What signs with the key for a cipher suite: `SignWithLabel` (RFC 9420 §5.1.2)."""
        return partial(suite.sign_with_label, self.private_key(suite))

    def approve(self, credential: Credential, signature_key: bytes, number: int | None, *, now: int) -> DeviceApproval:
        """Sign that another device is of the same user as this one (`Device.approve`)."""
        suite = self.suite(number)
        own, sign = self.public_key(suite.id), self.sign(suite)
        return approve_device(credential, signature_key, approver_key=own, sign=sign, now=now)

    def new_bundle(
        self, suite: CipherSuite, *, entropy: Callable[[], bytes], now: int, last_resort: bool = False
    ) -> KeyPackageBundle:
        """A key package with its private keys, which is not kept yet; its leaf shows what the device shows."""
        extensions = self._journal.state.leaf_extensions
        return create_key_package(
            suite,
            self.credential,
            self.private_key(suite),
            lifetime=new_lifetime(now),
            entropy=entropy(),
            last_resort=last_resort,
            capabilities=capabilities_for(extensions),
            leaf_extensions=extensions,
        )

    def keep(self, suite: CipherSuite, bundle: KeyPackageBundle) -> None:
        """Write a key package down, before anybody sees it."""
        reference = key_package_ref(suite, bundle.key_package)
        self._journal.put(self._journal.state.with_bundle(reference, bundle))
