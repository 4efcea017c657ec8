"""What an attacker does is drawn and told like everything else, whether members believe it or not."""

from __future__ import annotations

import pytest

from tests.widgets.told import step_sentence
from workbench.lab.attacks import attack
from workbench.views.ratchet_tree import ratchet_tree_view


@pytest.mark.parametrize(
    ("name", "step", "sentence"),
    [
        ("takeover", 2, "Bob came back by an external commit: epoch 2 begins."),
        ("takeover refused", 2, "The attacker sent a commit that everybody refused."),
        ("lock-out", 2, "The attacker proposed a fresh leaf key. It takes effect when somebody commits it."),
        ("malicious path", 2, "Dave updated by a commit: epoch 2 begins."),
    ],
)
def test_what_an_attacker_does_is_told(name: str, step: int, sentence: str) -> None:
    view = ratchet_tree_view(attack(name).world.trace())
    assert step_sentence(view, step, "Alice").startswith(sentence)
