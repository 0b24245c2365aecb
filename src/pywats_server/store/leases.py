"""Leases: of several servers on one database, the holder of a lease does what only one of them should."""

from sqlalchemy import BindParameter, bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql

from pywats_server.instants import Instant
from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import lease

_NEW: dict[str, BindParameter[str]] = {column.name: bindparam(column.name) for column in lease.columns}
# PostgreSQL's form of the statement is SQLite's as well.
_TAKE = Statement(
    postgresql.insert(lease)
    .values(_NEW)
    .on_conflict_do_update(
        index_elements=[lease.c.name],
        set_={"holder": _NEW["holder"], "until": _NEW["until"]},
        where=or_(
            lease.c.until <= bindparam("now"),
            lease.c.until > bindparam("latest"),
            lease.c.holder == _NEW["holder"],
        ),
    )
)


async def take(
    connection: Connection, name: str, holder: str, now: Instant, until: Instant, *, latest: Instant
) -> bool:
    """
    Hold the lease *name* up to a moment, unless another holder has it still; return whether it is held now.

    Args:
        latest: A lease that runs longer does not count: it was taken by a clock that was wrong.
    """
    return await connection.execute(_TAKE, name=name, holder=holder, now=now, until=until, latest=latest) == 1


_IS_HELD = Statement(
    select(lease.c.holder).where(
        lease.c.name == bindparam("of_name"), lease.c.until > bindparam("now"), lease.c.until <= bindparam("latest")
    )
)
_GIVE_BACK = Statement(delete(lease).where(lease.c.name == bindparam("of_name"), lease.c.holder == bindparam("holder")))


async def is_held(connection: Connection, name: str, now: Instant, *, latest: Instant) -> bool:
    """Tell whether anybody holds the lease *name*; one that runs longer than to *latest* does not count."""
    return await connection.fetch_one(_IS_HELD, of_name=name, now=now, latest=latest) is not None


async def give_back(connection: Connection, name: str, holder: str) -> None:
    """End the lease *name*, if *holder* has it."""
    await connection.execute(_GIVE_BACK, of_name=name, holder=holder)
