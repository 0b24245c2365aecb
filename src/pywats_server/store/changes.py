"""The log of changes of types, tokens and users. Entries are only ever added, in one chain of hashes."""

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select

from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import change_entry


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change about to be stored, with its place in the chain."""

    date: str
    subject_kind: str
    subject: str
    action: str
    property: str | None
    old_value: str | None
    value: str | None
    principal: str
    previous_hash: str
    hash: str


_NAMES = NewChange.__slots__
_INSERT = Statement(insert(change_entry).values({name: bindparam(name, required=True) for name in _NAMES}))
_HEAD = Statement(select(change_entry.c.hash).order_by(change_entry.c.change_id.desc()).limit(1))


async def head(connection: Connection) -> str | None:
    """Return the hash of the newest entry, or None when there is none."""
    row = await connection.fetch_one(_HEAD)
    return None if row is None else str(row[0])


async def add(connection: Connection, change: NewChange) -> None:
    """Store *change* as the newest entry."""
    await connection.execute(_INSERT, **{name: getattr(change, name) for name in _NAMES})
