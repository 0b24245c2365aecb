"""A transport that answers from a script, and a real HTTP server on loopback that answers with what it was asked."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pywats.config import ClientConfig, RetryConfig
from pywats.http.request import Request, Response

TOKEN = "bmFtZTpzZWNyZXQ="
TYPE_ID = "12345678-1234-1234-1234-123456789012"
ASSET_ID = "0a1b2c3d-0000-4000-8000-000000000001"


def config(base_url: str = "http://wats.test", **changes: Any) -> ClientConfig:
    """Settings whose waits are exact."""
    values = {"token": TOKEN, "timeout": 5.0, "verify_ssl": True, "retry": RetryConfig(jitter=False)} | changes
    return ClientConfig(base_url=base_url, **values)


def answer(content: object = None, status: int = 200, **headers: str) -> Response:
    """An answer with JSON in it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"content-type": "application/json", **named}, json.dumps(content).encode())


def asset_document(**changes: Any) -> dict[str, Any]:
    """An asset as a server sends it."""
    return {"assetId": ASSET_ID, "serialNumber": "DMM-001", "typeId": TYPE_ID, "state": 1, "tags": []} | changes


class FakeTransport:
    """
    Answers each request with the next of its *answers*, or raises it; the last one again and again.

    It never suspends, so it serves both faces. Attributes hold the requests that came and the seconds slept.
    """

    def __init__(self, *answers: Response | Exception) -> None:
        self.answers = list(answers) or [answer()]
        self.requests: list[Request] = []
        self.slept: list[float] = []
        self.closed = False

    async def send(self, request: Request) -> Response:
        self.requests.append(request)
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(given, Exception):
            # Each time another one, because callers write into it what they know.
            raise copy(given)
        return given

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def close(self) -> None:
        self.closed = True

    @property
    def last(self) -> Request:
        """The request that came last."""
        return self.requests[-1]


def path_of(request: Request) -> str:
    """The path as it was sent, still percent-encoded."""
    return urlsplit(request.url).path


def query_of(request: Request) -> dict[str, str]:
    """The query as a server reads it."""
    return (
        dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True, strict_parsing=True))
        if "?" in request.url
        else {}
    )


def content_of(request: Request) -> Any:
    """The JSON that was sent."""
    assert request.body is not None
    return json.loads(request.body)


class Loopback(ThreadingHTTPServer):
    """A server on a free port that tells each request back, and misbehaves on the paths below `/faults`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, certificate: Path | None, asks_for: Path | None) -> None:
        super().__init__(("127.0.0.1", 0), _Echo)
        self.received: list[str] = []
        self.released = threading.Event()
        self.scheme = "http"
        if certificate:
            self.scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            if asks_for:
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(asks_for)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about clients that go away."""


@contextmanager
def loopback(certificate: Path | None = None, asks_for: Path | None = None) -> Iterator[Loopback]:
    """
    A running `Loopback`; with a PEM file of a certificate and its key it speaks TLS.

    Args:
        asks_for: Serve only clients with a certificate that this one vouches for.
    """
    server = Loopback(certificate, asks_for)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Loopback

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.server.received.append(f"{self.command} {self.path}")
        name = self.path.partition("/faults/")[2].partition("/")[0]
        fault = getattr(self, "fault_" + name.replace("-", "_"), None)
        if fault is None:
            self.answer(200, self.asked(body))
        else:
            fault()

    def asked(self, body: bytes) -> bytes:
        parts = urlsplit(self.path)
        told = {
            "method": self.command,
            "raw": self.path,
            "path": unquote(parts.path),
            "query": dict(parse_qsl(parts.query)),
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode("latin-1"),
        }
        return json.dumps(told).encode()

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-Id", "r-1")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def fault_silence(self) -> None:
        self.server.released.wait(30)
        self.close_connection = True

    def fault_drop(self) -> None:
        self.close_connection = True

    def fault_cut_head(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Request-Id: r-1\r\n")
        self.close_connection = True

    def fault_cut_in_length(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: ")
        self.close_connection = True

    def fault_cut_in_encoding(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chun")
        self.close_connection = True

    def fault_cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"only this")
        self.close_connection = True

    def fault_garbage(self) -> None:
        self.wfile.write(b"this is no HTTP at all\r\n\r\n")
        self.close_connection = True

    def fault_bad_gzip(self) -> None:
        self.answer(200, b"this is not compressed", Content_Encoding="gzip")

    def fault_redirect(self) -> None:
        self.answer(302, b"", Location="/elsewhere")

    def fault_status(self) -> None:
        self.answer(503, b'{"message": "busy"}', Retry_After="7")

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""
