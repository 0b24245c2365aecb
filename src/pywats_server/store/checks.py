"""What a check of the whole database reads: each statement returns rows in the order in which they are compared."""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    FromClause,
    ScalarSelect,
    Table,
    cast,
    exists,
    func,
    null,
    or_,
    select,
)

from pywats_server.rules.model import Demands
from pywats_server.store.changes import NewChange
from pywats_server.store.contents import TABLES, Contents
from pywats_server.store.database import Row
from pywats_server.store.log import Entry
from pywats_server.store.statement import Statement
from pywats_server.store.tables import (
    access_token,
    archived_asset,
    archived_file,
    archived_log_entry,
    asset,
    asset_counter,
    asset_file,
    asset_type,
    change_entry,
    list_import,
    list_import_file,
    list_import_row,
    log_entry,
    usage,
    user_account,
)


@dataclass(frozen=True, slots=True)
class Counter:
    """The counts of an asset, as stored."""

    running_count: int
    total_count: int
    carried_count: int


@dataclass(frozen=True, slots=True)
class CheckedAsset:
    """An asset as stored, with all that its counts, next dates and levels follow from; moments are texts."""

    key: int
    asset_id: str
    serial_number: str
    state: int
    calibration_by_interval: bool
    maintenance_by_interval: bool
    count_level: int
    warning_at: str | None
    alarm_at: str | None
    calibration_due_at: str | None
    maintenance_due_at: str | None
    due_at: str | None
    first_seen_at: str
    last_calibration_at: str | None
    next_calibration_at: str | None
    last_maintenance_at: str | None
    next_maintenance_at: str | None
    used: int
    counter: Counter | None
    demands: Demands | None


def used_in_all(of_asset: ColumnElement[Any] = asset.c.key) -> ScalarSelect[int]:
    """Return the uses of an asset on all days."""
    uses = select(cast(func.coalesce(func.sum(usage.c.uses), 0), BigInteger))
    return uses.where(usage.c.asset_key == of_asset).scalar_subquery()


_ASSETS = Statement(
    select(
        asset.c.key,
        asset.c.asset_id,
        asset.c.serial_number,
        asset.c.state,
        asset.c.calibration_by_interval,
        asset.c.maintenance_by_interval,
        asset.c.count_level,
        asset.c.warning_at,
        asset.c.alarm_at,
        asset.c.calibration_due_at,
        asset.c.maintenance_due_at,
        asset.c.due_at,
        asset.c.first_seen_at,
        asset.c.last_calibration_at,
        asset.c.next_calibration_at,
        asset.c.last_maintenance_at,
        asset.c.next_maintenance_at,
        used_in_all(),
        asset_counter.c.running_count,
        asset_counter.c.total_count,
        asset_counter.c.carried_count,
        asset_type.c.key,
        asset_type.c.running_count_limit,
        asset_type.c.total_count_limit,
        asset_type.c.calibration_interval_days,
        asset_type.c.maintenance_interval_days,
        asset_type.c.warning_threshold_percent,
        asset_type.c.alarm_threshold_percent,
    )
    .select_from(
        asset.outerjoin(asset_counter, asset_counter.c.asset_key == asset.c.key).outerjoin(
            asset_type, asset_type.c.key == asset.c.type_key
        )
    )
    .order_by(asset.c.key)
)


async def assets(contents: Contents) -> AsyncGenerator[list[CheckedAsset], None]:
    """Return all assets."""
    async for page in contents.pages(_ASSETS):
        yield [_checked(row) for row in page]


def _checked(row: Row) -> CheckedAsset:
    own, counts, type_key, demands = row[:18], row[18:21], row[21], row[22:]
    counter = None if counts[0] is None else Counter(*counts)
    return CheckedAsset(*own, counter, None if type_key is None else Demands(*demands))  # type: ignore[call-arg]


LOGS = Statement(
    select(
        asset.c.key,
        asset.c.asset_id,
        asset.c.serial_number,
        asset.c.log_head,
        log_entry.c.log_id,
        *(log_entry.c[name] for name in Entry.__slots__),
    )
    .select_from(asset.outerjoin(log_entry, log_entry.c.asset_key == asset.c.key))
    .order_by(asset.c.key, log_entry.c.log_id)
)
"""Each asset with its log, oldest entry first: key, id, serial number, head, number, and the fields of `log.Entry`."""

ARCHIVED_LOGS = Statement(
    select(
        archived_asset.c.key,
        archived_asset.c.asset_id,
        archived_asset.c.serial_number,
        null(),
        archived_log_entry.c.log_id,
        *(archived_log_entry.c[name] for name in Entry.__slots__),
    )
    .select_from(
        archived_asset.outerjoin(archived_log_entry, archived_log_entry.c.archived_key == archived_asset.c.key)
    )
    .order_by(archived_asset.c.key, archived_log_entry.c.log_id)
)
"""The same of deleted assets, whose head is not kept."""

ARCHIVED = Statement(
    select(archived_asset.c.asset_id, archived_asset.c.serial_number, archived_asset.c.document).order_by(
        archived_asset.c.key
    )
)
"""Deleted assets: id, serial number, document."""

