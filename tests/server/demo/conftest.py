import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pywats_server.demo.factory import fill
from pywats_server.services.backend import Backend
from pywats_server.store.sqlite import SqliteDatabase


@dataclass(frozen=True)
class Factory:
    """A filled database: through the server's use cases, and as the rows that they left."""

    backend: Backend
    rows: sqlite3.Connection
    now: datetime
    progress: list[tuple[int, int]]


async def filled(path: Path, now: datetime, progress: list[tuple[int, int]]) -> Backend:
    """Fill the database at *path*; the backend stays open."""
    backend = Backend(SqliteDatabase(path), lambda: now)
    await fill(backend, now, lambda done, total: progress.append((done, total)))
    return backend


@pytest.fixture(
    scope="module",
    params=[datetime(2026, 3, 11, 15, 20, tzinfo=UTC), datetime(2027, 11, 1, 0, 10, tzinfo=UTC)],
    ids=["on a Wednesday afternoon", "on a Monday past midnight"],
)
def factory(
    request: pytest.FixtureRequest, empty_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Factory]:
    """The demo factory, which tests only look at."""
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    path.write_bytes(empty_database.read_bytes())
    progress: list[tuple[int, int]] = []
    backend = asyncio.run(filled(path, request.param, progress))
    with closing(sqlite3.connect(path)) as rows:
        rows.row_factory = sqlite3.Row
        yield Factory(backend, rows, request.param, progress)
    asyncio.run(backend.database.close())
