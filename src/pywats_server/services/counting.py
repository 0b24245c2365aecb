"""Counting single assets for many callers in one go, which is what a server with many testers does all day."""

from collections.abc import Sequence

from msgspec import Struct

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.errors import DomainError
from pywats_server.instants import Instant
from pywats_server.services.counts import uses_to_add
from pywats_server.services.identify import AssetRef
from pywats_server.services.once import Answer, Ledger, Presentation, Request
from pywats_server.services.session import Principal
from pywats_server.services.tally import Tally, alarm_state
from pywats_server.store.database import Connection


class CountCall(Struct, frozen=True):
    """
    One caller's call to count the uses of one asset, without what stands below it.

    Attributes:
        request: Given if the call may come again.
        present: Answers the alarm state that the asset has then.
    """

    principal: Principal
    ref: AssetRef
    increment_by: int | None
    total_count: int | None
    request: Request | None
    present: Presentation[AssetAlarmState]


async def count_together(
    connection: Connection, now: Instant, calls: Sequence[CountCall]
) -> list[Answer | DomainError]:
    """
    Count as `counts.count_uses` does, one call after the other, and return the answer of each.

    An error is returned where there is no request, because nobody will ask for its answer again.
    """
    tally = Tally(connection, now)
    await tally.find(call.ref for call in calls)
    # Only now that nobody else can count the assets: a repeat that another server took is waited for, and then found.
    ledger = Ledger(connection, now)
    await ledger.look_up(call.request for call in calls if call.request is not None)
    answers = [_answer(ledger, tally, call) for call in calls]
    await tally.store()
    await ledger.store()
    return answers


def _answer(ledger: Ledger, tally: Tally, call: CountCall) -> Answer | DomainError:
    if call.request is None:
        try:
            return call.present.result(_count(tally, call))
        except DomainError as error:
            return error
    try:
        given = ledger.given(call.principal, call.request)
    except DomainError as error:
        return error
    return given or ledger.keep(call.principal, call.request, _outcome(tally, call))


def _outcome(tally: Tally, call: CountCall) -> Answer:
    try:
        return call.present.result(_count(tally, call))
    except DomainError as error:
        return call.present.error(error)


def _count(tally: Tally, call: CountCall) -> AssetAlarmState:
    asset = tally.asset(call.ref)
    tally.count(asset, uses_to_add(asset.total_count, call.increment_by, call.total_count))
    return alarm_state(asset)
