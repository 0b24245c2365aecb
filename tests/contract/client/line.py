"""The line between clients and a server, which a test cuts and mends."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import urllib3

_LEFT_OUT = {"connection", "content-length", "transfer-encoding", "content-encoding", "date", "server"}


class Line:
    """
    A way to one server, at an address of its own, which it keeps while it is cut.

    Attributes:
        url: The address.
        loses_answers: Whether what is asked comes to the server, and its answer to nobody.
        hides_keys: Whether the server looks like one that honours no keys.
        hides: Beginnings of paths that the server looks as if it did not know.
        answers_itself: A status to answer with, as a gateway does before a server that is away; None passes on.
        seen: What came to the server, changes alone.
    """

    def __init__(self, server: str) -> None:
        self.server = server
        self.pool = urllib3.PoolManager()
        self.loses_answers = False
        self.hides_keys = False
        self.hides: tuple[str, ...] = ()
        self.answers_itself: int | None = None
        self.seen: list[str] = []
        self._port = 0
        self._listener: ThreadingHTTPServer | None = None
        self.mend()
        self.url = f"http://127.0.0.1:{self._port}"

    def mend(self) -> None:
        """Let what comes pass."""
        self._listener = listener = ThreadingHTTPServer(("127.0.0.1", self._port), _handler(self))
        self._port = listener.server_address[1]
        threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def cut(self) -> None:
        """Refuse connections, as a machine does on which no server runs."""
        if self._listener is not None:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener = None


def _handler(line: Line) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        # HTTP/1.0, so that no connection outlives a cut.
        def carry(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if line.answers_itself is not None:
                self.send_error(line.answers_itself)
                return
            if self.path.startswith(line.hides):
                self.send_error(404)
                return
            if self.command != "GET":
                line.seen.append(self.path)
            answer = line.pool.request(
                self.command, line.server + self.path, body=body or None, headers=dict(self.headers), retries=False
            )
            if not (line.loses_answers and self.command != "GET"):
                self.answer(answer)

        do_GET = do_PUT = do_POST = do_DELETE = carry  # noqa: N815 - the names that the library calls

        def answer(self, answer: urllib3.BaseHTTPResponse) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in _LEFT_OUT and not (line.hides_keys and name.lower().startswith("idempotency")):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.data)))
            self.end_headers()
            self.wfile.write(answer.data)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    return Handler


@contextmanager
def line_to(server: str) -> Iterator[Line]:
    """A line to *server*, which is not cut."""
    line = Line(server)
    try:
        yield line
    finally:
        line.cut()
        line.pool.clear()
