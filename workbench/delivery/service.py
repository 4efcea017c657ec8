"""The delivery service of one process: logs of groups, Welcomes by key package, a directory of key packages."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from workbench.delivery.checks import Refused, check_size, checked_key_package, has_expired
from workbench.delivery.log import Entry, Head, UnknownGroup, WrongOrder, appended
from workbench.mls.group.key_package import is_last_resort
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.codec import decode
from workbench.mls.wire.messages import GroupInfo, MLSMessage, Welcome


class NoKeyPackage(Refused):
    """The directory holds no key package of this client: it must publish another."""


class NoGroupInfo(Refused):
    """No member has described the group in its present epoch: nobody can join it by a commit."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A Welcome, the group it leads to, where in its log to go on reading, and when it was sent, if that is known."""

    welcome: bytes
    group_id: bytes
    next_index: int
    sent_at: int | None = None


class DeliveryService:
    """It takes messages in the order in which they come, and keeps what its users have yet to fetch.

    It sees every byte on the wire, who published which key package and who fetched it, and no secret. It refuses
    what it cannot read, so it must be told of `custom` proposal types that its groups use. `clock` gives the seconds
    since 1970; without one the lifetimes of key packages are not looked at, and entries do not say when they came.
    """

    def __init__(self, custom: frozenset[int] = frozenset(), *, clock: Callable[[], int | None] = lambda: None) -> None:
        self._custom = custom
        self._clock = clock
        self._heads: dict[bytes, Head] = {}
        self._logs: dict[bytes, list[Entry]] = {}
        self._invitations: defaultdict[bytes, list[Invitation]] = defaultdict(list)
        self._key_packages: defaultdict[tuple[str, int], deque[bytes]] = defaultdict(deque)
        self._last_resorts: dict[tuple[str, int], bytes] = {}
        self._group_infos: dict[bytes, bytes] = {}

    # Key packages, for one cipher suite each (RFC 9420 §16.8: each is handed out once, but for one of last resort)

    def publish_key_package(self, user: str, message: bytes) -> None:
        """Keep a key package until somebody wants to add the user.

        One of last resort takes the place of the one before. Raises `InvalidKeyPackageUpload`.
        """
        key_package = checked_key_package(message, now=self._clock())
        if is_last_resort(key_package):
            self._last_resorts[user, key_package.cipher_suite] = message
        else:
            self._key_packages[user, key_package.cipher_suite].append(message)

    def take_key_package(self, user: str, cipher_suite: int) -> bytes:
        """The oldest key package of a user, which is then gone; or else the one of last resort, which stays.

        Those whose lifetime is over go unseen. Raises `NoKeyPackage`.
        """
        now, waiting = self._clock(), self._key_packages[user, cipher_suite]
        while waiting:
            message = waiting.popleft()
            if not has_expired(message, now=now):
                return message
        last_resort = self._last_resorts.get((user, cipher_suite))
        if last_resort is None or has_expired(last_resort, now=now):
            raise NoKeyPackage(f"the directory has no key package of {user} left that is within its lifetime")
        return last_resort

    def key_packages_left(self, user: str, cipher_suite: int) -> int:
        """How many key packages of a user can still be handed out, each once."""
        return len(self._key_packages[user, cipher_suite])

    # Groups

    def open_group(self, group_id: bytes, epoch: int = 0) -> None:
        """Start the log of a new group; raises `Refused` if there is one."""
        if group_id in self._heads:
            raise Refused(f"there is a group {group_id.hex()} already")
        self._heads[group_id] = Head(group_id, epoch)
        self._logs[group_id] = []

    def epoch(self, group_id: bytes) -> int:
        """The epoch that the accepted commits lead to."""
        return self._head(group_id).epoch

    def submit(self, group_id: bytes, message: bytes, welcome: bytes | None = None) -> Entry:
        """Append a message to its group's log, and keep the Welcome that belongs to it.

        The Welcome is kept only if the commit is accepted, so that nobody enters an epoch that never came.
        Raises what `appended` raises.
        """
        check_size("message", message)
        entry, head = appended(self._head(group_id), message, self._custom)
        entry = replace(entry, sent_at=self._clock())
        if welcome is not None:
            check_size("Welcome", welcome)
            if entry.content_type is not ContentType.commit:
                raise WrongOrder(f"a Welcome came with a {entry.content_type.name}; only a commit has one")
            invitation = Invitation(welcome, group_id, head.length, entry.sent_at)
            for key_package_ref in _new_members(welcome):
                self._invitations[key_package_ref].append(invitation)
        if head.epoch != self._heads[group_id].epoch:
            self._group_infos.pop(group_id, None)
        self._heads[group_id] = head
        self._logs[group_id].append(entry)
        return entry

    def entries(self, group_id: bytes, start: int = 0) -> tuple[Entry, ...]:
        """The log from one index on."""
        self._head(group_id)
        return tuple(self._logs[group_id][start:])

    def publish_group_info(self, message: bytes) -> None:
        """Keep what a member says of its group for those outside; raises `WrongOrder` if it is out of date."""
        group_info = decode(MLSMessage, message).message
        if not isinstance(group_info, GroupInfo):
            raise WrongOrder(f"a {type(group_info).__name__} does not describe a group")
        context = group_info.group_context
        if context.epoch != self.epoch(context.group_id):
            raise WrongOrder(f"the GroupInfo is of epoch {context.epoch}, the group in {self.epoch(context.group_id)}")
        self._group_infos[context.group_id] = message

    def group_info(self, group_id: bytes) -> bytes:
        """The description of a group in its present epoch; raises `NoGroupInfo` (RFC 9420 §12.4.3)."""
        self._head(group_id)
        if group_id not in self._group_infos:
            raise NoGroupInfo(f"no member has described group {group_id.hex()} in its present epoch")
        return self._group_infos[group_id]

    def invitations(self, key_package_ref: bytes) -> tuple[Invitation, ...]:
        """The Welcomes that have come for a key package: at most one, but for one of last resort."""
        return tuple(self._invitations.get(key_package_ref, ()))

    def _head(self, group_id: bytes) -> Head:
        if group_id not in self._heads:
            raise UnknownGroup(f"there is no group {group_id.hex()}")
        return self._heads[group_id]


def _new_members(welcome: bytes) -> tuple[bytes, ...]:
    """The references of the key packages that a Welcome is for, each once (RFC 9420 §12.4.3.1)."""
    opened = decode(MLSMessage, welcome).message
    if not isinstance(opened, Welcome):
        raise WrongOrder(f"a {type(opened).__name__} stands where the Welcome of a commit should be")
    return tuple(dict.fromkeys(secrets.new_member for secrets in opened.secrets))
