"""Who of several servers on one database does what only one of them should."""

from datetime import timedelta

from pywats_server.instants import instant
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import leases


@use_case(Permission.KEEP_HOUSE)
async def take_lease(session: Session, name: str, holder: str, duration: timedelta) -> bool:
    """
    Return whether *holder* has the lease *name* from now on, for *duration*.

    Its holder may take it again at any time, anybody else when it has run out. One that runs for more than twice the
    *duration* from now was taken while a clock was ahead, and is anybody's.
    """
    until, latest = instant(session.now + duration), instant(session.now + 2 * duration)
    return await leases.take(session.connection, name, holder, session.instant, until, latest=latest)
