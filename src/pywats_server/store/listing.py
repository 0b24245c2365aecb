"""
Pages of the list of assets, each found from where the one before it ended.

Few assets, up to `MANY`, are found by the index that leaves fewest, and come in any order. Among many a list goes
through an index in its order, which has what filters ask for in it, and soon meets a page.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, bindparam, func, select, tuple_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from pywats_server.instants import Instant
from pywats_server.odata.entity import Kind
from pywats_server.odata.functions import Condition
from pywats_server.rules.texts import is_line
from pywats_server.store import texts
from pywats_server.store.database import Connection
from pywats_server.store.documents import ASSET, ASSET_SOURCE
from pywats_server.store.narrowing import Keys, Part, parts
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset

MANY = texts.MANY
"""More assets than these are not counted, and come only in the orders that an index has."""

REGISTERED = "registered"
"""The order in which assets were registered."""

_Value = str | int | float | None


class Order(Struct, frozen=True):
    """By which property a list is sorted, by its wire name or `REGISTERED`; what has none comes last."""

    by: str
    descending: bool = False


class Asked(Struct, frozen=True):
    """Which assets are meant: those of an OData filter, which have all words of a search in their texts."""

    filter: str | None = None
    search: str | None = None


class Mark(Struct, frozen=True):
    """The place of an asset in an order: its value there, and its key, which settles equal values."""

    value: _Value
    key: int


class Found(Struct, frozen=True):
    """
    A page.

    Attributes:
        order: In which it is. It is another than was asked for where there are many assets and no index for it.
        is_few: Whether there are at most `MANY` in all, so that every order can be had.
        before, after: Where the pages beside it begin; None where there is none.
    """

    keys: Sequence[int]
    order: Order
    is_few: bool
    before: Mark | None
    after: Mark | None


_BY_SERIAL = Order("serialNumber")
AMONG_MANY = (_BY_SERIAL, Order("serialNumber", descending=True), Order("dueDate"))
"""The orders in which many assets can be had."""


async def find_page(
    connection: Connection,
    asked: Asked,
    order: Order,
    size: int,
    now: Instant,
    *,
    start: tuple[Order, Mark] | None = None,
    backwards: bool = False,
) -> Found:
    """
    Return a page of up to *size* assets.

    Args:
        start: A place, and the order that it is in; one in another order than the page's is not heeded.
        backwards: Return the page that ends before *start*, not the one that begins after it.
    """
    narrow = await _narrowest(connection, asked, now)
    order = order if narrow is not None else _among_many(asked, order)
    mark = start[1] if start is not None and start[0] == order and _is_in(start[1], order) else None
    backwards = backwards and mark is not None
    walk = _Walk(asked, narrow, order, backwards)
    rows = await walk.rows(connection, mark, size + 1, now)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    marks = [Mark(value, key) for key, value in rows]
    return Found(
        [mark.key for mark in marks],
        order,
        narrow is not None,
        before=marks[0] if marks and (more if backwards else mark is not None) else None,
        after=marks[-1] if marks and (more or backwards) else None,
    )


async def count_up_to_many(connection: Connection, asked: Asked, now: Instant) -> int:
    """Return how many assets are meant; `MANY` + 1 when there are more than `MANY`."""
    narrow = await _narrowest(connection, asked, now)
    if narrow is None and _is_measured(asked):
        return MANY + 1
    row = await connection.fetch_one(_counting(asked, narrow), now=now, most=MANY + 1)
    return int(row[0]) if row else 0


async def find_ids(connection: Connection, asked: Asked, now: Instant) -> list[str]:
    """Return the ids of the assets that are meant, by serial number; of more than `MANY` the first `MANY` + 1."""
    narrow = await _narrowest(connection, asked, now)
    rows = await connection.fetch_all(_ids(asked, narrow), now=now, most=MANY + 1)
    return [row[0] for row in rows]


def _is_in(mark: Mark, order: Order) -> bool:
    """Tell whether a place can be one in this order; what people send can be anything."""
    if type(mark.key) is not int or not 0 <= mark.key < _END:
        return False
    sorting = _sorting(order.by)
    if mark.value is None:
        return sorting.nullable
    if sorting.is_text:
        return isinstance(mark.value, str) and is_line(mark.value)
    return type(mark.value) is int and abs(mark.value) < _END


# What narrows most.

_ALL = -1
"""Stands for all assets where they are few."""


async def _narrowest(connection: Connection, asked: Asked, now: Instant) -> int | None:
    """Return the number of the part that leaves fewest assets; None when every part leaves many."""
    row = await connection.fetch_one(_sizes(asked), now=now, most=MANY + 1)
    assert row is not None, "counts are always answered"
    numbers = [number for number, part in enumerate(_parts(asked)) if part.keys is not None]
    size, number = min(zip(row, [*numbers, _ALL], strict=True))
    return number if size <= MANY else None


def _parts(asked: Asked) -> tuple[Part, ...]:
    return parts(asked.filter, asked.search)


def _is_measured(asked: Asked) -> bool:
    """Tell whether looking for what narrows most told already that many assets are meant."""
    found = _parts(asked)
    # Hardly any asset has all pieces of a word but not the word.
    return not found or (len(found) == 1 and found[0].keys is not None and (found[0].is_exact or not found[0].about))


@lru_cache(maxsize=256)
def _sizes(asked: Asked) -> Statement:
    keys: list[Keys] = [part.keys for part in _parts(asked) if part.keys is not None]
    return Statement(select(*(_size(each) for each in [*keys, select(asset.c.key)])))


def _size(keys: Keys) -> ColumnElement[int]:
    return select(func.count()).select_from(keys.limit(bindparam("most", required=True)).subquery()).scalar_subquery()


def _among_many(asked: Asked, order: Order) -> Order:
    """Return the order in which many assets can be had."""
    if texts.Words.of(asked.search).trigrams:
        return Order(REGISTERED, order.by == REGISTERED and order.descending)
    return order if order in AMONG_MANY else _BY_SERIAL


# Going through a list.


class _Walk(Struct, frozen=True):
    """One way through a list."""

    asked: Asked
    narrow: int | None
    order: Order
    backwards: bool

    async def rows(
        self, connection: Connection, mark: Mark | None, most: int, now: Instant
    ) -> list[tuple[int, _Value]]:
        """Return the keys and values of the next assets behind *mark*."""
        if self.narrow is None and self.order.by == REGISTERED:
            return await self._of_words(connection, mark, most, now)
        found: list[Any] = []
        for of_null in self._stretches(mark):
            statement = _stretch(self, of_null=of_null, is_marked=mark is not None)
            place = {} if mark is None else {"key": mark.key, "value": mark.value}
            found += await connection.fetch_all(statement, now=now, most=most - len(found), **place)
            if len(found) >= most:
                break
            mark = None
        return found

    def _stretches(self, mark: Mark | None) -> Iterator[bool]:
        """Yield whether to look among those without a value: they come last, as it is seen from the front."""
        if not _sorting(self.order.by).nullable:
            yield False
            return
        among = [False, True] if not self.backwards else [True, False]
        if mark is not None:
            among = among[among.index(mark.value is None) :]
        yield from among

    async def _of_words(
        self, connection: Connection, mark: Mark | None, most: int, now: Instant
    ) -> list[tuple[int, _Value]]:
        """Return what has words, by key: the first of those that the index has, and more of them where few fit."""
        descending = self.order.descending is not self.backwards
        key = mark.key if mark is not None else _END if descending else 0
        found: list[Any] = []
        for looked_at in _BATCHES:
            statement = _with_words(self.asked, descending=descending)
            found = await connection.fetch_all(statement, now=now, key=key, most=looked_at, rows=most)
            if len(found) >= most:
                break
        return found


_BATCHES = (1000, 20_000, 400_000)


_END = 2**62
"""More than any key or count."""


class _Sorting(Struct, frozen=True):
    column: ColumnElement[Any]
    nullable: bool
    is_text: bool


_UNIQUE = frozenset({"serialNumber", "assetId", REGISTERED})


def _sorting(by: str) -> _Sorting:
    if by == REGISTERED:
        return _Sorting(asset.c.key, nullable=False, is_text=False)
    found = ASSET.properties[by.lower()]
    return _Sorting(found.column, found.nullable, found.kind not in (Kind.INTEGER, Kind.ENUM))


@lru_cache(maxsize=512)
def _stretch(walk: _Walk, *, of_null: bool, is_marked: bool) -> Statement:
    sorting = _sorting(walk.order.by)
    descending = walk.order.descending is not walk.backwards
    sorted_by = [asset.c.key] if of_null else [sorting.column]
    # A unique index has the key behind its columns only as what it leads to.
    if not of_null and walk.order.by not in _UNIQUE:
        sorted_by.append(asset.c.key)
    conditions = _conditions(walk.asked, walk.narrow, None if walk.narrow is not None else walk.order)
    if sorting.nullable:
        conditions.append(sorting.column.is_(None) if of_null else sorting.column.is_not(None))
    if is_marked:
        conditions.append(_behind(sorted_by, of_null=of_null, descending=descending))
    statement = (
        select(asset.c.key, sorting.column)
        .select_from(ASSET_SOURCE.rows(sorting.column, *conditions))
        .where(*conditions)
        .order_by(*(column.desc() if descending else column.asc() for column in sorted_by))
        .limit(bindparam("most", required=True))
    )
    return Statement(statement)


def _behind(columns: Sequence[ColumnElement[Any]], *, of_null: bool, descending: bool) -> ColumnElement[bool]:
    first: Any = columns[0]
    key: Any = bindparam("key", required=True, type_=asset.c.key.type)
    value: Any = key if of_null else bindparam("value", required=True, type_=first.type)
    if len(columns) == 1:
        return first < value if descending else first > value  # type: ignore[no-any-return]
    place, mark = tuple_(*columns), tuple_(value, key)
    return place < mark if descending else place > mark


class _Beside(Condition):
    """A condition by which SQLite shall look for nothing: the way is settled."""

    name = "beside"
    inherit_cache = True


@compiles(_Beside, "sqlite")
def _beside_sqlite(element: _Beside, compiler: SQLCompiler, **options: Any) -> str:
    (condition,) = element.clauses
    return f"+({compiler.process(condition, **options)})"


@compiles(_Beside, "postgresql")
def _beside_postgresql(element: _Beside, compiler: SQLCompiler, **options: Any) -> str:
    (condition,) = element.clauses
    return f"({compiler.process(condition, **options)})"


class _Among(Condition):
    """A key is one of those that are selected: they are found first, whatever else the database would think best."""

    name = "among"
    inherit_cache = True


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    key, keys = (compiler.process(part, **options) for part in element.clauses)
    return f"({key} IN {keys})"


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    key, keys = (compiler.process(part, **options) for part in element.clauses)
    return f"({key} = ANY (ARRAY{keys}))"


def _conditions(asked: Asked, narrow: int | None, order: Order | None) -> list[ColumnElement[bool]]:
    """Return all conditions; those that the index of a list in *order* can go by are left to it."""
    conditions: list[ColumnElement[bool]] = []
    for number, part in enumerate(_parts(asked)):
        if number == narrow:
            assert part.keys is not None, "a part that was measured has keys"
            # That they are few was measured. A database that is told goes to them by the same way again.
            few = part.keys.correlate(None).limit(texts.MANY + 1)
            conditions.append(_Among(asset.c.key, few.scalar_subquery()))
        if number != narrow or not part.is_exact:
            conditions.append(part.condition if order and _serves(part, order) else _Beside(part.condition))
    return conditions


def _serves(part: Part, order: Order) -> bool:
    """Tell whether an index in this order begins with what a part is about."""
    return part.about == order.by or (part.about == "typeId" and part.is_one and order.by == "dueDate")


@lru_cache(maxsize=256)
def _with_words(asked: Asked, *, descending: bool) -> Statement:
    words = texts.Words.of(asked.search)
    conditions = [texts.next_with(words, descending=descending), *_conditions(asked, None, None)]
    statement = (
        select(asset.c.key, asset.c.key)
        .select_from(ASSET_SOURCE.rows(*conditions))
        .where(*conditions)
        .order_by(asset.c.key.desc() if descending else asset.c.key.asc())
        .limit(bindparam("rows", required=True))
    )
    return Statement(statement)


@lru_cache(maxsize=256)
def _counting(asked: Asked, narrow: int | None) -> Statement:
    conditions = _conditions(asked, narrow, None)
    meant = _limited(select(asset.c.key), conditions).subquery()
    return Statement(select(func.count()).select_from(meant))


@lru_cache(maxsize=256)
def _ids(asked: Asked, narrow: int | None) -> Statement:
    conditions = _conditions(asked, narrow, None if narrow is not None else _BY_SERIAL)
    return Statement(_limited(select(asset.c.asset_id).order_by(asset.c.serial_number), conditions))


def _limited(selected: Select[Any], conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    return (
        selected.select_from(ASSET_SOURCE.rows(*conditions)).where(*conditions).limit(bindparam("most", required=True))
    )
