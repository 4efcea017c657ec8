"""When something was sent, as far as its receiver knows: what it holds that expires is judged by this time.

A receiver may be late: it was offline, or the message was held back. What was good when it was sent must not become bad
on the way, or its receiver could never follow the group again (RFC 9420 §5.3.2, §7.3). How late is not too late is for
the policy to say (`LifetimePolicy.catch_up`).
"""

from __future__ import annotations

from workbench.mls.value import value


@value
class When:
    """A time of which nothing is known but its bounds, both possible; in seconds since 1970.

    `by_others` says that it is when others sent something: what expires in it was theirs to check.
    """

    earliest: int
    latest: int
    by_others: bool = False

    @classmethod
    def at(cls, now: int) -> When:
        """The present: for what one sends oneself, or looks at now."""
        return cls(now, now)

    @classmethod
    def received(cls, now: int, sent_at: int | None, catch_up: int) -> When:
        """When a message was sent that is read `now`, at most `catch_up` seconds later.

        `sent_at` is what the delivery service says, None if it says nothing: then any time since the bound is
        possible. It is believed within the bounds only: a time to come counts as now, and one that is further back
        than `catch_up` counts as the bound.
        """
        bound = now - catch_up
        if sent_at is None:
            return cls(bound, now, by_others=True)
        believed = min(max(sent_at, bound), now)
        return cls(believed, believed, by_others=True)
