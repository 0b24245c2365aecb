"""Assets, types and log entries as documents, with the names of the wire; one at a time, or lists by OData."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

from msgspec import Struct
from sqlalchemy import (
    ClauseElement,
    Column,
    ColumnElement,
    FromClause,
    Select,
    SelectBase,
    bindparam,
    exists,
    func,
    select,
)

from pywats.domains.asset.enums import AssetAlarmState, AssetLogType, AssetState
from pywats_server.instants import Instant
from pywats_server.odata import compile_filter, compile_orderby, parse_filter, parse_select
from pywats_server.odata.entity import TAGS, Entity, Kind, Property, Tags
from pywats_server.odata.query import Query
from pywats_server.store import overview, tags, texts
from pywats_server.store.assets import ALL_LEVELS, alarm_state, descendants
from pywats_server.store.database import Connection, Row
from pywats_server.store.sets import one_of
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset, asset_counter, asset_tag, asset_type, change_entry, log_entry

Document = dict[str, Any]

_parent = asset.alias("parent")


def _has_tag(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(asset_tag.c.asset_key == asset.c.key, condition)


ASSET = Entity.of(
    [
        Property("assetId", Kind.GUID, asset.c.asset_id, nullable=False),
        Property("serialNumber", Kind.TEXT, asset.c.serial_number, nullable=False),
        Property("typeId", Kind.GUID, asset_type.c.type_id, nullable=False),
        Property("typeName", Kind.TEXT, asset_type.c.type_name, nullable=False),
        Property("parentAssetId", Kind.GUID, _parent.c.asset_id),
        Property("parentSerialNumber", Kind.TEXT, _parent.c.serial_number),
        Property("assetName", Kind.TEXT, asset.c.asset_name),
        Property("partNumber", Kind.TEXT, asset.c.part_number),
        Property("revision", Kind.TEXT, asset.c.revision),
        Property("ClientId", Kind.INTEGER, asset.c.client_id),
        Property("state", Kind.ENUM, asset.c.state, nullable=False, enum=AssetState),
        Property("alarmState", Kind.ENUM, alarm_state, nullable=False, enum=AssetAlarmState),
        Property("description", Kind.TEXT, asset.c.description),
        Property("location", Kind.TEXT, asset.c.location),
        Property("firstSeenDate", Kind.INSTANT, asset.c.first_seen_at, nullable=False),
        Property("lastSeenDate", Kind.INSTANT, asset_counter.c.last_seen_at),
        Property("lastMaintenanceDate", Kind.INSTANT, asset.c.last_maintenance_at),
        Property("nextMaintenanceDate", Kind.INSTANT, asset.c.next_maintenance_at),
        Property("lastCalibrationDate", Kind.INSTANT, asset.c.last_calibration_at),
        Property("nextCalibrationDate", Kind.INSTANT, asset.c.next_calibration_at),
        Property("totalCount", Kind.INTEGER, asset_counter.c.total_count, nullable=False),
        Property("runningCount", Kind.INTEGER, asset_counter.c.running_count, nullable=False),
        Property("dueDate", Kind.INSTANT, asset.c.due_at, told=False),
        Property("calibrationDueDate", Kind.INSTANT, asset.c.calibration_due_at, told=False),
        Property("maintenanceDueDate", Kind.INSTANT, asset.c.maintenance_due_at, told=False),
        Property("nearCountLimit", Kind.BOOLEAN, asset.c.count_level > 0, nullable=False, told=False),
        Property("neverCalibrated", Kind.BOOLEAN, overview.never_calibrated, nullable=False, told=False),
    ],
    key=asset.c.asset_id,
    tags=Tags(asset_tag.c.tag_key, asset_tag.c.tag_value, _has_tag),
)

TYPE = Entity.of(
    [
        Property("typeId", Kind.GUID, asset_type.c.type_id, nullable=False),
        Property("typeName", Kind.TEXT, asset_type.c.type_name, nullable=False),
        Property("runningCountLimit", Kind.INTEGER, asset_type.c.running_count_limit),
        Property("totalCountLimit", Kind.INTEGER, asset_type.c.total_count_limit),
        Property("calibrationInterval", Kind.NUMBER, asset_type.c.calibration_interval_days),
        Property("maintenanceInterval", Kind.NUMBER, asset_type.c.maintenance_interval_days),
        Property("warningThreshold", Kind.NUMBER, asset_type.c.warning_threshold_percent),
        Property("alarmThreshold", Kind.NUMBER, asset_type.c.alarm_threshold_percent),
        Property("isReadonly", Kind.BOOLEAN, asset_type.c.is_readonly, nullable=False),
        Property("icon", Kind.TEXT, asset_type.c.icon),
    ],
    key=asset_type.c.type_id,
)

LOG = Entity.of(
    [
        Property("logId", Kind.INTEGER, log_entry.c.log_id, nullable=False),
        Property("assetId", Kind.GUID, asset.c.asset_id, nullable=False),
        Property("serialNumber", Kind.TEXT, asset.c.serial_number, nullable=False),
        Property("date", Kind.INSTANT, log_entry.c.date, nullable=False),
        Property("user", Kind.TEXT, log_entry.c.user),
        Property("type", Kind.ENUM, log_entry.c.type, nullable=False, enum=AssetLogType),
        Property("property", Kind.TEXT, log_entry.c.property),
        Property("oldValue", Kind.TEXT, log_entry.c.old_value),
        Property("value", Kind.TEXT, log_entry.c.value),
        Property("comment", Kind.TEXT, log_entry.c.comment),
        Property("principal", Kind.TEXT, log_entry.c.principal, nullable=False),
        Property("previousHash", Kind.TEXT, log_entry.c.previous_hash, nullable=False),
        Property("hash", Kind.TEXT, log_entry.c.hash, nullable=False),
    ],
    key=log_entry.c.log_id,
)

CHANGE = Entity.of(
    [
        Property("changeId", Kind.INTEGER, change_entry.c.change_id, nullable=False),
        Property("date", Kind.INSTANT, change_entry.c.date, nullable=False),
        Property("subjectKind", Kind.TEXT, change_entry.c.subject_kind, nullable=False),
        Property("subject", Kind.TEXT, change_entry.c.subject, nullable=False),
        Property("action", Kind.TEXT, change_entry.c.action, nullable=False),
        Property("property", Kind.TEXT, change_entry.c.property),
        Property("oldValue", Kind.TEXT, change_entry.c.old_value),
        Property("value", Kind.TEXT, change_entry.c.value),
        Property("principal", Kind.TEXT, change_entry.c.principal, nullable=False),
        Property("previousHash", Kind.TEXT, change_entry.c.previous_hash, nullable=False),
        Property("hash", Kind.TEXT, change_entry.c.hash, nullable=False),
    ],
    key=change_entry.c.change_id,
)


# By identity, so that it can be asked again for what was prepared for it.
@dataclass(frozen=True, eq=False, slots=True)
class _Source:
    """Where the documents of an entity come from, and how they are ordered when the caller does not say."""

    entity: Entity
    key: Column[Any]
    orderby: str
    joined: Mapping[FromClause, ColumnElement[bool]] = field(default_factory=dict)

    def rows(self, *asked: ColumnElement[Any]) -> FromClause:
        """
        Return the table of the entity with those beside it that are *asked* for something.

        Others would keep PostgreSQL from finding rows by an index alone. Joins are outer ones although the rows always
        exist: they keep the entity first in the plan, so that its indexes order the list.
        """
        met = {getattr(part, "table", None) for clause in asked for part in _parts(clause)}
        rows: FromClause = self.key.table
        for table, condition in self.joined.items():
            rows = rows.outerjoin(table, condition) if table in met else rows
        return rows


def _parts(clause: ClauseElement) -> Iterator[ClauseElement]:
    """Yield *clause* and all that it is made of, but for what stands within questions of their own."""
    yield clause
    if not isinstance(clause, SelectBase):
        for part in clause.get_children():
            yield from _parts(part)


ASSET_SOURCE = _Source(
    ASSET,
    asset.c.key,
    "assetId",
    {
        asset_counter: asset_counter.c.asset_key == asset.c.key,
        asset_type: asset_type.c.key == asset.c.type_key,
        _parent: _parent.c.key == asset.c.parent_key,
    },
)
_TYPE_SOURCE = _Source(TYPE, asset_type.c.key, "typeName")
_LOG_SOURCE = _Source(LOG, log_entry.c.log_id, "date desc,logId desc", {asset: asset.c.key == log_entry.c.asset_key})
_CHANGE_SOURCE = _Source(CHANGE, change_entry.c.change_id, "changeId desc")


@dataclass(frozen=True, slots=True)
class Listing:
    """
    A list as the database finds it: the names of the values of a row, and the rows in parts.

    Where `tags` are among the names they come last, as pairs.
    """

    names: tuple[str, ...]
    parts: AsyncIterator[Sequence[Row]]


def _selected(source: _Source, names: Iterable[str], *others: ColumnElement[Any]) -> Select[Any]:
    columns = [source.entity.properties[name.lower()].column.label(name) for name in names]
    return select(*columns, *others).select_from(source.rows(*columns))


@dataclass(frozen=True, slots=True)
class _Prepared:
    """
    What a list is asked with: the names of the values, and a statement that goes through the rows in order.

    Where `narrowest` tells what the index of texts has few rows for, `found` looks those up instead.
    """

    names: tuple[str, ...]
    ordered: Statement
    narrowest: Statement | None = None
    found: Statement | None = None


_PREPARED = 256
_KEPT_LENGTH = 1024


def _prepared(source: _Source, query: Query) -> _Prepared:
    """Return what a list is asked with. Short texts that come again are compiled once."""
    texts = (query.select, query.filter, query.orderby, query.search)
    is_short = sum(len(text or "") for text in texts) <= _KEPT_LENGTH
    return (_prepare_again if is_short else _prepare)(source, *texts)


def _prepare(
    source: _Source, selection: str | None, condition: str | None, order: str | None, search: str | None
) -> _Prepared:
    entity = source.entity
    wanted = parse_select(selection, entity) if selection else entity.selectable
    names = tuple(name for name in wanted if name.lower() in entity.properties)
    with_tags = len(names) < len(wanted)
    selected = _selected(source, names, *([source.key] if with_tags else []))
    names = (*names, TAGS) if with_tags else names
    conditions, sought = _conditions(source, condition, search)
    ordering = compile_orderby(order or source.orderby, entity)
    ordered = _page(source, selected, conditions, ordering)
    if not sought:
        return _Prepared(names, ordered)
    found = _page(source, selected, [*conditions, texts.has(bindparam("sought", required=True))], ordering)
    return _Prepared(names, ordered, Statement(select(texts.narrowest(sought))), found)


_prepare_again = lru_cache(maxsize=_PREPARED)(_prepare)


def _page(
    source: _Source,
    selected: Select[Any],
    conditions: Sequence[ColumnElement[bool]],
    ordering: Sequence[ColumnElement[Any]],
) -> Statement:
    # First which ones, then what they say: finding and sorting touch nothing but an index, if one has all it takes.
    page = (
        select(source.key)
        .select_from(source.rows(*conditions, *ordering))
        .where(*conditions)
        .order_by(*ordering)
        .limit(bindparam("top"))
        .offset(bindparam("skip"))
        .correlate(None)
    )
    return Statement(selected.where(source.key.in_(page)).order_by(*ordering))


def _conditions(
    source: _Source, text: str | None, search: str | None = None
) -> tuple[list[ColumnElement[bool]], tuple[str, ...]]:
    """Return the conditions of a filter and of words, and the trigrams that the index of texts has of what fits."""
    words = texts.Words.of(search)
    conditions, sought = [] if words.condition is None else [words.condition], words.trigrams
    if not (text and text.strip()):
        return conditions, sought
    node = parse_filter(text)
    sought += texts.trigrams(node, source.entity) if source is ASSET_SOURCE else ()
    return [compile_filter(node, source.entity), *conditions], sought


@lru_cache(maxsize=_PREPARED)
def _counting(source: _Source, text: str | None) -> Statement:
    conditions, sought = _conditions(source, text)
    for state, number in overview.BY_ALARM_STATE.items():
        if conditions and conditions[0].compare(alarm_state == int(state)):
            return Statement(select(number))
    narrowing = [texts.has(texts.together(sought))] if sought else []
    return Statement(select(func.count()).select_from(source.rows(*conditions)).where(*conditions, *narrowing))


async def _list(connection: Connection, source: _Source, query: Query, now: Instant) -> Listing:
    prepared = _prepared(source, query)
    statement, sought = prepared.ordered, None
    if prepared.narrowest and prepared.found:
        answer = await connection.fetch_one(prepared.narrowest, rare=texts.RARE, few=texts.FEW)
        sought = answer and answer[0]
        statement = prepared.found if sought else prepared.ordered
    parts = connection.fetch_in_parts(statement, now=now, top=query.top, skip=query.skip, sought=sought)
    return Listing(prepared.names, _with_tags(connection, parts) if prepared.names[-1:] == (TAGS,) else parts)


async def list_assets(connection: Connection, query: Query, now: Instant) -> Listing:
    """List assets; each has `tags` unless `select` leaves out both of their forms."""
    return await _list(connection, ASSET_SOURCE, query, now)


async def count_assets(connection: Connection, text: str | None, now: Instant) -> int:
    """Return how many assets fit the filter *text*."""
    row = await connection.fetch_one(_counting(ASSET_SOURCE, text), now=now)
    return int(row[0]) if row else 0


async def list_types(connection: Connection, query: Query, now: Instant) -> list[Document]:
    """Return asset types, by name unless the query orders them otherwise."""
    listing = await _list(connection, _TYPE_SOURCE, query, now)
    return [_type(listing.names, row) async for part in listing.parts for row in part]


async def list_log(connection: Connection, query: Query, now: Instant) -> Listing:
    """List log entries of the assets that exist, newest first unless the query orders them otherwise."""
    return await _list(connection, _LOG_SOURCE, query, now)


async def list_changes(connection: Connection, query: Query, now: Instant) -> Listing:
    """List changes of types, tokens and users, newest first unless the query orders them otherwise."""
    return await _list(connection, _CHANGE_SOURCE, query, now)


_below = descendants().subquery("below")
_BELOW = Statement(
    _selected(ASSET_SOURCE, ASSET.names, asset.c.key)
    .join(_below, _below.c.key == asset.c.key)
    .order_by(_below.c.depth, asset.c.key)
)
_ASSET_BY_KEY = Statement(_selected(ASSET_SOURCE, ASSET.names).where(asset.c.key == bindparam("asset_key")))
_TYPE_BY_ID = Statement(_selected(_TYPE_SOURCE, TYPE.names).where(asset_type.c.type_id == bindparam("type_id")))


def list_descendants(connection: Connection, key: int, levels: int | None, now: Instant) -> Listing:
    """List the assets below one, nearest first, down to *levels* (1 = direct children, None = all), with `tags`."""
    parts = connection.fetch_in_parts(_BELOW, root=key, levels=levels or ALL_LEVELS, now=now)
    return Listing((*ASSET.names, TAGS), _with_tags(connection, parts))


class View(Struct, frozen=True):
    """
    One asset as the database has it.

    Attributes:
        values: What it says of itself, by `names`.
        type_values: What its type says, by `type_names`.
        tags: Pairs of key and value.
        version: The version that it is in.
    """

    values: Sequence[Any]
    type_values: Sequence[Any]
    tags: Sequence[tuple[str, str]]
    version: int

    names: ClassVar[tuple[str, ...]] = ASSET.names
    type_names: ClassVar[tuple[str, ...]] = TYPE.names

    @property
    def document(self) -> Document:
        """The asset with its `tags`, without its type."""
        return dict(zip(self.names, self.values, strict=True)) | {TAGS: self.tags}


def _viewed(column: ColumnElement[str]) -> Statement:
    type_columns = [TYPE.properties[name.lower()].column for name in View.type_names]
    viewed = _selected(ASSET_SOURCE, ASSET.names, *type_columns, asset.c.version, tags.TagsAsJson(asset.c.key))
    return Statement(viewed.where(column == bindparam("text")))


_VIEW_BY_ID = _viewed(asset.c.asset_id)
_VIEW_BY_SERIAL = _viewed(asset.c.serial_number)


async def view_by_id(connection: Connection, asset_id: str, now: Instant) -> View | None:
    """Return the asset with this id, as ids are kept."""
    return _view(await connection.fetch_one(_VIEW_BY_ID, text=asset_id, now=now))


async def view_by_serial(connection: Connection, serial_number: str, now: Instant) -> View | None:
    """Return the asset with exactly this serial number."""
    return _view(await connection.fetch_one(_VIEW_BY_SERIAL, text=serial_number, now=now))


_NO_PAIRS = (None, "[]")
_OF_ASSET = len(View.names)
_IS_READONLY = View.type_names.index("isReadonly")


def _view(row: Row | None) -> View | None:
    if row is None:
        return None
    values, type_values, (version, pairs) = row[:_OF_ASSET], list(row[_OF_ASSET:-2]), row[-2:]
    # SQLite has no truth values.
    type_values[_IS_READONLY] = bool(type_values[_IS_READONLY])
    return View(values, type_values, () if pairs in _NO_PAIRS else json.loads(pairs), version)


async def asset_document(connection: Connection, key: int, now: Instant) -> Document:
    """Return one asset with its `tags`."""
    row = await connection.fetch_one(_ASSET_BY_KEY, asset_key=key, now=now)
    if row is None:
        raise LookupError(f"no asset has the key {key}")
    return dict(zip(ASSET.names, row, strict=True)) | {TAGS: await tags.of_asset(connection, key)}


async def type_document(connection: Connection, type_id: str) -> Document:
    """Return one asset type."""
    row = await connection.fetch_one(_TYPE_BY_ID, type_id=type_id)
    if row is None:
        raise LookupError(f"no type has the id {type_id}")
    return _type(TYPE.names, row)


def _type(names: Sequence[str], row: Sequence[Any]) -> Document:
    document = dict(zip(names, row, strict=True))
    if "isReadonly" in document:
        # SQLite has no truth values.
        document["isReadonly"] = bool(document["isReadonly"])
    return document


_DEMANDED = (asset_type.c.running_count_limit, asset_type.c.total_count_limit)
_SHOWN = (*ASSET.names, "dueDate")
_BY_KEYS = Statement(
    select(asset.c.key)
    .add_columns(*(ASSET.properties[name.lower()].column for name in _SHOWN), *_DEMANDED, asset.c.key)
    .select_from(ASSET_SOURCE.rows(*(ASSET.properties[name.lower()].column for name in _SHOWN)))
    .where(one_of(asset.c.key, "keys"))
)


async def assets_by_key(connection: Connection, keys: Sequence[int], now: Instant) -> list[Document]:
    """
    Return the assets that have these *keys* and still exist, in this order.

    Each has its `tags`, its `dueDate`, and `runningCountLimit` and `totalCountLimit` of its type.
    """
    parts = _with_tags(connection, connection.fetch_in_parts(_BY_KEYS, keys=list(keys), now=now))
    names = (*_SHOWN, "runningCountLimit", "totalCountLimit", TAGS)
    found = {row[0]: dict(zip(names, row[1:], strict=True)) async for part in parts for row in part}
    return [found[key] for key in keys if key in found]


_TAGS = Statement(
    select(asset_tag.c.asset_key, asset_tag.c.tag_key, asset_tag.c.tag_value)
    .where(one_of(asset_tag.c.asset_key, "keys"))
    .order_by(asset_tag.c.asset_key, asset_tag.c.position)
)


async def _with_tags(connection: Connection, parts: AsyncIterator[list[Row]]) -> AsyncIterator[list[Row]]:
    """Put the tags of an asset in the place of its key, which comes last."""
    async for rows in parts:
        found: dict[int, list[tuple[str, str]]] = {}
        for key, tag_key, tag_value in await connection.fetch_all(_TAGS, keys=[row[-1] for row in rows]):
            found.setdefault(key, []).append((tag_key, tag_value))
        yield [(*row[:-1], found.get(row[-1], ())) for row in rows]
