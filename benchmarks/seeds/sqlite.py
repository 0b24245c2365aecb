"""Fills an SQLite file: unsynced and without indexes while it is nobody's, then as the server keeps it."""

import asyncio
import sqlite3
from datetime import datetime
from pathlib import Path

from benchmarks.seeds.catalogue import store_types
from benchmarks.seeds.progress import Progress
from benchmarks.seeds.rows import COLUMNS, Block, blocks
from pywats_server.store import schema
from pywats_server.store.sqlite import connect

_KEEPERS = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
_TEXT_INDEXES = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE % USING fts5%'"


def fill(path: Path, size: int, now: datetime, progress: Progress) -> None:
    """Make a database of *size* assets at *path*, which does not exist yet."""
    url = f"sqlite:///{path}"
    schema.upgrade(url)
    asyncio.run(store_types(url))
    raw = connect(path)
    try:
        _hurry(raw)
        afterwards = _drop_indexes(raw)
        type_keys = dict(raw.execute("SELECT type_name, key FROM asset_type"))
        for block in blocks(size, type_keys, now):
            _insert(raw, block)
            progress.advance(block.assets)
        progress.say("indexes")
        for statement in afterwards:
            raw.execute(statement)
        _calm_down(raw)
    finally:
        raw.close()


def _hurry(raw: sqlite3.Connection) -> None:
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-1000000"):
        raw.execute(f"PRAGMA {pragma}")


def _calm_down(raw: sqlite3.Connection) -> None:
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute("PRAGMA journal_mode=WAL")


def _drop_indexes(raw: sqlite3.Connection) -> list[str]:
    """Drop what keeps indexes up to date and no constraint needs; return the statements that make all of it again."""
    found = raw.execute(_KEEPERS).fetchall()
    for type, name, _ in found:
        raw.execute(f'DROP {type} "{name}"')
    texts = [name for (name,) in raw.execute(_TEXT_INDEXES)]
    return [*(sql for _, _, sql in found), *(f"INSERT INTO {name} ({name}) VALUES ('rebuild')" for name in texts)]  # noqa: S608


def _insert(raw: sqlite3.Connection, block: Block) -> None:
    raw.execute("BEGIN")
    for table, rows in block.rows.items():
        names = ", ".join(f'"{name}"' for name in COLUMNS[table])
        marks = ", ".join("?" * len(COLUMNS[table]))
        raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - names are our own
    raw.execute("COMMIT")
