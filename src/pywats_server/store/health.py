"""Whether the database answers."""

from sqlalchemy import literal, select

from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement

_ONE = Statement(select(literal(1)))


async def ask(connection: Connection) -> None:
    """Ask the database for something, so that an error shows when it does not answer."""
    await connection.fetch_one(_ONE)
