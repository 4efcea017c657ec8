"""Every check of a vector can fail: each value in a case is changed in turn, and then the case fails.

The first table has the values that the description of a format computes, with the words that the reason must contain.
So a test knows that this comparison has failed and not another one before it. All other values follow.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.vectors.cases import another, cases_of, leaves, place, sample, verdict, with_value
from workbench.mls import cipher_suite, decode, encode, key_package_ref
from workbench.mls.group.welcome import open_group_info, open_group_secrets
from workbench.mls.schedule.key_schedule import welcome_key_and_nonce, welcome_secret
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import NodeIndex, node_width
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.messages import EncryptedGroupSecrets, GroupInfoTBS, MLSMessage, Welcome
from workbench.mls.wire.tree import KeyPackage, Node, ParentNode, RatchetTreeExtension

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

EXPECTED = {
    "tree-math": ("n_nodes", "root", "left", "right", "parent", "sibling"),
    "deserialization": ("length",),
    "crypto-basics": (
        "ref_hash.out",
        "expand_with_label.out",
        "derive_secret.out",
        "derive_tree_secret.out",
        "encrypt_with_label.plaintext",
    ),
    "secret-tree": (
        "sender_data.key",
        "sender_data.nonce",
        "leaves.0.1.handshake_key",
        "leaves.0.1.handshake_nonce",
        "leaves.0.1.application_key",
        "leaves.0.1.application_nonce",
    ),
    "key-schedule": (
        "epochs.1.group_context",
        "epochs.1.joiner_secret",
        "epochs.1.welcome_secret",
        "epochs.1.init_secret",
        "epochs.1.sender_data_secret",
        "epochs.1.encryption_secret",
        "epochs.1.exporter_secret",
        "epochs.1.epoch_authenticator",
        "epochs.1.external_secret",
        "epochs.1.confirmation_key",
        "epochs.1.membership_key",
        "epochs.1.resumption_psk",
        "epochs.1.external_pub",
        "epochs.1.exporter.secret",
    ),
    "psk_secret": ("psk_secret",),
    "transcript-hashes": ("confirmed_transcript_hash_after", "interim_transcript_hash_after"),
    "tree-operations": ("tree_hash_before", "tree_after", "tree_hash_after"),
    "tree-validation": ("resolutions", "resolutions.1", "tree_hashes", "tree_hashes.1"),
    "treekem": ("update_paths.0.tree_hash_after",),
    "passive-client-welcome": ("initial_epoch_authenticator",),
    "passive-client-handling-commit": (
        "initial_epoch_authenticator",
        "epochs.0.epoch_authenticator",
        "epochs.1.epoch_authenticator",
    ),
    "passive-client-random": ("epochs.199.epoch_authenticator",),
}


NOTICED = {
    "crypto-basics": {
        "sign_with_label.signature": "it is not true that sign_with_label.signature verifies",
        "sign_with_label.priv": "it is not true that a signature made with sign_with_label.priv verifies",
        "encrypt_with_label.ciphertext": "in encrypt_with_label.ciphertext",
        "encrypt_with_label.pub": "in a ciphertext made anew for encrypt_with_label.pub",
    },
    "message-protection": {
        "proposal": "the content of proposal_pub is",
        "commit": "the content of commit_pub is",
        "application": "the content of application_priv is",
        "membership_key": "in proposal_pub",
        "encryption_secret": "in proposal_priv",
        "sender_data_secret": "in proposal_priv",
        "signature_priv": "in proposal_pub, protected anew",
    },
    "transcript-hashes": {"confirmation_key": "authenticated_content.auth.confirmation_tag is"},
    "tree-validation": {"group_id": "the leaf node is not signed"},
    "treekem": {
        "leaves_private.1.encryption_priv": "the public key of node 2 in leaves_private[1] is",
        "leaves_private.1.path_secrets.0.path_secret": "in leaves_private[1] is",
        "leaves_private.1.signature_priv": "the signature key in leaves_private[1] is",
        "update_paths.0.update_path": "in update_paths[0]",
        "update_paths.0.path_secrets.1": "the path secret of node",
        "update_paths.0.commit_secret": "the commit secret of leaf 1 in update_paths[0] is",
    },
    "welcome": {"signer_pub": "the GroupInfo", "init_priv": "'Welcome'", "welcome": "'Welcome'"},
    "passive-client-handling-commit": {
        "init_priv": "the public key of init_priv is",
        "encryption_priv": "the public key of encryption_priv is",
        "signature_priv": "the public key of signature_priv is",
        "welcome": "in welcome",
        "epochs.1.commit": "in epochs[1].commit",
    },
}


@pytest.mark.parametrize(("name", "path"), [(name, path) for name in EXPECTED for path in EXPECTED[name]])
def test_a_case_with_another_expected_value_fails_in_that_comparison(
    name: str, path: str, official_vectors: Path
) -> None:
    reason = reason_of_a_change(official_vectors / f"{name}.json", path)
    assert written(path) in reason
    assert "the case says" in reason


@pytest.mark.parametrize(
    ("name", "path", "words"),
    [(name, path, words) for name, paths in NOTICED.items() for path, words in paths.items()],
)
def test_a_case_whose_values_do_not_fit_together_fails_where_they_meet(
    name: str, path: str, words: str, official_vectors: Path
) -> None:
    assert words in reason_of_a_change(official_vectors / f"{name}.json", path)


def reason_of_a_change(file: Path, path: str) -> str:
    """Why a case, which the official files hold and so passes, fails when one value in it is another."""
    reason = verdict(with_value(sample(file), place(path), another), cases_of(file))
    assert reason is not None
    return reason


def written(path: str) -> str:
    """`epochs.0.commit` as a reason writes it: `epochs[0].commit`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place(path)).removeprefix(".")


