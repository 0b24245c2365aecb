"""The raw driver's fetch of a page of assets: what a list costs before anybody makes an answer of it."""

import itertools
import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from pywats_server.instants import instant

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


def from_sqlite(path: Path, starts: Sequence[str], top: int, seconds: float) -> float:
    """
    Fetch pages of *top* assets that begin after each of *starts*, again and again.

    Returns:
        What half of the fetches took at most, in ms.
    """
    sql = _PAGE.format(now=":now", start=":start", top=":top")
    now = instant(datetime.now(UTC))
    raw = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    times = []
    until = time.perf_counter() + seconds
    try:
        for start in itertools.cycle(starts):
            began = time.perf_counter()
            raw.execute(sql, {"now": now, "start": start, "top": top}).fetchall()
            ended = time.perf_counter()
            times.append(ended - began)
            if ended > until:
                return 1000 * median(times)
    finally:
        raw.close()
    raise ValueError("no page to start from")
