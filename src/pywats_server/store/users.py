"""Accounts of people. Disabled ones stay: their names keep their meaning in the log."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from pywats_server.store.database import Connection, Row
from pywats_server.store.statement import Statement
from pywats_server.store.tables import user_account


@dataclass(frozen=True, slots=True)
class StoredUser:
    """An account as stored."""

    name: str
    name_key: str
    role: str
    password_hash: str = field(repr=False)
    must_change_password: bool
    created_at: str
    disabled_at: str | None


_NAMES = StoredUser.__slots__
_COLUMNS = [user_account.c[name] for name in _NAMES]
_ALL = Statement(select(*_COLUMNS).order_by(user_account.c.name_key))
_FIND = Statement(select(*_COLUMNS).where(user_account.c.name_key == bindparam("name_key")))
_COUNT = Statement(select(func.count()).select_from(user_account))
_COUNT_ENABLED = Statement(
    select(func.count()).where(user_account.c.role == bindparam("role"), user_account.c.disabled_at.is_(None))
)
_INSERT = Statement(insert(user_account).values({name: bindparam(name, required=True) for name in _NAMES}))
_CHANGED = ("role", "password_hash", "must_change_password", "disabled_at")
_UPDATE = Statement(
    update(user_account)
    .where(user_account.c.name_key == bindparam("of_name_key"))
    .values({name: bindparam(name, required=True) for name in _CHANGED})
)


async def find(connection: Connection, name_key: str) -> StoredUser | None:
    """Return the account of this name, in the form of `rules.texts.case_key`, disabled or not."""
    row = await connection.fetch_one(_FIND, name_key=name_key)
    return None if row is None else _stored(row)


async def all_users(connection: Connection) -> list[StoredUser]:
    """Return every account, by name."""
    return [_stored(row) for row in await connection.fetch_all(_ALL)]


async def count(connection: Connection) -> int:
    """Return how many accounts there are, disabled ones too."""
    return _number(await connection.fetch_one(_COUNT))


async def count_enabled(connection: Connection, role: str) -> int:
    """Return how many accounts of *role* are not disabled."""
    return _number(await connection.fetch_one(_COUNT_ENABLED, role=role))


async def add(connection: Connection, user: StoredUser) -> None:
    """Store a new account."""
    await connection.execute(_INSERT, **_values(user, _NAMES))


async def change(connection: Connection, user: StoredUser) -> None:
    """Store what *user* has of role, password and being disabled."""
    await connection.execute(_UPDATE, of_name_key=user.name_key, **_values(user, _CHANGED))


def _values(user: StoredUser, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(user, name) for name in names}


def _stored(row: Row) -> StoredUser:
    name, name_key, role, password_hash, must_change_password, created_at, disabled_at = row
    # SQLite's truth values are numbers.
    return StoredUser(name, name_key, role, password_hash, bool(must_change_password), created_at, disabled_at)


def _number(row: Row | None) -> int:
    assert row is not None, "a count has a row"
    return int(row[0])
