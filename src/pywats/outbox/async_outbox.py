"""What a program can do with its outbox, as coroutines, and what the HTTP client does with it."""

import json
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from pywats.blocking import aside, run
from pywats.errors import ErrorHandler, OutboxError
from pywats.http.client import HttpClient
from pywats.http.request import VERSION, Queued, Request, Response
from pywats.http.retry import KEY_LIFETIME, key_lifetime
from pywats.outbox.courier import Courier
from pywats.outbox.delivery import Delivery
from pywats.outbox.entries import Attempt, Entry, Flushed, State
from pywats.outbox.file import OutboxFile
from pywats.outbox.rules import owner

POLL_SECONDS = 0.1
"""How often `flush` looks whether somebody else has finished delivering."""


class AsyncOutbox:
    """
    What was said while the server could not be reached, and waits to be delivered.

    It is delivered by itself, in the background, in the order in which it was made, with the token of the client that
    delivers. All clients of one file talk to one server.

    Every call raises `OutboxError` when the file cannot be used.

    Args:
        file: Where it is kept.
        http: The way to the server, on a blocking transport, which tries once. It belongs to the outbox.
    """

    def __init__(self, file: OutboxFile, http: HttpClient) -> None:
        self._file = file
        self._http = http
        self._server = http.config.base_url
        self._owner = owner(http.config.token)
        self._begin()
        try:
            file.check_server(self._server)
        except OutboxError:
            self._release()
            raise
        if file.waits():
            self._courier.wake()

    def __len__(self) -> int:
        return self._file.count(State.WAITING)

    def __bool__(self) -> bool:
        # An outbox in which nothing waits is one all the same.
        return True

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._file.path)!r})"

    async def pending(self) -> list[Entry]:
        """What waits to be delivered, in that order."""
        return await aside(lambda: self._file.entries(State.WAITING))

    async def refused(self) -> list[Entry]:
        """What the server did not accept; `error` has its words."""
        return await aside(lambda: self._file.entries(State.REFUSED))

    async def uncertain(self) -> list[Entry]:
        """What the server may have carried out, without a way to find out that does not risk counting twice."""
        return await aside(lambda: self._file.entries(State.UNCERTAIN))

    async def flush(
        self,
        timeout: float | None = None,  # noqa: ASYNC109 - it ends between two calls, and never in the middle of one
        progress: Callable[[Flushed], None] | None = None,
    ) -> Flushed:
        """
        What was delivered now, until nothing waits any more or the server cannot be reached.

        Args:
            timeout: Seconds after which no further call is begun; None sets no limit.
            progress: Is told what has been done so far, every now and then, on the thread that delivers.
        """
        return await aside(lambda: self._flush(timeout, progress))

    async def discard(self, key: str) -> bool:
        """True once the entry *key* is forgotten, whatever its state; False when there is none."""
        return await aside(lambda: self._file.discard(key))

    async def retry(self, key: str) -> Queued | None:
        """
        Where the refused or uncertain entry *key* waits now, as a new call with a new key; None when there is none.

        An uncertain one that the server has carried out is then carried out twice: look first.
        """
        queued = await aside(lambda: self._file.retry(key, str(uuid4())))
        self._here().wake()
        return queued

    async def export(self, path: str | os.PathLike[str]) -> int:
        """
        How many entries were written to a new file *path*: all that there are, one JSON object a line.

        Raises:
            FileExistsError: There is such a file already.
        """
        return await aside(lambda: export(self._file, path))

    async def close(self) -> None:
        """Deliver no longer. What waits stays in the file."""
        await aside(self._here().stop)

    # For the HTTP client

    def waits(self) -> bool:
        """Whether anything waits, so that calls have to go behind it."""
        return self._file.waits()

    async def keep(self, request: Request, *, may_have_arrived: bool = False) -> Queued:
        """
        Keep *request*, synced to the disk, and see to its delivery.

        Raises:
            OutboxFullError, OutboxError: It is not kept.
        """
        attempted = Attempt(self._file.clock(), self._owner) if may_have_arrived else None
        try:
            queued = await aside(lambda: self._file.put(request, self._server, attempted))
        except OutboxError as error:
            error.outcome_unknown = may_have_arrived
            raise
        self._here().wake()
        return queued

    def _begin(self) -> None:
        self._process = os.getpid()
        self._delivery = Delivery(self._file, self._server, self._owner, self._send, self._ask_lifetime)
        self._courier = Courier(lambda stopped: self._delivery.deliver(stopped, _silent), self._release)

    def _here(self) -> Courier:
        # A forked child has none of its parent's threads, and perhaps locks that they held.
        if self._process != os.getpid():
            self._begin()
        return self._courier

    def _release(self) -> None:
        self._file.close()
        run(self._http.close())

    def _send(self, request: Request) -> Response:
        return run(self._http.send(request))

    def _ask_lifetime(self) -> float | None:
        response = self._send(VERSION)
        ErrorHandler().check(response, "version")
        return key_lifetime(response.status, response.headers.get(KEY_LIFETIME)) or None

    def _flush(self, timeout: float | None, progress: Callable[[Flushed], None] | None) -> Flushed:
        self._here()
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            done = self._delivery.deliver(lambda: _is_over(end), progress or _silent)
            if done is not None:
                return done
            if _is_over(end):
                return Flushed(waiting=len(self), error="Somebody else delivers it")
            time.sleep(POLL_SECONDS)


def export(file: OutboxFile, path: str | os.PathLike[str]) -> int:
    """How many entries of *file* were written to a new file *path*, one JSON object a line."""
    entries = file.entries()
    with Path(path).open("x", encoding="utf-8") as target:
        target.writelines(json.dumps(document(entry), ensure_ascii=False) + "\n" for entry in entries)
    return len(entries)


def document(entry: Entry) -> Mapping[str, Any]:
    """*entry* as a JSON object; its moments are UTC."""
    return {
        "key": entry.key,
        "position": entry.position,
        "state": entry.state.value,
        "server": entry.server,
        "method": entry.request.method,
        "url": entry.request.url,
        "body": None if entry.request.body is None else entry.request.body.decode(errors="replace"),
        "madeAt": _moment(entry.made),
        "firstAttemptAt": None if entry.attempted is None else _moment(entry.attempted.at),
        "attempts": entry.attempts,
        "error": entry.error,
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _is_over(end: float | None) -> bool:
    return end is not None and time.monotonic() >= end


def _silent(_: Flushed) -> None:
    """Tell nobody."""
