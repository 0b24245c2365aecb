"""Where seeds are kept from one run to the next, and where the copies of a run are: in files, or in a PostgreSQL."""

import asyncio
import hashlib
import shutil
import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import psutil

from benchmarks import rawfetch
from benchmarks.seeds import postgresql, sqlite
from benchmarks.seeds.progress import shown
from pywats_server.store import schema

# Counted up whenever other rows come out of the same size.
_VERSION = 4


def seed_name(size: int) -> str:
    """Return what a seed of *size* assets is called; one of another schema, or made otherwise, has another name."""
    made_by = hashlib.sha256()
    for migration in sorted((schema.MIGRATIONS / "versions").glob("*.py")):
        # One that was not released yet may still change under its number.
        made_by.update(migration.read_bytes())
    return f"{_family(size)}{schema.revisions()[-1]}_{made_by.hexdigest()[:8]}_{_VERSION}"


def _family(size: int) -> str:
    return f"seed_{size}_"


def _is_of_today(made: float) -> bool:
    """Whether a seed of this time is as good as a new one: in each the assets have been used today."""
    return datetime.fromtimestamp(made, UTC).date() == datetime.now(UTC).date()


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Store(Protocol):
    """
    One kind of database.

    Attributes:
        process: The database's own process, where it has one on this machine.
    """

    name: str
    process: psutil.Process | None

    def copy_of_seed(self, size: int) -> str:
        """Return the address of a copy of the seed of *size* assets; make the seed if it is missing or too old."""
        ...

    def raw_fetch(self, url: str, starts: Sequence[str], top: int, seconds: float) -> float:
        """Return the time that a fetch of a page of assets takes by the raw driver, in ms (`rawfetch`)."""
        ...

    def version(self) -> str:
        """Return the version of the database's program."""
        ...


class SqliteStore:
    """Seeds as files in the folder *kept*, copies in the folder *work*."""

    name = "SQLite"
    process = None

    def __init__(self, kept: Path, work: Path) -> None:
        self._kept = kept
        self._work = work

    def copy_of_seed(self, size: int) -> str:
        """Return the address of a copy of the seed of *size* assets; make the seed if it is missing or too old."""
        seed = self._seed(size)
        return f"sqlite:///{shutil.copyfile(seed, self._work / seed.name)}"

    def _seed(self, size: int) -> Path:
        path = self._kept / f"{seed_name(size)}.sqlite"
        if not path.exists() or not _is_of_today(path.stat().st_mtime):
            for outdated in self._kept.glob(f"{_family(size)}*"):
                outdated.unlink()
            unfinished = path.with_suffix(".part")
            with shown(f"SQLite, {size:,} assets", size) as progress:
                sqlite.fill(unfinished, size, _now(), progress)
            unfinished.rename(path)
        return path

    def version(self) -> str:
        """Return the version of SQLite."""
        return sqlite3.sqlite_version

    @staticmethod
    def raw_fetch(url: str, starts: Sequence[str], top: int, seconds: float) -> float:
        """Return the time that a fetch of a page of assets takes by the raw driver, in ms (`rawfetch`)."""
        return rawfetch.from_sqlite(url, starts, top, seconds)


class PostgresqlStore:
    """
    Seeds and copies as databases of one PostgreSQL; `close` removes the copies.

    Args:
        url: A database of it, whose user may make others.
    """

    name = "PostgreSQL"

    def __init__(self, url: str, process: psutil.Process | None) -> None:
        self._url = url
        self.process = process
        self._copies: list[str] = []

    def copy_of_seed(self, size: int) -> str:
        """Return the address of a copy of the seed of *size* assets; make the seed if it is missing or too old."""
        seed = seed_name(size)
        if not self._is_fresh(seed):
            self._make(seed, size)
        copy = f"run_{seed}_{time.time_ns()}"
        self._execute(f'CREATE DATABASE "{copy}" TEMPLATE "{seed}" STRATEGY file_copy', "CHECKPOINT")
        self._copies.append(copy)
        return self._address(copy)

    def _is_fresh(self, seed: str) -> bool:
        made = self._column("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1", seed)
        return bool(made and made[0]) and _is_of_today(float(made[0]))

    def _make(self, seed: str, size: int) -> None:
        like = f"{_family(size)}%"
        for outdated in self._column("SELECT datname FROM pg_database WHERE datname LIKE $1", like):
            self._execute(f'DROP DATABASE "{outdated}"')
        self._execute(f'CREATE DATABASE "{seed}" TEMPLATE template0')
        with shown(f"PostgreSQL, {size:,} assets", size) as progress:
            postgresql.fill(self._address(seed), size, _now(), progress)
        # Told last, so that a seed that was not finished is never taken for one.
        self._execute(f"COMMENT ON DATABASE \"{seed}\" IS '{time.time()}'")

    def version(self) -> str:
        """Return the version of this PostgreSQL."""
        return str(self._column("SHOW server_version")[0])

    def close(self) -> None:
        """Remove the copies of this run."""
        for copy in self._copies:
            self._execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')

    @staticmethod
    def raw_fetch(url: str, starts: Sequence[str], top: int, seconds: float) -> float:
        """Return the time that a fetch of a page of assets takes by the raw driver, in ms (`rawfetch`)."""
        return asyncio.run(rawfetch.from_postgresql(url, starts, top, seconds))

    def _address(self, database: str) -> str:
        return f"{self._url.rpartition('/')[0]}/{database}"

    def _execute(self, *statements: str) -> None:
        asyncio.run(_execute(self._url, statements))

    def _column(self, statement: str, *values: object) -> list[Any]:
        return asyncio.run(_column(self._url, statement, values))


async def _execute(url: str, statements: Sequence[str]) -> None:
    raw = await asyncpg.connect(url)
    try:
        for statement in statements:
            await raw.execute(statement)
    finally:
        await raw.close()


async def _column(url: str, statement: str, values: Sequence[object]) -> list[Any]:
    raw = await asyncpg.connect(url)
    try:
        return [row[0] for row in await raw.fetch(statement, *values)]
    finally:
        await raw.close()
