"""Counting the uses of many assets in one call, all or nothing."""

from collections.abc import Sequence

from msgspec import Struct

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.errors import DomainError, InvalidInput
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.services.tally import Tally, alarm_state
from pywats_server.store.counters import Countable

MAX_ROWS = 10_000
"""The most rows that one call may have."""


class Use(Struct, frozen=True):
    """Uses of one asset, and perhaps of everything below it."""

    ref: AssetRef
    increment_by: int
    increment_children: bool = False


class Counted(Struct, frozen=True):
    """An asset as it is after a row was counted."""

    asset_id: str
    serial_number: str
    running_count: int
    total_count: int
    alarm_state: AssetAlarmState


@use_case(Permission.COUNT)
async def count_many(session: Session, uses: Sequence[Use]) -> list[Counted]:
    """
    Add uses to the counts of many assets, all or none of them, and return one answer a row.

    Rows are counted one after the other, and the same asset may come several times: each answer is the asset after its
    own row.

    Raises:
        InvalidInput: There are too many rows, or one names no asset.
        NotFound: An asset of a row does not exist.
        RuleViolation: A number of a row is negative or too large.
    """
    if len(uses) > MAX_ROWS:
        raise InvalidInput(
            f"The call has {len(uses)} rows; accepted: up to {MAX_ROWS}.",
            field="body",
            value=len(uses),
            accepted=f"up to {MAX_ROWS} rows",
        )
    tally = Tally(session.connection, session.instant)
    await tally.find(use.ref for use in uses)
    answers = []
    for number, use in enumerate(uses):
        try:
            asset = tally.asset(use.ref)
            tally.count(asset, use.increment_by)
            if use.increment_children:
                await tally.count_below(asset, use.increment_by)
        except DomainError as error:
            raise _in_row(number, error) from error
        answers.append(_counted(asset))
    await tally.store()
    return answers


def _counted(asset: Countable) -> Counted:
    return Counted(asset.asset_id, asset.serial_number, asset.running_count, asset.total_count, alarm_state(asset))


def _in_row(number: int, error: DomainError) -> DomainError:
    """Return *error* with the row, from 0, that it is about."""
    return type(error)(f"Row {number}: {error.message} Nothing was counted.", row=number, **error.details)
