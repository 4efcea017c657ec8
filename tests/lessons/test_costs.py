from __future__ import annotations

from math import log2

import pytest

from workbench.lessons.chart import Chart
from workbench.lessons.costs import blank_parents, commit_cost, cost_of_updating, full_group, new_group, pairwise_cost

SIZES = (2, 4, 8, 16, 32)


@pytest.mark.parametrize("members", SIZES)
def test_a_commit_in_a_full_tree_seals_to_one_node_a_level(members: int) -> None:
    state = full_group(members)
    assert (state.tree.member_count, blank_parents(state)) == (members, 0)
    assert commit_cost(state).encryptions == log2(members)


@pytest.mark.parametrize("members", SIZES)
def test_the_creator_of_a_new_group_seals_to_everybody_else(members: int) -> None:
    state = new_group(members)
    assert state.tree.member_count == members
    assert commit_cost(state).encryptions == members - 1


@pytest.mark.parametrize("members", SIZES)
def test_pairwise_encryption_seals_to_everybody_else_in_any_tree(members: int) -> None:
    assert pairwise_cost(new_group(members)).encryptions == members - 1
    assert pairwise_cost(full_group(members)).encryptions == members - 1


def test_measuring_changes_nothing_and_gives_the_same_each_time() -> None:
    state = full_group(8)
    assert commit_cost(state) == commit_cost(state) == commit_cost(full_group(8))


def test_an_attacker_that_comes_once_reads_until_the_next_update_and_updating_less_often_costs_less() -> None:
    often, seldom, never = (cost_of_updating(every, messages=8) for every in (2, 4, 9))
    assert (often.messages_read, seldom.messages_read, never.messages_read) == (2, 4, 8)
    assert often.wire_bytes == 2 * seldom.wire_bytes > 0
    assert never.wire_bytes == 0


def test_a_chart_has_words_and_a_table_for_what_it_draws() -> None:
    chart = Chart("Cost", "members", "copies", {"tree": {2: 1, 1024: 10}, "pairwise": {2: 1, 1024: 1023}})
    assert chart.words == "Cost: copies for 2 to 1,024 members. tree from 1 to 10; pairwise from 1 to 1,023."
    assert repr(chart).splitlines() == ["members  tree  pairwise", "      2     1         1", "  1,024    10     1,023"]
    html = chart._repr_html_()
    assert f'alt="{chart.words}"' in html
    assert '<tr><th scope="row">1,024</th><td>10</td><td>1,023</td></tr>' in html


def test_a_chart_is_drawn_alike_each_time() -> None:
    chart = Chart("Cost", "members", "copies", {"tree": {2: 1, 4: 2}})
    assert chart._repr_html_() == chart._repr_html_()
