"""The demands of RFC 9420, sections 5 to 7, each with the rule or the code that keeps it."""

from __future__ import annotations

from tests.mls.framing import test_padding, test_private_message, test_public_message
from tests.mls.group import test_deletion_schedule
from tests.mls.tree import test_leaf_node, test_ratchet_tree, test_tree_validation, test_update_path
from tests.mls.wire import test_codec
from tests.rfc.demand import Demand, application, by_rules, demand, kept
from workbench.mls.framing.private_message import protect_private
from workbench.mls.framing.public_message import protect_public
from workbench.mls.tree.leaf_node import validate_leaf_node
from workbench.mls.tree.own_leaf import default_capabilities
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.update_path import path_recipients, prune_private_keys
from workbench.mls.wire.lengths import length_header

MESSAGES_AND_TREES: dict[str, list[Demand]] = {
    "5.1.2": [
        demand("8222edbf", "It MUST be the same", by_rules("signature algorithm of a certificate", "signature key")),
    ],
    "5.3": [
        demand("4bcbeac2", "the end-entity certificate MUST be identical to", by_rules("certificate for another key")),
    ],
    "5.3.1": [
        demand(
            "b4e58aee",
            "the group, it MUST be validated with",
            by_rules(
                "credential of an Add",
                "credential of an Update",
                "credential of a committer",
                "credential of a newcomer",
                "credentials of a group",
                "external senders that are let in",
            ),
        ),
        demand(
            "6cd69f12",
            "above, the AS MUST also verify that",
            by_rules(
                "credential of an Update",
                "credential of a committer",
                "credential of who comes back",
                "successor of a credential",
            ),
        ),
    ],
    "5.3.3": [
        demand(
            "870112c6",
            "However, applications MUST NOT rely on",
            application("the engine never looks into an application_id"),
        ),
    ],
    "6": [
        demand(
            "e3c6daaf",
            "Applications MUST use PrivateMessage to",
            by_rules("application data is sent encrypted", "application data is encrypted"),
        ),
    ],
    "6.1": [
        demand(
            "a156bd6d",
            "The sender MUST use the private",
            by_rules(
                "signature by a member",
                "signature by an external sender",
                "signature by a newcomer",
                "signature by a client that asks to be added",
            ),
        ),
        demand(
            "65924b56",
            "of the message MUST be `proposal` and",
            by_rules("content of an external sender", "proposals of an external sender"),
        ),
        demand("72fe72f3", "of the message MUST be `commit`.", by_rules("content of a newcomer")),
        demand(
            "011b810e", "of the message MUST be `proposal` and", by_rules("content of a client that asks to be added")
        ),
        demand(
            "420cd3c6",
            "of an MLSMessage MUST verify the signature",
            by_rules(
                "signature of content",
                "signature by a member",
                "signature by an external sender",
                "signature by a newcomer",
                "signature by a client that asks to be added",
            ),
        ),
    ],
    "6.2": [
        demand(
            "707db239",
            "by members, it MUST be set to",
            kept(protect_public, test_public_message.test_a_members_message_survives_the_wire),
        ),
        demand(
            "d51853b2",
            "AuthenticatedContent, the application MUST check `membership_tag` and",
            by_rules("membership tag", "signature of content", "confirmation tag"),
        ),
    ],
    "6.3.1": [
        demand(
            "cffd78ad",
            "The `padding` field MUST be filled with",
            kept(
                protect_private,
                test_padding.test_so_many_bytes_make_messages_of_different_lengths_equally_long,
            ),
        ),
        demand("748669ee", "A receiver MUST verify that there", by_rules("padding")),
        demand(
            "4795f232",
            "deterministically, a client MUST keep persistent state",
            application("a state says how far each ratchet is; not to lose it is for whoever keeps it"),
        ),
        demand(
            "9104bb36",
            "of a message MUST generate a fresh",
            kept(protect_private, test_private_message.test_other_entropy_changes_the_ciphertext_under_the_same_key),
        ),
        demand(
            "f20a8156",
            "The sender MUST include the reuse",
            kept(
                protect_private,
                test_private_message.test_a_message_survives_the_wire_and_leaves_both_sides_with_the_same_keys,
            ),
        ),
        demand(
            "075e962d",
            "PrivateMessageContent, the application MUST check that the",
            by_rules("signature of content", "confirmation tag"),
        ),
        demand(
            "b78afa11",
            "AAD and ciphertext MUST fit within the",
            kept(length_header, test_codec.test_a_vector_of_a_gigabyte_is_too_long),
        ),
    ],
    "6.3.2": [
        demand(
            "fb6c7fdb", "object, the sender MUST verify Sender.sender_type is", by_rules("sender of a PrivateMessage")
        ),
        demand(
            "168069de",
            "decryption, the recipient MUST verify that the",
            by_rules("sender is a member", "sender is in the tree"),
        ),
    ],
    "7.1": [
        demand(
            "16b205f4",
            "the `unmerged_leaves` vector MUST be sorted in",
            by_rules("order of unmerged leaves"),
            kept(
                RatchetTree.add,
                test_ratchet_tree.test_an_added_leaf_is_unmerged_in_each_filled_node_above_it_and_in_order,
            ),
        ),
    ],
    "7.2": [
        demand(
            "d3257a34",
            'considered "default" and MUST NOT be listed:',
            by_rules("what every client can do"),
            kept(default_capabilities, test_tree_validation.test_what_every_client_can_do_is_not_listed),
        ),
        demand(
            "fa208122",
            "The client MUST list all values",
            by_rules("what a client uses"),
            kept(default_capabilities, test_tree_validation.test_what_every_client_can_do_is_not_listed),
        ),
        demand("ffa21159", "of a LeafNode MUST be included in", by_rules("own extensions", "own credential type")),
        demand(
            "c6745ab1",
            "values in `capabilities` MUST be ignored, and",
            kept(validate_leaf_node, test_leaf_node.test_capabilities_that_we_do_not_know_are_no_fault),
        ),
        demand("d4057de5", "Applications MUST define a maximum", by_rules("longest lifetime")),
        demand("7ea13fbd", "of LeafNode content MUST be reflected by", by_rules("leaf signature")),
    ],
    "7.3": [
        demand("ab241e11", "and credential types MUST be listed in", by_rules("required capabilities")),
        demand(
            "fd580cab",
            "then the client MUST verify that the",
            by_rules(
                "lifetime sent",
                "key package of a founder",
                "proposals that have expired while they waited",
                "key packages from outside",
            ),
        ),
    ],
    "7.5": [
        demand(
            "b5ad79e6", "the group, it MUST adhere to the", by_rules("leaf of a path", "source in a path", "new keys")
        ),
        demand(
            "c2e87558",
            "the same Commit MUST be excluded from",
            by_rules("ciphertexts of a path"),
            kept(path_recipients, test_update_path.test_a_joiner_gets_its_keys_from_the_welcome_and_none_from_the_path),
        ),
        demand(
            "a33444ed",
            "update, each recipient MUST delete outdated key",
            kept(prune_private_keys, test_deletion_schedule.test_replaced_private_keys_are_gone),
        ),
    ],
    "7.6": [
        demand("1893ec90", "corresponding copath node MUST exclude all new", by_rules("ciphertexts of a path")),
        demand("0f5d6060", "the `encrypted_path_secret` vector MUST be equal to", by_rules("ciphertexts of a path")),
    ],
    "7.8": [
        demand(
            "e2c57263",
            "optional node value MUST be absent if",
            kept(RatchetTree.hash, test_ratchet_tree.test_any_history_gives_the_tree_of_the_array_algorithms),
        ),
    ],
    "7.9.2": [
        demand(
            "7b249ebe",
            "the new member MUST authenticate that each",
            by_rules("parent hashes", "parent hashes of a newcomer's tree"),
        ),
        demand("2d14be8e", "an UpdatePath, clients MUST recompute the expected", by_rules("parent hash of a path")),
    ],
}
