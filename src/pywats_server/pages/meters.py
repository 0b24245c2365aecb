"""The four gauges of an asset: days and counts, used of their limits, and what there is to say where there is none."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from pywats.domains.asset.enums import IntervalMode
from pywats_server.pages.charts import Gauge, gauge
from pywats_server.pages.words import N_
from pywats_server.rules.intervals import mode_of
from pywats_server.rules.model import Demands, Facts, Monitor, Reading, Verdict
from pywats_server.rules.sentences import Language
from pywats_server.rules.types import settle
from pywats_server.rules.wording import describe_reading

NAMES = {
    Monitor.CALIBRATION: N_("Calibration"),
    Monitor.MAINTENANCE: N_("Maintenance"),
    Monitor.RUNNING_COUNT: N_("Running count"),
    Monitor.TOTAL_COUNT: N_("Total count"),
}

_NO_DATE = {
    IntervalMode.NORMAL: N_("No due date"),
    IntervalMode.UNLIMITED: N_("Unlimited"),
    IntervalMode.EXTERNAL: N_("Done externally; no date was told yet"),
    None: N_("The type sets no interval"),
}
_NO_LIMIT = N_("No limit")


class Meter(Struct, frozen=True):
    """
    What a page shows of one monitor.

    Attributes:
        name: What it is called, in English.
        count: The uses that were counted; None where days are.
        last_at: When the work was done last; None where it never was, and for counts.
        reading: What the monitor shows; None where it has no limit and no due date.
        gauge: The same as a gauge.
        sentence: The same in words, in the reader's language.
        without: Why there is no reading, in English.
    """

    monitor: Monitor
    name: str
    count: int | None
    last_at: datetime | None
    reading: Reading | None
    gauge: Gauge | None
    sentence: str
    without: str


def meters(facts: Facts, demands: Demands, verdict: Verdict, language: Language) -> list[Meter]:
    """Return the four meters of an asset, in Monitor's order."""
    readings = {reading.monitor: reading for reading in verdict.readings}
    return list(_meters(facts, settle(demands), readings, language))


def _meters(facts: Facts, demands: Demands, readings: dict[Monitor, Reading], language: Language) -> Iterator[Meter]:
    shown = {
        Monitor.CALIBRATION: (None, facts.last_calibration_at, _NO_DATE[mode_of(demands.calibration_interval_days)]),
        Monitor.MAINTENANCE: (None, facts.last_maintenance_at, _NO_DATE[mode_of(demands.maintenance_interval_days)]),
        Monitor.RUNNING_COUNT: (facts.running_count, None, _NO_LIMIT),
        Monitor.TOTAL_COUNT: (facts.total_count, None, _NO_LIMIT),
    }
    for monitor, (count, last_at, without) in shown.items():
        reading = readings.get(monitor)
        yield Meter(
            monitor=monitor,
            name=NAMES[monitor],
            count=count,
            last_at=last_at,
            reading=reading,
            gauge=None if reading is None else _gauge(reading, demands),
            sentence=describe_reading(reading, language, translate=True) if reading else "",
            without=without,
        )


def _gauge(reading: Reading, demands: Demands) -> Gauge:
    return gauge(reading, demands.warning_threshold_percent, demands.alarm_threshold_percent)
