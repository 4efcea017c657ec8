"""The time at which a message was sent, as far as its receiver knows: lifetimes and credentials are judged by it.

A receiver may be late: it was offline, or the message was held back. A key package that was valid when it was sent must
not become invalid on the way, or its receiver could never follow the group again (RFC 9420 §5.3.2, §7.3). The policy
says how late a message may be (`LifetimePolicy.catch_up`).
"""

from __future__ import annotations

from workbench.mls.value import value


@value
class When:
    """A time between two bounds, both included, in seconds since 1970.

    `by_others` says that it is the time at which somebody else sent something. The sender had to check what expires
    in it, and the receiver only should (RFC 9420 §7.3).
    """

    earliest: int
    latest: int
    by_others: bool = False

    @classmethod
    def at(cls, now: int) -> When:
        """The present: for something that this client sends, or looks at now."""
        return cls(now, now)

    @classmethod
    def received(cls, now: int, sent_at: int | None, catch_up: int) -> When:
        """The time at which a message was sent that is read `now`, at most `catch_up` seconds later.

        `sent_at` is the time that the delivery service names. A time in the future counts as `now`, and a time more
        than `catch_up` seconds ago counts as `now - catch_up`. If the service names none, any time between these two
        is possible.
        """
        bound = now - catch_up
        if sent_at is None:
            return cls(bound, now, by_others=True)
        believed = min(max(sent_at, bound), now)
        return cls(believed, believed, by_others=True)
