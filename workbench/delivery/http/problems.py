"""Each refusal as a status and a problem in JSON (RFC 9457), and back: one table for the service and its client."""

from __future__ import annotations

from http import HTTPStatus

from workbench.delivery import errors
from workbench.delivery.audit import AuditEvent
from workbench.delivery.errors import LateCommit, Refused
from workbench.delivery.http.models import ConflictModel, ProblemModel
from workbench.mls.errors import MLSError

STATUSES: dict[type[Refused], HTTPStatus] = {
    errors.InvalidKeyPackageUpload: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidFrame: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidGroupInfoUpload: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.WrongSignature: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnknownGroup: HTTPStatus.NOT_FOUND,
    errors.AlreadyThere: HTTPStatus.CONFLICT,
    errors.LateMessage: HTTPStatus.CONFLICT,
    errors.LateCommit: HTTPStatus.CONFLICT,
    errors.WrongOrder: HTTPStatus.CONFLICT,
    errors.NoKeyPackage: HTTPStatus.NOT_FOUND,
    errors.NoGroupInfo: HTTPStatus.NOT_FOUND,
    errors.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.TooFast: HTTPStatus.TOO_MANY_REQUESTS,
    errors.QueueFull: HTTPStatus.TOO_MANY_REQUESTS,
    errors.DirectoryFull: HTTPStatus.TOO_MANY_REQUESTS,
    errors.TooSlow: HTTPStatus.REQUEST_TIMEOUT,
    errors.Unreadable: HTTPStatus.BAD_REQUEST,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
}
"""The HTTP status of each refusal."""

EVENTS: dict[type[Refused], AuditEvent] = {
    errors.InvalidKeyPackageUpload: AuditEvent.malformed,
    errors.InvalidFrame: AuditEvent.malformed,
    errors.InvalidGroupInfoUpload: AuditEvent.malformed,
    errors.WrongSignature: AuditEvent.malformed,
    errors.Unreadable: AuditEvent.malformed,
    errors.TooLarge: AuditEvent.oversized,
    errors.TooSlow: AuditEvent.slow,
    errors.LateCommit: AuditEvent.lost_race,
    errors.NotAllowed: AuditEvent.not_allowed,
    errors.NotAuthenticated: AuditEvent.unknown_session,
    errors.TooFast: AuditEvent.flood,
    errors.QueueFull: AuditEvent.full,
    errors.DirectoryFull: AuditEvent.full,
}
"""The refusals that go into the audit log, and the event of each."""

BY_NAME = {kind.__name__: kind for kind in STATUSES}


def refusal_of(error: Refused | MLSError) -> Refused:
    """The refusal that an error stands for: bytes that are not valid MLS are `Unreadable`."""
    return errors.Unreadable(str(error)) if isinstance(error, MLSError) else error


def problem_of(error: Refused | MLSError) -> ProblemModel:
    """A refusal as JSON."""
    error = refusal_of(error)
    status = STATUSES[type(error)]
    conflict = error.conflict if isinstance(error, LateCommit) else None
    return ProblemModel(
        type=type(error).__name__,
        title=(type(error).__doc__ or "").splitlines()[0],
        status=status.value,
        detail=str(error),
        retry_after=error.retry_after,
        conflict=None if conflict is None else ConflictModel.of(conflict),
    )


def error_of(problem: ProblemModel) -> Refused:
    """The refusal that a problem describes."""
    kind = BY_NAME.get(problem.type, Refused)
    if issubclass(kind, LateCommit):
        return kind(problem.detail, None if problem.conflict is None else problem.conflict.value())
    return kind(problem.detail, retry_after=problem.retry_after)
