"""Brings what follows from an asset's facts and its type's demands up to date: next and due dates, alarm instants."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import structs

from pywats.domains.asset.enums import AssetLogType
from pywats_server.instants import instant
from pywats_server.rules.intervals import due_after
from pywats_server.rules.marks import count_marks
from pywats_server.rules.model import Demands, Facts
from pywats_server.rules.status import alarm_instants, due_dates
from pywats_server.services.journal import Event, entries
from pywats_server.services.session import Session
from pywats_server.store import assets, log
from pywats_server.store.assets import StoredAsset
from pywats_server.store.log import Entry
from pywats_server.store.statement import chunks

_SECONDS_AN_ASSET = 150e-6
"""What moving the dates of an asset takes, with the entry in its log; measured on SQLite with 100,000 assets."""


def seconds_to_settle(assets: int) -> float:
    """Return about how long a change of a type takes, at most, that so many *assets* have; nobody else writes then."""
    return assets * _SECONDS_AN_ASSET


def with_next_dates(facts: Facts, demands: Demands, *, calibration: bool, maintenance: bool) -> Facts:
    """
    Return *facts* with the next dates that come from the intervals of the type.

    Args:
        calibration: Whether the next calibration date comes from the interval; otherwise it stays.
        maintenance: The same for maintenance.
    """
    if calibration:
        due = _due(facts.last_calibration_at, demands.calibration_interval_days)
        facts = structs.replace(facts, next_calibration_at=due)
    if maintenance:
        due = _due(facts.last_maintenance_at, demands.maintenance_interval_days)
        facts = structs.replace(facts, next_maintenance_at=due)
    return facts


def _due(last: datetime | None, interval_days: float | None) -> datetime | None:
    return None if last is None else due_after(last, interval_days)


async def settle(session: Session, asset: StoredAsset, facts: Facts, demands: Demands) -> Facts:
    """Store and return *facts* of an asset with what follows from them and *demands*."""
    settled = with_next_dates(
        facts, demands, calibration=asset.calibration_by_interval, maintenance=asset.maintenance_by_interval
    )
    ahead, due = alarm_instants(settled, demands), due_dates(settled, demands)
    await assets.settle(session.connection, asset.key, settled, ahead, due)
    return settled


async def settle_type(session: Session, type_key: int, before: Demands, demands: Demands, comment: str) -> None:
    """
    Bring all assets of a type up to date whose demands were *before* and are *demands* now.

    The log tells with *comment* which next dates moved. Whatever depends on counts alone is one statement; dates are
    worked out here, because no database knows them to the microsecond.
    """
    marks = count_marks(demands)
    await assets.settle_count_levels(session.connection, type_key, marks.running, marks.total)
    if _about_dates(before) == _about_dates(demands):
        return
    has_moved = _intervals(before) != _intervals(demands)
    for keys in chunks(await assets.keys_of_type(session.connection, type_key)):
        found = await assets.find_by_keys(session.connection, keys)
        if has_moved:
            await _move_dates(session, found, demands, comment)
        else:
            ahead = {asset.key: alarm_instants(asset.facts, demands) for asset in found}
            columns = {key: assets.instant_columns(instants) for key, instants in ahead.items()}
            await assets.change_many(session.connection, columns)


def _intervals(demands: Demands) -> tuple[float | None, float | None]:
    return demands.calibration_interval_days, demands.maintenance_interval_days


def _about_dates(demands: Demands) -> tuple[float | None, ...]:
    return (*_intervals(demands), demands.warning_threshold_percent, demands.alarm_threshold_percent)


async def _move_dates(session: Session, found: Sequence[StoredAsset], demands: Demands, comment: str) -> None:
    as_before, moved = {}, {}
    chains: list[tuple[int, list[Entry]]] = []
    for asset in found:
        facts = with_next_dates(
            asset.facts, demands, calibration=asset.calibration_by_interval, maintenance=asset.maintenance_by_interval
        )
        dates = assets.date_columns(facts, due_dates(facts, demands))
        columns = {**dates, **assets.instant_columns(alarm_instants(facts, demands))}
        chain = list(entries(session, asset.asset_id, asset.log_head, _moves(asset.facts, facts, comment)))
        if chain:
            moved[asset.key] = {**columns, "version": asset.version + 1, "log_head": chain[-1].hash}
            chains.append((asset.key, chain))
        else:
            as_before[asset.key] = columns
    await assets.change_many(session.connection, as_before)
    await assets.change_many(session.connection, moved)
    await _add_to_log(session, chains)


def _moves(before: Facts, after: Facts, comment: str) -> Iterator[Event]:
    dates = (
        ("nextCalibrationDate", before.next_calibration_at, after.next_calibration_at),
        ("nextMaintenanceDate", before.next_maintenance_at, after.next_maintenance_at),
    )
    for name, old, new in dates:
        if old != new:
            yield Event(AssetLogType.UPDATE, name, _maybe_instant(old), _maybe_instant(new), comment)


def _maybe_instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


async def _add_to_log(session: Session, chains: Sequence[tuple[int, Sequence[Entry]]]) -> None:
    # The first of all assets, then the second: a database may store what it is given at once in any order.
    for number in range(max((len(chain) for _, chain in chains), default=0)):
        await log.add_many(session.connection, [(key, chain[number]) for key, chain in chains if len(chain) > number])
