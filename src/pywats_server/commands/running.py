"""Runs the server's processes on a socket that was opened first, so that a port in use is told at once."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pywats_server.commands.opening import fail
from pywats_server.settings import Settings, variable

if TYPE_CHECKING:
    import uvicorn

BACKLOG = 2048
"""How many connections may wait to be taken."""


def listen(settings: Settings) -> socket.socket:
    """
    Open the socket that *settings* name.

    Raises:
        typer.Exit: It cannot be opened; why, and what to do, was printed.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    if sys.platform != "win32":
        # Elsewhere this lets a restarted server have its port back at once; on Windows it would let two share it.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        where = f"{settings.host}:{settings.port}"
        raise fail(
            f"The server cannot listen on {where}: {error.strerror or error}. "
            "Choose another with --port, or another --host."
        ) from error
    return listener


def address(listener: socket.socket) -> str:
    """Return the URL of the server that listens on *listener*."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Ending:
    """
    What Ctrl-C and SIGTERM do from now on: remember that an end is asked for.

    They raise nothing, because Python loses an error that a signal raises while it cleans up behind an import. While
    uvicorn serves it has handlers of its own, ends its work, and repeats the signal.
    """

    def __init__(self) -> None:
        self.is_asked_for = False
        self.ask: Callable[[], None] | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end)

    def _end(self, number: int, frame: object) -> None:  # noqa: ARG002 - the signature of a signal handler
        self.is_asked_for = True
        if self.ask is not None:
            self.ask()


def run_server(settings: Settings, listener: socket.socket) -> None:
    """Run the server in this process, or in as many as the settings say, until Ctrl-C or SIGTERM."""
    ending = _Ending()
    # Imported where it is needed, here and below: the other commands should not wait for it.
    from pywats_server.logs import configure_logs

    configure_logs(settings)
    try:
        if settings.workers == 1:
            _run_here(settings, listener, ending)
        elif not ending.is_asked_for:
            _run_workers(settings, listener)
    finally:
        listener.close()


def _run_here(settings: Settings, listener: socket.socket, ending: _Ending) -> None:
    import uvicorn

    from pywats_server.app import create_only_app

    server = uvicorn.Server(configuration(create_only_app(settings)))
    ending.ask = lambda: setattr(server, "should_exit", True)
    if not ending.is_asked_for:
        server.run(sockets=[listener])


def configuration(app: Callable[..., Any]) -> "uvicorn.Config":
    """Return how *app* is served."""
    import uvicorn

    return uvicorn.Config(app, **_how())


def _run_workers(settings: Settings, listener: socket.socket) -> None:
    import uvicorn

    # The processes read their settings from the environment.
    for name, value in settings.model_dump(mode="json", exclude_none=True).items():
        os.environ[variable(name)] = str(value)
    host, port = listener.getsockname()[:2]
    # uvicorn opens the port for its processes itself.
    listener.close()
    uvicorn.run(
        "pywats_server.app:create_worker_app",
        factory=True,
        host=host,
        port=port,
        workers=settings.workers,
        **_how(),
    )


def _how() -> dict[str, Any]:
    from pywats_server.api.protocol import Protocol

    return {"http": Protocol, "ws": "none", "log_config": None, "access_log": False}
