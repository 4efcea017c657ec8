"""The demands of RFC 9420, sections 13 to 15, each with the rule or the code that keeps it."""

from __future__ import annotations

from tests.delivery import test_log
from tests.mls.group import (
    test_custom_proposals,
    test_deletion_schedule,
    test_grease,
    test_joining,
    test_key_packages,
    test_life_of_a_group,
)
from tests.mls.tree import test_negotiation
from tests.mls.wire import test_codec
from tests.rfc.demand import Demand, application, by_rules, demand, kept
from workbench.delivery.log import appended
from workbench.mls.group.commit import create_commit
from workbench.mls.group.custom_proposals import CustomProposalType
from workbench.mls.group.epoch import advance_epoch
from workbench.mls.group.group_info import verified_tree
from workbench.mls.group.key_package import validate_key_package
from workbench.mls.tree.extensions import check_extensions
from workbench.mls.tree.grease import greased, refuse_grease
from workbench.mls.tree.negotiation import shared_capabilities
from workbench.mls.tree.own_leaf import default_capabilities
from workbench.mls.wire.lengths import length_header

EXTENSIONS_AND_SECURITY: dict[str, list[Demand]] = {
    "13.2": [
        demand(
            "62fc181a", "non-default proposal type MUST NOT be included", by_rules("custom proposals that all can do")
        ),
    ],
    "13.4": [
        demand(
            "e4c50f3a",
            "to work, implementations MUST correctly handle extensible",
            by_rules("one of each extension", "extensions in use"),
        ),
        demand(
            "379660df",
            "posts a KeyPackage MUST support all parameters",
            application("a client lists what it can do; `default_capabilities` are what is built here"),
        ),
        demand(
            "0913909e",
            "a KeyPackage object MUST ignore all unrecognized",
            kept(
                validate_key_package,
                test_key_packages.test_a_key_package_may_have_extensions_that_only_its_client_knows,
            ),
        ),
        demand(
            "1b6ab09a",
            "a GroupInfo object MUST ignore all unrecognized",
            kept(verified_tree, test_joining.test_extensions_of_a_group_info_that_we_do_not_know_are_ignored),
        ),
        demand("f2a7569b", "list of extensions MUST NOT have more", by_rules("one of each extension")),
        demand("914cfc67", "to a group MUST verify that the", by_rules("extensions in use", "required capabilities")),
        demand("b4423508", "The `capabilities` field MUST indicate support for", by_rules("extensions in use")),
        demand("f463ec4f", "joining a group MUST verify that it", by_rules("extensions in use")),
        demand("df11b72a", "Otherwise, it MUST treat the enclosing", by_rules("extensions in use")),
        demand(
            "f9cb5903",
            "by the group MUST be supported by",
            by_rules("extensions in use", "group extensions that all can do"),
        ),
    ],
    "13.5": [
        demand(
            "7cdacbcb",
            "GREASE values MUST NOT be sent",
            by_rules("GREASE in a GroupContext", "GREASE as a proposal"),
            kept(refuse_grease, test_grease.test_grease_is_never_sent_where_all_must_support_it),
            kept(CustomProposalType, test_custom_proposals.test_no_custom_type_takes_a_number_that_the_rfc_gives_away),
        ),
        demand(
            "08bceafe",
            "range.) These values MUST only appear in",
            kept(greased, test_grease.test_a_key_package_is_greased_in_every_list_that_may_hold_it),
            kept(CustomProposalType, test_custom_proposals.test_no_custom_type_takes_a_number_that_the_rfc_gives_away),
        ),
        demand(
            "cfde3118",
            "Clients MUST NOT implement any",
            kept(check_extensions, test_grease.test_grease_in_a_group_context_is_refused_as_any_unknown_extension_is),
        ),
        demand(
            "4306ab7c",
            "GREASE values MUST be handled using",
            kept(check_extensions, test_grease.test_a_group_full_of_grease_lives_like_any_other),
        ),
        demand(
            "b4964f75",
            "supported capabilities, clients MUST represent their own",
            kept(shared_capabilities, test_negotiation.test_grease_of_others_is_never_shared),
        ),
        demand(
            "5153a7eb",
            "client's own capabilities MUST NOT contain GREASE",
            kept(default_capabilities, test_grease.test_nothing_is_greased_unless_asked_for),
        ),
    ],
    "14": [
        demand(
            "4aaf46ac",
            "Applications MUST have an established",
            kept(appended, test_log.test_the_first_commit_of_an_epoch_wins),
        ),
        demand(
            "c5e92a33",
            "The approach chosen MUST minimize the amount",
            application("how long a state is kept that another commit has overtaken is for whoever holds it"),
        ),
        demand(
            "d08748e4",
            "of Commit messages MUST NOT modify a",
            kept(create_commit, test_life_of_a_group.test_a_commit_that_lost_is_dropped_without_a_trace),
        ),
        demand(
            "a9ca00d7",
            "to a Commit MUST NOT be delivered",
            kept(appended, test_log.test_a_welcome_is_kept_only_if_its_commit_is_accepted),
        ),
    ],
    "15.2": [
        demand(
            "cb14d791",
            "each epoch, senders MUST NOT encrypt more",
            kept(length_header, test_codec.test_a_vector_of_a_gigabyte_is_too_long),
        ),
        demand(
            "9431efe1",
            "Hence this change MUST be applied before",
            kept(advance_epoch, test_deletion_schedule.test_the_old_epoch_is_gone_but_for_its_resumption_psk),
        ),
    ],
}
