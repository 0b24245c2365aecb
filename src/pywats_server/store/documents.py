"""Assets, types and log entries as documents, with the names of the wire; one at a time, or lists by OData."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, bindparam, exists, func, select

from pywats.domains.asset.enums import AssetAlarmState, AssetLogType, AssetState
from pywats_server.instants import Instant
from pywats_server.odata import compile_filter, compile_orderby, parse_filter, parse_select
from pywats_server.odata.entity import Entity, Kind, Property, Tags
from pywats_server.odata.query import Query
from pywats_server.store import tags
from pywats_server.store.assets import alarm_state
from pywats_server.store.database import Connection, Row
from pywats_server.store.statement import Statement, chunks, is_among
from pywats_server.store.tables import asset, asset_counter, asset_tag, asset_type, change_entry, log_entry

Document = dict[str, Any]

_parent = asset.alias("parent")
# Outer joins although the rows always exist: they keep the asset first in the plan, so that its indexes order the list.
_ASSETS: FromClause = (
    asset.outerjoin(asset_counter, asset_counter.c.asset_key == asset.c.key)
    .outerjoin(asset_type, asset_type.c.key == asset.c.type_key)
    .outerjoin(_parent, _parent.c.key == asset.c.parent_key)
)
_LOG: FromClause = log_entry.outerjoin(asset, asset.c.key == log_entry.c.asset_key)


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


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the documents of an entity come from, and how they are ordered when the caller does not say."""

    entity: Entity
    rows: FromClause
    orderby: str
    row_key: ColumnElement[Any]
    booleans: frozenset[str] = field(default_factory=frozenset)


_ASSET_SOURCE = _Source(ASSET, _ASSETS, "assetId", asset.c.key)
_TYPE_SOURCE = _Source(TYPE, asset_type, "typeName", asset_type.c.key, frozenset({"isReadonly"}))
_LOG_SOURCE = _Source(LOG, _LOG, "date desc,logId desc", log_entry.c.log_id)
_CHANGE_SOURCE = _Source(CHANGE, change_entry, "changeId desc", change_entry.c.change_id)


def _selected(source: _Source, names: Iterable[str]) -> Select[Any]:
    columns = [source.entity.properties[name.lower()].column.label(name) for name in names]
    return select(source.row_key, *columns).select_from(source.rows)


def _documents(source: _Source, names: list[str], rows: Iterable[Row]) -> list[Document]:
    documents = [dict(zip(names, row[1:], strict=True)) for row in rows]
    for name in source.booleans.intersection(names):
        for document in documents:
            document[name] = bool(document[name])
    return documents


def _conditions(source: _Source, text: str | None) -> list[ColumnElement[bool]]:
    return [compile_filter(parse_filter(text), source.entity)] if text and text.strip() else []


async def _page(connection: Connection, source: _Source, query: Query, now: Instant, names: list[str]) -> list[Row]:
    statement = (
        _selected(source, names)
        .where(*_conditions(source, query.filter))
        .order_by(*compile_orderby(query.orderby or source.orderby, source.entity))
        .limit(query.top)
        .offset(query.skip)
    )
    return await connection.fetch_all(Statement(statement), now=now)


async def _list(connection: Connection, source: _Source, query: Query, now: Instant) -> list[Document]:
    names = list(parse_select(query.select, source.entity) if query.select else source.entity.names)
    return _documents(source, names, await _page(connection, source, query, now, names))


async def _count(connection: Connection, source: _Source, text: str | None, now: Instant) -> int:
    statement = select(func.count()).select_from(source.rows).where(*_conditions(source, text))
    row = await connection.fetch_one(Statement(statement), now=now)
    return int(row[0]) if row else 0


async def list_assets(connection: Connection, query: Query, now: Instant) -> list[Document]:
    """Return assets; each has `tags` as a list of pairs unless `select` leaves them out."""
    wanted = list(parse_select(query.select, ASSET) if query.select else ASSET.selectable)
    names = [name for name in wanted if name.lower() in ASSET.properties]
    rows = await _page(connection, _ASSET_SOURCE, query, now, names)
    documents = _documents(_ASSET_SOURCE, names, rows)
    if len(names) < len(wanted):
        await _add_tags(connection, documents, [row[0] for row in rows])
    return documents


async def count_assets(connection: Connection, text: str | None, now: Instant) -> int:
    """Return how many assets fit the filter *text*."""
    return await _count(connection, _ASSET_SOURCE, text, now)


async def list_types(connection: Connection, query: Query, now: Instant) -> list[Document]:
    """Return asset types, by name unless the query orders them otherwise."""
    return await _list(connection, _TYPE_SOURCE, query, now)


async def list_log(connection: Connection, query: Query, now: Instant) -> list[Document]:
    """Return log entries of the assets that exist, newest first unless the query orders them otherwise."""
    return await _list(connection, _LOG_SOURCE, query, now)


async def list_changes(connection: Connection, query: Query, now: Instant) -> list[Document]:
    """Return changes of types and tokens, newest first unless the query orders them otherwise."""
    return await _list(connection, _CHANGE_SOURCE, query, now)


_ASSET_BY_KEY = Statement(_selected(_ASSET_SOURCE, ASSET.names).where(asset.c.key == bindparam("asset_key")))
_TYPE_BY_ID = Statement(_selected(_TYPE_SOURCE, TYPE.names).where(asset_type.c.type_id == bindparam("type_id")))


async def asset_document(connection: Connection, key: int, now: Instant) -> Document:
    """Return one asset with its `tags`."""
    row = await connection.fetch_one(_ASSET_BY_KEY, asset_key=key, now=now)
    if row is None:
        raise LookupError(f"no asset has the key {key}")
    (document,) = _documents(_ASSET_SOURCE, list(ASSET.names), [row])
    return {**document, "tags": await tags.of_asset(connection, key)}


async def type_document(connection: Connection, type_id: str) -> Document:
    """Return one asset type."""
    row = await connection.fetch_one(_TYPE_BY_ID, type_id=type_id)
    if row is None:
        raise LookupError(f"no type has the id {type_id}")
    return _documents(_TYPE_SOURCE, list(TYPE.names), [row])[0]


async def assets_by_key(connection: Connection, keys: list[int], now: Instant) -> list[Document]:
    """Return the assets of *keys*, in that order, with their tags."""
    found: dict[int, Document] = {}
    names = list(ASSET.names)
    for chunk in chunks(keys):
        statement = Statement(_selected(_ASSET_SOURCE, names).where(is_among(asset.c.key, chunk)))
        rows = await connection.fetch_all(statement, now=now)
        found |= zip((row[0] for row in rows), _documents(_ASSET_SOURCE, names, rows), strict=True)
    documents = [found[key] for key in keys]
    await _add_tags(connection, documents, keys)
    return documents


async def _add_tags(connection: Connection, documents: list[Document], keys: list[int]) -> None:
    by_key = dict(zip(keys, documents, strict=True))
    for document in documents:
        document["tags"] = []
    for chunk in chunks(keys):
        statement = (
            select(asset_tag.c.asset_key, asset_tag.c.tag_key, asset_tag.c.tag_value)
            .where(is_among(asset_tag.c.asset_key, chunk))
            .order_by(asset_tag.c.asset_key, asset_tag.c.position)
        )
        for key, tag_key, tag_value in await connection.fetch_all(Statement(statement)):
            by_key[key]["tags"].append((tag_key, tag_value))
