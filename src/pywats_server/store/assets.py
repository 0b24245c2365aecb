"""Assets as rows: found by id or serial number, stored, settled, deleted; and their tree."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    CTE,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats_server.instants import instant, moment
from pywats_server.rules.ids import as_kept
from pywats_server.rules.marks import CountMarks
from pywats_server.rules.model import AlarmInstants, Demands, DueDates, Facts
from pywats_server.store.database import Connection, Row
from pywats_server.store.levels import by_counts, is_watched, number
from pywats_server.store.sets import one_of
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset, asset_counter, asset_type


class StoredAsset(Struct, frozen=True):
    """An asset as the rules see it, with the keys and texts that a change of it needs."""

    key: int
    asset_id: str
    serial_number: str
    type_key: int
    type_id: str
    parent_key: int | None
    calibration_by_interval: bool
    maintenance_by_interval: bool
    count_level: int
    version: int
    log_head: str
    has_children: bool
    facts: Facts
    demands: Demands


_DEMANDS = (
    asset_type.c.running_count_limit,
    asset_type.c.total_count_limit,
    asset_type.c.calibration_interval_days,
    asset_type.c.maintenance_interval_days,
    asset_type.c.warning_threshold_percent,
    asset_type.c.alarm_threshold_percent,
)
_FACTS = (
    asset.c.state,
    asset.c.first_seen_at,
    asset_counter.c.running_count,
    asset_counter.c.total_count,
    asset.c.last_calibration_at,
    asset.c.next_calibration_at,
    asset.c.last_maintenance_at,
    asset.c.next_maintenance_at,
)
_child = asset.alias("child")
_IDENTITY = (
    asset.c.key,
    asset.c.asset_id,
    asset.c.serial_number,
    asset.c.type_key,
    asset_type.c.type_id,
    asset.c.parent_key,
    asset.c.calibration_by_interval,
    asset.c.maintenance_by_interval,
    asset.c.count_level,
    asset.c.version,
    asset.c.log_head,
    exists().where(_child.c.parent_key == asset.c.key).correlate(asset),
)


def _stored() -> Select[Any]:
    return select(*_IDENTITY, *_FACTS, *_DEMANDS).select_from(
        asset.join(asset_counter, asset_counter.c.asset_key == asset.c.key).join(
            asset_type, asset_type.c.key == asset.c.type_key
        )
    )


_BY_ID = Statement(_stored().where(asset.c.asset_id == bindparam("asset_id")))
_BY_SERIAL = Statement(_stored().where(asset.c.serial_number == bindparam("serial_number")))
_BY_KEY = Statement(_stored().where(asset.c.key == bindparam("key")))
_BY_KEYS = Statement(_stored().where(one_of(asset.c.key, "keys")).order_by(asset.c.key))
_KEYS_OF_TYPE = Statement(select(asset.c.key).where(asset.c.type_key == bindparam("type_key")).order_by(asset.c.key))


def _maybe_moment(text: str | None) -> datetime | None:
    return None if text is None else moment(text)


def _maybe_instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


def _facts(state: int, first_seen: str, running: int, total: int, *dates: str | None) -> Facts:
    return Facts(AssetState(state), moment(first_seen), running, total, *map(_maybe_moment, dates))


# Many assets share few types, and rules keep what they have worked out for demands.
_demands = lru_cache(maxsize=1024)(Demands)


def _asset(row: Row) -> StoredAsset:
    key, asset_id, serial, type_key, type_id, parent_key, by_calibration, by_maintenance, *others = row[:12]
    level, version, head, has_children = others
    return StoredAsset(
        key=key,
        asset_id=asset_id,
        serial_number=serial,
        type_key=type_key,
        type_id=type_id,
        parent_key=parent_key,
        calibration_by_interval=bool(by_calibration),
        maintenance_by_interval=bool(by_maintenance),
        count_level=level,
        version=version,
        log_head=head,
        has_children=bool(has_children),
        facts=_facts(*row[12:20]),
        demands=_demands(*row[20:]),
    )


async def find_by_id(connection: Connection, asset_id: str) -> StoredAsset | None:
    """Return the asset with this id, in whatever form the id is written."""
    row = await connection.fetch_one(_BY_ID, asset_id=as_kept(asset_id))
    return None if row is None else _asset(row)


async def find_by_serial(connection: Connection, serial_number: str) -> StoredAsset | None:
    """Return the asset with exactly this serial number."""
    row = await connection.fetch_one(_BY_SERIAL, serial_number=serial_number)
    return None if row is None else _asset(row)


async def find_by_key(connection: Connection, key: int) -> StoredAsset:
    """Return the asset of a row that is known to exist."""
    row = await connection.fetch_one(_BY_KEY, key=key)
    if row is None:
        raise LookupError(f"no asset has the key {key}")
    return _asset(row)


async def find_by_keys(connection: Connection, keys: Sequence[int]) -> list[StoredAsset]:
    """Return the assets of these keys, in their order in the table."""
    return [_asset(row) for row in await connection.fetch_all(_BY_KEYS, keys=list(keys))]


async def keys_of_type(connection: Connection, type_key: int) -> list[int]:
    """Return the keys of all assets of a type, in their order in the table: there neighbours are read at once."""
    return [key for (key,) in await connection.fetch_all(_KEYS_OF_TYPE, type_key=type_key)]


_INSERT = Statement(
    insert(asset)
    .values(
        {column.name: bindparam(column.name, required=True) for column in asset.columns if column is not asset.c.key}
    )
    .returning(asset.c.key)
)
_INSERT_COUNTER = Statement(
    insert(asset_counter).values({column.name: bindparam(column.name) for column in asset_counter.columns})
)


async def add(
    connection: Connection,
    columns: Mapping[str, Any],
    facts: Facts,
    ahead: AlarmInstants,
    due: DueDates,
    last_seen_at: datetime | None,
) -> int:
    """
    Store a new asset and return its key.

    Args:
        columns: What people entered, by column name; facts and what follows from them are not among them.
        facts: Initial dates, counts and state.
        ahead: Its alarm instants.
        due: Its due dates.
        last_seen_at: When it was last used, if known.
    """
    values = {**columns, **_fact_columns(facts), **_ahead_columns(ahead, due)}
    row = await connection.fetch_one(_INSERT, **values)
    assert row is not None, "an INSERT with RETURNING answers a row"
    await connection.execute(
        _INSERT_COUNTER,
        asset_key=row[0],
        running_count=facts.running_count,
        total_count=facts.total_count,
        carried_count=facts.total_count,
        last_seen_at=_maybe_instant(last_seen_at),
        last_day=None,
        last_day_uses=0,
    )
    return int(row[0])


def _fact_columns(facts: Facts) -> dict[str, Any]:
    return {
        "state": int(facts.state),
        "first_seen_at": instant(facts.first_seen_at),
        "last_calibration_at": _maybe_instant(facts.last_calibration_at),
        "next_calibration_at": _maybe_instant(facts.next_calibration_at),
        "last_maintenance_at": _maybe_instant(facts.last_maintenance_at),
        "next_maintenance_at": _maybe_instant(facts.next_maintenance_at),
    }


def _ahead_columns(ahead: AlarmInstants, due: DueDates) -> dict[str, Any]:
    return {"count_level": int(ahead.count_level), **instant_columns(ahead), **_due_columns(due)}


def instant_columns(ahead: AlarmInstants) -> dict[str, str | None]:
    """Return the moments from which time makes an asset a warning and an alarm, by column."""
    return {"warning_at": _maybe_instant(ahead.warning_at), "alarm_at": _maybe_instant(ahead.alarm_at)}


def date_columns(facts: Facts, due: DueDates) -> dict[str, str | None]:
    """Return what an interval may move, by column: next dates, and when work is due."""
    return {
        "next_calibration_at": _maybe_instant(facts.next_calibration_at),
        "next_maintenance_at": _maybe_instant(facts.next_maintenance_at),
        **_due_columns(due),
    }


def _due_columns(due: DueDates) -> dict[str, str | None]:
    return {
        "calibration_due_at": _maybe_instant(due.calibration_at),
        "maintenance_due_at": _maybe_instant(due.maintenance_at),
        "due_at": _maybe_instant(due.next_at),
    }


_SETTLED = (
    "state",
    "first_seen_at",
    "last_calibration_at",
    "next_calibration_at",
    "last_maintenance_at",
    "next_maintenance_at",
    "count_level",
    "warning_at",
    "alarm_at",
    "calibration_due_at",
    "maintenance_due_at",
    "due_at",
)
_SETTLE = Statement(
    update(asset).where(asset.c.key == bindparam("of_key")).values({name: bindparam(name) for name in _SETTLED})
)


async def settle(connection: Connection, key: int, facts: Facts, ahead: AlarmInstants, due: DueDates) -> None:
    """Store an asset's state and dates together with the alarm instants and due dates that follow from them."""
    await connection.execute(_SETTLE, of_key=key, **_fact_columns(facts), **_ahead_columns(ahead, due))


