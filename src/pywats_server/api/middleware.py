"""What happens to every request before and after its endpoint: request id, log line, size limit, the last resort."""

import random
import re
import time
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pywats_server.api.problems import defect, domain_error
from pywats_server.errors import TooLarge
from pywats_server.logs import log_request, request_id

# Of its own: a server in the process of a program's tests must not disturb the chance that these have set.
_ids = random.Random()  # noqa: S311 - an id need not be hard to guess, so it need not be asked of the system
_REQUEST_ID = re.compile(rb"[\x21-\x7e]{1,100}")


class RequestLog:
    """
    Gives every request an id, repeats it in the answer, and logs one line when it is done.

    Args:
        app: Handles what *short* leaves.
        short: Returns the answer to a request whose answer is had without more ado; None to any other.
    """

    def __init__(self, app: ASGIApp, short: Callable[[Scope], Coroutine[Any, Any, Response | None]]) -> None:
        self.app = app
        self.short = short

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        id = _request_id(scope)
        header = (b"x-request-id", id.encode())
        state = scope.setdefault("state", {})
        state["request_id"] = id
        started = time.perf_counter()
        before = request_id.set(id)
        try:
            response = await self.short(scope)
            if response is None:
                await self.app(scope, receive, _telling(state, header, send))
            else:
                state["status"] = response.status_code
                headers = [*response.raw_headers, header]
                await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
                await send({"type": "http.response.body", "body": response.body})
        finally:
            request_id.reset(before)
            milliseconds = (time.perf_counter() - started) * 1000
            status, principal = int(state.get("status", 0)), state.get("principal")
            # The query is left out: what a caller puts there is theirs, and may be a secret by mistake.
            log_request(scope["method"], scope["path"], status, milliseconds, principal, id)


def _telling(state: dict[str, Any], header: tuple[bytes, bytes], send: Send) -> Send:
    """Return a way to send that adds *header* to an answer, and its status to *state*."""

    async def send_with_header(message: Message) -> None:
        if message["type"] == "http.response.start":
            state["status"] = message["status"]
            message["headers"] = [*message["headers"], header]
        await send(message)

    return send_with_header


class LastResort:
    """Answers what nobody expected. Inside of `RequestLog`, so that the answer and the log have the request's id."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            # An answer that has begun cannot be taken back: the web server breaks it off.
            if scope["type"] != "http" or "status" in scope["state"]:
                raise
            await defect(Request(scope), error)(scope, receive, send)


def _request_id(scope: Scope) -> str:
    """Return the id that the caller gave the request, if it is fit to be repeated, or a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value, "ascii")
    return f"{_ids.getrandbits(128):032x}"


class SizeLimit:
    """
    Refuses bodies over a number of bytes, whether they say their length or not.

    Args:
        refuse: Makes the answer to a request that says itself that it is too large.
    """

    def __init__(
        self, app: ASGIApp, *, max_bytes: int, refuse: Callable[[Request, Exception], Response] = domain_error
    ) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if length.isascii() and length.isdigit() and int(length) > self.max_bytes:
            await self._refuse(Request(scope), self._error())(scope, receive, send)
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
