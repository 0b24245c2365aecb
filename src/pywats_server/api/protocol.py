"""Answers, in the one form of errors and with a line in the log, what is no HTTP request and so reaches no endpoint."""

import uuid
from http import HTTPStatus

from starlette.requests import Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pywats_server.api.problems import answer
from pywats_server.logs import log_request

_MESSAGE = (
    "The request cannot be read; accepted: HTTP whose target is printable ASCII, with anything else in it "
    "percent-encoded, and has up to 65535 characters."
)


class Protocol(HttpToolsProtocol):
    """The protocol of the web server, with answers of ours."""

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