# The random walk is left out: it is checked as the other passive clients are, and 200 epochs take their time.
WHOLE_CASES = sorted({*EXPECTED, *NOTICED} - {"passive-client-random"})

WITHOUT_EFFECT = {
    "secret-tree": {"sender_data.ciphertext"},  # only its first bytes select the key
    "tree-operations": {"cipher_suite"},  # suite 2 has the same hash as suite 1, and nothing else is used
}


@pytest.mark.parametrize("name", WHOLE_CASES)
def test_no_value_of_a_case_is_without_effect(name: str, official_vectors: Path) -> None:
    file = official_vectors / f"{name}.json"
    case = sample(file)
    unnoticed = {
        ".".join(map(str, at))
        for at, _ in leaves(case)
        if verdict(with_value(case, at, another), cases_of(file)) is None
    }
    assert unnoticed == WITHOUT_EFFECT.get(name, set())


# messages: what is in the structs is the generator's choice, so another content passes, and another form must not.


def test_a_message_with_a_byte_too_many_fails(official_vectors: Path) -> None:
    file = official_vectors / "messages.json"
    case = sample(file)
    for name in case:
        reason = verdict(with_value(case, (name,), lambda encoded: encoded + "00"), cases_of(file))
        assert reason is not None, name
        assert name in reason


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("mls_welcome", "mls_group_info"),
        ("private_message", "mls_key_package"),
        ("public_message_commit", "public_message_proposal"),
        ("public_message_application", "private_message"),
    ],
)
def test_a_message_of_another_kind_than_its_name_says_fails(name: str, other: str, official_vectors: Path) -> None:
    file = official_vectors / "messages.json"
    case = sample(file)
    reason = verdict({**case, name: case[other]}, cases_of(file))
    assert reason is not None
    assert name in reason


# Cases that are consistent except for one rule


def test_a_tree_whose_parent_hashes_do_not_hold_fails_though_its_tree_hashes_do(official_vectors: Path) -> None:
    file = official_vectors / "tree-validation.json"
    case = sample(file)
    suite = cipher_suite(case["cipher_suite"])
    nodes = list(decode(RatchetTreeExtension, bytes.fromhex(case["tree"])).ratchet_tree)
    x, parent = next((x, at.node) for x, at in enumerate(nodes) if at and isinstance(at.node, ParentNode))
    nodes[x] = Node(replace(parent, parent_hash=b"another"))
    tree = RatchetTree.from_nodes(nodes, suite)
    forged = {
        **case,
        "tree": encode(RatchetTreeExtension(tuple(nodes))).hex(),
        "tree_hashes": [tree.hash(NodeIndex(x)).hex() for x in range(node_width(tree.leaf_count))],
    }
    reason = verdict(forged, cases_of(file))
    assert reason is not None
    assert "§7.9.2" in reason


def test_a_welcome_whose_confirmation_tag_is_another_fails_though_it_is_signed(official_vectors: Path) -> None:
    file = official_vectors / "welcome.json"
    case = sample(file)
    suite = cipher_suite(case["cipher_suite"])
    key_package = decode(MLSMessage, bytes.fromhex(case["key_package"])).message
    welcome = decode(MLSMessage, bytes.fromhex(case["welcome"])).message
    assert isinstance(key_package, KeyPackage)
    assert isinstance(welcome, Welcome)
    secrets = open_group_secrets(suite, welcome, key_package, bytes.fromhex(case["init_priv"]))
    secret = welcome_secret(suite, secrets.joiner_secret, bytes(suite.hash_length))
    signer = suite.signature_key_pair(b"signer")

    def welcome_with(tag: bytes) -> dict[str, object]:
        info = replace(open_group_info(suite, welcome, secret), confirmation_tag=tag)
        content = GroupInfoTBS(info.group_context, info.extensions, info.confirmation_tag, info.signer)
        signature = suite.sign_with_label(signer.private_key, "GroupInfoTBS", encode(content))
        sealed = suite.seal(*welcome_key_and_nonce(suite, secret), b"", encode(replace(info, signature=signature)))
        entry = EncryptedGroupSecrets(
            key_package_ref(suite, key_package),
            suite.encrypt_with_label(key_package.init_key, "Welcome", sealed, encode(secrets), entropy=bytes(32)),
        )
        message = MLSMessage(ProtocolVersion.mls10, Welcome(suite.id, (entry,), sealed))
        return {**case, "signer_pub": signer.public_key.hex(), "welcome": encode(message).hex()}

    tag = open_group_info(suite, welcome, secret).confirmation_tag
    assert verdict(welcome_with(tag), cases_of(file)) is None
    reason = verdict(welcome_with(tag[::-1]), cases_of(file))
    assert reason is not None
    assert "the confirmation tag" in reason