_SET_COUNT_LEVEL = Statement(
    update(asset).where(asset.c.key == bindparam("of_key")).values(count_level=bindparam("count_level"))
)


async def set_count_level(connection: Connection, key: int, level: int) -> None:
    """Store the level that an asset's counts have reached."""
    await connection.execute(_SET_COUNT_LEVEL, of_key=key, count_level=level)


@lru_cache(maxsize=256)
def _change(names: tuple[str, ...]) -> Statement:
    changed: dict[str, Any] = {name: bindparam(name) for name in names}
    return Statement(update(asset).where(asset.c.key == bindparam("of_key")).values(changed))


async def change(connection: Connection, key: int, columns: Mapping[str, Any]) -> None:
    """Store changed *columns* of an asset."""
    await connection.execute(_change(tuple(columns)), of_key=key, **columns)


async def change_many(connection: Connection, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Store changed columns of many assets, by key; they are the same columns for all."""
    if changes:
        names = tuple(next(iter(changes.values())))
        await connection.execute_many(_change(names), ({"of_key": key, **columns} for key, columns in changes.items()))


async def settle_count_levels(connection: Connection, type_key: int, running: CountMarks, total: CountMarks) -> None:
    """Store the level that the counts of each asset of a type have reached, by the marks of both counts."""
    level = case(
        (not_(is_watched()), number(AssetAlarmState.OK)),
        (by_counts(AssetAlarmState.ALARM, running, total), number(AssetAlarmState.ALARM)),
        (by_counts(AssetAlarmState.WARNING, running, total), number(AssetAlarmState.WARNING)),
        else_=number(AssetAlarmState.OK),
    )
    other = and_(asset.c.type_key == type_key, asset_counter.c.asset_key == asset.c.key, asset.c.count_level != level)
    await connection.execute(Statement(update(asset).where(other).values(count_level=level)))


_COUNT_UP_VERSION = Statement(
    update(asset).where(asset.c.key == bindparam("of_key")).values(version=asset.c.version + 1)
)


async def count_up_version(connection: Connection, key: int) -> None:
    """Tell an asset's readers that it is not what they have read."""
    await connection.execute(_COUNT_UP_VERSION, of_key=key)


_DELETE = Statement(delete(asset).where(asset.c.key == bindparam("key")))


async def remove(connection: Connection, key: int) -> None:
    """Delete the row of an asset that has no children, log or files any more."""
    await connection.execute(_DELETE, key=key)


def _tree() -> CTE:
    """The key and the depth of `root` and of everything below it, down to `levels`."""
    start = (
        select(asset.c.key, bindparam("depth_of_root", 0).label("depth"))
        .where(asset.c.key == bindparam("root"))
        .cte("tree", recursive=True)
    )
    return start.union_all(
        select(asset.c.key, start.c.depth + 1)
        .where(asset.c.parent_key == start.c.key)
        .where(start.c.depth < bindparam("levels"))
    )


def descendants() -> Select[Any]:
    """Select the key and the depth of everything below `root`, nearest first, down to `levels`."""
    tree = _tree()
    return select(tree.c.key, tree.c.depth).where(tree.c.depth > 0).order_by(tree.c.depth, tree.c.key)


_DESCENDANTS = Statement(descendants())
ALL_LEVELS = 2**31 - 1


async def descendant_keys(connection: Connection, key: int, levels: int | None = None) -> list[int]:
    """Return the keys below an asset, nearest first, down to *levels* (1 = direct children, None = all)."""
    rows = await connection.fetch_all(_DESCENDANTS, root=key, levels=levels or ALL_LEVELS)
    return [row[0] for row in rows]


def _in_tree() -> Select[Any]:
    tree = _tree()
    return _stored().join(tree, tree.c.key == asset.c.key).order_by(tree.c.depth, asset.c.key)


_IN_TREE = Statement(_in_tree())


async def find_tree(connection: Connection, key: int) -> list[StoredAsset]:
    """Return an asset and everything below it, nearest first."""
    return [_asset(row) for row in await connection.fetch_all(_IN_TREE, root=key, levels=ALL_LEVELS)]


def _in_trees() -> Select[Any]:
    named = or_(one_of(asset.c.asset_id, "asset_ids"), one_of(asset.c.serial_number, "serial_numbers"))
    start = select(asset.c.key).where(named).cte("trees", recursive=True)
    trees = start.union(select(asset.c.key).where(asset.c.parent_key == start.c.key))
    return _stored().join(trees, trees.c.key == asset.c.key).order_by(asset.c.key)


_IN_TREES = Statement(_in_trees())


async def find_trees(
    connection: Connection, asset_ids: Collection[str], serial_numbers: Collection[str]
) -> list[StoredAsset]:
    """Return the assets that have one of these ids, as they are kept, or serial numbers, and all below them."""
    rows = await connection.fetch_all(_IN_TREES, asset_ids=list(asset_ids), serial_numbers=list(serial_numbers))
    return [_asset(row) for row in rows]


def _ancestors() -> Select[Any]:
    start = select(asset.c.key, asset.c.parent_key).where(asset.c.key == bindparam("leaf")).cte("path", recursive=True)
    path = start.union_all(select(asset.c.key, asset.c.parent_key).where(asset.c.key == start.c.parent_key))
    return select(path.c.key)


_ANCESTORS = Statement(_ancestors())


async def path_keys(connection: Connection, key: int) -> set[int]:
    """Return the key of an asset and of everything above it."""
    return {row[0] for row in await connection.fetch_all(_ANCESTORS, leaf=key)}


alarm_state = case(
    (
        or_(asset.c.count_level == number(AssetAlarmState.ALARM), asset.c.alarm_at <= bindparam("now")),
        number(AssetAlarmState.ALARM),
    ),
    (
        or_(asset.c.count_level == number(AssetAlarmState.WARNING), asset.c.warning_at <= bindparam("now")),
        number(AssetAlarmState.WARNING),
    ),
    else_=number(AssetAlarmState.OK),
)
"""The alarm state at the moment `now` (`rules.model.AlarmInstants`), as a column."""


def _worst() -> Select[Any]:
    below = descendants().subquery("below")
    return select(func.max(alarm_state)).select_from(asset.join(below, below.c.key == asset.c.key))


_WORST = Statement(_worst())


async def worst_below(connection: Connection, key: int, now: datetime) -> AssetAlarmState:
    """Return the worst alarm state among all descendants of an asset; OK when it has none."""
    row = await connection.fetch_one(_WORST, root=key, levels=ALL_LEVELS, now=instant(now))
    return AssetAlarmState(row[0] or 0 if row else 0)
