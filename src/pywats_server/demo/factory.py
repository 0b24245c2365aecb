"""Fills a database with the demo factory: what happened in three years, done again in its order."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from pywats_server.demo.catalogue import KINDS, METROLOGY
from pywats_server.demo.lives import all_lives, introduced_at
from pywats_server.demo.stories import Happening, happening, story_of
from pywats_server.services.backend import Backend
from pywats_server.services.session import Session
from pywats_server.services.types import save_type
from pywats_server.store.database import Connection

Progress = Callable[[int, int], object]
"""Is told how many events are done, and of how many."""

_BETWEEN_REPORTS = 100


async def fill(backend: Backend, now: datetime, progress: Progress | None = None) -> None:
    """
    Fill a fresh database with a factory of about 300 assets and its last three years.

    One transaction does it, so all or nothing. The same *now* gives the same factory, ids included.

    Args:
        now: Aware. Nothing happens after it.
        progress: Called on the caller's event loop from time to time.

    Raises:
        PreconditionFailed: An asset of the factory exists already.
    """
    history = timeline(now)
    loop = asyncio.get_running_loop()

    def report(done: int) -> None:
        if progress is not None:
            # The database runs its work on a thread of its own.
            loop.call_soon_threadsafe(progress, done, len(history))

    async def relive(connection: Connection) -> None:
        await _relive(connection, history, report)

    await backend.database.write(relive)


def timeline(now: datetime) -> list[Happening]:
    """Return all that happened in the factory up to *now*, oldest first."""
    now = now.astimezone(UTC).replace(microsecond=0)
    happenings = [*_introduction(now), *(told for life in all_lives(now) for told in story_of(life))]
    return sorted(happenings, key=lambda told: told.at)


def _introduction(now: datetime) -> Iterator[Happening]:
    for kind in KINDS:
        yield happening(introduced_at(now), METROLOGY, save_type, kind.type)


async def _relive(connection: Connection, history: Sequence[Happening], report: Callable[[int], None]) -> None:
    for done, told in enumerate(history, 1):
        await told.act(Session(connection, told.by, told.at))
        if done % _BETWEEN_REPORTS == 0 or done == len(history):
            report(done)
