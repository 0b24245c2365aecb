"""The use of assets by day, as it is read; `store.counters` writes it."""

from sqlalchemy import bindparam, func, select

from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import usage

_BY_DAY = Statement(
    select(usage.c.day, func.sum(usage.c.uses))
    .where(usage.c.asset_key == bindparam("key"), usage.c.day >= bindparam("first"), usage.c.day <= bindparam("last"))
    .group_by(usage.c.day)
)


async def by_day(connection: Connection, key: int, first: str, last: str) -> dict[str, int]:
    """Return the uses of an asset on the days from *first* to *last*, such as `2026-03-10`, that have any."""
    return {day: int(uses) for day, uses in await connection.fetch_all(_BY_DAY, key=key, first=first, last=last)}
