"""An application behind a real address of this machine, in a thread and a loop of its own."""

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
import uvicorn
from fastapi import FastAPI

from pywats_server.commands.running import configuration

T = TypeVar("T")

CONNECTIONS_THAT_WAIT = 512
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Served:
    """An application that is served: its address, and the loop of its thread."""

    url: str
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run *work* in the application's loop, to which its database belongs, and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_PATIENCE_SECONDS)


@contextmanager
def served(app: FastAPI) -> Iterator[Served]:
    """
    Serve *app* on a free port. It has started when the block begins, and has ended when the block is left.

    Raises:
        RuntimeError: It did not start.
    """
    keep_values_out_of_traces()
    server = _Server(configuration(app))
    with socket.create_server(("127.0.0.1", 0), backlog=CONNECTIONS_THAT_WAIT) as listener:
        thread = threading.Thread(target=server.run, args=[[listener]], name="wats-server", daemon=True)
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", server.loop.result())
        finally:
            server.should_exit = True
            thread.join()


def keep_values_out_of_traces() -> None:
    """Unless the program says how it logs: writing out a whole application with all its values takes ten seconds."""
    if not structlog.is_configured():
        *others, _ = structlog.get_config()["processors"]
        renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        structlog.configure(processors=[*others, renderer])


class _Server(uvicorn.Server):
    """A web server whose future holds its loop once it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.loop: Future[asyncio.AbstractEventLoop] = Future()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.loop.set_result(asyncio.get_running_loop())

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            # uvicorn would end the program when the application cannot start.
            with suppress(SystemExit):
                super().run(sockets)
        finally:
            if not self.loop.done():
                self.loop.set_exception(RuntimeError("The server did not start; its log tells why"))
