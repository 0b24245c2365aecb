"""The counters of assets, and their use by day."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from msgspec import Struct
from sqlalchemy import BindParameter, ColumnElement, bindparam, case, or_, select, update
from sqlalchemy.dialects import postgresql

from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats_server.instants import Instant
from pywats_server.rules.marks import MarksOfCounts, asset_marks
from pywats_server.rules.model import Demands
from pywats_server.store.database import Connection, Row
from pywats_server.store.levels import number
from pywats_server.store.sets import one_of
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset, asset_counter, asset_type, usage_daily


class Countable(Struct):
    """
    An asset as counting sees it.

    Attributes:
        count_level: The level that is stored as the one its counts have reached.
        date_level: The level that its due dates make now.
        last_day: The day of which its use stands beside its counts.
        marks: Where the levels of its counts begin.
    """

    key: int
    asset_id: str
    serial_number: str
    running_count: int
    total_count: int
    count_level: AssetAlarmState
    date_level: AssetAlarmState
    last_day: str | None
    marks: MarksOfCounts


_NOW: BindParameter[str] = bindparam("now", required=True)
_DATE_LEVEL = case(
    (asset.c.alarm_at <= _NOW, number(AssetAlarmState.ALARM)),
    (asset.c.warning_at <= _NOW, number(AssetAlarmState.WARNING)),
    else_=number(AssetAlarmState.OK),
)


def _countable(*conditions: ColumnElement[bool]) -> Statement:
    """Find assets, and let nobody else count them meanwhile; always in one order, so that nobody waits in a circle."""
    columns = (
        asset.c.key,
        asset.c.asset_id,
        asset.c.serial_number,
        asset_counter.c.running_count,
        asset_counter.c.total_count,
        asset.c.count_level,
        _DATE_LEVEL,
        asset_counter.c.last_day,
        asset.c.state,
        asset_type.c.running_count_limit,
        asset_type.c.total_count_limit,
        asset_type.c.warning_threshold_percent,
        asset_type.c.alarm_threshold_percent,
    )
    joined = asset.join(asset_counter, asset_counter.c.asset_key == asset.c.key).join(
        asset_type, asset_type.c.key == asset.c.type_key
    )
    found = select(*columns).select_from(joined).where(or_(*conditions)).order_by(asset.c.key)
    return Statement(found.with_for_update(of=asset_counter))


_HAS_SERIAL = one_of(asset.c.serial_number, "serial_numbers")
_HAS_ID = one_of(asset.c.asset_id, "asset_ids")
_BY_SERIAL = _countable(_HAS_SERIAL)
_BY_ID = _countable(_HAS_ID)
_BY_EITHER = _countable(_HAS_SERIAL, _HAS_ID)
_OF_KEYS = _countable(one_of(asset.c.key, "keys"))


async def find_named(
    connection: Connection, asset_ids: Collection[str], serial_numbers: Collection[str], now: Instant
) -> list[Countable]:
    """Return the assets that have one of these ids, as they are kept, or serial numbers."""
    # Callers mostly name assets in one way, and each way by itself is one index.
    statement = _BY_EITHER if asset_ids and serial_numbers else _BY_ID if asset_ids else _BY_SERIAL
    names = {"asset_ids": list(asset_ids), "serial_numbers": list(serial_numbers)}
    rows = await connection.fetch_all(statement, **names, now=now)
    return [_read(row) for row in rows]


async def find_by_key(connection: Connection, keys: Collection[int], now: Instant) -> list[Countable]:
    """Return the assets of *keys*."""
    return [_read(row) for row in await connection.fetch_all(_OF_KEYS, keys=list(keys), now=now)]


def _read(row: Row) -> Countable:
    key, asset_id, serial, running, total, count_level, date_level, last_day, *judged = row
    return Countable(
        key,
        asset_id,
        serial,
        running,
        total,
        _LEVELS[count_level],
        _LEVELS[date_level],
        last_day,
        _marks(*judged),
    )


# Looked up, because calling an enum takes longer than all the rest of reading a row.
_LEVELS: dict[int, AssetAlarmState] = {int(level): level for level in AssetAlarmState}


@lru_cache(maxsize=1024)
def _marks(
    state: int, running: int | None, total: int | None, warning: float | None, alarm: float | None
) -> MarksOfCounts:
    demands = Demands(running, total, warning_threshold_percent=warning, alarm_threshold_percent=alarm)
    return asset_marks(AssetState(state), demands)


_COUNT = Statement(
    update(asset_counter)
    .where(asset_counter.c.asset_key == bindparam("of_key"))
    .values(
        running_count=asset_counter.c.running_count + bindparam("uses"),
        total_count=asset_counter.c.total_count + bindparam("uses"),
        last_seen_at=bindparam("seen_at"),
        last_day=bindparam("day"),
        last_day_uses=case((asset_counter.c.last_day == bindparam("day"), asset_counter.c.last_day_uses), else_=0)
        + bindparam("uses"),
    )
)
_OTHER_DAY = select(asset_counter.c.asset_key, asset_counter.c.last_day, asset_counter.c.last_day_uses).where(
    asset_counter.c.asset_key == bindparam("of_key"),
    asset_counter.c.last_day != bindparam("day"),
    asset_counter.c.last_day_uses != 0,
)
# PostgreSQL's form of the statement is SQLite's as well.
_MOVED = postgresql.insert(usage_daily).from_select(["asset_key", "day", "uses"], _OTHER_DAY)
_END_DAY = Statement(
    _MOVED.on_conflict_do_update(
        index_elements=[usage_daily.c.asset_key, usage_daily.c.day],
        set_={"uses": usage_daily.c.uses + _MOVED.excluded.uses},
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


async def count(
    connection: Connection, uses: Mapping[int, int], last_days: Mapping[int, str | None], now: Instant
) -> None:
    """
    Add *uses*, by key, to the running and the total count of assets and to their use of the day, which is UTC's.

    Args:
        last_days: The day, by key, of which the use stands beside the counts (`Countable.last_day`).
    """
    day = now[:10]
    ended = [{"of_key": key, "day": day} for key, last in last_days.items() if last not in {None, day}]
    await connection.execute_many(_END_DAY, ended)
    counted = [{"of_key": key, "uses": by, "seen_at": now, "day": day} for key, by in sorted(uses.items())]
    await connection.execute_many(_COUNT, counted)


async def set_running(connection: Connection, key: int, value: int) -> None:
    """Set the running count."""
    await connection.execute(_SET_RUNNING, of_key=key, count=value)


async def set_total(connection: Connection, key: int, value: int) -> None:
    """Set the total count; the difference counts as carried over, not as use."""
    await connection.execute(_SET_TOTAL, of_key=key, count=value)
