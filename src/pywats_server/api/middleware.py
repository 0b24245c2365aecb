"""What happens to every request before and after its endpoint: request id, log line, size limit, the last resort."""

import re
import time
import uuid

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pywats_server.api.problems import answer, defect, status_of
from pywats_server.errors import TooLarge

_log = structlog.get_logger(__name__)
_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,100}")


class RequestLog:
    """
    Gives every request an id, repeats it in the answer, and logs one line when it is done.

    What nobody expected is answered here too, because only here the answer and the log still have the id.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except Exception as error:
                # An answer that has begun cannot be taken back: the web server breaks it off.
                if status:
                    raise
                await defect(Request(scope), error)(scope, receive, send_with_id)
            finally:
                # The query is left out: what a caller puts there is theirs, and may be a secret by mistake.
                _log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=int(status),
                    milliseconds=round((time.perf_counter() - started) * 1000, 2),
                    principal=scope["state"].get("principal"),
                )


def _request_id(scope: Scope) -> str:
    """Return the id that the caller gave the request, if it is fit to be repeated, or a new one."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


class SizeLimit:
    """Refuses bodies over a number of bytes, whether they say their length or not."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if length.isascii() and length.isdigit() and int(length) > self.max_bytes:
            await self._refuse(scope, receive, send)
            return
        received = 0

        async def receive_some() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                raise self._error()
            return message

        await self.app(scope, receive_some, send)

    def _error(self) -> TooLarge:
        return TooLarge(
            f"The body is larger than {self.max_bytes} bytes; accepted: a smaller one. "
            "The administrator sets the limit with PYWATS_SERVER_MAX_BODY_BYTES.",
            field="body",
            accepted=self.max_bytes,
        )

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = self._error()
        response = answer(Request(scope), status_of(error), error.code, error.message, error.details)
        await response(scope, receive, send)
