"""The application behind a real address of this machine."""

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import uvicorn
from fastapi import FastAPI

from pywats_server.commands.running import configuration

T = TypeVar("T")


@dataclass(frozen=True)
class Served:
    """An application that is served: its address, and the loop of its thread."""

    url: str
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run *work* in the application's loop, to which its database belongs."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=60)


@contextmanager
def served(app: FastAPI) -> Iterator[Served]:
    """Serve *app* on a free port."""
    config = configuration(app)
    server = uvicorn.Server(config)
    # Requests that come before the server is ready wait in the socket.
    with (
        socket.create_server(("127.0.0.1", 0), backlog=512) as listener,
        asyncio.Runner(loop_factory=config.get_loop_factory()) as runner,
    ):
        loop = runner.get_loop()
        thread = threading.Thread(target=runner.run, args=[server.serve(sockets=[listener])])
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", loop)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve *app* on a free port; gives the address."""
    with served(app) as server:
        yield server.url
