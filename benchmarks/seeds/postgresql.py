"""Fills a database of PostgreSQL by COPY, without the indexes that no constraint needs."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg

from benchmarks.seeds.catalogue import store_types
from benchmarks.seeds.progress import Progress
from benchmarks.seeds.rows import COLUMNS, blocks
from pywats_server.store import schema

_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema()
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = format('%I', indexname)::regclass)
"""
_NUMBERED = {"asset": "key", "log_entry": "log_id"}


def fill(url: str, size: int, now: datetime, progress: Progress) -> None:
    """Store *size* assets in the empty database at *url*."""
    schema.upgrade(url)
    asyncio.run(_fill(url, size, now, progress))


async def _fill(url: str, size: int, now: datetime, progress: Progress) -> None:
    await store_types(url)
    raw = await asyncpg.connect(url)
    try:
        indexes = await _drop_indexes(raw)
        type_keys = dict(await raw.fetch("SELECT type_name, key FROM asset_type"))
        await _copy(raw, size, type_keys, now, progress)
        progress.say("indexes")
        await raw.execute("SET maintenance_work_mem = '512MB'")
        for index in indexes:
            await raw.execute(index)
        await _calm_down(raw)
    finally:
        await raw.close()


async def _drop_indexes(raw: Any) -> list[str]:
    """Drop every index that no constraint needs, and return the statements that make them again."""
    found = await raw.fetch(_INDEXES)
    for name, _ in found:
        await raw.execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in found]


async def _copy(raw: Any, size: int, type_keys: Mapping[str, int], now: datetime, progress: Progress) -> None:
    for block in blocks(size, type_keys, now):
        async with raw.transaction():
            for table, rows in block.rows.items():
                await raw.copy_records_to_table(table, records=rows, columns=COLUMNS[table])
        progress.advance(block.assets)


async def _calm_down(raw: Any) -> None:
    """Do what PostgreSQL would have done by itself in the time in which so many assets are really stored."""
    for table, key in _NUMBERED.items():
        await raw.execute(f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), max({key})) FROM {table}")  # noqa: S608
    await raw.execute("VACUUM ANALYZE")
    await raw.execute("CHECKPOINT")
