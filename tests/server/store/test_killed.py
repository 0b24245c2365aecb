"""A process killed under load: what it acknowledged is there, and nothing twice."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from pywats_server.services import assets, types
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.store.sqlite import SqliteDatabase

_PROGRAM = Path(__file__).with_name("counting.py")
_ROUNDS = 4
_AT_ONCE = 20


async def _make_asset(path: Path) -> None:
    database = SqliteDatabase(path)
    backend = Backend(database, lambda: datetime(2026, 3, 10, tzinfo=UTC))
    made = await backend.write(LOCAL_ADMINISTRATOR, types.save_type, TypeDraft(type_name="T"))
    await backend.write(LOCAL_ADMINISTRATOR, assets.save_asset, AssetDraft(serial_number="S-1", type_id=made["typeId"]))
    await database.close()


def _acknowledged_until_killed(path: Path, lines: int) -> list[int]:
    with subprocess.Popen([sys.executable, str(_PROGRAM), str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = [int(process.stdout.readline()) for _ in range(lines)]
        process.kill()
        rest = process.stdout.read().split("\n")
    # The kill may have cut the last line off.
    return seen + [int(line) for line in rest[:-1]]


def test_killed_process_loses_no_acknowledged_count_and_counts_nothing_twice(
    empty_database: Path, tmp_path: Path
) -> None:
    path = tmp_path / "pywats.sqlite"
    path.write_bytes(empty_database.read_bytes())
    asyncio.run(_make_asset(path))
    acknowledged: list[int] = []
    for lines in range(50, 50 + 37 * _ROUNDS, 37):
        acknowledged += _acknowledged_until_killed(path, lines)
    with closing(sqlite3.connect(path)) as database:
        running, total, uses = database.execute(
            "SELECT running_count, total_count, (SELECT coalesce(sum(uses), 0) FROM usage_daily) + last_day_uses "
            "FROM asset_counter"
        ).fetchone()
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert running == total == uses
    assert len(set(acknowledged)) == len(acknowledged)
    assert max(acknowledged) <= total
    # What was stored but not acknowledged was under way when a process was killed, one for each caller at most.
    assert len(acknowledged) <= total <= len(acknowledged) + _ROUNDS * _AT_ONCE
