"""
The ceiling: the HTTP server as `pywats-server serve` runs it, with an application that answers a constant.

`/busy/100` answers it after 100 µs of computing, which tells what an answer itself costs a server that has work to do.
"""

import socket
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from pywats_server.commands.running import BACKLOG, configuration

BUSY = "/busy/"
_BODY = b'"ready"'
_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(_BODY)).encode())],
}


async def answer(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answer every request the same."""
    if scope["type"] == "http":
        if scope["path"].startswith(BUSY):
            _compute(int(scope["path"][len(BUSY) :]) / 1e6)
        await send(_START)
        await send({"type": "http.response.body", "body": _BODY})
    else:
        await _live(receive, send)


def _compute(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def _live(
    receive: Callable[[], Awaitable[dict[str, Any]]], send: Callable[[dict[str, Any]], Awaitable[None]]
) -> None:
    for _ in ("startup", "shutdown"):
        message = await receive()
        await send({"type": f"{message['type']}.complete"})


def main() -> None:
    """Serve on a free port until SIGTERM."""
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
        print(f"Serving a constant on http://127.0.0.1:{listener.getsockname()[1]}", file=sys.stderr, flush=True)
        uvicorn.Server(configuration(answer)).run(sockets=[listener])


if __name__ == "__main__":
    main()
