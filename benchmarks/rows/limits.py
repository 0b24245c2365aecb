"""What everything is held against: the ceiling over the whole run, and the limit of the load generator."""

from statistics import median

from benchmarks.bench import Bench, numbers
from benchmarks.report import Figure

_BUSY_MICROS = 100


def ceiling(bench: Bench) -> list[Figure]:
    """The ceilings that were measured beside the other rows, and what the generator alone could send."""
    measured = bench.ceilings or [bench.measure_ceiling()]
    rates = [load.rate for load in measured]
    spread = f"{min(rates):,.0f} to {max(rates):,.0f} in {len(rates)} measurements"
    middle = sorted(measured, key=lambda load: load.rate)[len(measured) // 2]
    busy = bench.measure_busy_ceiling(_BUSY_MICROS)
    able = median(load.answers / load.cpu_seconds for load in measured)
    return [
        Figure(bench.database, "the ceiling", f"{middle.rate:,.0f} /s", compared=spread, details=numbers(middle)),
        Figure(
            bench.database,
            f"a constant after {_BUSY_MICROS} µs of computing",
            f"{busy.rate:,.0f} /s, {busy.server_cpu_us:.0f} µs CPU each",
            compared=f"the ceiling, {middle.server_cpu_us:.0f} µs",
            value=busy.rate / middle.rate,
            details=numbers(busy),
        ),
        Figure(
            bench.database,
            "the load generator's own limit",
            f"{able:,.0f} /s",
            compared="the ceiling",
            value=able / middle.rate,
        ),
    ]
