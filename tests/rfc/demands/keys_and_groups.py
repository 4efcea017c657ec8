"""The demands of RFC 9420, sections 8 to 11, each with the rule or the code that keeps it."""

from __future__ import annotations

from tests.mls.crypto import test_hpke
from tests.mls.group import test_deletion_schedule, test_key_packages, test_life_of_a_group, test_reinit_and_branch
from tests.mls.schedule import test_key_schedule, test_secret_tree
from tests.mls.tree import test_negotiation
from tests.rfc.demand import Demand, application, by_rules, demand, kept
from workbench.mls.group.bundle import create_key_package
from workbench.mls.group.epoch import advance_epoch
from workbench.mls.group.group import create_group
from workbench.mls.group.key_package import validate_key_package
from workbench.mls.group.reinit_and_branch import branch_group, reinit_group
from workbench.mls.group.welcome import create_welcome
from workbench.mls.schedule.secret_tree import SecretTree
from workbench.mls.tree.negotiation import shared_capabilities

KEYS_AND_GROUPS: dict[str, list[Demand]] = {
    "8.4": [
        demand(
            "ea7bc95b",
            "and GroupSecrets objects MUST indicate the same",
            kept(create_welcome, test_life_of_a_group.test_pre_shared_keys_are_mixed_in),
        ),
        demand(
            "7e8720a6", "of its PreSharedKeyID MUST be set to", by_rules("length of a nonce", "nonces of a Welcome")
        ),
    ],
    "9.1": [
        demand(
            "72379248",
            "Each key/nonce pair MUST NOT be used",
            by_rules("each key once"),
            kept(SecretTree.next_key, test_secret_tree.test_no_two_leaves_ratchets_or_generations_share_a_key),
        ),
    ],
    "9.2": [
        demand(
            "bc9f2d46",
            "a value, they MUST immediately delete (all",
            kept(SecretTree.key_for, test_secret_tree.test_nothing_that_follows_from_the_tree_is_a_key_that_was_used),
        ),
        demand(
            "7dd958e4",
            "been consumed and MUST be deleted:",
            kept(
                advance_epoch, test_deletion_schedule.test_a_fresh_epoch_holds_what_it_needs_and_nothing_that_led_to_it
            ),
        ),
    ],
    "10": [
        demand(
            "63d8d90f",
            "value for `init_key` MUST be a public",
            by_rules("init key"),
            kept(
                create_key_package, test_hpke.test_the_same_entropy_gives_the_same_ciphertext_and_other_entropy_another
            ),
        ),
        demand(
            "a7da1f74", "the `leaf_node` field MUST be valid for", by_rules("encryption key of a leaf", "signature key")
        ),
        demand(
            "b736b7f4", "invalid signature field MUST be considered malformed.", by_rules("signature of a key package")
        ),
        demand("322b735a", "object, then it MUST verify that the", by_rules("version of a key package")),
        demand("fbc93eeb", "in a KeyPackage MUST be set to", by_rules("source in a key package")),
        demand(
            "e4342582",
            "or `leaf_node.extensions` fields MUST be included in",
            by_rules("extensions of a key package", "own extensions"),
        ),
        demand(
            "c4ee33d2",
            "extensions in `KeyPackage.extensions` MUST be ignored, and",
            kept(
                validate_key_package,
                test_key_packages.test_a_key_package_may_have_extensions_that_only_its_client_knows,
            ),
        ),
    ],
    "11": [
        demand(
            "92e23495",
            "attacks, the creator MUST use the `capabilities`",
            application("who makes a group chooses its suite, and can ask what all can do"),
            kept(shared_capabilities, test_negotiation.test_what_one_of_all_lacks_is_not_shared),
        ),
        demand(
            "cb53e5af",
            "of the group MUST take the following",
            kept(create_group, test_key_schedule.test_the_first_epoch_follows_from_its_epoch_secret_alone),
        ),
    ],
    "11.2": [
        demand("193908f0", "the Welcome message MUST be the same", by_rules("what the ReInit announced")),
        demand("0b02ecd5", "the Welcome message MUST be 1.", by_rules("epoch of a new group")),
        demand(
            "c1485697",
            "The Welcome message MUST specify a PreSharedKeyID",
            by_rules("a ReInit was committed"),
            kept(reinit_group, test_reinit_and_branch.test_a_group_goes_on_as_the_reinit_announced_whoever_makes_it),
        ),
        demand("1ebc3463", "with usage `reinit` MUST NOT be used", by_rules("keys for a reinit")),
        demand("5e6a8109", "and usage `reinit` MUST be considered invalid.", by_rules("keys for a reinit")),
    ],
    "11.3": [
        demand(
            "9141edc6",
            "the PreSharedKeyID object MUST be a randomly",
            by_rules("length of a nonce"),
            kept(branch_group, test_reinit_and_branch.test_some_members_branch_off_and_the_old_group_lives_on),
        ),
        demand(
            "9e0ed540",
            "with usage `branch` MUST verify that the",
            by_rules("epoch of a new group", "suite of a branch", "no strangers in a branch"),
        ),
        demand("b5a11f08", "the Welcome message MUST be 1.", by_rules("epoch of a new group")),
        demand("a0f042cf", "a new subgroup MUST match some LeafNode", by_rules("no strangers in a branch")),
        demand("6f08e6ca", "with usage `branch` MUST NOT be used", by_rules("keys for a branch")),
        demand("f19beab2", "and usage `branch` MUST be considered invalid.", by_rules("keys for a branch")),
    ],
}
