"""Slows down who guesses passwords: by the name that is tried, and by the address that tries."""

from math import ceil

from pywats_server.errors import Sentence, TooManyTries
from pywats_server.instants import Instant, instant, moment
from pywats_server.rules.texts import case_key
from pywats_server.rules.tries import FORGOTTEN_AFTER, FREE_BY_ADDRESS, FREE_BY_NAME, is_forgotten, neighbourhood, wait
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import tries


async def count_try(session: Session, name: str, address: str) -> None:
    """
    Count a try as failed before it is made, so that those made side by side are all counted.

    Raises:
        TooManyTries: It has to wait. It was not counted, so nobody waits longer for having asked too early.
    """
    subjects = ((_named(name), FREE_BY_NAME), (_from(address), FREE_BY_ADDRESS))
    failures = [await _failures(session, subject, free) for subject, free in subjects]
    for (subject, _), before in zip(subjects, failures, strict=True):
        await tries.keep(session.connection, subject, before + 1, session.instant)


async def _failures(session: Session, subject: str, free: int) -> int:
    """Return how often it has failed so far, if another try may be made now."""
    found = await tries.find(session.connection, subject)
    if found is None:
        return 0
    failures, last_at = found
    since = session.now - moment(last_at)
    if seconds := ceil(wait(failures, since, free).total_seconds()):
        raise TooManyTries(
            Sentence("Signing in failed too often; accepted: another try in %(seconds)s seconds.", seconds=seconds),
            retryAfterSeconds=seconds,
        )
    return 0 if is_forgotten(since) else failures


async def forget_tries(session: Session, name: str) -> None:
    """Let a name be tried again at once."""
    await tries.forget(session.connection, _named(name))


async def tell_success(session: Session, name: str, address: str) -> None:
    """
    Take back what `count_try` has counted: for the name all of it, for the address only this try.

    Otherwise whoever has an account could guess at others for ever, signing in in between.
    """
    await forget_tries(session, name)
    found = await tries.find(session.connection, _from(address))
    if found is not None:
        failures, last_at = found
        await tries.keep(session.connection, _from(address), max(failures - 1, 0), Instant(last_at))


@use_case(Permission.KEEP_HOUSE)
async def forget_old_tries(session: Session) -> int:
    """Forget failures that count no more; return of how many names and addresses."""
    return await tries.forget_old(session.connection, instant(session.now - FORGOTTEN_AFTER))


def _named(name: str) -> str:
    return f"name {case_key(name)}"


def _from(address: str) -> str:
    return f"address {neighbourhood(address)}"
