"""The control panel acts on a real world, and says why when it cannot."""

from __future__ import annotations

import re

import pytest

from widgets import Controls, RatchetTree, side_by_side
from workbench.lab import World
from workbench.views.ratchet_tree import ratchet_tree_view


@pytest.fixture
def panel() -> Controls:
    return Controls(World.of(["Alice", "Bob", "Carol"]))


def words(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", html).replace("&#x27;", "'")


def arrive(panel: Controls) -> None:
    """Let the picture come to the newest step, as the browser does."""
    panel.tree.step, panel.tree.playing = len(panel.tree.view["steps"]) - 1, False


def overheard(panel: Controls) -> int:
    return str(panel.reads.value).count("<li>")


def test_a_click_on_commit_is_a_commit(panel: Controls) -> None:
    epoch = panel.world.epoch
    assert epoch is not None
    panel.buttons["commit"].click()
    assert panel.world.epoch == epoch + 1
    assert panel.tree.view["steps"][-1]["path"]["committer"] == 0
    assert panel.tree.playing


def test_a_leaked_device_reads_along_until_its_owner_commits(panel: Controls) -> None:
    panel.who.value = "Bob"
    panel.buttons["send"].click()
    assert not overheard(panel)
    panel.buttons["compromise"].click()
    panel.buttons["send"].click()
    assert overheard(panel) == 1
    assert "The attacker can read epoch 1." in words(panel.reads.value)
    panel.who.value = "Alice"
    panel.buttons["commit"].click()
    panel.buttons["send"].click()
    assert overheard(panel) == 2
    assert "The attacker can read epoch 2." in words(panel.reads.value)
    panel.who.value = "Bob"
    panel.buttons["commit"].click()
    panel.buttons["send"].click()
    assert overheard(panel) == 2
    assert "The attacker is locked out: it cannot read epoch 3." in words(panel.reads.value)


def test_every_button_says_who_does_what_to_whom(panel: Controls) -> None:
    panel.who.value, panel.whom.value, panel.newcomer.value = "Bob", "Carol", "Dave"
    labels = {name: button.description for name, button in panel.buttons.items()}
    assert labels["commit"] == "Bob commits"
    assert labels["add"] == "Bob adds Dave"
    assert labels["remove"] == "Bob removes Carol"
    assert labels["compromise"] == "Compromise Bob's device"
    assert labels["ask_to_remove"] == "HR proposes to remove Carol"
    assert not any("{" in label or "…" in label for label in labels.values())
    panel.newcomer.value = "a name that is much longer than a button"
    assert panel.buttons["add"].description == "Bob adds a name that is much lon…"


@pytest.mark.parametrize("name", ["commit", "compromise", "send"])
def test_what_a_button_names_is_what_it_does(panel: Controls, name: str) -> None:
    panel.who.value, panel.whom.value = "Bob", "Carol"
    assert "Bob" in panel.buttons[name].description
    panel.buttons[name].click()
    assert "Bob" in panel.world.history[-1].text
    assert "Carol" not in panel.world.history[-1].text


def test_a_click_on_a_leaf_chooses_its_member(panel: Controls) -> None:
    panel.tree.selected = 2
    assert panel.who.value == "Bob"
    for node in (1, 6, -1):
        panel.tree.selected = node
        assert panel.who.value == "Bob", "no member is there"
    panel.tree.selected = 4
    assert panel.who.value == "Carol"
    panel.whom.value = "Bob"
    panel.buttons["remove"].click()
    panel.tree.step = len(panel.tree.view["steps"]) - 1
    panel.tree.selected = 2
    assert panel.who.value == "Carol", "Bob has left"


def test_a_choice_stays_and_a_second_click_does_nothing_to_somebody_else(panel: Controls) -> None:
    panel.whom.value = "Bob"
    panel.buttons["commit"].click()
    assert (panel.who.value, panel.whom.value) == ("Alice", "Bob")
    panel.buttons["remove"].click()
    panel.buttons["remove"].click()
    assert panel.world.members == ("Alice", "Carol")
    assert panel.whom.value is None
    assert panel.buttons["remove"].disabled
    assert "Choose on whom" in words(panel.reasons.value)


def test_while_an_older_step_is_shown_it_is_said_that_a_button_asks(panel: Controls) -> None:
    assert words(panel.older.value).strip() == ""
    panel.tree.step = 0
    assert "The picture shows step 1 of 2. A button asks whether its action shall begin a branch" in words(
        panel.older.value
    )
    panel.buttons["commit"].click()
    panel.newest.click()
    assert words(panel.older.value).strip() == "", "it plays on to the newest"
    panel.tree.playing = False
    assert "The picture shows step 1 of 3" in words(panel.older.value)
    panel.tree.step = 2
    assert words(panel.older.value).strip() == ""


def test_buttons_that_cannot_act_are_grey_and_say_why(panel: Controls) -> None:
    assert panel.buttons["add"].disabled
    assert "Type the newcomer's name first" in words(panel.reasons.value)
    panel.newcomer.value = "Dave"
    assert not panel.buttons["add"].disabled
    panel.newcomer.value = "Bob"
    assert "Bob is in the group already" in words(panel.reasons.value)
    panel.buttons["update"].click()
    assert panel.buttons["send"].disabled
    assert "Proposals are pending" in panel.buttons["send"].tooltip
    panel.whom.value = "Alice"
    assert panel.buttons["remove"].disabled
    assert "cannot commit its own removal" in words(panel.reasons.value)
    panel.text.value = ""
    assert "no message to send" in words(panel.reasons.value)


def test_a_newcomer_joins_and_a_member_leaves(panel: Controls) -> None:
    panel.newcomer.value = "Dave"
    panel.buttons["add"].click()
    assert list(panel.world.members) == ["Alice", "Bob", "Carol", "Dave"]
    assert panel.newcomer.value == ""
    panel.whom.value = "Bob"
    panel.buttons["remove"].click()
    assert list(panel.world.members) == ["Alice", "Carol", "Dave"]
    assert panel.whom.value != "Bob"


def test_a_name_that_nobody_can_have_is_refused_in_words(panel: Controls) -> None:
    panel.newcomer.value = "attacker"
    panel.buttons["add"].click()
    assert "cannot be the name of a person" in words(panel.reasons.value)
    assert panel.world.members == ("Alice", "Bob", "Carol")


def test_what_people_type_is_shown_as_text(panel: Controls) -> None:
    panel.newcomer.value = "<b>Eve</b>"
    panel.buttons["add"].click()
    panel.who.value = "<b>Eve</b>"
    panel.whom.value = "<b>Eve</b>"
    panel.buttons["compromise"].click()
    panel.text.value = "<script>"
    panel.buttons["send"].click()
    assert "<b>&lt;b&gt;Eve" in panel.reads.value
    assert "&lt;script&gt;" in panel.reads.value


def test_a_newcomer_comes_in_by_itself_or_asks(panel: Controls) -> None:
    assert panel.buttons["join"].disabled
    panel.newcomer.value = "Dave"
    panel.buttons["join"].click()
    assert list(panel.world.members) == ["Alice", "Bob", "Carol", "Dave"]
    assert panel.newcomer.value == ""
    panel.newcomer.value = "Erin"
    panel.buttons["request_to_join"].click()
    assert "Erin" not in panel.world.members
    panel.buttons["commit"].click()
    assert "Erin" in panel.world.members


def test_a_member_who_comes_back_has_a_new_leaf_key(panel: Controls) -> None:
    panel.who.value = "Bob"
    before = panel.tree.view["steps"][-1]["set"]["2"]["key"]
    panel.buttons["resync"].click()
    assert panel.tree.view["steps"][-1]["set"]["2"]["key"] != before
    assert panel.world.history[-1].text == "Bob came back by an external commit"


def test_a_key_from_elsewhere_is_shared_and_mixed_in(panel: Controls) -> None:
    assert "Alice does not hold the pre-shared key “tea”" in words(panel.join_reasons.value)
    panel.buttons["share_psk"].click()
    panel.buttons["commit_with_psk"].click()
    assert panel.world.history[-1].text == "Alice mixed in the pre-shared key “tea”"
    panel.psk.value = " "
    assert "The pre-shared key needs a name" in words(panel.join_reasons.value)
    assert panel.buttons["share_psk"].disabled


def test_an_outsider_is_listened_to_and_proposes(panel: Controls) -> None:
    panel.newcomer.value = "Dave"
    assert "The group does not accept proposals from HR" in words(panel.join_reasons.value)
    panel.buttons["external_sender"].click()
    assert panel.buttons["external_sender"].disabled
    panel.whom.value = "Bob"
    panel.buttons["ask_to_remove"].click()
    panel.newcomer.value = "Dave"
    panel.buttons["ask_to_add"].click()
    panel.buttons["commit"].click()
    assert sorted(panel.world.members) == ["Alice", "Carol", "Dave"]
    for name, reason in (("", "Type the outsider's name first"), ("Alice", "Alice is a member, and not an outsider")):
        panel.outsider.value = name
        assert reason in words(panel.join_reasons.value)


def test_a_branch_is_shown_and_one_can_go_back(panel: Controls) -> None:
    whole = panel.world
    assert panel.group.layout.display == "none"
    panel.whom.value = "Carol"
    panel.buttons["branch"].click()
    assert panel.world.members == ("Alice", "Carol")
    assert panel.tree.view["title"] == "the group that Alice founded"
    assert [label for label, _ in panel.group.options] == ["1: Alice, Bob and Carol", "2: Alice and Carol"]
    panel.group.value = 0
    assert panel.world == whole
    assert panel.tree.view["title"] == "Alice's group"
    assert panel.who.options == ("Alice", "Bob", "Carol")


def test_a_group_that_has_ended_goes_on_as_another(panel: Controls) -> None:
    ended = panel.world
    panel.buttons["reinit"].click()
    assert "The group has ended by a ReInit" in panel.buttons["commit"].tooltip
    panel.newcomer.value = "Dave"
    assert panel.buttons["join"].disabled
    panel.buttons["successor"].click()
    assert panel.world is not ended
    panel.buttons["send"].click()
    assert panel.world.history[-1].text == "Alice sent a message"


def test_readers_without_a_kernel_get_the_picture(panel: Controls) -> None:
    bundle = panel._repr_mimebundle_()
    assert "<figure" in bundle["text/html"]
    assert bundle["text/plain"] == repr(panel) == "Controls(World(seed=7, Alice, Bob and Carol in epoch 1, 2 steps))"


def test_an_action_at_an_older_step_asks_whether_it_begins_a_branch_and_both_branches_stay(panel: Controls) -> None:
    panel.buttons["commit"].click()
    panel.buttons["commit"].click()
    arrive(panel)
    panel.tree.step = 1
    left = panel.world
    panel.buttons["send"].click()
    assert (len(left.history), panel.question.layout.display) == (4, None), "nothing has happened yet"
    assert "From here? The picture shows step 2 of 4." in panel.asked.value
    assert panel.from_here.description == "Alice sends the message, from step 2"
    panel.from_here.click()
    assert (panel.world == left, len(panel.world.history), panel.question.layout.display) == (False, 3, "none")
    panel.buttons["send"].click()
    assert (panel.world == left, len(panel.world.history)) == (False, 4), "the branch goes on"
    timeline = panel.timeline().view
    assert [(branch["at"], len(branch["steps"])) for branch in timeline["branches"]] == [(-1, 4), (1, 2)]
    panel.branch.value = 0
    assert panel.world == left
    assert panel.branch.options[1][0] == "2: 4 steps, until Alice sent a message"


def test_clicks_that_are_faster_than_the_picture_ask_nothing(panel: Controls) -> None:
    panel.buttons["commit"].click()
    panel.buttons["commit"].click()
    panel.tree.step, panel.tree.playing = 2, False  # the browser has come to the step that was the newest for it
    panel.buttons["commit"].click()
    assert (len(panel.world.history), panel.question.layout.display) == (5, "none")
    panel.tree.step, panel.tree.playing = 4, False
    panel.tree.step = 3
    assert "The picture shows step 4 of 5" in words(panel.older.value), "the reader has stepped back"


def test_the_question_is_answered_with_the_newest_step_or_not_at_all(panel: Controls) -> None:
    panel.buttons["commit"].click()
    arrive(panel)
    panel.tree.step = 1
    panel.buttons["send"].click()
    panel.cancel.click()
    assert (len(panel.world.history), panel.question.layout.display) == (3, "none")
    panel.buttons["send"].click()
    panel.tree.step = 0
    assert panel.question.layout.display == "none", "another step is another question"
    panel.buttons["send"].click()
    panel.newest.click()
    assert (len(panel.world.history), len(panel.branch.options)) == (4, 1)


def test_what_is_not_possible_at_the_older_step_begins_no_branch(panel: Controls) -> None:
    panel.whom.value = "Carol"
    panel.buttons["remove"].click()
    arrive(panel)
    panel.tree.step = 0
    assert not panel.buttons["update"].disabled, "it may be possible at that step"
    panel.who.value = "Bob"
    panel.buttons["commit"].click()
    panel.from_here.click()
    assert "Bob is not in the group" in panel.reasons.value
    assert len(panel.branch.options) == 1
    panel.tree.step = 1
    panel.who.value = "Carol"
    panel.buttons["commit"].click()
    panel.from_here.click()
    assert panel.world.history[-1].actor == "Carol", "who has left since could act then"


def test_views_side_by_side_move_together_in_the_browser() -> None:
    view = ratchet_tree_view(World.of(["Alice", "Bob"]).trace())
    box = side_by_side(view, "Alice", "server", "attacker")
    assert [picture.viewer for picture in box.children if isinstance(picture, RatchetTree)] == [
        "Alice",
        "server",
        "attacker",
    ]
    with pytest.raises(ValueError, match="not a viewer"):
        side_by_side(view, "Zed")
