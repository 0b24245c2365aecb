"""What is known ahead of an asset's status: next dates, level of the counts, moments of warning and alarm."""

from collections.abc import Iterator
from datetime import datetime

from pywats.domains.asset.enums import AssetState
from pywats_server.checking.finding import Finding, Invariant, asset_named
from pywats_server.instants import instant, moment
from pywats_server.rules.model import AlarmInstants, DueDates, Facts
from pywats_server.rules.status import alarm_instants, due_dates
from pywats_server.services.settling import with_next_dates
from pywats_server.store.checks import CheckedAsset, Counter


def ahead_faults(asset: CheckedAsset) -> Iterator[Finding]:
    """Compare what is stored ahead with what the rules make of the asset's facts and its type's demands."""
    # What is missing is told as such, by the checks of counts and of references.
    if asset.counter is None or asset.demands is None:
        return
    try:
        stored = _facts(asset, asset.counter)
        facts = with_next_dates(
            stored,
            asset.demands,
            calibration=bool(asset.calibration_by_interval),
            maintenance=bool(asset.maintenance_by_interval),
        )
        ahead, due = alarm_instants(facts, asset.demands), due_dates(facts, asset.demands)
    except ValueError as error:
        yield Finding(Invariant.FORMS, asset_named(asset.serial_number), str(error), "values that the rules can read")
        return
    yield from _date_faults(asset, facts)
    yield from _level_faults(asset, ahead)
    yield from _due_faults(asset, due)


def _facts(asset: CheckedAsset, counter: Counter) -> Facts:
    return Facts(
        AssetState(asset.state),
        moment(asset.first_seen_at),
        counter.running_count,
        counter.total_count,
        _maybe_moment(asset.last_calibration_at),
        _maybe_moment(asset.next_calibration_at),
        _maybe_moment(asset.last_maintenance_at),
        _maybe_moment(asset.next_maintenance_at),
    )


def _date_faults(asset: CheckedAsset, facts: Facts) -> Iterator[Finding]:
    dates = (
        ("next calibration", asset.next_calibration_at, facts.next_calibration_at),
        ("next maintenance", asset.next_maintenance_at, facts.next_maintenance_at),
    )
    for what, stands, should in dates:
        if stands != _maybe_instant(should):
            yield _fault(asset, Invariant.DATES, what, stands, f"{_maybe_instant(should)}, by the type's interval")


def _level_faults(asset: CheckedAsset, ahead: AlarmInstants) -> Iterator[Finding]:
    if asset.count_level != ahead.count_level:
        yield _fault(asset, Invariant.LEVELS, "level of counts", f"{asset.count_level}", f"{ahead.count_level:d}")
    moments = (("warning", asset.warning_at, ahead.warning_at), ("alarm", asset.alarm_at, ahead.alarm_at))
    for what, stands, should in moments:
        if stands != _maybe_instant(should):
            yield _fault(asset, Invariant.LEVELS, f"{what} from", stands, _maybe_instant(should))


def _due_faults(asset: CheckedAsset, due: DueDates) -> Iterator[Finding]:
    moments = (
        ("calibration due", asset.calibration_due_at, due.calibration_at),
        ("maintenance due", asset.maintenance_due_at, due.maintenance_at),
        ("due", asset.due_at, due.next_at),
    )
    for what, stands, should in moments:
        if stands != _maybe_instant(should):
            yield _fault(asset, Invariant.DATES, what, stands, _maybe_instant(should))


def _fault(asset: CheckedAsset, invariant: Invariant, what: str, stands: str | None, should: str | None) -> Finding:
    return Finding(invariant, asset_named(asset.serial_number), f"{what} {stands}", str(should), asset.key)


def _maybe_moment(text: str | None) -> datetime | None:
    return None if text is None else moment(text)


def _maybe_instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
