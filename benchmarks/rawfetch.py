"""The raw driver's fetch of a page of assets: what a list costs before anybody makes an answer of it."""

import itertools
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from statistics import median

import asyncpg

from pywats_server.instants import instant
from pywats_server.store.opening import sqlite_path
from pywats_server.store.sqlite import connect

# The columns of a list's items, tags excepted, as the tables keep them.
_PAGE = """
    SELECT a.asset_id, a.serial_number, t.type_id, t.type_name, p.asset_id, p.serial_number,
        a.asset_name, a.part_number, a.revision, a.client_id, a.state,
        CASE WHEN a.count_level = 2 OR a.alarm_at <= {now} THEN 2
            WHEN a.count_level = 1 OR a.warning_at <= {now} THEN 1 ELSE 0 END,
        a.description, a.location, a.first_seen_at, c.last_seen_at,
        a.last_maintenance_at, a.next_maintenance_at, a.last_calibration_at, a.next_calibration_at,
        c.total_count, c.running_count
    FROM asset a
    LEFT JOIN asset_counter c ON c.asset_key = a.key
    LEFT JOIN asset_type t ON t.key = a.type_key
    LEFT JOIN asset p ON p.key = a.parent_key
    WHERE a.asset_id > {start} ORDER BY a.asset_id LIMIT {top}
"""


def from_sqlite(url: str, starts: Sequence[str], top: int, seconds: float) -> float:
    """
    Fetch pages of *top* assets that begin after each of *starts*, again and again.

    Returns:
        What half of the fetches took at most, in ms.
    """
    sql = _PAGE.format(now=":now", start=":start", top=":top")
    now = instant(datetime.now(UTC))
    # With the server's own settings, so that both read with the same cache.
    raw = connect(sqlite_path(url))
    times = []
    until = time.perf_counter() + seconds
    with closing(raw):
        for start in itertools.cycle(starts):
            began = time.perf_counter()
            raw.execute(sql, {"now": now, "start": start, "top": top}).fetchall()
            times.append(time.perf_counter() - began)
            if time.perf_counter() > until:
                break
    return 1000 * median(times)


async def from_postgresql(url: str, starts: Sequence[str], top: int, seconds: float) -> float:
    """Do the same as `from_sqlite`."""
    sql = _PAGE.format(now="$1", start="$2", top="$3")
    now = instant(datetime.now(UTC))
    raw = await asyncpg.connect(url)
    times = []
    until = time.perf_counter() + seconds
    try:
        for start in itertools.cycle(starts):
            began = time.perf_counter()
            await raw.fetch(sql, now, start, top)
            times.append(time.perf_counter() - began)
            if time.perf_counter() > until:
                break
    finally:
        await raw.close()
    return 1000 * median(times)
