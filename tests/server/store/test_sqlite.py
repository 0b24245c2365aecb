"""The SQLite database: group commit, limits on scans, and an orderly end."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Integer, bindparam, func, insert, literal, select, update

from pywats_server.errors import Busy, PreconditionFailed, RuleViolation, StorageFull, TooExpensive
from pywats_server.services import assets, counts, types
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.store import group
from pywats_server.store.database import Connection
from pywats_server.store.sqlite import SqliteDatabase, checkpoints, connect, writer
from pywats_server.store.statement import Statement
from pywats_server.store.tables import usage_daily

_NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def path(empty_database: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "pywats.sqlite"
    copy.write_bytes(empty_database.read_bytes())
    return copy


@asynccontextmanager
async def _opened(path: Path, **settings: Any) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(path, **settings)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def _asset(path: Path, serial: str = "S-1") -> AsyncIterator[Backend]:
    """A backend with one asset."""
    async with _opened(path) as database:
        backend = Backend(database, lambda: _NOW)
        made = await backend.write(LOCAL_ADMINISTRATOR, types.save_type, TypeDraft(type_name="T"))
        draft = AssetDraft(serial_number=serial, type_id=made["typeId"])
        await backend.write(LOCAL_ADMINISTRATOR, assets.save_asset, draft)
        yield backend


async def _count(backend: Backend, by: int = 1) -> Any:
    return await backend.write(LOCAL_ADMINISTRATOR, counts.count_uses, AssetRef(None, "S-1"), increment_by=by)


def _total(path: Path) -> tuple[int, int, int]:
    """Return running and total count, and the uses of all days."""
    with closing(sqlite3.connect(path)) as database:
        row = database.execute(
            "SELECT running_count, total_count, (SELECT coalesce(sum(uses), 0) FROM usage_daily) + last_day_uses "
            "FROM asset_counter"
        ).fetchone()
    found: tuple[int, int, int] = row
    return found


def test_increments_at_the_same_time_sum_exactly(path: Path) -> None:
    async def run() -> list[int]:
        async with _asset(path) as backend:
            counted = await asyncio.gather(*(_count(backend, n % 3 + 1) for n in range(600)))
            return [asset.total_count for asset in counted]

    totals = asyncio.run(run())
    assert _total(path) == (1200, 1200, 1200)
    assert len(set(totals)) == 600, "each caller sees a total of its own"


def test_work_that_fails_takes_back_only_itself(path: Path) -> None:
    async def run() -> list[Any]:
        async with _asset(path) as backend:
            mixed = (_count(backend, by) for by in [1, -1, 1, -1, 1] * 20)
            return await asyncio.gather(*mixed, return_exceptions=True)

    answered = asyncio.run(run())
    assert sum(isinstance(answer, RuleViolation) for answer in answered) == 40
    assert _total(path) == (60, 60, 60)


def test_work_that_fails_after_it_wrote_leaves_nothing(path: Path) -> None:
    async def fails(connection: Connection) -> None:
        await connection.execute(_ADD_USE, asset_key=1, day="2026-01-01", uses=1)
        raise ValueError("changed my mind")

    async def run() -> None:
        async with _asset(path) as backend:
            outcomes = await asyncio.gather(
                _count(backend), backend.database.write(fails), _count(backend), return_exceptions=True
            )
            assert isinstance(outcomes[1], ValueError)

    asyncio.run(run())
    assert _total(path) == (2, 2, 2)


_ADD_USE = Statement(
    insert(usage_daily).values(asset_key=bindparam("asset_key"), day=bindparam("day"), uses=bindparam("uses"))
)


def test_of_two_creators_of_one_serial_number_one_wins(path: Path) -> None:
    async def run() -> list[Any]:
        async with _asset(path, "other") as backend:
            (made,) = await backend.read(LOCAL_ADMINISTRATOR, types.list_types, _everything())
            draft = AssetDraft(serial_number="S-1", type_id=made["typeId"])
            create = (backend.write(LOCAL_ADMINISTRATOR, assets.save_asset, draft, create_only=True) for _ in range(10))
            return await asyncio.gather(*create, return_exceptions=True)

    answered = asyncio.run(run())
    assert sum(isinstance(answer, assets.Saved) for answer in answered) == 1
    refused = [answer for answer in answered if isinstance(answer, PreconditionFailed)]
    assert len(refused) == 9
    assert "'S-1' exists already" in refused[0].message


def _everything() -> Any:
    from pywats_server.store.documents import Query

    return Query()


def test_two_databases_on_one_file_count_together(path: Path) -> None:
    async def run() -> None:
        async with _asset(path) as first, _opened(path) as database:
            second = Backend(database, lambda: _NOW)
            await asyncio.gather(*(_count(backend) for backend in [first, second] * 100))

    asyncio.run(run())
    assert _total(path) == (200, 200, 200)


@pytest.fixture
def held(path: Path) -> Iterator[tuple[SqliteDatabase, threading.Event]]:
    """A database whose writer works on something until the event is set."""
    release = threading.Event()
    database = SqliteDatabase(path)
    yield database, release
    release.set()


def test_writes_beyond_what_may_wait_are_refused_at_once(
    held: tuple[SqliteDatabase, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, release = held
    monkeypatch.setattr(group, "WAITING_WRITES", 5)
    begun = threading.Event()

    async def blocks(connection: Connection) -> str:
        begun.set()
        release.wait()
        return "done"

    async def does_nothing(connection: Connection) -> str:
        return "done"

    async def run() -> None:
        first = asyncio.ensure_future(database.write(blocks))
        await asyncio.to_thread(begun.wait)
        waiting = [asyncio.ensure_future(database.write(does_nothing)) for _ in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="Try again"):
            await database.write(does_nothing)
        release.set()
        assert await asyncio.gather(first, *waiting) == ["done"] * 6
        await database.close()

    asyncio.run(run())


def test_close_finishes_what_was_accepted_and_takes_no_more(path: Path) -> None:
    async def run() -> None:
        async with _asset(path) as backend:
            accepted = [asyncio.ensure_future(_count(backend)) for _ in range(300)]
            await asyncio.sleep(0)
            await backend.database.close()
            await asyncio.gather(*accepted)
            with pytest.raises(Busy, match="stopping"):
                await _count(backend)

    asyncio.run(run())
    assert _total(path) == (300, 300, 300)


def test_caller_who_gave_up_takes_nobody_else_with_them(path: Path) -> None:
    async def run() -> None:
        async with _asset(path) as backend:
            gone, stays = (asyncio.ensure_future(_count(backend)) for _ in range(2))
            await asyncio.sleep(0)
            gone.cancel()
            await stays
            with pytest.raises(asyncio.CancelledError):
                await gone

    asyncio.run(run())
    assert _total(path)[0] in {1, 2}


def _numbers(top: int) -> Statement:
    numbers = select(literal(0).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < top))
    return Statement(select(func.count()).select_from(numbers))


def test_scan_over_its_limit_is_refused_and_the_next_one_works(path: Path) -> None:
    async def endless(connection: Connection) -> Any:
        return await connection.fetch_one(_numbers(10**12))

    async def short(connection: Connection) -> Any:
        return await connection.fetch_one(_numbers(1000))

    async def run() -> None:
        async with _opened(path, scan_seconds=0.05) as database:
            for _ in range(3):
                with pytest.raises(TooExpensive, match=r"0\.05 s"):
                    await database.scan(endless)
                assert await database.scan(short) == (1001,)

    asyncio.run(run())


def test_read_and_scan_see_what_is_committed_and_change_nothing(path: Path) -> None:
    async def changes(connection: Connection) -> int:
        return await connection.execute(Statement(update(usage_daily).values(uses=literal(0, Integer))))

    async def run() -> None:
        async with _asset(path) as backend:
            await _count(backend)
            for run in (backend.database.read, backend.database.scan):
                with pytest.raises(sqlite3.OperationalError, match="readonly"):
                    await run(changes)

    asyncio.run(run())
    assert _total(path) == (1, 1, 1)


def test_log_is_copied_into_the_file_and_begins_anew_under_load(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_COMMITS_BETWEEN", 5)
    monkeypatch.setattr(checkpoints, "_LONG_LOG_FRAMES", 100)

    async def run() -> int:
        async with _asset(path) as backend:
            for _ in range(100):
                await asyncio.gather(*(_count(backend) for _ in range(10)))
            return path.with_name(f"{path.name}-wal").stat().st_size

    length = asyncio.run(run())
    assert length < 4 * 1024 * 1024, "some 3,000 frames were written in all"
    assert _total(path) == (1000, 1000, 1000)


def test_full_disk_is_told_and_the_writer_goes_on(path: Path) -> None:
    async def grows(connection: Connection) -> None:
        for day in range(100_000):
            await connection.execute(_ADD_USE, asset_key=1, day=f"day {day}", uses=1)

    async def run() -> None:
        async with _asset(path) as backend:
            raw = backend.database._writer._raw
            pages = raw.execute("PRAGMA page_count").fetchone()[0]
            raw.execute(f"PRAGMA max_page_count={pages + 3}")
            with pytest.raises(StorageFull):
                await backend.database.write(grows)
            raw.execute("PRAGMA max_page_count=1000000")
            await _count(backend)

    asyncio.run(run())
    assert _total(path) == (1, 1, 1)


def test_database_that_another_process_holds_is_busy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_PATIENCE_MS", 1)

    async def run() -> None:
        async with _asset(path) as backend:
            backend.database._writer._raw.execute("PRAGMA busy_timeout=1")
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                for change in (_count(backend), backend.database.write_together(_doubled, 2)):
                    with pytest.raises(Busy, match="Another process"):
                        await change
                other.execute("ROLLBACK")
            await _count(backend)

    asyncio.run(run())
    assert _total(path) == (1, 1, 1)


def test_work_that_awaits_something_else_is_a_defect(path: Path) -> None:
    async def waits(connection: Connection) -> None:
        await asyncio.sleep(0)

    async def run() -> None:
        async with _asset(path) as backend:
            with pytest.raises(RuntimeError, match="other than its connection"):
                await backend.database.write(waits)
            await _count(backend)

    asyncio.run(run())
    assert _total(path) == (1, 1, 1)


def test_commits_are_synced_to_the_disk(path: Path) -> None:
    with closing(connect(path)) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert raw.execute("PRAGMA synchronous").fetchone() == (2,)
        assert raw.execute("PRAGMA foreign_keys").fetchone() == (1,)


async def _doubled(connection: Connection, numbers: Sequence[int]) -> list[int | RuleViolation]:
    """Use each number on a day of its own, but no odd one; a 13 breaks everything."""
    if 13 in numbers:
        raise ValueError("thirteen")
    even = [number for number in numbers if number % 2 == 0]
    await connection.execute_many(_ADD_USE, [{"asset_key": 1, "day": f"{n}", "uses": n} for n in even])
    return [number * 2 if number % 2 == 0 else RuleViolation(f"{number} is odd") for number in numbers]


def test_joint_work_gives_each_caller_an_outcome_of_its_own(path: Path) -> None:
    async def run() -> list[Any]:
        async with _asset(path) as backend:
            calls = (backend.database.write_together(_doubled, number) for number in range(6))
            return await asyncio.gather(*calls, return_exceptions=True)

    answered = asyncio.run(run())
    assert [answer if isinstance(answer, int) else str(answer) for answer in answered] == [
        0, "1 is odd", 4, "3 is odd", 8, "5 is odd",
    ]  # fmt: skip
    assert _total(path)[2] == 0 + 2 + 4


def test_joint_work_that_breaks_fails_only_for_whose_item_broke_it(path: Path) -> None:
    async def run() -> list[Any]:
        async with _asset(path) as backend:
            calls = (backend.database.write_together(_doubled, number) for number in (2, 13, 4))
            return await asyncio.gather(*calls, _count(backend), return_exceptions=True)

    two, thirteen, four, counted = asyncio.run(run())
    assert (two, four, counted.total_count) == (4, 8, 1)
    assert isinstance(thirteen, ValueError)
    assert _total(path)[2] == 2 + 4 + 1
