"""How often signing in failed, by name and by address."""

from sqlalchemy import BindParameter, bindparam, delete, select
from sqlalchemy.dialects import postgresql

from pywats_server.instants import Instant
from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import failed_sign_in

_NEW: dict[str, BindParameter[str]] = {
    column.name: bindparam(column.name, required=True) for column in failed_sign_in.columns
}
_THIS = failed_sign_in.c.subject == bindparam("of_subject")
_FIND = Statement(select(failed_sign_in.c.failures, failed_sign_in.c.last_at).where(_THIS))
# PostgreSQL's form of the statement is SQLite's as well.
_KEEP = Statement(
    postgresql.insert(failed_sign_in)
    .values(_NEW)
    .on_conflict_do_update(
        index_elements=[failed_sign_in.c.subject],
        set_={"failures": _NEW["failures"], "last_at": _NEW["last_at"]},
    )
)
_FORGET = Statement(delete(failed_sign_in).where(_THIS))
_FORGET_OLD = Statement(delete(failed_sign_in).where(failed_sign_in.c.last_at <= bindparam("before")))


async def find(connection: Connection, subject: str) -> tuple[int, str] | None:
    """Return how often it failed and when last, or None when it did not."""
    row = await connection.fetch_one(_FIND, of_subject=subject)
    return None if row is None else (int(row[0]), str(row[1]))


async def keep(connection: Connection, subject: str, failures: int, last_at: Instant) -> None:
    """Store how often it has failed by now."""
    await connection.execute(_KEEP, subject=subject, failures=failures, last_at=last_at)


async def forget(connection: Connection, subject: str) -> None:
    """Store that it has not failed."""
    await connection.execute(_FORGET, of_subject=subject)


async def forget_old(connection: Connection, before: Instant) -> int:
    """Forget what failed last at a moment or before; return how many subjects there were."""
    return await connection.execute(_FORGET_OLD, before=before)
