"""Brings what follows from an asset's facts and its type's demands up to date: next and due dates, alarm instants."""

from datetime import datetime

from msgspec import structs

from pywats_server.rules.intervals import due_after
from pywats_server.rules.model import Demands, Facts
from pywats_server.rules.status import alarm_instants, due_dates
from pywats_server.services.session import Session
from pywats_server.store import assets
from pywats_server.store.assets import StoredAsset


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
