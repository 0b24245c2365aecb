"""Use by day: the last day stands beside the counts, the days before it in a table of their own."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from databases import KINDS, Databases
from pywats.testing import ManualClock
from pywats_server.checking.run import check
from pywats_server.services import assets, batches, types
from pywats_server.services.backend import Backend
from pywats_server.services.batches import Use
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.store import backups
from pywats_server.store.opening import open_database
from pywats_server.store.statement import Statement
from pywats_server.store.tables import usage, usage_daily

_BY_DAY = Statement(select(usage.c.day, func.sum(usage.c.uses)).group_by(usage.c.day).order_by(usage.c.day))
_EARLIER = Statement(select(usage_daily.c.day, usage_daily.c.uses).order_by(usage_daily.c.day))


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    return request.param


def _used_at(address: str, clock: ManualClock, *moments: tuple[datetime, int]) -> dict[str, list[tuple[Any, ...]]]:
    """Count the uses of one asset at *moments*, and return what is kept of them by day."""

    async def work() -> dict[str, list[tuple[Any, ...]]]:
        database = open_database(address, scan_seconds=5)
        backend = Backend(database, clock)

        def do(function: Any, *args: Any) -> Coroutine[Any, Any, Any]:
            return backend.write(LOCAL_ADMINISTRATOR, function, *args)

        made = await do(types.save_type, TypeDraft(type_name="Fixture"))
        await do(assets.save_asset, AssetDraft(serial_number="FIX-1", type_id=made["typeId"], total_count=5))
        for moment, by in moments:
            clock.set(moment)
            await do(batches.count_many, [Use(AssetRef(None, "FIX-1"), by)])
        kept = {
            "by day": await database.scan(lambda connection: connection.fetch_all(_BY_DAY)),
            "earlier": await database.scan(lambda connection: connection.fetch_all(_EARLIER)),
        }
        await database.close()
        report = await check(lambda: backups.reading(address), lambda *_: None)
        assert report.findings == []
        return kept

    return asyncio.run(work())


def _at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_uses_of_one_day_stand_beside_the_counts(databases: Databases, clock: ManualClock) -> None:
    kept = _used_at(databases.fresh(), clock, (_at(10, 12), 2), (_at(10, 13), 3))
    assert kept == {"by day": [("2026-03-10", 5)], "earlier": []}


def test_uses_of_a_day_that_is_over_move_away_with_the_next_count(databases: Databases, clock: ManualClock) -> None:
    kept = _used_at(databases.fresh(), clock, (_at(10, 12), 2), (_at(11, 1), 3), (_at(14, 0), 4))
    assert kept["by day"] == [("2026-03-10", 2), ("2026-03-11", 3), ("2026-03-14", 4)]
    assert kept["earlier"] == [("2026-03-10", 2), ("2026-03-11", 3)]


def test_clock_that_goes_back_over_midnight_loses_no_use(databases: Databases, clock: ManualClock) -> None:
    steps = ((_at(10, 23), 1), (_at(11, 0), 2), (_at(10, 23), 4), (_at(11, 0), 8), (_at(11, 1), 16))
    kept = _used_at(databases.fresh(), clock, *steps)
    assert kept["by day"] == [("2026-03-10", 5), ("2026-03-11", 26)]


def test_count_of_nothing_leaves_no_day_behind(databases: Databases, clock: ManualClock) -> None:
    kept = _used_at(databases.fresh(), clock, (_at(10, 12), 0), (_at(11, 12), 0))
    assert kept == {"by day": [], "earlier": []}
