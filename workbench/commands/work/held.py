"""What the reviewer holds and states: the secrets in files, and the policy."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from workbench.mls import Policy, TrustAnchors
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.tree.leaf_node import DEFAULT_LIFETIMES
from workbench.review.known_secrets import NO_SECRETS, KnownSecrets, read_secrets


def policy_and_secrets(arguments: argparse.Namespace, command: str) -> tuple[Policy, KnownSecrets] | None:
    """What the reviewer states and holds; None after a message on stderr if a file cannot be read."""
    try:
        policy = _policy(arguments)
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else problem
        print(f"workbench {command}: cannot read {arguments.trust}: {reason}", file=sys.stderr)
        return None
    secrets = secrets_in(arguments, command, policy)
    return None if secrets is None else (policy, secrets)


def _policy(arguments: argparse.Namespace) -> Policy:
    """The policy that the arguments state. Raises OSError and ValueError for the trust anchors."""
    longest = DEFAULT_LIFETIMES.longest if arguments.max_lifetime is None else arguments.max_lifetime
    lifetimes = replace(DEFAULT_LIFETIMES, longest=longest)
    if arguments.trust is None:
        return Policy(lifetimes=lifetimes)
    from cryptography import x509  # noqa: PLC0415 - most audits need no certificates

    content = Path(arguments.trust).read_bytes()
    try:
        anchors = x509.load_pem_x509_certificates(content)
    except ValueError as problem:
        raise ValueError("there is no certificate in PEM in it") from problem
    return Policy(lifetimes=lifetimes, authentication=TrustAnchors(tuple(anchors)))


def secrets_in(arguments: argparse.Namespace, command: str, policy: Policy = DEFAULT_POLICY) -> KnownSecrets | None:
    """All secrets of the given files; None after a message on stderr if one of the files cannot be read."""
    held = NO_SECRETS
    try:
        key = state_key(arguments)
        for name in arguments.state:
            held += secrets_from(name, key, policy)
    except (OSError, ValueError) as problem:
        reason = f"{problem.filename}: {problem.strerror}" if isinstance(problem, OSError) else problem
        print(f"workbench {command}: cannot read {reason}", file=sys.stderr)
        return None
    return held


def secrets_from(name: str, key: str, policy: Policy = DEFAULT_POLICY) -> KnownSecrets:
    """The secrets in a file, or in the folder of a device. Raises OSError, and ValueError with the name of the file."""
    try:
        if Path(name).is_dir():
            from workbench.review.own_device import secrets_of_device  # noqa: PLC0415 - its packages may be missing

            return secrets_of_device(Path(name), key, policy)
        return read_secrets(Path(name).read_bytes(), policy, key)
    except ModuleNotFoundError as problem:
        raise ValueError(
            f"{name}: a device's folder needs more packages: pip install 'mls-workbench[device]'"
        ) from problem
    except ValueError as problem:
        option = " (--state-key)" if "give its key" in str(problem) else ""
        raise ValueError(f"{name}: {problem}{option}") from problem


def state_key(arguments: argparse.Namespace) -> str:
    """The key of encrypted states, "" if none is given. Raises OSError and ValueError if it cannot be read."""
    return Path(arguments.state_key).read_bytes().decode().strip() if arguments.state_key else ""
