from __future__ import annotations

import pytest

from widgets import predict

QUESTION = "Can the attacker read it?"


def test_a_prediction_that_comes_true_is_called_so() -> None:
    asked = predict("Will it rain?")
    asked.chosen = [0]
    assert repr(asked.compare(computed=True)) == "As you predicted. It is: yes."


def test_a_prediction_that_does_not_come_true_is_told_beside_what_is() -> None:
    asked = predict("Which nodes?", 1, 3, 5, several=True)
    asked.chosen = [1, 2]
    assert repr(asked.compare((3, 1))) == "Not as you predicted. You chose: 3 and 5. It is: 1 and 3."


def test_nothing_chosen_is_no_mistake() -> None:
    assert repr(predict("Nothing?", 1, 2, several=True).compare(())) == "You have chosen nothing. It is: none of these."
    assert repr(predict("One?", "left", "right").compare("left")) == "You have chosen nothing. It is: left."


def test_what_was_computed_is_one_of_the_options() -> None:
    with pytest.raises(ValueError, match="'up' is not among the options: left, right"):
        predict("Where?", "left", "right").compare("up")


def test_a_cell_that_runs_again_finds_what_was_chosen() -> None:
    predict("Again?", "a", "b").chosen = [1]
    assert predict("Again?", "a", "b").chosen == [1]
    assert predict("Again?", "a", "c").chosen == []


def test_it_is_the_same_each_time_and_a_form_without_a_kernel() -> None:
    asked = predict(QUESTION, "<yes>", "no")
    assert repr(asked) == f"{QUESTION} <yes> / no"
    bundle = asked._repr_mimebundle_()
    assert bundle is not None
    shown = bundle[0]["text/html"]
    assert f"<legend>{QUESTION}</legend>" in shown
    assert '<label><input type="radio" name="choice">&lt;yes&gt;</label>' in shown
    assert 'type="checkbox"' in predict(QUESTION, several=True)._form()
