"""Views that people saved."""

from msgspec import Struct
from sqlalchemy import bindparam, delete, func, insert, or_, select, update

from pywats_server.store.database import Connection, Row
from pywats_server.store.statement import Statement
from pywats_server.store.tables import saved_view


class StoredView(Struct, frozen=True):
    """A view as stored. `query` is what stands behind the question mark of the list's address."""

    key: int
    owner: str
    name: str
    query: str
    is_shared: bool
    created_at: str


_COLUMNS = [saved_view.c[name] for name in StoredView.__struct_fields__]
_VISIBLE = Statement(
    select(*_COLUMNS)
    .where(or_(saved_view.c.owner == bindparam("reader"), saved_view.c.is_shared))
    .order_by(saved_view.c.name, saved_view.c.key)
)
_FIND = Statement(select(*_COLUMNS).where(saved_view.c.key == bindparam("key")))
_NAMED = Statement(
    select(*_COLUMNS).where(saved_view.c.owner == bindparam("owner"), saved_view.c.name == bindparam("name"))
)
_COUNT = Statement(select(func.count()).where(saved_view.c.owner == bindparam("owner")))
_NEW = ("owner", "name", "query", "is_shared", "created_at")
_INSERT = Statement(
    insert(saved_view).values({name: bindparam(name, required=True) for name in _NEW}).returning(saved_view.c.key)
)
_UPDATE = Statement(
    update(saved_view)
    .where(saved_view.c.key == bindparam("of_key"))
    .values({name: bindparam(name, required=True) for name in ("query", "is_shared")})
)
_DELETE = Statement(delete(saved_view).where(saved_view.c.key == bindparam("key")))


def _view(row: Row) -> StoredView:
    key, owner, name, query, is_shared, created_at = row
    # SQLite has no truth values.
    return StoredView(key, owner, name, query, bool(is_shared), created_at)


async def visible_to(connection: Connection, reader: str) -> list[StoredView]:
    """Return the views of *reader* and those that others share, by name."""
    return [_view(row) for row in await connection.fetch_all(_VISIBLE, reader=reader)]


async def find(connection: Connection, key: int) -> StoredView | None:
    """Return the view of this key."""
    row = await connection.fetch_one(_FIND, key=key)
    return None if row is None else _view(row)


async def find_named(connection: Connection, owner: str, name: str) -> StoredView | None:
    """Return the view of an *owner* that has this name."""
    row = await connection.fetch_one(_NAMED, owner=owner, name=name)
    return None if row is None else _view(row)


async def count(connection: Connection, owner: str) -> int:
    """Return how many views an *owner* has."""
    row = await connection.fetch_one(_COUNT, owner=owner)
    return int(row[0]) if row else 0


async def add(connection: Connection, owner: str, name: str, query: str, *, is_shared: bool, created_at: str) -> int:
    """Store a new view and return its key."""
    row = await connection.fetch_one(
        _INSERT, owner=owner, name=name, query=query, is_shared=is_shared, created_at=created_at
    )
    assert row is not None, "an INSERT with RETURNING answers a row"
    return int(row[0])


async def change(connection: Connection, key: int, query: str, *, is_shared: bool) -> None:
    """Store what a view shows, and to whom."""
    await connection.execute(_UPDATE, of_key=key, query=query, is_shared=is_shared)


async def remove(connection: Connection, key: int) -> None:
    """Delete a view."""
    await connection.execute(_DELETE, key=key)
