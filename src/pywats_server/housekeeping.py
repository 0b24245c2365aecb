"""What the server does by itself, beside answering: forgetting what nobody can ask for again."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import structlog

from pywats_server.services import imports, lease, once, sessions, tries
from pywats_server.services.backend import Backend
from pywats_server.services.session import Principal, Role

_log = structlog.get_logger(__name__)

HOUSEKEEPER = Principal("housekeeping", Role.ADMINISTRATOR)
_SECONDS_BETWEEN = 3600.0


async def keep_house(backend: Backend, seconds_between: float = _SECONDS_BETWEEN) -> None:
    """Tidy up now and then, until cancelled. An error is logged, and the next round tries again."""
    me = uuid4().hex
    while True:
        try:
            await tidy(backend, me, timedelta(seconds=seconds_between))
        except Exception:  # noqa: BLE001 - whatever went wrong, the next round may go well
            _log.exception("housekeeping_failed")
        await asyncio.sleep(seconds_between)


async def tidy(backend: Backend, holder: str, duration: timedelta) -> int:
    """
    Forget every answer that is old enough, a few at a time so that nobody waits; return how many there were.
    Forget, too, who is signed in no more, where signing in failed long ago, lists that nobody confirmed, and the rows
    of old imports.

    Of several servers on one database only the *holder* of the lease does anything, and holds it for *duration*.
    """
    if not await backend.write(HOUSEKEEPER, lease.take_lease, "housekeeping", holder, duration):
        return 0
    forgotten = 0
    while some := await backend.write(HOUSEKEEPER, once.forget_old_answers):
        forgotten += some
    while await backend.write(HOUSEKEEPER, imports.forget_old_imports):
        pass
    await backend.write(HOUSEKEEPER, sessions.forget_ended_sessions)
    await backend.write(HOUSEKEEPER, tries.forget_old_tries)
    return forgotten
