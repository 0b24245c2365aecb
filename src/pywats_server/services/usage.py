"""How much an asset was used, day by day."""

from datetime import UTC, date, timedelta

from pywats_server.errors import Sentence
from pywats_server.rules.refusal import refusal
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import usage

MOST_DAYS = 3660
"""The most days that may be asked for: ten years."""

_DAY = timedelta(days=1)


@use_case(Permission.READ)
async def list_uses_by_day(session: Session, ref: AssetRef, days: int) -> list[tuple[date, int]]:
    """
    Return the uses that were counted of an asset on each of the last *days* days, today last.

    Days are those of UTC. A day without use has 0. What a total count was set to is no use.

    Raises:
        RuleViolation: *days* is not from 1 to `MOST_DAYS`.
    """
    if not 1 <= days <= MOST_DAYS:
        raise refusal("days", days, Sentence("a whole number from 1 to %(most)s", most=MOST_DAYS))
    asset = await find(session, ref)
    today = session.now.astimezone(UTC).date()
    first = today - (days - 1) * _DAY
    counted = await usage.by_day(session.connection, asset.key, first.isoformat(), today.isoformat())
    return [(day, counted.get(day.isoformat(), 0)) for day in (first + number * _DAY for number in range(days))]
