"""A small kind of thing to ask about, with every kind of property, on each database."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from pywats_server.instants import instant
from pywats_server.odata import Entity, Kind, Property, Tags, compile_filter, compile_orderby, parse_filter
from pywats_server.store.sqlite.functions import register

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class State(IntEnum):
    UNKNOWN = 0
    IN_OPERATION = 1
    OK = 1
    IN_TRANSIT = 2


# Texts compare by code point on both databases.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
metadata = sa.MetaData()
device = sa.Table(
    "device",
    metadata,
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("serial", TEXT, nullable=False),
    sa.Column("name", TEXT),
    sa.Column("place", TEXT),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("ceiling", sa.BigInteger),
    sa.Column("ratio", sa.Double),
    sa.Column("active", sa.Boolean),
    sa.Column("state", sa.Integer, nullable=False),
    sa.Column("seen", TEXT),
    sa.Column("kind", TEXT),
    sa.Column("ord", sa.BigInteger, nullable=False),
)
tag = sa.Table(
    "tag", metadata, sa.Column("device", TEXT), sa.Column("key", TEXT, nullable=False), sa.Column("value", TEXT)
)
sa.Index("device_serial", device.c.serial)
sa.Index("device_total", device.c.total)


def _has_tag(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(tag.c.device == device.c.id, condition)


PROPERTIES = [
    Property("assetId", Kind.GUID, device.c.id, nullable=False),
    Property("serialNumber", Kind.TEXT, device.c.serial, nullable=False),
    Property("assetName", Kind.TEXT, device.c.name),
    Property("allocation", Kind.TEXT, device.c.place),
    Property("inUse", Kind.INTEGER, device.c.total, nullable=False),
    Property("ceiling", Kind.INTEGER, device.c.ceiling),
    Property("ratio", Kind.NUMBER, device.c.ratio),
    Property("notable", Kind.BOOLEAN, device.c.active),
    Property("state", Kind.ENUM, device.c.state, nullable=False, enum=State),
    Property("seenDate", Kind.INSTANT, device.c.seen),
    Property("typeId", Kind.GUID, device.c.kind),
    Property("orderNo", Kind.INTEGER, device.c.ord, nullable=False),
    Property("wasSeen", Kind.ENUM, sa.case((device.c.seen <= sa.bindparam("now"), 1), else_=0), nullable=False),
]
DEVICE = Entity.of(PROPERTIES, key=device.c.id, tags=Tags(tag.c.key, tag.c.value, _has_tag))
COLUMNS = {found.name: found.column.key for found in PROPERTIES if isinstance(found.column, sa.Column)}

Row = dict[str, Any]
Do = Callable[[Callable[[sa.Connection], Any]], Any]


class Devices:
    """A database with devices in it."""

    def __init__(self, do: Do) -> None:
        self._do = do

    def fill(self, rows: Iterable[Row]) -> None:
        """Replace all devices. A row has wire names, datetimes and a dict of `tags`."""
        self._do(lambda connection: _fill(connection, rows))

    def matching(self, text: str) -> list[str]:
        """The serial numbers of the devices that fit a filter, in their order."""
        condition = compile_filter(parse_filter(text), DEVICE)
        return self.run(sa.select(device.c.serial).where(condition).order_by(device.c.ord))

    def ordered(self, text: str | None) -> list[str]:
        """The serial numbers of all devices in the order that is asked for."""
        return self.run(sa.select(device.c.serial).order_by(*compile_orderby(text, DEVICE)))

    def plan(self, text: str) -> str:
        """How SQLite would search."""
        statement = sa.select(device.c.serial).where(compile_filter(parse_filter(text), DEVICE))
        return self._do(lambda connection: _plan(connection, statement))

    def run(self, statement: sa.Select[Any]) -> list[Any]:
        """What stands in the first column of the answer, at the moment `NOW`."""
        return self._do(lambda connection: list(connection.scalars(statement, {"now": instant(NOW)})))


def _fill(connection: sa.Connection, rows: Iterable[Row]) -> None:
    connection.execute(sa.delete(tag))
    connection.execute(sa.delete(device))
    for row in rows:
        kept = {COLUMNS[name]: value for name, value in row.items() if name != "tags"}
        kept["seen"] = row["seenDate"] and instant(row["seenDate"])
        connection.execute(sa.insert(device).values(kept))
        for key, value in row["tags"].items():
            connection.execute(sa.insert(tag).values(device=row["assetId"], key=key, value=value))


def _plan(connection: sa.Connection, statement: sa.Select[Any]) -> str:
    compiled = statement.compile(connection)
    rows = connection.exec_driver_sql(
        f"EXPLAIN QUERY PLAN {compiled}", tuple(compiled.params[name] for name in compiled.positiontup or ())
    )
    return " ".join(row[3] for row in rows)


@contextmanager
def devices_on_sqlite() -> Iterator[Devices]:
    """Devices in memory."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    sa.event.listen(engine, "connect", lambda connection, _: register(connection))
    try:
        with engine.connect() as connection:
            metadata.create_all(connection)
            yield Devices(lambda work: work(connection))
    finally:
        engine.dispose()


@contextmanager
def devices_on_postgresql(address: str) -> Iterator[Devices]:
    """Devices in a PostgreSQL database; nothing of them stays."""
    with asyncio.Runner() as runner:
        engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(address))
        connection = runner.run(_connected(engine))
        try:
            runner.run(connection.run_sync(metadata.create_all))
            yield Devices(lambda work: runner.run(connection.run_sync(work)))
        finally:
            runner.run(connection.close())
            runner.run(engine.dispose())


async def _connected(engine: AsyncEngine) -> AsyncConnection:
    return await engine.connect()
