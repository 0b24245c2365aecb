"""
The protocol of the web server, with two things done our way.

Answers go out in one packet where they fit. What is no HTTP request, and so reaches no endpoint, is answered in the one
form of errors and with a line in the log.
"""

import asyncio
import uuid
from http import HTTPStatus
from typing import Any, cast

from starlette.requests import Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pywats_server.api.problems import answer
from pywats_server.logs import log_request

_MESSAGE = (
    "The request cannot be read; accepted: HTTP whose target is printable ASCII, with anything else in it "
    "percent-encoded, and has up to 65535 characters."
)
_MOST_JOINED = 64 * 1024


class _Joined:
    """
    A transport that sends together what is written within a round of the event loop.

    An answer's head and its body are written one after the other. Sent apart they are two packets, and for each of
    them the system goes all the way to the caller and wakes it.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Send *data* with what else is written now; at once when that becomes long."""
        if not self._parts:
            self._loop.call_soon(self._send)
        self._parts.append(data)
        self._size += len(data)
        # The transport knows when its caller cannot keep up, and lets the application wait then.
        if self._size > _MOST_JOINED:
            self._send()

    def _send(self) -> None:
        parts, self._parts, self._size = self._parts, [], 0
        if parts and not self._transport.is_closing():
            self._transport.writelines(parts)

    def close(self) -> None:
        """Send what was written, and end the connection."""
        self._send()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        """Leave all else to the transport."""
        return getattr(self._transport, name)


class Protocol(HttpToolsProtocol):
    """A connection to the web server."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a new connection."""
        super().connection_made(cast("asyncio.Transport", _Joined(transport, self.loop)))

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the web server says the same of every fault
        """Answer a request that cannot be read, and end the connection."""
        id = uuid.uuid4().hex
        request = Request({"type": "http", "path": "", "state": {"request_id": id}})
        headers = {"X-Request-Id": id, "Connection": "close"}
        response = answer(request, HTTPStatus.BAD_REQUEST, "invalid_input", _MESSAGE, {"field": "request"}, headers)
        lines = (b"HTTP/1.1 400 Bad Request", *(name + b": " + value for name, value in response.raw_headers), b"")
        self.transport.write(b"\r\n".join((*lines, bytes(response.body))))
        self.transport.close()
        log_request("?", "?", HTTPStatus.BAD_REQUEST, 0.0, None, id)
