"""Errors as HTTP tells them: the one table from error class to status, and the one shape of an error body."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
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
    errors.TooManyTries: HTTPStatus.TOO_MANY_REQUESTS,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.TooExpensive: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
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
    app.add_exception_handler(DomainError, domain_error)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(ClientDisconnect, _gone)


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
        "instance": quote(request.scope["path"]),
        "message": message,
        "code": code,
        "details": details or {},
        "requestId": request.scope.get("state", {}).get("request_id"),
    }
    body = msgspec.json.encode(problem)
    return Response(body, status, headers, media_type="application/problem+json")


def domain_error(request: Request, error: Exception) -> Response:
    """Return the response to an error of the domain."""
    assert isinstance(error, DomainError)
    if isinstance(error, errors.Unavailable):
        _log.error("database_does_not_answer", exc_info=error.__cause__)
    headers = {}
    if isinstance(error, errors.NotAuthenticated):
        headers["WWW-Authenticate"] = 'Basic realm="pywats", charset="UTF-8"'
    if isinstance(error, errors.Busy | errors.Unavailable):
        headers["Retry-After"] = _RETRY_AFTER_SECONDS
    if isinstance(error, errors.TooManyTries):
        headers["Retry-After"] = str(error.details["retryAfterSeconds"])
    return answer(request, status_of(error), error.code, error.message, error.details, headers)


def _unreadable(request: Request, error: Exception) -> Response:
    """Answer for what could not be read: the first fault in words, all of them in the details."""
    assert isinstance(error, RequestValidationError)
    faults = [_fault(fault) for fault in error.errors()]
    return _not_readable(request, _shown(error.errors()[0]), faults)


def _not_readable(request: Request, shown: str, faults: list[dict[str, Any]]) -> Response:
    first = faults[0]
    message = f"{first['field']} is {shown}; accepted: {first['accepted']}."
    return answer(request, HTTPStatus.BAD_REQUEST, "invalid_input", message, {**first, "faults": faults})


_ACCEPTED = {
    "missing": "a value",
    "model_attributes_type": "a JSON object",
    "model_type": "a JSON object",
    "list_type": "a JSON array",
}
"""What would be accepted, for kinds of faults whose own words are about Python."""


def _fault(fault: dict[str, Any]) -> dict[str, Any]:
    where, *path = fault["loc"]
    if fault["type"] == "json_invalid":
        return _body_fault(f"JSON; at character {path[0]}: {fault['ctx']['error']}")
    if isinstance(fault.get("input"), bytes):
        return _body_fault("JSON, sent with the header Content-Type: application/json")
    said = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    accepted = _ACCEPTED.get(fault["type"], said)
    return {"field": ".".join(map(str, path)) or where, "value": _printable(fault.get("input")), "accepted": accepted}


def _body_fault(accepted: str) -> dict[str, Any]:
    return {"field": "body", "value": None, "accepted": accepted}


def _printable(value: Any) -> Any:
    """Return a value as the details can hold it; of a structure only what it is, because it may be long."""
    if isinstance(value, str):
        return value[:200].encode("utf-8", "backslashreplace").decode()
    if isinstance(value, int | float | None):
        return value
    return "an array" if isinstance(value, list) else "an object"


def _shown(fault: dict[str, Any]) -> str:
    value = fault.get("input")
    if fault["type"] == "missing":
        return "missing"
    if fault["type"] == "json_invalid" or isinstance(value, bytes):
        return "unreadable"
    if isinstance(value, list | dict):
        return str(_printable(value))
    return "null" if value is None else repr(_printable(value))


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    cause = error.__cause__
    if isinstance(cause, DomainError):
        # The framework calls whatever happens while it reads a body a fault of the body.
        return domain_error(request, cause)
    if isinstance(cause, ClientDisconnect):
        return _gone(request, cause)
    if cause is not None and error.status_code == HTTPStatus.BAD_REQUEST:
        return _not_readable(
            request, "unreadable", [_body_fault("JSON in UTF-8, with numbers and depth within reason")]
        )
    status = HTTPStatus(error.status_code)
    code = status.phrase.lower().replace(" ", "_")
    message = f"{request.method} {request.url.path}: {error.detail}."
    return answer(request, status, code, message, headers=dict(error.headers or {}))


def _gone(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the framework gives it to every handler
    """Answer, for the log's sake, a caller who went away before the body was complete."""
    return answer(request, HTTPStatus.BAD_REQUEST, "invalid_input", "The connection ended before the body did.")


def defect(request: Request, error: Exception) -> Response:
    """Return the answer to an error that nobody expected. Its trace goes to the log, never to the caller."""
    _log.error("request_failed", exc_info=error)
    message = "The server made a mistake. Nothing was changed by this call; tell the administrator the request id."
    return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", message)
