"""New vectors: the checks work on vectors that are in no official file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.scenario import NOW, entropies
from workbench.mls import (
    Add,
    BasicCredential,
    CipherSuite,
    Credential,
    ExternalPSK,
    Framing,
    GroupState,
    KeyPackageBundle,
    Lifetime,
    MLSMessage,
    Policy,
    PreSharedKey,
    PreSharedKeyID,
    Remove,
    ResumptionPSK,
    cipher_suite,
    create_commit,
    create_group,
    create_key_package,
    decode,
    encode,
    join,
    process,
    propose,
    propose_update,
)
from workbench.mls.crypto.signer import private_key_in
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.wire.code_points import ProtocolVersion, ResumptionPSKUsage
from workbench.mls.wire.messages import ExternalSenderIndex, PublicMessage, Sender
from workbench.mls.wire.tree import RatchetTreeExtension
from workbench.vectors.formats import tell_format
from workbench.vectors.run import check_case

pytestmark = pytest.mark.no_cover

HOUR = 3600
PSKS = {b"the door": b"swordfish"}
LONG_MEMORY = Policy(kept_resumption_psks=100)


def bundle_of(name: str, suite: CipherSuite, not_before: int) -> KeyPackageBundle:
    return create_key_package(
        suite,
        Credential(BasicCredential(name.encode())),
        suite.signature_key_pair(name.encode().ljust(64, b".")).private_key,
        lifetime=Lifetime(not_before, not_before + 24 * HOUR),
        entropy=name.encode().ljust(32, b"."),
    )


def passive_case(suite: CipherSuite, pause: int = HOUR) -> dict[str, Any]:
    """Bob joins with a pre-shared key and a tree of its own, and listens to fourteen commits of every kind.

    The three who are added come with a pause between them.
    """
    entropy = entropies("new vectors")
    alice = create_group(
        bundle_of("alice", suite, NOW - HOUR), b"new", entropy=next(entropy), now=NOW, policy=LONG_MEMORY
    )
    carols, bobs, daves = (bundle_of(name, suite, NOW + pause * at) for at, name in enumerate(("carol", "bob", "dave")))

    def psk(key: ExternalPSK | ResumptionPSK) -> PreSharedKey:
        return PreSharedKey(PreSharedKeyID(key, next(entropy).ljust(suite.hash_length, b".")[: suite.hash_length]))

    first = create_commit(alice, [Add(carols.key_package)], entropy=next(entropy), now=NOW)
    assert first.welcome is not None
    carol = join(first.welcome, carols, now=NOW)
    added: list[AnyProposal] = [Add(bobs.key_package), psk(ExternalPSK(b"the door"))]
    second = create_commit(first.next, added, entropy=next(entropy), now=NOW + pause, psks=PSKS, ratchet_tree=False)
    assert second.welcome is not None
    alice, tree = second.next, RatchetTreeExtension(second.next.tree.to_nodes())
    carol, _ = process(carol, second.message, now=NOW + pause, psks=PSKS)
    case: dict[str, Any] = {
        "cipher_suite": suite.id,
        "external_psks": [{"psk_id": psk_id.hex(), "psk": key.hex()} for psk_id, key in PSKS.items()],
        "key_package": encode(MLSMessage(ProtocolVersion.mls10, bobs.key_package)).hex(),
        "signature_priv": private_key_in(bobs.signature_private_key).hex(),
        "encryption_priv": bobs.encryption_private_key.hex(),
        "init_priv": bobs.init_private_key.hex(),
        "welcome": encode(second.welcome).hex(),
        "ratchet_tree": encode(tree).hex(),
        "initial_epoch_authenticator": alice.secrets.epoch_authenticator.hex(),
        "epochs": [],
    }

    def follow(state: GroupState, *proposals: MLSMessage, **options: Any) -> GroupState:
        committed = create_commit(state, entropy=next(entropy), now=NOW + 2 * pause, psks=PSKS, **options)
        case["epochs"].append(
            {
                "proposals": [encode(proposal).hex() for proposal in proposals],
                "commit": encode(committed.message).hex(),
                "epoch_authenticator": committed.next.secrets.epoch_authenticator.hex(),
            }
        )
        return committed.next

    # An Add of a key package that is younger than Bob's, and an Update: one private, one public, by reference.
    adding = propose(
        alice, Add(daves.key_package), entropy=next(entropy), now=NOW + 2 * pause, framing=Framing(private=True)
    )
    updating = propose_update(carol, entropy=next(entropy), now=NOW + 2 * pause)
    alice, _ = process(adding.next, updating.message, now=NOW + 2 * pause)
    alice = follow(alice, adding.message, updating.message, framing=Framing(private=True))
    remembered = alice.epoch
    for _ in range(10):
        alice = follow(alice)
    alice = follow(alice, proposals=[Remove(carol.own_leaf)])
    resumption = ResumptionPSK(ResumptionPSKUsage.application, b"new", remembered)
    alice = follow(alice, proposals=[psk(resumption), psk(ExternalPSK(b"the door"))], path=False)
    follow(alice, framing=Framing(private=True, padding=100))
    return case


def verdict(case: dict[str, Any]) -> str | None:
    kind = tell_format([case])
    assert kind is not None
    assert kind.name == "passive-client-random"
    return check_case(kind, case)


@pytest.mark.parametrize("suite", range(1, 8))
def test_a_new_history_of_any_suite_passes(suite: int) -> None:
    case = passive_case(cipher_suite(suite))
    assert len(case["epochs"]) == 14
    assert verdict(case) is None


def test_a_history_of_three_years_passes_though_no_moment_is_in_all_its_lifetimes() -> None:
    case = passive_case(cipher_suite(1), pause=400 * 24 * HOUR)
    assert verdict(case) is None


def test_a_key_package_may_stand_bare_as_the_description_says() -> None:
    case = passive_case(cipher_suite(1))
    message = decode(MLSMessage, bytes.fromhex(case["key_package"])).message
    assert verdict({**case, "key_package": encode(message).hex()}) is None


def test_a_message_that_its_sender_must_not_send_is_a_failure_that_says_so() -> None:
    case = passive_case(cipher_suite(1))
    message = decode(MLSMessage, bytes.fromhex(case["epochs"][0]["proposals"][1]))
    public = message.message
    assert isinstance(public, PublicMessage)
    content = replace(public.content, sender=Sender(ExternalSenderIndex(0)))
    foreign = replace(message, message=replace(public, content=content, membership_tag=None))
    case["epochs"][0]["proposals"][1] = encode(foreign).hex()
    reason = verdict(case)
    assert reason is not None
    assert reason.startswith("a proposal of type Update cannot come from an external sender")
    assert reason.endswith("in epochs[0].proposals[1]")


def test_a_client_that_is_removed_cannot_follow() -> None:
    case = passive_case(cipher_suite(1))
    suite, entropy = cipher_suite(1), entropies("removal")
    bobs = bundle_of("bob", suite, NOW)
    alice = create_group(bundle_of("alice", suite, NOW), b"removal", entropy=next(entropy), now=NOW)
    added = create_commit(alice, [Add(bobs.key_package)], entropy=next(entropy), now=NOW)
    assert added.welcome is not None
    removed = create_commit(added.next, [Remove(1)], entropy=next(entropy), now=NOW)
    case |= {
        "key_package": encode(bobs.key_package).hex(),
        "signature_priv": private_key_in(bobs.signature_private_key).hex(),
        "encryption_priv": bobs.encryption_private_key.hex(),
        "init_priv": bobs.init_private_key.hex(),
        "welcome": encode(added.welcome).hex(),
        "ratchet_tree": None,
        "initial_epoch_authenticator": added.next.secrets.epoch_authenticator.hex(),
    }
    case["epochs"][0] = {"proposals": [], "commit": encode(removed.message).hex(), "epoch_authenticator": ""}
    assert verdict(case) == "it is not true that epochs[0].commit leads to a new epoch"
