"""A database that was lived in, and ways to check it and to break it."""

import asyncio
from pathlib import Path

import pytest

from lived import live
from pywats_server.store.sqlite import SqliteDatabase


async def _live(path: Path) -> None:
    database = SqliteDatabase(path)
    await live(database)
    await database.close()


@pytest.fixture(scope="session")
def lived_file(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("lived") / "pywats.sqlite"
    path.write_bytes(empty_database.read_bytes())
    asyncio.run(_live(path))
    return path


@pytest.fixture
def lived(lived_file: Path, tmp_path: Path) -> Path:
    """A data folder with a database that was lived in."""
    (tmp_path / "pywats.sqlite").write_bytes(lived_file.read_bytes())
    return tmp_path
