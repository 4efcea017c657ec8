"""The JSON that goes over HTTP, the same for the service and its client. Bytes are base64, ids in paths hexadecimal."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from workbench.delivery.directory import Supply
from workbench.delivery.errors import Conflict
from workbench.delivery.queues import Inbox, Page, Waiting
from workbench.delivery.rows import DeviceRow, Entry, ExternalJoins, Invitation
from workbench.mls.wire.code_points import ContentType

LARGEST_NUMBER = 2**63 - 1
"""The largest number in a column of a database; an epoch of MLS, a uint64, could be twice as large (RFC 9420 §8)."""


def _bytes(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the value is not base64") from None


Base64 = Annotated[
    bytes,
    BeforeValidator(_bytes),
    PlainSerializer(lambda value: base64.b64encode(value).decode(), return_type=str, when_used="json"),
    WithJsonSchema(
        {
            "type": "string",
            "format": "byte",
            "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
        }
    ),
]
Number = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
Suite = Annotated[int, Field(ge=0, le=0xFFFF)]
DeviceName = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
UserName = Annotated[str, Field(min_length=1, max_length=255)]
Kind = Literal["application", "proposal", "commit", "reopened"]


KINDS: dict[ContentType | None, Kind] = {
    None: "reopened",
    ContentType.application: "application",
    ContentType.proposal: "proposal",
    ContentType.commit: "commit",
}


class Model(BaseModel):
    """A JSON object. An unknown field is refused, because nobody would notice a misspelt option."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class ClaimModel(Model):
    """The user, the cipher suite and the signature key that a device claims."""

    user: UserName
    cipher_suite: Suite
    signature_key: Base64


class ChallengeModel(Model):
    """A text to sign, and for how many seconds it is valid."""

    challenge: str
    seconds: int


class LoginModel(ClaimModel):
    """The answer to a challenge, for the host that the device has dialled."""

    host: Annotated[str, Field(max_length=255)]
    challenge: Annotated[str, Field(max_length=100)]
    signature: Base64


class SessionModel(Model):
    """The text that a device puts into the header Authorization, after `Bearer`."""

    session: str
    device: DeviceName
    seconds: int


class ApprovalModel(Model):
    """The id of another device of the same user, which may register within a day."""

    device: DeviceName


class DeviceModel(Model):
    """A device as others see it."""

    device: DeviceName
    cipher_suite: Suite
    signature_key: Base64

    @classmethod
    def of(cls, row: DeviceRow) -> DeviceModel:
        """The JSON of a device."""
        return cls(device=row.device, cipher_suite=row.cipher_suite, signature_key=row.signature_key)


class KeyPackagesModel(Model):
    """Key packages to publish, all or none."""

    key_packages: Annotated[list[Base64], Field(min_length=1, max_length=200)]


class TakeModel(Model):
    """The cipher suite of the key package that is wanted, and the user's device that it is of; null for any device."""

    cipher_suite: Suite
    device: DeviceName | None = None


class KeyPackageModel(Model):
    """A key package that nobody else gets, unless it is one of last resort."""

    key_package: Base64


class SupplyModel(Model):
    """How many key packages of the device are left, and how many it should publish now."""

    cipher_suite: Suite
    left: int
    last_resort: bool
    publish: int

    @classmethod
    def of(cls, supply: Supply) -> SupplyModel:
        """The JSON of a supply."""
        return cls(
            cipher_suite=supply.cipher_suite, left=supply.left, last_resort=supply.last_resort, publish=supply.publish
        )


class NewGroupModel(Model):
    """A group to open. `late_epochs` is the number of past epochs whose messages its members can still read."""

    group: Annotated[Base64, Field(min_length=1, max_length=1024)]
    epoch: Number = 0
    late_epochs: Number = 0
    external_joins: ExternalJoins = "open"


class EpochModel(Model):
    """The epoch of a group."""

    epoch: Number


class MessageModel(Model):
    """A message of a group, and the Welcome that belongs to it."""

    message: Base64
    welcome: Base64 | None = None


class UploadModel(MessageModel):
    """A message in a batch, with the group that it is for."""

    group: Base64


class BatchModel(Model):
    """Messages to append one after another."""

    uploads: Annotated[list[UploadModel], Field(min_length=1, max_length=100)]


class EntryModel(Model):
    """One message at its place in the log of its group."""

    index: Number
    group: Base64
    epoch: Number
    kind: Kind
    message: Base64
    sent_at: int | None
    sender: str
    void: bool
    reopens: Number | None

    @classmethod
    def of(cls, entry: Entry) -> EntryModel:
        """The JSON of an entry."""
        return cls(
            index=entry.index,
            group=entry.group_id,
            epoch=entry.epoch,
            kind=KINDS[entry.content_type],
            message=entry.message,
            sent_at=entry.sent_at,
            sender=entry.sender,
            void=entry.void,
            reopens=entry.reopens,
        )

    def value(self) -> Entry:
        """The entry."""
        content_type = None if self.kind == "reopened" else ContentType[self.kind]
        return Entry(
            self.index,
            self.group,
            self.epoch,
            content_type,
            self.message,
            sent_at=self.sent_at,
            sender=self.sender,
            void=self.void,
            reopens=self.reopens,
        )


