"""A real server on a loopback port, and requests to it byte by byte."""

import socket
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any

import msgspec

_TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass(frozen=True)
class Wire:
    """A way to the server on *port*, with a token for those calls that show one."""

    port: int
    token: str

    def ask(
        self, method: str, target: str | bytes, body: bytes = b"", headers: dict[str, str | bytes] | None = None
    ) -> Answer:
        """Send a request with *target* exactly as it is and return the answer."""
        lines = {"Content-Length": str(len(body)), **self.authorized(), **(headers or {})}
        return self.send(request(method, target, lines) + body)

    def authorized(self) -> dict[str, str]:
        return {"Authorization": f"Basic {self.token}"}

    def send(self, *parts: bytes, close: bool = False) -> Answer:
        """Send bytes and return the answer; *close* ends our side of the connection after them."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=_TIMEOUT_SECONDS) as connection:
            try:
                for part in parts:
                    connection.sendall(part)
                if close:
                    connection.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                # The server may answer, and hang up, before it has read everything.
                pass
            return _answer(connection)


def request(method: str, target: str | bytes, headers: dict[str, str | bytes]) -> bytes:
    """Return the head of a request."""
    raw = target.encode("ascii") if isinstance(target, str) else target
    lines = [method.encode() + b" " + raw + b" HTTP/1.1", b"Host: localhost", b"Connection: close"]
    for name, value in headers.items():
        lines.append(name.encode() + b": " + (value.encode("latin-1") if isinstance(value, str) else value))
    return b"\r\n".join([*lines, b"", b""])


def _answer(connection: socket.socket) -> Answer:
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    head, _, body = received.partition(b"\r\n\r\n")
    status_line, _, headers = head.partition(b"\r\n")
    status = int(status_line.split()[1]) if status_line else 0
    return Answer(status, BytesHeaderParser().parsebytes(headers), body)
