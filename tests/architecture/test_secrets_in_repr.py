"""What is printed or logged by accident shows no secret: the fields of all dataclasses outside of the protocol.

The values of the protocol have a test of their own (tests/mls/group/test_repr.py).
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import widgets
import workbench

SECRET = re.compile(r"secret|private|psk|_key\b|^key$|nonce|authenticator|entropy|passphrase|password|token")

PUBLIC = re.compile(r"public_key|key_package|signature_key$|encryption_key$|init_key$|psk_id|^is_|^needs_")
"""Names of fields that hold no secret, though they sound as if they did."""

SHOWN = {
    "workbench.adversary.group_history": {"psks", "private_proposals", "secrets"},  # numbers of secrets, not the bytes
    "workbench.adversary.impersonation": {"private"},  # the names of members
    "workbench.adversary.leaked_secrets": {"message_key", "secrets"},  # each hides its own
    "workbench.adversary.public_tracking": {"psks"},  # the ids of the keys
    "workbench.client.change": {"psks"},  # as above
    "workbench.delivery.http.server": {"private_key"},  # the name of a file
    "workbench.delivery.rows": {"tokens"},  # how many requests a bucket still allows
    "workbench.fuzz.scene": {"in_private"},  # a PrivateMessage, and it hides its own
    "workbench.inspect.forks": {"epoch_authenticator"},  # people compare it, so that they see a fork
    "workbench.interop.member": {"private"},  # whether handshakes are private
    "workbench.review.keyring": {"ratchet_secrets"},  # each hides its own
    "workbench.review.known_secrets": {"epoch_secrets"},  # as above
    "workbench.review.states": {"epoch_authenticator"},  # people compare it
    "workbench.views.group_diff": {"authenticators"},  # as above
    "workbench.views.trace_replay": {"secrets"},  # what is known of each secret, not the bytes
}
"""Fields by the module of their class, with the reason why they may be shown."""


def dataclasses() -> Iterator[type]:
    """The dataclasses with a generated `repr`, but those of the protocol, and of vectors, which are published."""
    for package in (workbench, widgets):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name.endswith("__main__") or found.name.startswith(("workbench.mls", "workbench.vectors")):
                continue
            classes = (each for each in vars(importlib.import_module(found.name)).values() if isinstance(each, type))
            for each in classes:
                if each.__module__ == found.name and is_dataclass(each) and each.__dataclass_params__.repr:  # type: ignore[attr-defined] # of all dataclasses
                    yield each


def test_a_field_whose_name_says_secret_is_hidden() -> None:
    sounds_secret = [
        (each.__module__, each.__name__, field.name, field.repr)
        for each in dataclasses()
        for field in fields(each)
        if SECRET.search(field.name) and not PUBLIC.search(field.name)
    ]
    assert len(sounds_secret) > len(SHOWN)
    assert [
        f"{module}.{name}.{field}"
        for module, name, field, is_shown in sounds_secret
        if is_shown and field not in SHOWN.get(module, set())
    ] == []
