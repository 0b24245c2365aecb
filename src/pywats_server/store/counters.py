"""The counters of assets, and their use by day."""

from collections.abc import Mapping

from sqlalchemy import bindparam, update
from sqlalchemy.dialects import sqlite

from pywats_server.instants import Instant
from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset_counter, usage_daily

_COUNT = Statement(
    update(asset_counter)
    .where(asset_counter.c.asset_key == bindparam("of_key"))
    .values(
        running_count=asset_counter.c.running_count + bindparam("uses"),
        total_count=asset_counter.c.total_count + bindparam("uses"),
        last_seen_at=bindparam("seen_at"),
    )
)
_USED = Statement(
    sqlite.insert(usage_daily)
    .values(asset_key=bindparam("asset_key"), day=bindparam("day"), uses=bindparam("uses"))
    .on_conflict_do_update(
        index_elements=[usage_daily.c.asset_key, usage_daily.c.day],
        set_={"uses": usage_daily.c.uses + bindparam("uses")},
    )
)
_SET_RUNNING = Statement(
    update(asset_counter)
    .where(asset_counter.c.asset_key == bindparam("of_key"))
    .values(running_count=bindparam("count"))
)
_SET_TOTAL = Statement(
    update(asset_counter)
    .where(asset_counter.c.asset_key == bindparam("of_key"))
    .values(
        total_count=bindparam("count"),
        carried_count=asset_counter.c.carried_count + bindparam("count") - asset_counter.c.total_count,
    )
)


async def count(connection: Connection, key: int, uses: int, now: Instant) -> None:
    """Add *uses* to the running and the total count of an asset and to its use of the day, which is UTC's."""
    await connection.execute(_COUNT, of_key=key, uses=uses, seen_at=now)
    if uses:
        await connection.execute(_USED, asset_key=key, day=now[:10], uses=uses)


async def count_many(connection: Connection, uses: Mapping[int, int], now: Instant) -> None:
    """Add to the counts of many assets as `count` does; *uses* are by the keys of the assets."""
    await connection.execute_many(_COUNT, ({"of_key": key, "uses": by, "seen_at": now} for key, by in uses.items()))
    used = ({"asset_key": key, "day": now[:10], "uses": by} for key, by in uses.items() if by)
    await connection.execute_many(_USED, used)


async def set_running(connection: Connection, key: int, value: int) -> None:
    """Set the running count."""
    await connection.execute(_SET_RUNNING, of_key=key, count=value)


async def set_total(connection: Connection, key: int, value: int) -> None:
    """Set the total count; the difference counts as carried over, not as use."""
    await connection.execute(_SET_TOTAL, of_key=key, count=value)