class ConflictModel(Model):
    """What the sender of a late commit needs to rebase."""

    epoch: Number
    winner: Number | None
    entries: list[EntryModel]

    @classmethod
    def of(cls, conflict: Conflict) -> ConflictModel:
        """The JSON of a conflict."""
        entries = [EntryModel.of(entry) for entry in conflict.entries]
        return cls(epoch=conflict.epoch, winner=conflict.winner, entries=entries)

    def value(self) -> Conflict:
        """The conflict."""
        return Conflict(self.epoch, self.winner, tuple(entry.value() for entry in self.entries))


class ProblemModel(Model):
    """Why something was refused (RFC 9457); `retry_after` in seconds, if waiting helps."""

    type: str
    title: str
    status: int
    detail: str
    retry_after: int | None = None
    conflict: ConflictModel | None = None


class ResultModel(Model):
    """The result for one message of a batch: its entry, or the problem."""

    entry: EntryModel | None = None
    problem: ProblemModel | None = None


class ResultsModel(Model):
    """The results for all messages of a batch, in order."""

    results: list[ResultModel]


class PageModel(Model):
    """The next messages of a group; `lost` were deleted before they were fetched, `left` come after these."""

    group: Base64
    entries: list[EntryModel]
    lost: int
    left: int

    @classmethod
    def of(cls, page: Page) -> PageModel:
        """The JSON of a page."""
        entries = [EntryModel.of(entry) for entry in page.entries]
        return cls(group=page.group_id, entries=entries, lost=page.lost, left=page.left)

    def value(self) -> Page:
        """The page."""
        return Page(self.group, tuple(entry.value() for entry in self.entries), self.lost, self.left)


class WelcomeModel(Model):
    """A Welcome for one of the device's key packages, and the place in its group's log from which to read on."""

    reference: Base64
    group: Base64
    next_index: Number
    welcome: Base64
    sent_at: int | None

    @classmethod
    def of(cls, reference: bytes, invitation: Invitation) -> WelcomeModel:
        """The JSON of a Welcome."""
        return cls(
            reference=reference,
            group=invitation.group_id,
            next_index=invitation.next_index,
            welcome=invitation.welcome,
            sent_at=invitation.sent_at,
        )

    def value(self) -> Invitation:
        """The Welcome."""
        return Invitation(self.welcome, self.group, self.next_index, self.sent_at)


class InboxModel(Model):
    """The messages and Welcomes that wait for a device, up to the size of one page."""

    pages: list[PageModel]
    welcomes: list[WelcomeModel]

    @classmethod
    def of(cls, inbox: Inbox) -> InboxModel:
        """The JSON of an inbox."""
        welcomes = [WelcomeModel.of(reference, invitation) for reference, invitation in inbox.welcomes]
        return cls(pages=[PageModel.of(page) for page in inbox.pages], welcomes=welcomes)

    def value(self) -> Inbox:
        """The inbox."""
        welcomes = tuple((welcome.reference, welcome.value()) for welcome in self.welcomes)
        return Inbox(tuple(page.value() for page in self.pages), welcomes)


class PlaceModel(Model):
    """A place in a group's log: the device has read everything before it."""

    group: Base64
    next_index: Number


class ReadWelcomeModel(PlaceModel):
    """A Welcome that has been read."""

    reference: Base64


class AcknowledgementModel(Model):
    """The messages and Welcomes that a device has read."""

    places: Annotated[list[PlaceModel], Field(max_length=1000)] = []
    welcomes: Annotated[list[ReadWelcomeModel], Field(max_length=1000)] = []


class ReportModel(Model):
    """The place of a commit that the device cannot accept."""

    index: Number


class VerdictModel(Model):
    """Whether the commit is void now, and its epoch open again."""

    void: bool


class GroupInfoModel(Model):
    """The GroupInfo of a group, for clients outside of it."""

    group_info: Base64


class WaitingModel(Model):
    """A wake-up: how many messages wait, by group id in hexadecimal, and how many Welcomes."""

    messages: dict[str, int]
    welcomes: int

    @classmethod
    def of(cls, waiting: Waiting) -> WaitingModel:
        """The JSON of a wake-up."""
        messages = {group_id.hex(): count for group_id, count in waiting.messages.items()}
        return cls(messages=messages, welcomes=waiting.welcomes)

    def value(self) -> Waiting:
        """The wake-up."""
        return Waiting({bytes.fromhex(group): count for group, count in self.messages.items()}, self.welcomes)
