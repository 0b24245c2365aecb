"""Structured logs: one event a line, for people or for programs, to standard error."""

import asyncio
import logging
import sys
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec
import structlog
from structlog.dev import plain_traceback
from structlog.tracebacks import ExceptionDictTransformer

from pywats_server.settings import LogFormat, Settings

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being handled; every event tells it."""


class _RequestDone(msgspec.Struct):
    """The event that every request ends with: so frequent that it goes a shorter way than other events."""

    timestamp: str
    method: str
    path: str
    status: int
    milliseconds: float
    principal: str | None
    request_id: str
    event: str = "request"
    level: str = "info"

    def as_json(self) -> str:
        self.milliseconds = round(self.milliseconds, 2)
        return msgspec.json.encode(self).decode()

    def as_line(self) -> str:
        return (
            f"{self.timestamp} [{self.level:<9}] {self.event:<30} method={self.method} path={_shown(self.path)} "
            f"status={self.status} milliseconds={self.milliseconds:.2f} principal={_shown(str(self.principal))} "
            f"request_id={self.request_id}"
        )


def _shown(text: str) -> str:
    return text if text.isprintable() and " " not in text else repr(text)


class _RequestLog:
    """Where the events of requests go: those of a round of the event loop together, nowhere until it is configured."""

    def __init__(self) -> None:
        self._render: Callable[[_RequestDone], str] | None = None
        self._handler: logging.StreamHandler[TextIO] | None = None
        self._done: list[_RequestDone] = []
        self._now = ""
        self._writer: asyncio.AbstractEventLoop | None = None

    def configure(self, handler: logging.StreamHandler[TextIO], log_format: LogFormat) -> None:
        self._render = _RequestDone.as_json if log_format is LogFormat.JSON else _RequestDone.as_line
        self._handler = handler

    def add(self, method: str, path: str, status: int, milliseconds: float, principal: str | None, id: str) -> None:
        if self._render is None:
            return
        loop = asyncio.get_running_loop()
        if self._writer is not loop:
            self._writer = loop
            loop.call_soon(self._write)
            self._now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        # Those of one round have one time: making it takes as long as all the rest of a line.
        self._done.append(_RequestDone(self._now, method, path, status, milliseconds, principal, id))

    def _write(self) -> None:
        done, self._done, self._writer = self._done, [], None
        if self._handler is not None and self._render is not None:
            self._handler.stream.write("".join([f"{self._render(one)}\n" for one in done]))


_request_log = _RequestLog()


def log_request(method: str, path: str, status: int, milliseconds: float, principal: str | None, id: str) -> None:
    """Log that a request is done, and what came of it."""
    _request_log.add(method, path, status, milliseconds, principal, id)


def _add_request_id(logger: Any, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:  # noqa: ARG001 - the signature of a processor
    id = request_id.get()
    if id is not None:
        event["request_id"] = id
    return event


def configure_logs(settings: Settings) -> None:
    """Send the server's events, and those of its libraries, through one formatter to standard error."""
    shared: list[structlog.typing.Processor] = [
        _add_request_id,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Traces without the values of variables: among them is the header with the caller's token.
    renderers: list[structlog.typing.Processor] = (
        [
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ]
        if settings.log_format is LogFormat.JSON
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain_traceback)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    if root.isEnabledFor(logging.INFO):
        _request_log.configure(handler, settings.log_format)
    # The server logs its requests itself, with their ids.
    logging.getLogger("uvicorn.access").disabled = True
