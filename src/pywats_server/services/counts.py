"""Counting uses, resetting running counts, and setting counts to a value."""

from pywats.domains.asset.enums import AssetLogType
from pywats_server.errors import InvalidInput
from pywats_server.rules import counts as rules
from pywats_server.rules.status import count_level
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.journal import Event, check_comment, tell
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.services.tally import Tally
from pywats_server.store import assets, counters
from pywats_server.store.assets import StoredAsset
from pywats_server.store.counters import Countable


@use_case(Permission.COUNT)
async def count_uses(
    session: Session,
    ref: AssetRef,
    *,
    increment_by: int | None = None,
    total_count: int | None = None,
    increment_children: bool = False,
) -> Countable:
    """
    Add uses to the running and the total count of an asset and return it as it is then. Counting is not logged.

    Args:
        increment_by: Uses to add, 0 or more.
        total_count: Or: what the total count shall be, not below what it is; the difference is added.
        increment_children: Add the same number to every descendant.

    Raises:
        InvalidInput: Neither or both numbers are given, or the asset is not named.
        RuleViolation: The number is negative, below the present total, or too large.
        NotFound: There is no such asset.

    Source: wire-contract.md, `PUT /api/Asset/Count`.
    """
    tally = Tally(session.connection, session.instant)
    await tally.find([ref])
    asset = tally.asset(ref)
    uses = uses_to_add(asset.total_count, increment_by, total_count)
    tally.count(asset, uses)
    if increment_children:
        await tally.count_below(asset, uses)
    await tally.store()
    return asset


def uses_to_add(total: int, increment_by: int | None, total_count: int | None) -> int:
    """
    Return how many uses a call adds to an asset whose total count is *total*.

    Raises:
        InvalidInput: The call gives neither *increment_by* nor *total_count*, or both.
        RuleViolation: *total_count* is below *total*.
    """
    if (increment_by is None) == (total_count is None):
        came = "neither" if increment_by is None else "both"
        raise InvalidInput(
            f"The call gives {came} of incrementBy and totalCount; accepted: exactly one of them.",
            field="incrementBy",
            value=increment_by,
            accepted="either incrementBy (uses to add) or totalCount (what the total shall be)",
        )
    if total_count is not None:
        return rules.increment_to(total, total_count)
    assert increment_by is not None
    return increment_by


async def _recount(session: Session, asset: StoredAsset, *, running: int, total: int) -> None:
    """Store the level that new counts of *asset* reach."""
    level = count_level(asset.facts.state, running, total, asset.demands)
    if level != asset.count_level:
        await assets.set_count_level(session.connection, asset.key, level)


@use_case(Permission.RESET_COUNT)
async def reset_running_count(session: Session, ref: AssetRef, comment: str | None = None) -> None:
    """
    Set the running count of an asset to 0.

    Raises:
        InvalidInput: The comment is too long or cannot be printed.
        TotalCountReached: The asset has reached its total count limit.

    Source: wire-contract.md, `POST /api/Asset/ResetRunningCount`.
    """
    check_comment(comment)
    asset = await find(session, ref)
    rules.check_reset(asset.facts.total_count, asset.demands.total_count_limit)
    await counters.set_running(session.connection, asset.key, 0)
    await _recount(session, asset, running=0, total=asset.facts.total_count)
    await tell(
        session,
        asset.key,
        Event(AssetLogType.RESET_COUNT, "runningCount", str(asset.facts.running_count), "0", comment),
    )


@use_case(Permission.EDIT_TOTAL_COUNT)
async def set_running_count(session: Session, ref: AssetRef, value: int, comment: str | None = None) -> None:
    """Set the running count of an asset to *value*, 0 or more."""
    check_comment(comment)
    rules.check_count("runningCount", value)
    asset = await find(session, ref)
    await counters.set_running(session.connection, asset.key, value)
    await _recount(session, asset, running=value, total=asset.facts.total_count)
    await tell(session, asset.key, _set("runningCount", asset.facts.running_count, value, comment))


@use_case(Permission.EDIT_TOTAL_COUNT)
async def set_total_count(session: Session, ref: AssetRef, value: int, comment: str | None = None) -> None:
    """Set the total count of an asset to *value*, 0 or more."""
    check_comment(comment)
    rules.check_count("totalCount", value)
    asset = await find(session, ref)
    await counters.set_total(session.connection, asset.key, value)
    await _recount(session, asset, running=asset.facts.running_count, total=value)
    await tell(session, asset.key, _set("totalCount", asset.facts.total_count, value, comment))


def _set(property: str, old: int, new: int, comment: str | None) -> Event:
    return Event(AssetLogType.UPDATE, property, str(old), str(new), comment)