CHANGES = Statement(
    select(change_entry.c.change_id, *(change_entry.c[name] for name in NewChange.__slots__)).order_by(
        change_entry.c.change_id
    )
)
"""Changes of types, tokens and users, oldest first: number, and the fields of `changes.NewChange`."""

TYPES = Statement(
    select(
        asset_type.c.type_id,
        asset_type.c.type_name,
        asset_type.c.running_count_limit,
        asset_type.c.total_count_limit,
        asset_type.c.calibration_interval_days,
        asset_type.c.maintenance_interval_days,
        asset_type.c.warning_threshold_percent,
        asset_type.c.alarm_threshold_percent,
    ).order_by(asset_type.c.key)
)
"""Types: id, name, and the fields of `Demands`."""

TOKENS = Statement(
    select(
        access_token.c.name, access_token.c.secret_sha256, access_token.c.created_at, access_token.c.revoked_at
    ).order_by(access_token.c.key)
)
"""Tokens: name, hash of the secret, when they were made and revoked."""

USERS = Statement(
    select(
        user_account.c.name,
        user_account.c.name_key,
        user_account.c.role,
        user_account.c.password_hash,
        user_account.c.created_at,
        user_account.c.disabled_at,
    ).order_by(user_account.c.key)
)
"""Users: name, the key of the name, role, hash of the password, when they were made and disabled."""

NEGATIVE_USES = Statement(
    select(asset.c.serial_number, usage.c.day, usage.c.uses)
    .select_from(usage.outerjoin(asset, asset.c.key == usage.c.asset_key))
    .where(usage.c.uses < 0)
    .order_by(usage.c.asset_key, usage.c.day)
)
"""Days with less than no use: serial number, day, uses."""


def _files(files: Table, owner: FromClause, owner_key: ColumnElement[Any]) -> Statement:
    columns = (files.c.name, files.c.size_bytes, files.c.sha256, files.c.content)
    joined = files.outerjoin(owner, owner.c.key == owner_key)
    return Statement(select(owner.c.serial_number, *columns).select_from(joined).order_by(files.c.key))


FILES = {
    asset_file: _files(asset_file, asset, asset_file.c.asset_key),
    archived_file: _files(archived_file, archived_asset, archived_file.c.archived_key),
}
"""Files of assets and of deleted assets: serial number, name, size, SHA-256, content."""


IMPORTS = Statement(
    select(
        list_import.c.key,
        list_import.c.stage,
        list_import.c.row_count,
        select(func.count())
        .select_from(list_import_row)
        .where(list_import_row.c.import_key == list_import.c.key)
        .scalar_subquery(),
        list_import.c.uploaded_at,
        list_import.c.moved_at,
        list_import.c.imported_at,
        list_import.c.undone_at,
    ).order_by(list_import.c.key)
)
"""Imports: number, stage, how many rows they say to have, how many they have, and their moments."""

LISTS = Statement(
    select(
        list_import.c.key,
        list_import.c.file_name,
        list_import.c.size_bytes,
        list_import.c.sha256,
        list_import_file.c.content,
    )
    .select_from(list_import.join(list_import_file, list_import_file.c.import_key == list_import.c.key))
    .order_by(list_import.c.key)
)
"""Files of imports: number, name, size, SHA-256, content."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that refers to a row of another table."""

    table: str
    column: str
    to: str
    orphans: Statement
    """Rows that refer to one that is missing: the values of their own key, then what they refer to."""


def _references() -> Iterator[Reference]:
    for table in TABLES:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            yield Reference(table.name, key.parent.name, key.column.table.name, _orphans(table, key))


def _orphans(table: Table, key: ForeignKey) -> Statement:
    referred = key.column.table.alias("referred")
    is_there = exists().where(referred.c[key.column.name] == key.parent)
    missing = key.parent.is_not(None) & ~is_there
    columns = list(table.primary_key.columns)
    return Statement(select(*columns, key.parent.label("refers_to")).where(missing).order_by(*columns))


REFERENCES = list(_references())


def _unreached() -> Statement:
    """Assets that no way leads to from an asset without a parent: those in a circle, and what hangs below them."""
    parent, child = asset.alias("parent"), asset.alias("child")
    has_no_parent = or_(asset.c.parent_key.is_(None), ~exists().where(parent.c.key == asset.c.parent_key))
    tops = select(asset.c.key).where(has_no_parent).cte("reached", recursive=True)
    reached = tops.union_all(select(child.c.key).where(child.c.parent_key == tops.c.key))
    # A join, because PostgreSQL compares each with each to find what is not in a large set.
    return Statement(
        select(asset.c.key, asset.c.parent_key, asset.c.serial_number)
        .select_from(asset.outerjoin(reached, reached.c.key == asset.c.key))
        .where(asset.c.parent_key.is_not(None), reached.c.key.is_(None))
        .order_by(asset.c.key)
    )


UNREACHED = _unreached()
"""Assets in a circle of parents, or below one: key, parent's key, serial number."""
