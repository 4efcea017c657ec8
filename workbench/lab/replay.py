"""Replay a group that other software made: from a passive-client test vector to a trace."""

from __future__ import annotations

from workbench.inspect.names import name_of
from workbench.inspect.trace import Recorder, TracedSuite
from workbench.inspect.trace_format import StepKind, Trace
from workbench.inspect.trace_writer import RecordedStep, Sent, TraceWriter
from workbench.lab.export import PassiveClientCase
from workbench.mls import (
    GroupState,
    KeyPackage,
    KeyPackageBundle,
    Malformed,
    MLSMessage,
    Policy,
    RatchetTreeExtension,
    cipher_suite,
    decode,
    join,
    process,
)
from workbench.mls.tree.leaf_node import ANY_LIFETIME
from workbench.mls.wire.tree import KeyPackageSource

POLICY = Policy(lifetimes=ANY_LIFETIME)
"""Accepts every lifetime, because a vector does not say when it was made."""

MEMBER = "listener"


def replay(case: PassiveClientCase) -> Trace:
    """The trace of a group as one member saw it. It has the secrets of this member, and of no other member.

    `case` is one case of a passive-client file. The epoch authenticators in it are compared with the computed ones.
    Raises `ReplayDiffers` at the first difference, and the engine's error for a bad message.
    """
    recorder = Recorder()
    suite = TracedSuite.of(cipher_suite(case["cipher_suite"]), recorder)
    bundle = _bundle(case)
    now = _a_time_for(bundle.key_package)
    psks = {bytes.fromhex(each["psk_id"]): bytes.fromhex(each["psk"]) for each in case["external_psks"]}
    welcome = bytes.fromhex(case["welcome"])
    state = join(welcome, bundle, now=now, ratchet_tree=_tree(case), psks=psks, policy=POLICY, suite=suite)
    _compare(state, case["initial_epoch_authenticator"])
    writer = TraceWriter(suite, state.group_id)
    own = bundle.key_package.leaf_node.signature_key
    writer.add_holder(MEMBER, name_of(state.tree, state.own_leaf), "member", signature_key=own)
    writer.add_holder("server", "the server", "server")
    for private_key, public_key in (
        (bundle.init_private_key, bundle.key_package.init_key),
        (bundle.encryption_private_key, bundle.key_package.leaf_node.encryption_key),
    ):
        writer.secrets.is_private_key_of(private_key, public_key)
    writer.write(_recorded_step("join", state, (Sent("welcome", None, welcome),), recorder, now))
    for number, epoch in enumerate(case["epochs"], start=1):
        messages = [Sent("proposal", None, bytes.fromhex(proposal)) for proposal in epoch["proposals"]]
        for proposal in messages:
            state, _ = process(state, proposal.wire, now=now, psks=psks)
        before, commit = state, Sent("commit", None, bytes.fromhex(epoch["commit"]))
        state, _ = process(before, commit.wire, now=now, psks=psks)
        _compare(state, epoch["epoch_authenticator"])
        recorded_step = _recorded_step("commit", state, (*messages, commit), recorder, now + number, before)
        writer.write(recorded_step)
    return writer.trace()


class ReplayDiffers(Exception):
    """The computed epoch authenticator differs from the one in the case."""


def _compare(state: GroupState, expected: str) -> None:
    if state.secrets.epoch_authenticator.hex() != expected:
        raise ReplayDiffers(f"The computed authenticator of epoch {state.epoch} differs from the one in the case")


def _recorded_step(
    kind: StepKind,
    after: GroupState,
    messages: tuple[Sent, ...],
    recorder: Recorder,
    now: int,
    before: GroupState | None = None,
) -> RecordedStep:
    return RecordedStep(
        kind,
        MEMBER if kind == "join" else None,
        now,
        before=before,
        after=after,
        messages=messages,
        states={MEMBER: after},
        held={MEMBER: after},
        operations={MEMBER: recorder.take()},
    )


def _bundle(case: PassiveClientCase) -> KeyPackageBundle:
    message = decode(MLSMessage, bytes.fromhex(case["key_package"])).message
    if not isinstance(message, KeyPackage):
        raise Malformed("§10", f"the key package of the case is a {type(message).__name__}", path=("key_package",))
    return KeyPackageBundle(
        message,
        bytes.fromhex(case["init_priv"]),
        bytes.fromhex(case["encryption_priv"]),
        bytes.fromhex(case["signature_priv"]),
    )


def _tree(case: PassiveClientCase) -> RatchetTreeExtension | None:
    nodes = case["ratchet_tree"]
    return None if nodes is None else decode(RatchetTreeExtension, bytes.fromhex(nodes))


def _a_time_for(key_package: KeyPackage) -> int:
    """A time at which the key package is valid."""
    source = key_package.leaf_node.leaf_node_source
    return source.lifetime.not_before + 1 if isinstance(source, KeyPackageSource) else 0
