"""Counting the uses of many assets in one call, all or nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.errors import DomainError, InvalidInput
from pywats_server.rules.counts import counted
from pywats_server.rules.ids import as_kept
from pywats_server.rules.status import judge
from pywats_server.services.identify import AssetRef, agreed
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.services.settling import keep_count_level
from pywats_server.store import assets, counters
from pywats_server.store.assets import StoredAsset

MAX_ROWS = 10_000
"""The most rows that one call may have."""


@dataclass(frozen=True, slots=True)
class Use:
    """Uses of one asset, and perhaps of everything below it."""

    ref: AssetRef
    increment_by: int
    increment_children: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """An asset as it is after a row was counted."""

    asset: StoredAsset
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
    tally = _Tally(await _named(session, uses))
    answers = [await _count_row(session, tally, number, use) for number, use in enumerate(uses)]
    await _store(session, tally)
    return answers


async def count_below(session: Session, asset: StoredAsset, by: int) -> None:
    """Add *by* uses to the counts of everything below *asset*."""
    tally = _Tally([])
    await _tally_below(session, tally, asset.key, by)
    await _store(session, tally)


class _Tally:
    """The assets of a batch as they are after the rows so far, and what was added to each, by key."""

    def __init__(self, named: list[StoredAsset]) -> None:
        self.rows = [asset.key for asset in named]
        self.assets = {asset.key: asset for asset in named}
        self.added: Counter[int] = Counter()

    def count(self, key: int, by: int) -> StoredAsset:
        asset = self.assets[key]
        running, total = counted(asset.facts.running_count, asset.facts.total_count, by)
        self.added[key] += by
        self.assets[key] = replace(asset, facts=replace(asset.facts, running_count=running, total_count=total))
        return self.assets[key]


async def _named(session: Session, uses: Sequence[Use]) -> list[StoredAsset]:
    """Return the asset of every row, found by few statements."""
    ids = [use.ref.asset_id for use in uses if use.ref.asset_id]
    serials = [use.ref.serial_number for use in uses if use.ref.serial_number and not use.ref.asset_id]
    by_id = await assets.find_many_by_id(session.connection, ids)
    by_serial = await assets.find_many_by_serial(session.connection, serials)
    return [_of_row(number, use.ref, by_id, by_serial) for number, use in enumerate(uses)]


def _of_row(
    number: int, ref: AssetRef, by_id: dict[str, StoredAsset], by_serial: dict[str, StoredAsset]
) -> StoredAsset:
    found = by_id.get(as_kept(ref.asset_id)) if ref.asset_id else by_serial.get(ref.serial_number or "")
    try:
        return agreed(ref, found)
    except DomainError as error:
        raise _in_row(number, error) from error


async def _count_row(session: Session, tally: _Tally, number: int, use: Use) -> Counted:
    key = tally.rows[number]
    try:
        asset = tally.count(key, use.increment_by)
        if use.increment_children:
            await _tally_below(session, tally, key, use.increment_by)
    except DomainError as error:
        raise _in_row(number, error) from error
    return Counted(asset, judge(asset.facts, asset.demands, session.now).alarm_state)


async def _tally_below(session: Session, tally: _Tally, key: int, by: int) -> None:
    below = await assets.descendant_keys(session.connection, key)
    unknown = [child for child in below if child not in tally.assets]
    tally.assets |= await assets.find_many_by_key(session.connection, unknown)
    for child in below:
        tally.count(child, by)


async def _store(session: Session, tally: _Tally) -> None:
    await counters.count_many(session.connection, tally.added, session.instant)
    for key in tally.added:
        await keep_count_level(session, tally.assets[key])


def _in_row(number: int, error: DomainError) -> DomainError:
    """Return *error* with the row, from 0, that it is about."""
    return type(error)(f"Row {number}: {error.message} Nothing was counted.", row=number, **error.details)
