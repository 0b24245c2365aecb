"""What happened, as people look through it: newest first, a page at a time, by what they look for."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Generic, TypeVar

from msgspec import Struct
from sqlalchemy import BindParameter, Column, ColumnElement, FromClause, Select, bindparam, func, or_, select, tuple_

from pywats_server.instants import Instant
from pywats_server.store.database import Connection
from pywats_server.store.sets import one_of
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset, asset_type, change_entry, log_entry

EXAMINED = 50_000
"""How many entries a `Book` looks at for a page, which takes a third of a second."""


class Place(Struct, frozen=True):
    """A place in a log, which goes by date and then by number."""

    date: Instant
    number: int


class LogEntry(Struct, frozen=True):
    """
    An entry of the log of assets, and which asset it tells of.

    Attributes:
        type: The number of an `AssetLogType`.
        user: Who is said to have done it.
        principal: Who has.
    """

    number: int
    date: Instant
    asset_id: str
    serial_number: str
    asset_name: str | None
    type: int
    property: str | None
    old_value: str | None
    value: str | None
    comment: str | None
    user: str | None
    principal: str
    previous_hash: str
    hash: str


class Change(Struct, frozen=True):
    """
    A change of what is no asset.

    Attributes:
        subject_kind: `assetType`, `token` or `user`.
        subject: The id of the type, or the name of the token or user.
        type_name: What the type is called now; None when it is no type, or when it was deleted.
    """

    number: int
    date: Instant
    subject_kind: str
    subject: str
    type_name: str | None
    action: str
    property: str | None
    old_value: str | None
    value: str | None
    principal: str
    previous_hash: str
    hash: str


class Wanted(Struct, frozen=True):
    """
    What is looked for; None is anything.

    Attributes:
        asset_key: Of the asset that it tells of.
        kinds: One of these types of events, or kinds of subjects.
        who: Within the name of whoever did it, or is said to have; in lower case.
        text: Within a comment, a value or the name of a property; in lower case.
        since: At this moment or later.
        before: Before this moment.
    """

    asset_key: int | None = None
    kinds: list[Any] | None = None
    who: str | None = None
    text: str | None = None
    since: Instant | None = None
    before: Instant | None = None


T = TypeVar("T", LogEntry, Change)


class Page(Struct, Generic[T], frozen=True):
    """
    Entries, newest first.

    Attributes:
        next: The place behind which the next page begins; None when there is none.
        is_cut: So much was looked at that the page ends there, however few entries it has.
    """

    entries: list[T]
    next: Place | None
    is_cut: bool = False


class Book(Generic[T]):
    """
    A log that can be looked through.

    Args:
        entry: What an entry is.
        columns: What it is made of.
        number: The column that numbers the entries.
        conditions: What can be asked of it beside its date.

    Attributes:
        examined: So many entries are looked at for a page at most, when no index knows which of them fit.
    """

    def __init__(
        self,
        entry: type[T],
        rows: FromClause,
        columns: tuple[ColumnElement[Any], ...],
        number: Column[Any],
        conditions: Mapping[str, ColumnElement[bool]],
    ) -> None:
        self.examined = EXAMINED
        date = number.table.c.date
        place = tuple_(date, number)
        self._entry: Callable[..., T] = entry
        self._rows, self._columns, self._place = rows, columns, (date, number)
        self._conditions = {
            **conditions,
            "since": date >= _given("since"),
            "before": date < _given("before"),
            "after": place < tuple_(_given("after_date"), _given("after_number")),
            "horizon": place >= tuple_(_given("horizon_date"), _given("horizon_number")),
        }
        # The entries of one asset come in the order of their numbers, in which its index has them.
        self._of_asset = self._conditions | {
            "after": number < _given("after_number"),
            "horizon": number >= _given("horizon_number"),
        }
        self._page, self._horizon = (lru_cache(maxsize=256)(build) for build in (self._build_page, self._build_horizon))

    async def page(self, connection: Connection, wanted: Wanted, after: Place | None, top: int) -> Page[T]:
        """Return the *top* newest entries that are *wanted* and stand behind *after*."""
        values = _values(wanted) | _at("after", after)
        horizon = await self._find_horizon(connection, values)
        values |= _at("horizon", horizon)
        rows = await connection.fetch_all(self._page(self._asked(values)), top=top + 1, **values)
        entries = [self._entry(*row) for row in rows[:top]]
        if len(rows) > top:
            return Page(entries, Place(entries[-1].date, entries[-1].number))
        return Page(entries, horizon, is_cut=horizon is not None)

    async def _find_horizon(self, connection: Connection, values: dict[str, Any]) -> Place | None:
        """Return the last place that is looked at; None when all are, because they are few or an index knows them."""
        if _SOUGHT_IN_EACH.isdisjoint(values):
            return None
        statement = self._horizon(self._asked(values) - _SOUGHT_IN_EACH)
        row = await connection.fetch_one(statement, examined=self.examined, **values)
        return None if row is None else Place(*row)

    def _asked(self, values: dict[str, Any]) -> frozenset[str]:
        return frozenset(self._conditions.keys() & values.keys()) | {
            name for name in ("after", "horizon") if f"{name}_date" in values
        }

    def _build_page(self, asked: frozenset[str]) -> Statement:
        return Statement(self._newest(select(*self._columns).select_from(self._rows), asked).limit(_given("top")))

    def _build_horizon(self, asked: frozenset[str]) -> Statement:
        return Statement(self._newest(select(*self._place), asked).limit(1).offset(_given("examined")))

    def _newest(self, asked_for: Select[Any], asked: frozenset[str]) -> Select[Any]:
        is_of_asset = "asset_key" in asked
        known, place = (self._of_asset, self._place[1:]) if is_of_asset else (self._conditions, self._place)
        conditions = [condition for name, condition in known.items() if name in asked]
        return asked_for.where(*conditions).order_by(*(column.desc() for column in place))


_SOUGHT_IN_EACH = frozenset({"kinds", "who", "text"})


def _given(name: str) -> BindParameter[Any]:
    return bindparam(name, required=True)


def _within(pattern: str, *columns: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(*(func.lower(column).like(_given(pattern), escape="\\") for column in columns))


def _values(wanted: Wanted) -> dict[str, Any]:
    given = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    values = {name: value for name, value in given.items() if value is not None}
    return values | {name: _pattern(values[name]) for name in ("who", "text") if name in values}


def _pattern(text: str) -> str:
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"


def _at(name: str, place: Place | None) -> dict[str, Any]:
    return {} if place is None else {f"{name}_date": place.date, f"{name}_number": place.number}


_log, _change = log_entry.c, change_entry.c

LOG = Book(
    LogEntry,
    # An outer join, although the asset is always there: it keeps the index of the log first in the plan.
    log_entry.outerjoin(asset, asset.c.key == _log.asset_key),
    (
        *(_log.log_id, _log.date, asset.c.asset_id, asset.c.serial_number, asset.c.asset_name, _log.type),
        *(_log.property, _log.old_value, _log.value, _log.comment, _log.user, _log.principal),
        *(_log.previous_hash, _log.hash),
    ),
    _log.log_id,
    {
        "asset_key": _log.asset_key == _given("asset_key"),
        "kinds": one_of(_log.type, "kinds"),
        "who": _within("who", _log.user, _log.principal),
        "text": _within("text", _log.comment, _log.value, _log.old_value, _log.property),
    },
)
"""What happened to the assets that exist."""

CHANGES = Book(
    Change,
    change_entry.outerjoin(asset_type, asset_type.c.type_id == _change.subject),
    (
        *(_change.change_id, _change.date, _change.subject_kind, _change.subject, asset_type.c.type_name),
        *(_change.action, _change.property, _change.old_value, _change.value, _change.principal),
        *(_change.previous_hash, _change.hash),
    ),
    _change.change_id,
    {
        "kinds": one_of(_change.subject_kind, "kinds"),
        "who": _within("who", _change.principal),
        "text": _within(
            "text", _change.subject, asset_type.c.type_name, _change.property, _change.value, _change.old_value
        ),
    },
)
"""Changes of types, tokens and users."""
