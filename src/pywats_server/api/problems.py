"""Errors as HTTP tells them: the one table from error class to status, and the one shape of an error body."""

from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from typing_extensions import TypedDict

from pywats_server import errors
from pywats_server.errors import DomainError

_log = structlog.get_logger(__name__)

STATUS: dict[type[DomainError], HTTPStatus] = {
    errors.InvalidInput: HTTPStatus.BAD_REQUEST,
    errors.RuleViolation: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    errors.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.TooExpensive: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
}
"""The status of every error class; a class that is not here has that of its nearest base."""

_RETRY_AFTER_SECONDS = "1"


class Problem(TypedDict):
    """
    What went wrong, as `application/problem+json` (RFC 9457).

    `message` (and `detail`, the same) is for a technician, `code` for a program, `details` names field, value and what
    would be accepted. `requestId` is also in the header `X-Request-Id` and in the server's log.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    message: str
    code: str
    details: dict[str, Any]
    requestId: str | None


def status_of(error: DomainError) -> HTTPStatus:
    """Return the status that an error is answered with."""
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def install(app: FastAPI) -> None:
    """Make *app* answer every error in the one shape."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _defect)


def answer(
    request: Request,
    status: HTTPStatus,
    code: str,
    message: str,
    details: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return an error as a response."""
    problem: Problem = {
        "type": f"urn:pywats:problem:{code}",
        "title": status.phrase,
        "status": int(status),
        "detail": message,
        "instance": request.url.path,
        "message": message,
        "code": code,
        "details": details or {},
        "requestId": request.scope.get("state", {}).get("request_id"),
    }
    body = msgspec.json.encode(problem)
    return Response(body, status, headers, media_type="application/problem+json")


def _domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    headers = {}
    if isinstance(error, errors.NotAuthenticated):
        headers["WWW-Authenticate"] = 'Basic realm="pywats", charset="UTF-8"'
    if isinstance(error, errors.Busy):
        headers["Retry-After"] = _RETRY_AFTER_SECONDS
    return answer(request, status_of(error), error.code, error.message, error.details, headers)


def _unreadable(request: Request, error: Exception) -> Response:
    """Answer for what could not be read: the first fault in words, all of them in the details."""
    assert isinstance(error, RequestValidationError)
    faults = [_fault(fault) for fault in error.errors()]
    first = faults[0]
    message = f"{first['field']} cannot be read: {first['accepted']} (it is {_shown(first['value'])})."
    return answer(request, HTTPStatus.BAD_REQUEST, "invalid_input", message, {**first, "faults": faults})


def _fault(fault: dict[str, Any]) -> dict[str, Any]:
    where, *path = fault["loc"]
    field = ".".join(map(str, path)) or str(where)
    if fault["type"] == "json_invalid":
        return {"field": "body", "value": None, "accepted": f"the body must be JSON ({fault['ctx']['error']})"}
    said = fault["msg"].removeprefix("Value error, ")
    return {"field": field, "value": _printable(fault.get("input")), "accepted": said[:1].lower() + said[1:]}


def _printable(value: Any) -> Any:
    if isinstance(value, str | int | float | bool | None):
        text = value if isinstance(value, str) else None
        return value if text is None else text[:200].encode("utf-8", "backslashreplace").decode()
    return type(value).__name__


def _shown(value: Any) -> str:
    return "missing" if value is None else repr(value)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    code = status.phrase.lower().replace(" ", "_")
    message = f"{request.method} {request.url.path}: {error.detail}."
    return answer(request, status, code, message, headers=dict(error.headers or {}))


def _defect(request: Request, error: Exception) -> Response:
    _log.error("request_failed", exc_info=error)
    message = "The server made a mistake. Nothing was changed by this call; tell the administrator the request id."
    return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", message)
