"""
What a call can raise, and `ErrorHandler`, which makes it from an answer.

    PyWATSError                 everything below; also any answer that has no class of its own, such as 429
    ├── ConnectionError         the server could not be reached, or the connection broke
    ├── TimeoutError            no answer in time
    ├── AuthenticationError     401: no token, or a wrong one
    ├── AuthorizationError      403: the token does not permit this
    ├── NotFoundError           404: what the call named is not there
    ├── ConflictError           409, 412: it exists already, is in use, or has changed meanwhile
    ├── ValidationError         400, 413, 415, 422: the server does not accept what was sent
    ├── ServerError             5xx: the server failed
    ├── ResponseError           the answer cannot be read; most often the base URL leads to something else
    ├── AssetNotReadyError      a test must not run on this equipment now
    ├── NotCountedError         a test came to its end, but its uses were not counted
    └── OutboxError             the file of the outbox cannot be used
        └── OutboxFullError     it has become as large as it may

Arguments that are wrong in themselves raise the built-in `ValueError` before anything is sent.
"""

import builtins
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pywats.http.request import Response

LONGEST_QUOTE = 200
"""Characters of an answer without a message of its own that an error quotes."""

UNKNOWN = "It is not known whether the server has done it: look before you call again"
"""What an error says after a change that may have been made."""


class PyWATSError(Exception):
    """
    Base of all errors that a call raises because of the server or the way to it.

    Attributes:
        message: What happened, in the server's words where it has any.
        status_code: HTTP status of the answer; None when there was none.
        request_id: The `X-Request-Id` under which the server logged the call, to be quoted in a report.
        operation: The call that failed, such as `asset.set_state`.
        code: The server's own name for the error.
        details: What the server adds as data, usually `field`, `value` and `accepted`.
        outcome_unknown: Whether the server may have changed what the call asked for, although it failed.
    """

    def __init__(
        self,
        message: str,
        *,
        status_code: int | None = None,
        request_id: str | None = None,
        operation: str | None = None,
        code: str | None = None,
        details: Mapping[str, Any] | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status_code = status_code
        self.request_id = request_id
        self.operation = operation
        self.code = code
        self.details = dict(details or {})
        self.outcome_unknown = outcome_unknown

    def __str__(self) -> str:
        facts = (
            f"status {self.status_code}" if self.status_code else "",
            f"request {self.request_id}" if self.request_id else "",
            f"in {self.operation}" if self.operation else "",
        )
        told = ", ".join(filter(None, facts))
        sentence = f"{self.message} ({told})" if told else self.message
        return f"{sentence}. {UNKNOWN}" if self.outcome_unknown else sentence


class TransportError(PyWATSError):
    """
    No answer came. Programs catch `ConnectionError` and `TimeoutError`.

    Attributes:
        may_have_arrived: Whether the server may have received the request, and so may have done what it says.
        permanent: Whether another attempt would fail in the same way, as with a certificate that is not trusted.
    """

    def __init__(self, message: str, *, may_have_arrived: bool = True, permanent: bool = False, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.may_have_arrived = may_have_arrived
        self.permanent = permanent


class ConnectionError(TransportError, builtins.ConnectionError):
    """The server could not be reached, or the connection broke before the answer was complete."""


class TimeoutError(TransportError, builtins.TimeoutError):
    """The server did not answer in time."""


class AuthenticationError(PyWATSError):
    """The server knows no such token (401)."""


class AuthorizationError(PyWATSError):
    """The token does not permit this (403)."""


class NotFoundError(PyWATSError):
    """What the call named is not there (404). Calls that get one thing return None instead."""


class ConflictError(PyWATSError):
    """What is there forbids it (409), or is not as the caller thought (412)."""


class ValidationError(PyWATSError):
    """The server does not accept what was sent (400, 413, 415, 422)."""


class ServerError(PyWATSError):
    """The server, or a proxy before it, failed (5xx)."""


class ResponseError(PyWATSError):
    """The call succeeded by its status, but its answer is not what a WATS server sends."""


class AssetNotReadyError(PyWATSError):
    """
    The equipment must not be used now. Nothing was done with it.

    Attributes:
        reasons: Why, a sentence each, with the asset that it is about.
    """

    def __init__(self, message: str, *, reasons: tuple[str, ...] = (), **facts: Any) -> None:
        super().__init__(message, **facts)
        self.reasons = reasons


class NotCountedError(PyWATSError):
    """
    A test came to its end, but the uses of its equipment were not counted; the cause is the error of the call.

    Attributes:
        assets: Serial numbers, or else ids, of those that were not counted.
    """

    def __init__(self, message: str, *, assets: tuple[str, ...] = (), **facts: Any) -> None:
        super().__init__(message, **facts)
        self.assets = assets


class OutboxError(PyWATSError):
    """The file of the outbox cannot be used. A call that raises it is not kept."""


class OutboxFullError(OutboxError):
    """The file of the outbox has become as large as it may. The call is not kept."""


_CLASSES: dict[int, type[PyWATSError]] = {
    400: ValidationError,
    401: AuthenticationError,
    403: AuthorizationError,
    404: NotFoundError,
    409: ConflictError,
    412: ConflictError,
    413: ValidationError,
    415: ValidationError,
    422: ValidationError,
}


def error_class(status: int) -> type[PyWATSError]:
    """The class that stands for *status*, any number of 300 and more."""
    return _CLASSES.get(status, ServerError if status >= 500 else PyWATSError)


class ErrorHandler:
    """Turns answers that are no success, and faults on the way, into errors that name the call."""

    def check(self, response: Response, operation: str) -> None:
        """Pass a success (2xx) and raise the error of any other status."""
        if not 200 <= response.status < 300:
            raise self.error(response, operation)

    def error(self, response: Response, operation: str) -> PyWATSError:
        """The error that tells of *response*, with the server's own message, code and details where it sent them."""
        told = _told(response)
        return error_class(response.status)(
            _message(response, told),
            status_code=response.status,
            request_id=response.request_id or _text(told.get("requestid")),
            operation=operation,
            code=_text(told.get("code")),
            details=details if isinstance(details := told.get("details"), dict) else None,
            outcome_unknown=response.outcome_unknown,
        )

    def unreadable(self, response: Response, operation: str, why: str) -> ResponseError:
        """The error for a success whose body is not what this call answers."""
        return ResponseError(
            f"The answer cannot be read: {why}. Does the base URL lead to a WATS server?",
            status_code=response.status,
            request_id=response.request_id,
            operation=operation,
        )

    def name(self, fault: PyWATSError, operation: str) -> None:
        """Make *fault* tell which call it ended."""
        fault.operation = operation


def _told(response: Response) -> dict[str, Any]:
    """The body's properties by lower-case name: other WATS servers write `Message`."""
    try:
        body = json.loads(response.body)
    except ValueError:
        return {}
    return {key.lower(): value for key, value in body.items()} if isinstance(body, dict) else {}


def _message(response: Response, told: Mapping[str, Any]) -> str:
    for name in ("message", "detail", "title"):
        if text := _text(told.get(name)):
            return text
    if 300 <= response.status < 400:
        return f"The server answers from another address, {response.headers.get('location')!r}: use it as base URL"
    return _quote(response) or _phrase(response.status)


def _quote(response: Response) -> str:
    """The start of a plain text answer; pages of proxies and JSON without a message say nothing to a reader."""
    if not response.headers.get("content-type", "").startswith("text/plain"):
        return ""
    return " ".join(response.body[: 4 * LONGEST_QUOTE].decode(errors="replace").split())[:LONGEST_QUOTE]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"The server answered with status {status}"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
