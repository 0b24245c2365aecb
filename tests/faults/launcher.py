"""
A program that serves a database again and again: each line on its input starts a server process, whose end it tells.

The server processes are forked from this one, which has imported everything already, so that one starts in a few
milliseconds and many can be killed. They share a socket that this program holds: connections that come between two
servers wait for the next one, as they do behind a load balancer.
"""

import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from pywats_server.app import create_app
from pywats_server.commands.running import configuration
from pywats_server.logs import configure_logs
from pywats_server.settings import LogFormat, Settings


def wrong_clock(seconds: Path) -> Callable[[], datetime]:
    """Return a clock that is off by the number of seconds that a file holds."""
    return lambda: datetime.now(UTC) + timedelta(seconds=float(seconds.read_text()))


def _prepared(app: FastAPI) -> uvicorn.Config:
    """Return how to serve *app*, with all done beforehand that can be: each server then starts in milliseconds."""
    config = configuration(app)
    config.load()
    config.get_loop_factory()
    # The framework builds each endpoint at its first call, which is refused here because it shows no token.
    with TestClient(app) as client:
        for route in app.routes:
            for method in getattr(route, "methods", ()):
                client.request(method, route.path)
    gc.freeze()
    return config


def _launch(config: uvicorn.Config, listener: socket.socket) -> None:
    process = os.fork()
    if process == 0:
        # Whoever holds the launcher's input would keep it alive.
        sys.stdin.close()
        uvicorn.Server(config).run(sockets=[listener])
        os._exit(0)
    print(process, flush=True)
    os.waitpid(process, 0)
    print("ended", flush=True)


def main(database: str, seconds: Path) -> None:
    # A terminal's Ctrl-C is for the tests, which then end what they started.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = Settings(database=database, log_level="warning", log_format=LogFormat.JSON)
    configure_logs(settings)
    config = _prepared(create_app(settings, wrong_clock(seconds)))
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        print(listener.getsockname()[1], flush=True)
        for _ in sys.stdin:
            _launch(config, listener)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
