"""The known answers to the exercises of lesson 04."""

from __future__ import annotations

from tests.lessons.known import Known
from tests.lessons.worlds import lesson_04_fresh, lesson_04_talk, lesson_04_world
from workbench.lessons import lesson_04
from workbench.mls import CipherSuite


def two_secrets(suite: CipherSuite, joiner: bytes, psk: bytes, context: bytes) -> tuple[bytes, bytes]:
    """The welcome_secret and the epoch_secret."""
    member = suite.extract(joiner, psk)
    return suite.derive_secret(member, "welcome"), suite.expand_with_label(member, "epoch", context, suite.hash_length)


KNOWN = (
    Known(
        lesson_04.question_1,
        "answer_1",
        {
            "should give two secrets": lambda *given: given[0].extract(given[1], given[2]),
            "comes first": lambda *given: tuple(reversed(two_secrets(*given))),
            "The psk_secret has to go in": lambda *given: (given[0].derive_secret(given[1], "welcome"),) * 2,
            "bound to nothing": lambda *given: (
                two_secrets(*given)[0],
                given[0].derive_secret(given[0].extract(given[1], given[2]), "epoch"),
            ),
            "Follow the lines": lambda *given: (given[1], given[1]),
        },
        lesson_04_world,
    ),
    Known(
        lesson_04.question_2,
        "answer_2",
        {
            "Choose among the six": {"psk_secret"},
            "Not the welcome_secret": {"welcome_secret"},
            "Not the exporter_secret": {"epoch_secret", "exporter_secret"},
            "Not the membership_key": {"membership_key"},
            "Not the init_secret": {"init_secret"},
            "derived from one secret": set(),
            "above the epoch_secret": {"epoch_secret"},
        },
        lambda: (*lesson_04_world(), 2),
    ),
    Known(
        lesson_04.question_3,
        "answer_3",
        {"Not node 3": {3, 2}, "on the way may stay": {0, 2}, "Which are not on the way": {2}},
        lesson_04_talk,
    ),
    Known(
        lesson_04.question_4,
        "answer_4",
        {
            "Choose among the five": {"psk_secret"},
            "before he came": {"joiner_secret", "extracted_secret"},
            "to open the GroupInfo": {"joiner_secret"},
        },
        lesson_04_fresh,
    ),
)
