"""Access tokens: names, roles, hashes of secrets. Revoked ones stay: their names keep their meaning in the log."""

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, update

from pywats_server.instants import Instant
from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import access_token


@dataclass(frozen=True, slots=True)
class StoredToken:
    """An access token as stored: without its secret."""

    name: str
    role: str
    secret_sha256: str
    created_at: str
    revoked_at: str | None


_COLUMNS = (
    access_token.c.name,
    access_token.c.role,
    access_token.c.secret_sha256,
    access_token.c.created_at,
    access_token.c.revoked_at,
)
_ALL = Statement(select(*_COLUMNS).order_by(access_token.c.name))
_BY_NAME = Statement(select(*_COLUMNS).where(access_token.c.name == bindparam("name")))
_INSERT = Statement(insert(access_token).values({column.name: bindparam(column.name) for column in _COLUMNS}))
_REVOKE = Statement(
    update(access_token)
    .where(access_token.c.name == bindparam("of_name"), access_token.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)


async def find(connection: Connection, name: str) -> StoredToken | None:
    """Return the token of this name, revoked or not."""
    row = await connection.fetch_one(_BY_NAME, name=name)
    return None if row is None else StoredToken(*row)


async def all_tokens(connection: Connection) -> list[StoredToken]:
    """Return every token, by name."""
    return [StoredToken(*row) for row in await connection.fetch_all(_ALL)]


async def add(connection: Connection, name: str, role: str, secret_sha256: str, created_at: Instant) -> None:
    """Store a new token."""
    await connection.execute(
        _INSERT, name=name, role=role, secret_sha256=secret_sha256, created_at=created_at, revoked_at=None
    )


async def revoke(connection: Connection, name: str, at: Instant) -> bool:
    """Revoke a token; False when there is none of this name that is not revoked yet."""
    return await connection.execute(_REVOKE, of_name=name, at=at) > 0
